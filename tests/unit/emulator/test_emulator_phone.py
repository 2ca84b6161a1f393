"""The phone page's addresses: what they show, send and keep safe."""

import json
import threading
import time
import urllib.request

import pytest
from emulator_client import CUSTOMER, PDF, PHONE_ID, SMS_FROM, message_body, wait_for

from emulator import phone_numbers


def get(client, path):
    return client.call("GET", f"/phone/{path}")


def post(client, path, body):
    return client.call("POST", f"/phone/{path}", body)


def messages(client, number=CUSTOMER):
    return get(client, f"{number}/messages.json").json["messages"]


@pytest.fixture
def delivered(meta):
    """An emulator with one reminder on the customer's phone."""
    meta.control("POST", f"/phones/{CUSTOMER}", {"name": "María"})
    meta.template()
    meta.send_template()
    wait_for(lambda: messages(meta)[0]["status"] == "delivered")
    return meta


def test_pages_are_spanish_and_load_nothing_from_outside(client):
    for path in ("", f"/{CUSTOMER}"):
        page = client.call("GET", f"/phone{path}")
        assert page.status == 200
        assert b'<html lang="es">' in page.content
        assert b"//" not in page.content.replace(b"<!DOCTYPE", b"")
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_root_leads_to_the_phones(client):
    reply = client.call("GET", "/")

    assert (reply.status, reply.headers["Location"]) == (302, "/phone")


def test_list_shows_name_last_message_and_unread(delivered):
    [row] = get(delivered, "list.json").json["phones"]

    assert (row["name"], row["number"]) == ("María", CUSTOMER)
    assert row["pretty"] == "+52 55 1234 5678"
    assert row["snippet"].startswith("Hola María")
    assert row["unread"] == 1


def test_conversation_shows_the_message_and_its_pdf(delivered):
    [message] = messages(delivered)

    assert message["text"] == "Hola María, su factura por $1.00 venció ayer."
    assert message["footer"].startswith("Responda BAJA")
    assert [one["type"] for one in message["buttons"]] == ["url", "quick_reply"]
    [document] = message["documents"]
    assert (document["filename"], document["size"]) == ("INV-1.pdf", len(PDF))
    file = delivered.call("GET", document["href"])
    assert file.content == PDF
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"].startswith("inline")
    assert file.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["FAC/2026/0012.pdf", "ñandú 50% #1?.pdf", ".."])
def test_any_file_name_leads_to_its_file(delivered, name):
    body = message_body(delivered.upload().json["id"])
    document = body["template"]["components"][0]["parameters"][0]["document"]
    document["filename"] = name
    delivered.graph("POST", f"{PHONE_ID}/messages", body)
    [shown] = messages(delivered)[-1]["documents"]

    assert shown["filename"] == name
    assert delivered.call("GET", shown["href"]).content == PDF


def test_what_is_not_a_document_is_only_downloaded(delivered):
    media = {"filename": "a.html", "mime_type": "text/html", "base64": "PGI+"}
    body = {"channel": "whatsapp", "media": media}
    post(delivered, f"{CUSTOMER}/reply", body)
    [document] = messages(delivered)[-1]["documents"]

    file = delivered.call("GET", document["href"])

    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_the_phone_keeps_a_file_that_was_deleted(delivered):
    [document] = messages(delivered)[0]["documents"]
    media = document["href"].split("/")[3]
    headers = {"Content-Type": "application/json"}
    assert delivered.graph("DELETE", media, headers=headers).status == 200

    assert delivered.call("GET", document["href"]).content == PDF


def test_opening_the_page_reads(delivered, receiver):
    get(delivered, CUSTOMER)

    wait_for(lambda: receiver.statuses[-1]["status"] == "read")
    assert messages(delivered)[0]["status"] == "read"
    assert get(delivered, "list.json").json["phones"][0]["unread"] == 0


@pytest.mark.parametrize("change", [{"read_receipts": False}, {"online": False}])
def test_no_receipt_without_receipts_or_network(delivered, receiver, change):
    post(delivered, f"{CUSTOMER}/settings", change)

    get(delivered, CUSTOMER)
    assert post(delivered, f"{CUSTOMER}/read", {}).json == {"read": 0}

    assert messages(delivered)[0]["status"] == "delivered"


def test_looking_at_a_number_does_not_make_a_phone(client):
    assert get(client, "525500001111").status == 200
    assert messages(client, "525500001111") == []
    assert get(client, "list.json").json == {"phones": [], "more": 0}


def test_reply_and_button(delivered, receiver):
    sent = messages(delivered)[0]
    button = {"title": "Ya pagué", "payload": "PAID:3f1c"}
    body = {"channel": "whatsapp", "button": button, "context_id": sent["id"]}

    assert post(delivered, f"{CUSTOMER}/reply", body).status == 200

    def inbound():
        return [
            message
            for one in receiver.changes
            for message in one["value"].get("messages", [])
        ]

    [message] = wait_for(inbound)
    assert message["button"] == {"payload": "PAID:3f1c", "text": "Ya pagué"}
    shown = wait_for(
        lambda: [one for one in messages(delivered) if one["status"] == "delivered"][1:]
    )[0]
    assert shown["quoted"]["text"].startswith("Hola María")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("reply", {"channel": "whatsapp"}, 400),
        ("reply", {"channel": "whatsapp", "oops": 1}, 400),
        ("settings", {"name": "x"}, 400),
        ("settings", {"online": "yes"}, 400),
        ("settings", ["online"], 400),
    ],
)
def test_refuses_senseless_posts(delivered, path, body, status):
    assert post(delivered, f"{CUSTOMER}/{path}", body).status == status


def test_forms_of_other_sites_cannot_post(delivered):
    headers = {"Content-Type": "text/plain"}
    body = json.dumps({"channel": "whatsapp", "text": "x"})

    reply = delivered.call("POST", f"/phone/{CUSTOMER}/reply", body, headers)

    assert reply.status == 415
    assert len(messages(delivered)) == 1


def test_live_updates(delivered):
    url = f"{delivered.url}/phone/{CUSTOMER}/events"
    lines = []

    def listen():
        with urllib.request.urlopen(url, timeout=5) as stream:
            for line in stream:
                lines.append(line)
                if b"changed" in line:
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    wait_for(lambda: any(b"ready" in line for line in lines))
    body = {"channel": "whatsapp", "text": "Hola"}
    post(delivered, f"{CUSTOMER}/reply", body)

    thread.join(3)
    assert not thread.is_alive()
    assert time.monotonic()


def test_undelivered_is_shown_as_such(meta):
    meta.template()
    meta.control("POST", f"/phones/{CUSTOMER}", {"on_whatsapp": False})
    meta.send_template()

    [message] = wait_for(lambda: [one for one in messages(meta) if one["error"]])

    assert message["error"].startswith("131026")
    assert get(meta, "list.json").json["phones"][0]["snippet"] == ""


def test_pretty_numbers():
    assert phone_numbers.pretty("525512345678") == "+52 55 1234 5678"
    assert phone_numbers.pretty(SMS_FROM) == "+1 500 555 0006"
    assert phone_numbers.pretty("573001234567") == "+57 3001 2345 67"
