"""What comes out of a template, and what never may."""

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import rendering
from odoo.addons.cobranza_whatsapp.core.errors import TemplateError
from odoo.addons.cobranza_whatsapp.core.rendering import VARIABLES

EXAMPLES = {name: variable.example for name, variable in VARIABLES.items()}
HOSTILE_VALUES = [
    "{{ empresa }}",
    "{% if x %}",
    "{# nota #}",
    "}} {{ 9**9 }}",
    "{{ ''.__class__ }}",
    "<script>alert('x')</script>",
    'O\'Brien & Hijos "La Única"',
    "100 % {0} %s $1 \\1 \\n",
    "Zoë 👨‍👩‍👧 Ñandú",
]


def render(source, kind="text", **values):
    return rendering.render(source, {**EXAMPLES, **values}, kind)


def failure(source, kind="text", **values):
    with pytest.raises(TemplateError) as caught:
        render(source, kind, **values)
    return caught.value.code, caught.value.line, caught.value.value


# --- the variables ----------------------------------------------------------------


def test_variables_are_the_ones_that_clerks_know():
    assert set(VARIABLES) == {
        "cliente",
        "deudor",
        "empresa",
        "rfc_empresa",
        "factura",
        "facturas",
        "numero_facturas",
        "monto",
        "total",
        "vencimiento",
        "dias_vencidos",
        "dias_para_vencer",
        "enlace",
        "contacto",
        "saldo_a_favor",
        "moneda",
        "responsable",
    }


@pytest.mark.parametrize("name", VARIABLES)
def test_variable_can_be_a_meta_parameter_and_has_an_example(name):
    variable = VARIABLES[name]

    assert re.fullmatch("[a-z0-9_]{1,20}", name)
    assert variable.example == rendering.parameter_text(variable.example) != "-"
    assert variable.description[0].isupper()
    assert "\n" not in variable.description


def test_variables_cannot_be_changed():
    with pytest.raises(TypeError):
        VARIABLES["otra"] = rendering.Variable("", "")


# --- rendering --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("Hola {{ cliente }}.", {"cliente": "Ana"}, "Hola Ana."),
        ("{{ cliente|upper }}", {"cliente": "ñandú"}, "ÑANDÚ"),
        ("{{ cliente|lower }}", {"cliente": "ANA"}, "ana"),
        ("{{ cliente|title }}", {"cliente": "ana pérez"}, "Ana Pérez"),
        ("{{ cliente|capitalize }}", {"cliente": "ANA"}, "Ana"),
        ("[{{ cliente|trim }}]", {"cliente": "  Ana "}, "[Ana]"),
        ("{{ cliente|truncate(6, true) }}", {"cliente": "Anastasia"}, "Ana..."),
        ("{{ contacto|default('-', true) }}", {"contacto": ""}, "-"),
        ("{{ contacto or responsable }}", {"contacto": "", "responsable": "L"}, "L"),
        ("a{% if saldo_a_favor %}b{% endif %}", {"saldo_a_favor": ""}, "a"),
        ("a{% if saldo_a_favor %}b{% endif %}", {"saldo_a_favor": "$1"}, "ab"),
        ("a{% if not saldo_a_favor %}b{% endif %}", {"saldo_a_favor": ""}, "ab"),
        ("{{ 'a' if moneda == 'USD' else 'b' }}", {"moneda": "USD"}, "a"),
        ("{{ 'a' if moneda == 'USD' else 'b' }}", {"moneda": "MXN"}, "b"),
        ("{{ 'a' if moneda != 'USD' else 'b' }}", {"moneda": "MXN"}, "a"),
        ("a\n{% if cliente %}\nb\n{% endif %}\nc", {}, "a\nb\nc"),
        ("a\r\nb\n", {}, "a\nb\n"),
        ("{{ cliente -}}   .", {"cliente": "Ana"}, "Ana."),
    ],
)
def test_renders(source, values, expected):
    assert render(source, **values) == expected


@pytest.mark.parametrize(
    ("condition", "days", "expected"),
    [
        ("dias_vencidos > 7", "8", True),
        ("dias_vencidos > 7", "7", False),
        ("dias_vencidos >= 7", "7", True),
        ("dias_vencidos < 10", "9", True),
        ("dias_vencidos < 10", "10", False),
        ("dias_vencidos <= 10", "10", True),
        ("dias_vencidos <= 10", "11", False),
        ("dias_vencidos == 1", "1", True),
        ("dias_vencidos == 1", "11", False),
        ("dias_vencidos != 1", "1", False),
        ("dias_vencidos != 1", "2", True),
        ("7 < dias_vencidos", "10", True),
        ("1 <= dias_vencidos < 10", "10", False),
        ("dias_vencidos", "0", False),
        ("dias_vencidos", "5", True),
        ("not dias_vencidos", "0", True),
        ("dias_vencidos > dias_para_vencer", "30", True),
        ("dias_vencidos > dias_para_vencer", "2", False),
    ],
)
def test_numbers_compare_as_numbers_not_as_text(condition, days, expected):
    source = f"{{% if {condition} %}}si{{% else %}}no{{% endif %}}"

    found = render(source, dias_vencidos=days, dias_para_vencer="3")

    assert found == ("si" if expected else "no")


