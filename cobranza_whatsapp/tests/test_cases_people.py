"""Who is written to: contacts, numbers, countries, languages."""

from odoo import fields
from odoo.tests import tagged

from .situations import SituationCase


@tagged("post_install", "-at_install")
class TestWhom(SituationCase):
    """Recipient, or the reason why there is none."""

    def _contact(self, customer, name="Contact", **values):
        return self.env["res.partner"].create(
            {
                "name": name,
                "parent_id": customer.id,
                "phone": f"+52 55 1234 {next(self.telephones):04}",
                "country_id": self.mexico.id,
                **values,
            }
        )

    def _with_contacts(self, *contacts, phone=True, **invoice):
        """Return a customer with contacts and an invoice, all with consent."""
        values = {} if phone else {"phone": False}
        customer = self.make_customer("Company", consent=(), **values)
        for contact in contacts:
            self._contact(customer, **contact)
        self.make_invoice(customer, **invoice)
        self.give_consent(customer)
        return customer

    def _to_a_contact(self, consent=True, **values):
        """Return a customer whose invoice is made out to a contact of his."""
        customer = self.make_customer("Company", consent=(), **values)
        contact = self._contact(customer, "Branch office", type="other")
        self.make_invoice(contact)
        if consent:
            self.give_consent(customer, number=contact.cobranza_number)
        return customer

    def test_contacts(self):
        other = self.env["res.company"].create({"name": "Another"})
        collections = {"name": "Collections", "cobranza_is_contact": True}
        invoicing = {"name": "Invoicing", "type": "invoice"}

        def both(name, why):
            return {"recipient": name, "why": why, "reason": ""}

        self.check(
            {
                "no contact: the company": (
                    self._with_contacts,
                    both("Company", "customer"),
                ),
                "other contacts are not written to": (
                    lambda: self._with_contacts({"name": "Sales"}),
                    both("Company", "customer"),
                ),
                "invoice contact": (
                    lambda: self._with_contacts(invoicing),
                    both("Invoicing", "invoice"),
                ),
                "collections contact before invoice contact": (
                    lambda: self._with_contacts(invoicing, collections),
                    both("Collections", "collections"),
                ),
                "collections contact without a number is passed over": (
                    lambda: self._with_contacts(
                        {**collections, "phone": False}, invoicing
                    ),
                    both("Invoicing", "invoice"),
                ),
                "archived contact is passed over": (
                    lambda: self._with_contacts({**collections, "active": False}),
                    both("Company", "customer"),
                ),
                "contact private to another company is passed over": (
                    lambda: self._with_contacts(
                        {**collections, "company_id": other.id}
                    ),
                    both("Company", "customer"),
                ),
                "contact of this company": (
                    lambda: self._with_contacts(
                        {**collections, "company_id": self.company.id}
                    ),
                    both("Collections", "collections"),
                ),
                "invoice made out to a contact": (
                    self._to_a_contact,
                    both("Branch office", "move"),
                ),
                "invoice made out to a contact of a company without a number": (
                    lambda: self._to_a_contact(phone=False),
                    both("Branch office", "move"),
                ),
                "a contact's number needs a consent of its own": (
                    lambda: self._to_a_contact(consent=False),
                    {"recipient": "Branch office", "reason": "no_consent"},
                ),
            }
        )

    def test_numbers(self):
        def owing(**values):
            return self.owing((8, 1000.0), customer=self.make_customer(**values))

        def changed():
            customer = owing()
            customer.phone = "+52 55 8765 4321"
            return customer

        def shared(confirmed):
            customer = owing()
            customer.cobranza_shared_number_confirmed = confirmed
            self.make_customer("Sister", consent=(), phone=customer.phone)
            return customer

        def shared_with_own_contact():
            customer = owing()
            self._contact(customer, phone=customer.phone)
            return customer

        def shared_with_archived():
            customer = owing()
            self.make_customer("Old", consent=(), phone=customer.phone, active=False)
            return customer

        def blacklisted():
            customer = owing()
            self.env["phone.blacklist"].create({"number": customer.cobranza_number})
            return customer

        abroad = {"country_id": False, "state_id": False}
        self.check(
            {
                "no number": (
                    lambda: owing(phone=False, consent=()),
                    {"reason": "phone_missing"},
                ),
                "not a number": (
                    lambda: owing(phone="ask for Ana", consent=()),
                    {"reason": "phone_invalid"},
                ),
                "no country, with +": (
                    lambda: owing(phone="+52 55 4444 0001", **abroad),
                    {"reason": ""},
                ),
                "no country, without +": (
                    lambda: owing(phone="55 4444 0002", consent=(), **abroad),
                    {"reason": "phone_invalid"},
                ),
                "landline of Colombia": (
                    lambda: owing(
                        phone="+57 601 234 5678",
                        consent=(),
                        country_id=self.env.ref("base.co").id,
                        state_id=False,
                    ),
                    {"reason": "phone_not_mobile"},
                ),
                "mobile of Colombia": (
                    lambda: owing(
                        phone="+57 301 234 5678",
                        country_id=self.env.ref("base.co").id,
                        state_id=False,
                    ),
                    {"reason": ""},
                ),
                "no consent": (lambda: owing(consent=()), {"reason": "no_consent"}),
                "number changed since the consent": (
                    changed,
                    {"reason": "no_consent"},
                ),
                "number of another customer too": (
                    lambda: shared(False),
                    {"reason": "number_shared"},
                ),
                "shared number that somebody confirmed": (
                    lambda: shared(True),
                    {"reason": ""},
                ),
                "number of a contact of his own": (
                    shared_with_own_contact,
                    {"reason": ""},
                ),
                "number of an archived customer": (
                    shared_with_archived,
                    {"reason": ""},
                ),
                "number in the blacklist: that ends his consent": (
                    blacklisted,
                    {"reason": "opted_out"},
                ),
            }
        )


