"""The pages on which customers allow and withdraw, and the e-mails that ask."""

import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import consent, page
from .common import CobranzaHttpCase


@tagged("post_install", "-at_install")
class TestConsentPage(CobranzaHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.customer = cls.make_customer(consent=(), email="ana@example.com")

    def setUp(self):
        super().setUp()
        for limit in (page.misses, consent.answers):
            limit._moments.clear()
            self.addCleanup(limit._moments.clear)

    def ask(self, customers=None, **values):
        """Send the e-mails; return them with the path of each link."""
        before = self.env["mail.mail"].search([])
        wizard = (
            self.env["cobranza.consent.request.wizard"]
            .with_user(self.clerk)
            .with_context(
                lang="en_US",
                active_model="res.partner",
                active_ids=(customers or self.customer).ids,
            )
            .create(values)
        )
        wizard.action_send()
        mails = self.env["mail.mail"].search([]) - before
        paths = [
            re.search(r"/cobranza/consent/\w+", str(mail.body_html))[0]
            for mail in mails
        ]
        return mails, paths

    def token_of(self, text):
        return re.search(r'name="csrf_token" value="([^"]+)"', text)[1]

    def answer(self, path, **form):
        token = self.token_of(self.url_open(path).text)
        return self.url_open(path, data={"csrf_token": token, **form})

    def rows(self, **criteria):
        domain = [("partner_id", "=", self.customer.id)]
        domain += [(name, "=", value) for name, value in criteria.items()]
        return self.env["cobranza.consent"].search(domain)

    # --- the e-mail -------------------------------------------------------------------

    def test_email_asks_with_a_link_of_its_own(self):
        other = self.make_customer("Other", consent=(), email="luis@example.com")

        mails, paths = self.ask(self.customer + other)

        self.assertEqual(
            set(mails.mapped("email_to")), {"ana@example.com", "luis@example.com"}
        )
        self.assertEqual(len(set(paths)), 2)
        request = self.env["cobranza.consent.request"].search([], limit=1)
        self.assertNotIn(request.token_digest, " ".join(paths))

    def test_who_cannot_be_asked_is_left_out_with_the_reason(self):
        silent = self.make_customer("Silent", consent=())
        refused = self.make_customer("Refused", consent=(), email="no@example.com")
        self.give_consent(refused, granted=False, basis=False)
        with self.assertRaisesRegex(UserError, "Nobody can be asked"):
            self.ask(silent + refused)
        self.ask()
        with self.assertRaisesRegex(UserError, "Nobody can be asked"):
            self.ask()

    # --- the page ---------------------------------------------------------------------

    def test_page_records_what_is_ticked_with_the_words_shown(self):
        _mails, [path] = self.ask()
        shown = self.url_open(path)
        self.assertIn(self.company.name, shown.text)
        self.assertNotIn(self.customer.cobranza_number, shown.text)
        self.assertFalse(self.rows())

        self.answer(path, allow_whatsapp="1", action="save")

        [row] = self.rows()
        self.assertEqual((row.channel, row.granted), ("whatsapp", True))
        self.assertEqual((row.origin, row.basis), ("page", "web"))
        self.assertEqual(row.number, self.customer.cobranza_number)
        self.assertIn(self.company.name, row.text_shown)
        self.assertRegex(row.proof, r"visitor [0-9a-f]{32}$")
        self.assertTrue(
            self.env["cobranza.consent.request"].search([], limit=1).answered_at
        )

        self.answer(path, allow_whatsapp="1", action="save")
        self.assertEqual(len(self.rows()), 1)
        self.answer(path, action="save")
        self.assertEqual(self.rows()[0].granted, False)

    def test_page_records_only_what_it_offered(self):
        _mails, [path] = self.ask(use_sms=False)

        self.answer(path, allow_sms="1", allow_email="1", allow_x="1", action="save")

        self.assertFalse(self.rows())

    def test_purpose_is_the_one_that_was_asked_for(self):
        _mails, [path] = self.ask(purpose="marketing")

        self.answer(path, allow_sms="1", action="save")

        self.assertEqual(self.rows().purpose, "marketing")

    def test_refusing_everything_is_a_withdrawal(self):
        self.give_consent(self.customer, ("sms",))
        _mails, [path] = self.ask()

        self.answer(path, action="refuse_all")

        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.cobranza_sms_consent, "withdrawn")
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "withdrawn")
        blocked = self.env["phone.blacklist"].search([]).mapped("number")
        self.assertIn(self.customer.cobranza_number, blocked)

    @mute_logger("odoo.http")
    def test_post_without_the_token_of_the_form_changes_nothing(self):
        _mails, [path] = self.ask()

        answer = self.url_open(path, data={"allow_sms": "1", "action": "save"})

        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.rows())

    @mute_logger("odoo.http")
    def test_links_end_and_guessing_is_stopped(self):
        _mails, [path] = self.ask()
        request = self.env["cobranza.consent.request"].search([], limit=1)
        request.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self.url_open(path).status_code, 404)
        for _guess in range(page.MISSES_PER_MINUTE):
            self.url_open("/cobranza/consent/wrong")
        self.assertEqual(self.url_open(path).status_code, 429)

    @mute_logger("odoo.http")
    def test_answers_are_limited(self):
        _mails, [path] = self.ask()
        token = self.token_of(self.url_open(path).text)
        for _answer in range(page.MISSES_PER_MINUTE):
            self.url_open(path, data={"csrf_token": token, "action": "save"})

        answer = self.url_open(path, data={"csrf_token": token, "allow_sms": "1"})

        self.assertEqual(answer.status_code, 429)
        self.assertFalse(self.rows())

    # --- preferences ------------------------------------------------------------------

    def test_payment_page_leads_to_the_preferences(self):
        self.give_consent(self.customer)
        message = self.reminded(self.customer)
        path = f"/c/{message.link_id.token}"
        self.assertIn(f"{path}/preferences", self.url_open(path).text)

        self.answer(f"{path}/preferences", allow_sms="1", action="save")

        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "withdrawn")
        self.assertEqual(self.customer.cobranza_sms_consent, "granted")

    def test_old_link_says_nothing_about_a_new_number(self):
        self.give_consent(self.customer)
        message = self.reminded(self.customer)
        self.customer.phone = "+52 55 9999 1111"

        shown = self.url_open(f"/c/{message.link_id.token}/preferences").text

        self.assertNotIn("1111", shown)
        self.assertNotIn('type="checkbox"', shown)