def test_number_is_shown_as_it_was_formatted():
    assert render("{{ dias_vencidos }}|{{ dias_vencidos|upper }}") == "8|8"


def test_number_text_refuses_to_compare_with_anything_else():
    with pytest.raises(ValueError, match="not a whole number"):
        rendering._NumberText("8").__gt__(None)


def test_number_text_is_a_key_like_its_text():
    assert hash(rendering._NumberText("8")) == hash("8")


@pytest.mark.parametrize("kind", ["sms", "email", "text"])
@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_values_come_out_as_they_went_in(value, kind):
    assert render("Hola {{ cliente }}.", kind, cliente=value) == f"Hola {value}."


@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_values_come_out_as_they_went_in_by_whatsapp(value):
    assert render("Hola {{ cliente }}.", "whatsapp", cliente=value) == f"Hola {value}."


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_value_comes_out_as_it_went_in(value):
    assert render("[{{ cliente }}]", cliente=value) == f"[{value}]"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_value_can_never_become_part_of_the_template(value):
    found = render("{{ cliente }}{{ empresa }}", cliente=value + "{{", empresa="}}")

    assert found == value + "{{}}"


# --- refusals at rendering time ---------------------------------------------------


class Text(str):
    """A text that could carry behaviour."""


@pytest.mark.parametrize(
    "value", [None, 5, 5.0, True, b"Ana", ["Ana"], object(), Text("Ana")]
)
def test_refuses_values_that_are_not_plain_text(value):
    assert failure("Hola\n{{ cliente }}", cliente=value) == ("bad_value", 2, "cliente")


def test_refuses_a_value_beyond_all_measure():
    assert failure("{{ cliente }}", cliente="x" * 4097)[0] == "bad_value"


def test_does_not_look_at_values_that_the_template_does_not_name():
    assert render("Hola", cliente=None) == "Hola"
    assert rendering.render("Hola", {}, "sms") == "Hola"


def test_refuses_a_missing_value_with_its_line():
    with pytest.raises(TemplateError) as caught:
        rendering.render("Hola\n\n{{ total }}", {"cliente": "Ana"}, "sms")

    assert (caught.value.code, caught.value.line) == ("missing_value", 3)
    assert caught.value.value == "total"


@pytest.mark.parametrize("value", ["", "ocho", "8.5", "1,000"])
def test_refuses_a_comparison_with_what_is_no_number(value):
    source = "{% if dias_vencidos > 7 %}x{% endif %}"

    assert failure(source, dias_vencidos=value) == ("bad_value", 1, "dias_vencidos")


def test_refuses_a_text_filter_on_a_truth_value():
    assert failure("a {{ (cliente == 'x')|truncate(5) }}")[0] == "bad_argument"


def test_refuses_an_unchecked_source():
    assert failure("{{ 9**9 }}")[0] == "not_allowed"
    assert failure("{{ nada }}")[0] == "unknown_variable"


@pytest.mark.parametrize(
    ("kind", "limit"), [("sms", 1600), ("email", 4096), ("text", 4096)]
)
def test_output_is_capped(kind, limit):
    assert len(render("{{ cliente }}", kind, cliente="x" * limit)) == limit

    found = failure("{{ cliente }}a", kind, cliente="x" * limit)

    assert found == ("too_long_output", 1, str(limit))


def test_whatsapp_output_is_capped_at_a_template_body():
    body = "Hola {{ cliente }}."

    assert len(render(body, "whatsapp", cliente="x" * 1018)) == 1024
    assert failure(body, "whatsapp", cliente="x" * 1019)[0] == "too_long_output"


def test_stops_before_a_huge_output_is_built():
    start = time.process_time()

    found = failure("{{ cliente }}" * 200, cliente="x" * 4096)

    assert found[0] == "too_long_output"
    assert time.process_time() - start < 0.1


def test_validation_looks_at_the_length_with_the_examples():
    rendering.validate("x" * 1600, "sms")

    with pytest.raises(TemplateError) as caught:
        rendering.validate("x" * 1590 + "{{ cliente }}", "sms")

    assert caught.value.code == "too_long_output"


