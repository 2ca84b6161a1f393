"""A template that exists at the provider: can it carry our reminders, and how?

Its variables are positions (``{{1}}``) or names; each stands for one of our variables.
What would send something wrong, or nothing, is refused with a code.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from .optout import said_kind
from .types import TemplateStatus

__all__ = [
    "OBSTACLES",
    "PAYLOADS",
    "Obstacle",
    "filled",
    "guess",
    "is_own_link",
    "mapped_body",
    "meaning",
    "obstacle",
    "our_language",
]

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_HEADERS = ("", "text", "document")
_BUTTONS = ("url", "quick_reply", "phone_number")
_USABLE_STATUSES = ("APPROVED", "PENDING", "PAUSED")
_LANGUAGES = {"es": "es", "pt": "pt_BR", "en": "en"}
# What the payload of a quick reply begins with, by what it means.
PAYLOADS = {"paid": "PAID", "talk": "TALK", "opt_out": "BAJA"}
# Codes of `obstacle`; models have a sentence for each.
OBSTACLES = (
    "import_category",
    "import_status",
    "import_language",
    "import_header",
    "import_header_variable",
    "import_button",
    "import_link",
    "import_no_text",
)


class Obstacle(NamedTuple):
    """Why a template cannot be imported, "" when it can; ``value`` names the part."""

    code: str = ""
    value: str = ""


def obstacle(template: TemplateStatus, link_prefix: str) -> Obstacle:
    """Return what keeps a template from carrying reminders.

    ``link_prefix`` is where our payment pages begin: a button with a variable must
    lead there, because its variable gets the token of such a page.
    """
    if template.category.upper() != "UTILITY":
        return Obstacle("import_category", template.category)
    if template.status.upper() not in _USABLE_STATUSES:
        return Obstacle("import_status", template.status)
    if not our_language(template.language):
        return Obstacle("import_language", template.language)
    if not template.body.strip():
        return Obstacle("import_no_text")
    if template.header not in _HEADERS:
        return Obstacle("import_header", template.header)
    if _VARIABLE.search(template.header_text):
        return Obstacle("import_header_variable", template.header_text)
    return _button_obstacle(template, link_prefix)


def _button_obstacle(template: TemplateStatus, link_prefix: str) -> Obstacle:
    links = 0
    for button in template.buttons:
        if button.kind not in _BUTTONS:
            return Obstacle("import_button", button.label or button.kind)
        if not _VARIABLE.search(button.url):
            continue
        links += 1
        if links > 1 or not is_own_link(button.url, link_prefix):
            return Obstacle("import_link", button.url)
    return Obstacle()


def is_own_link(url: str, link_prefix: str) -> bool:
    """Tell whether a button's address is our page, its variable the token of it."""
    rest = url[len(link_prefix) :] if url.startswith(link_prefix) else ""
    return bool(link_prefix) and bool(_VARIABLE.fullmatch(rest))


def our_language(language: str) -> str:
    """Return our language for the provider's: es for es_MX, "" for one we lack."""
    return _LANGUAGES.get(language.replace("-", "_").partition("_")[0].lower(), "")


def mapped_body(body: str, mapping: Mapping[str, str]) -> str:
    """Return the body with our variables in the place of the provider's.

    Names without a mapping stay as they are, so that the check on save names them.
    """

    def replace(match: re.Match[str]) -> str:
        return "{{ %s }}" % (mapping.get(match[1]) or match[1])

    return _VARIABLE.sub(replace, body)


def filled(body: str, texts: Mapping[str, str | None]) -> str:
    """Return the body with a text in the place of each variable, for a preview.

    A variable without one is shown by its name in brackets.
    """
    return _VARIABLE.sub(lambda match: texts.get(match[1]) or f"[{match[1]}]", body)


# What the words right before a variable, or its name, tell about it.
_HINTS = (
    (r"vencimiento|venci[oó]|vence|due|fecha|date|data", "vencimiento"),
    (r"d[ií]as|days|dias", "dias_vencidos"),
    (r"facturas|invoices|faturas", "facturas"),
    (r"factura|invoice|fatura|folio|n[uú]mero", "factura"),
    (r"total|saldo|balance", "total"),
    (r"monto|importe|amount|valor|por|\$", "monto"),
    (r"empresa|company|negocio|from|de parte de|escribe", "empresa"),
    (r"enlace|link|url|http", "enlace"),
    (r"tel[eé]fono|dudas|contacto|contact|phone", "contacto"),
    (r"hola|estimad\w*|cliente|customer|name|nombre|ol[aá]|dear|hello|hi", "cliente"),
)


def guess(body: str, name: str) -> str:
    """Return the variable of ours that a variable of theirs probably is, else ""."""
    places = [match for match in _VARIABLE.finditer(body) if match[1] == name]
    before = body[: places[0].start()] if places else ""
    words = _VARIABLE.sub("|", before)[-40:].rpartition("|")[2]
    texts = ([] if name.isdigit() else [name.replace("_", " ")]) + [words]
    for text in texts:
        found = [
            (match.end(), variable)
            for pattern, variable in _HINTS
            for match in re.finditer(
                rf"(?<![^\W_])(?:{pattern})(?![^\W_])", text.lower()
            )
        ]
        if found:
            return max(found, key=lambda one: one[0])[1]
    return ""


def meaning(label: str) -> str:
    """Return what a quick reply with this label means: paid, talk, opt_out or ""."""
    kind = said_kind(label)
    return kind if kind in PAYLOADS else ""
