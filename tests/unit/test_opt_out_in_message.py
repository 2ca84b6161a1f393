"""The way out in each message: whose law wants it, and which text has one."""

from dataclasses import replace

import contact_cases
import pytest
import test_rules
from lxml import etree

from odoo.addons.cobranza_whatsapp.core import limits, rules, text_lint

SEEDS = {
    record.get("id"): "\n".join(
        field.text or "" for field in record if field.get("name") in ("body", "footer")
    )
    for path in sorted((contact_cases.ADDON / "data").glob("cobranza_template*.xml"))
    for record in etree.parse(path).iter("record")
    if record.get("model") == "cobranza.template"
}
DEMANDING = {"CO", "US", "US-NYC", "US-MA"}


def ask(code, text):
    permitted = replace(
        test_rules.ONE_A_DAY,
        opt_out_in_message=contact_cases.limits_of(code).opt_out_in_message,
    )
    return rules.decide(
        test_rules.situation(limits=permitted, has_opt_out=text_lint.has_opt_out(text))
    )


def test_laws_that_want_a_way_out():
    found = {c for c, law in contact_cases.LAWS.items() if law.law.opt_out_in_message}

    assert found == {
        c for c, law in contact_cases.LAWS.items() if law.opt_out_in_message
    }
    assert {"CO", "US"} <= found <= DEMANDING


@pytest.mark.parametrize("code", sorted(contact_cases.LAWS))
def test_every_seed_passes_every_policy(code):
    assert len(SEEDS) >= 90

    assert {n for n, text in SEEDS.items() if ask(code, text).outcome != "allowed"} == (
        set()
    )


@pytest.mark.parametrize("code", sorted(contact_cases.LAWS))
def test_text_without_a_way_out(code):
    wanted = contact_cases.LAWS[code].opt_out_in_message
    expected = rules.Decision("refused", "no_opt_out")

    found = ask(code, "Hola {{ cliente }}, su factura vence hoy.")

    assert found == (expected if wanted else rules.Decision("allowed"))


@pytest.mark.parametrize(
    "text",
    [
        "Responda BAJA para no recibir más avisos",
        "responde baja y listo",
        "Envíe la palabra baja",
        "BAJA para no recibir avisos",
        "Reply STOP to opt out",
        "text stop",
        "Responda SAIR",
        "Para darse de baja llámenos",
        "No más avisos: https://acme.example/baja",
        "https://acme.example/unsubscribe?x=1",
    ],
)
def test_way_out(text):
    assert text_lint.has_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hola",
        "La tasa más baja del mercado",
        "Un servicio non-stop",
        "Hola {{ BAJA }}",
        "Ver y pagar: https://acme.example/c/XXXX",
    ],
)
def test_no_way_out(text):
    assert not text_lint.has_opt_out(text)


def test_own_policy_can_only_ask_for_more():
    asks = limits.Limits(test_rules.ONE_A_DAY.windows, opt_out_in_message=True)
    silent = replace(asks, opt_out_in_message=False)

    assert limits.narrower(asks, silent).opt_out_in_message
    assert limits.narrower(silent, asks).opt_out_in_message
    assert not limits.narrower(silent, silent).opt_out_in_message
