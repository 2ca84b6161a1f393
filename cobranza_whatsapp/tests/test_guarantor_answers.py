"""What a guarantor sees and answers: nothing of it touches the debtor."""

from odoo.tests import tagged

from ..controllers import page
from .common import CobranzaHttpCase
from .emulator_case import EmulatorCase
from .guarantors import Guarantors


@tagged("post_install", "-at_install")
class TestGuarantorAnswers(Guarantors, EmulatorCase):
    """Replies of a guarantor from the simulated telephone."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer("Papelería Lápiz")
        self.invoice = self.make_invoice(self.customer)
        self.guarantor = self.make_guarantor(self.customer)
        self.message = self.send_to(self.guarantor)
        self.assertEqual(self.message.state, "sent")
        self.mailbox.posts.clear()

    def answer(self, text, **values):
        """Write as the guarantor, then store and apply the events."""
        person = self.guarantor.guarantor_id
        self.reply(person, text, **values)

        def arrived():
            if self.mailbox.posts:
                self.receive(self.whatsapp)
                self.run_cron("apply")
            return self.messages_of(person, direction="in")

        return self.wait_for(arrived, seconds=10)

    def test_approved_template_goes_without_a_document(self):
        [sent] = self.ledger(self.guarantor.guarantor_id)

        self.assertIn("garante de Papelería Lápiz", str(sent))
        self.assertFalse(self.message.version_id.has_document)
        self.assertNotIn("document", str(sent).lower().replace("'document': none", ""))

    def test_baja_is_his_alone(self):
        self.answer("BAJA")

        person = self.guarantor.guarantor_id
        refused = self.env["cobranza.consent"].search([("granted", "=", False)])
        self.assertEqual(refused.partner_id, person)
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "granted")
        confirmation = self.messages_of(person, kind="confirmation")
        self.assertEqual(confirmation.recipient, person.cobranza_number)

    def test_what_he_says_of_the_debt_reaches_a_person_and_holds_nothing(self):
        uid = self.message.provider_message_uid
        self.answer("Ya pagué", context_id=uid)

        self.assertFalse(self.env["cobranza.hold"].search([]))
        self.customer.invalidate_recordset()
        self.assertTrue(
            self.customer.activity_ids or self.guarantor.guarantor_id.activity_ids
        )


@tagged("post_install", "-at_install")
class TestGuarantorPage(Guarantors, CobranzaHttpCase):
    """The link of a message to a guarantor."""

    def setUp(self):
        super().setUp()
        self.make_demo_accounts()
        page.misses._moments.clear()
        self.customer = self.make_customer("Papelería Lápiz")
        self.invoice = self.make_invoice(self.customer, amount=1234.5)
        self.guarantor = self.make_guarantor(self.customer)
        self.message = self.send_to(self.guarantor)

    def test_page_shows_the_amount_but_no_paper_of_the_debtor(self):
        token = self.message.link_id.token

        answer = self.url_open(f"/c/{token}")

        self.assertEqual(answer.status_code, 200)
        self.assertIn("1,234.50", answer.text)
        self.assertIn("Papelería Lápiz", answer.text)
        for word in ("/cobranza/pdf/", "access_token", "/my/invoices"):
            self.assertNotIn(word, answer.text)
        for path in ("x.pdf", f"{self.invoice.id}/x.pdf"):
            found = self.url_open(f"/cobranza/pdf/{token}/{path}")
            self.assertEqual(found.status_code, 404, path)

    def test_unsubscribing_ends_his_messages_only(self):
        token = self.message.link_id.token

        self.url_open(f"/c/{token}/unsubscribe", data={"confirm": "1"})

        self.env.invalidate_all()
        refused = self.env["cobranza.consent"].search([("granted", "=", False)])
        self.assertEqual(refused.partner_id, self.guarantor.guarantor_id)
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "granted")
