"""Every request to the providers keeps to their own descriptions."""

import json

import pytest
import requests
from servers import Emulator

ACCOUNT = {
    "provider": "meta",
    "phone_number_id": "1065",
    "waba_id": "2001",
    "app_id": "3001",
    "app_secret": "made-up-secret",
    "access_token": "made-up-token",
    "display_phone_number": "525500000000",
    "verified_name": "Empresa",
}


@pytest.fixture
def another_emulator(settings, folder):
    """Run an emulator for wrong requests, which the stories' own must not see."""
    program = Emulator(settings, folder, "emulator-of-wrong-requests")
    try:
        program.start()
        program.post("accounts", ACCOUNT)
        yield program
    finally:
        program.stop()


def test_all_kinds_of_requests_of_the_collection_were_valid(collected, emulator):
    operations = {
        (one["provider"], one["operation"])
        for one in emulator.get("requests")["requests"]
        if one["status"] == 200 or one["status"] == 201
    }

    assert {
        ("meta", "templates"),
        ("meta", "media"),
        ("meta", "messages"),
        ("twilio", "messages"),
    } <= operations
    assert emulator.violations() == []


@pytest.mark.parametrize("is_wrong", [False, True])
def test_template_message_without_language_is_refused_and_recorded(
    another_emulator, is_wrong
):
    template = {"name": "recordatorio", "language": {"code": "es"}}
    if is_wrong:
        del template["language"]

    answer = requests.post(
        f"{another_emulator.url}/graph/v23.0/1065/messages",
        json={
            "messaging_product": "whatsapp",
            "to": "525512340001",
            "type": "template",
            "template": template,
        },
        headers={"Authorization": "Bearer made-up-token"},
        timeout=10,
    )

    # Without the mistake there is another one, but no broken rule: no such template.
    assert answer.status_code in (400, 404)
    errors = [json.dumps(one["errors"]) for one in another_emulator.violations()]
    assert ["language" in text for text in errors] == [True] * is_wrong
    assert another_emulator.sent() == []
