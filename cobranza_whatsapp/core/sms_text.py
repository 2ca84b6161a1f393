"""Length and alphabet of an SMS.

One character outside GSM-7 makes the whole text UCS-2, with 70 instead of 160
characters in a part: ``to_gsm7`` avoids that where the reader loses nothing.
Alphabet: 3GPP TS 23.038, default table and its extension.
"""

import unicodedata
from typing import Literal

Encoding = Literal["gsm7", "ucs2"]

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and the character: two septets

# What Unicode's compatibility decomposition does not turn into GSM-7.
_REPLACEMENTS = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″‹›", '"'),
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−•·∙●▪", "-"),
        **dict.fromkeys("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005", " "),
        **dict.fromkeys("\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        "°": "o",
        "⁄": "/",
        "×": "x",
        "÷": "/",
        "±": "+/-",
        "©": "(c)",
        "®": "(r)",
        "¢": "c",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "µ": "u",
        "μ": "u",
    }
)


def sms_parts(text: str) -> tuple[Encoding, int, int]:
    """Return (encoding, units, parts) of the text as a network splits it.

    Units are septets for gsm7 and UTF-16 code units for ucs2. A two-unit character is
    never split over two parts. An empty text has 0 parts.
    """
    encoding: Encoding = "ucs2"
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    single, several = 70, 67
    if all(char in GSM7 or char in GSM7_EXTENSION for char in text):
        encoding = "gsm7"
        widths = [2 if char in GSM7_EXTENSION else 1 for char in text]
        single, several = 160, 153
    units = sum(widths)
    if units <= single:
        return encoding, units, min(units, 1)
    parts, used = 1, 0
    for width in widths:
        if used + width > several:
            parts, used = parts + 1, 0
        used += width
    return encoding, units, parts


def to_gsm7(text: str) -> str:
    """Return the text in GSM-7: á→a, “→", NBSP→space; é ñ ü ¿ ¡ and € stay.

    A letter or digit of another script becomes "?", so that the reader sees that one is
    missing; anything else unknown (emoji, invisible marks) is dropped.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(_gsm7_char(char) for char in composed)


def _gsm7_char(char: str) -> str:
    if char in GSM7 or char in GSM7_EXTENSION:
        return char
    plain = unicodedata.normalize("NFKD", char.translate(_REPLACEMENTS))
    kept = "".join(
        part
        for part in plain.translate(_REPLACEMENTS)
        if part in GSM7 or part in GSM7_EXTENSION
    )
    if not kept.strip() and unicodedata.category(char)[0] in "LN":
        return "?"
    return kept
