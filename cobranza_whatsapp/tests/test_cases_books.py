"""What is chased and what is not: holds, drafts, online payments, opening entries."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .situations import SituationCase

NOTHING = {"claims": [], "reason": "all_on_hold"}


@tagged("post_install", "-at_install")
class TestWhatIsChased(SituationCase):
    """An invoice of 1000 that should not be chased, beside one of 200 that should."""

    def _beside_another(self, change, amount=1000.0):
        """Return a customer with a changed invoice and an ordinary one."""
        customer = self.make_customer()
        change(self.make_invoice(customer, 20, amount=amount))
        return self.owing((8, 200.0), customer=customer)

    def _alone(self, change):
        customer = self.make_customer()
        change(self.make_invoice(customer, 20, amount=1000.0))
        return customer

    def test_an_invoice_that_is_not_chased_leaves_the_others_alone(self):
        today = self.company._cobranza_today()

        def hold(move, **values):
            values = {"move_id": move.id, "company_id": self.company.id, **values}
            self.env["cobranza.hold"].create(values)

        def back_to_draft(move):
            move.button_draft()

        def posted_again(move):
            move.button_draft()
            move.action_post()

        def cancelled(move):
            move.button_draft()
            move.button_cancel()

        rest = {"claims": [200.0], "stage": "early"}
        both = {"claims": [1000.0, 200.0], "stage": "late_15"}
        changes = {
            "on hold": (hold, rest),
            "on hold until today": (lambda m: hold(m, date_to=today), rest),
            "on hold until yesterday": (
                lambda m: hold(m, date_to=today - timedelta(days=1)),
                both,
            ),
            "excluded from follow-up": (
                lambda m: m.write({"no_followup": True}),
                rest,
            ),
            "payment blocked": (lambda m: m.action_toggle_block_payment(), rest),
            "reset to draft": (back_to_draft, rest),
            "reset to draft and posted again": (posted_again, both),
            "cancelled": (cancelled, rest),
            "online payment pending": (self.pay_online, rest),
            "online payment authorized": (
                lambda m: self.pay_online(m, "authorized"),
                rest,
            ),
            "online payment made, its entry still to come": (
                lambda m: self.pay_online(m, "done"),
                rest,
            ),
            "online payment made and booked elsewhere": (
                lambda m: self.pay_online(m, "done", is_post_processed=True),
                both,
            ),
            "online payment cancelled": (lambda m: self.pay_online(m, "cancel"), both),
            "online payment failed": (lambda m: self.pay_online(m, "error"), both),
            "online payment begun but not sent": (
                lambda m: self.pay_online(m, "draft"),
                both,
            ),
            "draft payment": (self._draft_payment, both),
        }
        self.check(
            {
                name: (lambda change=change: self._beside_another(change), expected)
                for name, (change, expected) in changes.items()
            }
        )

    def _draft_payment(self, move):
        return self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": move.partner_id.id,
                "amount": 1000.0,
            }
        )

    def test_customers_on_hold(self):
        def customer_on_hold(move):
            self.env["cobranza.hold"].create({"partner_id": move.partner_id.id})

        def archived(move):
            move.partner_id.active = False

        self.check(
            {
                "everything of the customer on hold": (
                    lambda: self._beside_another(customer_on_hold),
                    NOTHING,
                ),
                "archived customer": (lambda: self._alone(archived), NOTHING),
                "the only invoice is blocked": (
                    lambda: self._alone(lambda m: m.action_toggle_block_payment()),
                    NOTHING,
                ),
            }
        )

    def test_invoice_of_an_archived_customer_says_so(self):
        invoice = self.make_invoice(self.make_customer())
        invoice.partner_id.active = False

        self.assertEqual(invoice.cobranza_hold, "archived")
        self.assertIn("archived", self.next_action(invoice))

    def test_documents_that_are_not_invoices(self):
        def receipt():
            customer = self.make_customer()
            self.make_invoice(customer, move_type="out_receipt")
            return customer

        def entry(**values):
            customer = self.make_customer()
            self.make_entry(customer, **values)
            return customer

        def opening_to_be_chased():
            customer = self.make_customer()
            entry = self.make_entry(customer)
            entry.line_ids.no_followup = False
            return customer

        def opening_credit():
            customer = self.owing((8, 1000.0))
            self.make_entry(customer, amount=-300.0)
            return customer

        self.check(
            {
                "sales receipt": (receipt, {"claims": [1000.0], "stage": "early"}),
                "opening balance: Odoo excludes miscellaneous entries": (
                    entry,
                    NOTHING,
                ),
                "opening balance that somebody included": (
                    opening_to_be_chased,
                    {"claims": [500.0], "stage": "early"},
                ),
                "entry in a sales journal": (
                    lambda: entry(kind="sale"),
                    {"claims": [500.0], "stage": "early"},
                ),
                "opening balance in favour of the customer": (
                    opening_credit,
                    {"claims": [700.0], "credit": 300.0},
                ),
                "entry in a bank journal is not chased": (
                    lambda: entry(kind="bank"),
                    NOTHING,
                ),
            }
        )

    # --- legal e-documents ------------------------------------------------------------

    def _legal_document(self, pending):
        """Act as a localisation whose e-document these invoices still need."""
        extra = {
            "test": {
                "label": "Fiscal document",
                "is_applicable": lambda move: move in pending,
            }
        }
        model = type(self.env["account.move.send"])
        return patch.object(model, "_get_all_extra_edis", lambda self: extra)

    def test_invoice_waits_for_its_legal_document(self):
        customer = self.make_customer()
        pending = self.make_invoice(customer, 20)
        ready = self.make_invoice(customer, 8, amount=200.0)
        with self._legal_document(pending):
            [seen] = self.seen(customer)
            self.assertEqual((seen["claims"], seen["stage"]), ([200.0], "early"))
            self.assertIn("e-document", self.next_action(pending))
            self.assertNotIn("e-document", self.next_action(ready))
            self.remind()
        message = self.messages_of(customer)
        self.assertEqual(message.move_ids, ready)
        self.assertFalse(pending.invoice_pdf_report_id, "its PDF is not frozen")

        [seen] = self.seen(customer)

        self.assertEqual(seen["claims"], [1000.0, 200.0])

    def test_invoice_that_needs_its_document_meanwhile_leaves_the_message(self):
        customer = self.make_customer()
        message = self.queued(customer)
        message.move_ids.invoice_pdf_report_id.unlink()
        message.move_ids.invalidate_recordset()
        with self._legal_document(message.move_ids):
            self.run_cron("send")

        self.assertEqual(message.state, "cancelled")
        self.assertEqual(message.reason, "hold")

    # --- draft payments ---------------------------------------------------------------

    def test_draft_payment_is_shown_and_stops_nothing(self):
        invoice = self.make_invoice(self.make_customer())
        self.assertFalse(invoice.cobranza_warning)
        payment = self._draft_payment(invoice)
        invoice.invalidate_recordset()
        self.assertIn("1,000.00", invoice.cobranza_warning)
        self.remind()

        reminder = self.messages_of(invoice.partner_id).reminder_id

        self.assertEqual(reminder.warning, invoice.cobranza_warning)
        payment.action_post()
        self.env.invalidate_all()
        self.assertFalse(invoice.cobranza_warning)
        self.assertFalse(reminder.warning)

    def test_draft_payments_of_others_are_not_shown(self):
        invoice = self.make_invoice(self.make_customer())
        other_company = self.make_company("Another")
        self._draft_payment(self.make_invoice(self.make_customer()))
        self.env["account.payment"].with_company(other_company).create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": invoice.partner_id.id,
                "amount": 10.0,
            }
        )

        self.assertFalse(invoice.cobranza_warning)

    # --- what a reminder of an entry attaches -----------------------------------------

    def test_opening_balance_is_claimed_with_a_statement_instead_of_a_pdf(self):
        customer = self.make_customer()
        entry = self.make_entry(customer, kind="sale")

        self.remind()

        message = self.messages_of(customer)
        self.assertEqual((message.state, message.move_ids), ("sent", entry))
        self.assertTrue(message.document_id.raw.startswith(b"%PDF"))
