"""Where the policy of the debtor wants an opt-out in messages, none goes without."""

import re

from odoo.tests import tagged

from .common import CobranzaCase

WAY_OUT = re.compile(r"(?:Responda )?BAJA para no recibir (?:más )?avisos")


@tagged("post_install", "-at_install")
class TestWayOut(CobranzaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.open_always.opt_out_in_message = True
        cls.templates = cls.env["cobranza.template"].search(
            [("channel", "in", ("whatsapp", "sms")), ("language", "=", "es")]
        )

    def take_out(self, replacement="Gracias", channels=("whatsapp", "sms")):
        for template in self.templates.filtered(lambda t: t.channel in channels):
            template.body = WAY_OUT.sub(replacement, template.body)

    def test_text_with_a_way_out_is_sent_and_the_demand_is_kept(self):
        message = self.reminded()

        self.assertEqual(message.state, "sent")
        self.assertTrue(message.snapshot["opt_out_in_message"])
        version = self.open_always._cobranza_version()
        self.assertIn(version, message.snapshot["policy"])

    def test_text_without_a_way_out_is_not_planned(self):
        self.take_out()
        customer = self.make_customer()
        invoice = self.make_invoice(customer)

        self.remind()

        self.assertFalse(self.messages_of(customer))
        self.assertIn("Responda BAJA", self.next_action(invoice))

    def test_policy_without_the_demand_lets_it_go(self):
        self.open_always.opt_out_in_message = False
        self.take_out()

        self.assertEqual(self.reminded().state, "sent")

    def test_text_that_loses_its_way_out_waits_in_the_queue(self):
        message = self.queued()
        self.take_out()

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("queued", "no_opt_out"))

    def test_condition_that_leaves_the_way_out_out_is_seen_in_the_finished_text(self):
        hidden = "{% if dias_vencidos == 99 %}BAJA{% else %}Gracias{% endif %}"
        self.take_out(hidden, channels=("sms",))
        customer = self.make_customer(consent=("sms",))
        self.make_invoice(customer)

        self.remind()

        message = self.messages_of(customer)
        self.assertEqual((message.state, message.reason), ("failed", "no_opt_out"))
        self.assertFalse(message.body)

    def test_footer_and_button_count(self):
        self.take_out()
        whatsapp = self.templates.filtered(lambda t: t.channel == "whatsapp")
        account = self.env["cobranza.account"]
        self.assertFalse(any(t._cobranza_has_opt_out(account) for t in whatsapp))

        whatsapp.footer = "Responda BAJA para no recibir más"

        self.assertTrue(all(t._cobranza_has_opt_out(account) for t in whatsapp))
