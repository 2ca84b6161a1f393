"""The list of providers, and who may talk to the network."""

import ast
import importlib
from pathlib import Path

import pytest
from contract import WebhookContract
from contract_cases import CASES, cases_run_by, mistakes, runs

from odoo.addons.cobranza_whatsapp.core import providers
from odoo.addons.cobranza_whatsapp.core.errors import ConfigurationError
from odoo.addons.cobranza_whatsapp.core.providers.registry import PROVIDERS, build
from odoo.addons.cobranza_whatsapp.core.providers.transport import HttpClient
from odoo.addons.cobranza_whatsapp.core.types import Credentials

FOLDER = Path(providers.__path__[0])


def imported(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.split(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def test_names_the_providers():
    assert set(PROVIDERS) == {
        "whatsapp_cloud",
        "whatsapp_gateway",
        "twilio",
        "http_sms",
        "demo",
    }


@pytest.mark.parametrize("code", PROVIDERS)
def test_builds_a_provider_with_a_shared_client(code):
    http = HttpClient()

    provider = build(code, Credentials(""), http)

    assert provider.code == code
    assert provider._http is http
    http.close()


def test_unknown_code_is_a_mistake_of_the_caller():
    with pytest.raises(ConfigurationError, match="'pigeon'"):
        build("pigeon", Credentials(""))


def contracts(base=WebhookContract):
    """Return the classes of the provider tests that run the contract."""
    for path in Path(__file__).parent.glob("test_*.py"):
        importlib.import_module(path.stem)
    for one in base.__subclasses__():
        if one.provider_class:
            yield one
        yield from contracts(one)


@pytest.mark.parametrize("code", PROVIDERS)
def test_each_provider_runs_or_explains_every_case(code):
    own = [one for one in contracts() if one.provider_class.code == code]

    assert own, f"{code} has no contract class"
    assert [mistake for one in own for mistake in mistakes(one)] == []


def test_missing_and_doubtful_cases_are_mistakes():
    class Short:
        not_applicable = {"accepted": "", "pigeon": "x", "reset_after": "x"}

        @runs("reset_after")
        def test_one(self):
            pass

    assert cases_run_by(Short) == {"reset_after"}
    # One missing for each other case, and: a doubtful one, an unknown one, no reason.
    assert len(mistakes(Short)) == len(CASES) - 2 + 3
    with pytest.raises(ValueError, match="pigeon"):
        runs("pigeon")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda one: one.name)
def test_only_the_transport_talks_to_the_network(path):
    names = set(imported(path))

    assert "odoo" not in names
    if path.name not in ("connections.py", "transport.py"):
        assert not names & {"requests", "urllib3", "socket", "http"}
