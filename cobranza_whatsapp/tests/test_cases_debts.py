"""What a customer owes: instalments, parts, credits, currencies."""

from unittest.mock import patch

from odoo.tests import tagged

from .situations import SituationCase


@tagged("post_install", "-at_install")
class TestWhatIsOwed(SituationCase):
    """Debts, stage and amount of each situation."""

    def test_stages_by_days(self):
        expected = {
            -4: ("", "not_yet"),
            -3: ("preventive", ""),
            -1: ("preventive", ""),
            0: ("due", ""),
            6: ("due", ""),
            7: ("early", ""),
            14: ("early", ""),
            15: ("late_15", ""),
            30: ("late_30", ""),
            44: ("late_30", ""),
            45: ("escalation", "escalated"),
            900: ("escalation", "escalated"),
        }
        self.check(
            {
                f"one invoice, {days} days after its due date": (
                    lambda days=days: self.owing((days, 1000.0)),
                    {"stage": stage, "reason": reason},
                )
                for days, (stage, reason) in expected.items()
            }
        )

    def test_instalments(self):
        def first_paid():
            invoice = self.in_instalments(40, 10, -20, amount=900.0)
            self.pay(invoice, 300.0)
            return invoice.partner_id

        def half_of_the_first_paid():
            invoice = self.in_instalments(40, 10, -20, amount=900.0)
            self.pay(invoice, 100.0)
            return invoice.partner_id

        def all_paid_that_was_due():
            invoice = self.in_instalments(40, 10, -20, amount=900.0)
            self.pay(invoice, 600.0)
            return invoice.partner_id

        def paid_ahead():
            invoice = self.in_instalments(10, -20, amount=900.0)
            self.pay(invoice, 900.0)
            return invoice.partner_id

        def due_in_future():
            return self.in_instalments(-30, -60).partner_id

        def due_today_and_next_month():
            return self.in_instalments(0, -30).partner_id

        def with_another_invoice():
            customer = self.in_instalments(10, -20, amount=900.0).partner_id
            return self.owing((20, 50.0), customer=customer)

        self.check(
            {
                "two overdue, one to come: the overdue ones, at the older's stage": (
                    lambda: self.in_instalments(40, 10, -20, amount=900.0).partner_id,
                    {"claims": [300.0, 300.0], "stage": "late_30", "total": 600.0},
                ),
                "first instalment paid: the second decides the stage": (
                    first_paid,
                    {"claims": [300.0], "stage": "early"},
                ),
                "first instalment half paid: its rest is still the oldest": (
                    half_of_the_first_paid,
                    {"claims": [200.0, 300.0], "stage": "late_30"},
                ),
                "all paid that was due: nothing until the next one": (
                    all_paid_that_was_due,
                    {"claims": [], "reason": "not_yet"},
                ),
                "every instalment in the future": (
                    due_in_future,
                    {"claims": [], "reason": "not_yet"},
                ),
                "one due today: today's only": (
                    due_today_and_next_month,
                    {"claims": [500.0], "stage": "due"},
                ),
                "instalments and another invoice: one reminder for all": (
                    with_another_invoice,
                    {"claims": [50.0, 450.0], "stage": "late_15"},
                ),
            }
        )
        self.assertFalse(self.seen(paid_ahead()), "everything is paid")

    def test_payments(self):
        def partly():
            customer = self.owing((8, 1000.0))
            self.pay(self._invoices(customer), 999.99)
            return customer

        def more_than_owed():
            customer = self.owing((8, 1000.0))
            self.pay(self._invoices(customer), 1200.0)
            return customer

        def unallocated():
            customer = self.owing((20, 700.0), (8, 300.0))
            self.prepay(customer, 750.0)
            return customer

        def unallocated_covers_all():
            customer = self.owing((20, 700.0))
            self.prepay(customer, 700.0)
            return customer

        self.check(
            {
                "paid but for one cent: the cent is claimed": (
                    partly,
                    {"claims": [0.01], "stage": "early"},
                ),
                "unallocated payment pays the oldest first": (
                    unallocated,
                    {"claims": [250.0], "stage": "early", "credit": 750.0},
                ),
                "unallocated payment covers everything": (
                    unallocated_covers_all,
                    {"claims": [], "reason": "covered_by_credit"},
                ),
                "paid too much: nothing is owed": (
                    more_than_owed,
                    {"claims": [], "reason": "no_debt"},
                ),
            }
        )

    def _invoices(self, customer):
        return self.env["account.move"].search(
            [("partner_id", "=", customer.id), ("move_type", "=", "out_invoice")]
        )

    def test_payment_without_a_journal_entry_counts_although_the_line_stays_open(self):
        customer = self.owing((8, 1000.0))
        invoice = self._invoices(customer)
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company.id)]
        )
        journals.inbound_payment_method_line_ids.payment_account_id = False
        model = type(self.env["account.move"])
        # As with the accounting app, which books payments from the bank statement.
        with patch.object(
            model, "_get_invoice_in_payment_state", lambda self: "in_payment"
        ):
            payment = self.pay(invoice)

        self.assertFalse(payment.move_id)
        self.assertEqual(invoice.amount_residual, 1000.0)
        self.assertIn(invoice.payment_state, ("in_payment", "paid"))
        self.assertFalse(self.seen(customer))

    def test_credits(self):
        def note(amount, *invoices, **values):
            customer = self.owing(*invoices)
            self.make_credit_note(customer, amount, **values)
            return customer

        def three_notes():
            customer = note(100.0, (20, 700.0), (8, 300.0))
            self.make_credit_note(customer, 100.0)
            self.prepay(customer, 50.0)
            return customer

        def allocated():
            customer = note(400.0, (8, 1000.0))
            lines = self.env["account.move.line"].search(
                [
                    ("partner_id", "=", customer.id),
                    ("account_type", "=", "asset_receivable"),
                ]
            )
            lines.reconcile()
            return customer

        def refund_paid_out():
            customer = self.make_customer()
            self.prepay(customer, 80.0, payment_type="outbound")
            return customer

        self.check(
            {
                "credit note smaller than the debt": (
                    lambda: note(300.0, (8, 1000.0)),
                    {"claims": [700.0], "credit": 300.0, "stage": "early"},
                ),
                "credit note larger than the debt": (
                    lambda: note(1500.0, (8, 1000.0)),
                    {"claims": [], "reason": "covered_by_credit"},
                ),
                "credit note pays the oldest and lowers the stage": (
                    lambda: note(700.0, (31, 700.0), (8, 300.0)),
                    {"claims": [300.0], "stage": "early", "credit": 700.0},
                ),
                "credit note of tomorrow's due date counts today": (
                    lambda: note(300.0, (8, 1000.0), days_overdue=-1),
                    {"claims": [700.0]},
                ),
                "credits also pay what is not due yet, after what is": (
                    lambda: note(900.0, (8, 500.0), (-20, 1000.0)),
                    {"claims": [], "reason": "not_yet"},
                ),
                "two notes and a payment add up": (
                    three_notes,
                    {"claims": [450.0, 300.0], "credit": 250.0, "stage": "late_15"},
                ),
                "allocated note is the invoice's own rest, not a credit": (
                    allocated,
                    {"claims": [600.0], "credit": 0.0},
                ),
                "only a credit note: nothing is owed": (
                    lambda: note(100.0),
                    {"claims": [], "reason": "no_debt"},
                ),
                "money that was paid back is not chased": (
                    refund_paid_out,
                    {"claims": [], "reason": "all_on_hold"},
                ),
            }
        )

    def test_currencies(self):
        dollars = self.env.ref("base.USD")
        yens = self.env.ref("base.JPY")
        pesos = self.env.ref("base.CLP")
        (dollars + yens + pesos).active = True

        def in_two():
            customer = self.owing((8, 1000.0))
            return self.owing((31, 50.0), customer=customer, currency_id=dollars.id)

        def credit_in_dollars():
            customer = self.owing((8, 1000.0))
            self.make_credit_note(customer, 5000.0, currency_id=dollars.id)
            return customer

        self.check(
            {
                "debts in pesos and dollars: one reminder and stage each": (
                    in_two,
                    [
                        {"currency": "MXN", "claims": [1000.0], "stage": "early"},
                        {"currency": "USD", "claims": [50.0], "stage": "late_30"},
                    ],
                ),
                "a credit in dollars does not pay a debt in pesos": (
                    credit_in_dollars,
                    [
                        {"currency": "MXN", "claims": [1000.0], "credit": 0.0},
                        {"currency": "USD", "claims": [], "reason": "no_debt"},
                    ],
                ),
                "yens have no cents": (
                    lambda: self.owing((8, 1234.0), currency_id=yens.id),
                    {"currency": "JPY", "claims": [1234.0]},
                ),
                "Chilean pesos have no cents": (
                    lambda: self.owing((8, 99990.0), currency_id=pesos.id),
                    {"currency": "CLP", "claims": [99990.0]},
                ),
            }
        )

    def test_text_of_a_currency_without_cents_has_none(self):
        pesos = self.env.ref("base.CLP")
        pesos.active = True

        message = self.reminded(amount=99990.0, currency_id=pesos.id)

        self.assertIn("99,990", message.body)
        self.assertNotIn("99,990.00", message.body)
