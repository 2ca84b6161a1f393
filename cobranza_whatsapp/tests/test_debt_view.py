"""The view of open debts, compared with core."""

import random
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ..core import debts
from .common import CobranzaCase

ROUNDS = 15
LINES = 40


@tagged("post_install", "-at_install")
class TestStageOfView(CobranzaCase):
    """The SQL view and core.debts state the same rule."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(20261122)  # noqa: S311 (repeatable on purpose)
        self.policy_ids = self.env["cobranza.policy"]

    def _invoice_with_many_instalments(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Many payments",
                "line_ids": [
                    (
                        0,
                        0,
                        {"value": "percent", "value_amount": 100 / LINES, "nb_days": n},
                    )
                    for n in range(LINES)
                ],
            }
        )
        return self.make_invoice(
            self.make_customer(), amount=40000, invoice_payment_term_id=term.id
        )

    def _random_policy(self):
        """Replace the company's policy by one with one to seven random stages."""
        self.policy_ids.active = False
        days = self.random.sample(range(-30, 60), self.random.randint(1, 7))
        self.policy_ids = self.env["cobranza.policy"].create(
            {
                "name": "Random",
                "company_id": self.company.id,
                "stage_ids": [
                    (0, 0, {"name": str(day), "day_from": day}) for day in days
                ],
            }
        )
        return self.policy_ids

    def _shuffle_due_dates(self, lines):
        """Give the instalments random due dates, around the edges of the stages."""
        today = self.company._cobranza_today()
        edges = [stage.day_from for stage in self.policy_ids.stage_ids]
        for line in lines:
            days = self.random.choice(
                [
                    self.random.randint(-400, 400),
                    self.random.choice(edges) + self.random.randint(-1, 1),
                ]
            )
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move_line SET date_maturity = %s WHERE id = %s",
                    today - timedelta(days=days),
                    line.id,
                )
            )
        lines.invalidate_recordset()

    def test_stage_and_days_agree_with_core_on_random_debts(self):
        invoice = self._invoice_with_many_instalments()
        lines = invoice.line_ids.filtered("date_maturity")
        self.assertEqual(len(lines), LINES)
        today = self.company._cobranza_today()
        seen = set()
        for turn in range(ROUNDS):
            policy = self._random_policy()
            stages = policy.stage_ids._cobranza_stages()
            self._shuffle_due_dates(lines)
            self.env["cobranza.debt"].invalidate_model()
            self.env["cobranza.debt"]._cobranza_flush()
            for debt in self.env["cobranza.debt"].browse(lines.ids):
                with self.subTest(turn=turn, due=debt.date_maturity):
                    days = debts.days_overdue(debt.date_maturity, today)
                    stage = debts.stage_of(days, stages)
                    self.assertEqual(debt.policy_id, policy)
                    self.assertEqual(debt.days_overdue, days)
                    self.assertEqual(debt.stage_id.id or None, stage and stage.id)
                    seen.add(bool(stage))
        self.assertEqual(seen, {True, False}, "the sample holds both kinds")

    def test_claim_of_a_customer_stands_on_the_lines_of_the_view(self):
        customer = self.make_customer()
        for days, amount in ((20, 700.0), (8, 300.0), (-40, 900.0)):
            self.make_invoice(customer, days, amount=amount)
        self.make_credit_note(customer, 100.0)

        found = self.env["cobranza.debt"]._cobranza_customers(
            self.company, customer.ids
        )

        [(key, (policy_id, lines))] = found.items()
        self.assertEqual(key, (customer.id, self.company.currency_id.id))
        self.assertEqual(policy_id, self.policy.id)
        self.assertEqual([float(line.amount) for line in lines], [700, 300, 900, -100])

    def test_days_count_in_the_company_s_date_not_in_utc(self):
        invoice = self.make_invoice(self.make_customer(), 8)
        days = {}
        # 25 hours apart: their dates differ at any moment.
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            self.company.cobranza_timezone = zone
            self.env["cobranza.debt"]._cobranza_flush()
            self.env["cobranza.debt"].invalidate_model()
            invoice.invalidate_recordset()
            today = self.company._cobranza_today()
            days[zone] = invoice.cobranza_days_overdue
            self.assertEqual(days[zone], (today - invoice.invoice_date_due).days)
        self.assertIn(days["Pacific/Kiritimati"] - days["Pacific/Pago_Pago"], (1, 2))


