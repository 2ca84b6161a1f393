"""Telephone numbers: comparing, hiding, telling mobile from fixed.

Numbers are normalised to E.164 by Odoo's phone_validation before they come here; only
``number_key`` and ``strip_trunk_prefix`` take what a person or a provider wrote.
"""

import re
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

NumberKind = Literal[
    "mobile", "mobile_or_fixed", "fixed", "toll_free", "other", "invalid"
]

_KINDS: dict[int, NumberKind] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile_or_fixed",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.TOLL_FREE: "toll_free",
}
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MX_TRUNK = re.compile(r"(?:044|045|01)([0-9]{10})")
_AR_WITH_15 = re.compile(r"54([0-9]{2,4}?)15([0-9]{6,8})")


def number_key(number: str) -> str:
    """Return digits that are equal for all ways to write one telephone.

    WhatsApp's wa_id differs from E.164: Mexico 521…, Argentina 549…, old Brazilian
    accounts without the ninth digit. Only for comparing, never send to it. "" for a
    text without digits. A Brazilian mobile and a fixed line can share a key (rare).
    """
    digits = re.sub(r"[^0-9]", "", number)
    if digits.startswith(("521", "549")) and len(digits) == 13:
        return digits[:2] + digits[3:]
    if digits.startswith("54") and len(digits) == 14:
        match = _AR_WITH_15.fullmatch(digits)
        if match:
            return "54" + match[1] + match[2]
    if digits.startswith("55") and len(digits) == 13 and digits[4] == "9":
        return digits[:4] + digits[5:]
    return digits


def mask(number: str) -> str:
    """Return the number for logs and screens of others: "+52…0659".

    Shows country code and last four digits; a text with fewer than eight digits shows
    nothing but "…".
    """
    digits = re.sub(r"[^0-9]", "", number)
    if len(digits) < 8:
        return "…"
    parsed = _parse(number)
    country = f"+{parsed.country_code}" if parsed else ""
    return f"{country}…{digits[-4:]}"


def is_e164(number: str) -> bool:
    """Tell whether the text is a plus and 7 to 15 digits, nothing else."""
    return bool(_E164.fullmatch(number))


def country_and_national(number: str) -> tuple[str, str]:
    """Split an E.164 number into country code and national number, digits only.

    ("", all digits) for a number that no numbering plan explains.
    """
    parsed = _parse(number)
    if parsed is None:
        return "", re.sub(r"[^0-9]", "", number)
    national = phonenumbers.national_significant_number(parsed)
    return str(parsed.country_code), national


def kind(number: str) -> NumberKind:
    """Return what the numbering plan says about an E.164 number.

    Mexico, Chile, the Dominican Republic and North America do not tell mobile from
    fixed: there every number is mobile_or_fixed.
    """
    parsed = _parse(number)
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        return "invalid"
    return _KINDS.get(phonenumbers.number_type(parsed), "other")


def country(number: str) -> str:
    """Return the ISO code of the country of an E.164 number, "" if it is none."""
    parsed = _parse(number)
    return (phonenumbers.region_code_for_number(parsed) if parsed else None) or ""


def strip_trunk_prefix(number: str, country: str | None) -> str:
    """Return a Mexican number without 044, 045 or 01, any other text as it is.

    The prefixes ended in 2019 but still stand in address books, and phonenumbers from
    8.13.38 on refuses them. ``country`` is the ISO code of the number's owner.
    """
    if (country or "").upper() != "MX":
        return number
    match = _MX_TRUNK.fullmatch(re.sub(r"[\s().\-/\u00a0]", "", number))
    return match[1] if match else number


def _parse(number: str) -> PhoneNumber | None:
    if not number.startswith("+"):
        return None
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
