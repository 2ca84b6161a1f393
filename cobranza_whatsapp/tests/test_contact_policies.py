"""Which contact policy holds for a customer, and who may change it."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..core.contact import Window
from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestContactPolicies(CobranzaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user(
            "boss",
            "account.group_account_invoice,cobranza_whatsapp.group_manager,"
            "base.group_partner_manager",
        )
        cls.open_always.active = False
        cls.policies = cls.env["cobranza.contact.policy"]

    def limits(self, country="CO", state="", company=None, **values):
        """Return what holds for a customer of a country and state today."""
        place = self.env["res.country"].search([("code", "=", country)])
        state = place.state_ids.filtered(lambda s: s.code == state)
        customer = self.make_customer(
            consent=(), country_id=place.id, state_id=state.id, phone=False, **values
        )
        return self.policies._cobranza_limits_of(
            company or self.company, customer, fields.Date.today()
        )[customer.id]

    def own(self, country="CO", hours=(9, 12), **values):
        """Create a company's own row for a country, without permission."""
        country = self.env["res.country"].search([("code", "=", country)])
        return self.policies.create(
            {
                "name": "Ours",
                "company_id": self.company.id,
                "country_id": country.id,
                "window_ids": [
                    (
                        0,
                        0,
                        {"weekday": "0", "hour_from": hours[0], "hour_to": hours[1]},
                    )
                ],
                **values,
            }
        )

    # --- choice -----------------------------------------------------------------------

    def test_country_state_and_regime_decide(self):
        for country, state, code in (
            ("CO", "", "CO"),
            ("BR", "RJ", "BR-RJ"),
            ("BR", "SC", "BR"),
            ("US", "NY", "US-NYC"),
            ("MX", "CMX", "MX-COM"),
            ("HN", "", "XX"),
        ):
            with self.subTest(country, state=state):
                found = self.limits(country, state)
                self.assertRegex(found.version, rf"\b{code}#[0-9a-f]{{16}}$")
        self.company.cobranza_regime = "financial"
        self.assertIn("MX-FIN#", self.limits("MX").version)

    def test_colombia_has_one_channel_a_week_and_its_holidays(self):
        found = self.limits("CO")

        self.assertTrue(found.one_channel_per_week)
        self.assertTrue(found.guarantors)
        self.assertEqual((found.max_per_day, found.max_per_7_days), (1, 1))
        self.assertIn(fields.Date.to_date("2026-12-08"), found.windows.holidays)
        self.assertNotIn("verbal", found.consent_bases)

    def test_answer_counts_where_the_law_says_so(self):
        paraguay = self.limits("PY")
        self.assertEqual((paraguay.max_per_7_days, paraguay.answered_extra), (2, 1))
        customer = self.make_customer(country_id=self.env.ref("base.py").id)
        account = self.make_account("sms")
        self.env["cobranza.message"].create(
            {
                "uuid": "answer-of-paraguay",
                "kind": "reply",
                "direction": "in",
                "state": "received",
                "channel": "sms",
                "partner_id": customer.id,
                "company_id": self.company.id,
                "account_id": account.id,
                "body": "Hola",
            }
        )
        now = fields.Datetime.now() + timedelta(seconds=1)
        ask = self.env["cobranza.planning"]._answers

        self.assertEqual(len(ask(self.company, {customer.id: paraguay}, now)), 1)
        self.assertFalse(ask(self.company, {customer.id: self.limits("CO")}, now))
        later = now + timedelta(days=3)
        self.assertFalse(ask(self.company, {customer.id: paraguay}, later))

    def test_unknown_state_keeps_the_holidays_of_all_where_the_law_forbids_them(self):
        day = fields.Date.to_date("2026-08-20")  # only in Ñuble

        self.assertIn(day, self.limits("CL").windows.holidays)
        self.assertNotIn(day, self.limits("CL", "CL-RM").windows.holidays)

    def test_policy_of_companies_is_the_manager_s(self):
        self.own(applies_to="company", max_per_7_days=1)

        self.assertIn("own-", self.limits("CO", is_company=True).version)
        self.assertNotIn("own-", self.limits("CO", is_company=False).version)

    def test_law_that_is_not_in_force_does_not_count(self):
        colombia = self.policies.search([("code", "=", "CO")])
        colombia.valid_to = fields.Date.today() - timedelta(days=1)

        self.assertIn("XX#", self.limits("CO").version)

    # --- its words --------------------------------------------------------------------

    def test_words_of_the_law_are_read_in_the_language_of_the_user(self):
        self.env.ref("base.module_cobranza_whatsapp")._update_translations(["es_MX"])
        law = self.policies.search([("code", "=", "CO")]).with_context(lang="es_MX")

        self.assertIn("un solo canal", law.caps_note)
        self.assertIn("en vigor desde", law.notes)
        self.assertEqual(law.confidence, "Confirmado")

    def test_translation_of_words_that_the_law_no_longer_has_is_forgotten(self):
        """So does an update of the addon, before Odoo adds the new translations."""
        law = self.policies.search([("code", "=", "CO")])
        law.with_context(lang="en_US").notes = "Old words."
        law.with_context(lang="es_MX").notes = "Palabras viejas."

        self.policies.with_context(lang="es_MX")._cobranza_load_laws()

        self.assertIn("in force", law.with_context(lang="en_US").notes)
        self.assertIn("in force", law.with_context(lang="es_MX").notes)

    # --- never wider than the law -----------------------------------------------------

    def test_own_row_for_every_country_is_narrowed_by_each_law(self):
        self.make_contact_policy(self.company, permission_file=False)

        found = self.limits("CO")
        self.assertIn(Window(5, 8 * 60, 15 * 60), found.windows.windows)
        self.assertEqual({w.closes for w in found.windows.windows[:5]}, {19 * 60})
        self.assertEqual(found.max_per_day, 1)
        self.assertIn(fields.Date.to_date("2026-12-08"), found.windows.holidays)

    def test_row_that_is_wider_than_its_law_is_refused(self):
        for values in ({"hours": (6, 12)}, {"max_per_day": 2}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.own(**values)
        own = self.own()
        with self.assertRaisesRegex(ValidationError, "permits more than the law"):
            own.window_ids.hour_to = 20

    def test_written_permission_is_recorded_and_widens_hours_only(self):
        own = self.own(
            hours=(6, 22), permission_file=base64.b64encode(b"Signed"), guarantors=True
        )

        self.assertEqual(own.permission_user_id, self.env.user)
        self.assertTrue(own.permission_at)
        found = self.limits("CO")
        self.assertEqual(found.windows.windows, (Window(0, 6 * 60, 22 * 60),))
        self.assertNotIn("verbal", found.consent_bases)
        with self.assertRaises(ValidationError):
            own.permission_file = False

    def test_version_changes_with_the_content_and_not_with_the_language(self):
        own = self.own()
        before = own._cobranza_version()
        self.assertEqual(own.with_context(lang="es_MX")._cobranza_version(), before)

        own.window_ids.hour_to = 11
        self.assertNotEqual(own._cobranza_version(), before)

    # --- who may change it ------------------------------------------------------------

    def test_law_cannot_be_changed_but_copied(self):
        law = self.policies.search([("code", "=", "CO")]).with_user(self.manager)
        for change in (
            lambda: law.write({"max_per_day": 3}),
            lambda: law.window_ids[:1].write({"hour_from": 5}),
            lambda: law.window_ids.create({"policy_id": law.id, "weekday": "6"}),
            law.unlink,
            law.window_ids.unlink,
            lambda: law.create({"name": "A law of mine", "company_id": False}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        own = self.policies.browse(law.action_make_own()["res_id"])
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(
            own.window_ids._cobranza_core(), law.window_ids._cobranza_core()
        )
        own.with_user(self.manager).window_ids[:1].hour_to = 12

    def test_update_restores_the_law_and_leaves_own_rows(self):
        law = self.policies.search([("code", "=", "CO")])
        law.max_per_day = 9
        law.window_ids[:1].hour_to = 24
        own = self.own()

        self.policies._cobranza_load_laws()

        self.assertEqual(law.max_per_day, 1)
        self.assertEqual(set(law.window_ids.mapped("hour_to")), {19.0})
        self.assertEqual(own.window_ids.hour_to, 12)
        self.assertEqual(self.policies.search_count([("company_id", "=", False)]), 27)

    # --- days and pictures ------------------------------------------------------------

    def test_own_day_closes_the_place_it_is_for(self):
        mexico, today = self.mexico, fields.Date.today()
        self.env["cobranza.contact.day"].create(
            [
                {"date": today, "name": "Inventory"},
                {
                    "date": today + timedelta(days=1),
                    "name": "Fair",
                    "country_id": mexico.id,
                },
            ]
        )

        self.assertIn(today, self.limits("CO").windows.holidays)
        tomorrow = today + timedelta(days=1)
        self.assertNotIn(tomorrow, self.limits("CO").windows.holidays)
        self.assertIn(tomorrow, self.limits("MX").windows.holidays)

    def test_picture_says_hours_and_escapes_what_people_wrote(self):
        law = self.policies.search([("code", "=", "CO")]).with_context(lang="en_US")
        self.env["cobranza.contact.day"].create(
            {"date": fields.Date.today(), "name": "<script>alert(1)</script>"}
        )

        self.assertIn("8–19", law.week_picture)
        self.assertIn("Mon–Fri 8–19", law.week_picture)
        self.assertIn("o_cobranza_week_law", law.week_picture)
        self.assertNotIn("<script", law.next_holidays)
        self.assertIn('rel="noopener noreferrer"', law.source_links)

    # --- a number of two --------------------------------------------------------------

    def test_confirmation_of_a_shared_number_names_who_when_and_which(self):
        customer = self.make_customer(phone="+52 55 5555 0009")
        self.make_customer("Other", phone="+52 55 5555 0009", consent=())
        customer.with_user(self.manager).cobranza_shared_number_confirmed = True

        self.assertEqual(customer.cobranza_shared_number_user_id, self.manager)
        self.assertTrue(customer.cobranza_shared_number_at)
        self.assertTrue(customer._cobranza_may_share(customer.cobranza_number_key))

        customer.phone = "+52 55 5555 0010"
        self.assertFalse(customer._cobranza_may_share(customer.cobranza_number_key))

    def test_number_confirmed_with_a_new_customer_is_stamped_too(self):
        self.make_customer("Other", phone="+52 55 5555 0009", consent=())
        customer = (
            self.env["res.partner"]
            .with_user(self.manager)
            .create(
                {
                    "name": "New",
                    "phone": "+52 55 5555 0009",
                    "country_id": self.mexico.id,
                    "cobranza_shared_number_confirmed": True,
                }
            )
        )

        self.assertEqual(customer.cobranza_shared_number_user_id, self.manager)
        self.assertTrue(customer.cobranza_shared_number_at)
        self.assertTrue(customer._cobranza_may_share(customer.cobranza_number_key))
        self.assertFalse(customer.copy().cobranza_shared_number_confirmed)

    def test_relative_of_a_person_is_never_the_collections_contact(self):
        person = self.make_customer(is_company=False, consent=())
        relative = self.env["res.partner"].create(
            {
                "name": "Sister",
                "parent_id": person.id,
                "type": "other",
                "phone": "+52 55 5555 0011",
                "country_id": self.mexico.id,
                "cobranza_is_contact": True,
            }
        )

        self.assertEqual(person._cobranza_recipient()["partner_id"], person.id)
        person.is_company = True
        self.assertEqual(person._cobranza_recipient()["partner_id"], relative.id)
