"""One customer of several companies: consent, caps, numbers and chatter stay apart."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .situations import SituationCase


@tagged("post_install", "-at_install")
class TestTwoCompanies(SituationCase):
    """Two unrelated companies with the same customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_company("Otra Empresa")
        cls.make_contact_policy(cls.other, max_per_day=1)
        cls.open_always.max_per_day = 1
        cls.own_accounts = {
            channel: cls.make_account(
                channel, company_id=cls.other.id, name=f"Other {channel}"
            )
            for channel in ("whatsapp", "sms")
        }
        cls.other_clerk = cls.make_user(
            "other-clerk",
            "account.group_account_invoice,cobranza_whatsapp.group_user",
            company=cls.other,
        )
        cls.other.cobranza_user_id = cls.other_clerk

    def owing_to_both(self, **values):
        """Return a customer who owes 1000 here and 300 there, with consent in both."""
        customer = self.make_customer(**values)
        self.give_consent(customer, company_id=self.other.id)
        self.make_invoice(customer, 8, amount=1000.0)
        self.make_invoice(customer, 31, amount=300.0, company=self.other)
        return customer

    def check_both(self, customer, here, there):
        """Compare what planning says in both companies."""
        self.check({"here": (lambda: customer, here)})
        self.check({"there": (lambda: customer, there)}, self.other)

    def test_debts_and_stages(self):
        self.check_both(
            self.owing_to_both(),
            {"claims": [1000.0], "stage": "early", "reason": ""},
            {"claims": [300.0], "stage": "late_30", "reason": ""},
        )

    def test_credit_of_one_company_does_not_pay_the_other(self):
        customer = self.owing_to_both()
        self.make_credit_note(customer, 5000.0, company=self.other)
        self.check_both(
            customer,
            {"claims": [1000.0], "credit": 0.0},
            {"claims": [], "reason": "covered_by_credit"},
        )

    def test_consent(self):
        customer = self.owing_to_both()
        self.give_consent(customer, granted=False, company_id=self.other.id)

        self.check_both(customer, {"reason": ""}, {"reason": "opted_out"})
        here = customer.with_company(self.company)
        there = customer.with_company(self.other)
        self.assertEqual(here.cobranza_whatsapp_consent, "granted")
        self.assertEqual(there.cobranza_whatsapp_consent, "withdrawn")

    def test_consent_given_here_is_none_there(self):
        customer = self.make_customer()
        self.make_invoice(customer, company=self.other)

        self.check(
            {"no consent there": (lambda: customer, {"reason": "no_consent"})},
            self.other,
        )

    def test_hold(self):
        customer = self.owing_to_both()
        self.env["cobranza.hold"].create(
            {"partner_id": customer.id, "company_id": self.other.id}
        )

        self.check_both(customer, {"reason": ""}, {"reason": "all_on_hold"})

    def test_collections_contact_of_one_company_is_not_the_other_s(self):
        customer = self.owing_to_both(name="Company")
        contact = self.env["res.partner"].create(
            {
                "name": "Contact there",
                "parent_id": customer.id,
                "company_id": self.other.id,
                "phone": "+52 55 7777 0001",
                "country_id": self.mexico.id,
                "cobranza_is_contact": True,
            }
        )
        self.give_consent(
            customer, number=contact.cobranza_number, company_id=self.other.id
        )

        self.check_both(
            customer,
            {"recipient": "Company", "reason": ""},
            {"recipient": "Contact there", "reason": ""},
        )

    def test_daily_cap_and_sender_number(self):
        customer = self.owing_to_both()

        self.remind()

        here, there = (
            self.messages_of(customer, company_id=one.id)
            for one in (self.company, self.other)
        )
        self.assertEqual((here.state, there.state), ("sent", "sent"))
        self.assertEqual(here.account_id, self.whatsapp)
        self.assertEqual(there.account_id, self.own_accounts["whatsapp"])
        self.check_both(
            self.owing((31, 1.0), customer=customer),
            {"reason": "daily_cap"},
            {"reason": "reminded"},
        )

    def test_chatter(self):
        customer = self.owing_to_both()
        self.remind()
        for company, user, stranger in (
            (self.company, self.clerk, self.other_clerk),
            (self.other, self.other_clerk, self.clerk),
        ):
            with self.subTest(company.name):
                message = self.messages_of(customer, company_id=company.id)
                note = message.mail_message_ids.filtered(
                    lambda n: n.model == "res.partner"
                )
                self.assertEqual(note.record_company_id, company)
                self.assertEqual(note.author_id, user.partner_id)
                own = note.with_user(user).with_context(allowed_company_ids=company.ids)
                self.assertTrue(own.body)
                foreign = note.with_user(stranger).with_context(
                    allowed_company_ids=stranger.company_ids.ids
                )
                foreign.invalidate_recordset()
                with self.assertRaises(AccessError):
                    foreign.read(["body"])

    def test_stopped_company_stops_alone(self):
        customer = self.owing_to_both()
        self.other.cobranza_started = False

        self.check_both(customer, {"reason": ""}, {"reason": "not_started"})


@tagged("post_install", "-at_install")
class TestBranches(SituationCase):
    """A branch sends as itself, by the rules of its root."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {
                "name": "Sucursal Norte",
                "parent_id": cls.company.id,
                "cobranza_timezone": cls.company.cobranza_timezone,
                "cobranza_started": True,
            }
        )
        cls.env.cr.precommit.run()  # the branch takes over the chart of accounts

    def owing_to_branch(self, **values):
        """Return a customer who owes the branch and gave the root his consent."""
        customer = self.make_customer(**values)
        self.make_invoice(customer, company=self.branch)
        return customer

    def test_rules_of_the_root(self):
        self.open_always.window_ids.unlink()

        def refused():
            customer = self.owing_to_branch()
            self.give_consent(customer, granted=False)
            return customer

        self.check(
            {
                "withdrawn at the root": (refused, {"reason": "opted_out"}),
                "no permitted hours at the root": (
                    self.owing_to_branch,
                    {"reason": "never_open"},
                ),
            },
            self.branch,
        )

    def test_policy_consent_and_account_of_the_root(self):
        self.whatsapp.company_id = self.company
        policy = self.env["cobranza.policy"].create(
            {
                "name": "Root",
                "company_id": self.company.id,
                "stage_ids": [(0, 0, {"name": "Only", "day_from": 0})],
            }
        )
        only = policy.stage_ids
        self.stage_names[only.id] = "only"
        early = self.env.ref("cobranza_whatsapp.cobranza_stage_early")
        for template in early.template_ids:
            template.copy({"stage_id": only.id})
        customer = self.owing_to_branch()
        self.check(
            {
                "the branch without a policy, consent and account of its own": (
                    lambda: customer,
                    {"claims": [1000.0], "stage": "only", "reason": ""},
                )
            },
            self.branch,
        )
        self.remind()

        message = self.messages_of(customer)
        self.assertEqual(message.company_id, self.branch)
        self.assertEqual(message.account_id, self.whatsapp)
        self.assertEqual(message.state, "sent")
        self.assertIn("Sucursal Norte", message.body)

    def test_debts_of_root_and_branch_are_reminded_apart(self):
        customer = self.owing_to_branch()
        self.make_invoice(customer, 31, amount=50.0)

        self.remind()

        found = {m.company_id: m.amount for m in self.messages_of(customer)}
        self.assertEqual(found, {self.branch: 1000.0, self.company: 50.0})
