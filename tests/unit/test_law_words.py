"""What people read about the 27 laws is there in Spanish and Portuguese."""

from pathlib import Path

import polib
import pytest

from odoo.addons.cobranza_whatsapp.core import contact_laws

from devtools.i18n import stays

ADDON = Path(__file__).resolve().parents[2] / "cobranza_whatsapp"
LAWS = contact_laws.read((ADDON / "data/contact_policies.json").read_text())
# Fields of a law that the form of a contact policy shows as text.
SHOWN = (
    "name", "caps_note", "contactable", "consent_note", "opt_out_note", "notes",
    "confidence",
)  # fmt: skip


@pytest.fixture(scope="module", params=["es", "pt_BR"])
def translation(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    entries = polib.pofile(str(ADDON / "i18n" / f"{request.param}.po"))
    return request.param, {entry.msgid: entry.msgstr for entry in entries}


def test_there_are_texts_to_look_at():
    assert len(LAWS) == 27
    assert all(law.notes and law.contactable and law.confidence for law in LAWS)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.code)
def test_every_shown_text_is_translated(law, translation):
    language, texts = translation

    shown = {text for text in (getattr(law, name) for name in SHOWN) if text}

    assert not {t for t in shown if not texts.get(t) and not stays(t, language)}
