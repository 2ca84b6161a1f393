"""SMS through Odoo's own service: one request, its answer, its delivery reports."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sms.tools.sms_api import SmsApi

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestOdooSms(CobranzaCase):
    """Odoo's service (IAP) is reached by `_contact_iap`; tests answer in its place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account("sms", provider="odoo_sms")
        cls.calls = []
        cls.answer = "success"
        cls.startClassPatcher(patch.object(SmsApi, "_contact_iap", cls._contact))

    @classmethod
    def _contact(cls, endpoint, params, timeout=15):
        cls.calls.append((endpoint, params))
        if isinstance(cls.answer, Exception):
            raise cls.answer
        [number] = params["messages"][0]["numbers"]
        return [{"uuid": number["uuid"], "state": cls.answer, "credit": 1}]

    def setUp(self):
        super().setUp()
        self.calls.clear()
        self.addCleanup(setattr, type(self), "answer", "success")

    def make_reachable(self):
        return self.make_customer(consent=("sms",))

    def remind(self):
        self.run_cron("plan", "prepare", "send_odoo")

    def answered(self, answer):
        type(self).answer = answer
        return self.reminded(self.make_reachable())

    def rows(self, message):
        """Return Odoo's row and tracker of a message."""
        tracker = self.env["sms.tracker"].search(
            [("cobranza_message_id", "=", message.id)]
        )
        return self.env["sms.sms"].search([("uuid", "in", tracker.mapped("sms_uuid"))])

    def report(self, message, status):
        """Tell Odoo a delivery report, as its controllers do, and apply it."""
        tracker = self.env["sms.tracker"].search(
            [("cobranza_message_id", "=", message.id)]
        )
        state = self.env["sms.sms"].IAP_TO_SMS_STATE_SUCCESS.get(status)
        if state:
            tracker._action_update_from_sms_state(state)
        else:
            tracker._action_update_from_provider_error(status)
        self.run_cron("apply")

    # --- sending ----------------------------------------------------------------------

    def test_sms_goes_out_once_with_our_text(self):
        message = self.answered("success")

        [(endpoint, params)] = self.calls
        self.assertEqual(endpoint, "/api/sms/3/send")
        self.assertEqual(params["messages"][0]["content"], message.body)
        number = params["messages"][0]["numbers"][0]
        self.assertEqual(number["number"], message.recipient)
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.provider_message_uid, number["uuid"])
        self.assertEqual(len(message.mail_message_ids), 2)

    def test_each_answer_does_what_it_asks_for(self):
        expected = {
            "processing": ("sent", False),
            "wrong_number_format": ("failed", "dead"),
            "country_not_supported": ("failed", "dead"),
            "incompatible_content": ("failed", "template"),
            "server_error": ("uncertain", "uncertain"),
            "something_new": ("uncertain", "uncertain"),
        }
        for answer, outcome in expected.items():
            with self.subTest(answer):
                message = self.answered(answer)
                self.assertEqual((message.state, message.reason), outcome)

    def test_no_credit_holds_the_account_and_keeps_the_queue(self):
        message = self.answered("insufficient_credit")

        self.assertEqual((message.state, message.reason), ("queued", "provider_hold"))
        self.assertIn("insufficient_credit", self.account.hold_detail)

    def test_unreachable_service_is_uncertain_and_never_sent_again(self):
        message = self.answered(AccessError("The request timed out."))

        self.assertEqual(message.state, "uncertain")
        self.make_due(message)
        self.run_cron("send_odoo")
        self.env["sms.sms"]._process_queue()
        self.assertEqual(len(self.calls), 1)

    # --- Odoo's own queue -------------------------------------------------------------

    def test_odoo_cannot_send_it_again(self):
        message = self.answered("server_error")
        row = self.rows(message)

        for action in (row.resend_failed, row.action_set_outgoing):
            with self.assertRaises(UserError):
                action()
        row.send()
        with patch.object(self.env.cr, "commit", autospec=True):
            row._process_queue()
        self.assertEqual(len(self.calls), 1)

    def test_sms_of_others_can_be_sent_again(self):
        row = self.env["sms.sms"].create(
            {"number": "+525512345678", "body": "x", "state": "error"}
        )
        row.resend_failed()

        self.assertEqual(len(self.calls), 1)

    # --- delivery reports -------------------------------------------------------------

    def test_delivery_report_moves_the_message(self):
        message = self.answered("success")
        self.report(message, "delivered")

        self.assertEqual(message.state, "delivered")
        notification = message.mail_message_ids.notification_ids[:1]
        self.assertEqual(notification.notification_status, "sent")

    def test_report_resolves_an_uncertain_message(self):
        message = self.answered("server_error")
        self.report(message, "delivered")

        self.assertEqual(message.state, "delivered")

    def test_failed_delivery_says_why(self):
        for status, reason in (
            ("invalid_destination", "dead"),
            ("not_delivered", "undelivered"),
        ):
            with self.subTest(status):
                message = self.answered("success")
                self.report(message, status)
                self.assertEqual((message.state, message.reason), ("failed", reason))

    def test_repeated_report_changes_nothing(self):
        message = self.answered("success")
        for status in ("delivered", "delivered", "sent"):
            self.report(message, status)

        self.assertEqual(message.state, "delivered")
        events = self.env["cobranza.event"].search([("message_id", "=", message.id)])
        self.assertFalse(events.filtered(lambda e: e.state == "pending"))
