"""Stage, days overdue and hold on invoices: derived, never stored."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestInvoiceFields(CobranzaCase):
    """Stage, days and hold of invoices: shown, searched, grouped, ordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer()
        cls.by_days = {
            days: cls.make_invoice(cls.customer, days)
            for days in (-20, -2, 0, 8, 16, 31, 60)
        }
        cls.paid = cls.make_invoice(cls.customer, 9)
        cls.pay(cls.paid)
        cls.held = cls.make_invoice(cls.customer, 10)
        cls.env["cobranza.hold"].create({"move_id": cls.held.id})
        cls.draft = cls.make_invoice(cls.customer, 11, post=False)
        cls.instalments = cls._instalments()
        cls.all = cls.env["account.move"].search(
            [("partner_id", "=", cls.customer.id), ("move_type", "=", "out_invoice")]
        )
        cls.env.flush_all()

    @classmethod
    def _instalments(cls):
        """An invoice whose lines stand in two stages, the worst in the older one."""
        term = cls.env["account.payment.term"].create(
            {
                "name": "Two payments",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 10)
                ],
            }
        )
        return cls.make_invoice(
            cls.customer,
            invoice_date=cls.due(18),
            invoice_payment_term_id=term.id,
        )

    def _stage(self, name):
        return self.env.ref(f"cobranza_whatsapp.cobranza_stage_{name}")

    def test_invoice_shows_the_stage_of_its_oldest_open_line(self):
        expected = {
            -20: False,
            -2: "preventive",
            0: "due",
            8: "early",
            16: "late_15",
            31: "late_30",
            60: "escalation",
        }
        for days, name in expected.items():
            with self.subTest(days=days):
                move = self.by_days[days]
                self.assertEqual(
                    move.cobranza_stage_id,
                    self._stage(name) if name else self.env["cobranza.stage"],
                )
                self.assertEqual(move.cobranza_days_overdue, days)
        self.assertEqual(self.instalments.cobranza_stage_id, self._stage("late_15"))
        self.assertEqual(self.instalments.cobranza_days_overdue, 18)
        self.assertFalse(self.paid.cobranza_stage_id)
        self.assertFalse(self.draft.cobranza_stage_id)
        self.assertEqual(self.held.cobranza_hold, "hold")

    def test_shown_stage_follows_a_change_in_the_same_transaction(self):
        move = self.make_invoice(self.customer, 8)
        self.assertEqual(move.cobranza_stage_id, self._stage("early"))

        self.pay(move)

        self.assertFalse(move.cobranza_stage_id)
        self.assertEqual(move.cobranza_days_overdue, 0)

    def test_search_finds_what_is_shown(self):
        stages = self.env["cobranza.stage"].search([])
        one = self._stage("early")
        conditions = [
            ("cobranza_stage_id", "=", one.id),
            ("cobranza_stage_id", "!=", one.id),
            ("cobranza_stage_id", "=", False),
            ("cobranza_stage_id", "!=", False),
            ("cobranza_stage_id", "in", stages.ids),
            ("cobranza_stage_id", "not in", stages.ids),
            ("cobranza_stage_id", "in", [one.id, False]),
            ("cobranza_stage_id", "ilike", "arrears"),
            ("cobranza_days_overdue", "=", 8),
            ("cobranza_days_overdue", ">", 8),
            ("cobranza_days_overdue", ">=", 8),
            ("cobranza_hold", "=", "hold"),
            ("cobranza_hold", "!=", "hold"),
            ("cobranza_hold", "=", False),
            ("cobranza_hold", "!=", False),
        ]
        for user in (self.env.user, self.clerk):
            moves = self.all.with_user(user)
            for condition in conditions:
                with self.subTest(user=user.login, condition=condition):
                    found = moves.search([("id", "in", moves.ids), condition])
                    # In memory the ORM filters by the values that are shown.
                    shown = self._shown(moves, *condition)
                    self.assertEqual(found, shown)

    def _shown(self, moves, name, operator, value):
        if operator == "ilike":
            return moves.filtered(lambda m: value in (m[name].name or "").lower())
        return moves.filtered_domain([(name, operator, value)])

    def test_group_by_stage_counts_what_is_shown(self):
        groups = (
            self.env["account.move"]
            .with_user(self.clerk)
            ._read_group(
                [("id", "in", self.all.ids)], ["cobranza_stage_id"], ["id:recordset"]
            )
        )

        self.assertEqual(sum(len(moves) for _stage, moves in groups), len(self.all))
        for stage, moves in groups:
            self.assertEqual(
                moves, self.all.filtered(lambda m, s=stage: m.cobranza_stage_id == s)
            )

    def test_web_groups_by_stage(self):
        result = (
            self.env["account.move"]
            .with_user(self.clerk)
            .web_read_group(
                [("id", "in", self.all.ids)], ["cobranza_stage_id"], ["__count"]
            )
        )

        names = {group["cobranza_stage_id"] for group in result["groups"]}
        early = self._stage("early")
        self.assertIn((early.id, early.name), names)

    def test_order_by_days_overdue(self):
        ordered = (
            self.env["account.move"]
            .with_user(self.clerk)
            .search(
                [("id", "in", [move.id for move in self.by_days.values()])],
                order="cobranza_days_overdue desc",
            )
        )

        days = ordered.mapped("cobranza_days_overdue")
        self.assertEqual(days, [60, 31, 16, 8, 0, -2, -20])

    def test_users_without_rights_cannot_use_the_fields(self):
        portal = self.make_user(
            "portal", "base.group_portal", partner_id=self.customer.id
        )
        moves = self.env["account.move"].with_user(portal)
        self.assertIn(self.paid, moves.search([]))

        self.assertFalse(
            [name for name in moves.fields_get() if name.startswith("cobranza_")]
        )
        with self.assertRaises(AccessError):
            moves.search([("cobranza_stage_id", "!=", False)])
        with self.assertRaises(AccessError):
            moves.search([], order="cobranza_days_overdue")
        with self.assertRaises(AccessError):
            moves._read_group([], ["cobranza_stage_id"], ["__count"])
        with self.assertRaises(AccessError):
            moves.browse(self.paid.id).read(["cobranza_stage_id"])

    def test_next_date_is_a_date_of_the_company(self):
        move = self.make_invoice(self.make_customer(), -20)

        self.assertEqual(
            move.cobranza_next_date, self.company._cobranza_today() + timedelta(days=17)
        )
        self.assertIsInstance(move.cobranza_next_date, date)
