"""Templates of gateways, and the rules that read their answers."""

import time

import pytest

from odoo.addons.cobranza_whatsapp.core.providers import answers, placeholders
from odoo.addons.cobranza_whatsapp.core.providers.http_sms_settings import (
    HttpSmsSettings,
    problems,
)
from odoo.addons.cobranza_whatsapp.core.providers.placeholders import PlaceholderError

VALUES = {"number": "52", "text": "a b", "token": "t{number}&x=1"}
GOOD = {"body": '{"a": "{text}"}', "success_path": "a"}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("https://h/{number}/x?t={text}", "https://h/52/x?t=a%20b"),
        ("https://h/x?k={token}", "https://h/x?k=t%7Bnumber%7D%26x%3D1"),
        ("https://h/x#{text}", "https://h/x"),
        ("nowhere", "nowhere"),
        ("http://[", "http://["),
    ],
)
def test_address(template, filled):
    assert placeholders.address(template, VALUES) == filled


def test_address_of_another_host_cannot_be_chosen_by_a_value():
    with pytest.raises(PlaceholderError, match="host"):
        placeholders.address("https://{number}.example.com/", VALUES)


def test_values_are_not_filled_again():
    found = placeholders.json_object('{"k": ["{token}", {"n": "{number}"}]}', VALUES)

    assert found == {"k": ["t{number}&x=1", {"n": "52"}]}


def test_deep_json_is_refused():
    deep = '{"a":' * 50 + "1" + "}" * 50

    with pytest.raises(PlaceholderError, match="not_json"):
        placeholders.json_object(deep, VALUES)


@pytest.mark.parametrize("line", ["no colon", "A B: x", ": x", "Ñ: x"])
def test_lines_that_are_no_header(line):
    with pytest.raises(PlaceholderError, match="header"):
        placeholders.headers(line, VALUES)


# --- settings -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "options", "code"),
    [
        ("https://h/send", {}, None),
        ("https://h/send?x={numero}", {}, "unknown_placeholder"),
        ("https://{user}/send", {}, "host"),
        ("https://h/{text}", {}, "text_in_path"),
        ("https://h/", {"body": "{text}"}, "not_json"),
        ("https://h/", {"body": "[]"}, "not_json"),
        ("https://h/", {"headers": "X: {text}"}, "unknown_placeholder"),
        ("https://h/", {"headers": "X"}, "header"),
        ("https://h/", {"success_path": ""}, "missing_path"),
        ("https://h/", {"success": "pattern", "success_value": "("}, "unsafe_pattern"),
        ("https://h/", {"failure_pattern": "(a+)+"}, "unsafe_pattern"),
        ("https://h/", {"error_classes": "35 = stop"}, "unknown_class"),
        ("https://h/", {"statuses": "OK = arrived"}, "unknown_state"),
        ("https://h/", {"report_status_path": "status"}, "missing_proof_name"),
        ("https://h/", {"check_address": "/{text}"}, "unknown_placeholder"),
    ],
)
def test_problems_of_settings(url, options, code):
    settings = HttpSmsSettings.from_options({**GOOD, **options})
    if options.get("success_path") == "":
        settings = HttpSmsSettings.from_options({"body": GOOD["body"]})

    found = problems(url, settings)

    assert [one for one, _value in found] == ([code] if code else [])


# --- answers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", "1"),
        ("b.0.c", "true"),
        ("b.1", "x"),
        ("b.2", None),
        ("b.-1", None),
        ("b", None),
        ("d", "null"),
        ("missing", None),
        ("a.b", None),
        ("", None),
        ("b.99999", None),
    ],
)
def test_value_at(path, value):
    content = {"a": 1, "b": [{"c": True}, "x"], "d": None}

    assert answers.value_at(content, path) == value


@pytest.mark.parametrize(
    "pattern",
    [
        "^OK",
        r"^OK:? ?([0-9]+)",
        r"id=[\w-]{1,36}",
        "(?:OK|SENT)",
        r"\d+",
        "[]]",
        "a{3}",
    ],
)
def test_safe_patterns(pattern):
    assert answers.is_safe_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "a?a?a?a?aaaa",
        r"(a)\1",
        "(?=a)",
        "(?<=a)b",
        "(?P<x>a)",
        "(",
        "[",
        "a**",
        "a{1,9999}",
        "a{99999999999}",
        "x" * 201,
        "(a)(b)(c)(d)",
    ],
)
def test_unsafe_patterns(pattern):
    assert not answers.is_safe_pattern(pattern)
    assert answers.search(pattern, "aaaa") is None


@pytest.mark.parametrize("pattern", [r"\w*\w*\w*!", "[a-z]*[a-y]*[a-x]*!", ".+.+.+!"])
def test_worst_safe_pattern_ends_within_a_second(pattern):
    assert answers.is_safe_pattern(pattern)
    started = time.monotonic()

    assert answers.search(pattern, "a" * 100_000) is None

    assert time.monotonic() - started < 2


def test_tables():
    assert answers.table("A = b\n\n=c\nd=\n E=F = G") == {"a": "b", "e": "f = g"}
    assert answers.error_classes("1 = hold\n2 = nothing") == {"1": "hold"}
