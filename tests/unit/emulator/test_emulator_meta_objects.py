"""Meta's templates, media, uploads, numbers and accounts."""

import pytest
from emulator_client import (
    APP_ID,
    PDF,
    PHONE_ID,
    TOKEN,
    WABA_ID,
    multipart,
    template_body,
    template_components,
    wait_for,
)


def error_of(reply):
    return reply.json["error"]


def create(client, **changes):
    body = template_body(client, **changes)
    return client.graph("POST", f"{WABA_ID}/message_templates", body)


def edited(client, change):
    parts = template_components(client.handle())
    change(parts)
    return create(client, components=parts)


# Templates


def test_new_template_is_pending_then_approved(meta):
    reply = create(meta)

    assert reply.json["status"] == "PENDING"
    assert reply.json["category"] == "UTILITY"
    path = f"{reply.json['id']}?fields=status,quality_score"
    wait_for(lambda: meta.graph("GET", path).json["status"] == "APPROVED")
    assert set(meta.graph("GET", path).json) == {"id", "status", "quality_score"}
    assert meta.control("GET", "/violations")["violations"] == []


def test_approval_can_be_left_to_the_test(meta):
    meta.setup_meta(auto_approve=False)
    identifier = create(meta).json["id"]

    meta.control(
        "POST",
        f"/templates/{identifier}",
        {"status": "REJECTED", "reason": "INVALID_FORMAT"},
    )

    path = f"{identifier}?fields=status,rejected_reason"
    found = meta.graph("GET", path).json
    assert (found["status"], found["rejected_reason"]) == ("REJECTED", "INVALID_FORMAT")


@pytest.mark.parametrize(
    ("change", "subcode"),
    [
        (lambda p: p[1].update(text="{{customer_name}} debe {{amount}} hoy"), 2388299),
        (
            lambda p: p[1].update(text="Debe usted {{customer_name}} {{amount}}"),
            2388299,
        ),
        (lambda p: p[1].update(text="a {{customer_name}} {{amount}}."), 2388293),
        (lambda p: p[1].update(text="x" * 1025), 2388040),
        (lambda p: p[1].update(text="Hola {{a_name_longer_than_twenty}} x"), 2388047),
        (lambda p: p[1].update(text="Hola {{Nombre}} qué tal"), 2388047),
        (lambda p: p[1].update(text="Hola {{customer_name}} sin ejemplo"), 2388043),
        (lambda p: p[1].pop("example"), 2388043),
        (lambda p: p[2].update(text="x" * 61), 2388073),
        (lambda p: p[2].update(text="Con {{amount}} variable"), 2388073),
        (lambda p: p[0].update(example={"header_handle": ["4::wrong"]}), 2388273),
        (lambda p: p[0].pop("example"), 2388273),
        (lambda p: p[3]["buttons"][0].update(text="x" * 26), 2388060),
        (lambda p: p[3]["buttons"][0].update(url="https://x.mx/{{1}}/c"), 2388060),
        (lambda p: p[3]["buttons"][0].pop("example"), 2388060),
        (lambda p: p[3]["buttons"].extend([p[3]["buttons"][0]] * 2), 2388060),
        (
            lambda p: p[3]["buttons"].extend(
                [{"type": "PHONE_NUMBER", "text": "x"}, p[3]["buttons"][1]]
            ),
            2388060,
        ),
        (lambda p: p.pop(1), 2388042),
        (lambda p: p.append(p[2]), 2388299),
    ],
)
def test_refuses_a_template(meta, change, subcode):
    reply = edited(meta, change)

    assert reply.status == 400
    assert (error_of(reply)["code"], error_of(reply)["error_subcode"]) == (100, subcode)


@pytest.mark.parametrize("name", ["Recordatorio", "con espacio", "x" * 513])
def test_refuses_a_template_name(meta, name):
    assert error_of(create(meta, name=name))["code"] == 100


