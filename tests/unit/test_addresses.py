"""Numbers and e-mail addresses as keys: compared, never confused, never shown whole."""

import pytest

from odoo.addons.cobranza_whatsapp.core import addresses
from odoo.addons.cobranza_whatsapp.core.types import CHANNELS


def test_keys_of_numbers_are_those_of_the_telephone():
    assert addresses.recipient_key("whatsapp", "+5215512345678") == "525512345678"
    assert addresses.recipient_key("sms", "+52 55 1234 5678") == "525512345678"


def test_key_of_an_address_ignores_case_and_spaces():
    assert addresses.recipient_key("email", " Ana@Example.COM ") == "ana@example.com"


@pytest.mark.parametrize("number", ["+525512345678", "525512345678", ""])
def test_number_has_no_key_as_an_address(number):
    assert addresses.recipient_key("email", number) == ""


def test_address_with_digits_is_no_number():
    """A key without its kind must not meet that of a telephone."""
    key = addresses.recipient_key("email", "525512345678@example.com")

    assert key != addresses.recipient_key("sms", "+525512345678")
    assert not addresses.is_address("sms", "525512345678@example.com")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "ana@example.com, eva@example.com",
        "Ana <ana@example.com>",
        "ana@example.com\nBcc: eva@example.com",
        "ana @example.com",
        "ana@example.com.",
        "a" * 250 + "@example.com",
    ],
)
def test_not_one_address(text):
    assert not addresses.is_email(text)
    assert not addresses.is_address("email", text)


@pytest.mark.parametrize(
    "text", ["ana@example.com", "a.b+c@mail.example.com.mx", "josé@correo.mx"]
)
def test_one_address(text):
    assert addresses.is_address("email", text)


def test_every_channel_has_a_kind():
    for channel in CHANNELS:
        assert addresses.recipient_key(channel, "") == ""


def test_mask_shows_little():
    assert addresses.mask("maria.lopez@example.com") == "m…@example.com"
    assert addresses.mask("+525512345678") == "+52…5678"
