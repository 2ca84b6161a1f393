"""Makes the helpers beside the tests importable, with readable assertions."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("contract")

from wire import WireServer  # noqa: E402 (after the path is known)


@pytest.fixture
def server():
    with WireServer() as wire:
        yield wire


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
