"""Fixtures: one emulator for all tests of a file, reset for each test."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
for folder in (ROOT, Path(__file__).resolve().parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import emulator_client as helpers  # noqa: E402 (needs the path above)


@pytest.fixture(scope="module")
def server():
    with helpers.running_emulator() as client:
        yield client


@pytest.fixture
def client(server):
    """A fresh emulator; after the test no request may have broken a file."""
    server.control("POST", "/reset")
    server.control("POST", "/delivery_delay", {"ms": 20})
    return server


@pytest.fixture
def receiver():
    found = helpers.Receiver()
    yield found
    found.close()


@pytest.fixture
def meta(client, receiver):
    """An emulator with one WhatsApp number and a webhook."""
    client.setup_meta(webhook_url=receiver.url + "/hook", verify_token="verify-me")
    return client


@pytest.fixture
def twilio(client, receiver):
    """An emulator with one Twilio account and a webhook."""
    client.setup_twilio(webhook_url=receiver.url + "/sms")
    return client
