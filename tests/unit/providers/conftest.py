"""Makes the helpers beside the tests importable, with readable assertions."""

import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def _share_contract_cases():
    """Import the list of cases from the addon's tests, which need Odoo all together."""
    addon = Path(__file__).resolve().parents[3] / "cobranza_whatsapp"
    path = addon / "tests" / "contract_cases.py"
    spec = importlib.util.spec_from_file_location("contract_cases", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


_share_contract_cases()
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
