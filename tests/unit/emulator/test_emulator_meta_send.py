"""Sending through Meta: what is accepted, and each refusal."""

import re

import pytest
from emulator_client import (
    BUSINESS,
    CUSTOMER,
    PDF,
    PHONE_ID,
    message_body,
    text_body,
    wait_for,
)


def error_of(reply):
    return reply.json["error"]


def test_sends_a_template_with_its_pdf(meta, receiver):
    meta.template()

    reply = meta.send_template()

    assert reply.status == 200
    assert reply.json["contacts"] == [
        {"input": CUSTOMER, "wa_id": "521" + CUSTOMER[2:]}
    ]
    assert reply.json["messages"][0]["message_status"] == "accepted"
    assert re.fullmatch(r"wamid\.[\w+/]+=*", reply.json["messages"][0]["id"])
    [row] = meta.control("GET", "/ledger")["messages"]
    assert row["text"] == "Hola María, su factura por $1.00 venció ayer."
    assert row["uuid"] == "uuid-1"
    assert row["template"] == "payment_reminder_1"
    assert row["buttons"][0]["url"] == "https://erp.example.com/c/k3J9x"
    assert row["buttons"][1]["payload"] == "PAID:3f1c"
    assert row["media"][0]["size"] == len(PDF)
    wait_for(
        lambda: [one["status"] for one in receiver.statuses] == ["sent", "delivered"]
    )
    assert meta.control("GET", "/violations")["violations"] == []


def test_argentine_numbers_get_their_nine(meta):
    meta.template()

    reply = meta.send_template(to="541123456789")

    assert reply.json["contacts"][0]["wa_id"] == "5491123456789"


@pytest.mark.parametrize("to", ["+" + CUSTOMER, CUSTOMER, "5215512345678"])
def test_one_phone_however_its_number_is_written(meta, to):
    meta.template()

    assert meta.send_template(to=to).status == 200

    rows = meta.control("GET", f"/ledger?to={CUSTOMER}")
    assert rows["count"] == 1


@pytest.mark.parametrize(
    ("state", "code", "subcode"),
    [("expired", 190, 463), ("revoked", 190, 467)],
)
def test_refuses_a_token_that_is_over(meta, state, code, subcode):
    meta.setup_meta(token_state=state)

    reply = meta.send_text()

    assert reply.status == 401
    assert (error_of(reply)["code"], error_of(reply)["error_subcode"]) == (
        code,
        subcode,
    )


def test_refuses_an_unknown_token(meta):
    reply = meta.graph("GET", PHONE_ID, headers={"Authorization": "Bearer wrong"})

    assert (reply.status, error_of(reply)["code"]) == (401, 190)


def test_refuses_a_missing_token_and_records_it(meta):
    reply = meta.call("GET", f"/graph/v23.0/{PHONE_ID}")

    assert (reply.status, error_of(reply)["code"]) == (401, 104)
    [violation] = meta.control("GET", "/violations")["violations"]
    assert "Authorization" in violation["errors"][0]


def test_refuses_an_unknown_phone_number_id(meta):
    reply = meta.graph("POST", "999/messages", text_body())

    assert reply.status == 400
    assert error_of(reply)["code"] == 100
    assert error_of(reply)["error_subcode"] == 33


def test_refuses_another_accounts_number(meta):
    meta.setup_meta(phone_number_id="3000", waba_id="3001", access_token="EAAother")

    reply = meta.graph("POST", "3000/messages", text_body())

    assert error_of(reply)["error_subcode"] == 33


def test_refuses_a_message_to_itself(meta):
    assert error_of(meta.send_text(to=BUSINESS))["code"] == 131021


def test_free_form_needs_an_open_window(meta):
    refused = meta.send_text()
    meta.open_window()
    accepted = meta.send_text()
    meta.control("POST", "/clock", {"advance_seconds": 24 * 3600 + 1})
    late = meta.send_text()

    assert (refused.status, error_of(refused)["code"]) == (400, 131047)
    assert accepted.status == 200
    assert error_of(late)["code"] == 131047


def test_direct_send_must_be_enabled(meta):
    refused = meta.send_text(category="utility")
    meta.setup_meta(direct_send=True)
    accepted = meta.send_text(category="utility")

    assert error_of(refused)["code"] == 100
    assert "Direct Send" in error_of(refused)["error_data"]["details"]
    assert accepted.status == 200


