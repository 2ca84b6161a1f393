"""The SMS gateways and the WhatsApp gateway of the client."""

import hashlib
import hmac
import json
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from emulator_client import CUSTOMER, PDF, PHONE_ID, wait_for

KEY = {"X-Api-Key": "key"}
REF = "3f1c9a52-7f0e-4d0e-9a1b-0c7a52d1f001"
GENERIC = "/sms-gateway/generic"


@pytest.fixture
def gateway(client, receiver):
    setup(client, webhook_url=receiver.url + "/gateway")
    return client


def setup(client, **changes):
    account = {"provider": "gateway", "name_id": "g", "token": "key", **changes}
    client.control("POST", "/accounts", account)


def send(gateway, headers=KEY, **changes):
    body = {"to": CUSTOMER, "text": "Hola", "ref": REF, **changes}
    return gateway.call("POST", f"{GENERIC}/send", body, headers)


def violations(gateway):
    return gateway.control("GET", "/violations")["violations"]


def test_accepts_and_reports_with_the_secret(gateway, receiver):
    reply = send(gateway)

    assert (reply.status, reply.json["code"]) == (200, "0")
    wait_for(lambda: len(receiver.posts) == 2)
    reports = [json.loads(one["raw"]) for one in receiver.posts]
    assert [one["status"] for one in reports] == ["BUFFERED", "DELIVRD"]
    assert {one["ref"] for one in reports} == {REF}
    assert receiver.posts[0]["headers"]["X-Report-Secret"] == "report-secret"
    [row] = gateway.control("GET", f"/ledger?uuid={REF}")["messages"]
    assert (row["channel"], row["text"]) == ("sms", "Hola")
    assert violations(gateway) == []


def test_plain_text_by_get(gateway):
    query = urlencode({"to": CUSTOMER, "text": "Hola & más", "key": "key"})
    good = gateway.call("GET", f"{GENERIC}/send?{query}")
    bad = gateway.call("GET", f"{GENERIC}/send?{query.replace('=key', '=no')}")

    assert good.content.startswith(b"OK: G")
    assert (bad.status, bad.content) == (401, b"ERR 11")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"text": ""}, "20"), ({"to": "12"}, "10"), ({"colour": "red"}, "10")],
)
def test_refusals(gateway, change, code):
    assert send(gateway, **change).json["code"] == code


def test_phones_and_credit_refuse(gateway):
    gateway.control("POST", f"/phones/{CUSTOMER}", {"sms_error": 36})
    assert send(gateway).json["code"] == "36"
    gateway.control("POST", f"/phones/{CUSTOMER}", {"sms_error": None})
    setup(gateway, credit=0)
    assert send(gateway).json["code"] == "35"


def test_failure_later(gateway, receiver):
    gateway.control("POST", f"/phones/{CUSTOMER}", {"sms_delivery_error": 36})
    send(gateway)

    wait_for(lambda: receiver.posts)
    report = json.loads(receiver.posts[0]["raw"])
    assert (report["status"], report["error"]) == ("UNDELIV", "36")


def test_faults_and_asking(gateway):
    fault = {"kind": "reset_after_accept", "provider": "gateway"}
    gateway.control("POST", "/faults", {**fault, "match": {"recipient": CUSTOMER}})
    with pytest.raises(OSError):  # noqa: PT011 (what the socket says differs)
        send(gateway)

    found = gateway.call("GET", f"{GENERIC}/status?id={REF}", None, KEY)
    missing = gateway.call("GET", f"{GENERIC}/status?id=x", None, KEY)

    assert found.json["ref"] == REF
    assert missing.status == 404


def test_report_signed_by_hmac(gateway, receiver):
    setup(gateway, proof="hmac", proof_name="X-Signature")
    send(gateway)

    wait_for(lambda: receiver.posts)
    post = receiver.posts[0]
    digest = hmac.new(b"report-secret", post["raw"], hashlib.sha256).hexdigest()
    assert post["headers"]["X-Signature"] == digest


def test_report_by_get_to_the_address_of_the_message(gateway, receiver):
    setup(gateway, proof="address", report_method="GET")
    send(gateway, callback=f"{receiver.url}/cb?uuid=1&sig=2")

    wait_for(lambda: len(receiver.gets) == 2)
    query = parse_qs(urlsplit(receiver.gets[0]).query)
    assert (query["uuid"], query["sig"]) == (["1"], ["2"])
    assert query["status"] == ["BUFFERED"]


def test_replies_reach_the_business(gateway, receiver):
    send(gateway)
    body = {"channel": "sms", "text": "BAJA"}
    gateway.control("POST", f"/phones/{CUSTOMER}/reply", body)

    wait_for(lambda: any(b"BAJA" in one["raw"] for one in receiver.posts))


