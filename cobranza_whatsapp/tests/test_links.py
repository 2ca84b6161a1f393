"""The links in messages: what they open, for whom, for how long."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import page
from .common import CobranzaHttpCase

TELEPHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile"}


@tagged("post_install", "-at_install")
class TestLinks(CobranzaHttpCase):
    """Pages of the links, as a customer's telephone calls them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.customer = cls.make_customer("Papelería <b>Lápiz</b> & Papel")
        cls.message = cls.remind_before(cls.customer, amount=1234.5)
        cls.invoice = cls.message.move_ids
        cls.link = cls.message.link_id

    def setUp(self):
        super().setUp()
        page.misses._moments.clear()
        self.addCleanup(page.misses._moments.clear)

    def get(self, path, **options):
        options.setdefault("headers", TELEPHONE)
        return self.url_open(path, **options)

    def open_page(self, token=None, **options):
        return self.get(f"/c/{token or self.link.token}", **options)

    def open_pdf(self, token=None, filename="Factura.pdf"):
        return self.get(f"/cobranza/pdf/{token or self.link.token}/{filename}")

    # --- what they show ---------------------------------------------------------------

    def test_page_shows_the_invoices_of_the_message(self):
        answer = self.open_page()

        self.assertEqual(answer.status_code, 200)
        self.assertIn("text/html", answer.headers["Content-Type"])
        for text in ("Materiales del Valle", self.invoice.name, "1,234.50"):
            self.assertIn(text, answer.text)
        self.assertIn(f"/cobranza/pdf/{self.link.token}/", answer.text)

    def test_page_shows_no_other_invoice(self):
        others = [
            self.make_invoice(self.customer, -60),
            self.make_invoice(self.make_customer("Somebody Else")),
        ]

        answer = self.open_page()

        for other in others:
            self.assertNotIn(other.name, answer.text)
        self.assertNotIn("Somebody Else", answer.text)
        self.assertEqual(answer.text.count('class="card"'), 1)

    def test_page_tells_search_engines_and_others_nothing(self):
        answer = self.open_page()

        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(answer.headers["X-Robots-Tag"], "noindex")
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_page_follows_what_became_of_the_invoice(self):
        self.pay(self.invoice)
        self.assertIn('class="paid"', self.open_page().text)

    def test_page_leaves_out_an_invoice_that_was_withdrawn(self):
        self.invoice.button_draft()

        answer = self.open_page()

        self.assertEqual(answer.status_code, 200)
        self.assertNotIn(self.invoice.name, answer.text)

    def test_pay_button_leads_to_the_portal_and_leaves_the_invoice_alone(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("account_payment.enable_portal_payment", "True")
        self.invoice.is_manually_modified = False

        answer = self.open_page()

        self.assertIn(f"/my/invoices/{self.invoice.id}?access_token=", answer.text)
        self.invoice.invalidate_recordset()
        self.assertFalse(self.invoice.is_manually_modified)

        parameters.set_param("account_payment.enable_portal_payment", "False")
        self.assertNotIn("/my/invoices/", self.open_page().text)

    def test_pdf_is_the_file_of_the_message(self):
        answer = self.open_pdf()

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, self.message.document_id.raw)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        disposition = answer.headers["Content-Disposition"]
        self.assertTrue(disposition.startswith("inline"), disposition)
        self.assertIn("Factura.pdf", disposition)

    def test_sample_pdf_names_nobody_and_opens_without_a_token(self):
        answer = self.open_pdf("sample", "ejemplo.pdf")

        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertNotEqual(answer.content, self.message.document_id.raw)

    def test_pdf_is_announced_as_one_before_it_is_fetched(self):
        path = f"/cobranza/pdf/{self.link.token}/Factura.pdf"
        answer = self.url_open(path, method="HEAD")

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")

    def test_pdf_has_no_other_ending(self):
        for filename in ("Factura", "Factura.html", "Factura.pdf.exe"):
            self.assertEqual(self.open_pdf(filename=filename).status_code, 404)

    def test_file_name_cannot_break_out_of_its_header(self):
        answer = self.open_pdf(filename='a"%0d%0aX-Evil: 1;.pdf')

        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("X-Evil", answer.headers)

    def test_message_without_a_pdf_has_none_to_show(self):
        self.message.document_id = False

        self.assertEqual(self.open_pdf().status_code, 404)
        self.assertNotIn("/cobranza/pdf/", self.open_page().text)

    # --- for whom and how long --------------------------------------------------------

    def test_dead_links_look_like_wrong_ones(self):
        hour = timedelta(hours=1)
        deaths = {
            "expired": {"expires_at": fields.Datetime.now() - hour},
            "revoked": {"revoked": True},
        }
        for name, values in deaths.items():
            with self.subTest(name):
                self.link.write(values)
                self.assertEqual(self.open_page().status_code, 404)
                self.assertEqual(self.open_pdf().status_code, 404)
                self.link.write(
                    {"expires_at": fields.Datetime.now() + hour, "revoked": False}
                )
                self.assertEqual(self.open_page().status_code, 200)

    def test_wrong_tokens_are_not_found(self):
        token = self.link.token
        for wrong in ("x", token[:-1], token + "x", token.swapcase(), "%00", "%25"):
            with self.subTest(wrong):
                self.assertEqual(self.open_page(wrong).status_code, 404)
                self.assertEqual(self.open_pdf(wrong).status_code, 404)

    @mute_logger("odoo.http")
    def test_guessing_is_stopped_for_a_minute(self):
        for _guess in range(page.MISSES_PER_MINUTE):
            self.assertEqual(self.open_page("wrong").status_code, 404)

        self.assertEqual(self.open_page("wrong").status_code, 429)
        self.assertEqual(self.open_page().status_code, 429)
        self.assertEqual(self.open_pdf().status_code, 429)

        [moments] = page.misses._moments.values()
        for position, moment in enumerate(moments):
            moments[position] = moment - 61
        self.assertEqual(self.open_page().status_code, 200)

    def test_tokens_are_long_and_random(self):
        other = self.reminded(amount=1)

        self.assertRegex(self.link.token, r"^[A-Za-z0-9]{16}$")
        self.assertNotEqual(self.link.token, other.link_id.token)

    # --- clicks -----------------------------------------------------------------------

    def test_customers_count_and_previews_do_not(self):
        agents = {
            "WhatsApp/2.23.20.0": 0,
            "facebookexternalhit/1.1": 0,
            "Mozilla/5.0 (compatible; Googlebot/2.1)": 0,
            "TelegramBot (like TwitterBot)": 0,
            TELEPHONE["User-Agent"]: 1,
        }
        for agent, counted in agents.items():
            with self.subTest(agent):
                self.link.clicks = 0
                self.open_page(headers={"User-Agent": agent})
                self.link.invalidate_recordset()
                self.assertEqual(self.link.clicks, counted)
        self.assertTrue(self.link.last_click_at)

    def test_looking_without_opening_does_not_count(self):
        self.open_page(method="HEAD")
        self.open_pdf()

        self.link.invalidate_recordset()
        self.assertEqual(self.link.clicks, 0)