@tagged("post_install", "-at_install")
class TestLanguages(SituationCase):
    """The template's language, and that nothing breaks where there is none."""

    def _sent(self, **customer):
        message = self.reminded(self.make_customer(**customer))
        self.assertEqual(message.state, "sent", message.reason)
        return message

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "es_MX"
        for lang, expected in {
            "es_MX": "es",
            "en_US": "en",
            "fr_FR": "es",
            False: "es",
        }.items():
            with self.subTest(lang):
                self.assertEqual(self._sent(lang=lang).language, expected)

    def test_language_that_is_not_installed_any_more_fails_alone_and_says_so(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        customer = self.make_customer(lang="fr_FR")
        self.env["res.partner"].search([("lang", "=", "fr_FR")]).flush_recordset()
        self.env.cr.execute("UPDATE res_lang SET active = FALSE WHERE code = 'fr_FR'")
        self.env.registry.clear_cache("stable")
        self.env.invalidate_all()

        self.make_invoice(customer)
        # Odoo refuses to print in it; only an import or SQL can leave one behind.
        self._sent()

        message = self.messages_of(customer)
        self.assertEqual((message.state, message.reason), ("failed", "pdf_failed"))
        self.assertIn("fr_FR", message.reason_detail)

    def test_responsible_user_without_a_language(self):
        self.clerk.lang = False
        self.make_invoice(self.make_customer(), days_overdue=60)
        self._sent()

        kind = self.env.ref("cobranza_whatsapp.mail_activity_type_escalation")
        [activity] = self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("user_id", "=", self.clerk.id)]
        )
        self.assertIn("1,000.00", activity.summary)

    def test_company_without_a_country(self):
        company = self.make_company("Nowhere")
        company.write({"country_id": False, "state_id": False})
        self.make_contact_policy(company)
        for channel in ("whatsapp", "sms"):
            self.make_account(channel, company_id=company.id)
        customer = self.make_customer(consent=())
        self.give_consent(customer, company_id=company.id)
        self.make_invoice(customer, company=company)

        self.check(
            {
                "a company without a country reminds all the same": (
                    lambda: customer,
                    {"claims": [1000.0], "stage": "early", "reason": ""},
                )
            },
            company,
        )
        self.remind()
        message = self.messages_of(customer)
        self.assertEqual(message.state, "sent", message.reason)


@tagged("post_install", "-at_install")
class TestDates(SituationCase):
    """The company's date decides, wherever the server and the debtor are."""

    def test_due_today_on_both_sides_of_the_date_line(self):
        today_utc = fields.Date.context_today(self.env.user.with_context(tz="UTC"))
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            with self.subTest(zone):
                self.company.cobranza_timezone = zone
                today = self.company._cobranza_today()
                self.assertLessEqual(abs((today - today_utc).days), 1)
                self.check(
                    {
                        "due today": (
                            lambda: self.owing((0, 10.0)),
                            {"stage": "due"},
                        ),
                        "due tomorrow": (
                            lambda: self.owing((-1, 10.0)),
                            {"stage": "preventive"},
                        ),
                        "seven days late": (
                            lambda: self.owing((7, 10.0)),
                            {"stage": "early"},
                        ),
                    }
                )
