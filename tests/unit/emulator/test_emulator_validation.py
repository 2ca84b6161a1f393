"""Checks against the official files: what passes, what is refused and recorded."""

import copy
import gzip
import hashlib
import json
import time

import pytest
from emulator_client import (
    PHONE_ID,
    SID,
    TOKEN,
    WABA_ID,
    Client,
    message_body,
    multipart,
    template_components,
    text_body,
)
from jsonschema import Draft202012Validator

from emulator import phone_numbers
from emulator.schema_compile import SchemaCompiler
from emulator.sms_parts import sms_parts
from emulator.validation import DEFAULT_SPECS, SpecBook, book, check_request

HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Content-Type": "application/json",
    "User-Agent": "OdooReminders/1.0.0",
}
BASIC = {
    "Authorization": "Basic eDp5",
    "Content-Type": "application/x-www-form-urlencoded",
}
MESSAGES = f"https://graph.facebook.com/v23.0/{PHONE_ID}/messages"
SMS = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"
# Of the files as received; a change of theirs is a change of what we promise.
DIGESTS = {  # SHA-256
    "twilio_api_v2010.json": (
        "99cae87a6bb1725f71363364cbd30282a13140374b2d5f9bdd5bdfa5d4c8a6d7"
    ),
    "twilio_content_v1.json": (
        "292f522ed7a3c7571d7479e23b9bc485fb9e463832fad52e9317eb012de177dd"
    ),
    "whatsapp_cloud_api_v23.yaml": (
        "b3ff8f17f4a804508417e1f28eac106eb6155086c23155205d4ff611e0017223"
    ),
}


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_packed_specs_are_the_official_files(name):
    packed = (DEFAULT_SPECS / f"{name}.gz").read_bytes()

    assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == DIGESTS[name]


def test_a_specs_folder_may_hold_plain_files(tmp_path):
    for name in DIGESTS:
        packed = (DEFAULT_SPECS / f"{name}.gz").read_bytes()
        (tmp_path / name).write_bytes(gzip.decompress(packed))

    assert (
        SpecBook(tmp_path).check_request("POST", MESSAGES, HEADERS, text_body()) == []
    )


@pytest.mark.parametrize(
    "url",
    [
        MESSAGES,
        f"http://127.0.0.1:1/graph/v23.0/{PHONE_ID}/messages",
        f"/graph/v17.0/{PHONE_ID}/messages",
        f"/v26.0/{PHONE_ID}/messages",
    ],
)
def test_accepts_a_right_message_by_any_form_of_its_path(url):
    assert check_request("POST", url, HEADERS, message_body("1")) == []


def test_body_may_be_bytes_text_or_an_object():
    body = text_body()
    for given in (body, json.dumps(body), json.dumps(body).encode()):
        assert check_request("POST", MESSAGES, HEADERS, given) == []


def without(body, name):
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (without(text_body(), "to"), "'to' is a required property"),
        (without(text_body(), "messaging_product"), "'messaging_product'"),
        (without(text_body(), "text"), "'text' is a required property"),
        (text_body(type="telegram"), ""),
        (text_body(to="not-a-number"), "$.to"),
        (text_body(text={"body": "x" * 4097}), "$.text.body"),
        (text_body(text={"body": "x", "preview": True}), "preview"),
        (text_body(biz_opaque_callback="x"), "biz_opaque_callback"),
        (text_body(biz_opaque_callback_data="x" * 513), "biz_opaque_callback_data"),
        (text_body(messaging_product="sms"), "messaging_product"),
        ([], "is not of type 'object'"),
        ("{", "not valid JSON"),
        ("", "body"),
    ],
)
def test_refuses_a_wrong_message(body, words):
    errors = check_request("POST", MESSAGES, HEADERS, body)

    assert errors
    assert any(words in error for error in errors)


