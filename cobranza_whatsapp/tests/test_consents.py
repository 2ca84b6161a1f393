"""The ledger: what holds, what a withdrawal writes, what nobody can change."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestConsents(CobranzaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.Consent = cls.env["cobranza.consent"]

    def current(self, *customers):
        customers = self.env["res.partner"].browse([c.id for c in customers])
        return self.Consent._cobranza_current_of(
            self.company, customers._cobranza_all_recipients()
        )

    def state(self, customer, channel="whatsapp"):
        found = self.current(customer).get((customer.id, channel))
        return found.state if found else "none"

    def rows(self, customer):
        return self.Consent.search([("partner_id", "=", customer.id)])

    # --- what holds -------------------------------------------------------------------

    def test_one_query_names_row_and_basis_for_many_customers(self):
        customers = [self.make_customer(consent=("sms",)) for _one in range(20)]
        row = self.give_consent(customers[0], ("whatsapp",), basis="form")
        partners = self.env["res.partner"].browse([c.id for c in customers])
        recipients = partners._cobranza_all_recipients()
        self.env.flush_all()

        with self.assertQueryCount(1):
            found = self.Consent._cobranza_current_of(self.company, recipients)

        standing = found[customers[0].id, "whatsapp"]
        self.assertEqual(
            (standing.state, standing.consent_id, standing.basis),
            ("granted", row.id, "form"),
        )
        self.assertEqual(len(found), 21)

    def test_old_permission_recorded_late_does_not_undo_a_refusal(self):
        customer = self.make_customer()
        self.give_consent(customer, granted=False, basis=False)
        last_year = fields.Datetime.now() - timedelta(days=300)

        self.give_consent(customer, given_at=last_year)

        self.assertEqual(self.state(customer), "withdrawn")

    def test_future_and_baseless_permissions_are_refused(self):
        customer = self.make_customer(consent=())
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for values in ({"given_at": tomorrow}, {"basis": False}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.give_consent(customer, **values)

    def test_row_says_when_and_how_it_was_withdrawn(self):
        customer = self.make_customer(consent=("whatsapp",))
        [given] = self.rows(customer)
        self.assertFalse(given.withdrawn_at)

        refusal = self.give_consent(customer, ("whatsapp",), granted=False, basis=False)

        given.invalidate_recordset()
        self.assertEqual(given.withdrawn_by_id, refusal)
        self.assertEqual(given.withdrawn_at, refusal.given_at)

    # --- blacklist --------------------------------------------------------------------

    def test_blacklisting_by_hand_withdraws_everywhere_and_removing_gives_nothing(self):
        customer = self.make_customer()
        other = self.make_company("Another")
        self.give_consent(customer, ("sms",), company_id=other.id)
        blacklist = self.env["phone.blacklist"]

        blacklist.add(customer.phone)

        rows = self.rows(customer).filtered(lambda row: row.origin == "blacklist")
        self.assertEqual(
            {(row.company_id, row.channel) for row in rows},
            {(self.company, "whatsapp"), (self.company, "sms"), (other, "sms")},
        )
        self.assertFalse(any(rows.mapped("granted")))
        blacklist.remove(customer.phone)
        self.assertEqual(self.state(customer), "withdrawn")
        blacklist.add(customer.phone)
        self.assertEqual(len(self.rows(customer)), 6)

    def test_blacklisted_email_withdraws_too(self):
        customer = self.make_customer(email="ana@example.com")
        self.Consent.create(
            {
                "partner_id": customer.id,
                "number": "ana@example.com",
                "channel": "email",
            }
        )

        self.env["mail.blacklist"]._add("Ana@Example.com")

        self.assertEqual(self.state(customer, "email"), "withdrawn")

    # --- proofs -----------------------------------------------------------------------

    def _proof(self, customer):
        file = self.env["ir.attachment"].create(
            {
                "name": "contrato.pdf",
                "raw": b"%PDF-1.4",
                "res_model": "cobranza.consent",
            }
        )
        [row] = self.give_consent(customer, ("sms",), attachment_id=file.id)
        file.res_id = row.id
        return file

    def test_proof_is_neither_changed_nor_deleted(self):
        file = self._proof(self.make_customer(consent=()))
        for break_it in (
            lambda: file.unlink(),
            lambda: file.write({"raw": b"other"}),
            lambda: file.write({"datas": base64.b64encode(b"x")}),
            lambda: file.write({"res_model": "res.partner"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                break_it()
        self.assertEqual(file.raw, b"%PDF-1.4")

    def test_proof_is_for_accountants_of_the_company(self):
        file = self._proof(self.make_customer(consent=()))
        employee = self.make_user("employee", "base.group_user")
        other = self.env["res.company"].create({"name": "Another company"})
        stranger = self.make_user(
            "stranger", "account.group_account_invoice", company=other
        )
        self.env.invalidate_all()
        self.assertEqual(file.with_user(self.clerk).raw, b"%PDF-1.4")
        for user in (employee, stranger):
            own = file.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            own.invalidate_recordset()
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.read(["raw"])

    def test_user_cannot_claim_somebody_else_s_file(self):
        file = self._proof(self.make_customer(consent=()))
        row = self.Consent.with_user(self.clerk).create(
            {
                "partner_id": self.make_customer(consent=()).id,
                "number": "+525512349999",
                "attachment_id": file.id,
                "origin": "verbal",
            }
        )

        self.assertFalse(row.attachment_id)
        self.assertEqual((row.origin, row.user_id), ("verbal", self.clerk))

    # --- purposes ---------------------------------------------------------------------

    def test_promotion_needs_a_consent_of_its_own(self):
        templates = self.env["cobranza.template"].search([])
        templates.purpose = "marketing"
        customer = self.make_customer()
        invoice = self.make_invoice(customer)
        self.run_cron("plan")
        self.assertFalse(self.messages_of(customer))
        self.assertIn("promotion needs its own", self.next_action(invoice))

        self.give_consent(customer, purpose="marketing")
        self.run_cron("plan")

        self.assertEqual(len(self.messages_of(customer)), 1)

    def test_promotion_without_consent_is_stopped_before_it_leaves(self):
        customer = self.make_customer()
        message = self.queued(customer)
        message.template_id.purpose = "marketing"

        self.run_cron("send")

        self.assertEqual(message.state, "cancelled")
        self.assertEqual(message.reason, "no_marketing_consent")
