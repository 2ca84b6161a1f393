"""From plan to chatter: once, only while it is right, whatever the provider does."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..core import journal
from ..core.types import SendResult
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

    # --- by hand ----------------------------------------------------------------------

    def test_send_now_queues_the_reminder_of_the_customer(self):
        invoice = self.make_invoice(self.make_customer())

        action = invoice.with_user(self.clerk).action_cobranza_send_now()

        message = self.messages_of(invoice.partner_id)
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(message.state, "queued")
        self.run_cron("prepare", "send")
        self.assertEqual(message.state, "sent")

    def test_send_now_refuses_with_the_reason(self):
        customer = self.make_customer()
        reminded = self.reminded().move_ids
        cases = {
            "already reminded": reminded,
            "post it first": self.make_invoice(customer, post=False),
            "No stage has begun": self.make_invoice(self.make_customer(), -20),
            "no consent": self.make_invoice(self.make_customer(consent=())),
            "A person takes over": self.make_invoice(self.make_customer(), 60),
            "not valid": self.make_invoice(self.make_customer(phone="12", consent=())),
        }
        paid = self.make_invoice(self.make_customer())
        self.pay(paid)
        cases["Nothing is owed"] = paid
        held = self.make_invoice(self.make_customer())
        self.env["cobranza.hold"].create({"move_id": held.id})
        cases["on hold"] = held
        before = self.env["cobranza.message"].search_count([])
        for sentence, invoice in cases.items():
            invoice = invoice.with_user(self.clerk).with_context(lang="en_US")
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                invoice.action_cobranza_send_now()
        self.assertEqual(self.env["cobranza.message"].search_count([]), before)

    def test_send_now_twice_sends_once(self):
        invoice = self.make_invoice(self.make_customer()).with_user(self.clerk)
        invoice.action_cobranza_send_now()

        with self.assertRaisesRegex(UserError, "already reminded|ya se"):
            invoice.action_cobranza_send_now()

    def test_failed_reminder_can_be_sent_again(self):
        message = self.queued()
        message._cobranza_advance("failed", "gave_up")

        message.with_user(self.clerk).action_retry()

        again = self.messages_of(message.partner_id) - message
        self.assertEqual(again.reminder_id, message.reminder_id)
        self.run_cron("prepare", "send")
        self.assertEqual(again.state, "sent")

    def test_failed_reminder_is_not_planned_again_by_itself(self):
        message = self.queued()
        message._cobranza_advance("failed", "fix")

        self.remind()

        self.assertEqual(self.messages_of(message.partner_id), message)

    def test_cancelled_message_is_planned_again_once_its_hold_ends(self):
        message = self.queued()
        hold = self.env["cobranza.hold"].create({"move_id": message.move_ids.id})
        self.run_cron("send")
        self.assertEqual(message.state, "cancelled")

        hold.action_release()
        self.remind()

        again = self.messages_of(message.partner_id) - message
        self.assertEqual(again.state, "sent")
        self.assertEqual(again.reminder_id, message.reminder_id)

    def test_user_takes_a_message_out_of_the_queue(self):
        message = self.queued()

        message.with_user(self.clerk).action_cancel()
        self.run_cron("send")

        self.assertEqual(
            (message.state, message.reason), ("cancelled", "stopped_by_user")
        )

    # --- escalation -------------------------------------------------------------------

    def test_user_gets_at_most_twenty_escalations_a_day(self):
        customers = self.env["res.partner"]
        for number in range(23):
            customer = self.make_customer(f"Late {number}")
            self.make_invoice(customer, 60, amount=1000 + number)
            customers |= customer
        kind = self.env.ref("cobranza_whatsapp.mail_activity_type_escalation")

        def escalations():
            return customers.activity_ids.filtered(
                lambda a: a.activity_type_id == kind and a.user_id == self.clerk
            )

        for _run in range(2):
            self.run_cron("plan")
            self.assertEqual(len(escalations()), 20)
        left = customers - customers.browse(escalations().mapped("res_id"))
        self.assertEqual(left, customers[:3], "the largest debts come first")

        self.env.cr.execute(
            SQL(
                "UPDATE mail_activity SET create_date = create_date - interval '1 day' "
                "WHERE id IN %s",
                tuple(escalations().ids),
            )
        )
        self.env.invalidate_all()
        self.run_cron("plan")
        self.assertEqual(len(escalations()), 23)
        self.assertEqual(set(escalations().mapped("res_id")), set(customers.ids))

    def test_escalated_customer_with_two_currencies_is_one_activity(self):
        customer = self.make_customer()
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.make_invoice(customer, 60)
        self.make_invoice(customer, 60, currency_id=dollars.id)

        self.run_cron("plan")
        self.assertEqual(len(customer.activity_ids), 1)

        euros = self.env.ref("base.EUR")
        euros.active = True
        self.make_invoice(customer, 60, currency_id=euros.id)
        self.run_cron("plan")
        self.assertEqual(len(customer.activity_ids), 1, "the first is still open")

    # --- after a crash ----------------------------------------------------------------

    def _sending(self, **values):
        message = self.queued()
        message._cobranza_advance(
            "sending", claimed_at=fields.Datetime.now(), attempts=1, **values
        )
        return message

    def test_message_cut_off_by_a_crash_becomes_uncertain(self):
        old, young = self._sending(body="Hola"), self._sending(body="Hola")
        old.claimed_at -= timedelta(minutes=11)

        self.run_cron("follow_up", "send")

        self.assertEqual((old.state, old.reason), ("uncertain", "crashed"))
        self.assertEqual(young.state, "sending")
        self.assertEqual(len(old.mail_message_ids), 2)

    def test_run_that_died_is_settled_from_its_journal(self):
        run_uid = f"test-{self.id()}"
        unwritten, answered, doubtful = (
            self._sending(run_uid=run_uid, body="Hola") for _message in range(3)
        )
        log = journal.Journal(
            self.env["cobranza.message"]._cobranza_journals(), run_uid
        )
        log.written(answered.uuid)
        log.answered(answered.uuid, SendResult("accepted", "wamid.1"))
        log.written(doubtful.uuid)
        log.close(remove=False)

        with (
            mute_logger(f"{ADDON_LOGGER}.models.cobranza_message_recover"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["cobranza.message"]._cobranza_recover()

        self.assertEqual((unwritten.state, unwritten.attempts), ("queued", 0))
        self.assertEqual(
            (answered.state, answered.provider_message_uid), ("sent", "wamid.1")
        )
        self.assertEqual((doubtful.state, doubtful.reason), ("uncertain", "crashed"))

    def test_user_settles_an_uncertain_message(self):
        message = self._sending(body="Hola")
        message._cobranza_advance("uncertain", "uncertain")
        message._cobranza_log()

        message.with_user(self.clerk).action_arrived()

        self.assertEqual(message.state, "sent")
