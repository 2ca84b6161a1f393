"""Numbers that are one telephone, numbers that may be shown, numbers that take SMS."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import phone


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("+525512345678", "525512345678"),
        ("5215512345678", "525512345678"),
        ("+52 1 55 1234 5678", "525512345678"),
        ("52 (55) 1234-5678", "525512345678"),
        ("+541123456789", "541123456789"),
        ("5491123456789", "541123456789"),
        ("+54 9 11 2345-6789", "541123456789"),
        ("54 11 15 2345 6789", "541123456789"),
        ("54 351 15 612 3456", "543516123456"),
        ("54 2966 15 41 2345", "542966412345"),
        ("549 351 612 3456", "543516123456"),
        ("+5511987654321", "551187654321"),
        ("551187654321", "551187654321"),
        ("5511887654321", "5511887654321"),
        ("+55 11 9 8765-4321", "551187654321"),
        ("+573001234567", "573001234567"),
        ("+12125551234", "12125551234"),
        ("521", "521"),
        ("5213", "5213"),
        ("54911", "54911"),
        ("55119876543210", "55119876543210"),
        ("whatsapp:+525512345678", "525512345678"),
        ("٥٢", ""),
        ("", ""),
        ("sin número", ""),
    ],
)
def test_number_key(number, key):
    assert phone.number_key(number) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+525512345678", "+525512345679"),
        ("+525512345678", "+575512345678"),
        ("+5511987654321", "+5521987654321"),
        ("+541123456789", "+541123456780"),
        ("+521551234567", "+525512345678"),
    ],
)
def test_other_telephones_have_other_keys(one, other):
    assert phone.number_key(one) != phone.number_key(other)


@settings(deadline=None)
@given(st.from_regex(r"\+(52|54|55|57|1|34)[1-9][0-9]{7,9}", fullmatch=True))
def test_key_of_a_key_is_the_key_of_its_punctuation(number):
    spaced = " - ".join(number)

    assert phone.number_key(spaced) == phone.number_key(number)
    assert phone.number_key(number).isdigit()


def documented_key(number):
    """Return the key as reference material on WhatsApp's wa_id writes it down."""
    d = re.sub(r"\D", "", number or "")
    if d.startswith("521") and len(d) == 13:
        return "52" + d[3:]
    if d.startswith("549") and len(d) == 13:
        return "54" + d[3:]
    if d.startswith("54") and len(d) == 14:
        m = re.fullmatch(r"54(\d{2,4}?)15(\d{6,8})", d)
        if m and len(m[1]) + len(m[2]) == 10:
            return "54" + m[1] + m[2]
    if d.startswith("55") and len(d) == 13 and d[4] == "9":
        return "55" + d[2:4] + d[5:]
    return d


@settings(max_examples=500, deadline=None)
@given(st.from_regex(r"(52|521|54|549|54[0-9]{2,4}15|55|1)[0-9]{6,12}", fullmatch=True))
def test_key_is_the_documented_one(number):
    assert phone.number_key(number) == documented_key(number)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_key_of_any_text_is_digits(text):
    assert phone.number_key(text).isascii()
    assert phone.number_key(text) == "" or phone.number_key(text).isdigit()


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+525512340659", "+52…0659"),
        ("+5215512340659", "+52…0659"),
        ("+12125551234", "+1…1234"),
        ("+593991234567", "+593…4567"),
        ("5512340659", "…0659"),
        ("+99912345678", "…5678"),
        ("1234567", "…"),
        ("066", "…"),
        ("", "…"),
        ("no tiene", "…"),
    ],
)
def test_mask_hides_the_middle(number, shown):
    assert phone.mask(number) == shown


@settings(deadline=None)
@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
def test_mask_never_shows_more_than_country_and_four_digits(number):
    shown = phone.mask(number)

    assert len("".join(char for char in shown if char.isdigit())) <= 7
    assert number[1:] not in shown


@pytest.mark.parametrize(
    "number", ["+525512345678", "+12125551234", "+5491123456789", "+123456789012345"]
)
def test_is_e164(number):
    assert phone.is_e164(number)


@pytest.mark.parametrize(
    "number",
    [
        "525512345678",
        "+052551234567",
        "+52 55 1234 5678",
        "+123456",
        "+1234567890123456",
        "+52551234567a",
        "+525512345678\n",
        "++525512345678",
        "+٥٢٥٥١٢٣٤٥٦٧٨",
        "+",
        "",
    ],
)
def test_is_not_e164(number):
    assert not phone.is_e164(number)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+525512345678", "mobile_or_fixed"),
        ("+528001234567", "toll_free"),
        ("+573001234567", "mobile"),
        ("+576012345678", "fixed"),
        ("+51912345678", "mobile"),
        ("+5117654321", "fixed"),
        ("+593991234567", "mobile"),
        ("+5491123456789", "mobile"),
        ("+541123456789", "fixed"),
        ("+5511987654321", "mobile"),
        ("+551131234567", "fixed"),
        ("+34612345678", "mobile"),
        ("+34912345678", "fixed"),
        ("+34900123456", "toll_free"),
        ("+12125551234", "mobile_or_fixed"),
        ("+18005551234", "toll_free"),
        ("+34803123456", "other"),
        ("+5255123", "invalid"),
        ("+5215512345678", "invalid"),
        ("5512345678", "invalid"),
        ("+999123456789", "invalid"),
        ("", "invalid"),
        ("+", "invalid"),
    ],
)
def test_kind(number, kind):
    assert phone.kind(number) == kind


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("044 55 1234 5678", "MX", "5512345678"),
        ("0445512345678", "MX", "5512345678"),
        ("045 (664) 123-4567", "MX", "6641234567"),
        ("01 55 1234 5678", "mx", "5512345678"),
        ("01.55.1234.5678", "MX", "5512345678"),
        ("55 1234 5678", "MX", "55 1234 5678"),
        ("+52 55 1234 5678", "MX", "+52 55 1234 5678"),
        ("044 55 1234 567", "MX", "044 55 1234 567"),
        ("044 55 1234 56789", "MX", "044 55 1234 56789"),
        ("0133 1234 5678", "MX", "3312345678"),
        ("044 55 1234 5678", "CO", "044 55 1234 5678"),
        ("044 55 1234 5678", "", "044 55 1234 5678"),
        ("044 55 1234 5678", None, "044 55 1234 5678"),
        ("", "MX", ""),
    ],
)
def test_strip_trunk_prefix(number, country, expected):
    assert phone.strip_trunk_prefix(number, country) == expected
