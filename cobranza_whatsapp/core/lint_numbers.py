"""Numbers that must not travel in a message in full: identity, card, account.

WhatsApp's business policy forbids full personal identity, payment card and account
numbers in chats; data protection asks for the least that serves. A number counts when
its check digits are right, or when a word before it says what it is.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

KEPT_CHARS = 4
# No identity, card or account number that we know has fewer.
DIGITS_MIN = 6
_MASK = "x"


class Number(NamedTuple):
    """[start, end) of a number in a text; ``code`` is id_number or card_number."""

    code: str
    start: int
    end: int


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and _luhn(digits)


def _is_clabe(digits: str) -> bool:
    """Check the control digit of a Mexican account number (weights 3, 7, 1)."""
    if len(digits) != 18:
        return False
    weighted = zip(digits[:17], (3, 7, 1) * 6, strict=False)
    control = -sum(int(digit) * weight % 10 for digit, weight in weighted) % 10
    return control == int(digits[17])


def _is_cpf(digits: str) -> bool:
    """Check both control digits of a Brazilian CPF (modulo 11)."""
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(int(d) * (length + 1 - i) for i, d in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return True


_DIGITS = r"(?<![\w.,/-])\d(?:[ .-]?\d){%d,%d}(?![\w/])"
_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("card_number", re.compile(_DIGITS % (12, 18)), _is_card),
    ("card_number", re.compile(_DIGITS % (17, 17)), _is_clabe),
    (
        "id_number",
        re.compile(r"(?<![\w.-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\w-])"),
        _is_cpf,
    ),
    ("id_number", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), bool),
    (
        "id_number",
        re.compile(r"(?i)\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d\b"),
        bool,
    ),
)
# A word that says that an identity number follows.
_LABELLED = re.compile(
    r"(?i)\b(?:dni|c[eé]dula(?: de (?:ciudadan[ií]a|identidad))?|c\.c\.|"
    r"credencial(?: de elector| ine)?|ine|ife|pasaporte|passport|ssn|rg|"
    r"social security(?: number)?|driver'?s license|n[uú]mero de seguro social|nss)"
    r"\s*(?:n[uú]m(?:ero)?|no|n[ºo°])?[.:#]*\s*"
    r"(?P<number>[A-Z]{0,3}\d[\dA-Z.\- ]{5,18}\d)"
)

_DIGIT = re.compile(r"\d")


def find(text: str) -> list[Number]:
    """Return the numbers in order of their place, without overlaps."""
    if not _DIGIT.search(text):
        return []  # all forms have digits; most texts that are asked about have none
    found = [
        Number(code, match.start(), match.end())
        for code, pattern, is_valid in _FORMS
        for match in pattern.finditer(text)
        if is_valid(re.sub(r"\W", "", match[0]))
    ]
    found += [
        Number("id_number", match.start("number"), match.end("number"))
        for match in _LABELLED.finditer(text)
    ]
    result: list[Number] = []
    for number in sorted(found, key=lambda item: (item.start, -item.end)):
        if not result or number.start >= result[-1].end:
            result.append(number)
    return result


def mask(text: str) -> str:
    """Return the text with all but the last four characters of each number hidden."""
    if sum(map(str.isdigit, text)) < DIGITS_MIN:
        return text
    for number in reversed(find(text)):
        shown = _masked(text[number.start : number.end])
        text = text[: number.start] + shown + text[number.end :]
    return text


def _masked(number: str) -> str:
    places = [place for place, char in enumerate(number) if char.isalnum()]
    hidden = set(places[:-KEPT_CHARS])
    return "".join(_MASK if i in hidden else char for i, char in enumerate(number))
