"""Webhooks: signatures, shape, order, repeats, and the options that bend them."""

import json

import pytest
from emulator_client import (
    BUSINESS,
    CUSTOMER,
    PHONE_ID,
    SECRET,
    TOKEN,
    WABA_ID,
    wait_for,
)

from emulator.schema_compile import SchemaCompiler
from emulator.signatures import meta_signature, twilio_signature
from emulator.validation import HERE, book

ESCAPED = (
    rb'{"object":"whatsapp_business_account","entry":[{"id":"0","changes":[{"field":'
    rb'"messages","value":{"messaging_product":"whatsapp","contacts":[{"profile":'
    rb'{"name":"Mar\u00eda"},"wa_id":"5215512345678"}]}}]}]}'
)


def statuses(receiver):
    return [one["status"] for one in receiver.statuses]


def official_errors(payload):
    """Check a webhook body against Meta's own description."""
    compiler = SchemaCompiler(book().documents["meta"])
    schema = {"$ref": "#/components/schemas/WebhookPayload"}
    return [error.message for error in compiler.compile(schema).errors(payload)]


def own_errors(value, name):
    path = HERE / "schemas" / "meta_webhooks.json"
    compiler = SchemaCompiler(json.loads(path.read_text()))
    schema = {"$ref": f"#/components/schemas/{name}"}
    return [error.message for error in compiler.compile(schema).errors(value)]


# Signatures: the vectors of reference/providers.md


def test_meta_signature_vector():
    assert meta_signature("s3cr3t", ESCAPED) == (
        "sha256=c91db012c6730a393175a1e6333c57673eb77bef7e3dac196adf4687cab9a4e2"
    )
    plain = ESCAPED.decode("unicode_escape").encode()
    assert meta_signature("s3cr3t", plain).startswith("sha256=8d01ad87")


