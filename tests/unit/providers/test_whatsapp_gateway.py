"""Gateways that speak like the Cloud API: the contract, the key, the webhooks."""

import dataclasses

import pytest
import wire
from contract import WireContract
from meta_words import WAMID, MetaWords
from payload_files import load

from odoo.addons.cobranza_whatsapp.core.errors import ProviderError, SignatureError
from odoo.addons.cobranza_whatsapp.core.providers.whatsapp_gateway import (
    WhatsAppGateway,
)
from odoo.addons.cobranza_whatsapp.core.types import (
    Document,
    TemplateCall,
    TemplateDefinition,
)

WEBHOOK = "https://erp.example.com/cobranza/webhook/tok"
DEFINITION = TemplateDefinition(
    name="recordatorio_1",
    language="es",
    body="Hola {{ cliente }}, gracias.",
    examples={"cliente": "María"},
    sample_pdf=b"%PDF-1.4",
    document_url="https://erp.example.com/cobranza/pdf/",
    document_example="sample/ejemplo.pdf",
)


class TestWhatsAppGateway(MetaWords, WireContract):
    provider_class = WhatsAppGateway
    # The contract's test of .netrc looks at this header.
    credentials = {
        "api_token": "key-of-the-gateway",
        "options": {"auth_header": "Authorization", "auth_prefix": "Bearer"},
    }

    def with_options(self, url="", **options):
        return self.make(base_url=url, options=options)

    # --- requests -----------------------------------------------------------------

    def test_sends_without_version_and_number(self, server, provider):
        server.reply(wire.answer(201, load("whatsapp_cloud/send_accepted")))
        call = TemplateCall("recordatorio", "es", document=Document("a.pdf", "77"))

        result = provider.send(self.outgoing(template=call))

        assert (result.status, result.provider_message_uid) == ("accepted", WAMID)
        [received] = server.requests
        assert (received.method, received.path) == ("POST", "/messages")
        assert received.json["to"] == "525555010123"

    @pytest.mark.parametrize(
        ("options", "header", "value"),
        [
            ({}, "d360-api-key", "key-of-the-gateway"),
            ({"auth_header": "X-Key"}, "x-key", "key-of-the-gateway"),
            (
                {"auth_header": "Authorization", "auth_prefix": "App "},
                "authorization",
                "App key-of-the-gateway",
            ),
            ({"auth_header": "X: evil\nY"}, "d360-api-key", "key-of-the-gateway"),
        ],
    )
    def test_header_of_the_key(self, server, options, header, value):
        self.with_options(server.url, **options).send(self.outgoing())

        assert server.requests[0].headers[header] == value

    def test_uploads_media(self, server, provider):
        server.reply(wire.answer(200, {"id": "99"}))

        assert provider.upload_media(b"%PDF", "a.pdf") == "99"
        assert server.requests[0].path == "/media"

    @pytest.mark.parametrize(
        ("status", "error_class"),
        [(400, "fix"), (401, "hold"), (403, "hold"), (429, "retry")],
    )
    def test_error_of_the_gateway_itself(self, server, provider, status, error_class):
        server.reply(
            wire.answer(status, {"meta": {"developer_message": "no +525555010123"}})
        )

        failure = provider.send(self.outgoing()).failure

        assert (failure.error_class, failure.http_status) == (error_class, status)
        assert failure.detail == "no +…0123"

    @pytest.mark.parametrize("status", [408, 500, 502])
    def test_error_behind_which_the_message_may_be_sent(self, server, provider, status):
        server.reply(wire.answer(status, {"meta": {"developer_message": "oops"}}))

        assert provider.send(self.outgoing()).status == "uncertain"

    # --- webhooks -----------------------------------------------------------------

    def test_webhook_proved_by_a_header_of_ours(self):
        provider = self.with_options(webhook_header="X-Our-Secret")
        signed = self.request()

        def with_headers(**headers):
            return dataclasses.replace(signed, headers=headers)

        provider.verify(with_headers(**{"x-our-secret": self.secret}))
        for headers in (
            {},
            {"x-our-secret": ""},
            {"x-our-secret": "x"},
            signed.headers,
        ):
            with pytest.raises(SignatureError):
                provider.verify(with_headers(**headers))

    def test_header_without_a_secret_proves_nothing(self):
        provider = self.make(signing_secret="", options={"webhook_header": "X-Our"})

        with pytest.raises(SignatureError):
            provider.verify(dataclasses.replace(self.request(), headers={"x-our": ""}))

    def test_registers_the_webhook(self, server):
        provider = self.with_options(server.url, webhook_header="X-Our-Secret")

        provider.register_webhook(WEBHOOK)

        [received] = server.requests
        assert (received.method, received.path) == ("POST", "/v1/configs/webhook")
        assert received.json == {
            "url": WEBHOOK,
            "headers": {"X-Our-Secret": self.secret},
        }

    def test_webhook_that_the_gateway_refuses(self, server, provider):
        server.reply(
            wire.answer(401, {"meta": {"developer_message": "Invalid api_key"}})
        )

        with pytest.raises(ProviderError, match="Invalid api_key"):
            provider.register_webhook(WEBHOOK)

    # --- templates ----------------------------------------------------------------

    def test_creates_a_template_with_a_sample_by_link(self, server, provider):
        server.reply(wire.answer(201, {"id": "5", "status": "submitted"}))

        created = provider.create_template(DEFINITION)

        assert (created.uid, created.status) == ("5", "SUBMITTED")
        assert created.name == "recordatorio_1"
        [received] = server.requests
        assert received.path == "/v1/configs/templates"
        header = received.json["components"][0]
        sample = "https://erp.example.com/cobranza/pdf/sample/ejemplo.pdf"
        assert header["example"] == {"header_handle": [sample]}

    @pytest.mark.parametrize("name", ["waba_templates", "data"])
    def test_lists_templates(self, server, provider, name):
        row = {"id": 7, "name": "a", "language": "es", "status": "approved"}
        server.reply(wire.answer(200, {name: [row, None]}))

        [found] = provider.list_templates()

        assert (found.uid, found.name, found.status) == ("7", "a", "APPROVED")

    def test_follows_the_pages_of_templates(self, server, provider):
        row = {"id": 7, "name": "a", "language": "es", "status": "approved"}
        page = {"waba_templates": [row, row], "total": 3}
        last = {"waba_templates": [row], "total": 3}
        server.reply(wire.answer(200, page), wire.answer(200, last))

        assert len(provider.list_templates()) == 3
        assert [one.query for one in server.requests] == [{}, {"offset": "2"}]

    # --- connection test ----------------------------------------------------------

    def test_connection_works(self, server):
        server.reply(
            wire.answer(200, {"url": WEBHOOK}), wire.answer(200, {"waba_templates": []})
        )

        assert all(passed for _code, passed in self.checks(server.url))
        paths = [one.path for one in server.requests]
        assert paths == ["/v1/configs/webhook", "/v1/configs/templates"]

    def test_connection_names_a_wrong_key_and_a_missing_webhook(self, server):
        server.reply(
            wire.answer(401, {"meta": {"developer_message": "Invalid api_key"}})
        )
        assert self.checks(server.url)[-1] == ("token", False)

        server.reply(wire.answer(200, {"url": ""}))
        assert ("webhook_address", False) in self.checks(server.url)