def test_pair_limit_lends_45_messages(meta):
    meta.open_window()
    for _ in range(45):
        assert meta.send_text().status == 200

    refused = meta.send_text()
    meta.control("POST", "/clock", {"advance_seconds": 7})
    accepted = meta.send_text()

    assert error_of(refused)["code"] == 131056
    assert accepted.status == 200


def test_pair_limit_can_be_off(meta):
    meta.setup_meta(pair_limit=False)
    meta.open_window()

    assert {meta.send_text().status for _ in range(50)} == {200}


def test_throughput_limit(meta):
    meta.setup_meta(pair_limit=False, throughput_mps=5)
    meta.open_window()

    codes = [meta.send_text().status for _ in range(8)]

    assert codes[:5] == [200] * 5
    assert 429 in codes[5:]


def test_tier_limit_counts_different_users(meta):
    meta.setup_meta(messaging_tier="TIER_50")
    meta.template()
    media = meta.upload().json["id"]
    for number in range(50):
        reply = meta.send_template(to=f"5255100000{number:02d}", media=media)
        assert reply.status == 200

    refused = meta.send_template(to="525520000000", media=media)
    again = meta.send_template(to="525510000000", media=media)
    meta.control("POST", "/clock", {"advance_seconds": 24 * 3600 + 1})
    next_day = meta.send_template(to="525520000000", media=media)

    assert error_of(refused)["code"] == 131048
    assert again.status == next_day.status == 200


# Templates


def test_refuses_an_unknown_template(meta):
    reply = meta.send_template()

    assert (reply.status, error_of(reply)["code"]) == (404, 132001)


def test_refuses_another_language(meta):
    meta.template()
    body = message_body(meta.upload().json["id"])
    body["template"]["language"]["code"] = "es"

    reply = meta.graph("POST", f"{PHONE_ID}/messages", body)

    assert error_of(reply)["code"] == 132001


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("PENDING", 132001),
        ("REJECTED", 132001),
        ("PAUSED", 132015),
        ("DISABLED", 132016),
    ],
)
def test_refuses_a_template_that_is_not_approved(meta, status, code):
    meta.template()
    meta.control("POST", "/templates/payment_reminder_1", {"status": status})

    assert error_of(meta.send_template())["code"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: c[1]["parameters"].pop(), 132000),
        (lambda c: c[1]["parameters"].append({**c[1]["parameters"][0]}), 132000),
        (lambda c: c[1]["parameters"][0].pop("parameter_name"), 132012),
        (lambda c: c[1]["parameters"][0].update(parameter_name="other"), 132012),
        (lambda c: c[1]["parameters"][0].update(text="a\nb"), 132018),
        (lambda c: c[1]["parameters"][0].update(text="a\tb"), 132018),
        (lambda c: c[1]["parameters"][0].update(text="a     b"), 132018),
        (lambda c: c[1]["parameters"][0].update(text="x" * 1020), 132005),
        (lambda c: c[1]["parameters"][0].update(text=""), 100),
        (lambda c: c.pop(0), 132012),
        (lambda c: c.pop(2), 131008),
        (lambda c: c[2].update(index="1"), 132000),
        (lambda c: c[2].update(sub_type="quick_reply"), 132012),
        (lambda c: c[3].update(index="7"), 132000),
        (lambda c: c[0].update(type="HEADER"), 100),
        (lambda c: c[3]["parameters"][0].update(payload="x" * 129), 100),
    ],
)
def test_refuses_wrong_parameters(meta, change, code):
    meta.template()
    body = message_body(meta.upload().json["id"])
    change(body["template"]["components"])

    reply = meta.graph("POST", f"{PHONE_ID}/messages", body)

    assert reply.status == 400
    assert error_of(reply)["code"] == code
    assert meta.control("GET", "/ledger?format=count")["count"] == 0


def test_accepts_four_spaces(meta):
    meta.template()
    body = message_body(meta.upload().json["id"])
    body["template"]["components"][1]["parameters"][0]["text"] = "a    b"

    assert meta.graph("POST", f"{PHONE_ID}/messages", body).status == 200


def test_refuses_media_that_is_unknown_expired_or_anothers(meta):
    meta.template()
    unknown = meta.send_template(media="999")
    media = meta.upload().json["id"]
    meta.control("POST", "/clock", {"advance_seconds": 30 * 86400 + 1})
    expired = meta.send_template(media=media)
    other = meta.upload().json["id"]
    meta.setup_meta(phone_number_id="1066")
    anothers = meta.graph("POST", "1066/messages", message_body(other))

    for reply in (unknown, expired, anothers):
        assert error_of(reply)["code"] == 100
        assert error_of(reply)["error_subcode"] == 33


