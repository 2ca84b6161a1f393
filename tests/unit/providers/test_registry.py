"""The list of providers, and who may talk to the network."""

import ast
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda one: one.name)
def test_only_the_transport_talks_to_the_network(path):
    names = set(imported(path))

    assert "odoo" not in names
    if path.name not in ("connections.py", "transport.py"):
        assert not names & {"requests", "urllib3", "socket", "http"}
