"""Five hundred messages, three of them broken: the other 497 go out in the same run."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ADDON_LOGGER, pdf_of
from .emulator_case import EmulatorCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"
DOCUMENT_LOGGER = f"{ADDON_LOGGER}.models.cobranza_message_document"
MESSAGES = 500
BROKEN_NAME = "Papelería sin fin " * 1000


@tagged("post_install", "-at_install")
class TestNeighbours(EmulatorCase):
    """One customer's trouble is nobody else's."""

    def make_customers(self, count):
        """Create many customers, all of whom allow WhatsApp."""
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "phone": f"+52 55 3000 {number:04}",
                    "country_id": self.mexico.id,
                    "state_id": self.mexico_city.id,
                }
                for number in range(count)
            ]
        )
        self.env["cobranza.consent"].create(
            [
                {
                    "partner_id": customer.id,
                    "number": customer.cobranza_number,
                    "channel": "whatsapp",
                }
                for customer in customers
            ]
        )
        return customers

    def make_invoices(self, customers):
        """Post an overdue invoice for each customer, whose PDF exists already."""
        due = self.due(8)
        invoices = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": due,
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {"name": "X", "price_unit": 100, "tax_ids": [(5, 0, 0)]},
                        )
                    ],
                }
                for customer in customers
            ]
        )
        invoices.action_post()
        return invoices

    def give_pdfs(self, invoices):
        """Leave what sending by e-mail would have left: the official PDF."""
        content = pdf_of("Factura")
        self.env["ir.attachment"].create(
            [
                {
                    "name": f"{invoice.id}.pdf",
                    "raw": content,
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "res_field": "invoice_pdf_report_file",
                    "mimetype": "application/pdf",
                }
                for invoice in invoices
            ]
        )
        invoices.invalidate_recordset(["invoice_pdf_report_id"])

    def break_report_of(self, invoice):
        """Let the report of one invoice raise something that nobody expects."""
        model = self.registry["ir.actions.report"]
        render = model._pre_render_qweb_pdf

        def fail(report, report_ref, res_ids=None, data=None):
            if invoice.id in (res_ids or []):
                raise ZeroDivisionError("division by zero in the report")
            return render(report, report_ref, res_ids, data)

        self.startPatcher(patch.object(model, "_pre_render_qweb_pdf", fail))

    def prepare_all(self):
        """Let the action run as often as it asks to: each run ends in time."""
        waiting = [("state", "=", "queued"), ("is_prepared", "=", False)]
        for _run in range(30):
            self.run_cron("prepare")
            if not self.env["cobranza.message"].search_count(waiting):
                return

    @mute_logger(HOLD_LOGGER, DOCUMENT_LOGGER)
    def test_three_broken_ones_stop_none_of_the_others(self):
        customers = self.make_customers(MESSAGES - 1)
        invoices = self.make_invoices(customers)
        no_report, no_text = invoices[0], invoices[1]
        self.give_pdfs(invoices - no_report)
        self.break_report_of(no_report)
        no_text.partner_id.name = BROKEN_NAME
        self.sms.api_token = "revoked"
        # Far below what the provider allows: a busy machine sends in bursts.
        self.whatsapp.messages_per_second = 40
        no_token = self.make_customer(consent=("sms",))
        self.make_invoice(no_token)
        self.run_cron("plan")
        self.prepare_all()

        self.run_cron("send")

        def of(customer):
            message = self.messages_of(customer)
            self.assertEqual(len(message), 1)
            return message.state, message.reason

        self.assertEqual(of(no_report.partner_id), ("failed", "pdf_failed"))
        self.assertEqual(of(no_text.partner_id), ("failed", "render_failed"))
        self.assertEqual(of(no_token), ("queued", "provider_hold"))
        self.assertTrue(self.sms.hold_code)
        others = self.env["cobranza.message"].search(
            [("partner_id", "in", customers[2:].ids)]
        )
        self.assertEqual(len(others), MESSAGES - 3)
        left = others.filtered(lambda m: m.state != "sent")
        self.assertFalse(left, left[:3].read(["state", "reason", "is_prepared"]))
        self.assertEqual(len(set(others.mapped("run_uid"))), 1, "the same run")
