"""Gateways: their form, and reminders that travel through them."""

import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..core.providers.http_sms_presets import PRESETS
from .common import ADDON_LOGGER, CobranzaCase, CobranzaHttpCase
from .emulator_case import EmulatorCase
from .people import People

GENERIC = {
    "gateway_headers": "X-Api-Key: {token}",
    "gateway_body": '{"to": "{number}", "text": "{text}", "ref": "{uuid}", '
    '"callback": "{callback}"}',
    "gateway_success_path": "code",
    "gateway_success_value": "0",
    "gateway_uid_path": "id",
    "gateway_error_path": "code",
    "gateway_detail_path": "message",
    "gateway_error_classes": "11 = hold\n35 = hold\n36 = dead\n37 = optout",
    "gateway_check_address": "balance",
    "gateway_ask_address": "status?id={uuid}",
    "gateway_ask_path": "status",
    "gateway_proof": "secret",
    "gateway_proof_name": "X-Report-Secret",
    "gateway_report_uid_path": "id",
    "gateway_report_status_path": "status",
    "gateway_report_error_path": "error",
    "gateway_statuses": "BUFFERED = sent\nDELIVRD = delivered\nUNDELIV = failed",
    "gateway_reply_sender_path": "from",
    "gateway_reply_text_path": "text",
}


@tagged("post_install", "-at_install")
class TestGatewayForm(People, CobranzaCase):
    """What an administrator writes about a gateway, and what is refused."""

    def test_choice_of_a_gateway_fills_in_what_is_known(self):
        for name, preset in PRESETS.items():
            with self.subTest(name), Form(self.env["cobranza.account"]) as form:
                form.name = "SMS"
                form.provider = "http_sms"
                self.assertEqual(form.channel, "sms")
                form.gateway_reply_text_path = "left over"
                form.gateway_preset = name
                self.assertEqual(form.base_url, preset["base_url"])
                self.assertFalse(form.gateway_reply_text_path)
                account = form.save()
            options = account._cobranza_options()
            for option in set(preset) - {"base_url"}:
                self.assertEqual(options[option], preset[option], option)

    def test_provider_proposes_a_channel_that_it_has(self):
        form = Form(self.env["cobranza.account"])
        form.provider = "http_sms"
        self.assertEqual(form.channel, "sms")
        form.provider = "whatsapp_gateway"
        self.assertEqual(form.channel, "whatsapp")

    def test_mistakes_are_sentences(self):
        account = self.make_gateway()
        for values, words in (
            ({"gateway_body": "{text}"}, "no JSON"),
            ({"gateway_headers": "apikey"}, "lines like Name: value"),
            ({"base_url": "https://h.example.com/{numero}"}, "{numero}"),
            ({"gateway_success": "pattern", "gateway_success_value": "(a+)+"}, "(a+)+"),
            ({"gateway_error_classes": "35 = stop"}, "35 = stop"),
            ({"gateway_statuses": "OK = arrived"}, "ok = arrived"),
            ({"gateway_success_path": False}, "word of success"),
            ({"gateway_proof_name": False}, "which header or parameter"),
        ):
            with (
                self.subTest(words),
                self.assertRaises(ValidationError) as caught,
                self.env.cr.savepoint(),
            ):
                account.write(values)
            self.assertIn(words, str(caught.exception))

    def test_words_of_a_gateway_are_for_administrators(self):
        account = self.make_gateway()
        names = [name for name in account._fields if name.startswith("gateway_")]
        names += ["auth_header", "auth_prefix", "webhook_header"]
        for user in (self.clerk, self.manager):
            seen = account.with_user(user)
            self.assertFalse(set(names) & set(seen.fields_get()))
            with self.assertRaises(AccessError):
                seen.read(["gateway_headers"])

    def make_gateway(self):
        return self.make_account(
            "sms",
            provider="http_sms",
            base_url="https://sms.example.com/send",
            api_token="key",
            **GENERIC,
        )


