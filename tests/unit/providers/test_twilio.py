"""Twilio: forms, webhooks, looking for lost messages, and the contract."""

import base64
import dataclasses
import hashlib
import hmac
import json
from datetime import datetime, timezone

import pytest
import wire
from contract import BODY, UUID, WireContract, make_message
from payload_files import load, twilio_form_errors, twilio_query_names

from odoo.addons.cobranza_whatsapp.core.errors import ProviderError, SignatureError
from odoo.addons.cobranza_whatsapp.core.providers.twilio import Twilio
from odoo.addons.cobranza_whatsapp.core.types import (
    TemplateCall,
    WebhookRequest,
)

ACCOUNT = "AC" + "0123456789abcdef" * 2
SERVICE = "MG" + "0" * 32
CONTENT = "HX" + "0" * 32
MESSAGE_UID = "SM" + "fedcba9876543210" * 2
URL = f"https://erp.example.com/cobranza/webhook/tok?uuid={UUID}"
SINCE_UTC = datetime(2026, 11, 23, 16, 19, 30, tzinfo=timezone.utc)

# Written down from Twilio's error pages, apart from the table in the code.
CLASSES = {
    "hold": "20003 20404 21606 21408 21608 21612 30002 30018 30024 30040 30032 30034 "
    "63015 63062",
    "retry": "20429 21611 30001 30003 30008 30017 30450 30453 30485 30500 63018 63119",
    "template": "30007 63027",
    "fix": "21603 21604 21609 21619 21623 21656 21910 63005 63021 63013",
    "dead": "21211 21614 21265 21266 30004 30005 30006 63003 63024",
    "window": "63016",
    "optout": "21610 63014 63033",
    "cap": "63032 63049",
    "media": "63034 63037",
    "uncertain": "30410",
}


def sign(secret, url, fields):
    """Sign by the words of Twilio's page, independently of the code."""
    text = url + "".join(
        name + value for name, value in sorted(set(fields), key=lambda one: one)
    )
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def with_status(word, **fields):
    return {**load("twilio/status_delivered"), "MessageStatus": word, **fields}


