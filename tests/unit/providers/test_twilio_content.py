"""Twilio's Content templates: what is created, what is sent, what is read back."""

import pytest
import wire
from payload_files import content_errors

from odoo.addons.cobranza_whatsapp.core.errors import ProviderError
from odoo.addons.cobranza_whatsapp.core.providers.twilio import Twilio
from odoo.addons.cobranza_whatsapp.core.providers.twilio_content import (
    APPROVALS,
    content_payload,
    content_variables,
)
from odoo.addons.cobranza_whatsapp.core.types import (
    Credentials,
    Document,
    TemplateCall,
    TemplateDefinition,
)

UID = "HX" + "0" * 32
PDF = "https://erp.example.com/cobranza/pdf/"
DEFINITION = TemplateDefinition(
    name="recordatorio_1",
    language="es",
    body="Hola {{ cliente }}, su factura {{factura}} venció. Gracias, {{ cliente }}.",
    examples={"cliente": "María", "factura": "FAC/2026/0012"},
    footer="Responda BAJA",
    url_label="Ver y pagar",
    url="https://erp.example.com/c/",
    url_example="https://erp.example.com/c/abc123",
    quick_replies=("Ya pagué", "Hablar con alguien"),
    document_url=PDF,
    document_example="sample/ejemplo.pdf",
)


@pytest.fixture
def provider(server):
    return Twilio(
        Credentials(
            base_url=server.url, account_uid="AC" + "0" * 32, api_token="auth-token"
        )
    )


def test_card_with_everything():
    payload = content_payload(DEFINITION)

    assert content_errors(payload) == []
    assert payload == {
        "friendly_name": "recordatorio_1",
        "language": "es",
        "variables": {
            "1": "María",
            "2": "FAC/2026/0012",
            "3": "abc123",
            "4": "sample/ejemplo.pdf",
        },
        "types": {
            "whatsapp/card": {
                "body": "Hola {{1}}, su factura {{2}} venció. Gracias, {{1}}.",
                "footer": "Responda BAJA",
                "media": [PDF + "{{4}}"],
                "actions": [
                    {
                        "type": "URL",
                        "title": "Ver y pagar",
                        "url": "https://erp.example.com/c/{{3}}",
                    },
                    {"type": "QUICK_REPLY", "title": "Ya pagué", "id": "PAID"},
                    {
                        "type": "QUICK_REPLY",
                        "title": "Hablar con alguien",
                        "id": "TALK",
                    },
                ],
            }
        },
    }


def test_description_refuses_a_wrong_card():
    payload = content_payload(DEFINITION)
    payload["types"]["whatsapp/card"]["actions"][0]["type"] = "LINK"

    assert content_errors(payload)


def test_variables_of_a_message_follow_those_of_the_card():
    call = TemplateCall(
        "recordatorio_1",
        "es",
        (("cliente", "Ana"), ("factura", "F 1")),
        document=Document("F-1.pdf", link=f"{PDF}k3J9/F-1.pdf"),
        button_token="k3J9",
        uid=UID,
    )

    assert content_variables(call) == {
        "1": "Ana",
        "2": "F 1",
        "3": "k3J9",
        "4": "k3J9/F-1.pdf",
    }


def test_creates_and_asks_for_approval(server, provider):
    server.reply(
        wire.answer(201, {"sid": UID}),
        wire.answer(201, {"category": "UTILITY", "status": "received"}),
    )

    created = provider.create_template(DEFINITION)

    assert (created.uid, created.name, created.status) == (
        UID,
        "recordatorio_1",
        "PENDING",
    )
    first, second = server.requests
    assert first.path == "/v1/Content"
    assert second.path == f"/v1/Content/{UID}/ApprovalRequests/whatsapp"
    assert second.json == {"name": "recordatorio_1", "category": "UTILITY"}


def test_content_without_an_approval_is_removed(server, provider):
    server.reply(
        wire.answer(201, {"sid": UID}),
        wire.answer(400, {"code": 20001, "message": "bad name", "status": 400}),
        wire.answer(204, b""),
    )

    with pytest.raises(ProviderError, match="bad name"):
        provider.create_template(DEFINITION)

    removed = server.requests[-1]
    assert (removed.method, removed.path) == ("DELETE", f"/v1/Content/{UID}")


@pytest.mark.parametrize("sid", [None, "", "HX1", "../x", 7])
def test_senseless_id_of_a_content(server, provider, sid):
    server.reply(wire.answer(201, {"sid": sid}))

    with pytest.raises(ProviderError, match="unexpected_answer"):
        provider.create_template(DEFINITION)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("word", "status"), [*APPROVALS.items(), ("new", "NEW")])
def test_lists_contents_with_their_approval(server, provider, word, status):
    row = {
        "sid": UID,
        "friendly_name": "a",
        "language": "es",
        "variables": {"1": "x"},
        "approval_requests": {
            "status": word,
            "category": "UTILITY",
            "rejection_reason": "why",
        },
    }
    server.reply(wire.answer(200, {"contents": [row, None], "meta": {}}))

    [found] = provider.list_templates()

    assert (found.uid, found.name, found.status) == (UID, "a", status)
    assert (found.category, found.rejected_reason) == ("UTILITY", "why")


def test_follows_pages_but_never_to_another_host(server, provider):
    link = "https://evil.example.com/v1/x?PageSize=100&PageToken=t2"
    server.reply(
        wire.answer(200, {"contents": [], "meta": {"next_page_url": link}}),
        wire.answer(200, {"contents": [], "meta": {"next_page_url": None}}),
    )

    assert provider.list_templates() == []

    first, second = server.requests
    assert first.path == second.path == "/v1/ContentAndApprovals"
    assert second.query == {"PageSize": "100", "PageToken": "t2"}


def test_same_page_for_ever_ends(server, provider):
    link = f"{server.url}/x?PageSize=100"
    server.reply(wire.answer(200, {"contents": [], "meta": {"next_page_url": link}}))

    assert provider.list_templates() == []
    assert len(server.requests) == 1


def test_own_host_of_the_content_api():
    provider = Twilio(Credentials(base_url=""))

    call = provider._content_call("GET", "Content")

    assert call.url == "https://content.twilio.com/v1/Content"