@tagged("post_install", "-at_install")
class TestGatewayReports(CobranzaHttpCase):
    """Reports that come by GET, with everything in the address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(
            "sms",
            provider="http_sms",
            base_url="https://sms.example.com/send",
            signing_secret="s3cr3t",
            **{**GENERIC, "gateway_proof_name": "key"},
        )

    def report(self, **query):
        words = "&".join(f"{name}={value}" for name, value in query.items())
        path = f"/cobranza/webhook/{self.account.webhook_token}"
        answer = self.url_open(f"{path}?{words}")
        self.env.invalidate_all()
        return answer.status_code

    def events(self):
        return self.env["cobranza.event"].search([("account_id", "=", self.account.id)])

    def test_report_in_the_address_is_stored_without_the_secret(self):
        status = self.report(id="G1", status="DELIVRD", key="s3cr3t")

        self.assertEqual(status, 200)
        [event] = self.events()
        self.assertNotIn("s3cr3t", event.payload)
        self.assertEqual(json.loads(event.payload)["item"]["id"], "G1")

    def test_repeated_report_is_one_event(self):
        for _ in range(2):
            self.report(id="G1", status="DELIVRD", key="s3cr3t")

        self.assertEqual(len(self.events()), 1)

    @mute_logger(f"{ADDON_LOGGER}.controllers.webhook")
    def test_report_without_the_secret_leaves_no_row(self):
        for key in ("", "wrong", "s3cr3"):
            self.assertEqual(self.report(id="G1", status="DELIVRD", key=key), 403)
        self.assertFalse(self.events())


@tagged("post_install", "-at_install")
class TestHttpSms(EmulatorCase):
    """A reminder by SMS through a gateway, with reports and replies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sms.active = False
        cls.gateway = cls.make_account(
            "sms",
            provider="http_sms",
            base_url=f"{cls.emulator.url}/sms-gateway/generic/send",
            public_url=cls.mailbox.url,
            api_token="key",
            signing_secret="report-secret",
            **GENERIC,
        )
        account = {"provider": "gateway", "name_id": "g", "token": "key"}
        account["webhook_url"] = cls.gateway.webhook_url
        cls.emulator.control("POST", "/accounts", account)

    def customer(self):
        return self.make_customer(consent=("sms",))

    def test_reminder_is_delivered_and_says_so(self):
        message = self.reminded(self.customer())
        self.assertEqual((message.state, message.channel), ("sent", "sms"))

        self.receive(self.gateway, 2)
        self.run_cron("apply")

        self.assertEqual(message.state, "delivered")
        [sent] = self.ledger(message.partner_id)
        self.assertEqual(
            (sent["id"], sent["uuid"]), (message.provider_message_uid, message.uuid)
        )
        self.assertEqual(sent["text"], message.body)

    def test_reply_baja_withdraws_and_is_confirmed_by_the_gateway(self):
        message = self.reminded(self.customer())
        self.receive(self.gateway, 2)
        self.make_due(message)
        self.reply(message.partner_id, "BAJA", channel="sms")
        self.receive(self.gateway)
        self.run_cron("apply", "send")

        kinds = self.messages_of(message.partner_id).mapped("kind")
        self.assertEqual(kinds, ["reminder", "reply", "confirmation"])
        self.assertEqual(len(self.ledger(message.partner_id)), 2)

    def test_refusal_of_the_number_tries_no_more(self):
        customer = self.customer()
        number = customer._cobranza_recipient()["number"].lstrip("+")
        self.emulator.control("POST", f"/phones/{number}", {"sms_error": 36})

        message = self.reminded(customer)

        self.assertEqual((message.state, message.reason), ("failed", "dead"))
        self.assertIn("36", message.reason_detail)

    def test_lost_answer_is_asked_for_and_never_sent_again(self):
        self.fault("reset_after_accept", provider="gateway")
        message = self.reminded(self.customer())
        self.assertEqual(message.state, "uncertain")
        self.make_due(message)

        self.run_cron("follow_up")

        self.assertEqual(message.state, "sent")
        self.assertEqual(len(self.ledger(message.partner_id)), 1)

    def test_empty_credit_stops_the_account_and_keeps_the_message(self):
        self.fault(
            "http", provider="gateway", json={"code": "35", "message": "no"}, status=200
        )
        with mute_logger(f"{ADDON_LOGGER}.models.cobranza_account_hold"):
            message = self.reminded(self.customer())
        self.addCleanup(self.gateway._cobranza_resume)

        self.assertEqual(message.state, "queued")
        self.assertTrue(self.gateway.hold_code)

    def test_connection_test_knows_a_wrong_key(self):
        self.only_the_provider()

        def last_line():
            self.gateway.action_test_connection()
            return self.gateway.check_result.splitlines()[-1]

        self.assertEqual(last_line()[0], "✓")
        self.gateway.api_token = "wrong"
        self.addCleanup(self.gateway.write, {"api_token": "key"})
        self.assertEqual(last_line()[0], "✗")


