"""Telephone numbers: written by people, compared by key, owned by one customer."""

from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestNumbers(CobranzaCase):
    """The number of a customer, and what is wrong with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def _partner(self, phone, country="MX", **values):
        country = self.env["res.country"].search([("code", "=", country)])
        return self.env["res.partner"].create(
            {"name": "X", "phone": phone, "country_id": country.id, **values}
        )

    def test_number_in_international_format(self):
        table = [
            ("55 1234 5678", "MX", "+525512345678"),
            ("(55) 1234-5678", "MX", "+525512345678"),
            ("+52 55 1234 5678", "MX", "+525512345678"),
            ("+52 1 55 1234 5678", "MX", "+525512345678"),
            ("0052 55 1234 5678", "MX", "+525512345678"),
            ("044 55 1234 5678", "MX", "+525512345678"),
            ("045 55 1234 5678", "MX", "+525512345678"),
            ("+525512345678", "", "+525512345678"),
            ("+525512345678", "US", "+525512345678"),
            ("612 345 678", "ES", "+34612345678"),
            ("11 98765-4321", "BR", "+5511987654321"),
            ("11 15 2345 6789", "AR", "+5491123456789"),
        ]
        for phone, country, number in table:
            with self.subTest(phone, country=country):
                partner = self._partner(phone, country)
                self.assertEqual(partner.cobranza_number, number)
                self.assertFalse(partner.cobranza_number_problem)

    def test_number_that_cannot_be_used_says_why(self):
        table = [
            (False, "MX", "phone_missing"),
            ("   ", "MX", "phone_missing"),
            ("12", "MX", "phone_invalid"),
            ("llámame", "MX", "phone_invalid"),
            ("+999 1234 5678", "MX", "phone_invalid"),
            ("55 1234 5678 ext. 9 y 10", "MX", "phone_invalid"),
            # The company's country is never assumed.
            ("55 1234 5678", "", "phone_invalid"),
            ("912 345 678", "ES", "phone_not_mobile"),
        ]
        for phone, country, problem in table:
            with self.subTest(phone, country=country):
                partner = self._partner(phone, country)
                self.assertEqual(partner.cobranza_number_problem, problem)

    def test_problem_is_the_reason_on_the_invoice(self):
        table = {
            "no telephone number": False,
            "not valid: write it with its country code": "12345",
            "not a mobile": "+34 912 345 678",
        }
        for sentence, phone in table.items():
            with self.subTest(phone):
                customer = self.make_customer(phone=phone, consent=())
                invoice = self.make_invoice(customer)
                self.remind()
                self.assertFalse(self.messages_of(customer))
                self.assertIn(sentence, self.next_action(invoice))

    def test_contact_uses_the_country_of_his_company(self):
        parent = self._partner(False, "MX")
        contact = self._partner("55 1234 5678", "", parent_id=parent.id)
        contact.country_id = False

        self.assertEqual(contact.cobranza_number, "+525512345678")

    def test_number_follows_telephone_and_country(self):
        partner = self._partner("612 345 678", "MX")
        self.assertEqual(partner.cobranza_number_problem, "phone_invalid")

        partner.country_id = self.env.ref("base.es")
        self.assertEqual(partner.cobranza_number, "+34612345678")

        partner.phone = False
        self.assertEqual(partner.cobranza_number_problem, "phone_missing")
        self.assertFalse(partner.cobranza_number_key)


@tagged("post_install", "-at_install")
class TestNumberAndConsent(CobranzaCase):
    """A permission is for one customer and one number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def consent_of(self, customer):
        customer.invalidate_recordset()
        return customer.cobranza_whatsapp_consent

    def test_changed_number_has_no_consent(self):
        customer = self.make_customer()
        old = customer.phone
        self.assertEqual(self.consent_of(customer), "granted")

        customer.phone = "+52 55 8888 0001"
        self.assertEqual(self.consent_of(customer), "none")
        invoice = self.make_invoice(customer)
        self.remind()
        self.assertFalse(self.messages_of(customer))
        self.assertIn("no consent", self.next_action(invoice))

        customer.phone = old
        self.assertEqual(self.consent_of(customer), "granted")

    def test_other_way_to_write_the_number_keeps_the_consent(self):
        customer = self.make_customer(phone="55 7777 0001")
        for phone in ("+52 1 55 7777 0001", "+525577770001", "044 55 7777 0001"):
            with self.subTest(phone):
                customer.phone = phone
                self.assertEqual(self.consent_of(customer), "granted")

    def test_newest_row_counts(self):
        customer = self.make_customer()
        self.give_consent(customer, granted=False)
        self.assertEqual(self.consent_of(customer), "withdrawn")

        self.give_consent(customer, ("whatsapp",))
        self.assertEqual(self.consent_of(customer), "granted")
        self.assertEqual(customer.cobranza_sms_consent, "withdrawn")

    def test_consent_for_promotions_is_none_for_reminders(self):
        customer = self.make_customer(consent=())
        self.give_consent(customer, purpose="marketing")

        self.assertEqual(self.consent_of(customer), "none")

    def test_consent_of_another_company_does_not_count(self):
        other = self.env["res.company"].create({"name": "Another"})
        customer = self.make_customer(consent=())
        self.give_consent(customer, company_id=other.id)

        self.assertEqual(self.consent_of(customer), "none")

    def test_withdrawal_counts_for_the_number_whoever_s_it_is(self):
        refused = self.make_customer(phone="+52 55 6666 0001")
        self.give_consent(refused, granted=False)
        heir = self.make_customer(phone="+52 55 6666 0001", consent=())

        self.assertEqual(self.consent_of(heir), "withdrawn")

    def test_shared_number_is_refused_until_it_is_confirmed(self):
        customer = self.make_customer(phone="+52 55 5555 0001")
        other = self.make_customer("Other", phone="55 5555 0001", consent=())
        invoice = self.make_invoice(customer)
        self.remind()
        self.assertFalse(self.messages_of(customer))
        self.assertIn("same number", self.next_action(invoice))

        customer.cobranza_shared_number_confirmed = True
        self.remind()
        self.assertEqual(self.messages_of(customer).state, "sent")

        invoice = self.make_invoice(other)
        self.give_consent(other)
        self.assertIn("same number", self.next_action(invoice))

    def test_number_is_not_shared_with_own_contacts_or_archived_customers(self):
        customer = self.make_customer(phone="+52 55 4444 0001")
        self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": customer.id, "phone": customer.phone}
        )
        self.make_customer("Gone", phone=customer.phone, consent=(), active=False)

        self.assertEqual(self.reminded(customer).state, "sent")

    # --- whom -------------------------------------------------------------------------

    def _contact(self, customer, **values):
        return self.env["res.partner"].create(
            {
                "name": "Contact",
                "parent_id": customer.id,
                "phone": f"+52 55 3333 {next(self.telephones):04}",
                **values,
            }
        )

    def test_collections_contact_before_invoice_contact_before_customer(self):
        customer = self.make_customer()
        recipient = customer._cobranza_recipient()
        self.assertEqual(
            (recipient["partner_id"], recipient["why"]), (customer.id, "customer")
        )

        invoices = self._contact(customer, type="invoice")
        recipient = customer._cobranza_recipient()
        self.assertEqual(
            (recipient["partner_id"], recipient["why"]), (invoices.id, "invoice")
        )

        collections = self._contact(customer, cobranza_is_contact=True)
        recipient = customer._cobranza_recipient()
        self.assertEqual(
            (recipient["partner_id"], recipient["why"]), (collections.id, "collections")
        )

        collections.phone = False
        recipient = customer._cobranza_recipient()
        self.assertEqual(recipient["why"], "invoice")

    def test_reminder_goes_to_the_contact_and_is_logged_on_the_customer(self):
        customer = self.make_customer(consent=())
        contact = self._contact(customer, cobranza_is_contact=True, name="Ana Ruiz")
        self.give_consent(customer)

        message = self.reminded(customer)

        self.assertEqual(message.recipient, contact.cobranza_number)
        self.assertEqual(message.recipient_partner_id, contact)
        self.assertEqual(message.recipient_why, "collections")
        self.assertIn("Ana Ruiz", message.body)
        self.assertIn(
            ("res.partner", customer.id),
            message.mail_message_ids.mapped(lambda n: (n.model, n.res_id)),
        )

    def test_consent_of_the_customer_s_number_is_not_the_contact_s(self):
        customer = self.make_customer()
        self._contact(customer, cobranza_is_contact=True)

        self.assertEqual(self.consent_of(customer), "none")
