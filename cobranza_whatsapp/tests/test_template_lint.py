"""Texts that the law forbids or warns of: on save, before sending, with a reason."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestTemplateLint(CobranzaCase):
    """The linter on templates and on the finished text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.customer = cls.make_customer("Ferretería Sol", consent=("sms",))
        cls.template = cls.env["cobranza.template"].search(
            [
                ("stage_id.kind", "=", "early"),
                ("channel", "=", "sms"),
                ("shape", "=", "one"),
                ("language", "=", "es"),
            ],
            limit=1,
        )
        cls.administrator = cls.make_user(
            "lint-admin", "base.group_system,cobranza_whatsapp.group_manager"
        )

    def _allow(self, reason="Leído por nuestra abogada el 3 de mayo."):
        return (
            self.env["cobranza.template.exception"]
            .with_user(self.administrator)
            .create({"template_id": self.template.id, "reason": reason})
        )

    def test_a_threat_is_refused_on_save_with_its_words(self):
        for text in (
            "Vamos a embargar su casa",
            "V4mos a E M B A R G A R su casa",
            "Notificación judicial",
            "Tarjeta 4111 1111 1111 1111",
        ):
            with (
                self.subTest(text),
                self.assertRaises(ValidationError) as refused,
                self.env.cr.savepoint(),
            ):
                self.template.body = f"{self.REQUIRED}. {text}."
            self.assertIn("«", str(refused.exception))

    def test_what_only_sounds_alike_is_saved(self):
        self.template.body = f"{self.REQUIRED}. Sin embargo, su fecha de corte es hoy."

        self.assertFalse(self.template.is_warned)
        self.assertFalse(self.template.lint_marks)

    def test_seeded_templates_have_no_findings(self):
        for template in self.env["cobranza.template"].search([]):
            with self.subTest(template.name):
                self.assertFalse(template.lint_marks)

    def test_the_form_marks_the_words_and_names_the_law(self):
        form = Form(self.template)

        form.body = f"{self.REQUIRED}. Última advertencia: pague."

        self.assertIn("<mark", form.lint_marks)
        self.assertIn("Última advertencia", form.lint_marks)
        self.assertIn("284 Bis", form.lint_marks)

    def test_marks_escape_the_text(self):
        self.template.body = f"<b onclick=x>{self.REQUIRED}</b> Última advertencia."

        self.assertNotIn("<b onclick", self.template.lint_marks)

    def test_a_warning_stops_sending_until_an_administrator_says_why(self):
        self.template.body = f"{self.REQUIRED}. Última advertencia."
        self.template.stage_id.template_ids.filtered(
            lambda t: t.channel == "whatsapp"
        ).active = False
        self.give_consent(self.customer)
        self.make_invoice(self.customer)
        self.run_cron("plan")
        self.assertFalse(self.messages_of(self.customer))

        self._allow()
        self.remind()

        message = self.messages_of(self.customer)
        self.assertEqual(message.state, "sent")
        self.assertIn("Ultima advertencia", message.body)  # GSM-7

    def test_an_allowance_holds_for_one_text_only(self):
        self.template.body = f"{self.REQUIRED}. Última advertencia."
        self._allow()
        self.assertFalse(self.template.is_warned)

        self.template.body = f"{self.REQUIRED}. Última advertencia, rifa."

        self.assertTrue(self.template.is_warned)

    def test_only_administrators_allow_and_nobody_changes_a_reason(self):
        self.template.body = f"{self.REQUIRED}. Última advertencia."
        manager = self.make_user("lint-manager", "cobranza_whatsapp.group_manager")
        Exceptions = self.env["cobranza.template.exception"].with_user(manager)
        values = {"template_id": self.template.id, "reason": "Porque sí"}
        with self.assertRaises(AccessError):
            Exceptions.create(values)
        with self.assertRaises(UserError):
            self._allow(reason="  ")
        allowed = self._allow()
        self.assertEqual(allowed.user_id, self.administrator)
        self.assertIn("Última advertencia", allowed.words)
        with self.assertRaises(UserError):
            allowed.reason = "Otra"
        with self.assertRaises(UserError):
            allowed.unlink()

    def test_a_text_that_lacks_the_amount_waits(self):
        self.template.body = "{{ empresa }} {{ vencimiento }} {{ contacto }}"

        self.assertTrue(self.template.is_warned)
        self.assertIn(
            "{{ monto }}", self.template.with_context(lang="en_US").lint_marks
        )

    def test_a_forbidden_text_of_old_is_not_sent(self):
        message = self.queued(self.customer)
        self.env.cr.execute(
            "UPDATE cobranza_template SET body = %s WHERE id = %s",
            [f"{self.REQUIRED}. Lo vamos a demandar.", self.template.id],
        )
        self.env.invalidate_all()

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("failed", "text_forbidden"))
        self.assertIn("demandar", message.reason_detail)

    def test_a_name_that_sounds_bad_is_written(self):
        customer = self.make_customer("Policía Cárcel y Embargo SA", consent=("sms",))

        message = self.reminded(customer)

        self.assertEqual(message.state, "sent")

    def test_numbers_in_a_customers_data_are_hidden(self):
        customer = self.make_customer("Ana CURP LOPM800101MDFRRR09", consent=("sms",))
        self.template.body = f"Hola {{{{ cliente }}}}: {self.REQUIRED}."

        message = self.reminded(customer)

        self.assertEqual(message.state, "sent")
        self.assertIn("RR09", message.body)
        self.assertNotIn("LOPM800101", message.body)
