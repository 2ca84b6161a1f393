"""Templates of the provider: what can be taken over, and what their gaps mean."""

import dataclasses

import pytest

from odoo.addons.cobranza_whatsapp.core import template_import
from odoo.addons.cobranza_whatsapp.core.types import TemplateButton, TemplateStatus

PAGE = "https://cobros.example.com/c/"
GOOD = TemplateStatus("1", "aviso", "es_MX", "APPROVED", "UTILITY", body="Hola {{1}}.")


def code(**changes):
    template = dataclasses.replace(GOOD, **changes)
    return template_import.obstacle(template, PAGE).code


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"status": "PENDING", "header": "document"}, ""),
        ({"header": "text", "header_text": "Aviso"}, ""),
        ({"category": "MARKETING"}, "import_category"),
        ({"category": ""}, "import_category"),
        ({"status": "REJECTED"}, "import_status"),
        ({"language": "de"}, "import_language"),
        ({"body": " "}, "import_no_text"),
        ({"header": "image"}, "import_header"),
        ({"header": "text", "header_text": "Hola {{1}}"}, "import_header_variable"),
    ],
)
def test_obstacles(changes, expected):
    assert code(**changes) == expected


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ([("quick_reply", "")], ""),
        ([("url", "https://example.com")], ""),
        ([("url", PAGE + "{{1}}")], ""),
        ([("url", PAGE + "{{1}}"), ("url", PAGE + "{{1}}")], "import_link"),
        ([("url", PAGE + "x/{{1}}")], "import_link"),
        ([("url", "https://example.com/{{1}}")], "import_link"),
        ([("copy_code", "")], "import_button"),
        ([("flow", "")], "import_button"),
    ],
)
def test_buttons(buttons, expected):
    made = tuple(TemplateButton(kind, "x", url) for kind, url in buttons)
    assert code(buttons=made) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("es", "es"), ("es_MX", "es"), ("pt_BR", "pt_BR"), ("en_US", "en"), ("de", "")],
)
def test_language(language, expected):
    assert template_import.our_language(language) == expected


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ("Hola {{1}}, su factura {{2}} por {{3}} vence el {{4}}.", "1", "cliente"),
        ("Hola {{1}}, su factura {{2}} por {{3}} vence el {{4}}.", "2", "factura"),
        ("Hola {{1}}, su factura {{2}} por {{3}} vence el {{4}}.", "3", "monto"),
        ("Hola {{1}}, su factura {{2}} por {{3}} vence el {{4}}.", "4", "vencimiento"),
        ("Dear {{customer_name}}: {{amount}} is open.", "customer_name", "cliente"),
        ("Dear {{customer_name}}: {{amount}} is open.", "amount", "monto"),
        ("Sin pista {{1}}.", "1", ""),
        ("Otra cosa.", "1", ""),
    ],
)
def test_guess(body, name, expected):
    assert template_import.guess(body, name) == expected


def test_mapped_and_filled_body():
    body = "Hola {{ 1 }}, {{2}} y {{1}}."
    assert template_import.mapped_body(body, {"1": "cliente"}) == (
        "Hola {{ cliente }}, {{ 2 }} y {{ cliente }}."
    )
    assert template_import.filled(body, {"1": "Ana {{2}}"}) == (
        "Hola Ana {{2}}, [2] y Ana {{2}}."
    )


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Ya pagué", "paid"),
        ("Pagado", "paid"),
        ("Hablar con alguien", "talk"),
        ("Baja", "opt_out"),
        ("Ver detalle", ""),
    ],
)
def test_meaning_of_a_button(label, expected):
    assert template_import.meaning(label) == expected
