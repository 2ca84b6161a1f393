"""Filling a template with the parameters of a send (reference/providers.md 1.2)."""

import re
from typing import Any

from .meta_errors import MetaError
from .models import Json, Template
from .template_rules import BODY_LIMIT, HEADER_LIMIT, VARIABLE, variables

FORBIDDEN_IN_PARAMETER = re.compile(r"[\n\r\t]| {5,}")


def check_sendable(template: Template | None, name: str, language: str) -> Template:
    """Return the template if it may be sent, else raise the code for its status."""
    if template is None:
        raise MetaError(132001, f"template name ({name}) does not exist in {language}")
    if template.status == "PAUSED":
        raise MetaError(132015, f"template {name} is paused for low quality")
    if template.status == "DISABLED":
        raise MetaError(132016, f"template {name} is disabled")
    if template.status != "APPROVED":
        raise MetaError(
            132001, f"template {name} ({language}) is {template.status}, not approved"
        )
    return template


def rendered(template: Template, components: list[Json]) -> Json:
    """Fill a template with the parameters sent; raise what Meta would answer.

    :return: ``text``, ``header_text``, ``header_media``, ``footer``, ``buttons``.
    """
    given: dict[str, list[Json]] = {"header": [], "body": [], "button": []}
    for one in components:
        given[one["type"]].append(one)
    for kind in ("header", "body"):
        if len(given[kind]) > 1:
            raise MetaError(132000, f"{kind}: given more than once")
    for one in components:
        for parameter in one["parameters"]:
            _check_parameter_text(parameter.get("text", ""))
    named = template.parameter_format.upper() == "NAMED"
    header = _fill_header(template, given["header"], named)
    body = template.component("BODY") or {"text": ""}
    parameters = given["body"][0]["parameters"] if given["body"] else []
    text = fill("body", body["text"], parameters, named)
    if len(text) > BODY_LIMIT:
        raise MetaError(132005, f"body: {len(text)} characters, {BODY_LIMIT} allowed")
    footer = template.component("FOOTER") or {}
    return {
        "text": text,
        "footer": footer.get("text", ""),
        "buttons": _fill_buttons(template, given["button"]),
        **header,
    }


def _check_parameter_text(text: str) -> None:
    if FORBIDDEN_IN_PARAMETER.search(text):
        raise MetaError(
            132018,
            "Param text cannot have new-line/tab characters or more than 4"
            " consecutive spaces",
        )


def fill(kind: str, text: str, parameters: list[Json], named: bool) -> str:
    """Put parameters into a text, or raise 132000 or 132012."""
    found = variables(text)
    if len(found) != len(parameters):
        raise MetaError(
            132000,
            f"{kind}: number of localizable_params ({len(parameters)}) does not"
            f" match the expected number of params ({len(found)})",
        )
    names = [one.get("parameter_name") for one in parameters]
    if named and None in names:
        raise MetaError(132012, f"{kind}: Parameter name is missing or empty")
    if not named and any(names):
        raise MetaError(132012, f"{kind}: the template's parameters have no names")
    values: dict[str, Any] = {}
    for place, one in enumerate(parameters, 1):
        values[one["parameter_name"] if named else str(place)] = _text_of(one)
    if set(values) != set(found):
        raise MetaError(132012, f"{kind}: expected the parameters {found}, got {names}")
    return VARIABLE.sub(lambda match: values[match[1]], text)


def _text_of(parameter: Json) -> str:
    if parameter["type"] == "text":
        return str(parameter["text"])
    return str(parameter.get(parameter["type"], {}).get("fallback_value", ""))


def _fill_header(template: Template, given: list[Json], named: bool) -> Json:
    header = template.component("HEADER")
    parameters = given[0]["parameters"] if given else []
    if header is None:
        if parameters:
            raise MetaError(132000, "header: the template has no header")
        return {"header_text": "", "header_media": None}
    if header["format"] == "TEXT":
        text = fill("header", header["text"], parameters, named)
        if len(text) > HEADER_LIMIT:
            raise MetaError(132005, f"header: more than {HEADER_LIMIT} characters")
        return {"header_text": text, "header_media": None}
    wanted = header["format"].lower()
    received = parameters[0]["type"] if parameters else "unknown"
    if received != wanted:
        raise MetaError(
            132012,
            f"header: Format mismatch, expected {wanted.upper()},"
            f" received {received.upper()}",
        )
    media = {"kind": wanted, **parameters[0].get(wanted, {})}
    return {"header_text": "", "header_media": media}


def _fill_buttons(template: Template, given: list[Json]) -> list[Json]:
    by_index = {int(one["index"]): one for one in given}
    if len(by_index) < len(given):
        raise MetaError(132000, "buttons: two components for one index")
    buttons: list[Json] = []
    for place, button in enumerate(template.buttons):
        buttons.append(_fill_button(place, button, by_index.pop(place, None)))
    if by_index:
        raise MetaError(132000, f"buttons: no button at index {sorted(by_index)[0]}")
    return buttons


def _fill_button(place: int, button: Json, given: Json | None) -> Json:
    kind = button["type"].lower()
    parameter = given["parameters"][0] if given else {}
    if given and given["sub_type"] != kind:
        raise MetaError(
            132012,
            f"buttons: Button at index {place} is {kind}, not {given['sub_type']}",
        )
    filled = {"type": kind, "text": button["text"]}
    if kind == "url":
        filled["url"] = _fill_url(place, button["url"], parameter)
    elif kind == "quick_reply":
        filled["payload"] = parameter.get("payload") or button["text"]
    elif kind == "phone_number":
        filled["phone_number"] = button.get("phone_number", "")
    return filled


def _fill_url(place: int, url: str, parameter: Json) -> str:
    if not variables(url):
        if parameter:
            raise MetaError(
                132000, f"buttons: Button at index {place} takes no parameter"
            )
        return url
    if not parameter.get("text"):
        raise MetaError(
            131008,
            f"buttons: Button at index {place} of type Url requires a parameter",
        )
    return VARIABLE.sub(lambda _: parameter["text"], url)
