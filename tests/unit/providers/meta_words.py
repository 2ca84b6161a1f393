"""Meta's words for the contract, also of gateways that speak like the Cloud API."""

import dataclasses
import hashlib
import hmac

from payload_files import escaped, load

from odoo.addons.cobranza_whatsapp.core.types import WebhookRequest

WAMID = "wamid.HBgNNTIxNTU1NTAxMDEyMxUCABEYEjA0QkQ3RjQ1RDhFQzA3QkU2RQA="


def with_status(word, **more):
    content = load("whatsapp_cloud/status_delivered")
    status = content["entry"][0]["changes"][0]["value"]["statuses"][0]
    status.update(status=word, **more)
    return content


class MetaWords:
    """Answers, errors, webhooks and signatures as Meta writes them."""

    accepted = (200, load("whatsapp_cloud/send_accepted"), WAMID)
    retry_code = "130429"
    signature_header = "x-hub-signature-256"
    status = load("whatsapp_cloud/status_delivered")
    next_status = load("whatsapp_cloud/status_read")
    unknown_status = with_status("teleported")
    message_in = load("whatsapp_cloud/message_text")
    malformed_bodies = (
        b"",
        b"hello",
        b"[]",
        b"null",
        b'{"entry": 3}',
        b'{"entry": [3]}',
        b'{"entry": [{"changes": [null]}]}',
        b'{"entry": [{"changes": [{"field": "messages", "value": {}}]}]}',
        b'{"entry": [{"changes": [{"field": 1, "value": {}}]}]}',
        b'{"entry": [{"changes": [{"field": "messages", "value": '
        b'{"statuses": [{"status": "sent"}]}}]}]}',
        b'{"entry": NaN}',
        b'{"entry": "\xff"}',
        b"[" * 100_000,
    )

    def error_body(self, code):
        details = {"messaging_product": "whatsapp", "details": "what went wrong"}
        return {
            "error": {
                "message": f"(#{code}) Something",
                "type": "OAuthException",
                "code": int(code),
                "error_data": details,
                "fbtrace_id": "AbCdEf",
            }
        }

    def signed(self, content, secret):
        return self.malformed(escaped(content), secret)

    def malformed(self, body, secret):
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return WebhookRequest(
            method="POST",
            url="https://erp.example.com/cobranza/webhook/tok",
            headers={"x-hub-signature-256": f"sha256={digest}"},
            body=body,
        )

    def tampered(self, request):
        body = request.body.replace(b"delivered", b"read")
        assert body != request.body
        return dataclasses.replace(request, body=body)