@tagged("post_install", "-at_install")
class TestWhatsAppGateway(EmulatorCase):
    """A number at a gateway like 360dialog: templates, PDF, reports, replies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.make_whatsapp_gateway()

    def test_reminder_with_its_pdf_is_delivered_and_answered(self):
        message = self.reminded(self.make_customer(consent=("whatsapp",)))
        self.assertEqual((message.state, message.account_id), ("sent", self.gateway))
        self.receive(self.gateway, 1)
        self.run_cron("apply")
        [sent] = self.ledger(message.partner_id)
        self.assertEqual(sent["media_sha256"], message.document_checksum)

        self.reply(message.partner_id, "ya pagué")
        self.receive(self.gateway)
        self.run_cron("apply")

        self.assertIn(message.state, ("sent", "delivered"))
        self.assertEqual(self.messages_of(message.partner_id)[-1].kind, "reply")

    def test_connection_test_passes(self):
        self.only_the_provider()

        self.gateway.action_test_connection()

        self.assertNotIn("✗", self.gateway.check_result)


class AnyPdf(dict):
    """Files of the mailbox: every address of a PDF of ours leads to one."""

    def get(self, path, default=None):
        if path.startswith("/cobranza/pdf/") and path.endswith(".pdf"):
            return ("application/pdf", b"%PDF-1.4 any")
        return super().get(path, default)


@tagged("post_install", "-at_install")
class TestTwilioWhatsApp(EmulatorCase):
    """WhatsApp by Twilio: Contents, the PDF by link, buttons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailbox.files = AnyPdf()
        cls.whatsapp.active = False
        cls.twilio = cls.make_account(
            "whatsapp",
            provider="twilio",
            account_uid="AC" + "c" * 32,
            sender="+525500003333",
            api_token="auth",
            base_url=f"{cls.emulator.url}/twilio",
            public_url=cls.mailbox.url,
        )
        cls.emulator.setup_twilio(
            account_sid="AC" + "c" * 32,
            auth_token="auth",
            numbers=[],
            whatsapp_numbers=["+525500003333"],
            webhook_url=cls.twilio.webhook_url,
        )
        cls._approve_templates()

    def customer(self):
        return self.make_customer(consent=("whatsapp",))

    def test_reminder_carries_the_content_and_the_link_of_its_own_pdf(self):
        message = self.reminded(self.customer())
        self.assertEqual((message.state, message.account_id), ("sent", self.twilio))

        [sent] = self.ledger(message.partner_id)
        self.assertEqual(sent["template"], message.version_id.remote_uid)
        self.assertEqual(sent["text"], message.body)
        [link] = [v for v in sent["params"][0].values() if v.endswith(".pdf")]
        self.assertTrue(link.startswith(f"{message.link_id.token}/"))
        self.assertLessEqual(len(link.partition("/")[2]), 20)

    def test_button_brings_a_hold_and_events_move_the_message(self):
        message = self.reminded(self.customer())
        self.receive(self.twilio, 2)
        button = {"title": "Ya pagué", "payload": "PAID"}
        self.reply(
            message.partner_id,
            button=button,
            context_message_id=message.provider_message_uid,
        )
        self.receive(self.twilio)
        self.run_cron("apply")

        self.assertEqual(message.state, "delivered")
        hold = self.env["cobranza.hold"].search(
            [("move_id", "in", message.move_ids.ids)]
        )
        self.assertTrue(hold)

    def test_message_without_a_pdf_fails_before_it_leaves(self):
        message = self.queued(self.customer())
        message.write({"is_prepared": False, "document_checksum": False})

        message._cobranza_upload_documents()

        self.assertEqual((message.state, message.reason), ("failed", "pdf_failed"))

    def review(self, status):
        for content in self.emulator.control("GET", "/templates")["templates"]:
            if "sid" in content:
                path = f"/templates/{content['sid']}"
                self.emulator.control("POST", path, {"status": status})

    def test_rejected_content_sends_nothing(self):
        self.review("rejected")
        self.addCleanup(self.review, "approved")
        versions = self.env["cobranza.template.version"].search(
            [("account_id", "=", self.twilio.id)]
        )
        versions.template_id.action_refresh_status()

        self.assertEqual(set(versions.mapped("status")), {"rejected"})
        customer = self.customer()
        self.make_invoice(customer)
        self.remind()
        self.assertEqual(self.ledger(customer), [])
