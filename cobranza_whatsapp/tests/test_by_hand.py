"""What a person does with reminders and messages: send now, again, not at all."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestByHand(CobranzaCase):
    """The same rows and the same rules as those of the schedule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

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