def test_status_word_in_a_text_is_no_read_receipt():
    assert check_request("POST", MESSAGES, HEADERS, text_body("status")) == []


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (without(HEADERS, "Authorization"), "Authorization"),
        ({**HEADERS, "Authorization": "Basic x"}, "Authorization"),
        (without(HEADERS, "Content-Type"), "Content-Type"),
        ({**HEADERS, "Content-Type": "text/plain"}, "Content-Type"),
        ({**HEADERS, "User-Agent": "no version"}, "User-Agent"),
    ],
)
def test_refuses_wrong_headers(headers, words):
    errors = check_request("POST", MESSAGES, headers, text_body())

    assert any(words in error for error in errors)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v23.0/{PHONE_ID}?fields=status,throughput"),
        ("GET", f"/v23.0/{WABA_ID}/message_templates?fields=id&limit=100&after=x"),
        ("GET", f"/v23.0/{WABA_ID}/phone_numbers"),
        ("POST", f"/v23.0/{WABA_ID}/subscribed_apps"),
        ("POST", "/v23.0/1/uploads?file_length=3&file_type=application/pdf"),
        ("DELETE", f"/v23.0/{WABA_ID}/message_templates?name=a&hsm_id=1"),
    ],
)
def test_accepts_other_calls(method, path):
    assert check_request(method, path, HEADERS) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/v23.0/{PHONE_ID}/messages"),
        ("GET", f"/v23.0/{PHONE_ID}/massages"),
        ("GET", f"/v23.0/{PHONE_ID}?field=status"),
        ("GET", f"/v23.0/{WABA_ID}/message_templates?limit=many"),
        ("POST", "/v23.0/1/uploads?file_type=application/pdf"),
        ("GET", "/v99.0/1"),
        ("GET", f"/2010-04-01/Accounts/{SID}/Massages.json"),
        ("GET", "/2010-04-01/Accounts/XX1/Messages.json"),
    ],
)
def test_refuses_other_calls(method, path):
    assert check_request(method, path, HEADERS)


def test_template_creation():
    body = {
        "name": "a",
        "language": "es_MX",
        "category": "UTILITY",
        "components": template_components("4::x"),
    }
    path = f"/v23.0/{WABA_ID}/message_templates"
    wrong = copy.deepcopy(body)
    wrong["components"][1]["type"] = "body"

    assert check_request("POST", path, HEADERS, body) == []
    assert check_request("POST", path, HEADERS, wrong)


def test_media_upload():
    path = f"/v23.0/{PHONE_ID}/media"
    file = ('ñ "x".pdf', b"%PDF\r\n--x", "application/pdf")
    fields = {"messaging_product": "whatsapp", "type": "application/pdf", "file": file}
    body, kind = multipart(fields)
    missing, _ = multipart(without(fields, "type"))
    headers = {**HEADERS, "Content-Type": kind}

    assert check_request("POST", path, headers, body) == []
    assert "'type'" in check_request("POST", path, headers, missing)[0]
    assert check_request("POST", path, headers, body[:-6])


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ("To=%2B525512345678&From=%2B15005550006&Body=hola", True),
        ("To=%2B52&MediaUrl=http://a/1&MediaUrl=http://a/2", True),
        ("To=%2B52&StatusCallback=http://127.0.0.1:8069/x&SmartEncoded=true", True),
        ("Body=hola", False),
        ("To=%2B52&StatusCallback=nope", False),
        ("To=%2B52&Body=x&Uuid=1", False),
        ("To=%2B52&ValidityPeriod=0", False),
        ("To=%2B52&MessagingServiceSid=MG1", False),
    ],
)
def test_twilio_form(body, good):
    assert (check_request("POST", SMS, BASIC, body) == []) is good


# The quick validator says the same as plain jsonschema


def test_quick_validator_agrees_with_jsonschema():
    document = book().documents["meta"]
    schema = {"$ref": "#/components/schemas/Message"}
    quick = SchemaCompiler(document).compile(schema)
    plain = Draft202012Validator({"components": document["components"], **schema})
    bodies = [text_body(), message_body("1"), {}, 1, text_body(type="document")]
    for body in (text_body(), message_body("1")):
        bodies += [without(body, name) for name in body]
        bodies += [{**body, name: 7} for name in body]
    for place in range(4):
        for name in ("type", "parameters", "index", "sub_type"):
            body = message_body("1")
            body["template"]["components"][place].pop(name, None)
            bodies.append(body)

    for body in bodies:
        right = plain.is_valid(body)
        assert quick.is_valid_quickly(body) == right, body
        assert (quick.errors(body) == []) == right, body


def test_check_takes_far_less_than_a_millisecond():
    body = json.dumps(message_body("1")).encode()
    check_request("POST", MESSAGES, HEADERS, body)
    best = min(_seconds_for(20, body) for _ in range(5))

    assert best / 20 < 0.001


def _seconds_for(times, body):
    started = time.perf_counter()
    for _ in range(times):
        check_request("POST", MESSAGES, HEADERS, body)
    return time.perf_counter() - started


# Answers of the emulator validate too


def answer_errors(document, template, method, status, answer):
    content = document["paths"][template][method]["responses"][status]["content"]
    compiler = SchemaCompiler(document)
    validator = compiler.compile(content["application/json"]["schema"])
    return [error.message for error in validator.errors(answer)]


