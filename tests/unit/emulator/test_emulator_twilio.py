"""Twilio: sending, each refusal, callbacks, replies, opt-out, lists, contents."""

import base64
import datetime

import pytest
from emulator_client import (
    AUTH,
    CUSTOMER,
    PDF,
    SID,
    SMS_FROM,
    wait_for,
)

from emulator.signatures import twilio_signature

CALLBACK_UUID = "3f1c0e1e-0000-4000-8000-000000000001"


def forms(receiver, name="MessageStatus"):
    return [form[name] for form in receiver.forms if name in form]


def signed(post, url):
    pairs = []
    from urllib.parse import parse_qsl

    for name, value in parse_qsl(post["raw"].decode(), keep_blank_values=True):
        pairs.append((name, value))
    return post["headers"]["X-Twilio-Signature"] == twilio_signature(AUTH, url, pairs)


def test_sends_an_sms_and_calls_back_signed(twilio, receiver):
    callback = f"{receiver.url}/status/{CALLBACK_UUID}?n=1"

    reply = twilio.sms(StatusCallback=callback, Body="Su factura venció")

    assert reply.status == 201
    assert reply.json["status"] == "queued"
    assert reply.json["sid"].startswith("SM")
    assert reply.json["num_segments"] == "1"
    wait_for(lambda: forms(receiver) == ["sent", "delivered"])
    first = receiver.forms[0]
    assert first["MessageSid"] == first["SmsSid"] == reply.json["sid"]
    assert first["AccountSid"] == SID
    assert all(signed(post, callback) for post in receiver.posts)
    [row] = twilio.control("GET", f"/ledger?uuid={CALLBACK_UUID}")["messages"]
    assert (row["text"], row["status"]) == ("Su factura venció", "delivered")
    assert twilio.control("GET", "/violations")["violations"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": None}, 21604),
        ({"To": "5512345678"}, 21211),
        ({"To": "+5"}, 21211),
        ({"To": "12345"}, 21265),
        ({"To": SMS_FROM}, 21266),
        ({"From": None}, 21603),
        ({"From": "+15559999999"}, 21606),
        ({"From": None, "MessagingServiceSid": "MG" + "0" * 32}, 21606),
        ({"To": "whatsapp:+" + CUSTOMER}, 21910),
        ({"Body": None}, 21619),
        ({"Body": "x" * 1601}, 21617),
        ({"StatusCallback": "not a url"}, 21609),
        ({"MediaUrl": ["http://127.0.0.1/x"] * 11}, 21623),
        ({"Boddy": "x"}, 20001),
        ({"ContentSid": "HX" + "0" * 32}, 20404),
    ],
)
def test_refuses(twilio, changes, code):
    reply = twilio.sms(**changes)

    assert reply.json["code"] == code
    assert reply.json["status"] == reply.status
    assert reply.status in {400, 404}


def test_refuses_wrong_credentials(twilio):
    wrong = base64.b64encode(f"{SID}:nope".encode()).decode()

    reply = twilio.twilio(
        "GET", "/Messages.json", headers={"Authorization": f"Basic {wrong}"}
    )

    assert (reply.status, reply.json["code"]) == (401, 20003)


def test_accepts_an_api_key(twilio):
    twilio.setup_twilio(api_keys={"SK" + "1" * 32: "hush"})
    key = base64.b64encode(("SK" + "1" * 32 + ":hush").encode()).decode()

    reply = twilio.twilio("GET", ".json", headers={"Authorization": f"Basic {key}"})

    assert (reply.status, reply.json["sid"]) == (200, SID)


def test_another_account_is_not_found(twilio):
    reply = twilio.call(
        "GET",
        f"/twilio/2010-04-01/Accounts/AC{'b' * 32}.json",
        headers={
            "Authorization": "Basic "
            + base64.b64encode(f"{SID}:{AUTH}".encode()).decode()
        },
    )

    assert (reply.status, reply.json["code"]) == (404, 20404)


