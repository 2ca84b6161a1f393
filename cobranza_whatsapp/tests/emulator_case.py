"""Real HTTP clients against the emulator, which runs in a thread of the test."""

from unittest.mock import patch
from urllib.parse import parse_qsl

from ..core.types import WebhookRequest
from .checkout import unit_module
from .common import CobranzaCase


class EmulatorCase(CobranzaCase):
    """Real HTTP clients against the emulator, whose webhooks land in a mailbox.

    The emulator lives as long as the class: tests use customers of their own.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = unit_module("emulator/emulator_client.py")
        cls.wait_for = staticmethod(client.wait_for)
        cls.emulator = cls.enterClassContext(client.running_emulator())
        cls.mailbox = client.Receiver()
        cls.addClassCleanup(cls.mailbox.close)
        cls.whatsapp = cls.make_account(
            "whatsapp",
            provider="whatsapp_cloud",
            phone_number_uid=client.PHONE_ID,
            business_account_uid=client.WABA_ID,
            app_uid=client.APP_ID,
            api_token=client.TOKEN,
            signing_secret=client.SECRET,
            base_url=f"{cls.emulator.url}/graph",
            public_url=cls.mailbox.url,
        )
        cls.sms = cls.make_account(
            "sms",
            provider="twilio",
            account_uid=client.SID,
            sender=client.SMS_FROM,
            api_token=client.AUTH,
            base_url=f"{cls.emulator.url}/twilio",
            public_url=cls.mailbox.url,
        )
        cls.emulator.setup_meta(
            webhook_url=cls.whatsapp.webhook_url,
            verify_token=cls.whatsapp.verify_token,
            verify=False,
            auto_approve=True,
        )
        cls.emulator.setup_twilio(webhook_url=cls.sms.webhook_url)
        cls._approve_templates()

    @classmethod
    def _approve_templates(cls):
        templates = cls.env["cobranza.template"].search([("channel", "=", "whatsapp")])
        templates.action_create_at_provider()

        def approved():
            templates.action_refresh_status()
            return set(templates.version_ids.mapped("status")) == {"approved"}

        cls.wait_for(approved, seconds=10)

    def setUp(self):
        super().setUp()
        self.mailbox.posts.clear()
        self.emulator.control("DELETE", "/faults")
        self.emulator.control("DELETE", "/violations")

    def tearDown(self):
        violations = self.emulator.control("GET", "/violations")["violations"]
        self.assertEqual(violations, [])
        super().tearDown()

    def only_the_provider(self):
        """Let a connection test ask the provider alone: our own side is a mailbox."""
        model = self.registry["cobranza.account"]
        self.startPatcher(patch.object(model, "_cobranza_own_checks", lambda _self: []))

    def fault(self, kind, **values):
        """Make the emulator fail its next call so."""
        self.emulator.control("POST", "/faults", {"kind": kind, "count": 1, **values})

    @classmethod
    def make_whatsapp_gateway(cls):
        """Return an account at a gateway like 360dialog, in the place of Meta's."""
        cls.whatsapp.active = False
        gateway = cls.make_account(
            "whatsapp",
            provider="whatsapp_gateway",
            base_url=f"{cls.emulator.url}/d360",
            public_url=cls.mailbox.url,
            api_token="d360-key",
            signing_secret="our-secret",
            webhook_header="X-Our-Secret",
        )
        cls.emulator.setup_meta(
            phone_number_id="1066",
            waba_id="2002",
            access_token="EAAgateway",
            display_phone_number="525500000066",
            gateway_key="d360-key",
        )
        sample = "/cobranza/pdf/sample/ejemplo.pdf"
        cls.mailbox.files[sample] = ("application/pdf", b"%PDF-1.4 sample")
        gateway.action_register_webhook()
        cls._approve_templates()
        return gateway

    def ledger(self, customer):
        """Return what the provider accepted for a customer, oldest first."""
        number = customer._cobranza_recipient()["number"].lstrip("+")
        return self.emulator.control("GET", f"/ledger?to={number}")["messages"]

    def calls(self, operation):
        """Return the calls of one kind that the provider has seen."""
        seen = self.emulator.control("GET", "/requests")["requests"]
        return [call for call in seen if call["operation"] == operation]

    def reply(self, customer, text="", channel="whatsapp", **values):
        """Write to us from the customer's telephone."""
        number = customer._cobranza_recipient()["number"].lstrip("+")
        body = {"channel": channel, "text": text, **values}
        return self.emulator.control("POST", f"/phones/{number}/reply", body)

    def receive(self, account, count=1):
        """Wait for webhooks and store their events, as the controller does."""
        self.wait_for(lambda: len(self.mailbox.posts) >= count, seconds=10)
        posts = self.mailbox.posts[:]
        self.mailbox.posts.clear()
        provider = account._cobranza_provider()
        for post in posts:
            request = self._webhook_request(post)
            provider.verify(request)
            self.env["cobranza.event"]._cobranza_ingest(
                account, provider.split(request)
            )

    def _webhook_request(self, post):
        headers = {name.lower(): value for name, value in post["headers"].items()}
        form = ()
        if "form" in headers.get("content-type", ""):
            form = tuple(parse_qsl(post["raw"].decode(), keep_blank_values=True))
        return WebhookRequest(
            method="POST",
            url=f"{self.mailbox.url}{post['path']}",
            headers=headers,
            body=b"" if form else post["raw"],
            form=form,
        )
