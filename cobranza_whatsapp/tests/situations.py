"""Situations of real books, and what planning says about each in plain words."""

from .common import CobranzaCase

STAGES = ("preventive", "due", "early", "late_15", "late_30", "escalation")


class SituationCase(CobranzaCase):
    """A table of situations: how each is built, and what is expected of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.stage_names = {
            cls.env.ref(f"cobranza_whatsapp.cobranza_stage_{name}").id: name
            for name in STAGES
        }

    def check(self, situations, company=None):
        """Build each situation and compare what planning says with what is expected.

        ``situations`` is {line of text: (function that returns the customer, expected
        values)}; the values are those of `seen`, one dict or one per currency.
        """
        for name, (build, expected) in situations.items():
            with self.subTest(name):
                customer = build()
                wanted = [expected] if isinstance(expected, dict) else expected
                found = self.seen(customer, company or self.company)
                keys = [set(one) for one in wanted]
                self.assertEqual(len(found), len(wanted), found)
                self.assertEqual(
                    [
                        {key: one[key] for key in names}
                        for one, names in zip(found, keys, strict=True)
                    ],
                    wanted,
                )

    def seen(self, customer, company=None):
        """Return what planning says about a customer, one dict per currency by name.

        ``claims`` are the amounts that are named, oldest first; ``stage`` is "" when
        nothing is claimed; ``reason`` says why nothing goes out at once.
        """
        company = company or self.company
        planning = self.env["cobranza.planning"].sudo().with_company(company)
        found = planning._candidates(company, customer.commercial_partner_id.ids)
        found.sort(key=lambda one: self.currency(one).name)
        return [self._described(one) for one in found]

    def currency(self, candidate):
        """Return the currency of a candidate."""
        return self.env["res.currency"].browse(candidate.currency_id)

    def _described(self, candidate):
        claim = candidate.claim
        recipient = candidate.choice.recipient if candidate.choice else {}
        partner = self.env["res.partner"].browse(recipient.get("partner_id"))
        return {
            "currency": self.currency(candidate).name,
            "claims": [float(debt.amount) for debt in claim.debts] if claim else [],
            "total": float(claim.total) if claim else 0.0,
            "credit": float(claim.credit) if claim else 0.0,
            "stage": self.stage_names[claim.stage.id] if claim else "",
            "recipient": partner.name or "",
            "why": recipient.get("why", ""),
            "reason": self._reason(candidate),
        }

    @staticmethod
    def _reason(candidate):
        if not candidate.claim:
            return candidate.outcome.code
        if candidate.claim.stage.action == "activity":
            return "escalated"
        return candidate.choice.decision.code if candidate.choice else "reminded"

    # --- builders ---------------------------------------------------------------------

    def owing(self, *invoices, customer=None, **values):
        """Return a customer with invoices, each given as (days overdue, amount)."""
        customer = customer or self.make_customer()
        for days, amount in invoices:
            self.make_invoice(customer, days, amount=amount, **values)
        return customer

    def in_instalments(self, *days, amount=1000.0, **values):
        """Return an invoice whose equal instalments are so many days overdue."""
        share = amount / len(days)
        shares = [("fixed", share)] * (len(days) - 1) + [("percent", 100.0)]
        term = self.env["account.payment.term"].create(
            {
                "name": "In parts",
                "line_ids": [
                    (0, 0, {"value": kind, "value_amount": one, "nb_days": n})
                    for n, (kind, one) in enumerate(shares)
                ],
            }
        )
        invoice = self.make_invoice(
            self.make_customer(),
            amount=amount,
            invoice_payment_term_id=term.id,
            **values,
        )
        lines = invoice.line_ids.filtered("date_maturity").sorted("date_maturity")
        for line, overdue in zip(lines, days, strict=True):
            line.date_maturity = self.due(overdue)
        return invoice

    def prepay(self, customer, amount, **values):
        """Post a payment of a customer that is not allocated to any invoice."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": customer.id,
                "amount": amount,
                **values,
            }
        )
        payment.action_post()
        if not payment.move_id:
            payment._generate_journal_entry()
            payment.move_id.action_post()
        return payment

    def make_entry(self, customer, amount=500.0, days=8, kind="general", **values):
        """Post an opening balance: an entry on a receivable account, without a PDF."""
        receivable = customer.with_company(self.company).property_account_receivable_id
        other = self.env["account.account"].search(
            [
                ("company_ids", "in", self.company.ids),
                ("account_type", "=", "income"),
            ],
            limit=1,
        )
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", kind)], limit=1
        )
        line = {"partner_id": customer.id, "date_maturity": self.due(days)}
        debit, credit = max(amount, 0.0), max(-amount, 0.0)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": self.due(days),
                "ref": "Opening balance",
                "line_ids": [
                    (0, 0, self._line(receivable, debit, credit, **line)),
                    (0, 0, self._line(other, credit, debit)),
                ],
                **values,
            }
        )
        entry.action_post()
        return entry

    @staticmethod
    def _line(account, debit, credit, **values):
        return {"account_id": account.id, "debit": debit, "credit": credit, **values}

    def pay_online(self, move, state="pending", **values):
        """Let the customer begin to pay an invoice on the payment page."""
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.search([], limit=1).id,
                "reference": f"test {move.id} {state}",
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "invoice_ids": [(6, 0, move.ids)],
                **values,
            }
        )
        # Which states a provider knows is not what these tests are about.
        transaction.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET state = %s WHERE id = %s",
            [state, transaction.id],
        )
        transaction.invalidate_recordset()
        return transaction
