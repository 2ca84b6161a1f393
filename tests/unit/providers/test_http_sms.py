"""The SMS gateway that an administrator describes: the contract, and its freedoms."""

import base64
import dataclasses
import hashlib
import hmac
import json
from datetime import datetime, timezone

import pytest
import wire
from contract import BODY, UUID, WireContract

from odoo.addons.cobranza_whatsapp.core.errors import SignatureError
from odoo.addons.cobranza_whatsapp.core.providers.http_sms import HttpSms
from odoo.addons.cobranza_whatsapp.core.types import WebhookRequest

URL = f"https://erp.example.com/cobranza/webhook/tok?uuid={UUID}"
SINCE_UTC = datetime(2026, 11, 23, 16, 19, 30, tzinfo=timezone.utc)
NASTY = "a\"b\\c&d=e?f#g{text}%41\nñ<'>"
OPTIONS = {
    "headers": "Authorization: Basic {basic}",
    "body": '{"to": "{number}", "text": "{text}", "id": "{uuid}"}',
    "success_path": "code",
    "success_value": "0",
    "uid_path": "id",
    "error_path": "code",
    "detail_path": "message",
    "error_classes": "10 = fix\n30 = retry\n35 = hold\n36 = dead\n37 = optout\n"
    "38 = uncertain",
    "check_address": "/balance",
    "proof": "hmac",
    "proof_name": "X-Signature",
    "report_uid_path": "id",
    "report_status_path": "status",
    "report_error_path": "error",
    "statuses": "BUFFERED = sent\nDELIVRD = delivered\nUNDELIV = failed",
    "reply_sender_path": "from",
    "reply_text_path": "text",
}


