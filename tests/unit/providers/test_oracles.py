"""Our words against those of independent clients: twilio and pywa."""

import dataclasses
import hashlib
import hmac
import json

import pytest
from payload_files import escaped, load
from pywa.types.templates import (
    BodyText,
    Buttons,
    FooterText,
    ParamFormat,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
    URLButton,
)
from pywa.utils import webhook_updates_validator
from test_whatsapp_cloud import DEFINITION
from twilio.request_validator import RequestValidator

from odoo.addons.cobranza_whatsapp.core.errors import SignatureError
from odoo.addons.cobranza_whatsapp.core.providers import registry
from odoo.addons.cobranza_whatsapp.core.providers.whatsapp_payloads import (
    definition_payload,
)
from odoo.addons.cobranza_whatsapp.core.types import Credentials, WebhookRequest

SECRET = "an-app-secret"


class Fields(dict):
    """A form with repeated names, as web frameworks give it."""

    def getlist(self, name):
        return self[name]


def verifies(provider, request):
    try:
        provider.verify(request)
    except SignatureError:
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.com/cobranza/webhook/tok?uuid=3f1c",
        "https://erp.example.com:8443/x",
        "http://erp.example.com/x?a=1&b=%2B",
        "https://erp.example.com/ñ?q=é",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        (),
        (("Body", "¿Quién? 🎉"), ("From", "+525555010123")),
        (("B", "2"), ("A", "z"), ("A", "a"), ("A", "z")),
        tuple(load("twilio/message_whatsapp").items()),
    ],
)
def test_twilio_signs_as_we_verify(url, form):
    fields = Fields()
    for name, value in form:
        fields.setdefault(name, []).append(value)
    signature = RequestValidator(SECRET).compute_signature(url, fields)
    provider = registry.build("twilio", Credentials("", signing_secret=SECRET))
    headers = {"x-twilio-signature": signature}
    request = WebhookRequest("POST", url, headers, b"", form)

    assert verifies(provider, request)
    assert not verifies(provider, dataclasses.replace(request, url=url + "x"))


@pytest.mark.parametrize("signed_body", [True, False])
def test_pywa_agrees_on_a_signature(signed_body):
    body = escaped(load("whatsapp_cloud/batch"))
    seen = body if signed_body else body + b" "
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    header = f"sha256={digest}"
    provider = registry.build("whatsapp_cloud", Credentials("", signing_secret=SECRET))
    request = WebhookRequest("POST", "https://x", {"x-hub-signature-256": header}, seen)

    theirs = webhook_updates_validator(
        app_secret=SECRET, request_body=seen, x_hub_signature=header
    )

    assert verifies(provider, request) == theirs == signed_body


def test_pywa_creates_the_same_template():
    template = Template(
        name=DEFINITION.name,
        language=TemplateLanguage.SPANISH_MEX,
        category=TemplateCategory.UTILITY,
        parameter_format=ParamFormat.NAMED,
        message_send_ttl_seconds=43200,
        components=[
            BodyText(
                "Hola {{cliente}}, la factura {{factura}} venció. "
                "Gracias, {{cliente}}.",
                cliente="María",
                factura="FAC/2026/0012",
            ),
            FooterText(text=DEFINITION.footer),
            Buttons(
                buttons=[
                    URLButton(
                        text="Ver y pagar",
                        url="https://erp.example.com/c/{{1}}",
                        example="https://erp.example.com/c/abc123",
                    ),
                    QuickReplyButton(text="Ya pagué"),
                    QuickReplyButton(text="Hablar con alguien"),
                ]
            ),
        ],
    )
    assert json.loads(template.to_json()) == definition_payload(DEFINITION)