def test_twilio_signature_vector():
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    assert twilio_signature("12345", url, params.items()) == (
        "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )


def test_twilio_signature_sorts_values_and_drops_repeats():
    pairs = [("A", "2"), ("A", "1"), ("A", "2")]

    assert twilio_signature("t", "http://x", pairs) == twilio_signature(
        "t", "http://x", [("A", "1"), ("A", "2")]
    )


def test_body_is_escaped_and_signed_as_sent(meta, receiver):
    meta.control("POST", f"/phones/{CUSTOMER}", {"name": "María"})
    meta.open_window()

    [post] = wait_for(lambda: receiver.posts)

    assert b"Mar\\u00eda" in post["raw"]
    assert post["raw"].isascii()
    signature = post["headers"]["X-Hub-Signature-256"]
    assert signature == meta_signature(SECRET, post["raw"])
    assert post["headers"]["Content-Type"] == "application/json"


# Handshake


def test_verifies_the_url_when_it_is_set(meta, receiver):
    [account] = meta.control("GET", "/accounts")["accounts"]

    assert account["webhook_verified"] is True
    assert "hub.mode=subscribe" in receiver.gets[0]
    assert TOKEN not in json.dumps(account)


def test_url_that_does_not_verify_gets_nothing(client, receiver):
    client.setup_meta(webhook_url=receiver.url + "/hook", verify_token="wrong")
    client.open_window()

    wait_for(lambda: client.control("GET", "/webhooks")["deliveries"])

    assert receiver.posts == []


def test_verification_can_be_skipped(client, receiver):
    client.setup_meta(
        webhook_url=receiver.url + "/hook", verify_token="wrong", verify=False
    )
    client.open_window()

    wait_for(lambda: receiver.posts)
    assert receiver.gets == []


def test_override_by_the_api_is_verified(meta, receiver):
    body = {
        "override_callback_uri": receiver.url + "/other",
        "verify_token": "verify-me",
    }
    bad = {**body, "verify_token": "wrong"}

    refused = meta.graph("POST", f"{WABA_ID}/subscribed_apps", bad)
    accepted = meta.graph("POST", f"{WABA_ID}/subscribed_apps", body)
    meta.open_window()

    assert refused.json["error"]["code"] == 2200
    assert accepted.json["success"] is True
    wait_for(lambda: receiver.posts)
    assert receiver.posts[0]["path"] == "/other"


def test_webhook_of_one_phone(meta, receiver):
    wanted = {"override_callback_uri": receiver.url + "/p", "verify_token": "verify-me"}

    reply = meta.graph("POST", PHONE_ID, {"webhook_configuration": wanted})
    meta.open_window()

    assert reply.json == {"success": True}
    wait_for(lambda: receiver.posts)
    assert receiver.posts[0]["path"] == "/p"


# Shape


def test_status_webhook_validates_against_metas_file(meta, receiver):
    meta.template()
    meta.send_template()
    wait_for(lambda: statuses(receiver) == ["sent", "delivered"])
    meta.control("POST", f"/phones/{CUSTOMER}/read")
    wait_for(lambda: statuses(receiver)[-1:] == ["read"])

    for post in receiver.posts:
        payload = json.loads(post["raw"])
        if payload["entry"][0]["changes"][0]["field"] == "messages":
            assert official_errors(payload) == []
    status = receiver.statuses[0]
    assert status["recipient_id"] == "521" + CUSTOMER[2:]
    assert status["biz_opaque_callback_data"] == "uuid-1"
    assert status["timestamp"].isdigit()
    assert status["pricing"]["category"] == "utility"
    value = receiver.changes[-1]["value"]
    assert value["metadata"] == {
        "display_phone_number": BUSINESS,
        "phone_number_id": PHONE_ID,
    }


def test_the_checker_of_these_tests_finds_a_wrong_status():
    value = {"messaging_product": "whatsapp", "metadata": {}, "statuses": [{"id": 1}]}
    change = {"field": "messages", "value": value}

    assert official_errors({"object": "x", "entry": [{"id": "1", "changes": [change]}]})


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"text": "BAJA"}, "text"),
        ({"button": {"title": "Ya pagué", "payload": "PAID:1"}}, "button"),
        (
            {
                "text": "pagado",
                "media": {"filename": "p.pdf", "base64": "JVBERg=="},
            },
            "document",
        ),
        (
            {
                "media": {
                    "mime_type": "image/png",
                    "filename": "p.png",
                    "base64": "iVBO",
                }
            },
            "image",
        ),
    ],
)
def test_inbound_webhooks_validate(meta, receiver, reply, kind):
    meta.template()
    sent = meta.send_template().json["messages"][0]["id"]
    body = {"channel": "whatsapp", "context_message_id": sent, **reply}
    meta.control("POST", f"/phones/{CUSTOMER}/reply", body)

    value = wait_for(
        lambda: [one["value"] for one in receiver.changes if "messages" in one["value"]]
    )[0]

    assert own_errors(value, "InboundValue") == []
    message = value["messages"][0]
    assert message["type"] == kind
    assert message["from"] == "521" + CUSTOMER[2:]
    assert message["context"] == {"from": BUSINESS, "id": sent}


def test_button_of_an_interactive_message(meta, receiver):
    meta.open_window()
    action = {"buttons": [{"type": "reply", "reply": {"id": "P:1", "title": "Sí"}}]}
    interactive = {"type": "button", "body": {"text": "¿?"}, "action": action}
    body = {
        "messaging_product": "whatsapp",
        "to": CUSTOMER,
        "type": "interactive",
        "interactive": interactive,
    }
    sent = meta.graph("POST", f"{PHONE_ID}/messages", body).json["messages"][0]["id"]
    button = {"title": "Sí", "payload": "P:1"}
    reply = {"channel": "whatsapp", "button": button, "context_message_id": sent}
    meta.control("POST", f"/phones/{CUSTOMER}/reply", reply)

    def found():
        return [
            message
            for one in receiver.changes
            for message in one["value"].get("messages", [])
            if message["type"] == "interactive"
        ]

    [message] = wait_for(found)
    assert message["interactive"]["button_reply"] == {"id": "P:1", "title": "Sí"}