def sign(secret, body):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TestHttpSms(WireContract):
    provider_class = HttpSms
    channel = "sms"
    credentials = {
        "account_uid": "shop",
        "api_token": "key",
        "sender": "SHOP",
        "options": OPTIONS,
    }
    accepted = (200, {"code": "0", "id": "G-1", "message": "ok"}, "G-1")
    error_codes = {
        "10": "fix",
        "30": "retry",
        "35": "hold",
        "36": "dead",
        "37": "optout",
        "38": "uncertain",
    }
    retry_code = "30"
    signature_header = "x-signature"
    status = {"id": "G-1", "status": "DELIVRD"}
    next_status = {"id": "G-1", "status": "UNDELIV", "error": "36"}
    unknown_status = {"id": "G-1", "status": "teleported"}
    message_in = {"id": "R-1", "from": "525555010123", "text": "Baja"}
    malformed_bodies = (b"", b"hello", b"{}", b"[7]", b'"x"', b'{"id": "G-1"}')

    def error_body(self, code):
        return {"code": code, "message": "what went wrong"}

    def signed(self, content, secret):
        return self.malformed(json.dumps(content).encode(), secret)

    def malformed(self, body, secret):
        headers = {"x-signature": sign(secret, body)}
        return WebhookRequest("POST", URL, headers, body, query={"uuid": UUID})

    def tampered(self, request):
        return dataclasses.replace(request, body=request.body.replace(b"1", b"2"))

    def with_options(self, url="", secret=None, **options):
        changes = {} if secret is None else {"signing_secret": secret}
        return self.make(base_url=url, options={**OPTIONS, **options}, **changes)

    def sent(self, server, path="/", body=BODY, body_=None, **options):
        if body_ is not None:
            options["body"] = body_
        self.with_options(server.url + path, **options).send(self.outgoing(body=body))
        [received] = server.requests
        return received

    # --- what leaves --------------------------------------------------------------

    def test_json_content(self, server):
        received = self.sent(server)

        assert received.method == "POST"
        assert received.json == {"to": "525555010123", "text": BODY, "id": UUID}
        login = base64.b64decode(received.headers["authorization"].split()[1])
        assert login == b"shop:key"

    def test_hostile_text_stays_one_value(self, server):
        assert self.sent(server, body=NASTY).json["text"] == NASTY

    def test_hostile_text_in_a_form(self, server):
        template = "to={number_plus}&text={text}\nfrom={sender}"
        received = self.sent(server, body=NASTY, body_kind="form", body_=template)

        assert received.form["text"] == NASTY
        assert set(received.form) == {"to", "text", "from"}

    def test_hostile_text_in_the_address(self, server):
        received = self.sent(
            server, "/send?to={number}&text={text}", NASTY, body_kind="none"
        )

        assert (received.path, received.body) == ("/send", b"")
        assert received.query == {"to": "525555010123", "text": NASTY}

    def test_every_placeholder(self, server):
        names = [
            "number",
            "number_plus",
            "number_national",
            "country_code",
            "text",
            "text_ascii",
            "uuid",
            "uuid20",
            "callback",
            "user",
            "token",
            "basic",
            "sender",
        ]
        template = json.dumps({name: "{" + name + "}" for name in names})

        received = self.sent(server, body_=template).json

        assert received["number_national"] == "5555010123"
        assert received["country_code"] == "52"
        assert received["text_ascii"] == "Hola Maria: su factura FAC/2026/0012 vencio."
        assert received["uuid20"] == UUID.replace("-", "")[:20]
        assert received["callback"] == URL
        assert received["sender"] == "SHOP"

    def test_credentials_are_demanded_where_they_are_used(self, server):
        provider = self.make(base_url=server.url, account_uid="", sender="")

        failure = provider.send(self.outgoing()).failure

        assert (failure.code, failure.detail) == ("not_configured", "account_uid")
        assert server.requests == []

    def test_broken_template_sends_nothing(self, server):
        provider = self.with_options(server.url, body='{"to": "{numero}"}')

        failure = provider.send(self.outgoing()).failure

        assert (failure.error_class, failure.code) == ("hold", "not_configured")
        assert server.requests == []

    # --- what comes back ----------------------------------------------------------

    @pytest.mark.parametrize(
        ("options", "body", "status", "uid"),
        [
            ({"success": "contains"}, b'{"code": "x0y", "id": 7}', "accepted", "7"),
            ({"success": "status"}, b"OK", "accepted", UUID),
            (
                {"success_path": "success", "success_value": "true", "uid_path": ""},
                b'{"success": true}',
                "accepted",
                UUID,
            ),
            (
                {"success_path": "success", "success_value": "true"},
                b'{"success": false, "message": "no"}',
                "rejected",
                "",
            ),
            (
                {"success_path": "messages.0.status.groupId", "success_value": "1"},
                b'{"messages": [{"status": {"groupId": 1}}], "id": "M"}',
                "accepted",
                "M",
            ),
            (
                {"success": "pattern", "success_value": r"^OK:? ?([0-9]+)"},
                b"OK: 123\n",
                "accepted",
                "123",
            ),
            (
                {"success": "pattern", "success_value": "^OK"},
                b"<html>",
                "uncertain",
                "",
            ),
            (
                {
                    "success": "pattern",
                    "success_value": "^OK",
                    "failure_pattern": "^ERR ([0-9]+)",
                },
                b"ERR 35",
                "rejected",
                "",
            ),
        ],
    )
    def test_rules_of_success(self, server, options, body, status, uid):
        server.reply(wire.answer(200, body))

        result = self.with_options(server.url, **options).send(self.outgoing())

        assert (result.status, result.provider_message_uid) == (status, uid)

    def test_code_of_a_refusal_in_plain_text(self, server):
        options = {"success": "pattern", "success_value": "^OK"}
        server.reply(wire.answer(200, b"ERR 35"))
        provider = self.with_options(
            server.url, failure_pattern="^ERR ([0-9]+)", **options
        )

        failure = provider.send(self.outgoing()).failure

        assert (failure.error_class, failure.code) == ("hold", "35")

    def test_success_code_with_a_server_error_is_uncertain(self, server, provider):
        server.reply(wire.answer(502, {"code": "0", "id": "G-1"}))

        assert provider.send(self.outgoing()).status == "uncertain"

    # --- asking -------------------------------------------------------------------

    def ask(self, server, status, body, **options):
        server.reply(wire.answer(status, body))
        asked = {"ask_address": "/status?id={uuid}", "ask_path": "status", **options}
        provider = self.with_options(server.url + "/send", **asked)
        return provider.find_message(self.outgoing(), SINCE_UTC)

    @pytest.mark.parametrize(
        ("word", "status"), [("DELIVRD", "accepted"), ("UNDELIV", "rejected")]
    )
    def test_asks_what_became_of_a_message(self, server, word, status):
        assert self.ask(server, 200, {"status": word}).status == status
        [received] = server.requests
        assert (received.method, received.target) == ("GET", f"/status?id={UUID}")

    def test_gateway_that_knows_nothing_decides_nothing(self, server):
        assert self.ask(server, 404, {}).failure.code == "not_found"
        server.requests.clear()
        assert self.ask(server, 200, {"status": "teleported"}) is None
        assert self.ask(server, 500, b"oops") is None
        assert self.ask(server, 200, {}, ask_address="") is None

    # --- proof of reports ---------------------------------------------------------

    def report(self, method="POST", headers=None, **parts):
        return WebhookRequest(method, URL, headers or {}, **parts)

    @pytest.mark.parametrize("place", ["headers", "query", "form"])
    def test_secret_in_a_header_or_parameter(self, place):
        provider = self.with_options(proof="secret", proof_name="Key")

        def report(secret):
            if place == "headers":
                return self.report(headers={"key": secret})
            if place == "query":
                return self.report("GET", query={"Key": secret})
            return self.report(form=(("Key", secret),))

        provider.verify(report(self.secret))
        for wrong in ("", "x", self.secret + "x"):
            with pytest.raises(SignatureError):
                provider.verify(report(wrong))

    def test_secret_without_a_name_proves_nothing(self):
        provider = self.with_options(proof="secret", proof_name="")

        with pytest.raises(SignatureError):
            provider.verify(self.report(query={"": self.secret}))

    def test_secret_does_not_stand_in_the_event(self):
        provider = self.with_options(proof="secret", proof_name="Key")
        query = {"id": "G-1", "status": "DELIVRD", "Key": self.secret, "uuid": UUID}

        [item] = provider.split(self.report("GET", query=query))

        assert self.secret not in json.dumps(item.payload)
        assert provider.read_item(item.payload).uuid == UUID

    def test_address_of_the_message_is_the_proof(self, server):
        template = '{"ack": "{callback}"}'
        sent = self.sent(server, proof="address", body_=template)
        address = sent.json["ack"]
        signature = address.rpartition("&sig=")[2]
        provider = self.with_options(proof="address")

        provider.verify(self.report("GET", query={"uuid": UUID, "sig": signature}))
        for query in (
            {"uuid": UUID, "sig": ""},
            {"uuid": "another", "sig": signature},
            {"sig": signature},
            {"uuid": "", "sig": signature},
        ):
            with pytest.raises(SignatureError):
                provider.verify(self.report("GET", query=query))
        assert self.secret not in address

    def test_form_is_not_covered_by_a_signature(self):
        form = (("id", "G-1"), ("status", "DELIVRD"))

        with pytest.raises(SignatureError):
            self.make().verify(
                self.report(headers={"x-signature": sign(self.secret, b"")}, form=form)
            )

    # --- reading reports ----------------------------------------------------------

    def test_failed_report_says_why(self):
        [event] = self.read(self.next_status)

        assert (event.state, event.failure.error_class) == ("failed", "dead")
        assert event.failure.code == "36"

    def test_list_of_reports(self):
        body = json.dumps({"results": [self.status, self.next_status, 7]}).encode()
        provider = self.with_options(list_path="results")

        items = provider.split(self.malformed(body, self.secret))

        assert [bool(item.malformed) for item in items] == [False, False, True]

    def test_words_are_compared_without_case(self):
        [event] = self.read({"id": "G-1", "status": " delivrd"})

        assert event.state == "delivered"

    def passed(self, provider):
        return all(item.passed for item in provider.test_connection())

    # --- connection test ----------------------------------------------------------

    def test_connection_without_a_test_address_only_reaches(self, server):
        server.reply(wire.answer(404, b"nothing here"))

        assert self.passed(self.with_options(server.url + "/send", check_address=""))
        assert server.requests[0].path == "/"

    def test_connection_names_a_refused_key(self, server):
        server.reply(wire.answer(401, b"who are you"))

        assert self.checks(server.url)[-1] == ("token", False)

    def test_connection_names_a_wrong_setting(self, server):
        checks = self.with_options(server.url, headers="broken").test_connection()

        assert [(one.code, one.passed) for one in checks] == [("configuration", False)]
        assert server.requests == []
