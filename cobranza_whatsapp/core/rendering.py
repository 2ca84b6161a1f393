"""Templates that clerks write: the variables, the check on save, the rendered text.

SMS, e-mail and free text are a small part of Jinja2 (see template_source); a WhatsApp
body is text and ``{{ variable }}`` only, because Meta substitutes there itself. Values
are data: braces, tags and HTML in a customer's name come out as they went in. The
result is plain text, to be escaped by whoever puts it into HTML.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import jinja2

from . import template_source
from .errors import TemplateError
from .template_source import ENVIRONMENT, Kind

__all__ = [
    "MAX_OUTPUT_CHARS",
    "VARIABLES",
    "Kind",
    "Variable",
    "invoice_list",
    "parameter_text",
    "parameters",
    "render",
    "validate",
    "variables_in",
]


class Variable(NamedTuple):
    """What a clerk may write between braces: a sample value and what it stands for."""

    example: str
    description: str
    is_number: bool = False


# Spanish on purpose: clerks type them. Meta: parameter_name is [a-z0-9_], at most 20.
VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "cliente": Variable("María López", "Name of the person who is written to"),
        "deudor": Variable("Papelería Lápiz", "Name of the customer who owes"),
        "empresa": Variable("Ferretería del Centro", "Name of the creditor company"),
        "rfc_empresa": Variable(
            "RFC FCE010101AB1", "Tax id of the creditor, with its label"
        ),
        "factura": Variable("FAC/2026/00012", "Number of the invoice"),
        "facturas": Variable(
            "FAC/2026/00012, FAC/2026/00015 y 2 más",
            "Numbers of the invoices in one line, at most five",
        ),
        "numero_facturas": Variable("4", "How many invoices the reminder covers", True),
        "monto": Variable("$1,234.00 MXN", "Amount due of this invoice or instalment"),
        "total": Variable("$4,200.50 MXN", "Net total of the reminder"),
        "vencimiento": Variable("15/11/2026", "Due date"),
        "dias_vencidos": Variable("8", "Days since the due date, 0 before it", True),
        "dias_para_vencer": Variable("3", "Days until the due date, 0 after it", True),
        "enlace": Variable(
            "https://cobros.example.com/c/k3J9xQ2mZa", "Link to see and pay"
        ),
        "contacto": Variable("55 1234 5678", "How to reach the creditor"),
        "saldo_a_favor": Variable(
            "$200.00 MXN", "Credit already deducted, empty when there is none"
        ),
        "moneda": Variable("MXN", "Currency of the amounts"),
        "responsable": Variable("Laura Gómez", "Person in charge of the account"),
    }
)

# Twilio: 1,600 in one request. Meta: 1,024 in a template body, 4,096 in a free text.
MAX_OUTPUT_CHARS: Mapping[str, int] = MappingProxyType(
    {"sms": 1600, "email": 4096, "text": 4096, "whatsapp": 1024}
)
MAX_VALUE_CHARS = 4096

_NAMES = frozenset(VARIABLES)
_NUMBERS = frozenset(name for name, variable in VARIABLES.items() if variable.is_number)
# A zero width joiner stays only before a symbol that it glues to an emoji.
_LOOSE_JOINER = re.compile("\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])")


class _NumberText(str):
    """A number as shown, which compares as the number that it is.

    ``dias_vencidos > 7``, ``numero_facturas == 1`` and ``if dias_vencidos`` mean what a
    clerk expects, though every value of a template is text.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __bool__(self) -> bool:
        return int(self) != 0

    def __eq__(self, other: object) -> bool:
        return int(self) == _whole(other)

    def __ne__(self, other: object) -> bool:
        return int(self) != _whole(other)

    def __lt__(self, other: object) -> bool:
        return int(self) < _whole(other)

    def __le__(self, other: object) -> bool:
        return int(self) <= _whole(other)

    def __gt__(self, other: object) -> bool:
        return int(self) > _whole(other)

    def __ge__(self, other: object) -> bool:
        return int(self) >= _whole(other)


def _whole(value: object) -> int:
    if isinstance(value, int | str):
        return int(value)
    raise ValueError(f"not a whole number: {type(value).__name__}")


