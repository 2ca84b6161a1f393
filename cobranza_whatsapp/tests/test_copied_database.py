"""A copied, moved or renamed database sends nothing until somebody confirms it."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ADDON_LOGGER, CobranzaCase
from .emulator_case import EmulatorCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"


@tagged("post_install", "-at_install")
class TestCopiedDatabase(EmulatorCase):
    """An account knows the uuid, the name and the server that it was set up in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.make_user(
            "administrator", "base.group_system,cobranza_whatsapp.group_manager"
        )

    def setUp(self):
        super().setUp()
        self.place = self.whatsapp.database_place
        self.uuid = self.whatsapp.database_uuid

    def _alarms(self):
        return self.whatsapp.activity_search(
            ["cobranza_whatsapp.mail_activity_type_alarm"]
        )

    def test_place_is_the_name_and_the_server(self):
        name, _at, server = self.place.partition("@")

        self.assertEqual(name, self.env.cr.dbname)
        self.assertTrue(server.isdigit(), server)

    def test_nothing_is_sent_or_asked_until_an_administrator_confirms(self):
        server = self.place.partition("@")[2]
        copies = {
            "another uuid": {"database_uuid": "another"},
            "another name": {"database_place": f"original@{server}"},
            "another server": {"database_place": f"{self.env.cr.dbname}@1"},
            "no place at all": {"database_place": False},
        }
        for name, values in copies.items():
            with self.subTest(name):
                message = self.queued()
                self.whatsapp.write(values)
                with mute_logger(HOLD_LOGGER):
                    self.run_cron("prepare", "send", "follow_up", "send")

                self.assertEqual(message.state, "queued")
                self.assertEqual(self.ledger(message.partner_id), [])
                self.assertIn("copied", self.whatsapp.hold_sentence)
                self.assertEqual(len(self._alarms()), 1)

                self.whatsapp.with_user(self.administrator).action_resume()
                self.make_due(message)
                self.run_cron("prepare", "send")

                self.assertIn(message.state, ("sent", "delivered", "read"))
                self.assertEqual(len(self.ledger(message.partner_id)), 1)
                self.assertEqual(self.whatsapp.database_place, self.place)
                self.assertFalse(self._alarms())

    @mute_logger(HOLD_LOGGER)
    def test_sentence_says_where_the_account_was_set_up(self):
        self.whatsapp.database_place = "original@1"
        self.env["cobranza.account"]._cobranza_hold_copies()

        self.assertIn(f"original → {self.env.cr.dbname}", self.whatsapp.hold_sentence)
        self.assertIn("original", self._alarms().summary)

    @mute_logger(HOLD_LOGGER)
    def test_other_holds_are_not_probed_in_a_copy(self):
        self.whatsapp._cobranza_set_hold("unknown")
        self.whatsapp.write(
            {"database_place": "original@1", "probe_at": "2020-01-01 00:00:00"}
        )
        before = len(self.emulator.control("GET", "/requests")["requests"])
        self.run_cron("follow_up")

        self.assertEqual(self.whatsapp.hold_code, "account_copied_database")
        after = len(self.emulator.control("GET", "/requests")["requests"])
        self.assertEqual(after, before)

    @mute_logger(HOLD_LOGGER)
    def test_operations_page_says_it_and_confirms_all_accounts_at_once(self):
        accounts = self.whatsapp + self.sms
        accounts.database_place = "original@1"
        self.env["cobranza.account"]._cobranza_hold_copies()
        manager = self.make_user("boss", "cobranza_whatsapp.group_manager")
        page = self.env["cobranza.operations"].with_user(manager).create({})
        self.assertTrue(page.is_copied)
        self.assertEqual(page.explanation.count("copied"), 2)
        with self.assertRaises(UserError):
            page.action_confirm_database()
        self.assertTrue(accounts.mapped("hold_code"))

        page.with_user(self.administrator).action_confirm_database()

        self.assertEqual(accounts.mapped("hold_code"), [False, False])
        page.invalidate_recordset()
        self.assertFalse(page.is_copied)


@tagged("post_install", "-at_install")
class TestDemonstration(CobranzaCase):
    """Accounts that send nothing need no confirmation."""

    def test_demo_account_works_in_a_copy(self):
        account = self.make_account("whatsapp", database_place="original@1")

        self.env["cobranza.account"]._cobranza_hold_copies()

        self.assertFalse(account.hold_code)
