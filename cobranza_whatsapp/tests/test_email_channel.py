"""E-mail as a channel: whom it goes to, by whose consent, and in which order."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestEmailRecipient(CobranzaCase):
    """An address is chosen and compared like a number, and never mixed with one."""

    def email_of(self, customer):
        return customer._cobranza_recipient("email")

    def test_first_of_several_addresses_in_lower_case(self):
        customer = self.make_customer(email="Ana <ANA@Example.com>, eva@example.com")

        self.assertEqual(self.email_of(customer)["number"], "ana@example.com")
        self.assertFalse(self.email_of(customer)["problem"])

    def test_missing_and_invalid_address(self):
        missing = self.make_customer()
        invalid = self.make_customer(email="ana at example.com")

        self.assertEqual(self.email_of(missing)["problem"], "email_missing")
        self.assertEqual(self.email_of(invalid)["problem"], "email_invalid")

    def test_collections_contact_with_an_address_gets_it(self):
        customer = self.make_customer(email="company@example.com")
        self.make_customer(
            "No address",
            consent=(),
            parent_id=customer.id,
            is_company=False,
            cobranza_is_contact=True,
        )
        contact = self.make_customer(
            "Bookkeeper",
            consent=(),
            parent_id=customer.id,
            is_company=False,
            type="invoice",
            email="bookkeeper@example.com",
        )

        self.assertEqual(self.email_of(customer)["partner_id"], contact.id)
        self.assertEqual(self.email_of(customer)["why"], "invoice")
        self.assertNotEqual(customer._cobranza_recipient()["partner_id"], contact.id)

    def test_consent_takes_an_address_for_email_and_a_number_for_the_others(self):
        customer = self.make_customer(consent=())
        wrong = [("email", "+525512345678"), ("sms", "ana@example.com")]
        for channel, number in wrong:
            with self.subTest(channel), self.assertRaises(ValidationError):
                self.give_consent(customer, (channel,), number=number)

        row = self.give_consent(customer, ("email",), number="Ana <Ana@Example.com>")
        self.assertEqual((row.number, row.number_key), ("ana@example.com",) * 2)

    def test_form_proposes_the_address_of_the_channel(self):
        customer = self.make_customer(email="ana@example.com", consent=())
        row = self.env["cobranza.consent"].new(
            {"partner_id": customer.id, "channel": "email"}
        )
        row._onchange_partner_id()

        self.assertEqual(row.number, "ana@example.com")


@tagged("post_install", "-at_install")
class TestEmailRules(CobranzaCase):
    """The rules of every channel hold for e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.email = cls.make_account("email")

    def make_reachable(self, email="ana@example.com", **values):
        """Create a customer who allows e-mail only."""
        return self.make_customer(email=email, consent=("email",), **values)

    def reason(self, customer):
        """Return why e-mail is refused to a customer, "" if it is not."""
        self.make_invoice(customer)
        planning = self.env["cobranza.planning"]
        [candidate] = planning._candidates(self.company, customer.ids)
        desk = planning._open_desk(self.company, {customer.id})
        return planning._option(desk, candidate, "email").decision.code

    def test_email_goes_when_the_other_channels_may_not(self):
        message = self.reminded(self.make_reachable())

        self.assertEqual((message.channel, message.state), ("email", "sent"))
        self.assertEqual(message.recipient, "ana@example.com")
        self.assertEqual(message.recipient_key, "ana@example.com")
        self.assertIn(message.move_ids.name, message.subject)
        self.assertTrue(message.document_id)

    def test_order_of_the_channels_is_the_stage_s(self):
        customer = self.make_customer(email="ana@example.com")
        self.give_consent(customer, ("email",), number="ana@example.com")
        stages = self.policy.stage_ids
        stages.write({"first_channel": "email", "third_channel": False})

        self.assertEqual(self.reminded(customer).channel, "email")

    def test_stage_names_no_channel_twice(self):
        with self.assertRaises(ValidationError):
            self.policy.stage_ids[0].second_channel = "whatsapp"

    def test_consent_for_a_number_allows_no_email(self):
        customer = self.make_customer(email="ana@example.com")

        self.assertEqual(self.reason(customer), "no_consent")

    def test_changed_address_has_no_consent(self):
        customer = self.make_reachable()
        customer.email = "eva@example.com"

        self.assertEqual(self.reason(customer), "no_consent")
        self.assertEqual(customer.cobranza_email_consent, "none")

    def test_blacklisted_address_is_refused(self):
        customer = self.make_reachable("blocked@example.com")
        blacklist = self.env["mail.blacklist"]
        # As a withdrawal at another company of ours: its rows are not this one's.
        blacklist.with_context(cobranza_own_withdrawal=True)._add("Blocked@example.com")

        self.assertEqual(self.reason(customer), "email_blocked")

    def test_address_of_another_customer_is_refused_until_confirmed(self):
        customer = self.make_reachable("shared@example.com")
        self.make_customer("Other", email="Shared@example.com")

        self.assertEqual(self.reason(customer), "email_shared")
        customer.cobranza_shared_number_confirmed = True
        self.assertEqual(self.next_action(customer.invoice_ids)[:8], "Reminder")

    def test_refused_address_is_remembered_for_email_only(self):
        self.email.sender = "fail:dead"
        first = self.reminded(self.make_reachable())

        self.assertEqual((first.state, first.reason), ("failed", "dead"))
        self.give_consent(first.partner_id)
        self.assertEqual(self.reason(first.partner_id), "email_dead")

    def test_email_counts_for_the_daily_cap(self):
        self.open_always.max_per_day = 1
        customer = self.make_reachable()
        self.reminded(customer)
        self.give_consent(customer)
        self.make_invoice(customer, days_overdue=20)
        self.run_cron("plan")

        second = self.messages_of(customer)[-1:]
        self.assertEqual((second.channel, second.reason), ("whatsapp", "daily_cap"))

    def test_withdrawal_by_telephone_counts_for_email_too(self):
        customer = self.make_customer(email="ana@example.com")
        self.give_consent(customer, ("email",), number="ana@example.com")
        message = self.reminded(customer)
        message._cobranza_withdraw_consent("reply", "BAJA")

        customer.invalidate_recordset()
        self.assertEqual(customer.cobranza_email_consent, "withdrawn")
        blacklist = self.env["mail.blacklist"]
        self.assertFalse(blacklist.search([("email", "=", "ana@example.com")]))

    def test_withdrawal_by_email_leaves_the_telephone(self):
        customer = self.make_reachable()
        message = self.reminded(customer)
        self.give_consent(customer)
        message._cobranza_withdraw_consent("page", "")

        customer.invalidate_recordset()
        self.assertEqual(customer.cobranza_email_consent, "withdrawn")
        self.assertEqual(customer.cobranza_whatsapp_consent, "granted")
        blacklist = self.env["mail.blacklist"]
        self.assertTrue(blacklist.search([("email", "=", "ana@example.com")]))
        phones = self.env["phone.blacklist"]
        self.assertFalse(phones.search([("number", "=", customer.cobranza_number)]))

    def test_subject_is_one_line_whatever_the_name_holds(self):
        customer = self.make_reachable(name="Ana\nBcc: eva@example.com")
        templates = self.env["cobranza.template"].search([("channel", "=", "email")])
        templates.subject = "Para {{ cliente }}"

        self.assertEqual(
            self.reminded(customer).subject, "Para Ana Bcc: eva@example.com"
        )

    def test_email_template_needs_a_subject(self):
        template = self.env.ref(
            "cobranza_whatsapp.cobranza_template_early_email_one_es"
        )
        for subject in (False, "Hola {{ clientes }}"):
            with self.subTest(subject), self.assertRaises(ValidationError):
                template.subject = subject
