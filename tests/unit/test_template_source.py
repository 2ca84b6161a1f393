"""Which sources are refused, with which word and on which line, and how fast."""

import time

import pytest

from odoo.addons.cobranza_whatsapp.core import rendering, template_source
from odoo.addons.cobranza_whatsapp.core.errors import TemplateError

JINJA_KINDS = ("sms", "email", "text")


def refusal(source, kind="sms"):
    with pytest.raises(TemplateError) as caught:
        rendering.validate(source, kind)
    return caught.value.code, caught.value.line, caught.value.value


# --- what a hostile or careless author may try ------------------------------------

HOSTILE = {
    "dunder": ("{{ cliente.__class__ }}", "not_allowed", "."),
    "dunder chain": (
        "{{ cliente.__class__.__mro__[1].__subclasses__() }}",
        "not_allowed",
        ".",
    ),
    "attribute": ("{{ cliente.upper }}", "not_allowed", "."),
    "attribute filter": (
        "{{ cliente|attr('__class__') }}",
        "unknown_filter",
        "attr",
    ),
    "item": ("{{ cliente['__class__'] }}", "not_allowed", "["),
    "slice": ("{{ cliente[0:5] }}", "not_allowed", "["),
    "call": ("{{ cliente() }}", "not_allowed", "call"),
    "call of unknown": ("{{ open('x') }}", "not_allowed", "call"),
    "range": ("{{ range(999999999) }}", "not_allowed", "call"),
    "lipsum": ("{{ lipsum }}", "unknown_variable", "lipsum"),
    "cycler": ("{{ cycler }}", "unknown_variable", "cycler"),
    "self": ("{{ self }}", "unknown_variable", "self"),
    "super": ("{{ super() }}", "not_allowed", "call"),
    "odoo record": ("{{ object }}", "unknown_variable", "object"),
    "environment": ("{{ env }}", "unknown_variable", "env"),
    "import of a dunder": ("{{ __import__ }}", "unknown_variable", "__import__"),
    "folding bomb": ("{{ 9**(9**9) }}", "not_allowed", "**"),
    "folding bomb in if": ("{% if 9**9**9 %}x{% endif %}", "not_allowed", "**"),
    "folding bomb in argument": (
        "{{ cliente|truncate(9**9) }}",
        "not_allowed",
        "**",
    ),
    "text multiplied": ("{{ 'x'*10000000 }}", "not_allowed", "*"),
    "text multiplied in default": (
        "{{ cliente|default('x'*9) }}",
        "not_allowed",
        "*",
    ),
    "sum": ("{{ 1 + 1 }}", "not_allowed", "+"),
    "minus": ("{{ -1 }}", "not_allowed", "-"),
    "many minus": ("{{ " + "-" * 3000 + "1 }}", "not_allowed", "-"),
    "format operator": ("{{ '%s' % cliente }}", "not_allowed", "%"),
    "concatenation": ("{{ cliente ~ empresa }}", "not_allowed", "~"),
    "list": ("{{ [1, 2] }}", "not_allowed", "["),
    "dict": ("{{ {'a': 1} }}", "not_allowed", "{"),
    "tuple": ("{{ (cliente, empresa) }}", "not_allowed", "tuple"),
    "membership": ("{{ 'x' in cliente }}", "bad_comparison", "in"),
    "test": ("{{ cliente is defined }}", "not_allowed", "test"),
    "for": ("{% for x in cliente %}x{% endfor %}", "not_allowed", "for"),
    "for without end": ("{% for x in range(9) %}", "not_allowed", "for"),
    "include": ("{% include '/etc/passwd' %}", "not_allowed", "include"),
    "import": ("{% import 'os' as os %}", "not_allowed", "import"),
    "from": ("{% from 'os' import system %}", "not_allowed", "from"),
    "extends": ("{% extends 'base' %}", "not_allowed", "extends"),
    "block": ("{% block a %}{% endblock %}", "not_allowed", "block"),
    "set": ("{% set cliente = 'x' %}", "not_allowed", "set"),
    "with": ("{% with a=1 %}{% endwith %}", "not_allowed", "with"),
    "macro": ("{% macro a() %}{% endmacro %}", "not_allowed", "macro"),
    "call block": ("{% call a() %}{% endcall %}", "not_allowed", "call"),
    "filter block": ("{% filter upper %}a{% endfilter %}", "not_allowed", "filter"),
    "autoescape": (
        "{% autoescape true %}{% endautoescape %}",
        "not_allowed",
        "autoescape",
    ),
    "unknown tag": ("{% evil %}", "not_allowed", "evil"),
    "empty tag": ("{% %}", "not_allowed", "%}"),
    "raw": ("{% raw %}{{ cliente }}{% endraw %}", "not_allowed", "{% raw %}"),
    "comment": ("Hola {# secreto #}", "not_allowed", "{#"),
    "semicolon": ("{{ cliente; empresa }}", "not_allowed", ";"),
    "keyword argument": (
        "{{ cliente|default(value='x') }}",
        "not_allowed",
        "=",
    ),
    "variable argument": ("{{ cliente|default(empresa) }}", "bad_argument", "default"),
    "star argument": ("{{ cliente|default(*empresa) }}", "not_allowed", "*"),
    "too many arguments": ("{{ cliente|upper('x') }}", "bad_argument", "upper"),
    "argument of wrong type": (
        "{{ cliente|truncate('9') }}",
        "bad_argument",
        "truncate",
    ),
    "number as default": ("{{ cliente|default(5) }}", "bad_argument", "default"),
    "truncate below its ellipsis": (
        "{{ cliente|truncate(2) }}",
        "bad_argument",
        "truncate",
    ),
    "truncate below its own ellipsis": (
        "{{ cliente|truncate(5, true, '......') }}",
        "bad_argument",
        "truncate",
    ),
    "huge truncate": ("{{ cliente|truncate(1000000000) }}", "bad_argument", "int"),
    "huge literal": ("{{ " + "9" * 4000 + " }}", "bad_argument", "int"),
    "huge exponent": ("{{ 1e999999999 }}", "bad_argument", "float"),
    "long text literal": ("{{ '" + "x" * 500 + "' }}", "bad_argument", "str"),
    "none": ("{{ none }}", "bad_argument", "NoneType"),
    "unknown filter": ("{{ cliente|safe }}", "unknown_filter", "safe"),
    "format filter": ("{{ cliente|format('x') }}", "unknown_filter", "format"),
    "center bomb": ("{{ cliente|center(4000) }}", "unknown_filter", "center"),
    "if without else": ("{{ 'a' if cliente }}", "missing_else", ""),
    "number with text": ("{{ dias_vencidos == '8' }}", "bad_comparison", "eq"),
    "text with number": ("{{ cliente == 8 }}", "bad_comparison", "eq"),
    "text by order": ("{{ cliente < 'M' }}", "bad_comparison", "lt"),
    "null byte": ("Hola \x00 {{ cliente }}", "control_characters", "U+0000"),
    "escape": ("Hola \x1b[2J", "control_characters", "U+001B"),
    "right-to-left override": ("Hola \u202e{{ cliente }}", "control_characters", None),
    "zero width space": ("Ho\u200bla", "control_characters", "U+200B"),
    "lone surrogate": ("Ho\ud800la", "control_characters", "U+D800"),
    "nested parentheses": (
        "{{ " + "(" * 2000 + "cliente" + ")" * 2000 + " }}",
        "too_complex",
        "",
    ),
    "nested parentheses beyond the size": (
        "{{ " + "(" * 10_000 + "cliente" + ")" * 10_000 + " }}",
        "too_long",
        "20013",
    ),
    "many not": ("{{ " + "not " * 1000 + "cliente }}", "too_complex", ""),
    "nested if": (
        "{% if cliente %}" * 100 + "x" + "{% endif %}" * 100,
        "too_complex",
        "",
    ),
    "many conditions": (
        "{{ " + "cliente if cliente else " * 100 + "cliente }}",
        "too_complex",
        "",
    ),
    "filter chain": ("{{ cliente" + "|upper" * 600 + " }}", "too_complex", ""),
    "many pieces": ("{{ 1 }}" * 500, "too_complex", ""),
    "underscored digits": ("{{ " + "1_" * 2000 + " }}", "syntax", None),
    "open braces": ("{{ " * 1300, "not_allowed", "{"),
    "open tag": ("Hola {{ cliente", "syntax", "Hola {{ cliente"),
    "empty print": ("Hola {{ }}", "syntax", "Hola {{ }}"),
    "open if": ("{% if cliente %}Hola", "syntax", "{% if cliente %}Hola"),
    "unbalanced": ("Hola {{ (cliente }}", "syntax", None),
    "bad text literal": ("{{ 'a }}", "syntax", "{{ 'a }}"),
    "empty text": ("{{ '' }}", "empty", ""),
    "nothing": ("", "empty", ""),
    "blank": (" \n\t ", "empty", ""),
    "only a tag": ("{% if 1 %} {% endif %}", "empty", ""),
    "unknown variable": ("Hola {{ clinte }}", "unknown_variable", "clinte"),
    "variable of another case": ("{{ Cliente }}", "unknown_variable", "Cliente"),
    "true as a variable of ours": ("x {{ loop }}", "unknown_variable", "loop"),
}


