"""Twilio's Content API in the emulator: review, samples, cards with a PDF."""

import base64

import pytest
from emulator_client import AUTH, CUSTOMER, PDF, SID, wait_for

HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"{SID}:{AUTH}".encode()).decode()
}
BASE = "/twilio-content/v1/Content"


@pytest.fixture
def twilio(client, receiver):
    client.setup_twilio(webhook_url=receiver.url + "/twilio")
    receiver.files["/pdf/sample/x.pdf"] = ("application/pdf", PDF)
    return client


def card(receiver, **changes):
    return {
        "friendly_name": "recordatorio",
        "language": "es",
        "variables": {"1": "María", "2": "sample/x.pdf"},
        "types": {
            "whatsapp/card": {
                "body": "Hola {{1}}, gracias.",
                "media": [receiver.url + "/pdf/{{2}}"],
                "actions": [{"type": "QUICK_REPLY", "title": "Ya pagué", "id": "PAID"}],
                **changes,
            }
        },
    }


def submitted(twilio, content):
    sid = twilio.call("POST", BASE, content, HEADERS).json["sid"]
    approval = {"name": "recordatorio", "category": "UTILITY"}
    path = f"{BASE}/{sid}/ApprovalRequests/whatsapp"
    assert twilio.call("POST", path, approval, HEADERS).status == 201
    return sid


def state(twilio, sid):
    rows = twilio.call("GET", f"{BASE}AndApprovals", None, HEADERS).json["contents"]
    return {one["sid"]: one["approval_requests"] for one in rows}[sid]


def send(twilio, sid, **more):
    form = {
        "To": f"whatsapp:+{CUSTOMER}",
        "From": "whatsapp:+15005550006",
        "ContentSid": sid,
        "ContentVariables": '{"1": "Ana", "2": "tok/F-1.pdf"}',
        **more,
    }
    return twilio.twilio("POST", "/Messages.json", form)


def test_card_is_reviewed_with_its_sample_and_sent_with_the_pdf(twilio, receiver):
    sid = submitted(twilio, card(receiver))
    wait_for(lambda: state(twilio, sid)["status"] == "approved")
    receiver.files["/pdf/tok/F-1.pdf"] = ("application/pdf", b"%PDF-mine")

    reply = send(twilio, sid)

    assert reply.json["num_media"] == "1"
    [row] = twilio.control("GET", "/ledger")["messages"]
    assert row["text"] == "Hola Ana, gracias."
    assert row["media"][0]["filename"] == "F-1.pdf"
    assert row["buttons"][0]["payload"] == "PAID"
    assert twilio.control("GET", "/violations")["violations"] == []


def test_sample_that_cannot_be_fetched_is_rejected(twilio, receiver):
    receiver.files.clear()

    found = state(twilio, submitted(twilio, card(receiver)))

    assert found["status"] == "rejected"
    assert "404" in found["rejection_reason"]


@pytest.mark.parametrize("body", ["Hola {{3}}, gracias.", "{{1}} hola", "hola {{1}}"])
def test_variables_that_are_rejected(twilio, receiver, body):
    found = state(twilio, submitted(twilio, card(receiver, body=body)))

    assert found["status"] == "rejected"


def test_control_rejects_and_recategorises(twilio, receiver):
    sid = submitted(twilio, card(receiver))
    wait_for(lambda: state(twilio, sid)["status"] == "approved")

    change = {"status": "rejected", "reason": "no", "category": "MARKETING"}
    twilio.control("POST", "/templates/recordatorio", change)

    found = state(twilio, sid)
    assert (found["status"], found["category"]) == ("rejected", "MARKETING")
    assert found["rejection_reason"] == "no"


def test_unapproved_content_fails_outside_the_window(twilio, receiver):
    sid = twilio.call("POST", BASE, card(receiver), HEADERS).json["sid"]
    receiver.files["/pdf/tok/F-1.pdf"] = ("application/pdf", PDF)

    send(twilio, sid, StatusCallback=receiver.url + "/s")

    wait_for(lambda: receiver.posts)
    assert receiver.forms[0]["ErrorCode"] == "63016"


def test_wrong_card_is_a_violation(twilio, receiver):
    wrong = card(receiver, colour="red")

    assert twilio.call("POST", BASE, wrong, HEADERS).status == 400
    assert len(twilio.control("GET", "/violations")["violations"]) == 1


def test_pages_of_the_list(twilio, receiver):
    for _ in range(3):
        twilio.call("POST", BASE, card(receiver), HEADERS)

    first = twilio.call("GET", f"{BASE}?PageSize=2", None, HEADERS).json
    second = twilio.call("GET", f"{BASE}?PageSize=2&Page=1", None, HEADERS).json

    assert "Page=1" in first["meta"]["next_page_url"]
    assert (len(first["contents"]), len(second["contents"])) == (2, 1)
    assert second["meta"]["next_page_url"] is None