class TestTwilio(WireContract):
    provider_class = Twilio
    credentials = {
        "account_uid": ACCOUNT,
        "sender": "+525555010100",
        "api_token": "auth-token",
    }
    accepted = (201, load("twilio/message_created"), MESSAGE_UID)
    retry_code = "20429"
    signature_header = "x-twilio-signature"
    status = load("twilio/status_delivered")
    next_status = with_status("read")
    unknown_status = with_status("teleported")
    message_in = load("twilio/message_sms")
    malformed_bodies = (b"", b"hello", b"{}", b"MessageStatus=sent", b"MessageSid=")

    def error_body(self, code):
        return {
            "code": int(code),
            "message": "what went wrong",
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": 400,
        }

    def signed(self, content, secret, url=URL):
        form = tuple(content.items())
        headers = {"x-twilio-signature": sign(secret, url, form)}
        return WebhookRequest("POST", url, headers, b"", form)

    def malformed(self, body, secret):
        name, _, value = body.decode().partition("=")
        form = ((name, value),) if name else ()
        return WebhookRequest("POST", URL, {}, body, form)

    def tampered(self, request):
        form = tuple(
            (name, "read" if value == "delivered" else value)
            for name, value in request.form
        )
        assert form != request.form
        return dataclasses.replace(request, form=form)

    @pytest.mark.parametrize("error_class", CLASSES)
    def test_error_table_equals_the_written_list(self, error_class):
        table = Twilio.ERROR_CODES
        found = {code for code, one in table.items() if one == error_class}

        assert found == set(CLASSES[error_class].split())

    # --- messages -----------------------------------------------------------------

    def sent(self, server, provider, message):
        result = provider.send(message)
        assert result.status == "uncertain"  # the server answers {}
        [received] = server.requests
        assert received.method == "POST"
        assert received.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        assert twilio_form_errors(received.form) == []
        return received

    def test_sms(self, server, provider):
        received = self.sent(server, provider, make_message(channel="sms"))

        assert received.form == {
            "To": "+525555010123",
            "From": "+525555010100",
            "Body": BODY,
            "StatusCallback": URL,
        }
        login = base64.b64decode(received.headers["authorization"].split()[1])
        assert login == f"{ACCOUNT}:auth-token".encode()

    def test_sms_by_a_messaging_service_with_an_api_key(self, server):
        key = "SK" + "0" * 32
        provider = self.make(base_url=server.url, sender=SERVICE, app_uid=key)

        message = make_message(channel="sms", callback_url="")
        received = self.sent(server, provider, message)

        assert received.form == {
            "To": "+525555010123",
            "MessagingServiceSid": SERVICE,
            "Body": BODY,
        }
        login = base64.b64decode(received.headers["authorization"].split()[1])
        assert login == f"{key}:auth-token".encode()

    @pytest.mark.parametrize("sender", ["+525555010100", "whatsapp:+525555010100"])
    def test_whatsapp_text(self, server, sender):
        provider = self.make(base_url=server.url, sender=sender)

        received = self.sent(server, provider, make_message())

        assert received.form["To"] == "whatsapp:+525555010123"
        assert received.form["From"] == "whatsapp:+525555010100"

    @pytest.mark.parametrize(
        ("parameters", "token", "variables"),
        [
            (
                (("cliente", "Ana\nPaz"), ("saldo", "")),
                None,
                {"1": "Ana Paz", "2": "-"},
            ),
            ((("cliente", "Ana"),), "k3J9", {"1": "Ana", "2": "k3J9"}),
            ((("2", "b"), ("5", "e")), "k3J9", {"2": "b", "5": "e", "6": "k3J9"}),
            ((), None, None),
        ],
    )
    def test_whatsapp_template(self, server, provider, parameters, token, variables):
        call = TemplateCall(
            "recordatorio", "es_MX", parameters, button_token=token, uid=CONTENT
        )

        form = self.sent(server, provider, make_message(template=call)).form

        assert form["ContentSid"] == CONTENT
        assert "Body" not in form
        found = form.get("ContentVariables")
        assert (json.loads(found) if found else None) == variables

    def test_description_refuses_a_wrong_form(self):
        good = {"To": "+525555010123", "Body": "x", "From": "+525555010100"}

        assert twilio_form_errors(good) == []
        assert twilio_form_errors({"Body": "x"})
        assert twilio_form_errors({**good, "ContentSid": "abc"})
        assert twilio_form_errors({**good, "Text": "x"})

    def test_text_that_cannot_be_encoded(self, server, provider):
        message = make_message(channel="sms", body="a\0b\ud800c <'\"&> 🎉 ñ")

        assert self.sent(server, provider, message).form["Body"] == "abc <'\"&> 🎉 ñ"

    @pytest.mark.parametrize(
        ("code", "status"),
        [(30005, "rejected"), (None, "rejected"), (30410, "uncertain")],
    )
    def test_message_that_fails_while_it_is_created(
        self, server, provider, code, status
    ):
        body = {**load("twilio/message_created"), "status": "failed"}
        server.reply(wire.answer(201, {**body, "error_code": code}))

        result = provider.send(make_message())

        assert result.status == status
        assert result.provider_message_uid == MESSAGE_UID

    def test_answers_of_real_calls_are_understood(self, server, provider):
        error = {"code": 20003, "message": "Authenticate", "status": 401}
        server.reply(wire.answer(401, error, {"Twilio-Request-Id": "RQ1"}))

        failure = provider.send(make_message()).failure

        assert (failure.error_class, failure.trace_uid) == ("hold", "RQ1")

    def test_has_no_media(self):
        with pytest.raises(ProviderError, match="unsupported"):
            self.make().upload_media(b"%PDF", "a.pdf")

    def test_has_no_handshake(self):
        assert self.make().answer_challenge(self.request()) is None

    # --- looking for a lost message -----------------------------------------------

    def find(self, server, *bodies, **changes):
        server.reply(*(wire.answer(200, body) for body in bodies))
        provider = self.make(base_url=server.url)
        return provider.find_message(make_message(channel="sms", **changes), SINCE_UTC)

    def test_finds_a_message_by_recipient_and_text(self, server):
        result = self.find(server, load("twilio/message_list"))

        assert result.status == "accepted"
        assert result.provider_message_uid == MESSAGE_UID
        [received] = server.requests
        assert received.query["To"] == "+525555010123"
        assert set(received.query) <= twilio_query_names()

    def test_time_without_a_zone_is_utc(self, server):
        found = load("twilio/message_list")
        found["messages"][0]["date_created"] = "Mon, 23 Nov 2026 16:20:00 -0000"

        assert self.find(server, found).status == "accepted"

    def test_finds_a_message_that_failed(self, server):
        found = load("twilio/message_list")
        found["messages"][0].update(status="undelivered", error_code=30006)

        result = self.find(server, found)

        assert result.status == "rejected"
        assert result.failure.error_class == "dead"

    def test_message_that_is_not_there_stays_uncertain(self, server):
        result = self.find(server, {"messages": []})

        assert result.status == "uncertain"
        assert result.failure.code == "not_found"

    def test_older_and_incoming_messages_do_not_count(self, server):
        found = load("twilio/message_list")
        del found["messages"][0]

        assert self.find(server, found).failure.code == "not_found"

    def test_two_alike_decide_nothing(self, server):
        found = load("twilio/message_list")
        found["messages"].append(found["messages"][0])

        assert self.find(server, found) is None

    def test_another_text_decides_nothing(self, server):
        assert self.find(server, load("twilio/message_list"), body="otro") is None

    @pytest.mark.parametrize(
        "body", [{"messages": "x"}, {"messages": [3, {"date_created": 3}]}, {}]
    )
    def test_senseless_list_finds_nothing(self, server, body):
        assert self.find(server, body).failure.code == "not_found"

    @pytest.mark.parametrize("behaviour", [wire.reset, wire.answer(500, b"oops")])
    def test_no_answer_is_no_finding(self, server, provider, behaviour):
        server.reply(behaviour)

        assert provider.find_message(make_message(), SINCE_UTC) is None

    def test_follows_pages_only_while_they_are_recent(self, server):
        row = {**load("twilio/message_list")["messages"][0], "body": "otro"}
        full = {"messages": [row] * 100, "next_page_uri": "/x"}

        assert self.find(server, full, load("twilio/message_list")) is not None
        assert [one.query["Page"] for one in server.requests] == ["0", "1"]

    def test_log_of_the_lookup_holds_no_number(self, server, caplog):
        caplog.set_level("DEBUG")

        self.find(server, load("twilio/message_list"))

        assert "Messages.json" in caplog.text
        assert "5555010123" not in caplog.text

    # --- signature ----------------------------------------------------------------

    def test_published_signature_vector(self):
        form = (
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        )
        headers = {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
        url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        request = WebhookRequest("POST", url, headers, b"", form)
        provider = self.make(signing_secret="12345")

        provider.verify(request)
        provider.verify(dataclasses.replace(request, form=form[::-1]))
        other = dataclasses.replace(request, url=url.replace("bar=2", "bar=3"))
        with pytest.raises(SignatureError):
            provider.verify(other)

    @pytest.mark.parametrize(
        ("signed_url", "seen_url"),
        [
            ("https://erp.example.com/x?a=1", "https://erp.example.com:443/x?a=1"),
            ("https://erp.example.com:443/x", "https://erp.example.com/x"),
            ("http://erp.example.com:80/x", "http://erp.example.com/x"),
            ("https://erp.example.com:8443/x", "https://erp.example.com:8443/x"),
            ("https://erp.example.com/x", "https://erp.example.com:8443/x"),
            ("https://u:p@erp.example.com/x", "https://u:p@erp.example.com:443/x"),
        ],
    )
    def test_port_may_be_written_or_not(self, signed_url, seen_url):
        request = self.signed(self.status, self.secret, signed_url)

        self.make().verify(dataclasses.replace(request, url=seen_url))

    def test_another_port_is_another_address(self):
        request = self.signed(self.status, self.secret, "https://erp.example.com:1/x")

        with pytest.raises(SignatureError):
            self.make().verify(
                dataclasses.replace(request, url="https://erp.example.com:2/x")
            )

    def test_senseless_port_is_refused_quietly(self):
        request = dataclasses.replace(self.request(), url="https://h:99999999/x")

        with pytest.raises(SignatureError):
            self.make().verify(request)

    def test_repeated_fields_are_signed_once_and_sorted(self):
        form = (("B", "2"), ("A", "z"), ("A", "a"), ("A", "z"))
        headers = {"x-twilio-signature": sign(self.secret, URL, form)}

        self.make().verify(WebhookRequest("POST", URL, headers, b"", form))

    def json_request(self, body, signed_body=None):
        digest = hashlib.sha256(
            body if signed_body is None else signed_body
        ).hexdigest()
        url = f"https://erp.example.com/x?bodySHA256={digest}"
        headers = {"x-twilio-signature": sign(self.secret, url, ())}
        return WebhookRequest("POST", url, headers, body)

    def test_json_body_is_covered_by_its_digest(self):
        self.make().verify(self.json_request(b'{"a": 1}'))

        with pytest.raises(SignatureError):
            self.make().verify(self.json_request(b'{"a": 2}', b'{"a": 1}'))

    def test_body_without_a_digest_is_not_covered(self):
        headers = {"x-twilio-signature": sign(self.secret, URL, ())}
        request = WebhookRequest("POST", URL, headers, b'{"MessageSid": "SM1"}')

        with pytest.raises(SignatureError):
            self.make().verify(request)

    def test_auth_token_signs_when_no_secret_is_set(self):
        request = self.signed(self.status, "auth-token")

        self.make(signing_secret="").verify(request)
        with pytest.raises(SignatureError):  # the secret of an API key does not sign
            self.make(signing_secret="", app_uid="SK" + "0" * 32).verify(request)

    # --- webhooks -----------------------------------------------------------------

    @pytest.mark.parametrize(("word", "state"), list(Twilio.STATUSES.items()))
    def test_every_status_has_a_state(self, word, state):
        if word == "received":
            return  # that is a message to us, see below
        [event] = self.read(with_status(word))

        assert event.state == state

    def test_undelivered_says_why_without_the_number(self):
        [event] = self.read(load("twilio/status_undelivered"))

        assert event.state == "failed"
        assert (event.failure.error_class, event.failure.code) == ("dead", "30005")
        assert "5555010123" not in event.failure.detail

    def test_carrier_timeout_stays_uncertain(self):
        [event] = self.read(with_status("undelivered", ErrorCode="30410"))

        assert event.state == "uncertain"
        assert event.failure.error_class == "uncertain"

    def test_read_by_whatsapp(self):
        [event] = self.read(load("twilio/status_read_whatsapp"))

        assert event.state == "read"

    def test_uuid_comes_from_the_signed_address(self):
        request = self.signed(self.status, self.secret, "https://erp.example.com/x")
        request = dataclasses.replace(request, query={"uuid": "forged"})
        provider = self.make()

        [item] = provider.split(request)

        assert provider.read_item(item.payload).uuid == ""

    def test_sms_from_a_person(self):
        [event] = self.read(load("twilio/message_sms"))

        assert (event.channel, event.sender) == ("sms", "+525555010123")
        assert event.text == "baja"
        assert event.media_kind == ""

    def test_whatsapp_from_a_person(self):
        [event] = self.read(load("twilio/message_whatsapp"))

        assert (event.channel, event.sender) == ("whatsapp", "+5215555010123")
        assert event.button_payload == "PAID:3f1c9a52"
        assert event.context_uid == MESSAGE_UID
        assert event.sender_name == "María Robles"
        assert event.media_kind == "image"

    @pytest.mark.parametrize(
        ("address", "sender"),
        [("whatsapp:5215555010123", "+5215555010123"), ("26262", "26262")],
    )
    def test_sender_without_a_plus(self, address, sender):
        [event] = self.read({**load("twilio/message_sms"), "From": address})

        assert event.sender == sender

    def test_pdf_is_a_document(self):
        fields = {"NumMedia": "1", "MediaContentType0": "application/pdf"}
        [event] = self.read({**load("twilio/message_sms"), **fields})

        assert event.media_kind == "document"

    @pytest.mark.parametrize(
        ("channel", "text", "answers"),
        [
            ("sms", " stop ", True),
            ("sms", "BAJA", False),
            ("sms", "please stop", False),
            ("whatsapp", "STOP", False),
        ],
    )
    def test_knows_which_opt_outs_twilio_answers(self, channel, text, answers):
        assert self.make().answers_opt_out(channel, text) is answers

    # --- connection test ----------------------------------------------------------

    def test_connection_works(self, server):
        server.reply(
            wire.answer(200, load("twilio/account")),
            wire.answer(200, load("twilio/incoming_phone_numbers")),
        )

        assert self.checks(server.url) == [
            ("configuration", True),
            ("address", True),
            ("dns", True),
            ("reachable", True),
            ("tls", True),
            ("token", True),
            ("account", True),
            ("sender", True),
        ]
        assert server.requests[0].path == f"/2010-04-01/Accounts/{ACCOUNT}.json"
        assert server.requests[1].query == {"PhoneNumber": "+525555010100"}

    @pytest.mark.parametrize(
        ("status", "code", "failed"),
        [(401, 20003, "token"), (404, 20404, "account"), (500, 20500, "answer")],
    )
    def test_refused_connection_names_the_reason(self, server, status, code, failed):
        body = {"code": code, "message": "no", "status": status}
        server.reply(wire.answer(status, body))

        assert self.checks(server.url)[-1] == (failed, False)

    def test_connection_notices_a_foreign_sender(self, server):
        server.reply(
            wire.answer(200, {**load("twilio/account"), "status": "suspended"}),
            wire.answer(200, {"incoming_phone_numbers": []}),
        )

        found = self.checks(server.url)

        assert ("account", False) in found
        assert ("sender", False) in found

    def test_messaging_service_is_not_looked_up(self, server):
        server.reply(wire.answer(200, load("twilio/account")))

        assert "sender" not in dict(self.checks(server.url, sender=SERVICE))
