"""The run waits for a person: propose, approve, reject, withdraw in time."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestApproval(CobranzaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.company.cobranza_needs_approval = True

    def proposed(self, customer=None, **invoice):
        """Return the message that a run proposes for a new invoice."""
        customer = customer or self.make_customer()
        self.make_invoice(customer, **invoice)
        self.run_cron("plan")
        message = self.messages_of(customer)
        self.assertEqual(message.state, "proposed")
        return message

    def test_the_run_only_proposes_and_shows_the_text(self):
        message = self.proposed()

        self.run_cron("prepare", "send")

        self.assertEqual(message.state, "proposed")
        self.assertIn(message.move_ids.name, message.body)

    def test_one_activity_per_run(self):
        messages = self.proposed() + self.proposed()

        approval = messages.approval_id
        self.assertEqual(len(approval), 1)
        self.assertEqual(approval.waiting_count, 2)
        self.assertEqual(approval.activity_ids.user_id, self.clerk)
        messages.with_user(self.clerk).action_approve()
        self.assertFalse(approval.activity_ids)

    def test_approved_goes_by_the_rules(self):
        message = self.proposed()
        self.give_consent(message.partner_id, granted=False)

        message.with_user(self.clerk).action_approve()
        self.assertEqual(message.state, "queued")
        self.run_cron("prepare", "send")

        self.assertEqual((message.state, message.reason), ("cancelled", "opted_out"))

    def test_approved_is_sent(self):
        message = self.proposed()

        message.with_user(self.clerk).action_approve()
        self.run_cron("prepare", "send")

        self.assertEqual(message.state, "sent")

    def test_rejected_is_not_proposed_again(self):
        message = self.proposed()

        message.with_user(self.clerk).action_reject()
        self.remind()

        self.assertEqual((message.state, message.reason), ("cancelled", "rejected"))
        self.assertEqual(self.messages_of(message.partner_id), message)

    def test_not_approved_within_the_stage(self):
        message = self.proposed()
        self.age(message.move_ids, 30)

        self.run_cron("plan")

        self.assertEqual(
            (message.state, message.reason), ("cancelled", "not_approved_in_time")
        )

    def test_paid_meanwhile(self):
        message = self.proposed()
        self.pay(message.move_ids)

        self.run_cron("plan")

        self.assertEqual((message.state, message.reason), ("cancelled", "paid"))

    def test_who_may(self):
        message = self.proposed()
        auditor = self.make_user("auditor", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            message.with_user(auditor).action_approve()
        with self.assertRaises(AccessError):
            message.approval_id.with_user(self.clerk).action_reject_all()
        with self.assertRaises(AccessError):
            self.company.with_user(self.clerk).action_cobranza_skip_approval()
        message.action_approve()
        with self.assertRaises(UserError):
            message.action_approve()

    def test_by_hand_goes_at_once(self):
        invoice = self.make_invoice(self.make_customer())

        invoice.with_user(self.clerk).action_cobranza_send_now()

        self.assertEqual(self.messages_of(invoice.partner_id).state, "queued")
