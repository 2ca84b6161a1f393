"""Templates: what is refused on save, previewed, chosen, and kept at the provider."""

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CobranzaCase
from .emulator_case import EmulatorCase


@tagged("post_install", "-at_install")
class TestTemplateText(CobranzaCase):
    """The check on save, and the preview."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = cls.env["cobranza.stage"].create(
            {"name": "Test", "policy_id": cls.policy.id, "day_from": 100}
        )

    def make_template(self, body, channel="sms", **values):
        return (
            self.env["cobranza.template"]
            .with_context(lang="en_US")
            .create(
                {
                    "name": "Test",
                    "stage_id": self.stage.id,
                    "channel": channel,
                    "body": body,
                    **values,
                }
            )
        )

    def test_bad_text_is_refused_with_its_line(self):
        escapes = (
            "{{ cliente.__class__ }}",
            "{{ cliente['__class__'] }}",
            "{{ ''.__class__.__mro__ }}",
            "{{ 9**(9**9) }}",
            "{{ 'x' * 10000000 }}",
            "{{ range(10) }}",
            "{{ self }}",
            "{{ lipsum() }}",
            "{% for x in cliente %}{{ x }}{% endfor %}",
            "{% set x = 1 %}",
            "{% include 'x' %}",
            "{% macro m() %}{% endmacro %}",
            "{{ cliente|attr('upper') }}",
            "{{ cliente|map('upper') }}",
            "{{ request.env }}",
            "{{ env['res.users'] }}",
        )
        cases = {
            "Line 2: the braces": "Hola\n{{ cliente, su factura",
            "Line 3: the braces": "Hola\n\n{% if dias_vencidos > 3 %}vencida",
            "Line 2: there is no variable clientes": "Hola\n{{ clientes }}.",
            "Line 1: there is no filter shout": "{{ cliente|shout }}",
            "Write a text": "   ",
            **{f"Line 2: .*|{text}": f"Hola\n{text}\n." for text in escapes},
        }
        for expected, body in cases.items():
            sentence = expected.partition("|")[0]
            with (
                self.subTest(body),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self.make_template(body)

    def test_whatsapp_text_is_text_and_variables_only(self):
        cases = {
            "Line 1: .*not allowed": "Hola {% if total %}x{% endif %} {{ monto }}.",
            "Line 2: .*not allowed": "Hola\n{{ cliente|upper }}.",
            "begins with a variable": "{{ cliente }}, hola.",
            "ends with a variable": "Hola {{ cliente }}",
            "too long": "Hola " + "x" * 1100,
        }
        for sentence, body in cases.items():
            with (
                self.subTest(body[:60]),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self.make_template(body, "whatsapp")

    def test_bad_text_is_refused_when_it_is_edited(self):
        template = self.make_template("Hola {{ cliente }}.", "whatsapp")

        with self.assertRaisesRegex(ValidationError, "clientes"):
            template.body = "Hola {{ clientes }}."
        with self.assertRaises(ValidationError):
            template.write({"channel": "whatsapp", "body": "{{ cliente }}"})

    def test_sms_may_have_conditions(self):
        template = self.make_template(
            "{{ factura }}{% if dias_vencidos > 7 %} (urgente){% endif %}"
        )

        self.assertEqual(template.preview, "FAC/2026/00012 (urgente)")

    def test_every_seeded_template_can_be_previewed(self):
        templates = self.env["cobranza.template"].search([])

        self.assertGreaterEqual(len(templates), 20)
        for template in templates.with_context(lang="en_US"):
            with self.subTest(template.name):
                self.assertTrue(template.preview)
                self.assertNotIn("{{", template.preview)
                self.assertNotIn("Line ", template.preview)

    def test_seeded_sms_fit_in_few_parts(self):
        for template in self.env["cobranza.template"].search([("channel", "=", "sms")]):
            with self.subTest(template.name):
                self.assertIn("GSM-7", template.preview_size)

    def test_every_stage_of_arrears_has_texts_for_guarantors(self):
        wanted = {
            (language, channel)
            for language in ("es", "pt_BR", "en")
            for channel in ("whatsapp", "sms")
        }
        arrears = self.policy.stage_ids.filtered(
            lambda s: s.action == "message" and s.kind in ("early", "late")
        )
        for stage in arrears - self.stage:
            texts = stage.template_ids.filtered(lambda t: t.shape == "guarantor")
            found = set(texts.mapped(lambda t: (t.language, t.channel)))
            self.assertEqual(found & wanted, wanted, stage.name)
            for text in texts:
                self.assertIn("{{ deudor }}", text.body)

    def test_every_message_stage_has_all_its_templates_in_spanish(self):
        stages = self.policy.stage_ids.filtered(lambda s: s.action == "message")
        for stage in stages - self.stage:
            with self.subTest(stage.name):
                kinds = stage.template_ids.filtered(
                    lambda t: t.language == "es" and t.shape != "guarantor"
                )
                self.assertEqual(
                    sorted(kinds.mapped(lambda t: (t.channel, t.shape))),
                    [
                        ("email", "one"),
                        ("email", "several"),
                        ("sms", "one"),
                        ("sms", "several"),
                        ("whatsapp", "one"),
                        ("whatsapp", "several"),
                    ],
                )

    def test_preview_shows_the_chosen_invoice(self):
        invoice = self.make_invoice(self.make_customer("Mario & Hijos"), amount=1234.5)
        form = Form(
            self.make_template("Hola {{ cliente }}: {{ factura }} por {{ monto }}.")
        )

        form.preview_move_id = invoice

        self.assertEqual(
            form.preview, f"Hola Mario & Hijos: {invoice.name} por $1,234.50 MXN."
        )
        self.assertIn("1 SMS", form.preview_size)

    def test_preview_of_a_broken_text_says_what_is_wrong(self):
        form = Form(self.make_template("Hola {{ cliente }}."))

        form.body = "Hola\n{{ clientes }}."

        self.assertIn("Line 2", form.preview)
        self.assertIn("clientes", form.preview)

    def test_help_lists_every_variable_with_its_example(self):
        template = self.make_template("Hola {{ cliente }}.")

        for text in ("{{ cliente }}", "María López", "{{ enlace }}"):
            self.assertIn(text, template.variable_help)

    @mute_logger("odoo.sql_db")
    def test_stage_has_one_template_for_a_use(self):
        self.make_template("Hola {{ cliente }}.")
        archived = self.make_template("Hola {{ cliente }}.", active=False)

        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_template("Hola {{ cliente }}.")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            archived.active = True


@tagged("post_install", "-at_install")
class TestTemplateChoice(CobranzaCase):
    """Which template a customer gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        for code in ("en_US", "pt_BR", "fr_FR"):
            cls.env["res.lang"]._activate_lang(code)
        stage = cls.env.ref("cobranza_whatsapp.cobranza_stage_early")
        bodies = {"en": f"Dear {cls.REQUIRED}.", "pt_BR": f"Olá, {cls.REQUIRED}."}
        for language, body in bodies.items():
            existing = stage.template_ids.filtered(
                lambda t, code=language: (
                    (t.channel, t.shape, t.language) == ("whatsapp", "one", code)
                )
            )
            if existing:
                existing.body = body
                continue
            cls.env["cobranza.template"].create(
                {
                    "name": language,
                    "stage_id": stage.id,
                    "channel": "whatsapp",
                    "shape": "one",
                    "language": language,
                    "body": body,
                }
            )

    def test_language_of_the_customer_else_of_the_company(self):
        table = [
            ("es_MX", "es", "Hola"),
            ("en_US", "en", "Dear"),
            ("pt_BR", "pt_BR", "Olá"),
            ("fr_FR", "es", "Hola"),
            (False, "es", "Hola"),
        ]
        for lang, language, greeting in table:
            with self.subTest(lang):
                message = self.reminded(self.make_customer(lang=lang))
                self.assertEqual(message.language, language)
                self.assertTrue(message.body.startswith(greeting), message.body)

    def test_company_s_language_decides_for_other_languages(self):
        self.company.partner_id.lang = "en_US"

        message = self.reminded(self.make_customer(lang="fr_FR"))

        self.assertEqual(message.language, "en")

    def test_one_and_several_invoices_have_their_own_text(self):
        customer = self.make_customer()
        self.make_invoice(customer, 9)

        several = self.reminded(customer)

        self.assertEqual(several.template_id.shape, "several")
        self.assertEqual(self.reminded().template_id.shape, "one")

    def test_stage_without_a_template_says_so(self):
        self.env["cobranza.template"].search([]).active = False
        invoice = self.make_invoice(self.make_customer())

        self.remind()

        self.assertFalse(self.messages_of(invoice.partner_id))
        self.assertIn("has no template", self.next_action(invoice))


