"""E-mail through Odoo's mail servers, to a real mail server on this machine."""

from unittest.mock import patch

from odoo.tests import tagged

from .bounces import bounce
from .checkout import emulator_module
from .common import CobranzaCase, CobranzaHttpCase

ADDRESS = "ana@example.com"


class EmailBuilders:
    """An account of Odoo's e-mail whose mail server keeps what it gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sink = emulator_module("smtp_sink").SmtpSink()
        cls.addClassCleanup(cls.sink.close)
        # Odoo connects to no mail server while it tests.
        cls.startClassPatcher(
            patch.object(
                cls.registry["ir.mail_server"],
                "_disable_send",
                classmethod(lambda _cls: False),
            )
        )
        cls.env["ir.mail_server"].search([]).active = False
        cls.server = cls.env["ir.mail_server"].create(
            {
                "name": "Sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": cls.sink.port,
                "smtp_encryption": "none",
            }
        )
        cls.company.email = "cobros@materiales.example.com"
        cls.clerk.partner_id.email = "clerk@materiales.example.com"
        cls.account = cls.make_account("email", provider="odoo_email")

    def setUp(self):
        super().setUp()
        self.sink.reset()

    def make_reachable(self, **values):
        """Create a customer who allows e-mail only."""
        return self.make_customer(email=ADDRESS, consent=("email",), **values)

    def remind(self):
        self.run_cron("plan", "prepare", "send_odoo")


@tagged("post_install", "-at_install")
class TestOdooEmail(EmailBuilders, CobranzaCase):
    """What arrives, who may answer, and what is written down."""

    def test_email_arrives_with_text_and_pdf(self):
        message = self.reminded(self.make_reachable())

        [received] = self.sink.to(ADDRESS)
        self.assertEqual((message.state, message.channel), ("sent", "email"))
        self.assertEqual(received.message["Subject"], message.subject)
        self.assertIn(message.body.splitlines()[0], received.text())
        self.assertIn(f"/c/{message.link_id.token}", received.text("html"))
        self.assertEqual(received.pdfs, [message.document_id.raw])
        self.assertIn("cobros@materiales.example.com", received.message["From"])

    def test_message_id_is_that_of_the_note_on_the_customer(self):
        message = self.reminded(self.make_reachable())

        [received] = self.sink.received
        note = message.mail_message_ids.filtered(lambda n: n.model == "res.partner")
        self.assertEqual(received.message["Message-Id"], note.message_id)
        self.assertEqual(message.provider_message_uid, note.message_id)
        self.assertEqual(note.subject, message.subject)
        self.assertIn(message.uuid, note.message_id)

    def test_mail_programs_can_unsubscribe_with_one_click(self):
        message = self.reminded(self.make_reachable())

        headers = self.sink.received[0].message
        url = f"https://cobros.example.com/c/{message.link_id.token}/unsubscribe"
        self.assertEqual(headers["List-Unsubscribe"], f"<{url}>")
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertIn(url, self.sink.received[0].text())

    def test_answers_go_to_the_responsible_without_an_alias(self):
        self.company.alias_domain_id = False
        self.reminded(self.make_reachable())

        reply_to = self.sink.received[0].message["Reply-To"]
        self.assertIn("clerk@materiales.example.com", reply_to)

    def test_answers_go_to_the_alias_of_the_company(self):
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "materiales.example.com", "catchall_alias": "catchall"}
        )
        self.reminded(self.make_reachable())

        reply_to = self.sink.received[0].message["Reply-To"]
        self.assertIn("catchall@materiales.example.com", reply_to)

    def test_answer_lands_in_the_chatter_of_the_customer(self):
        customer = self.make_reachable()
        message = self.reminded(customer)
        self.receive(
            f"From: Ana <{ADDRESS}>\n"
            "To: catchall@materiales.example.com\n"
            "Subject: Re: factura\n"
            "Message-Id: <answer@example.com>\n"
            f"In-Reply-To: {message.provider_message_uid}\n\n"
            "La pago el viernes.\n"
        )

        answer = customer.message_ids.filtered(lambda m: "viernes" in (m.body or ""))
        self.assertEqual(len(answer), 1)

    def receive(self, text):
        self.env["mail.thread"].message_process(None, text)
        self.env.flush_all()

    def test_notes_send_no_email_of_their_own(self):
        customer = self.make_reachable()
        customer.message_subscribe(customer.ids)
        before = self.env["mail.mail"].search_count([])
        message = self.reminded(customer)

        self.assertEqual(len(message.mail_message_ids), 2)
        self.assertEqual(len(self.sink.received), 1)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_one_connection_serves_several_emails(self):
        for name in ("Uno", "Dos", "Tres"):
            customer = self.make_customer(
                name, email=f"{name.lower()}@example.com", consent=("email",)
            )
            self.make_invoice(customer)
        before = self.sink.connections
        self.remind()

        self.assertEqual(len(self.sink.received), 3)
        self.assertEqual(self.sink.connections - before, 1)

    def test_other_run_leaves_it_alone(self):
        """Threads have no database: only the run of Odoo's senders may take it."""
        self.make_invoice(self.make_reachable())
        self.run_cron("plan", "prepare", "send")

        self.assertFalse(self.sink.received)

    def test_connection_test_names_the_mail_server(self):
        self.env.user.group_ids += self.env.ref("base.group_system")
        self.account.action_test_connection()
        self.assertIn("✓", self.account.check_result)

        self.server.smtp_port = 1
        self.account.action_test_connection()
        self.assertIn("✗", self.account.check_result)


