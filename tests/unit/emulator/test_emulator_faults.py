"""Faults: what they do on the wire, and whether the message was accepted."""

import http.client
import json
import socket
import struct
import time

import pytest
from emulator_client import CUSTOMER, PHONE_ID, TOKEN, message_body, wait_for

import emulator.faults as faults


def fault(client, kind, **more):
    client.control("POST", "/faults", {"kind": kind, "provider": "meta", **more})


def count(client):
    return client.control("GET", "/ledger?format=count")["count"]


@pytest.fixture
def ready(meta):
    """An emulator on which a template message would be accepted."""
    meta.template()
    meta.media = meta.upload().json["id"]
    return meta


def send(client, **more):
    body = message_body(client.media)
    return client.graph("POST", f"{PHONE_ID}/messages", body, **more)


@pytest.mark.parametrize(
    ("kind", "accepted"), [("timeout_before_accept", 0), ("timeout_after_accept", 1)]
)
def test_timeout_answers_nothing_until_the_client_gives_up(ready, kind, accepted):
    fault(ready, kind, operation="messages")

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        send(ready, timeout=0.3)

    assert time.monotonic() - started >= 0.3
    assert count(ready) == accepted
    assert send(ready).status == 200


def test_timeout_ends_with_a_closed_connection(ready):
    fault(ready, "timeout_before_accept", seconds=0.1)

    with pytest.raises((ConnectionError, http.client.HTTPException)):
        send(ready)


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        ("reset_before_accept", 0),
        ("reset_after_accept", 1),
        ("reset_before_request_read", 0),
    ],
)
def test_reset_is_a_tcp_reset(ready, kind, accepted):
    fault(ready, kind)

    with pytest.raises(ConnectionResetError):
        send(ready)

    assert count(ready) == accepted
    assert send(ready).status == 200


def test_reset_while_the_request_is_still_being_written(ready):
    fault(ready, "reset_before_request_read", operation="media")
    head = (
        f"POST /graph/v23.0/{PHONE_ID}/media HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Type: multipart/form-data;"
        " boundary=x\r\nContent-Length: 90000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", ready.port), 5) as connection:
        connection.sendall(head.encode())
        with pytest.raises(ConnectionError):
            connection.sendall(b"x" * 80_000_000)


def test_http_fault_answers_what_it_is_told(ready):
    error = {"error": {"code": 131016, "message": "x", "type": "OAuthException"}}
    fault(ready, "http", status=503, json=error, headers={"X-Test": "1"}, count=2)

    first, second, third = send(ready), send(ready), send(ready)

    assert (first.status, first.json, first.headers["X-Test"]) == (503, error, "1")
    assert (second.status, third.status) == (503, 200)
    assert count(ready) == 1


def test_http_fault_with_text(ready):
    fault(ready, "http", status=502, body="<h1>Bad Gateway</h1>")

    assert send(ready).content == b"<h1>Bad Gateway</h1>"


def test_garbage_is_200_and_not_json(ready):
    fault(ready, "garbage")

    reply = send(ready)

    assert reply.status == 200
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(reply.content)
    assert count(ready) == 1


@pytest.mark.parametrize(
    ("kind", "accepted"), [("html_500_before_accept", 0), ("html_500_after_accept", 1)]
)
def test_html_500(ready, kind, accepted):
    fault(ready, kind)

    reply = send(ready)

    assert reply.status == 500
    assert reply.headers["Content-Type"] == "text/html"
    assert b"<html>" in reply.content
    assert count(ready) == accepted


def test_rate_limited_by_meta(ready):
    fault(ready, "rate_limited", retry_after=7)

    reply = send(ready)

    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert reply.json["error"]["code"] == 130429
    assert count(ready) == 0


def test_rate_limited_by_twilio(twilio):
    twilio.control("POST", "/faults", {"kind": "rate_limited", "provider": "twilio"})

    reply = twilio.sms()

    assert (reply.status, reply.json["code"]) == (429, 20429)
    assert reply.headers["Retry-After"] == "1"


def test_fault_for_one_operation_recipient_or_template(ready):
    fault(ready, "http", operation="media", status=500, json={})
    fault(ready, "http", match={"recipient": "5550000000"}, status=501, json={})
    fault(ready, "http", match={"template": "other"}, status=502, json={})
    fault(ready, "http", match={"recipient": "+" + CUSTOMER}, status=503, json={})

    assert send(ready).status == 503
    assert ready.upload().status == 500
    assert [one["hits"] for one in ready.control("GET", "/faults")["faults"]] == [
        1,
        0,
        0,
        1,
    ]


def test_fault_by_probability_is_repeatable(ready):
    def run():
        ready.control("DELETE", "/faults")
        fault(ready, "http", probability=0.5, status=500, json={}, seed=7)
        return [send(ready).status for _ in range(20)]

    first = run()

    assert run() == first
    assert set(first) == {200, 500}


def test_latency(ready):
    ready.control("POST", "/latency", {"provider": "meta", "ms": 120})

    started = time.monotonic()
    send(ready)

    assert 0.12 <= time.monotonic() - started < 1


def test_unknown_fault_is_refused(meta):
    reply = meta.call("POST", "/control/faults", {"kind": "earthquake"})

    assert reply.status == 400
    assert "earthquake" not in faults.KINDS
    assert "kind must be" in reply.json["error"]


def test_a_fault_is_named_in_the_requests_log(ready):
    fault(ready, "reset_after_accept")
    with pytest.raises(ConnectionResetError):
        send(ready)

    last = ready.control("GET", "/requests")["requests"][-1]

    assert last["fault"] == "reset_after_accept"
    assert last["message_id"].startswith("wamid.")


def test_webhooks_follow_although_the_answer_was_lost(ready, receiver):
    fault(ready, "reset_after_accept")
    with pytest.raises(ConnectionResetError):
        send(ready)

    wait_for(
        lambda: [one["status"] for one in receiver.statuses] == ["sent", "delivered"]
    )
    assert receiver.statuses[0]["biz_opaque_callback_data"] == "uuid-1"


def test_many_resets_leave_the_emulator_whole(ready):
    fault(ready, "reset_after_accept", count=None)
    for _ in range(30):
        with pytest.raises(ConnectionResetError):
            send(ready)
    ready.control("DELETE", "/faults")

    assert send(ready).status == 200
    assert struct.calcsize("ii") == 8