@pytest.mark.parametrize("code", [21211, 21614, 21408])
def test_phone_can_make_the_call_fail_at_once(twilio, code):
    twilio.control("POST", "/phones/+525500000404", {"sms_error": code})

    reply = twilio.sms(To="+525500000404")

    assert (reply.status, reply.json["code"]) == (400, code)


def test_phone_can_make_the_delivery_fail(twilio, receiver):
    twilio.control("POST", f"/phones/{CUSTOMER}", {"sms_delivery_error": 30003})

    twilio.sms(StatusCallback=receiver.url + "/s")

    wait_for(lambda: forms(receiver) == ["undelivered"])
    assert receiver.forms[0]["ErrorCode"] == "30003"


def test_stop_and_start(twilio, receiver):
    twilio.sms()
    stop = {"channel": "sms", "text": " stop "}
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", stop)
    refused = twilio.sms()
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", {**stop, "text": "START"})
    accepted = twilio.sms()

    assert (refused.status, refused.json["code"]) == (400, 21610)
    assert accepted.status == 201
    wait_for(lambda: forms(receiver, "Body") == [" stop ", "START"])
    rows = twilio.control("GET", "/ledger?direction=auto")["messages"]
    assert "unsubscribed" in rows[0]["text"]


def test_baja_is_not_twilios_word(twilio):
    twilio.sms()
    body = {"channel": "sms", "text": "BAJA"}
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", body)

    assert twilio.sms().status == 201


def test_opt_out_can_be_off(twilio):
    twilio.setup_twilio(opt_out=False)
    twilio.sms()
    body = {"channel": "sms", "text": "STOP"}
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", body)

    assert twilio.sms().status == 201


def test_reply_is_posted_signed(twilio, receiver):
    twilio.sms()

    body = {"channel": "sms", "text": "Ya pagué ñ <b>&"}
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", body)

    wait_for(lambda: receiver.posts)
    form = receiver.forms[0]
    assert form["Body"] == "Ya pagué ñ <b>&"
    assert (form["From"], form["To"]) == ("+" + CUSTOMER, SMS_FROM)
    assert (form["NumMedia"], form["AccountSid"]) == ("0", SID)
    assert "WaId" not in form
    assert signed(receiver.posts[0], receiver.url + "/sms")


def test_lists_and_finds_messages(twilio):
    sids = [twilio.sms(Body=str(number)).json["sid"] for number in range(3)]
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()

    one = twilio.twilio("GET", f"/Messages/{sids[0]}.json").json
    page = twilio.twilio(
        "GET", f"/Messages.json?To=%2B{CUSTOMER}&DateSent%3E={today}&PageSize=2"
    ).json
    none = twilio.twilio("GET", "/Messages.json?DateSent%3C=2020-01-01").json
    missing = twilio.twilio("GET", f"/Messages/SM{'0' * 32}.json")

    assert one["body"] == "0"
    assert [row["sid"] for row in page["messages"]] == [sids[2], sids[1]]
    assert page["next_page_uri"].endswith("PageSize=2&Page=1")
    assert none["messages"] == []
    assert (missing.status, missing.json["code"]) == (404, 20404)


def test_lists_its_numbers(twilio):
    reply = twilio.twilio("GET", "/IncomingPhoneNumbers.json").json

    assert reply["incoming_phone_numbers"][0]["phone_number"] == SMS_FROM


def test_messaging_service_picks_the_sender(twilio):
    service = "MG" + "1" * 32
    twilio.setup_twilio(messaging_services={service: SMS_FROM})

    reply = twilio.sms(From=None, MessagingServiceSid=service)

    assert reply.status == 201
    assert reply.json["messaging_service_sid"] == service
    assert reply.json["from"] == SMS_FROM


# WhatsApp by Twilio


def whatsapp(client, **changes):
    return client.sms(
        To="whatsapp:+" + CUSTOMER, From="whatsapp:" + SMS_FROM, **changes
    )


