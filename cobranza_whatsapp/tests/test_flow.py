"""From plan to chatter: once, only while it is right, whatever the provider does."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import ADDON_LOGGER, CobranzaCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"
LATE_30 = "cobranza_whatsapp.cobranza_stage_late_30"


@tagged("post_install", "-at_install")
class TestQueue(CobranzaCase):
    """What is decided before anything leaves, with accounts that accept all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    # --- planning ---------------------------------------------------------------------

    def test_nothing_is_planned_before_the_manager_presses_start(self):
        self.company.cobranza_started = False
        invoice = self.make_invoice(self.make_customer())

        self.remind()

        self.assertFalse(self.messages_of(invoice.partner_id))
        self.assertIn("must press Start", self.next_action(invoice))

    def test_each_stage_reminds_once(self):
        customer = self.make_customer()
        invoice = self.make_invoice(customer, 8)
        for _run in range(3):
            self.remind()
        self.assertEqual(len(self.messages_of(customer)), 1)

        self.make_due(self.messages_of(customer))
        self.age(invoice, 8)
        for _run in range(2):
            self.remind()

        stages = self.messages_of(customer).reminder_id.stage_id
        self.assertEqual(stages.sorted("day_from").mapped("day_from"), [7, 15])

    def test_missed_stages_do_not_pile_up(self):
        message = self.reminded(days_overdue=31)

        self.assertEqual(message.reminder_id.stage_id, self.env.ref(LATE_30))

    def test_reminder_keeps_a_snapshot_of_its_debts(self):
        message = self.reminded(amount=750.0)
        invoice = message.move_ids
        self.pay(invoice)

        [debt] = message.reminder_id.debt_ids
        self.assertEqual(
            (debt.move_id, debt.number, debt.amount), (invoice.id, invoice.name, 750.0)
        )

    def test_customer_with_two_currencies_gets_one_reminder_each(self):
        customer = self.make_customer()
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.make_invoice(customer)
        self.make_invoice(customer, currency_id=dollars.id)

        self.run_cron("plan")

        self.assertEqual(
            set(self.messages_of(customer).mapped("currency_id.name")), {"MXN", "USD"}
        )

    def test_customer_who_cannot_be_planned_does_not_stop_the_others(self):
        good = self.make_invoice(self.make_customer("Good"))
        bad = self.make_invoice(self.make_customer("Bad"))
        model = type(self.env["cobranza.planning"])
        option = model._option

        def break_one(planning, desk, candidate, channel):
            if candidate.partner_id == bad.partner_id.id:
                raise RuntimeError("something nobody thought of")
            return option(planning, desk, candidate, channel)

        with (
            patch.object(model, "_option", break_one),
            self.assertLogs(ADDON_LOGGER, "ERROR") as log,
        ):
            self._run_plan()

        self.assertIn(f"customer {bad.partner_id.id} ", log.output[0])
        self.assertTrue(self.messages_of(good.partner_id))
        self.assertFalse(self.messages_of(bad.partner_id))

    def _run_plan(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("cobranza_whatsapp.ir_cron_plan")
            self.assertIs(cron.method_direct_trigger(), True)

    @mute_logger("odoo.sql_db")
    def test_company_that_cannot_be_planned_does_not_stop_the_others(self):
        other = self.make_company("Another")
        self.make_invoice(self.make_customer(consent=()), company=other)
        invoice = self.make_invoice(self.make_customer())
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET cobranza_timezone = 'No/Where', sequence = -1 "
                "WHERE id = %s",  # planned before ours
                other.id,
            )
        )
        self.env.invalidate_all()
        with self.assertLogs(ADDON_LOGGER, "ERROR"):
            self._run_plan()

        self.assertTrue(self.messages_of(invoice.partner_id))

    # --- the last check ---------------------------------------------------------------

    def test_message_that_only_has_to_wait_stays_queued(self):
        def stop(message):
            message.company_id.cobranza_started = False

        def hold(message):
            message.account_id._cobranza_set_hold("unknown")

        def copy_database(message):
            message.account_id.write({"provider": "twilio", "database_uuid": "other"})

        for name, change in {
            "stopped": stop,
            "account on hold": hold,
            "copied database": copy_database,
        }.items():
            with self.subTest(name), mute_logger(HOLD_LOGGER):
                message = self.queued(self.make_customer(consent=("sms",)))
                savepoint = self.env.cr.savepoint()
                change(message)

                self.run_cron("send")

                self.assertEqual(message.state, "queued")
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_window_that_closed_after_planning_puts_the_message_off(self):
        message = self.queued()
        tomorrow = (datetime.now() + timedelta(days=2)).weekday()  # noqa: DTZ005
        self.open_always.window_ids.unlink()
        self.open_always.window_ids = [
            (0, 0, {"weekday": str(tomorrow), "hour_from": 9, "hour_to": 18})
        ]

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("queued", "outside_window"))
        self.assertGreater(message.not_before, fields.Datetime.now())

    def test_second_message_of_a_day_waits_for_tomorrow(self):
        self.open_always.max_per_day = 1
        customer = self.make_customer()
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.make_invoice(customer)
        self.make_invoice(customer, currency_id=dollars.id)
        self.remind()
        messages = self.messages_of(customer)
        self.assertEqual(sorted(messages.mapped("state")), ["queued", "sent"])

        waiting = messages.filtered(lambda m: m.state == "queued")
        messages.filtered(lambda m: m.state == "sent").claimed_at -= timedelta(
            minutes=1
        )
        self.run_cron("send")

        self.assertEqual((waiting.state, waiting.reason), ("queued", "daily_cap"))
        self.assertGreater(waiting.not_before, fields.Datetime.now())

    def test_third_message_goes_when_the_first_of_the_day_failed_late(self):
        self.open_always.max_per_day = 3
        customer = self.make_customer()
        self.make_invoice(customer)
        self.remind()
        first = self.messages_of(customer)
        self.make_due(first)
        for name in ("USD", "EUR"):
            currency = self.env.ref(f"base.{name}")
            currency.active = True
            self.make_invoice(customer, currency_id=currency.id)
            self.remind()
            if name == "USD":
                second = self.messages_of(customer) - first
                self.assertEqual(second.state, "sent")
                self.make_due(second)
                first._cobranza_advance("failed", "unknown")
        third = self.messages_of(customer) - first - second

        self.assertEqual(third.state, "sent")

    def test_invoices_that_changed_get_their_own_pdf(self):
        customer = self.make_customer()
        message = self.queued(customer)
        second = self.make_invoice(customer, 9)

        self.run_cron("send")
        self.assertEqual((message.state, message.is_prepared), ("queued", False))
        self.run_cron("prepare", "send")

        self.assertEqual(message.state, "sent")
        self.assertIn(second, message.move_ids)
        self.assertIn(f"({second.name})".encode(), message.document_id.raw)
        self.assertIn("2 facturas", message.body)

    @mute_logger("odoo.sql_db")
    def test_message_that_cannot_be_checked_does_not_stop_the_others(self):
        shared = self.whatsapp
        shared.company_id = False
        other = self.make_company("Another")
        self.make_contact_policy(other)
        broken = self.make_customer("Broken", consent=())
        for channel in ("whatsapp", "sms"):
            self.env["cobranza.consent"].create(
                {
                    "partner_id": broken.id,
                    "company_id": other.id,
                    "number": broken.cobranza_number,
                    "channel": channel,
                }
            )
        self.make_invoice(broken, company=other)
        self.run_cron("plan", "prepare")
        first = self.messages_of(broken)
        self.assertTrue(first.is_prepared)
        good = self.queued()
        first.not_before -= timedelta(hours=1)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET cobranza_timezone = 'No/Where' WHERE id = %s",
                other.id,
            )
        )
        self.env.invalidate_all()

        with self.enter_registry_test_mode(), self.assertLogs(ADDON_LOGGER, "ERROR"):
            self.env.ref("cobranza_whatsapp.ir_cron_send").method_direct_trigger()

        self.assertEqual(good.state, "sent")
        self.assertEqual((first.state, first.reason), ("queued", "check_failed"))
        self.assertGreater(first.not_before, fields.Datetime.now())