@pytest.mark.parametrize("kind", JINJA_KINDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_hostile_source_fast(name, kind):
    source, code, value = HOSTILE[name]
    start = time.process_time()

    found = refusal(source, kind)

    assert time.process_time() - start < 0.1
    assert found[:2] == (code, 1)
    assert value is None or found[2] == value


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_hostile_source_in_a_whatsapp_body_too(name):
    source, _, _ = HOSTILE[name]
    start = time.process_time()

    refusal(f"Hola {source} adios", "whatsapp") if source.strip() else refusal(source)

    assert time.process_time() - start < 0.1


@pytest.mark.parametrize("name", HOSTILE)
def test_never_compiles_what_it_refuses(name, monkeypatch):
    def explode(*args, **kwargs):
        raise AssertionError("compiled a source that was not checked")

    monkeypatch.setattr(template_source._Environment, "compile", explode)
    monkeypatch.setattr(template_source._Environment, "_generate", explode)

    refusal(HOSTILE[name][0])


NAMES = frozenset(rendering.VARIABLES)
TREE_CODES = ("not_allowed", "bad_argument", "syntax", "too_complex")


def test_tree_check_alone_refuses_what_the_token_check_would_let_through(monkeypatch):
    monkeypatch.setattr(template_source, "_check_tokens", lambda source, kind: None)

    for name, (source, code, _) in HOSTILE.items():
        if code == "not_allowed" and name not in ("comment", "raw", "empty tag"):
            with pytest.raises(TemplateError) as caught:
                template_source.parse(source, "sms", NAMES, frozenset())
            assert caught.value.code in TREE_CODES, name


def test_overflow_of_the_parser_is_a_refusal(monkeypatch):
    monkeypatch.setattr(template_source, "_check_tokens", lambda source, kind: None)

    assert refusal("{{ " + "(" * 1900 + "1" + ")" * 1900 + " }}")[0] == "too_complex"


@pytest.mark.parametrize("line", [1, 2, 7])
@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ clinte }}", "unknown_variable"),
        ("{{ cliente|safe }}", "unknown_filter"),
        ("{{ cliente.x }}", "not_allowed"),
        ("{{ cliente is none }}", "not_allowed"),
        ("{% set x = 1 %}", "not_allowed"),
        ("{{ }}", "syntax"),
        ("a \x07 b", "control_characters"),
    ],
)
def test_names_the_line_of_the_fault(line, source, code):
    found = refusal("Hola\n" * (line - 1) + source + "\nadios")

    assert found[:2] == (code, line)


