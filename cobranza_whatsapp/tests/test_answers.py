"""The provider accepts, refuses, is silent or lies: what becomes of the message."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import cobranza_message_result
from .common import ADDON_LOGGER
from .emulator_case import EmulatorCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"


@tagged("post_install", "-at_install")
class TestProviderAnswers(EmulatorCase):
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
            # He opted out at another company of ours: its rows are not this one's.
            "number_blocked": lambda customer, _invoice: (
                self.env["phone.blacklist"]
                .with_context(cobranza_own_withdrawal=True)
                ._add([customer.cobranza_number])
            ),
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
        version = message.template_id._cobranza_version(self.whatsapp)
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