def test_whatsapp_text_outside_the_window_fails_later(twilio, receiver):
    assert whatsapp(twilio, StatusCallback=receiver.url + "/s").status == 201

    wait_for(lambda: forms(receiver) == ["failed"])
    assert receiver.forms[0]["ErrorCode"] == "63016"


def test_whatsapp_with_media_in_the_window(twilio, receiver):
    body = {"channel": "whatsapp", "text": "Hola"}
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", body)
    wait_for(lambda: receiver.posts)
    receiver.files["/inv.pdf"] = ("application/pdf", PDF)

    reply = whatsapp(
        twilio,
        MediaUrl=receiver.url + "/inv.pdf",
        StatusCallback=receiver.url + "/s",
    )

    assert reply.json["num_media"] == "1"
    assert reply.json["sid"].startswith("MM")
    wait_for(lambda: forms(receiver)[-1:] == ["delivered"])
    inbound = receiver.forms[0]
    assert inbound["WaId"] == "521" + CUSTOMER[2:]
    assert inbound["From"] == "whatsapp:+" + CUSTOMER
    twilio.control("POST", f"/phones/{CUSTOMER}/read")
    wait_for(lambda: forms(receiver)[-1:] == ["read"])


def test_content_template_with_buttons(twilio, receiver):
    content = {
        "friendly_name": "recordatorio",
        "language": "es_MX",
        "variables": {"1": "María", "2": "F-0"},
        "types": {
            "twilio/quick-reply": {
                "body": "Hola {{1}}, venció {{2}}.",
                "actions": [{"title": "Ya pagué", "id": "PAID:{{2}}"}],
            }
        },
    }
    basic = base64.b64encode(f"{SID}:{AUTH}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    base = "/twilio-content/v1/Content"
    sid = twilio.call("POST", base, content, headers).json["sid"]
    approval = {"name": "recordatorio", "category": "UTILITY"}
    twilio.call("POST", f"{base}/{sid}/ApprovalRequests/whatsapp", approval, headers)

    def approved():
        path = f"{base}/{sid}/ApprovalRequests"
        state = twilio.call("GET", path, None, headers).json
        return state["whatsapp"]["status"] == "approved"

    wait_for(approved)
    bad = whatsapp(twilio, Body=None, ContentSid=sid, ContentVariables="{")
    empty = whatsapp(twilio, Body=None, ContentSid=sid, ContentVariables='{"1":""}')

    reply = whatsapp(twilio, Body=None, ContentSid=sid, ContentVariables='{"2":"F-1"}')

    assert (bad.json["code"], empty.json["code"]) == (21656, 63013)
    assert reply.json["body"] == "Hola María, venció F-1."
    button = {"title": "Ya pagué", "payload": "PAID:F-1"}
    body = {
        "channel": "whatsapp",
        "button": button,
        "context_message_id": reply.json["sid"],
    }
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", body)
    wait_for(lambda: receiver.posts)
    form = receiver.forms[0]
    assert (form["ButtonText"], form["ButtonPayload"]) == ("Ya pagué", "PAID:F-1")
    assert form["OriginalRepliedMessageSid"] == reply.json["sid"]


def test_inbound_media_can_be_fetched(twilio, receiver):
    twilio.sms()
    media = {
        "filename": "pago.pdf",
        "mime_type": "application/pdf",
        "base64": base64.b64encode(PDF).decode(),
    }
    body = {"channel": "sms", "text": "comprobante", "media": media}
    twilio.control("POST", f"/phones/{CUSTOMER}/reply", body)
    wait_for(lambda: receiver.posts)

    url = receiver.forms[0]["MediaUrl0"]
    basic = base64.b64encode(f"{SID}:{AUTH}".encode()).decode()
    assert url.startswith(twilio.url)
    path = url.removeprefix(twilio.url)
    reply = twilio.call("GET", path, headers={"Authorization": f"Basic {basic}"})

    assert reply.content == PDF
