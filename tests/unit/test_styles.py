"""Our styles can be compiled: one broken file takes the styles of every screen."""

from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2] / "cobranza_whatsapp"
STYLES = sorted(ADDON.rglob("*.scss"))


def depths(source):
    """Yield how many blocks are open after each brace."""
    depth = 0
    for char in source:
        if char in "{}":
            depth += 1 if char == "{" else -1
            yield depth


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_block_is_closed(path):
    found = list(depths(path.read_text(encoding="utf-8")))

    assert found
    assert min(found) == 0
    assert found[-1] == 0
