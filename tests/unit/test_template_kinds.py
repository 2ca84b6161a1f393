"""WhatsApp bodies, and properties that hold for any source."""

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import rendering, template_source
from odoo.addons.cobranza_whatsapp.core.errors import TemplateError


def refusal(source, kind):
    with pytest.raises(TemplateError) as caught:
        rendering.validate(source, kind)
    return caught.value.code, caught.value.line, caught.value.value


# --- WhatsApp bodies --------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ cliente }} debe.", ("body_starts_with_variable", 1, "cliente")),
        (" \n{{ cliente }} debe.", ("body_starts_with_variable", 2, "cliente")),
        ("Debe\n{{ total }}", ("body_ends_with_variable", 2, "total")),
        ("Debe {{ total }} \n", ("body_ends_with_variable", 1, "total")),
        ("{{ cliente }} - {{ total }}", ("only_variables", 1, "")),
        ("{{ cliente }}", ("only_variables", 1, "")),
        ("...", ("only_variables", 1, "")),
        ("a {% if cliente %}b{% endif %} c", ("not_allowed", 1, "{%")),
        ("a\n{%- if cliente %}b{% endif %} c", ("not_allowed", 2, "{%-")),
        ("Hola {{- cliente }}, a", ("not_allowed", 1, "{{-")),
        ("Hola {{ cliente -}} , a", ("not_allowed", 1, "-}}")),
        ("Hola {{+ cliente }}, a", ("not_allowed", 1, "{{+")),
        ("Hola {{ cliente|upper }}, a", ("not_allowed", 1, "filter")),
        ("Hola {{ cliente or empresa }}, a", ("not_allowed", 1, "or")),
        ("Hola {{ 'x' }}, a", ("not_allowed", 1, "const")),
        ("Hola {# a #} b", ("not_allowed", 1, "{#")),
        ("Hola }} b", ("not_allowed", 1, "}}")),
        ("Hola {{ 1 }}, a", ("not_allowed", 1, "const")),
        ("Hola {{ nombre }}, a", ("unknown_variable", 1, "nombre")),
        ("x" * 1025, ("too_long_output", 1, "1024")),
        ("", ("empty", 1, "")),
    ],
)
def test_refuses_whatsapp_body(source, expected):
    assert refusal(source, "whatsapp") == expected


@pytest.mark.parametrize(
    "source",
    [
        "Hola {{ cliente }}, debe {{total}}.",
        "Hola {{cliente}} {{ empresa }}.",
        "¡{{ cliente }} debe {{ total }}!",
        "Sin variables",
        "Un {nombre} y un } suelto",
    ],
)
def test_accepts_whatsapp_body(source):
    rendering.validate(source, "whatsapp")


# --- properties -------------------------------------------------------------------

WORDS = (
    "{{ }} {% %} {# #} if elif else endif cliente total dias_vencidos upper default "
    "truncate | ( ) , == != < > not and or 'x' 5 9 ** * . [ ] ~ - + for in is range "
    "__class__ raw endraw set \n Hola"
)
PIECES = st.sampled_from(WORDS.split(" "))


@settings(max_examples=250, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_any_mix_of_pieces_is_accepted_or_refused_with_a_code(source):
    for kind in ("sms", "whatsapp"):
        try:
            rendering.validate(source, kind)
        except TemplateError as error:
            assert error.code
            assert error.line >= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join))
def test_whatever_is_accepted_holds_listed_nodes_only(source):
    try:
        rendering.validate(source, "text")
    except TemplateError:
        return

    tree = jinja2.Environment().parse(source)

    for node in tree.find_all(jinja2.nodes.Node):
        assert isinstance(node, template_source.NODES)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_accepted_or_refused_with_a_code(source):
    try:
        rendering.validate(source, "text")
    except TemplateError as error:
        assert error.code


def test_sandbox_itself_denies_attributes_and_calls():
    environment = template_source.ENVIRONMENT

    assert not environment.is_safe_attribute("x", "upper", None)
    assert not environment.is_safe_callable(str)
    assert not environment.globals
    assert set(environment.filters) == set(template_source.FILTERS)