def test_template_webhooks_validate(meta, receiver):
    reply = meta.template(approve=False)
    wait_for(lambda: receiver.changes)
    meta.control(
        "POST", "/templates/payment_reminder_1", {"status": "PAUSED", "quality": "RED"}
    )
    meta.control("POST", "/templates/payment_reminder_1", {"category": "MARKETING"})
    wait_for(lambda: len(receiver.changes) == 3)

    approved, paused, category = receiver.changes
    assert approved["field"] == paused["field"] == "message_template_status_update"
    assert own_errors(approved["value"], "TemplateStatusValue") == []
    assert own_errors(paused["value"], "TemplateStatusValue") == []
    assert approved["value"]["message_template_id"] == int(reply.json["id"])
    assert (approved["value"]["event"], paused["value"]["event"]) == (
        "APPROVED",
        "PAUSED",
    )
    assert category["field"] == "template_category_update"
    assert own_errors(category["value"], "TemplateCategoryValue") == []
    assert category["value"]["previous_category"] == "UTILITY"


# Delivery


def test_repeats_until_it_is_answered_200(meta, receiver):
    meta.control("POST", "/webhooks/options", {"retry_base_ms": 20})
    receiver.answers = [500, 302, 503]
    meta.open_window()

    wait_for(lambda: len(receiver.posts) == 4)

    assert len({post["raw"] for post in receiver.posts}) == 1
    moments = [post["at"] for post in receiver.posts]
    pauses = [later - one for one, later in zip(moments, moments[1:], strict=False)]
    assert pauses == sorted(pauses)
    rows = meta.control("GET", "/webhooks")
    assert [row["status"] for row in rows["deliveries"]] == [500, 302, 503, 200]
    assert rows["waiting"] == {"held": 0, "queued": 0, "retrying": 0}


def test_gives_up_after_the_last_attempt(meta, receiver):
    meta.control("POST", "/webhooks/options", {"retry_base_ms": 1, "max_attempts": 2})
    receiver.answers = [500] * 9
    meta.open_window()

    wait_for(
        lambda: (
            "given up"
            in [row["error"] for row in meta.control("GET", "/webhooks")["deliveries"]]
        )
    )
    assert len(receiver.posts) == 2


def test_twilio_does_not_repeat(twilio, receiver):
    receiver.answers = [500] * 3
    twilio.sms(StatusCallback=receiver.url + "/s")

    wait_for(lambda: len(receiver.forms) == 2)
    wait_for(lambda: twilio.control("GET", "/webhooks")["waiting"]["queued"] == 0)
    assert [form["MessageStatus"] for form in receiver.forms] == ["sent", "delivered"]


def options(client, **wanted):
    client.control("POST", "/webhooks/options", wanted)


def send(client):
    client.template()
    wait_for(lambda: client.control("GET", "/webhooks")["waiting"]["queued"] == 0)
    return client.send_template()


def test_duplicates(meta, receiver):
    meta.template()
    options(meta, duplicate=2)
    meta.send_template()

    wait_for(lambda: statuses(receiver) == ["sent"] * 3 + ["delivered"] * 3)


def test_reversed(meta, receiver):
    options(meta, order="reverse")
    send(meta)

    wait_for(lambda: statuses(receiver) == ["delivered", "sent"])


def test_before_the_response(meta, receiver):
    options(meta, before_response=True)
    send(meta)

    assert statuses(receiver)[:1] == ["sent"]
    wait_for(lambda: statuses(receiver) == ["sent", "delivered"])


def test_twilio_before_the_response(twilio, receiver):
    options(twilio, before_response=True)
    twilio.sms(StatusCallback=receiver.url + "/s")

    assert receiver.forms[0]["MessageStatus"] == "sent"


def test_read_without_delivered(meta, receiver):
    options(meta, read_without_delivered=True)
    send(meta)

    wait_for(lambda: statuses(receiver) == ["sent", "read"])


