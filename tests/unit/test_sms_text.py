"""Parts of an SMS, counted as networks count them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core.sms_text import (
    GSM7,
    GSM7_EXTENSION,
    sms_parts,
    to_gsm7,
)

# 3GPP TS 23.038 table 6.2.1, column by column, escape left out.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


def test_alphabet_is_that_of_the_standard():
    assert frozenset(BASIC) == GSM7
    assert len(GSM7) == 127
    assert frozenset(EXTENSION) == GSM7_EXTENSION


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("gsm7", 0, 0)),
        ("a", ("gsm7", 1, 1)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("a" * 459, ("gsm7", 459, 3)),
        ("a" * 460, ("gsm7", 460, 4)),
        ("€" * 80, ("gsm7", 160, 1)),
        ("€" * 81, ("gsm7", 162, 2)),
        ("á", ("ucs2", 1, 1)),
        ("á" * 70, ("ucs2", 70, 1)),
        ("á" * 71, ("ucs2", 71, 2)),
        ("á" * 134, ("ucs2", 134, 2)),
        ("á" * 135, ("ucs2", 135, 3)),
        ("😀" * 35, ("ucs2", 70, 1)),
        ("😀" * 36, ("ucs2", 72, 2)),
        ("a" * 69 + "á", ("ucs2", 70, 1)),
        ("Ñandú".replace("ú", "u"), ("gsm7", 5, 1)),
        ("$\u00a01", ("ucs2", 3, 1)),
        ("€ y á", ("ucs2", 5, 1)),
    ],
)
def test_counts_parts(text, expected):
    assert sms_parts(text) == expected


def test_a_two_septet_character_does_not_straddle_two_parts():
    # 152 + € + 152: the euro moves whole to the second part, which then overflows.
    assert sms_parts("a" * 152 + "€" + "a" * 152) == ("gsm7", 306, 3)
    assert sms_parts("a" * 151 + "€" + "a" * 153) == ("gsm7", 306, 2)


def test_an_emoji_does_not_straddle_two_parts():
    assert sms_parts("á" * 66 + "😀" + "á" * 66) == ("ucs2", 134, 3)
    assert sms_parts("á" * 65 + "😀" + "á" * 67) == ("ucs2", 134, 2)


@pytest.mark.parametrize("char", "áíóúÁÍÓÚªº°ç«»“”‘’–—…•·`´¨\u00a0ãõâêô😀")
def test_these_make_the_whole_text_ucs2(char):
    assert sms_parts(f"a{char}")[0] == "ucs2"
    assert sms_parts(to_gsm7(f"a{char}"))[0] == "gsm7"


@pytest.mark.parametrize("char", BASIC + EXTENSION)
def test_keeps_what_the_alphabet_has(char):
    assert to_gsm7(char) == char


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("áíóú ÁÍÓÚ", "aiou AIOU"),
        ("éÉñÑüÜ¿¡àèìòù", "éÉñÑüÜ¿¡àèìòù"),
        ("e\u0301 n\u0303", "é ñ"),
        ("a\u0301", "a"),
        ("ãâ õô ê ç Ç", "aa oo e c Ç"),
        ("ª º °", "a o o"),
        ("«hola» “hola” „hola”", '"hola" "hola" "hola"'),
        ("‘a’ ´b` c′", "'a' 'b' c'"),
        ("1–2—3−4 • ·", "1-2-3-4 - -"),
        ("espera…", "espera..."),
        ("$\u00a01\u202f234\tMXN", "$ 1 234 MXN"),
        ("a\u2028b\u0085c\r\nd", "a\nb\nc\nd"),
        ("½ ™ № ﬁ ²", "1/2 TM No fi 2"),
        ("3×4 ± ©®", "3x4 +/- (c)(r)"),
        ("œuvre Łódź ıdea", "oeuvre Lodz idea"),
        ("Hola 😀👍🏽 Ana", "Hola  Ana"),
        ("Hola\u200b\ufeff\u202e", "Hola"),
        ("日本 2", "?? 2"),
        ("Иван", "????"),
        ("٣", "?"),
        ("", ""),
    ],
)
def test_transliterates(text, expected):
    assert to_gsm7(text) == expected


def test_a_reminder_fits_in_one_part_once_transliterated():
    text = (
        "Hola María: su factura FAC/2026/0012 por $1,234.00 venció el 15/11. "
        "Pague aquí: https://x.mx/p/abc123 ¿Dudas? Responda."
    )

    assert sms_parts(text) == ("ucs2", 119, 2)
    assert sms_parts(to_gsm7(text)) == ("gsm7", 119, 1)


@settings(deadline=None)
@given(st.text())
def test_the_result_is_always_gsm7_and_stays_the_same(text):
    found = to_gsm7(text)

    assert set(found) <= GSM7 | GSM7_EXTENSION
    assert to_gsm7(found) == found
    assert to_gsm7(unicodedata.normalize("NFD", text)) == to_gsm7(
        unicodedata.normalize("NFC", text)
    )


@settings(deadline=None)
@given(st.text(max_size=700))
def test_parts_hold_the_units_and_one_more_never_costs_two(text):
    encoding, units, parts = sms_parts(text)

    single, several = (160, 153) if encoding == "gsm7" else (70, 67)
    assert units >= len(text)
    assert parts == (1 if text else 0) or units > single
    assert parts * several >= units or parts <= 1
    assert parts <= 1 or units > (parts - 1) * (several - 1)
