"""Notes and PDFs: what customer and invoice show of a message."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ADDON_LOGGER, CobranzaCase


@tagged("post_install", "-at_install")
class TestChatter(CobranzaCase):
    """Written once per message, read by accountants, mailed to nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

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

    def test_debt_without_a_pdf_goes_with_a_statement(self):
        customer = self.make_customer()
        entry = self._opening_balance(customer)
        self.run_cron("plan", "prepare", "send")

        message = self.messages_of(customer)
        self.assertEqual((message.state, message.move_ids), ("sent", entry))
        self.assertEqual(message.document_id.mimetype, "application/pdf")

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