def test_held_until_released_in_any_order(meta, receiver):
    meta.template()
    wait_for(lambda: receiver.posts)
    options(meta, hold=True)
    media = meta.upload().json["id"]
    for _ in range(3):
        meta.send_template(media=media)
    wait_for(lambda: meta.control("GET", "/webhooks")["waiting"]["held"] == 6)
    assert statuses(receiver) == []

    body = {"order": "reverse", "hold": False}
    assert meta.control("POST", "/webhooks/release", body) == {"released": 6}

    wait_for(lambda: len(statuses(receiver)) == 6)
    assert statuses(receiver)[0] == "delivered"
    assert statuses(receiver)[-1] == "sent"
    meta.send_template(media=media)
    wait_for(lambda: len(statuses(receiver)) == 8)


def test_dropped(meta, receiver):
    options(meta, drop=True)
    send(meta)

    wait_for(
        lambda: (
            [
                row["error"]
                for row in meta.control("GET", "/webhooks")["deliveries"]
                if row["events"][0]["field"] == "messages"
            ]
            == ["dropped", "dropped"]
        )
    )
    assert statuses(receiver) == []


def test_several_events_leave_in_one_post(meta, receiver):
    meta.template()
    wait_for(lambda: receiver.posts)
    options(meta, hold=True)
    media = meta.upload().json["id"]
    for _ in range(5):
        meta.send_template(media=media)
    wait_for(lambda: meta.control("GET", "/webhooks")["waiting"]["held"] == 10)
    meta.control("POST", "/webhooks/release", {"hold": False})

    wait_for(lambda: len(statuses(receiver)) == 10)
    assert len(receiver.posts) == 2
    assert official_errors(json.loads(receiver.posts[-1]["raw"])) == []


def test_unsubscribed_app_gets_nothing(meta, receiver):
    meta.graph("DELETE", f"{WABA_ID}/subscribed_apps")
    meta.open_window()
    meta.send_text()
    wait_for(
        lambda: meta.control("GET", "/ledger")["messages"][0]["status"] == "delivered"
    )

    assert receiver.posts == []
    assert meta.graph("GET", f"{WABA_ID}/subscribed_apps").json == {"data": []}


def test_forced_status(meta, receiver):
    sent = send(meta).json["messages"][0]["id"]
    wait_for(lambda: statuses(receiver) == ["sent", "delivered"])
    errors = [{"code": 131049, "title": "Not delivered"}]

    meta.control(
        "POST", f"/messages/{sent}/status", {"status": "failed", "errors": errors}
    )

    wait_for(lambda: statuses(receiver)[-1] == "failed")
    assert receiver.statuses[-1]["errors"] == errors


# Raw webhooks


@pytest.mark.parametrize("kind", ["good", "bad", "missing", "old"])
def test_raw_webhook(meta, receiver, kind):
    meta.setup_meta(app_secret="newer")
    body = {"account": PHONE_ID, "body": {"á": 1}, "signature": kind}

    answer = meta.control("POST", "/raw_webhook", body)

    assert answer["status"] == 200
    [post] = receiver.posts
    given = post["headers"].get("X-Hub-Signature-256")
    expected = {
        "good": meta_signature("newer", post["raw"]),
        "old": meta_signature(SECRET, post["raw"]),
        "missing": None,
    }
    if kind == "bad":
        assert given not in {None, expected["good"], expected["old"]}
    else:
        assert given == expected[kind]


def test_raw_webhook_may_be_no_json(meta, receiver):
    meta.control("POST", "/raw_webhook", {"account": PHONE_ID, "body": "{oops"})

    assert receiver.posts[0]["raw"] == b"{oops"


def test_raw_twilio_webhook(twilio, receiver):
    body = {"account": "AC" + "a" * 32, "body": {"Body": "ñ"}, "signature": "good"}

    twilio.control("POST", "/raw_webhook", body)

    assert receiver.forms == [{"Body": "ñ"}]
    assert receiver.posts[0]["headers"]["X-Twilio-Signature"] == twilio_signature(
        "12345", receiver.url + "/sms", [("Body", "ñ")]
    )
