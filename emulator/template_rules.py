"""Meta's rules for new templates (reference/providers.md 1.4)."""

import re

from .meta_errors import MetaError
from .models import Json

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
NAME = re.compile(r"[a-z0-9_]{1,512}")
PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
BODY_LIMIT, HEADER_LIMIT, FOOTER_LIMIT, LABEL_LIMIT = 1024, 60, 60, 25
BUTTON_LIMIT, URL_BUTTON_LIMIT, URL_LIMIT = 10, 2, 2000
# Meta does not publish the ratio of 2388293; this catches a text without words.
WORDS_PER_VARIABLE = 1


def variables(text: str) -> list[str]:
    """Return the names (or numbers) of the variables, in order, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text or "")))


def refuse(subcode: int, reason: str) -> MetaError:
    """Return the refusal of a template with Meta's subcode."""
    return MetaError(100, reason, subcode=subcode, user_message=reason)


def check_new_template(body: Json, handles: Json) -> None:
    """Refuse a template that Meta would not accept for review.

    :param handles: header handles given out by uploads.
    """
    if not NAME.fullmatch(str(body.get("name", ""))):
        raise refuse(2388023, "Template name: lower-case letters, digits and _ only")
    named = str(body.get("parameter_format", "POSITIONAL")).upper() == "NAMED"
    check_components(body["components"], named, handles)


def check_components(components: list[Json], named: bool, handles: Json) -> None:
    """Refuse components that break a rule."""
    kinds = [one["type"] for one in components]
    if len(set(kinds)) != len(kinds):
        raise refuse(2388299, "Each component type may appear once")
    if "BODY" not in kinds:
        raise refuse(2388042, "A template needs a BODY component")
    for one in components:
        if one["type"] == "HEADER":
            _check_header(one, named, handles)
        elif one["type"] == "BODY":
            _check_body(one, named)
        elif one["type"] == "FOOTER":
            _check_footer(one)
        elif one["type"] == "BUTTONS":
            _check_buttons(one["buttons"])


def _check_header(header: Json, named: bool, handles: Json) -> None:
    example = header.get("example", {})
    if header["format"] in {"DOCUMENT", "IMAGE", "VIDEO"}:
        given = example.get("header_handle") or []
        if not given:
            raise refuse(2388273, "A media header needs a sample (header_handle)")
        known = handles.get(given[0])
        if known is None:
            raise refuse(2388273, "The sample's header_handle is not known")
        if header["format"] == "DOCUMENT" and known["type"] != "application/pdf":
            raise refuse(2388273, "The sample of a document header must be a PDF")
        return
    if header["format"] != "TEXT":
        return
    text = header.get("text", "")
    if len(text) > HEADER_LIMIT or "\n" in text:
        raise refuse(2388047, f"Header: one line of at most {HEADER_LIMIT} characters")
    found = variables(text)
    if len(found) > 1:
        raise refuse(2388047, "Header: at most one variable")
    _check_variables(found, named)
    samples = "header_text_named_params" if named else "header_text"
    if found and not example.get(samples):
        raise refuse(2388043, f"Header: the variable needs an example ({samples})")


def _check_body(body: Json, named: bool) -> None:
    text = body["text"]
    if len(text) > BODY_LIMIT:
        raise refuse(2388040, f"Body: at most {BODY_LIMIT} characters")
    stripped = text.strip()
    if re.match(VARIABLE, stripped) or re.search(VARIABLE.pattern + r"$", stripped):
        raise refuse(2388299, "Body: a variable cannot stand first or last")
    found = variables(text)
    _check_variables(found, named)
    words = len(VARIABLE.sub(" ", text).split())
    if found and words <= len(found) * WORDS_PER_VARIABLE:
        raise refuse(2388293, "Body: too many variables for so short a text")
    _check_body_examples(body.get("example", {}), found, named)


def _check_body_examples(example: Json, found: list[str], named: bool) -> None:
    if not found:
        return
    if named:
        given = {
            one["param_name"]: one["example"]
            for one in example.get("body_text_named_params", [])
        }
        missing = [name for name in found if not given.get(name)]
        if missing or set(given) - set(found):
            raise refuse(2388043, f"Body: examples do not match the variables {found}")
        return
    rows = example.get("body_text") or [[]]
    if len(rows[0]) != len(found):
        raise refuse(2388043, f"Body: {len(found)} examples are needed (body_text)")


def _check_variables(found: list[str], named: bool) -> None:
    if named:
        wrong = [name for name in found if not PARAMETER_NAME.fullmatch(name)]
        if wrong:
            raise refuse(
                2388047, f"Variable names: at most 20 of a-z, 0-9 and _: {wrong}"
            )
    elif found != [str(number) for number in range(1, len(found) + 1)]:
        raise refuse(2388047, f"Variables must be {{{{1}}}}, {{{{2}}}}…: {found}")


def _check_footer(footer: Json) -> None:
    if len(footer["text"]) > FOOTER_LIMIT or variables(footer["text"]):
        raise refuse(2388073, f"Footer: at most {FOOTER_LIMIT}, without variables")


def _check_buttons(buttons: list[Json]) -> None:
    kinds = [one["type"] for one in buttons]
    if len(buttons) > BUTTON_LIMIT or kinds.count("URL") > URL_BUTTON_LIMIT:
        raise refuse(2388060, "At most 10 buttons, of them at most 2 URL buttons")
    quick = [place for place, kind in enumerate(kinds) if kind == "QUICK_REPLY"]
    if quick and quick != list(range(quick[0], quick[0] + len(quick))):
        raise refuse(2388060, "Quick reply buttons must stand together")
    for one in buttons:
        if len(one["text"]) > LABEL_LIMIT or variables(one["text"]):
            raise refuse(2388060, f"Button text: at most {LABEL_LIMIT}, no variables")
        if one["type"] == "URL":
            _check_url(one)


def _check_url(button: Json) -> None:
    url = button.get("url", "")
    if not url or len(url) > URL_LIMIT:
        raise refuse(2388060, f"URL button: a URL of at most {URL_LIMIT} characters")
    found = variables(url)
    if not found:
        return
    if found != ["1"] or not url.rstrip().endswith("{{1}}"):
        raise refuse(2388060, "URL button: one variable {{1}}, at the very end")
    if not button.get("example"):
        raise refuse(2388060, "URL button: the variable needs an example")