# --- WhatsApp ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ana", "Ana"),
        ("", "-"),
        ("   ", "-"),
        ("\n\t", "-"),
        ("\u200b\u200e", "-"),
        ("Ana\nPérez", "Ana Pérez"),
        ("Ana\r\n\tPérez", "Ana Pérez"),
        ("Ana     Pérez", "Ana Pérez"),
        ("  Ana  ", "Ana"),
        ("$\u00a01,234.00", "$ 1,234.00"),
        ("1\u202f234", "1 234"),
        ("Ana\u2028Pérez", "Ana Pérez"),
        ("An\u200ba", "Ana"),
        ("\ufeffAna", "Ana"),
        ("\u202eanA", "anA"),
        ("\u2066Ana\u2069", "Ana"),
        ("A\u00adna", "Ana"),
        ("A\x00n\x1ba\x7f", "Ana"),
        ("A\ud800na", "Ana"),
        ("Ana \u200b Pérez", "Ana Pérez"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("A\u200dna", "Ana"),
        ("❤️‍🔥 ¡Hola!", "❤️‍🔥 ¡Hola!"),
        ("Ñandú & Cía. <b>", "Ñandú & Cía. <b>"),
    ],
)
def test_parameter_text(value, expected):
    assert rendering.parameter_text(value) == expected


@settings(max_examples=500, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_parameter_text_always_suits_meta(value):
    text = rendering.parameter_text(value)

    assert text.strip() == text != ""
    assert not re.search(r"[\n\t\r]|  ", text)
    assert not {unicodedata.category(char) for char in text} & {"Cc", "Cs", "Zl", "Zp"}
    assert rendering.parameter_text(text) == text
    text.encode()


def test_parameters_come_named_once_and_in_order():
    body = (
        "Hola {{ cliente }}, debe {{ total }}: {{ facturas }}. Gracias {{ cliente }}."
    )

    found = rendering.parameters(
        body, {"cliente": " Ana\n", "total": "$\u00a05", "facturas": "", "moneda": "x"}
    )

    assert found == (("cliente", "Ana"), ("total", "$ 5"), ("facturas", "-"))


def test_parameters_refuse_what_rendering_refuses():
    with pytest.raises(TemplateError, match="missing_value total"):
        rendering.parameters("Debe {{ total }}.", {})
    with pytest.raises(TemplateError, match="bad_value total"):
        rendering.parameters("Debe {{ total }}.", {"total": 5})
    with pytest.raises(TemplateError, match="not_allowed"):
        rendering.parameters("a {% if total %}b{% endif %}", EXAMPLES)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(VARIABLES)), st.text(max_size=40)))
def test_whatsapp_text_is_the_body_with_the_parameters_put_in(values):
    body = "Hola {{cliente}}, {{ empresa }}: {{ total }} y {{cliente }}.\n\nAdiós ."
    filled = {**EXAMPLES, **values}

    text = rendering.render(body, filled, "whatsapp")

    texts = dict(rendering.parameters(body, filled))
    expected = re.sub(r"{{ *(\w+) *}}", lambda name: texts[name[1]], body)
    assert text == expected


# --- the list of invoices ---------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "limit", "expected"),
    [
        ([], 5, ""),
        (["A1"], 5, "A1"),
        (["A1", "A2"], 5, "A1, A2"),
        (["A1", "A2", "A3", "A4", "A5"], 5, "A1, A2, A3, A4, A5"),
        (
            ["A1", "A2", "A3", "A4", "A5", "A6"],
            5,
            "A1, A2, A3, A4, A5 y 1 más",
        ),
        ([f"A{n}" for n in range(1, 31)], 2, "A1, A2 y 28 más"),
        (["A\n1", "A\t2"], 5, "A 1, A 2"),
        (["{count}", "A2"], 1, "{count} y 1 más"),
    ],
)
def test_invoice_list(items, limit, expected):
    found = rendering.invoice_list(items, and_more="y {count} más", limit=limit)

    assert found == expected


def test_invoice_list_shows_five_by_default():
    found = rendering.invoice_list("ABCDEFG", and_more="e mais {count}")

    assert found == "A, B, C, D, E e mais 2"


# --- cost -------------------------------------------------------------------------


def test_rendering_again_costs_microseconds():
    source = "Hola {{ cliente }}{% if dias_vencidos > 7 %}, tarde{% endif %}."
    render(source)
    start = time.process_time()

    for _ in range(200):
        render(source)

    assert (time.process_time() - start) / 200 < 0.001
