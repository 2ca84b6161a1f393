"""Addresses, headers and bodies with ``{placeholders}``; no value breaks out.

A template is taken apart first and each piece is filled on its own: whatever a value
holds (quotes, ``&``, line breaks, braces), it stays a value. Values are never looked at
for placeholders again.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

BodyKind = Literal["none", "json", "form"]
BODY_KINDS: tuple[BodyKind, ...] = ("none", "json", "form")

_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_MAX_DEPTH = 20


class PlaceholderError(ValueError):
    """A template that cannot be filled. ``code`` is a stable word, ``value`` its cause.

    Codes: unknown_placeholder, host, not_json, header.
    """

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(f"{code} {value}".strip())
        self.code = code
        self.value = value


def names_in(template: str) -> set[str]:
    """Return the placeholders of a template."""
    return set(_PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into one piece of text. Raises PlaceholderError."""

    def value(match: re.Match[str]) -> str:
        try:
            return values[match[1]]
        except KeyError:
            raise PlaceholderError("unknown_placeholder", match[0]) from None

    return _PLACEHOLDER.sub(value, template)


def address(template: str, values: Mapping[str, str]) -> str:
    """Fill path and query of an address; every value is percent-encoded.

    The host takes no placeholders. Raises PlaceholderError.
    """
    try:
        parts = urlsplit(template)
    except ValueError:
        return template  # whoever calls it says so
    if names_in(f"{parts.scheme}{parts.netloc}"):
        raise PlaceholderError("host", parts.netloc)
    encoded = {name: quote(value, safe="") for name, value in values.items()}
    path, query = fill(parts.path, encoded), fill(parts.query, encoded)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def headers(template: str, values: Mapping[str, str]) -> dict[str, str]:
    """Fill lines ``Name: value``. Raises PlaceholderError for a line that is none."""
    found = {}
    for line in filter(str.strip, template.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not _HEADER_NAME.fullmatch(name.strip()):
            raise PlaceholderError("header", name.strip()[:40])
        found[name.strip()] = fill(value.strip(), values)
    return found


def form(template: str, values: Mapping[str, str]) -> dict[str, str]:
    """Fill ``name=value`` pairs, one a line or joined by &. Raises PlaceholderError."""
    found = {}
    for pair in filter(str.strip, re.split(r"[&\n]", template)):
        name, _, value = pair.partition("=")
        found[name.strip()] = fill(value.strip(), values)
    return found


def json_object(template: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Fill the texts of a JSON object. Raises PlaceholderError."""
    try:
        content = json.loads(template)
    except (ValueError, RecursionError):
        raise PlaceholderError("not_json") from None
    if not isinstance(content, dict):
        raise PlaceholderError("not_json")
    filled: dict[str, Any] = _fill_json(content, values, 0)
    return filled


def _fill_json(value: Any, values: Mapping[str, str], depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise PlaceholderError("not_json")
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_fill_json(one, values, depth + 1) for one in value]
    if isinstance(value, dict):
        return {name: _fill_json(v, values, depth + 1) for name, v in value.items()}
    return value
