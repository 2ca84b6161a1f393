"""Odoo's own SMS service, as Odoo 19 calls it."""

import json
import uuid

import pytest
from emulator_client import CUSTOMER, wait_for

NUMBER = f"+{CUSTOMER.lstrip('+')}"
PATH = "/iap/api/sms/3/send"
TOKEN = "iap-token"  # noqa: S105 (a test value)


@pytest.fixture
def iap(client):
    setup(client)
    return client


def setup(client, **changes):
    account = {
        "provider": "gateway",
        "name_id": "iap",
        "dialect": "iap",
        "token": TOKEN,
        **changes,
    }
    client.control("POST", "/accounts", account)


def send(iap, number=NUMBER, **changes):
    """Call as iap_jsonrpc does; return the reply and the uuid of the SMS."""
    uid = uuid.uuid4().hex
    params = {
        "messages": [{"content": "Hola", "numbers": [{"uuid": uid, "number": number}]}],
        "account_token": TOKEN,
        "dbuuid": "d",
        "webhook_url": "http://127.0.0.1:1/sms/status",
        **changes,
    }
    body = {
        "jsonrpc": "2.0",
        "method": "call",
        "params": params,
        "id": uuid.uuid4().hex,
    }
    return iap.call("POST", PATH, body), uid


def state_of(reply):
    [result] = reply.json["result"]
    return result["state"]


def test_takes_an_sms_and_reports_to_odoo(iap, receiver):
    reply, uid = send(iap, webhook_url=receiver.url + "/sms/status")

    assert reply.json["result"] == [{"uuid": uid, "state": "success", "credit": 1}]
    wait_for(lambda: len(receiver.posts) == 2)
    reports = [
        json.loads(one["raw"])["params"]["message_statuses"][0]
        for one in receiver.posts
    ]
    assert reports == [
        {"sms_status": "sent", "uuids": [uid]},
        {"sms_status": "delivered", "uuids": [uid]},
    ]
    [row] = iap.control("GET", f"/ledger?uuid={uid}")["messages"]
    assert (row["provider"], row["channel"], row["text"]) == ("iap", "sms", "Hola")
    assert iap.control("GET", "/violations")["violations"] == []


def test_undelivered_sms_is_reported(iap, receiver):
    iap.control("POST", f"/phones/{CUSTOMER}", {"sms_delivery_error": 30003})
    _reply, uid = send(iap, webhook_url=receiver.url + "/sms/status")

    wait_for(lambda: receiver.posts)
    params = json.loads(receiver.posts[0]["raw"])["params"]
    assert params["message_statuses"] == [
        {"sms_status": "not_delivered", "uuids": [uid]}
    ]


def test_refusals_are_states(iap):
    assert state_of(send(iap, account_token="other")[0]) == "unregistered"  # noqa: S106
    setup(iap, credit=0)
    assert state_of(send(iap)[0]) == "insufficient_credit"
    assert iap.control("GET", "/ledger")["messages"] == []


def test_what_odoo_does_not_send_is_a_violation(iap):
    reply, _uid = send(iap, surprise=1)

    assert "error" in reply.json
    assert len(iap.control("GET", "/violations")["violations"]) == 1


def test_number_without_a_plus_is_a_violation(iap):
    reply, _uid = send(iap, number="5512345678")

    assert "error" in reply.json


def test_faults_find_the_recipient(iap):
    fault = {
        "kind": "html_500_after_accept",
        "provider": "iap",
        "operation": "messages",
        "match": {"recipient": CUSTOMER},
    }
    iap.control("POST", "/faults", fault)

    reply, uid = send(iap)
    assert reply.status == 500
    assert len(iap.control("GET", f"/ledger?uuid={uid}")["messages"]) == 1
    assert send(iap)[0].status == 200
