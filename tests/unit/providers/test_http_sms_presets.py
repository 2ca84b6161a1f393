"""The gateways whose words we bring along: what leaves, what their answers mean."""

import dataclasses

import pytest
import wire
from contract import BODY, UUID, make_message

from odoo.addons.cobranza_whatsapp.core.providers.http_sms import HttpSms
from odoo.addons.cobranza_whatsapp.core.providers.http_sms_presets import (
    LABSMOBILE,
    PRESET_NAMES,
    PRESETS,
    SMS_MASIVOS,
)
from odoo.addons.cobranza_whatsapp.core.providers.http_sms_settings import (
    HttpSmsSettings,
    problems,
)
from odoo.addons.cobranza_whatsapp.core.types import Credentials

from emulator.validation import check_request

MESSAGE = make_message(channel="sms")


def provider_at(url, preset):
    return HttpSms(
        Credentials(
            base_url=url,
            account_uid="shop",
            api_token="key",
            sender="SHOP",
            options=preset,
        )
    )


def assert_described(received, dialect):
    """Hold a request against what the emulator knows of the gateway."""
    path = f"/sms-gateway/{dialect}{received.path}"
    assert check_request("POST", path, received.headers, received.body) == []


@pytest.mark.parametrize("name", PRESETS)
def test_presets_hold_only_known_options_without_problems(name):
    preset = dict(PRESETS[name])
    url = preset.pop("base_url")

    assert set(preset) <= {f.name for f in dataclasses.fields(HttpSmsSettings)}
    assert problems(url, HttpSmsSettings.from_options(preset)) == []
    assert url.startswith("https://")


def test_every_preset_has_a_name():
    assert set(PRESET_NAMES) == set(PRESETS)


def test_sms_masivos(server):
    provider = provider_at(server.url + "/sms/send", SMS_MASIVOS)
    server.reply(
        wire.answer(200, {"success": True, "message": "ok"}),
        wire.answer(200, {"success": False, "code": "auth_03", "message": "no"}),
    )

    first, second = (provider.send(MESSAGE) for _ in range(2))

    assert (first.status, first.provider_message_uid) == ("accepted", UUID)
    assert second.failure.error_class == "hold"
    received = server.requests[0]
    assert_described(received, "smsmasivos")
    assert received.headers["apikey"] == "key"
    assert received.form == {
        "message": "Hola Maria: su factura FAC/2026/0012 vencio.",
        "numbers": "5555010123",
        "country_code": "52",
        "lang": "es",
    }


def test_labsmobile(server):
    provider = provider_at(server.url + "/json/send", LABSMOBILE)
    subid = UUID.replace("-", "")[:20]
    server.reply(
        wire.answer(200, {"subid": subid, "code": "0", "message": "sent"}),
        wire.answer(200, {"code": "35", "message": "no credit"}),
        wire.answer(200, {"code": 0, "credits": "12.5"}),
    )

    first, second = (provider.send(MESSAGE) for _ in range(2))

    assert (first.status, first.provider_message_uid) == ("accepted", subid)
    assert (second.failure.error_class, second.failure.code) == ("hold", "35")
    assert_described(server.requests[0], "labsmobile")
    assert server.requests[0].json["message"] == BODY
    assert server.requests[0].json["tpoa"] == "SHOP"
    assert all(item.passed for item in provider.test_connection())
    assert server.requests[-1].path == "/json/balance"