def validate(source: str, kind: Kind) -> None:
    """Raise TemplateError (code, 1-based line, offending word) unless it can be used.

    Codes: empty, too_long, control_characters, syntax, not_allowed, too_complex,
    unknown_variable, unknown_filter, bad_argument, bad_comparison, missing_else,
    too_long_output (with the examples of VARIABLES) and, for WhatsApp, only_variables,
    body_starts_with_variable and body_ends_with_variable.
    """
    template_source.parse(source, kind, _NAMES, _NUMBERS)
    render(source, {name: item.example for name, item in VARIABLES.items()}, kind)


def variables_in(source: str, kind: Kind) -> tuple[str, ...]:
    """Return the variables of the template by first appearance. Raises as validate."""
    return tuple(_compiled(source, kind)[1])


def render(source: str, values: Mapping[str, str], kind: Kind) -> str:
    """Return the text that the customer reads, for WhatsApp just as Meta shows it.

    ``values`` maps names of VARIABLES to formatted text; only those that the template
    names are needed. Raises TemplateError: the codes of ``validate`` and bad_value (not
    text, too long, or not a whole number where one is compared), missing_value,
    too_long_output (more than MAX_OUTPUT_CHARS of the kind).
    """
    template, lines = _compiled(source, kind)
    context = _context(lines, values, kind)
    pieces: list[str] = []
    length = 0
    try:
        for piece in template.generate(context):
            pieces.append(piece)
            length += len(piece)
            if length > MAX_OUTPUT_CHARS[kind]:
                raise TemplateError("too_long_output", 1, str(MAX_OUTPUT_CHARS[kind]))
    except ValueError as error:
        if isinstance(error, TemplateError):
            raise
        raise TemplateError("bad_value", 1, _not_a_number(context)) from error
    except TypeError as error:  # a filter for text on a truth value
        raise TemplateError("bad_argument", 1, str(error)[:60]) from error
    return "".join(pieces)


def parameters(source: str, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return (name, text) of each WhatsApp body variable, by first appearance.

    The texts are those of ``render``. Raises TemplateError as ``render`` does.
    """
    _, lines = _compiled(source, "whatsapp")
    return tuple(_context(lines, values, "whatsapp").items())


def parameter_text(value: str) -> str:
    """Return the value as a Meta parameter: one line, nothing invisible, never empty.

    Meta refuses newlines, tabs, more than four spaces in a row (132018) and "" (100).
    """
    if value.isprintable() and "  " not in value:  # nearly all: nothing to mend
        return value.strip() or "-"
    text = re.sub(r"\s+", " ", value)
    text = _LOOSE_JOINER.sub("", text)
    text = "".join(
        char
        for char in text
        if char == "\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return re.sub(" +", " ", text).strip() or "-"


def invoice_list(items: Iterable[str], *, and_more: str, limit: int = 5) -> str:
    """Return the numbers in one line: the first ``limit``, then how many are left.

    ``and_more`` is the customer's language for the rest, e.g. "y {count} más".
    """
    numbers = [parameter_text(item) for item in items]
    line = ", ".join(numbers[:limit])
    left = len(numbers) - limit
    return f"{line} {and_more.replace('{count}', str(left))}" if left > 0 else line


@lru_cache(maxsize=512)
def _compiled(source: str, kind: Kind) -> tuple[jinja2.Template, dict[str, int]]:
    """Return the compiled template and the first line of each variable."""
    tree = template_source.parse(source, kind, _NAMES, _NUMBERS)
    lines = template_source.names(tree)
    code = ENVIRONMENT.compile(tree)
    return jinja2.Template.from_code(ENVIRONMENT, code, {}), lines


def _context(
    lines: dict[str, int], values: Mapping[str, str], kind: Kind
) -> dict[str, str]:
    context: dict[str, str] = {}
    for name, line in lines.items():
        if name not in values:
            raise TemplateError("missing_value", line, name)
        value = values[name]
        if type(value) is not str or len(value) > MAX_VALUE_CHARS:
            raise TemplateError("bad_value", line, name)
        if kind == "whatsapp":
            context[name] = parameter_text(value)
        else:
            context[name] = _NumberText(value) if name in _NUMBERS else value
    return context


def _not_a_number(context: dict[str, str]) -> str:
    """Return the first number variable whose text is no whole number."""
    for name in context:
        if name in _NUMBERS and not re.fullmatch(r"\s*-?\d+\s*", str(context[name])):
            return name
    return ""