@tagged("post_install", "-at_install")
class TestTemplateAtProvider(EmulatorCase):
    """Versions: an approved text goes on until the new one is approved."""

    def setUp(self):
        super().setUp()
        self.template = self.env.ref(
            "cobranza_whatsapp.cobranza_template_early_whatsapp_one_es"
        )
        # What Meta holds is not rolled back between tests.
        self.emulator.control(
            "POST",
            f"/templates/{self.template.version_ids[:1].remote_name}",
            {"status": "APPROVED", "category": "UTILITY"},
        )

    def _approve(self, version):
        self.emulator.control(
            "POST", f"/templates/{version.remote_name}", {"status": "APPROVED"}
        )
        self.template.action_refresh_status()

    def test_old_version_sends_until_the_new_one_is_approved(self):
        self.emulator.setup_meta(auto_approve=False)
        self.addCleanup(self.emulator.setup_meta, auto_approve=True)
        self.template.body = f"Nuevo texto para {{{{ cliente }}}}: {self.REQUIRED}."
        self.template.action_create_at_provider()
        first, second = self.template.version_ids.sorted("number")[-2:]
        self.assertEqual((first.status, second.status), ("approved", "pending"))

        self.assertTrue(self.reminded().body.startswith("Hola "))

        self._approve(second)
        message = self.reminded()
        self.assertTrue(message.body.startswith("Nuevo texto para "))
        self.assertEqual(self.ledger(message.partner_id)[0]["text"], message.body)

    def test_unchanged_text_is_not_submitted_again(self):
        versions = self.template.version_ids

        self.template.action_create_at_provider()

        self.assertEqual(self.template.version_ids, versions)

    def test_rejected_template_says_why_and_the_next_channel_goes(self):
        version = self.template.version_ids[:1]
        self.emulator.control(
            "POST",
            f"/templates/{version.remote_name}",
            {"status": "REJECTED", "reason": "INVALID_FORMAT"},
        )

        self.template.action_refresh_status()

        self.assertEqual(
            (version.status, version.reason), ("rejected", "INVALID_FORMAT")
        )
        self.assertEqual(self.reminded().channel, "sms")

    def test_customer_without_sms_waits_for_the_approval(self):
        self.template.version_ids.status = "pending"
        invoice = self.make_invoice(self.make_customer(consent=("whatsapp",)))

        self.run_cron("plan")

        self.assertFalse(self.messages_of(invoice.partner_id))
        self.assertIn("still reviews", self.next_action(invoice))

    def test_template_moved_to_marketing_is_not_used(self):
        version = self.template.version_ids[:1]
        self.emulator.control(
            "POST", f"/templates/{version.remote_name}", {"category": "MARKETING"}
        )

        self.template.action_refresh_status()

        self.assertEqual(version._cobranza_problem(), "template_category")
        self.assertEqual(self.reminded().channel, "sms")