def test_refuses_what_the_schema_does_not_know(meta):
    reply = create(meta, allow_category_change=True)

    assert error_of(reply)["code"] == 100
    assert len(meta.control("GET", "/violations")["violations"]) == 1


def test_refuses_a_second_template_of_one_name_and_language(meta):
    create(meta)

    assert error_of(create(meta))["error_subcode"] == 2388024
    assert create(meta, language="es").status == 200


def test_positional_template(meta):
    body = {
        "type": "BODY",
        "text": "Hola {{1}}, debe usted {{2}} pesos.",
        "example": {"body_text": [["María", "10"]]},
    }

    good = create(meta, parameter_format="POSITIONAL", components=[body])
    gap = {**body, "text": "Hola {{1}}, debe usted {{3}} pesos."}
    bad = create(meta, name="b", parameter_format="POSITIONAL", components=[gap])

    assert good.status == 200
    assert error_of(bad)["error_subcode"] == 2388047


def test_sample_of_a_document_header_must_be_a_pdf(meta):
    handle = meta.handle(b"\x89PNG", "image/png")

    reply = create(meta, components=template_components(handle))

    assert error_of(reply)["error_subcode"] == 2388273


def test_lists_templates_by_page(meta):
    for language in ("es", "es_MX", "en_US"):
        create(meta, language=language)

    path = f"{WABA_ID}/message_templates?fields=name,language&limit=2"
    first = meta.graph("GET", path).json
    after = first["paging"]["cursors"]["after"]
    second = meta.graph("GET", f"{path}&after={after}").json
    filtered = meta.graph("GET", f"{WABA_ID}/message_templates?language=es").json

    assert [one["language"] for one in first["data"]] == ["es", "es_MX"]
    assert first["paging"]["next"].startswith(meta.url + "/graph/v23.0/")
    assert [one["language"] for one in second["data"]] == ["en_US"]
    assert "next" not in second["paging"]
    assert len(filtered["data"]) == 1


def test_edits_a_template_once_a_day(meta):
    identifier = meta.template().json["id"]
    parts = template_components(meta.handle())
    parts[2]["text"] = "Otro pie"

    first = meta.graph("POST", identifier, {"components": parts})
    pending = meta.graph("POST", identifier, {"components": parts})
    meta.control("POST", f"/templates/{identifier}", {"status": "APPROVED"})
    second = meta.graph("POST", identifier, {"components": parts})
    meta.control("POST", "/clock", {"advance_seconds": 86401})
    third = meta.graph("POST", identifier, {"components": parts})

    assert first.json == {"success": True}
    assert error_of(pending)["error_subcode"] == 2388025
    assert error_of(second)["error_subcode"] == 2388025
    assert third.status == 200


def test_category_of_an_approved_template_is_fixed(meta):
    identifier = meta.template().json["id"]

    reply = meta.graph("POST", identifier, {"category": "MARKETING"})

    assert error_of(reply)["error_subcode"] == 2388025


def test_deletes_and_unpauses(meta):
    identifier = meta.template().json["id"]
    meta.control("POST", f"/templates/{identifier}", {"status": "PAUSED"})
    unpaused = meta.graph("POST", f"{identifier}/unpause")
    deleted = meta.graph(
        "DELETE", f"{WABA_ID}/message_templates?name=payment_reminder_1"
    )
    again = meta.graph("DELETE", f"{WABA_ID}/message_templates?name=payment_reminder_1")

    assert unpaused.json == deleted.json == {"success": True}
    assert error_of(again)["error_subcode"] == 33


# Media


