"""Cleaning, shortening and redacting of text."""

import pytest

from odoo.addons.cobranza_whatsapp.core.providers.texts import (
    clean_json,
    redact,
    safe_filename,
)
from odoo.addons.cobranza_whatsapp.core.providers.webhooks import event_key


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("FAC-2026-0012.pdf", "FAC-2026-0012.pdf"),
        ("FAC/2026/0012.pdf", "FAC_2026_0012.pdf"),
        ("../../etc/passwd", "_.etc_passwd"),
        ('a"\r\nX: y.pdf', "a_X_y.pdf"),
        ("año ñandú.pdf", "ano_nandu.pdf"),
        ("factura", "factura.pdf"),
        ("", "document.pdf"),
        ("文書.pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 90 + ".pdf"),
    ],
)
def test_file_names_are_ascii_and_have_no_separators(name, safe):
    found = safe_filename(name)

    assert not set(found) & set('/\\"\r\n')
    assert len(found) <= 100
    if not name.startswith(".."):
        assert found == safe


def test_redacts_secrets_and_numbers():
    text = "token tok/en, tok%2Fen, +525555010123 and 525555010123, id 106540352242922"

    found = redact(text, ["tok/en", ""], ["+52 5555 010123", "12"])

    assert found == "token ***, ***, +…0123 and …0123, id 106540352242922"


def test_cleans_every_string_of_a_json_value():
    value = {"a\0": ["b\0", {"c": "\ud800d"}], "n": 3, "x": None}

    assert clean_json(value) == {"a": ["b", {"c": "d"}], "n": 3, "x": None}


def test_long_keys_become_digests():
    short, long = event_key("status", "a"), event_key("status", "a" * 5000, "sent")

    assert short == "status:a"
    assert long.startswith("status:")
    assert len(long) == len("status:") + 64
    assert long != event_key("status", "a" * 5000, "read")
