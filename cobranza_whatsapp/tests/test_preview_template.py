"""Another template of the stage: chosen on the preview, kept for the run."""

from odoo.tests import Form, tagged

from .test_preview_by_hand import PreviewCase


@tagged("post_install", "-at_install")
class TestPreviewTemplate(PreviewCase):
    def setUp(self):
        super().setUp()
        self.kind = self.make_template()
        self.customer = self.make_customer()
        self.invoice = self.make_invoice(self.customer)

    def choose(self, template):
        preview = self.open_preview(self.invoice)
        preview.going_ids.write({"wanted_template_id": template.id})
        return preview

    def test_offers_templates_of_the_stage_and_nothing_else(self):
        late = self.make_template(stage_id=self.stage("late"))
        line = self.open_preview(self.invoice).going_ids

        self.assertIn(self.kind, line.possible_template_ids)
        self.assertIn("sms", line.possible_template_ids.mapped("channel"))
        self.assertNotIn(late, line.possible_template_ids)

    def test_a_text_for_one_invoice_is_not_offered_for_several(self):
        preview = self.open_preview(self.invoice + self.make_invoice(self.customer))

        self.assertNotIn(self.kind, preview.going_ids.possible_template_ids)

    def test_the_run_does_not_use_it_by_itself(self):
        self.remind()

        self.assertNotEqual(self.messages_of(self.customer).template_id, self.kind)

    def test_shows_and_sends_the_chosen_text(self):
        preview = self.choose(self.kind)
        self.assertIn("lo saluda con gusto", preview.going_ids.text)

        preview.action_send()
        self.run_cron("prepare", "send")

        message = self.messages_of(self.customer)
        self.assertEqual(message.template_id, self.kind)
        self.assertIn("lo saluda con gusto", message.body)

    def test_shows_the_chosen_text_while_editing(self):
        preview = self.open_preview(self.invoice)

        view = "cobranza_whatsapp.cobranza_preview_view_form_hand"
        with Form(preview, view=view) as form, form.going_ids.edit(0) as line:
            line.wanted_template_id = self.kind
            self.assertIn("lo saluda con gusto", line.text)

    def test_another_channel_of_the_stage(self):
        sms = self.open_preview(self.invoice).going_ids.possible_template_ids
        sms = sms.filtered(lambda t: (t.channel, t.shape) == ("sms", "one"))[:1]

        preview = self.choose(sms)

        self.assertEqual(preview.going_ids.channel, "sms")
        preview.action_send()
        self.run_cron("prepare", "send")
        self.assertEqual(self.messages_of(self.customer).channel, "sms")

    def test_kept_for_the_run(self):
        self.choose(self.kind).action_keep_templates()
        self.assertFalse(self.messages_of(self.customer))
        self.assertEqual(self.invoice.cobranza_next_template_id, self.kind)
        self.assertIn("lo saluda con gusto", self.invoice.cobranza_next_text)

        self.remind()

        message = self.messages_of(self.customer)
        self.assertEqual((message.template_id, message.state), (self.kind, "sent"))

    def test_a_chosen_template_that_no_longer_fits_is_replaced(self):
        self.choose(self.kind).action_keep_templates()
        self.kind.active = False

        self.remind()

        message = self.messages_of(self.customer)
        self.assertEqual(message.state, "sent")
        self.assertNotEqual(message.template_id, self.kind)

    def test_another_customers_template_is_refused(self):
        late = self.make_template(stage_id=self.stage("late"))

        preview = self.choose(late)
        preview.action_send()
        self.run_cron("prepare", "send")

        self.assertNotEqual(self.messages_of(self.customer).template_id, late)
