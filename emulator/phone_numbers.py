"""Phone numbers as the providers see them: digits, comparison keys, wa_id quirks."""

import re

NOT_DIGITS = re.compile(r"\D")


def digits(number: str) -> str:
    """Strip everything but digits (also a ``whatsapp:`` prefix and the ``+``)."""
    return NOT_DIGITS.sub("", number or "")


def key(number: str) -> str:
    """Reduce a number to one comparison key; never send to it.

    Mexico 521… and 52…, Argentina 549… and 54…, Brazil with and without the ninth
    digit are the same phone (WhatsApp reports them differently from E.164).
    """
    found = digits(number)
    if len(found) == 13 and found.startswith("521"):
        return "52" + found[3:]
    if len(found) == 13 and found.startswith("549"):
        return "54" + found[3:]
    if len(found) == 13 and found.startswith("55") and found[4] == "9":
        return "55" + found[2:4] + found[5:]
    return found


def wa_id(number: str) -> str:
    """Return the id WhatsApp reports: 521… for Mexico, 549… for Argentina."""
    found = digits(number)
    if len(found) == 12 and found.startswith("52"):
        return "521" + found[2:]
    if len(found) == 12 and found.startswith("54"):
        return "549" + found[2:]
    return found


def pretty(number: str) -> str:
    """Group a number for the eye: ``+52 55 1234 5678``."""
    found = digits(number)
    if len(found) == 12 and found[:2] in {"52", "54"}:
        return f"+{found[:2]} {found[2:4]} {found[4:8]} {found[8:]}"
    if len(found) == 11 and found.startswith("1"):
        return f"+1 {found[1:4]} {found[4:7]} {found[7:]}"
    head, tail = found[:2], found[2:]
    groups = [tail[start : start + 4] for start in range(0, len(tail), 4)]
    return "+" + " ".join([head, *groups])
