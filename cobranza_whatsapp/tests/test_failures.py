"""Failures reach people: the list, sending again, the bubble, one activity a cause."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestFailures(CobranzaCase):
    """What stands on the list and how it leaves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def fail(self, message, reason="fix"):
        """Let a message fail as the provider's refusal does."""
        message._cobranza_advance("sending")
        message._cobranza_advance("failed", reason, "100 (#100)")
        message._cobranza_log()
        return message

    def on_the_list(self):
        messages = self.env["cobranza.message"].with_user(self.clerk)
        return messages.search([("needs_person", "=", True)])

    def test_failure_stands_on_the_list_until_it_is_sent_again(self):
        message = self.fail(self.queued())
        self.assertEqual(self.on_the_list(), message)
        self.assertEqual(
            self.env["cobranza.message"].with_user(self.clerk).cobranza_failure_count(),
            1,
        )

        self.on_the_list().action_retry()

        self.assertFalse(self.on_the_list())
        second = self.messages_of(message.partner_id) - message
        self.assertEqual(second.state, "queued")
        self.assertEqual(
            message.mail_message_ids.notification_ids.mapped("notification_status"),
            ["canceled", "canceled"],
        )

    def test_sending_again_passes_the_same_rules(self):
        good, bad = self.fail(self.queued()), self.fail(self.queued())
        self.env["cobranza.hold"].create(
            {"company_id": self.company.id, "move_id": bad.move_ids.id}
        )
        both = (good | bad).with_user(self.clerk).with_context(lang="en_US")

        answer = both.action_retry()

        self.assertIn("1 are on their way", answer["params"]["message"])
        self.assertIn("on hold", answer["params"]["message"])
        self.assertEqual(self.on_the_list(), bad)
        with self.assertRaisesRegex(UserError, "on hold"):
            self.on_the_list().with_context(lang="en_US").action_retry()

    def test_paid_or_seen_to_leaves_the_list(self):
        paid, seen = self.fail(self.queued()), self.fail(self.queued())

        self.pay(paid.move_ids)
        self.on_the_list().filtered(lambda m: m == seen).action_settle()

        self.assertFalse(self.on_the_list())
        self.assertEqual(seen.state, "failed")

    def test_uncertain_stands_on_the_list_until_a_person_decides(self):
        message = self.queued()
        message._cobranza_advance("sending")
        message._cobranza_advance("uncertain", "uncertain")
        message._cobranza_log()
        self.assertEqual(self.on_the_list(), message)

        self.on_the_list().action_arrived()

        self.assertFalse(self.on_the_list())
        self.assertEqual(message.state, "sent")

    def test_failure_is_in_the_name_of_the_responsible_person(self):
        message = self.fail(self.queued())

        notifications = message.mail_message_ids.notification_ids
        self.assertEqual(notifications.author_id, self.clerk.partner_id)
        self.assertEqual(
            set(notifications.mapped("notification_status")), {"exception"}
        )
        partner = message.partner_id.with_user(self.clerk)
        partner.notify_cancel_by_type("cobranza")
        note = message.mail_message_ids.filtered(lambda m: m.model == "res.partner")
        self.assertEqual(note.notification_ids.notification_status, "canceled")
        self.assertEqual(self.on_the_list(), message)


@tagged("post_install", "-at_install")
class TestCauses(CobranzaCase):
    """One activity for each thing to mend, however many it holds up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def causes(self, **criteria):
        domain = [("company_id", "=", self.company.id)]
        domain += [(name, "=", value) for name, value in criteria.items()]
        return self.env["cobranza.cause"].with_context(lang="en_US").search(domain)

    def test_no_printer_is_one_activity_for_all_messages(self):
        messages = self.env["cobranza.message"]
        for _count in range(3):
            messages |= self.queued(self.make_customer(consent=("whatsapp",)))
        for message in messages:
            message._cobranza_advance("failed", "pdf_failed", "wkhtmltopdf")

        self.run_cron("follow_up", "follow_up")

        cause = self.causes(code="pdf_failed")
        self.assertEqual(cause.count, 3)
        activity = cause.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn("3 held up", activity.summary)
        action = cause.with_user(self.clerk).action_open_held()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, messages)

        messages[0]._cobranza_settle()
        self.run_cron("follow_up")
        self.assertIn("2 held up", cause.activity_ids.summary)
        messages._cobranza_settle()
        self.run_cron("follow_up")
        self.assertFalse(cause.exists())
        self.assertFalse(activity.exists())

    def test_customers_without_a_number_are_one_activity(self):
        customers = self.make_customer(phone=False, consent=())
        customers |= self.make_customer(phone=False, consent=())
        for customer in customers:
            self.make_invoice(customer)

        self.run_cron("plan", "plan", "follow_up", "follow_up")

        cause = self.causes(code="phone_missing")
        self.assertEqual((cause.count, len(cause.activity_ids)), (2, 1))
        action = cause.action_open_held()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, customers)

        customers[0].phone = "+52 55 1234 9999"
        self.give_consent(customers[0])
        self.run_cron("plan")
        self.assertEqual(cause.count, 1)
        self.pay(
            self.env["account.move"].search([("partner_id", "=", customers[1].id)])
        )
        self.run_cron("follow_up")
        self.assertFalse(cause.exists())

    def test_account_on_hold_says_how_many_wait_in_its_one_alarm(self):
        for _count in range(2):
            self.queued()
        self.whatsapp._cobranza_set_hold("account_on_hold", "190 expired")

        self.run_cron("follow_up", "follow_up")

        alarm = self.whatsapp.activity_ids
        self.assertEqual(len(alarm), 1)
        self.assertRegex(alarm.summary, r"^2 ")
        self.whatsapp._cobranza_resume()
        self.assertFalse(self.whatsapp.activity_ids)

    def test_causes_are_of_one_company(self):
        self.make_invoice(self.make_customer(phone=False, consent=()))
        self.run_cron("plan")
        other = self.make_company("Otra")
        stranger = self.make_user(
            "stranger", "account.group_account_invoice", company=other
        )

        self.assertTrue(self.causes())
        self.assertFalse(
            self.env["cobranza.cause"]
            .with_user(stranger)
            .with_context(allowed_company_ids=other.ids)
            .search([])
        )