def test_media_life(meta):
    media = meta.upload().json["id"]
    found = meta.graph("GET", f"{media}?phone_number_id={PHONE_ID}").json
    other = meta.graph("GET", f"{media}?phone_number_id=999")
    path = found["url"].removeprefix(meta.url)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    content = meta.call("GET", path, headers=headers)
    without_token = meta.call("GET", path)
    forged = meta.call("GET", path[:-1] + "x", headers=headers)
    meta.control("POST", "/clock", {"advance_seconds": 301})
    late = meta.call("GET", path, headers=headers)
    deleted = meta.graph("DELETE", media, headers={"Content-Type": "application/json"})
    gone = meta.graph("GET", media)

    assert found["mime_type"] == "application/pdf"
    assert found["file_size"] == str(len(PDF))
    assert content.content == PDF
    assert error_of(other)["error_subcode"] == 33
    assert without_token.status == 401
    assert (forged.status, late.status) == (400, 404)
    assert deleted.json == {"success": True}
    assert error_of(gone)["error_subcode"] == 33


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (
            {
                "messaging_product": "whatsapp",
                "file": ("a.pdf", PDF, "application/pdf"),
            },
            100,
        ),
        (
            {
                "messaging_product": "sms",
                "type": "application/pdf",
                "file": ("a.pdf", PDF, "application/pdf"),
            },
            100,
        ),
        ({"messaging_product": "whatsapp", "type": "application/pdf"}, 100),
        (
            {
                "messaging_product": "whatsapp",
                "type": "application/zip",
                "file": ("a.zip", b"PK", "application/zip"),
            },
            131053,
        ),
        (
            {
                "messaging_product": "whatsapp",
                "type": "application/pdf",
                "file": ("a.pdf", b"not a pdf", "application/pdf"),
            },
            131053,
        ),
        (
            {
                "messaging_product": "whatsapp",
                "type": "application/pdf",
                "file": ("a.pdf", PDF, "image/png"),
            },
            100,
        ),
    ],
)
def test_refuses_an_upload(meta, fields, code):
    body, kind = multipart(fields)

    reply = meta.graph(
        "POST", f"{PHONE_ID}/media", body, headers={"Content-Type": kind}
    )

    assert (reply.status, error_of(reply)["code"]) == (400, code)


def test_resumable_upload_needs_all_bytes_and_the_app(meta):
    query = "file_length=10&file_type=application/pdf"
    wrong_app = meta.graph("POST", f"77/uploads?{query}")
    session = meta.graph("POST", f"{APP_ID}/uploads?{query}").json["id"]
    short = meta.graph("POST", session, b"%PDF", headers={"file_offset": "0"})
    state = meta.graph("GET", session).json
    rest = meta.graph("POST", session, b"-1.4xx", headers={"file_offset": "4"})
    bad = meta.graph("POST", f"{APP_ID}/uploads?file_length=0&file_type=text/plain")

    assert error_of(wrong_app)["error_subcode"] == 33
    assert error_of(short)["code"] == 100
    assert state["file_offset"] == 4
    assert rest.json["h"].startswith("4::")
    assert error_of(bad)["code"] == 100


# Numbers and accounts


def test_describes_numbers_and_waba(meta):
    fields = "display_phone_number,whatsapp_business_manager_messaging_limit"
    phone = meta.graph("GET", f"{PHONE_ID}?fields={fields}").json
    waba = meta.graph("GET", WABA_ID).json
    numbers = meta.graph("GET", f"{WABA_ID}/phone_numbers").json

    assert phone["whatsapp_business_manager_messaging_limit"] == "TIER_100K"
    assert waba["id"] == WABA_ID
    assert numbers["data"][0]["id"] == PHONE_ID
    assert meta.control("GET", "/violations")["violations"] == []


@pytest.mark.parametrize("version", ["v17.0", "v23.0", "v26.0"])
def test_every_supported_version(meta, version):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    assert (
        meta.call("GET", f"/graph/{version}/{PHONE_ID}", headers=headers).status == 200
    )


@pytest.mark.parametrize("version", ["v16.0", "v27.0", "v23", ""])
def test_other_versions_are_violations(meta, version):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    reply = meta.call("GET", f"/graph/{version}/{PHONE_ID}", headers=headers)

    assert reply.status == 400
    assert len(meta.control("GET", "/violations")["violations"]) == 1