@tagged("post_install", "-at_install")
class TestOdooEmailFailures(EmailBuilders, CobranzaCase):
    """Never twice, and every failure does what it asks for."""

    def fails_as(self, step, answer, state, reason):
        self.sink.fail(step, answer)
        message = self.reminded(self.make_reachable())
        self.assertEqual((message.state, message.reason), (state, reason))
        self.assertFalse(self.sink.received)
        return message

    def send_again(self, message):
        self.make_due(message)
        self.run_cron("send_odoo")
        return len(self.sink.received)

    def test_refused_address_is_dead(self):
        message = self.fails_as("rcpt", "550 5.1.1 no such user", "failed", "dead")

        self.assertIn("550", message.reason_detail)
        self.assertNotIn(ADDRESS, message.reason_detail)
        self.assertEqual(self.send_again(message), 0)

    def test_temporary_refusal_is_tried_again(self):
        message = self.fails_as("rcpt", "451 4.7.1 greylisted", "queued", "retry")

        self.assertEqual(self.send_again(message), 1)
        self.assertEqual(message.state, "sent")

    def test_lost_before_the_text_was_handed_over_is_tried_again(self):
        message = self.fails_as("data", "close", "queued", "retry")

        self.assertEqual(self.send_again(message), 1)

    def test_lost_after_the_text_was_handed_over_is_uncertain(self):
        message = self.fails_as("content", "close", "uncertain", "uncertain")

        self.assertEqual(self.send_again(message), 0)
        self.assertEqual(message.state, "uncertain")

    def test_sender_that_is_refused_holds_the_account(self):
        self.fails_as("mail", "553 5.7.1 not yours", "queued", "provider_hold")

        self.assertEqual(self.account.hold_code, "account_on_hold")

    def test_no_mail_server_holds_the_account(self):
        with patch.object(
            self.registry["ir.mail_server"],
            "_connect__",
            side_effect=ValueError("Missing SMTP Server"),
        ):
            message = self.reminded(self.make_reachable())

        self.assertEqual((message.state, message.reason), ("queued", "provider_hold"))
        self.assertIn("Missing SMTP Server", self.account.hold_detail)

    def test_server_that_swallows_everything_holds_the_account(self):
        for number in range(7):
            customer = self.make_customer(
                email=f"c{number}@example.com", consent=("email",)
            )
            self.make_invoice(customer)
        self.sink.fail("content", "close", times=7)
        self.remind()

        states = self.env["cobranza.message"].search([]).mapped("state")
        self.assertEqual(sorted(states), ["queued"] * 2 + ["uncertain"] * 5)
        self.assertEqual(self.account.hold_code, "account_silent")

    def test_bounce_fails_the_message(self):
        customer = self.make_reachable()
        message = self.reminded(customer)
        self.bounce(message, ADDRESS)

        self.assertEqual((message.state, message.reason), ("failed", "dead"))
        notification = message.mail_message_ids.notification_ids[:1]
        self.assertEqual(notification.notification_status, "exception")

    def test_bounce_of_another_address_changes_nothing(self):
        message = self.reminded(self.make_reachable())
        self.make_customer("Other", email="other@example.com")
        self.bounce(message, "other@example.com")

        self.assertEqual(message.state, "sent")

    def bounce(self, message, address):
        """Receive what a mail server sends back, and apply it."""
        bounce(self.env, message, address)
        self.run_cron("apply")


@tagged("post_install", "-at_install")
class TestUnsubscribe(EmailBuilders, CobranzaHttpCase):
    """The link in every message ends the messages to its number or address."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_reachable()
        self.make_invoice(self.customer)
        with patch.object(self.env.cr, "commit", autospec=True):
            self.env["cobranza.policy"]._cron_plan()
            self.env["cobranza.message"]._cron_prepare()
            self.env["cobranza.message"]._cron_send_odoo()
        self.env.flush_all()
        self.message = self.messages_of(self.customer)
        self.path = f"/c/{self.message.link_id.token}/unsubscribe"

    def rows(self):
        return self.env["cobranza.consent"].search(
            [("partner_id", "=", self.customer.id), ("granted", "=", False)]
        )

    def test_opening_the_page_only_asks(self):
        response = self.url_open(self.path)

        self.assertEqual(response.status_code, 200)
        self.assertIn(ADDRESS, response.text)
        self.assertIn("<form", response.text)
        self.assertFalse(self.rows())

    def test_payment_page_offers_it(self):
        page = self.url_open(f"/c/{self.message.link_id.token}")

        self.assertIn(self.path, page.text)

    def test_one_click_withdraws_once(self):
        for _time in range(2):
            response = self.url_open(
                self.path, data={"List-Unsubscribe": "One-Click"}, method="POST"
            )
            self.assertEqual(response.status_code, 200)

        rows = self.rows()
        self.assertEqual(
            sorted(rows.mapped(lambda r: (r.channel, r.purpose, r.origin))),
            [("email", "collection", "page"), ("email", "marketing", "page")],
        )
        self.assertEqual(rows.message_id, self.message)
        blacklist = self.env["mail.blacklist"].search([("email", "=", ADDRESS)])
        self.assertTrue(blacklist)

    def test_wrong_token_is_not_found(self):
        response = self.url_open("/c/0000000000000000/unsubscribe", method="POST")

        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.rows())
