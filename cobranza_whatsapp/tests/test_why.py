"""Why or why not: every rule in sentences, on invoices and customers."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestWhy(CobranzaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def why(self, record, user=None):
        record = record.with_user(user or self.clerk).with_context(lang="en_US")
        action = record.action_cobranza_why()
        return record.env["cobranza.why"].browse(action["res_id"])

    def marks(self, page, mark):
        return [line.sentence for line in page.line_ids if line.mark == mark]

    def test_nothing_stands_in_the_way(self):
        invoice = self.make_invoice(self.make_customer())

        page = self.why(invoice)

        heads = page.line_ids.filtered(lambda line: line.mark == "head")
        debt, whatsapp, sms = heads[:3]
        self.assertIn("MXN", debt.sentence)
        self.assertIn("WhatsApp", whatsapp.sentence)
        self.assertIn("SMS", sms.sentence)
        until_email = page.line_ids[: page.line_ids.ids.index(heads[3].id)]
        self.assertEqual(set((until_email - heads).mapped("mark")), {"passed"})
        self.assertGreater(len(until_email), 30)
        self.assertIn("next run", page.next_action)

    def test_every_objection_is_listed_not_only_the_first(self):
        customer = self.make_customer(phone="+52 55 5000", consent=())
        invoice = self.make_invoice(customer)

        refused = self.marks(self.why(invoice), "refused")

        self.assertTrue(any("not valid" in text for text in refused), refused)
        self.assertTrue(any("no consent" in text for text in refused), refused)

    def test_outside_the_hours_is_a_clock_with_its_moment(self):
        self.open_always.window_ids.unlink()
        self.open_always.window_ids = [
            (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 0.02})
            for day in range(7)
        ]
        page = self.why(self.make_invoice(self.make_customer()))

        clocks = page.line_ids.filtered(lambda line: line.mark == "later")
        self.assertTrue(clocks)
        self.assertTrue(all(clocks.mapped("from_at")))

    def test_claim_level_reasons(self):
        held = self.make_invoice(self.make_customer("Detenida"))
        self.env["cobranza.hold"].create({"move_id": held.id})
        paid = self.make_invoice(self.make_customer("Pagada"))
        self.pay(paid)
        covered = self.make_customer("Con saldo")
        credited = self.make_invoice(covered, amount=100)
        self.make_credit_note(covered, 100)
        early = self.make_invoice(self.make_customer("Temprana"), days_overdue=-60)
        late = self.make_invoice(self.make_customer("Tarde"), days_overdue=400)
        reminded = self.reminded(self.make_customer("Recordada")).move_ids
        cases = [
            (held, "refused", "on hold"),
            (paid, "refused", "Nothing is owed"),
            (credited, "refused", "cover the debt"),
            (early, "later", "next stage begins"),
            (late, "refused", "A person takes over"),
            (reminded, "refused", "already reminded"),
        ]
        for invoice, mark, words in cases:
            with self.subTest(words):
                found = self.marks(self.why(invoice), mark)
                self.assertTrue(any(words in text for text in found), found)

    def test_of_a_customer_with_two_currencies(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        usd = self.env.ref("base.USD")
        usd.active = True
        self.make_invoice(customer, currency_id=usd.id)

        page = self.why(customer)

        heads = self.marks(page, "head")
        self.assertEqual(sum("MXN" in head for head in heads), 1)
        self.assertEqual(sum("USD" in head for head in heads), 1)
        self.assertIn("next run", page.next_action)

    def test_of_a_customer_who_owes_nothing(self):
        page = self.why(self.make_customer())

        self.assertFalse(page.line_ids)
        self.assertIn("Nothing is owed", page.next_action)

    def test_accountants_and_auditors_only(self):
        invoice = self.make_invoice(self.make_customer())
        auditor = self.make_user("auditor", "account.group_account_readonly")
        employee = self.make_user("employee", "base.group_user")

        self.assertTrue(self.why(invoice, auditor).line_ids.mapped("sentence"))
        with self.assertRaises(AccessError):
            self.why(invoice.partner_id, employee)
