"""Numbers that must not travel in a message in full: identity, card, account.

WhatsApp's business policy forbids full personal identity, payment card and account
numbers in chats; data protection asks for the least that serves. A number counts when
its check digits are right, or when a word before it says what it is. Numbers of
companies stay: a reminder must often name the creditor's.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from stdnum import luhn
from stdnum.ar import cuit
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.do import cedula
from stdnum.es import nie
from stdnum.iso7064 import mod_97_10
from stdnum.mx import rfc

KEPT_CHARS = 4
# No identity, card or account number that we know has fewer.
DIGITS_MIN = 6
# The Chilean register gives numbers from here on to companies.
_COMPANY_RUT = 50_000_000
_MASK = "x"


class Number(NamedTuple):
    """[start, end) of a number in a text; ``code`` is id_number or card_number."""

    code: str
    start: int
    end: int


def _is_card(digits: str) -> bool:
    return (
        13 <= len(digits) <= 19 and digits[0] in "23456" and bool(luhn.is_valid(digits))
    )


def _is_clabe(digits: str) -> bool:
    """Check the control digit of a Mexican account number (weights 3, 7, 1)."""
    if len(digits) != 18:
        return False
    weighted = zip(digits[:17], (3, 7, 1) * 6, strict=False)
    control = -sum(int(digit) * weight % 10 for digit, weight in weighted) % 10
    return control == int(digits[17])


def _is_iban(number: str) -> bool:
    """Check the two digits behind the country (ISO 13616).

    `stdnum.iban` reads its list of countries when it is imported, which fails inside
    Odoo: its import hook leaves the package without a reader of files.
    """
    plain = re.sub(r"[ -]", "", number)
    return bool(mod_97_10.is_valid(plain[4:] + plain[:4]))


def _is_person_of_chile(number: str) -> bool:
    return int(number[:-1]) < _COMPANY_RUT and bool(rut.is_valid(number))


def _is_person_of_mexico(number: str) -> bool:
    """Check date and check digit of a person's tax number."""
    return bool(rfc.is_valid(number, validate_check_digits=True))


_DIGITS = r"(?<![\w.,/-])\d(?:[ .-]?\d){%d,%d}(?![\w/])"
_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("card_number", re.compile(_DIGITS % (12, 18)), _is_card),
    ("card_number", re.compile(_DIGITS % (17, 17)), _is_clabe),
    (
        "card_number",
        # Every group after the bank's code has a digit: the next word has none.
        re.compile(
            r"\b[A-Z]{2}\d{2}[ -]?[A-Z\d]{4}"
            r"(?:[ -]?(?=[A-Z]{0,3}\d)[A-Z\d]{4}){2,6}"
            r"(?:[ -]?(?=[A-Z]{0,2}\d)[A-Z\d]{1,3})?\b"
        ),
        _is_iban,
    ),
    (
        "id_number",
        re.compile(r"(?<![\w.-])\d{3}[. ]?\d{3}[. ]?\d{3}[- ]?\d{2}(?![\w-])"),
        cpf.is_valid,
    ),
    ("id_number", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), bool),
    (
        "id_number",
        re.compile(r"(?i)\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d\b"),
        bool,
    ),
    (
        "id_number",
        re.compile(r"(?i)\b[A-Z]{4}\d{6}[A-Z\d]{3}\b"),
        _is_person_of_mexico,
    ),
    (
        "id_number",
        re.compile(r"(?i)(?<![\w.,-])\d{1,2}\.\d{3}\.\d{3}-[\dK](?![\w-])"),
        _is_person_of_chile,
    ),
    (
        "id_number",
        re.compile(r"(?<![\w.-])2[0347]-\d{8}-\d(?![\w-])"),
        cuit.is_valid,
    ),
    ("id_number", re.compile(r"(?<![\w-])\d{3}-\d{7}-\d(?![\w-])"), cedula.is_valid),
    ("id_number", re.compile(r"(?i)\b[XYZ]-?\d{7}-?[A-Z]\b"), nie.is_valid),
)
_NUMBER = r"\s*(?:n[uú]m(?:ero)?|number|no|n[ºo°])?[.:#]*\s*(?P<number>%s)"
# A word that says that a number of this kind follows.
_LABELLED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "id_number",
        re.compile(
            r"(?i)\b(?:d\.?\s?n\.?\s?i\.?|nie|nif|dui|dpi|cui|cnh|c[eé]dula"
            r"(?: de (?:ciudadan[ií]a|identidad|extranjer[ií]a))?|c\.\s?[cie]\.|cc|"
            r"credencial(?: de elector| ine)?|ine|ife|pasaporte|passaporte|passport|"
            r"ssn|itin|rg|documento de identidad|carn[eé] de identidad|"
            r"social security(?: number)?|driver'?s license|licencia de conducir|"
            r"n[uú]mero de seguro social|nss)"
            + _NUMBER
            % r"[A-Z]{0,6}-?\d(?:[ .-]?\d){5,18}(?: ?-? ?[A-Z]{1,2}\d{0,3}\b)?"
        ),
    ),
    (
        "id_number",
        re.compile(
            r"(?i)\b(?:rut|run)" + _NUMBER % r"[1-4]?\d(?:\.?\d{3}){2}-?[\dK]\b"
        ),
    ),
    (
        "id_number",
        re.compile(r"(?i)\bcui[tl]" + _NUMBER % r"2[0347][- ]?\d{8}[- ]?\d\b"),
    ),
    (
        "id_number",
        re.compile(r"(?i)\bcpf" + _NUMBER % r"\d{3}(?:[. ]?\d{3}){2}[- ]?\d{2}\b"),
    ),
    (
        "id_number",
        re.compile(r"(?i)\b(?:rfc|curp)" + _NUMBER % r"[A-Z]{4}\d{6}[A-Z\d]{3,8}\b"),
    ),
    (
        "card_number",
        re.compile(
            r"(?i)\b(?:tarjetas?|cards?|cart[aã]o|visa|mastercard|amex)"
            r"(?: de (?:cr[eé]dito|d[eé]bito))?" + _NUMBER % r"\d(?:[ .-]?\d){12,18}\b"
        ),
    ),
    (
        "card_number",
        re.compile(
            r"(?i)\b(?:clabe|cbu|cvu|cci|iban|routing|aba|"
            r"cuenta (?:bancaria|de (?:ahorros?|cheques|n[oó]mina))|bank account|"
            r"(?:checking|savings) account|conta (?:banc[aá]ria|corrente|poupan[cç]a)|"
            r"(?<=\d, )account|(?<=\d and )account)"
            + _NUMBER
            % r"(?:[A-Z]{2})?\d(?:[ .-]?\d){5,24}\b"
        ),
    ),
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
        Number(code, match.start("number"), match.end("number"))
        for code, pattern in _LABELLED
        for match in pattern.finditer(text)
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