def test_header_document_must_be_a_pdf(meta):
    meta.template()
    image = meta.upload(b"\x89PNG", "image/png").json["id"]

    assert error_of(meta.send_template(media=image))["code"] == 131053


def test_linked_header_is_fetched_from_this_machine_only(meta, receiver):
    meta.template()
    receiver.files["/inv.pdf"] = ("application/pdf", PDF)
    for link in (receiver.url + "/inv.pdf", "https://erp.example.com/inv.pdf"):
        body = message_body("0")
        document = {"link": link, "filename": "INV-9.pdf"}
        body["template"]["components"][0]["parameters"][0]["document"] = document
        assert meta.graph("POST", f"{PHONE_ID}/messages", body).status == 200

    wait_for(lambda: len(receiver.statuses) == 3)
    good, bad = meta.control("GET", "/ledger")["messages"]
    assert good["media"][0]["filename"] == "INV-9.pdf"
    assert bad["error"]["code"] == 131053


# Asynchronous failures


@pytest.mark.parametrize(
    ("phone", "code"),
    [({"on_whatsapp": False}, 131026), ({"wa_delivery_error": 131049}, 131049)],
)
def test_phone_that_cannot_be_reached_fails_later(meta, receiver, phone, code):
    meta.template()
    meta.control("POST", f"/phones/{CUSTOMER}", phone)

    assert meta.send_template().status == 200

    [status] = wait_for(lambda: receiver.statuses)
    assert status["status"] == "failed"
    assert status["errors"][0]["code"] == code
    assert status["biz_opaque_callback_data"] == "uuid-1"


def test_phone_can_make_the_call_fail_at_once(meta):
    meta.template()
    meta.control("POST", f"/phones/{CUSTOMER}", {"wa_error": 131030})

    assert error_of(meta.send_template())["code"] == 131030


def test_phone_in_airplane_mode_gets_it_later(meta, receiver):
    meta.template()
    meta.control("POST", f"/phones/{CUSTOMER}", {"online": False})
    meta.send_template()
    wait_for(lambda: len(receiver.statuses) == 1)

    meta.control("POST", f"/phones/{CUSTOMER}", {"online": True})

    wait_for(
        lambda: [one["status"] for one in receiver.statuses] == ["sent", "delivered"]
    )


# Free form


def test_sends_document_and_interactive_in_the_window(meta):
    meta.open_window()
    media = meta.upload().json["id"]
    document = {"id": media, "filename": "INV.pdf", "caption": "Su factura"}
    buttons = [{"type": "reply", "reply": {"id": "PAID:1", "title": "Ya pagué"}}]
    interactive = {
        "type": "button",
        "header": {"type": "document", "document": {"id": media}},
        "body": {"text": "¿Ya pagó?"},
        "footer": {"text": "Empresa"},
        "action": {"buttons": buttons},
    }
    cta = {
        "type": "cta_url",
        "body": {"text": "Pague aquí"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Pagar", "url": "https://x.example/1"},
        },
    }
    base = text_body()
    del base["text"]
    for kind, content in (
        ("document", document),
        ("interactive", interactive),
        ("interactive", cta),
    ):
        reply = meta.graph(
            "POST", f"{PHONE_ID}/messages", {**base, "type": kind, kind: content}
        )
        assert reply.status == 200, reply.content

    rows = meta.control("GET", "/ledger")["messages"]
    assert [row["text"] for row in rows] == ["Su factura", "¿Ya pagó?", "Pague aquí"]
    assert rows[1]["buttons"][0]["payload"] == "PAID:1"
    assert rows[2]["buttons"][0]["url"] == "https://x.example/1"
    assert rows[1]["media"][0]["filename"] == "INV-1.pdf"


def test_marks_an_incoming_message_as_read(meta):
    meta.open_window()
    [row] = meta.control("GET", "/ledger?direction=in")["messages"]
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": row["id"]}

    reply = meta.graph("POST", f"{PHONE_ID}/messages", body)
    wrong = meta.graph(
        "POST", f"{PHONE_ID}/messages", {**body, "message_id": "wamid.x"}
    )

    assert reply.json == {"success": True}
    assert error_of(wrong)["code"] == 131009
    [row] = meta.control("GET", "/ledger?direction=in")["messages"]
    assert row["status"] == "read"
