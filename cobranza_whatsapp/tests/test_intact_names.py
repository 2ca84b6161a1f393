"""A customer's name arrives as he writes it, wherever it goes."""

from markupsafe import escape

from odoo.tests import tagged

from ..core import sms_text
from .emulator_case import EmulatorCase

NAMES = {
    "quotes": 'O\'Brien "El Güero" «Ñandú» `x` & Söhne',
    "HTML": "<b>Robert</b><script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "Pérez &amp; Hijos &lt;S.A.&gt;",
    "emoji": "Café 😀 Niños 👩‍👩‍👧 🇲🇽",
    "braces": "{{ cliente }} {% if x %} {{ 7*7 }} {{1}}",
    "percent": "100% %s %(cliente)s %d",
    "backslashes": r"C:\temp\n \u0041 \\",
    "SQL": "Robert'); DROP TABLE res_partner;--",
    "right to left": "שלום עולם",
    "other scripts": "株式会社 Ωmega Ünïcödé",
}
# Meta's parameters hold neither line breaks nor more than four spaces in a row.
IN_ONE_LINE = {
    "newlines": ("Comercial\nDel\r\nNorte", "Comercial Del Norte"),
    "tabs and spaces": ("Comercial\tDel      Norte", "Comercial Del Norte"),
    "invisible": ("Comer\u200bcial\u202e Norte\u2066", "Comercial Norte"),
}


@tagged("post_install", "-at_install")
class TestIntactNames(EmulatorCase):
    """From the contact to the provider, the chatter and back."""

    def _remind(self, names, channel):
        """Return {kind: (message, what the provider accepted)} after one run."""
        customers = {}
        for kind, name in names.items():
            customers[kind] = self.make_customer(name, consent=(channel,))
            self.make_invoice(customers[kind])
        self.remind()
        result = {}
        for kind, customer in customers.items():
            [message], [accepted] = self.messages_of(customer), self.ledger(customer)
            result[kind] = message, accepted
        return result

    def test_whatsapp_shows_the_name_as_it_is(self):
        shown = {**NAMES, **{kind: line for kind, (_name, line) in IN_ONE_LINE.items()}}
        names = {**NAMES, **{kind: name for kind, (name, _line) in IN_ONE_LINE.items()}}
        for kind, (message, accepted) in self._remind(names, "whatsapp").items():
            with self.subTest(kind):
                self.assertTrue(message.body.startswith(f"Hola {shown[kind]}, en "))
                self.assertEqual(accepted["text"], message.body)
                parameters = accepted["params"][1]["parameters"]
                self.assertEqual(parameters[0]["text"], shown[kind])

    def test_chatter_shows_the_name_and_runs_nothing(self):
        for kind, (message, _accepted) in self._remind(NAMES, "whatsapp").items():
            with self.subTest(kind):
                self.assertEqual(len(message.mail_message_ids), 2)
                for note in message.mail_message_ids:
                    self.assertIn(str(escape(NAMES[kind])), self._quoted(note.body))
                    self.assertNotIn("<script", note.body)
                    self.assertNotIn("<img", note.body)

    def _quoted(self, body):
        """Return HTML with quotes as `escape` writes them: both forms are right."""
        return str(body).replace('"', "&#34;").replace("'", "&#39;")

    def test_sms_shows_what_a_telephone_can(self):
        templates = self.env["cobranza.template"].search(
            [("channel", "=", "sms"), ("shape", "=", "one")]
        )
        templates.body = "Hola {{ cliente }}. {{ empresa }}, {{ monto }}, {{ enlace }}"
        for kind, (message, accepted) in self._remind(NAMES, "sms").items():
            with self.subTest(kind):
                name = sms_text.to_gsm7(NAMES[kind])
                self.assertTrue(message.body.startswith(f"Hola {name}. "))
                self.assertEqual(accepted["text"], message.body)

    def test_reply_is_shown_as_it_was_written(self):
        customer = self.make_customer()
        self.reminded(customer)
        for text in NAMES.values():
            self.reply(customer, text)
        self.wait_for(lambda: self._replies(customer) >= len(NAMES), seconds=10)

        replies = self.messages_of(customer, direction="in")
        self.assertEqual(sorted(replies.mapped("body")), sorted(NAMES.values()))
        for note in replies.mail_message_ids:
            self.assertNotIn("<script", note.body)
            self.assertNotIn("<img", note.body)

    def _replies(self, customer):
        if self.mailbox.posts:
            self.receive(self.whatsapp)
            self.run_cron("apply")
        return len(self.messages_of(customer, direction="in"))
