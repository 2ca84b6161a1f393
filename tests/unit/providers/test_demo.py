"""The demo provider: everything but a network."""

import dataclasses
import hashlib
import hmac
import json

import pytest
from contract import UUID, WebhookContract, make_message
from contract_cases import check_result, runs

from odoo.addons.cobranza_whatsapp.core.providers.demo import Demo
from odoo.addons.cobranza_whatsapp.core.types import TemplateDefinition, WebhookRequest


def event(**fields):
    return {"events": [{"id": "demo-1", "uuid": UUID, **fields}]}


class TestDemo(WebhookContract):
    provider_class = Demo
    not_applicable = {
        "connection_refused": "It has no network.",
        "timeout_before": "It has no network.",
        "timeout_after": "It has no network; `fail:uncertain` plays its outcome.",
        "reset_after": "It has no network; `fail:uncertain` plays its outcome.",
        "garbage_answer": "It has no network, so nobody answers.",
    }
    signature_header = "x-demo-signature"
    status = event(status="delivered", at="2026-11-23T16:20:00+00:00")
    next_status = event(status="read")
    unknown_status = event(status="teleported")
    message_in = {"events": [{"id": "in-1", "from": "+525555010123", "text": "Baja"}]}
    malformed_bodies = (
        b"",
        b"[]",
        b'{"events": [3]}',
        b'{"events": [{}]}',
        b"[" * 99999,
    )

    def signed(self, content, secret):
        return self.malformed(json.dumps(content).encode(), secret)

    def malformed(self, body, secret):
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-demo-signature": digest}
        return WebhookRequest("POST", "https://erp.example.com/x", headers, body)

    def tampered(self, request):
        return dataclasses.replace(request, body=request.body + b" ")

    @runs("accepted")
    def test_accepts_with_an_id_that_follows_from_the_message(self):
        first, second = (self.make().send(make_message()) for _ in range(2))

        check_result("accepted", first)
        assert first == second
        assert first.provider_message_uid == f"demo-{UUID}"

    def test_tells_before_it_pretends_to_write(self):
        called = []

        self.make().send(make_message(), lambda: called.append(1))

        assert called == [1]

    @runs("error_codes", "unknown_error_code")
    @pytest.mark.parametrize("code", [*Demo.ERROR_CODES, "nonsense"])
    def test_fails_as_it_is_told(self, code):
        result = self.make(sender=f"fail:{code}").send(make_message(channel="sms"))

        expected = "uncertain" if code == "uncertain" else "rejected"
        assert result.status == expected
        assert result.failure.code == code
        assert result.failure.error_class == ("fix" if code == "nonsense" else code)

    def test_same_file_has_the_same_media_id(self):
        provider = self.make()

        uids = {provider.upload_media(b"%PDF", name) for name in ("a.pdf", "b.pdf")}

        assert len(uids) == 1

    def test_templates_are_approved_at_once(self):
        definition = TemplateDefinition("hola", "es", "Hola {{ cliente }}.", {})

        status = self.make().create_template(definition)

        assert (status.status, status.parameter_names) == ("APPROVED", ("cliente",))
        assert self.make().list_templates() == []

    def test_connection_always_works(self):
        assert all(item.passed for item in self.make().test_connection())