def test_answers_of_meta_validate(meta: Client):
    document = book().documents["meta"]
    phone = "/{Version}/{Phone-Number-ID}"
    waba = "/{Version}/{WABA-ID}"
    template = meta.template().json
    media = meta.upload().json
    cases = [
        (f"{phone}/messages", "post", meta.send_template(media=media["id"]).json),
        (f"{phone}/media", "post", media),
        (phone, "get", meta.graph("GET", PHONE_ID).json),
        ("/{Version}/{Media-ID}", "get", meta.graph("GET", media["id"]).json),
        (f"{waba}/message_templates", "post", template),
        (
            f"{waba}/message_templates",
            "get",
            meta.graph("GET", f"{WABA_ID}/message_templates").json,
        ),
        ("/{Version}/{TEMPLATE_ID}", "get", meta.graph("GET", template["id"]).json),
        (
            f"{waba}/phone_numbers",
            "get",
            meta.graph("GET", f"{WABA_ID}/phone_numbers").json,
        ),
        (
            f"{waba}/subscribed_apps",
            "get",
            meta.graph("GET", f"{WABA_ID}/subscribed_apps").json,
        ),
        (waba, "get", meta.graph("GET", WABA_ID).json),
    ]
    for path, method, answer in cases:
        assert answer_errors(document, path, method, "200", answer) == [], path
    refused = meta.graph("GET", "999").json
    assert answer_errors(document, phone, "get", "400", refused) == []


def test_answers_of_twilio_validate(twilio: Client):
    document = book().documents["twilio"]
    base = "/2010-04-01/Accounts/{AccountSid}"
    sent = twilio.sms().json
    one = f"{base}/Messages/{{Sid}}.json"
    cases = [
        (f"{base}/Messages.json", "post", "201", sent),
        (
            f"{base}/Messages.json",
            "get",
            "200",
            twilio.twilio("GET", "/Messages.json").json,
        ),
        (one, "get", "200", twilio.twilio("GET", f"/Messages/{sent['sid']}.json").json),
        (
            "/2010-04-01/Accounts/{Sid}.json",
            "get",
            "200",
            twilio.twilio("GET", ".json").json,
        ),
        (
            f"{base}/IncomingPhoneNumbers.json",
            "get",
            "200",
            twilio.twilio("GET", "/IncomingPhoneNumbers.json").json,
        ),
    ]
    for path, method, status, answer in cases:
        errors = [
            error
            for error in answer_errors(document, path, method, status, answer)
            # The file calls relative addresses URIs; Twilio sends them so.
            if "is not a 'uri'" not in error
        ]
        assert errors == [], path


# A wrong request is refused by the server, and recorded


def test_violation_is_answered_and_recorded(meta: Client):
    reply = meta.send_text(biz_opaque="x")
    unknown = meta.graph("GET", f"{PHONE_ID}/nothing")
    nowhere = meta.call("GET", "/somewhere/else")

    assert (reply.status, reply.json["error"]["code"]) == (400, 100)
    assert "biz_opaque" in reply.json["error"]["error_data"]["details"]
    assert (unknown.status, unknown.json["error"]["code"]) == (400, 2500)
    assert nowhere.status == 404
    rows = meta.control("GET", "/violations")["violations"]
    assert [row["method"] for row in rows] == ["POST", "GET", "GET"]
    assert "biz_opaque" in rows[0]["errors"][0]
    assert rows[0]["body"]["biz_opaque"] == "x"
    assert meta.control("DELETE", "/violations") == {"cleared": 3}


def test_twilio_violation_is_recorded(twilio: Client):
    twilio.sms(Uuid="1")
    twilio.twilio("GET", "/Nothing.json")

    rows = twilio.control("GET", "/violations")["violations"]
    assert [row["provider"] for row in rows] == ["twilio", "twilio"]


# Numbers and SMS parts


@pytest.mark.parametrize(
    ("number", "key", "wa_id"),
    [
        ("+52 55 1234 5678", "525512345678", "5215512345678"),
        ("5215512345678", "525512345678", "5215512345678"),
        ("+54 9 11 2345 6789", "541123456789", "5491123456789"),
        ("whatsapp:+541123456789", "541123456789", "5491123456789"),
        ("+55 11 93123-4567", "551131234567", "5511931234567"),
        ("+57 300 123 4567", "573001234567", "573001234567"),
    ],
)
def test_numbers(number, key, wa_id):
    assert phone_numbers.key(number) == key
    assert phone_numbers.wa_id(number) == wa_id


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("x" * 160, "gsm7", 1),
        ("x" * 161, "gsm7", 2),
        ("x" * 307, "gsm7", 3),
        ("€" * 81, "gsm7", 2),
        ("á" * 70, "ucs2", 1),
        ("á" * 71, "ucs2", 2),
        ("😀" * 36, "ucs2", 2),
        ("", "gsm7", 0),
    ],
)
def test_sms_parts(text, encoding, parts):
    assert (sms_parts(text)[0], sms_parts(text)[2]) == (encoding, parts)
