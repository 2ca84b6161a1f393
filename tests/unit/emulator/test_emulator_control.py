"""The control API, the ledger, and state over a restart."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from emulator_client import (
    CUSTOMER,
    PDF,
    PHONE_ID,
    TOKEN,
    Client,
    Receiver,
    message_body,
    running_emulator,
    text_body,
    wait_for,
)

ROOT = Path(__file__).resolve().parents[3]


def test_ledger_filters_and_counts(meta, twilio):
    meta.template()
    media = meta.upload().json["id"]
    meta.send_template(media=media)
    meta.send_template(media=media)
    meta.send_template(media=media, biz_opaque_callback_data="u2", to="525511112222")
    twilio.sms()

    def found(query):
        return meta.control("GET", f"/ledger?{query}")

    assert found("")["count"] == 4
    assert found("channel=sms")["count"] == 1
    assert found("uuid=u2")["count"] == 1
    assert found("to=+525511112222")["count"] == 1
    assert found("template=payment_reminder_1")["count"] == 3
    assert len(found("limit=1&offset=1")["messages"]) == 1
    last = found("")["messages"][-1]["seq"]
    assert found(f"since={last}")["count"] == 0
    counted = found("format=count&channel=whatsapp")
    assert (counted["count"], counted["distinct_uuids"]) == (3, 2)
    assert counted["duplicate_uuids"] == ["uuid-1"]
    assert found("direction=in")["count"] == 0


def test_requests_log_hides_secrets(meta):
    meta.send_text()

    rows = meta.control("GET", "/requests")
    last = rows["requests"][-1]
    assert last["body"]["text"]["body"] == "Hola"
    assert last["status"] == 400
    assert TOKEN not in json.dumps(rows)
    assert meta.control("GET", f"/requests?since={rows['last']}")["requests"] == []


def test_upload_is_logged_without_its_bytes(meta):
    meta.upload()

    body = meta.control("GET", "/requests")["requests"][-1]["body"]
    assert body["file"] == {"filename": "INV-1.pdf", "size": len(PDF)}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/accounts", {"provider": "meta"}),
        ("POST", "/accounts", {"phone_number_id": "1", "oops": 1}),
        ("POST", f"/phones/{CUSTOMER}", {"oops": 1}),
        ("POST", f"/phones/{CUSTOMER}", {"key": "1"}),
        ("POST", f"/phones/{CUSTOMER}/reply", {"channel": "whatsapp"}),
        ("POST", f"/phones/{CUSTOMER}/reply", {"channel": "pigeon", "text": "x"}),
        ("POST", "/webhooks/options", {"order": "sideways"}),
        ("POST", "/webhooks/options", {"account": "nobody"}),
        ("POST", "/webhooks/release", {"order": "sideways"}),
        ("POST", "/raw_webhook", {"account": "nobody", "body": {}}),
        ("POST", "/faults", {"kind": "http", "oops": 1}),
        ("POST", "/latency", {}),
        ("POST", "/faults", ["a list"]),
    ],
)
def test_senseless_control_is_refused_with_a_sentence(
    client: Client, method, path, body
):
    reply = client.call(method, f"/control{path}", body)

    assert reply.status == 400
    assert reply.json["error"]


def test_unknown_message_template_and_account_are_404(client: Client):
    for method, path in (
        ("POST", "/messages/wamid.x/status"),
        ("POST", "/templates/nothing"),
        ("DELETE", "/accounts/1"),
    ):
        reply = client.call(method, f"/control{path}", {"status": "sent"})
        assert reply.status == 404


def test_account_can_be_removed(meta):
    assert meta.control("DELETE", f"/accounts/{PHONE_ID}") == {"deleted": PHONE_ID}
    assert meta.send_text().status == 401


def test_reply_needs_a_phone_that_can(meta):
    reply = {"channel": "whatsapp", "text": "x"}
    for change in ({"online": False}, {"online": True, "on_whatsapp": False}):
        meta.control("POST", f"/phones/{CUSTOMER}", change)
        answer = meta.call("POST", f"/control/phones/{CUSTOMER}/reply", reply)
        assert answer.status == 400


def test_reset_forgets_everything(meta):
    meta.template()
    meta.send_template()
    meta.control("POST", "/faults", {"kind": "garbage"})

    meta.control("POST", "/reset")

    for path, name in (
        ("/accounts", "accounts"),
        ("/ledger", "messages"),
        ("/faults", "faults"),
        ("/templates", "templates"),
        ("/phones", "phones"),
        ("/requests", "requests"),
    ):
        assert meta.control("GET", path)[name] == []


# Nothing a client sends may break the emulator


def mutated(body, chance):
    """Change one place of a JSON value at random."""
    junk = [None, 1, "", "x" * 70, [], {}, [1], {"a": 1}, True, "\u0000", "😀"]
    places = []

    def walk(node):
        for name in node if isinstance(node, dict) else range(len(node)):
            places.append((node, name))
            if isinstance(node[name], dict | list):
                walk(node[name])

    walk(body)
    node, name = chance.choice(places)
    if chance.random() < 0.3:
        del node[name]
    else:
        node[name] = chance.choice(junk)
    return body


def test_no_body_makes_a_500(meta, twilio):
    meta.template()
    meta.open_window()
    media = meta.upload().json["id"]
    chance = random.Random(5)  # noqa: S311 (repeatable)
    action = {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "a"}}]}
    interactive = text_body(
        type="interactive",
        interactive={
            "type": "button",
            "header": {"type": "document", "document": {"id": media}},
            "body": {"text": "a"},
            "action": action,
        },
    )
    bodies = [message_body(media), text_body(), interactive]
    for _ in range(250):
        body = mutated(json.loads(json.dumps(chance.choice(bodies))), chance)
        assert meta.graph("POST", f"{PHONE_ID}/messages", body).status != 500, body
    for _ in range(60):
        form = {"To": "+" + CUSTOMER, "From": "+15005550006", "Body": "x"}
        form = mutated(form, chance)
        assert twilio.twilio("POST", "/Messages.json", form).status != 500, form


# State


def test_state_survives_a_restart(tmp_path):
    receiver = Receiver()
    with running_emulator(state=tmp_path, delivery_delay_ms=60_000) as first:
        first.setup_meta(webhook_url=receiver.url + "/hook", verify_token="verify-me")
        first.template()
        first.control("POST", f"/phones/{CUSTOMER}", {"name": "María"})
        media = first.upload().json["id"]
        sent = first.send_template(media=media).json["messages"][0]["id"]
        wait_for(lambda: receiver.statuses)
        first.control("POST", "/webhooks/options", {"hold": True})
        first.open_window()
    before = len(receiver.posts)

    with running_emulator(state=tmp_path) as second:
        assert second.control("GET", "/webhooks")["waiting"]["held"] == 1
        second.control("POST", "/webhooks/release", {"hold": False})
        wait_for(lambda: len(receiver.posts) > before)
        wait_for(
            lambda: (
                second.control("GET", "/ledger")["messages"][0]["status"] == "delivered"
            )
        )
        [phone] = second.control("GET", "/phones")["phones"]
        [row] = second.control("GET", "/ledger")["messages"]
        again = second.send_template(media=media)

    receiver.close()
    assert (row["id"], phone["name"], again.status) == (sent, "María", 200)
    inbound = [one for one in receiver.changes if "messages" in one["value"]]
    assert len(inbound) == 1


def test_reset_empties_the_state_folder(tmp_path):
    with running_emulator(state=tmp_path) as first:
        first.setup_meta()
        first.control("POST", "/reset")
    with running_emulator(state=tmp_path) as second:
        assert second.control("GET", "/accounts")["accounts"] == []


# The program


def start(*options):
    return subprocess.Popen(
        [sys.executable, "-m", "emulator", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program_says_when_it_is_ready_and_ends_when_told(number):
    program = start("--port", "0")
    line = program.stdout.readline()
    match = re.fullmatch(r"emulator ready on http://127\.0\.0\.1:(\d+)\n", line)
    assert match, line + program.stderr.read()
    client = Client(int(match[1]), None)

    assert client.call("GET", "/health").json == {"status": "ok"}
    program.send_signal(number)

    assert program.wait(5) == 0
    assert program.stderr.read() == ""


def test_busy_port_and_missing_specs_are_one_sentence(client: Client, tmp_path):
    busy = start("--port", str(client.port))
    no_specs = start("--port", "0", "--specs", str(tmp_path))

    for program in (busy, no_specs):
        _, errors = program.communicate(timeout=10)
        assert program.returncode == 1
        assert len(errors.strip().splitlines()) == 1, errors
