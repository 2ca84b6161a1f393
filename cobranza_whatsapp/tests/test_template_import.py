"""Templates that exist at Meta: taken over, mapped, sent as they are, or refused."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .emulator_case import EmulatorCase

BODY = (
    "Hola {{1}}, le escribe {{2}}. Su factura {{3}} por {{4}} venció el {{5}}. "
    "Gracias, {{1}}. Dudas, teléfono {{6}}. Responda BAJA para no recibir más avisos."
)
NAMED = (
    "Hola {{nombre}}, le escribe {{negocio}}. Debe {{saldo_total}} desde {{fecha}}. "
    "Dudas: {{telefono}}. Responda BAJA para no recibir más avisos."
)


@tagged("post_install", "-at_install")
class TestTemplateImport(EmulatorCase):
    """The wizard, and what is sent with what it took over."""

    def setUp(self):
        super().setUp()
        self.stage = self.env.ref("cobranza_whatsapp.cobranza_stage_early")

    def create_at_meta(self, name, body=BODY, named=False, components=(), **values):
        """Create a template at Meta as its own page does."""
        sample = {"body_text": [["a", "b", "c", "d", "e", "f"]]}
        if named:
            names = ("nombre", "negocio", "saldo_total", "fecha", "telefono")
            sample = {
                "body_text_named_params": [
                    {"param_name": one, "example": "x"} for one in names
                ]
            }
        body = {"type": "BODY", "text": body, "example": sample}
        payload = {
            "name": name,
            "language": "es_MX",
            "category": "UTILITY",
            "parameter_format": "NAMED" if named else "POSITIONAL",
            "components": [*components, body],
            **values,
        }
        provider = self.whatsapp._cobranza_provider()
        path = provider._account_path("message_templates")
        provider._ask(provider._call("POST", path, json=payload))
        self.wait_for(lambda: self.status_at_meta(name) == "APPROVED", seconds=10)

    def status_at_meta(self, name):
        known = self.emulator.control("GET", "/templates")["templates"]
        return {one["name"]: one["status"] for one in known}.get(name)

    def chosen(self, name):
        """Return the wizard with the template of this name chosen."""
        wizard = (
            self.env["cobranza.template.import"]
            .with_context(lang="en_US")
            .create({"account_id": self.whatsapp.id, "stage_id": self.stage.id})
        )
        wizard.action_read()
        wizard.candidate_ids.filtered(lambda c: c.name == name).action_choose()
        return wizard

    def components(self, sent):
        """Return the components of the call that the ledger holds."""
        return sent["payload"]["template"]["components"]

    def imported(self, wizard, **mapping):
        """Import with these variables; return the version that the account sends."""
        for line in wizard.parameter_ids:
            line.variable = mapping.get(f"v{line.name}", line.variable)
        action = wizard.action_import()
        template = self.env["cobranza.template"].browse(action["res_id"])
        self.assertFalse(template._cobranza_findings())
        self.assertFalse(template._cobranza_problem(self.whatsapp))
        return template._cobranza_version(self.whatsapp)

    def test_page_says_what_it_is_and_replaces_nothing_without_a_stage(self):
        self.create_at_meta("aviso_nuevo")
        wizard = self.chosen("aviso_nuevo")

        wizard.stage_id = False

        self.assertFalse(wizard.replaces)
        self.assertEqual(wizard.display_name, "Import from WhatsApp")

    def test_positional_template_without_pdf_is_sent_by_position(self):
        buttons = {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Pagado"},
                {"type": "QUICK_REPLY", "text": "Otra cosa"},
                {"type": "QUICK_REPLY", "text": "Hablar con un asesor"},
                {"type": "URL", "text": "Sitio", "url": "https://example.com"},
            ],
        }
        self.create_at_meta("aviso_meta", components=[buttons])
        wizard = self.chosen("aviso_meta")
        self.assertEqual(
            wizard.parameter_ids.mapped("variable"),
            ["cliente", "empresa", "factura", "monto", "vencimiento", "contacto"],
        )
        self.assertEqual(wizard.button_ids.mapped("meaning"), ["paid", False, "talk"])

        version = self.imported(wizard)

        self.assertFalse(version.has_document)
        self.assertEqual(version.language, "es_MX")
        self.assertEqual(version.template_id.language, "es")
        customer = self.make_customer("Ana Ruiz")
        message = self.reminded(customer)
        [sent] = self.ledger(customer)
        self.assertEqual(sent["template"], "aviso_meta")
        self.assertEqual(sent["text"], message.body)
        self.assertIn("Gracias, Ana Ruiz.", sent["text"])
        self.assertTrue(message.document_id)
        components = self.components(sent)
        self.assertNotIn("header", [one["type"] for one in components])
        pressed = [
            (one["index"], one["parameters"][0]["payload"].partition(":")[0])
            for one in components
            if one["type"] == "button"
        ]
        self.assertEqual(pressed, [("0", "PAID"), ("2", "TALK")])

    def test_named_template_with_our_link_is_sent_by_name(self):
        url = f"{self.whatsapp._cobranza_page_url()}{{{{1}}}}"
        buttons = {
            "type": "BUTTONS",
            "buttons": [
                {"type": "PHONE_NUMBER", "text": "Llamar", "phone_number": "5255500"},
                {"type": "URL", "text": "Pagar", "url": url, "example": [url]},
            ],
        }
        self.create_at_meta("saldo_meta", NAMED, named=True, components=[buttons])

        version = self.imported(self.chosen("saldo_meta"), vsaldo_total="total")

        self.assertEqual(version.template_id.button_label, "Pagar")
        customer = self.make_customer()
        message = self.reminded(customer)
        [sent] = self.ledger(customer)
        components = self.components(sent)
        names = [one.get("parameter_name") for one in components[0]["parameters"]]
        self.assertEqual(
            names, ["nombre", "negocio", "saldo_total", "fecha", "telefono"]
        )
        [button] = [one for one in components if one["type"] == "button"]
        self.assertEqual(button["index"], "1")
        self.assertEqual(button["parameters"][0]["text"], message.link_id.token)

    def test_preview_follows_the_mapping(self):
        self.create_at_meta("aviso_previo")
        invoice = self.make_invoice(self.make_customer("Ana Ruiz"), amount=321)
        form = Form(self.chosen("aviso_previo"))

        form.preview_move_id = invoice
        self.assertIn("Hola Ana Ruiz, le escribe", form.bubble)
        with form.parameter_ids.edit(0) as line:
            line.variable = "empresa"
        self.assertIn(f"Hola {self.company.name}", form.bubble)
        with form.parameter_ids.edit(0) as line:
            line.variable = False
        self.assertIn("Hola [1],", form.bubble)

    def test_template_with_a_pdf_is_not_for_guarantors(self):
        own = self.env.ref("cobranza_whatsapp.cobranza_template_early_whatsapp_one_es")
        wizard = self.chosen(own.version_ids[:1].remote_name)
        wizard.shape = "guarantor"

        with self.assertRaisesRegex(UserError, "Guarantors get no PDF"):
            wizard.action_import()

    def test_what_cannot_be_sent_is_refused_with_a_sentence(self):
        picture = [{"type": "HEADER", "format": "LOCATION"}]
        elsewhere = "https://example.com/{{1}}"
        cases = [
            ("promo", {"category": "MARKETING"}, "category is MARKETING"),
            ("mapa", {"components": picture}, "kind location"),
            ("aleman", {"language": "de"}, "language is de"),
            (
                "otro_sitio",
                {
                    "components": [
                        {
                            "type": "BUTTONS",
                            "buttons": [
                                {
                                    "type": "URL",
                                    "text": "Ir",
                                    "url": elsewhere,
                                    "example": [elsewhere],
                                }
                            ],
                        }
                    ]
                },
                "leads to https://example.com",
            ),
        ]
        for name, values, sentence in cases:
            with self.subTest(name):
                self.create_at_meta(name, **values)
                with self.assertRaisesRegex(UserError, sentence):
                    self.chosen(name)

    def test_every_variable_must_be_filled_and_the_text_may_be_sent(self):
        self.create_at_meta("aviso_hueco")
        wizard = self.chosen("aviso_hueco")
        wizard.parameter_ids[1].variable = False
        with self.assertRaisesRegex(UserError, r"place of \{\{2\}\}"):
            wizard.action_import()
        self.create_at_meta("aviso_llaves", BODY.replace(" le ", " {% "))
        with self.assertRaises(ValidationError):
            self.imported(self.chosen("aviso_llaves"))

    def test_reply_to_a_button_with_another_payload_is_understood(self):
        self.create_at_meta("aviso_respuesta")
        self.imported(self.chosen("aviso_respuesta"))
        for text, payload, summary, held in (
            ("Ya pagué", "btn_1", "Says it is paid", 1),
            ("Hablar con un asesor", "btn_2", "Asks to talk", 0),
        ):
            with self.subTest(text):
                customer = self.make_customer()
                message = self.reminded(customer)
                self.mailbox.posts.clear()
                self.reply(
                    customer,
                    button={"title": text, "payload": payload},
                    context_message_id=message.provider_message_uid,
                )
                self.receive(self.whatsapp)
                self.run_cron("apply")

                self.assertIn(summary, customer.activity_ids.summary)
                holds = self.env["cobranza.hold"].search(
                    [("move_id", "in", message.move_ids.ids)]
                )
                self.assertEqual(len(holds), held)