@tagged("post_install", "-at_install")
class TestWhatIsADebt(CobranzaCase):
    """Which lines the view holds, and why some are not chased."""

    def _debts(self, *moves):
        self.env["cobranza.debt"]._cobranza_flush()
        self.env["cobranza.debt"].invalidate_model()
        return self.env["cobranza.debt"].search(
            [("move_id", "in", [move.id for move in moves])]
        )

    def test_holds(self):
        today = self.company._cobranza_today()
        other = self.env["res.company"].create({"name": "Another"})

        def hold(move, **values):
            values = {"move_id": move.id, "company_id": self.company.id, **values}
            self.env["cobranza.hold"].create(values)

        def on_customer(move):
            hold(move, move_id=False, partner_id=move.partner_id.id)

        def of_contact(move):
            contact = self.env["res.partner"].create(
                {"name": "Purchasing", "parent_id": move.partner_id.id}
            )
            hold(move, move_id=False, partner_id=contact.id)

        def of_other_company(move):
            hold(
                move, move_id=False, partner_id=move.partner_id.id, company_id=other.id
            )

        cases = {
            "nothing": (lambda move: None, False),
            "our hold": (hold, "hold"),
            "hold until today": (lambda m: hold(m, date_to=today), "hold"),
            "hold that ended": (
                lambda m: hold(m, date_to=today - timedelta(days=1)),
                False,
            ),
            "released hold": (lambda m: hold(m, active=False), False),
            "hold of the customer": (on_customer, "hold"),
            "hold of a contact of his": (of_contact, "hold"),
            "hold of another company": (of_other_company, False),
            "no follow-up": (lambda m: m.write({"no_followup": True}), "no_followup"),
            "blocked": (lambda m: m.action_toggle_block_payment(), "blocked"),
            "online payment pending": (self._pay_online, "payment_pending"),
        }
        for name, (act, expected) in cases.items():
            with self.subTest(name):
                move = self.make_invoice(self.make_customer())
                act(move)
                self.assertEqual(self._debts(move).hold, expected)

    def _pay_online(self, move, state="pending"):
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.search([], limit=1).id,
                "reference": f"test {move.id}",
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "invoice_ids": [(6, 0, move.ids)],
                "state": state,
            }
        )

    def test_only_open_posted_receivables_are_debts(self):
        def paid_without_entry(move):
            # What a payment without a journal entry leaves behind.
            move.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET payment_state = 'paid' WHERE id = %s",
                    move.id,
                )
            )
            move.invalidate_recordset()

        cases = {
            "open": (lambda move: None, 1),
            "draft again": (lambda move: move.button_draft(), 0),
            "cancelled": (lambda m: (m.button_draft(), m.button_cancel()), 0),
            "paid": (self.pay, 0),
            "partly paid": (lambda m: self.pay(m, 400), 1),
            "paid without an entry": (paid_without_entry, 0),
        }
        for name, (act, count) in cases.items():
            with self.subTest(name):
                move = self.make_invoice(self.make_customer())
                act(move)
                self.assertEqual(len(self._debts(move)), count)

    def test_vendor_bills_are_no_debts_of_the_vendor(self):
        bill = self.make_invoice(self.make_customer(), move_type="in_invoice")

        self.assertFalse(self._debts(bill))

    def test_money_paid_back_is_held_as_no_invoice(self):
        customer = self.make_customer()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": customer.id,
                "amount": 50.0,
            }
        )
        payment.action_post()
        if not payment.move_id:
            payment._generate_journal_entry()
            payment.move_id.action_post()

        self.assertEqual(self._debts(payment.move_id).hold, "not_invoice")

    def test_credit_notes_are_credits_without_a_stage(self):
        note = self.make_credit_note(self.make_customer(), 300.0)

        debt = self._debts(note)

        self.assertTrue(debt.is_credit)
        self.assertEqual(debt.amount, -300.0)
        self.assertFalse(debt.stage_id)


@tagged("post_install", "-at_install")
class TestChoiceOfPolicy(CobranzaCase):
    """The most specific policy decides."""

    def _policy(self, name, **values):
        return self.env["cobranza.policy"].create(
            {
                "name": name,
                "stage_ids": [(0, 0, {"name": "x", "day_from": 0})],
                **values,
            }
        )

    def _policy_of(self, move):
        self.env["cobranza.debt"]._cobranza_flush()
        self.env["cobranza.debt"].invalidate_model()
        return self.env["cobranza.debt"].search([("move_id", "=", move.id)]).policy_id

    def test_customer_before_journal_before_company_before_all(self):
        move = self.make_invoice(self.make_customer())
        self.assertEqual(self._policy_of(move), self.policy)

        company = self._policy("company", company_id=self.company.id)
        self.assertEqual(self._policy_of(move), company)

        journal = self._policy(
            "journal",
            company_id=self.company.id,
            journal_ids=[(6, 0, move.journal_id.ids)],
        )
        self.assertEqual(self._policy_of(move), journal)

        customer = self._policy("customer", partner_ids=[(6, 0, move.partner_id.ids)])
        self.assertEqual(self._policy_of(move), customer)

        customer.active = False
        self.assertEqual(self._policy_of(move), journal)

    def test_policies_of_others_do_not_apply(self):
        move = self.make_invoice(self.make_customer())
        other_company = self.env["res.company"].create({"name": "Another"})
        other_journal = move.journal_id.copy({"code": "OTHER"})
        self._policy("another company", company_id=other_company.id, sequence=1)
        self._policy(
            "other journal",
            company_id=self.company.id,
            journal_ids=[(6, 0, other_journal.ids)],
        )
        self._policy(
            "other customer", partner_ids=[(6, 0, self.company.partner_id.ids)]
        )

        self.assertEqual(self._policy_of(move), self.policy)

    def test_sequence_decides_between_equals(self):
        move = self.make_invoice(self.make_customer())
        late = self._policy("late", company_id=self.company.id, sequence=20)
        early = self._policy("early", company_id=self.company.id, sequence=5)
        self.assertEqual(self._policy_of(move), early)

        early.sequence = 30
        self.assertEqual(self._policy_of(move), late)

    def test_branch_uses_the_root_s_policy_unless_it_has_its_own(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.cr.precommit.run()  # the branch takes over the chart of accounts
        root_policy = self._policy("root", company_id=self.company.id)
        move = self.make_invoice(self.make_customer(), company=branch)
        self.assertEqual(self._policy_of(move), root_policy)

        own = self._policy("own", company_id=branch.id, sequence=99)
        self.assertEqual(self._policy_of(move), own)