def test_source_of_exactly_the_limit_is_accepted():
    rendering.validate("x" * 1600, "sms")
    rendering.validate("x" * 4096, "text")

    assert refusal("x" * 4097, "text") == ("too_long", 1, "4097")


def test_the_limit_of_tokens_leaves_room_for_real_templates():
    rendering.validate("{{ cliente }} " * 100, "text")


def test_nests_up_to_the_limit_are_accepted():
    deep = template_source.MAX_NESTING

    rendering.validate("{{ " + "(" * deep + "cliente" + ")" * deep + " }}", "sms")
    rendering.validate("{% if cliente %}" * deep + "x" + "{% endif %}" * deep, "sms")

    assert refusal("{{ " + "(" * (deep + 1) + "cliente")[0] == "too_complex"


# --- what is allowed --------------------------------------------------------------


@pytest.mark.parametrize("kind", JINJA_KINDS)
@pytest.mark.parametrize(
    "source",
    [
        "Hola",
        "Hola {{ cliente }}",
        "Hola {{- cliente -}} .",
        "{{ cliente|upper }} {{ cliente|lower|title }} {{ cliente|trim|capitalize }}",
        "{{ saldo_a_favor|default('nada', true) }}",
        "{{ facturas|truncate(30) }} {{ facturas|truncate(30, true, '') }}",
        "{% if saldo_a_favor %}a{% elif contacto %}b{% else %}c{% endif %}",
        "{{ 'una' if numero_facturas == 1 else 'varias' }} facturas",
        "{% if 1 < dias_vencidos <= 30 and not saldo_a_favor %}x{% endif %}",
        "{% if moneda == 'USD' or moneda != 'MXN' %}x{% endif %}",
        "{% if moneda|lower == 'usd' %}x{% endif %}",
        "{% if dias_vencidos >= dias_para_vencer %}x{% endif %}",
        "{{ contacto or responsable }}",
        "Precio: 5 % y { llaves } sueltas # y más",
        "Familia 👨‍👩‍👧 y tab\taquí\r\nfin",
    ],
)
def test_accepts(source, kind):
    rendering.validate(source, kind)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("Hola", ()),
        ("{{ total }} {{ cliente }} {{ total }}", ("total", "cliente")),
        ("{{ empresa if cliente else factura }}", ("empresa", "cliente", "factura")),
        ("{% if cliente %}{{ empresa }}{% endif %}", ("cliente", "empresa")),
        ("{{ cliente|default('x')|upper }}", ("cliente",)),
    ],
)
def test_variables_come_by_first_appearance(source, names):
    assert rendering.variables_in(source, "text") == names