@pytest.mark.parametrize(
    ("signature", "secret"),
    [
        ("good", "report-secret"),
        ("bad", "not-the-secret"),
        ("old", "rotated-out-secret"),
        ("missing", ""),
    ],
)
def test_raw_reports(gateway, receiver, signature, secret):
    wanted = {"account": "g", "body": {"id": "1"}, "signature": signature}
    gateway.control("POST", "/raw_webhook", wanted)

    assert receiver.posts[0]["headers"]["X-Report-Secret"] == secret


def test_labsmobile(client):
    setup(client, dialect="labsmobile", user="shop")
    path = "/sms-gateway/labsmobile/json"
    login = {"Authorization": "Basic c2hvcDprZXk="}
    body = {
        "message": "Hola",
        "recipient": [{"msisdn": CUSTOMER}],
        "subid": "a" * 20,
        "long": 1,
    }
    good = client.call("POST", f"{path}/send", body, login)
    long = client.call("POST", f"{path}/send", {**body, "subid": "a" * 21}, login)
    key = client.call("POST", f"{path}/send", body, {"Authorization": "Basic eDp5"})
    balance = client.call("GET", f"{path}/balance", None, login)

    assert good.json == {
        "subid": "a" * 20,
        "code": "0",
        "message": "Message has been successfully sent",
    }
    assert (long.status, long.json["code"]) == (400, "11")
    assert key.status == 401
    assert balance.json["code"] == 0
    assert len(violations(client)) == 1


def test_sms_masivos(client):
    setup(client, dialect="smsmasivos")
    path = "/sms-gateway/smsmasivos/sms/send"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    form = {"message": "Hola", "numbers": CUSTOMER[2:], "country_code": "52"}

    good = client.call("POST", path, urlencode(form), {**kind, "apikey": "key"})
    bad = client.call("POST", path, urlencode(form), {**kind, "apikey": "no"})
    accents = f"message={quote('Adiós')}&numbers={CUSTOMER[2:]}"
    client.call("POST", path, accents, {**kind, "apikey": "key"})

    assert good.json["success"] is True
    assert (bad.status, bad.json["code"]) == (401, "auth_03")
    assert len(violations(client)) == 1


# --- a WhatsApp gateway ---------------------------------------------------------------


@pytest.fixture
def d360(client):
    client.setup_meta(gateway_key="d360-key")
    return client


D360 = {"D360-API-KEY": "d360-key"}
TEXT = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": CUSTOMER,
    "type": "text",
    "text": {"body": "Hola"},
}


def test_gateway_answers_as_meta_with_its_own_key(d360):
    body = {"channel": "whatsapp", "text": "Hola"}
    d360.control("POST", f"/phones/{CUSTOMER}/reply", body)
    good = d360.call("POST", "/d360/messages", TEXT, D360)
    bad = d360.call("POST", "/d360/messages", TEXT, {"D360-API-KEY": "no"})
    wrong = d360.call("POST", "/d360/messages", {**TEXT, "colour": 1}, D360)

    assert good.status == 201
    assert good.json["messages"][0]["id"].startswith("wamid.")
    assert bad.status == 401
    assert bad.json["meta"]["developer_message"] == "Invalid api_key"
    assert wrong.json["error"]["code"] == 100
    assert len(violations(d360)) == 1
    [row] = d360.control("GET", "/ledger")["messages"]
    assert row["account"] == PHONE_ID


def test_gateway_keeps_the_webhook_and_its_headers(d360, receiver):
    wanted = {"url": receiver.url + "/wa", "headers": {"X-Our-Secret": "s"}}
    assert d360.call("POST", "/d360/v1/configs/webhook", wanted, D360).status == 200
    found = d360.call("GET", "/d360/v1/configs/webhook", None, D360)
    assert found.json["url"] == wanted["url"]
    body = {"channel": "whatsapp", "text": "Hola"}
    d360.control("POST", f"/phones/{CUSTOMER}/reply", body)

    wait_for(lambda: receiver.posts)
    headers = receiver.posts[0]["headers"]
    assert headers["X-Our-Secret"] == "s"
    assert "X-Hub-Signature-256" not in headers


def test_gateway_creates_templates_with_a_sample_by_link(d360, receiver):
    receiver.files["/sample.pdf"] = ("application/pdf", PDF)
    template = {
        "name": "recordatorio",
        "language": "es",
        "category": "UTILITY",
        "components": [
            {
                "type": "HEADER",
                "format": "DOCUMENT",
                "example": {"header_handle": [receiver.url + "/sample.pdf"]},
            },
            {"type": "BODY", "text": "Hola, esta es su factura."},
        ],
    }
    path = "/d360/v1/configs/templates"
    created = d360.call("POST", path, template, D360)
    listed = d360.call("GET", path, None, D360).json["waba_templates"]

    assert created.status == 200
    assert [one["name"] for one in listed] == ["recordatorio"]


def test_unknown_path_of_the_gateway(d360):
    assert d360.call("GET", "/d360/secrets", None, D360).status == 404
