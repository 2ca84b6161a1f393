"""From plan to chatter: once, only while it is right, whatever the provider does."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..core import journal
from ..core.types import SendResult
from ..models import cobranza_message_result
from .common import ADDON_LOGGER, CobranzaCase, EmulatorCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"
LATE_30 = "cobranza_whatsapp.cobranza_stage_late_30"


class Queue:
    """What the tests of the queue do to messages."""

    def queued(self, customer=None, **invoice):
        """Return a message that is planned and prepared, ready to go."""
        customer = customer or self.make_customer()
        self.make_invoice(customer, **invoice)
        self.run_cron("plan", "prepare")
        message = self.messages_of(customer)[-1:]
        self.assertEqual(message.state, "queued")
        self.assertTrue(message.is_prepared)
        return message

    def make_due(self, messages):
        """Let time pass until these messages may be tried again."""
        past = fields.Datetime.now() - timedelta(hours=1)
        messages.write({"not_before": past, "claimed_at": past})

    def age(self, invoice, days):
        """Let an invoice grow older by so many days."""
        invoice.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET date_maturity = date_maturity - %s "
                "WHERE move_id = %s AND date_maturity IS NOT NULL",
                days,
                invoice.id,
            )
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestQueue(Queue, CobranzaCase):
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

    # --- chatter ----------------------------------------------------------------------

    def test_customer_and_invoice_have_a_note_with_the_pdf(self):
        message = self.reminded()

        notes = message.mail_message_ids
        self.assertEqual(
            {(note.model, note.res_id) for note in notes},
            {
                ("res.partner", message.partner_id.id),
                ("account.move", message.move_ids.id),
            },
        )
        for note in notes:
            self.assertIn("Hola", note.body)
            self.assertEqual(note.attachment_ids, message.document_id)
            self.assertEqual(note.record_company_id, self.company)
            self.assertEqual(note.author_id, self.clerk.partner_id)
            self.assertEqual(note.notification_ids.notification_status, "pending")

    def test_nobody_is_mailed_and_the_invoice_is_not_marked_as_sent(self):
        customer = self.make_customer(email="customer@example.com")
        invoice = self.make_invoice(customer)
        follower = self.make_user("follower", "account.group_account_invoice")
        for record in (invoice, customer):
            record.message_subscribe((customer + follower.partner_id).ids)
        mails = self.env["mail.mail"].search_count([])
        invoice.journal_id.incoming_einvoice_notification_email = "boss@example.com"

        self.remind()

        message = self.messages_of(customer)
        self.assertEqual(message.state, "sent")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(invoice.is_move_sent)
        notified = message.mail_message_ids.notification_ids
        self.assertEqual(set(notified.mapped("notification_type")), {"cobranza"})
        self.assertEqual(notified.res_partner_id, customer)

    def test_debt_without_a_pdf_goes_by_the_channel_that_needs_none(self):
        customer = self.make_customer()
        self.sms.write({"provider": "twilio", "account_uid": "AC", "api_token": "x"})
        entry = self._opening_balance(customer)
        self.run_cron("plan", "prepare")

        message = self.messages_of(customer)
        self.assertEqual((message.state, message.reason), ("failed", "pdf_failed"))
        self.run_cron("follow_up", "prepare")
        second = self.messages_of(customer) - message
        self.assertEqual((second.channel, second.is_prepared), ("sms", True))
        self.assertEqual(second.move_ids, entry)

    def _opening_balance(self, customer):
        """Post a debt that is no invoice, and decide to chase it."""
        account = customer.property_account_receivable_id
        other = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("account_type", "=", "equity")],
            limit=1,
        )
        entry = self.env["account.move"].create(
            {
                "date": self.due(40),
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": account.id,
                            "partner_id": customer.id,
                            "debit": 300,
                            "date_maturity": self.due(8),
                        },
                    ),
                    (0, 0, {"account_id": other.id, "credit": 300}),
                ],
            }
        )
        entry.action_post()
        entry.line_ids.no_followup = False
        return entry

    def test_official_pdf_is_made_once(self):
        customer = self.make_customer()
        invoice = self.make_invoice(customer)
        self.remind()
        self.make_due(self.messages_of(customer))
        self.age(invoice, 8)
        self.remind()

        first, second = self.messages_of(customer)
        self.assertEqual((first.state, second.state), ("sent", "sent"))
        self.assertEqual(self.rendered.count(invoice.id), 1)
        official = invoice.invoice_pdf_report_id.raw
        self.assertEqual(first.document_id.raw, official)
        self.assertEqual(second.document_id.raw, official)

    def test_report_that_fails_fails_its_own_message_only(self):
        bad = self.make_invoice(self.make_customer("Bad"))
        good = self.make_invoice(self.make_customer("Good"))
        model = type(self.env["ir.actions.report"])
        render = model._pre_render_qweb_pdf

        def fail_for_one(report, report_ref, res_ids=None, data=None):
            if bad.id in res_ids:
                raise ValueError("The report is broken")
            return render(report, report_ref, res_ids=res_ids, data=data)

        with (
            patch.object(model, "_pre_render_qweb_pdf", fail_for_one),
            mute_logger(f"{ADDON_LOGGER}.models.cobranza_message_document"),
        ):
            self.remind()

        failed = self.messages_of(bad.partner_id)
        self.assertEqual((failed.state, failed.reason), ("failed", "pdf_failed"))
        self.assertIn("The report is broken", failed.reason_sentence)
        self.assertEqual(self.messages_of(good.partner_id).state, "sent")


@tagged("post_install", "-at_install")
class TestProviderAnswers(Queue, EmulatorCase):
    """What the answers of the provider do to message, account and template."""

    def refuse(self, code, status=400, **values):
        """Let WhatsApp refuse the next message with an error of its own."""
        error = {
            "message": f"(#{code}) Refused",
            "code": code,
            "type": "OAuthException",
        }
        self.fault(
            "http",
            provider="meta",
            operation="messages",
            status=status,
            json={"error": error},
            **values,
        )

    # --- once -------------------------------------------------------------------------

    def test_uncertain_message_is_never_sent_again_by_itself(self):
        faults = (
            {"kind": "timeout_after_accept", "seconds": 0.1},
            {"kind": "reset_after_accept"},
            {"kind": "html_500_after_accept"},
            {"kind": "garbage"},
            {"kind": "timeout_before_accept", "seconds": 0.1},
            {"kind": "reset_before_accept"},
            {"kind": "html_500_before_accept"},
        )
        for fault in faults:
            with self.subTest(fault["kind"]):
                self.fault(operation="messages", **fault)
                message = self.reminded()
                self.assertEqual(
                    (message.state, message.reason), ("uncertain", "uncertain")
                )
                self.make_due(message)
                message.claimed_at = fields.Datetime.now()

                self.run_cron("plan", "prepare", "send", "follow_up")

                self.assertEqual(self.messages_of(message.partner_id), message)
                accepted = len(self.ledger(message.partner_id))
                self.assertEqual(
                    accepted,
                    int("after" in fault["kind"] or fault["kind"] == "garbage"),
                )

    def test_webhook_resolves_an_uncertain_message(self):
        self.fault("timeout_after_accept", operation="messages", seconds=0.1)
        message = self.reminded()
        self.assertEqual(message.state, "uncertain")

        self.receive(self.whatsapp)
        self.run_cron("apply")

        self.assertIn(message.state, ("sent", "delivered"))
        self.assertEqual(
            message.provider_message_uid, self.ledger(message.partner_id)[0]["id"]
        )

    # --- the last check ---------------------------------------------------------------

    def test_message_that_is_no_longer_right_is_cancelled(self):
        def new_number(customer, _invoice):
            customer.phone = "+52 55 9999 0001"

        cases = {
            "paid": lambda _customer, invoice: self.pay(invoice),
            "covered_by_credit": lambda customer, _invoice: self.make_credit_note(
                customer, 5000.0
            ),
            "hold": lambda _customer, invoice: self.env["cobranza.hold"].create(
                {"move_id": invoice.id}
            ),
            "opted_out": lambda customer, _invoice: self.give_consent(
                customer, granted=False
            ),
            "number_blocked": lambda customer, _invoice: self.env[
                "phone.blacklist"
            ]._add([customer.cobranza_number]),
            "no_consent": new_number,
            "superseded": lambda _customer, invoice: self.age(invoice, 8),
        }
        for reason, change in cases.items():
            with self.subTest(reason):
                message = self.queued()
                change(message.partner_id, message.move_ids)

                self.run_cron("send")

                self.assertEqual((message.state, message.reason), ("cancelled", reason))
                self.assertTrue(message.reason_sentence)
                self.assertEqual(self.ledger(message.partner_id), [])

    # --- classes of errors ------------------------------------------------------------

    def test_busy_provider_is_asked_again_later(self):
        self.fault("rate_limited", operation="messages", retry_after=300)
        message = self.reminded()

        self.assertEqual((message.state, message.reason), ("queued", "retry"))
        wait = message.not_before - fields.Datetime.now()
        self.assertGreater(wait, timedelta(seconds=240))
        self.run_cron("send")
        self.assertEqual(self.ledger(message.partner_id), [])

        self.make_due(message)
        self.run_cron("send")
        self.assertEqual((message.state, message.attempts), ("sent", 2))
        self.assertEqual(len(self.ledger(message.partner_id)), 1)

    def test_waits_grow_and_end(self):
        tries = cobranza_message_result.MAX_ATTEMPTS
        message = self.queued()
        waits = []
        for _attempt in range(tries):
            self.refuse(131016, 503)
            self.run_cron("send")
            waits.append(message.not_before - fields.Datetime.now())
            self.make_due(message)

        self.assertEqual((message.state, message.reason), ("failed", "gave_up"))
        self.assertEqual(message.attempts, tries)
        self.assertEqual(waits[: tries - 1], sorted(waits[: tries - 1]))
        self.run_cron("follow_up")
        second = self.messages_of(message.partner_id) - message
        self.assertEqual(second.channel, "sms")

    @mute_logger(HOLD_LOGGER)
    def test_refused_account_is_held_and_keeps_its_queue(self):
        self.refuse(190, 401)
        message = self.reminded()
        self.assertEqual((message.state, message.reason), ("queued", "provider_hold"))
        self.assertTrue(self.whatsapp.hold_code)
        self.assertIn("190", self.whatsapp.hold_sentence)

        sms_only = self.reminded(self.make_customer(consent=("sms",)))
        self.make_due(message)
        self.run_cron("send")
        self.assertEqual(message.state, "queued")
        self.assertEqual(sms_only.state, "sent", "the other account goes on")

        self.whatsapp.action_resume()
        self.run_cron("send")
        self.assertEqual((message.state, message.attempts), ("sent", 1))

    def test_number_without_whatsapp_gets_the_next_channel(self):
        customer = self.make_customer()
        self.emulator.control(
            "POST",
            f"/phones/{customer.cobranza_number[1:]}",
            {"name": "No WhatsApp", "on_whatsapp": False},
        )
        message = self.reminded(customer)
        if message.state == "sent":
            self.receive(self.whatsapp)
            self.run_cron("apply")
        self.assertEqual((message.state, message.reason), ("failed", "dead"))

        self.run_cron("follow_up", "prepare", "send", "follow_up")

        second = self.messages_of(customer) - message
        self.assertEqual((second.channel, second.state), ("sms", "sent"))
        self.assertEqual(second.reminder_id, message.reminder_id)
        self.assertEqual(self.ledger(customer)[-1]["channel"], "sms")

    def test_next_channel_needs_its_own_consent(self):
        message = self.queued(self.make_customer(consent=("whatsapp",)))
        self.refuse(131026)
        self.run_cron("send")
        self.assertEqual((message.state, message.reason), ("failed", "dead"))

        self.run_cron("follow_up", "prepare", "send")

        self.assertEqual(self.messages_of(message.partner_id), message)

    def test_paused_template_stops_itself_and_the_next_channel_goes(self):
        message = self.queued()
        version = message.template_id._cobranza_approved_version(self.whatsapp)
        self.refuse(132015)

        self.run_cron("send", "follow_up", "prepare", "send")

        self.assertEqual((message.state, message.reason), ("failed", "template"))
        self.assertEqual(version.status, "paused")
        second = self.messages_of(message.partner_id) - message
        self.assertEqual((second.channel, second.state), ("sms", "sent"))

    def test_lost_pdf_is_uploaded_again_once(self):
        message = self.queued()
        uploads = len(self.calls("media"))
        self.refuse(131053)
        self.run_cron("send")
        self.assertEqual((message.state, message.is_prepared), ("queued", False))
        self.make_due(message)
        self.run_cron("prepare", "send")
        self.assertEqual(message.state, "sent")
        self.assertEqual(len(self.calls("media")), uploads + 1)

        twice = self.queued()
        for _attempt in range(2):
            self.refuse(131053)
            self.run_cron("prepare", "send")
            self.make_due(twice)
        self.assertEqual((twice.state, twice.reason), ("failed", "media"))

    def test_protected_customer_waits_a_day(self):
        self.refuse(131049)
        message = self.reminded()

        self.assertEqual((message.state, message.reason), ("queued", "cap"))
        self.assertGreater(
            message.not_before, fields.Datetime.now() + timedelta(hours=23)
        )

    def test_our_own_mistake_is_not_repeated(self):
        self.refuse(131009)
        message = self.reminded()

        self.assertEqual((message.state, message.reason), ("failed", "fix"))
        self.assertIn("131009", message.reason_detail)
        notification = message.mail_message_ids.notification_ids[:1]
        self.assertEqual(notification.notification_status, "exception")
        self.assertIn("131009", notification.failure_reason)

    def test_refusal_at_the_provider_is_a_withdrawal(self):
        message = self.queued()
        self.refuse(131050)

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("failed", "optout"))
        customer = message.partner_id
        self.assertEqual(customer.cobranza_whatsapp_consent, "withdrawn")
        self.assertEqual(customer.cobranza_sms_consent, "withdrawn")

    # --- preparing --------------------------------------------------------------------

    def test_pdf_is_uploaded_once_per_account(self):
        uploads = len(self.calls("media"))
        customer = self.make_customer()
        invoice = self.make_invoice(customer)
        self.remind()
        self.make_due(self.messages_of(customer))
        self.age(invoice, 8)
        self.remind()

        self.assertEqual(self.messages_of(customer).mapped("state"), ["sent", "sent"])
        self.assertEqual(len(self.calls("media")), uploads + 1)

    def test_upload_that_fails_is_not_repeated_in_the_same_run(self):
        self.make_invoice(self.make_customer())
        self.run_cron("plan")
        uploads = len(self.calls("media"))
        self.fault("html_500_before_accept", operation="media", count=100)

        self.run_cron("prepare")

        self.assertLessEqual(len(self.calls("media")), uploads + 1)

    @mute_logger(HOLD_LOGGER)
    def test_upload_with_a_refused_token_holds_the_account(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        self.run_cron("plan")
        error = {"message": "(#190) Expired", "code": 190, "type": "OAuthException"}
        self.fault(
            "http", operation="media", status=401, json={"error": error}, count=100
        )

        self.run_cron("prepare", "send")

        message = self.messages_of(customer)
        self.assertEqual((message.state, message.reason), ("queued", "provider_hold"))
        self.assertTrue(self.whatsapp.hold_code)

    # --- SMS --------------------------------------------------------------------------

    def test_sms_is_gsm7_with_a_link(self):
        customer = self.make_customer("Ñandú «Ágil»", consent=("sms",))
        message = self.reminded(customer)

        [accepted] = self.ledger(customer)
        self.assertEqual(accepted["text"], message.body)
        self.assertIn(f"/c/{message.link_id.token}", message.body)
        self.assertNotIn("\N{NO-BREAK SPACE}", message.body)
        self.assertIn(f"uuid={message.uuid}", accepted["status_callback"])

    def test_sms_callbacks_move_the_message(self):
        message = self.reminded(self.make_customer(consent=("sms",)))

        self.receive(self.sms)
        self.wait_for(lambda: self._sms_arrived(message))

        self.assertEqual(message.state, "delivered")

    def _sms_arrived(self, message):
        if self.mailbox.posts:
            self.receive(self.sms)
        self.run_cron("apply")
        return message.state == "delivered"
