"""What every provider must do. Subclass it for a new one; nothing of ours is patched.

``WebhookContract`` is for all, ``WireContract`` for those that speak HTTP. The cases
that Odoo's own senders share are named in the addon's tests/contract_cases.py.
"""

import dataclasses
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
import wire
from contract_cases import check_result, runs

from odoo.addons.cobranza_whatsapp.core.errors import ProviderError, SignatureError
from odoo.addons.cobranza_whatsapp.core.providers.base import LOCAL_CODES
from odoo.addons.cobranza_whatsapp.core.providers.transport import HttpClient
from odoo.addons.cobranza_whatsapp.core.types import (
    CHANNELS,
    AccountEvent,
    Credentials,
    ErrorClass,
    InboundEvent,
    MessageState,
    OutgoingMessage,
    StatusEvent,
)

UUID = "3f1c9a52-7f0e-4d0e-9a1b-0c7a52d1f001"
RECIPIENT = "+525555010123"
BODY = "Hola María: su factura FAC/2026/0012 venció."
TIMEOUT_SECONDS = 0.6  # where a timeout is the topic
ENOUGH_SECONDS = 6.0
JUNK = [
    {},
    {"kind": "status"},
    {"kind": "message", "message": []},
    {"kind": "message", "message": {"id": 7}},
    {"kind": "field"},
    {"id": None},
    {"MessageSid": ""},
    {"raw": "x"},
]


def make_message(**changes):
    message = OutgoingMessage(
        uuid=UUID,
        channel="whatsapp",
        recipient=RECIPIENT,
        body=BODY,
        callback_url=f"https://erp.example.com/cobranza/webhook/tok?uuid={UUID}",
    )
    return dataclasses.replace(message, **changes)


class WebhookContract:
    """Needs provider_class, credentials and the webhook helpers below."""

    provider_class = None
    # {case of contract_cases: why it cannot exist here}
    not_applicable = {}
    credentials = {}
    secret = "an-app-secret"
    # Contents for ``signed``: a status, the next status of the same message, a message.
    status = None
    next_status = None
    unknown_status = None
    message_in = None
    malformed_bodies = ()

    # The channel of the messages of these tests.
    channel = "whatsapp"

    def outgoing(self, **changes):
        return make_message(**{"channel": self.channel, **changes})

    def make(self, http=None, **changes):
        values = {"base_url": "", "signing_secret": self.secret}
        values |= self.credentials | changes
        return self.provider_class(Credentials(**values), http)

    def signed(self, content, secret):
        """Return the request that the provider would make for this content."""
        raise NotImplementedError

    def malformed(self, body, secret):
        """Return a correctly signed request with this body."""
        raise NotImplementedError

    def tampered(self, request):
        """Return the request with another content under the same signature."""
        raise NotImplementedError

    signature_header = None

    def request(self, content=None):
        return self.signed(self.status if content is None else content, self.secret)

    def read(self, content):
        provider = self.make()
        items = provider.split(self.signed(content, self.secret))
        assert all(not item.malformed for item in items)
        return [provider.read_item(item.payload) for item in items]

    # --- description --------------------------------------------------------------

    def test_describes_itself_in_known_words(self):
        provider = self.provider_class
        names = {one.name for one in dataclasses.fields(Credentials)}

        assert {name for name, _r, _s in provider.credential_names} <= names
        assert set(provider.channels) <= set(CHANNELS)
        assert provider.documents in ("media", "link", "none")
        assert set(provider.ERROR_CODES.values()) <= set(get_args(ErrorClass))
        states = {*get_args(MessageState), None}
        assert set(provider.STATUSES.values()) <= states

    def test_repr_hides_secrets(self):
        provider = self.make(api_token="EAAG-very-secret")

        assert "very-secret" not in repr(provider) + repr(vars(provider))

    def test_refuses_a_channel_it_does_not_have(self):
        result = self.make().send(self.outgoing(channel="pigeon"))

        assert (result.status, result.failure.code) == (
            "rejected",
            "channel_unsupported",
        )

    def test_says_nothing_about_writing_when_it_refuses(self):
        called = []

        self.make().send(self.outgoing(channel="pigeon"), lambda: called.append(1))

        assert called == []

    # --- signatures ---------------------------------------------------------------

    def test_accepts_a_good_signature(self):
        self.make().verify(self.request())

    @runs("bad_signature")
    def test_refuses_a_signature_of_another_secret(self):
        with pytest.raises(SignatureError):
            self.make().verify(self.signed(self.status, "another-secret"))

    @runs("bad_signature")
    def test_refuses_a_signature_of_a_replaced_secret(self):
        old = self.request()

        with pytest.raises(SignatureError):
            self.make(signing_secret="the-new-secret").verify(old)

    @runs("bad_signature")
    def test_refuses_changed_content_under_an_old_signature(self):
        with pytest.raises(SignatureError):
            self.make().verify(self.tampered(self.request()))

    @runs("bad_signature")
    @pytest.mark.parametrize("value", [None, "", "sha256=", "ñ\udce9", "0" * 64])
    def test_refuses_a_missing_or_senseless_signature(self, value):
        request = self.request()
        headers = dict(request.headers)
        headers.pop(self.signature_header)
        if value is not None:
            headers[self.signature_header] = value

        with pytest.raises(SignatureError):
            self.make().verify(dataclasses.replace(request, headers=headers))

    @runs("bad_signature")
    def test_refuses_everything_without_a_secret(self):
        provider = self.make(signing_secret="", api_token="")

        with pytest.raises(SignatureError):
            provider.verify(self.signed(self.status, ""))

    def test_error_text_holds_no_secret(self):
        with pytest.raises(SignatureError) as caught:
            self.make().verify(self.signed(self.status, "another-secret"))

        assert self.secret not in str(caught.value)

    # --- items --------------------------------------------------------------------

    @runs("duplicate_event")
    def test_repeated_delivery_has_the_same_key(self):
        provider = self.make()

        first = [item.key for item in provider.split(self.request())]
        second = [item.key for item in provider.split(self.request())]

        assert first == second
        assert first

    def test_next_status_of_a_message_has_another_key(self):
        provider = self.make()

        first = provider.split(self.request(self.status))[0].key
        second = provider.split(self.request(self.next_status))[0].key

        assert first != second

    def test_payloads_survive_json(self):
        provider = self.make()

        for content in (self.status, self.message_in):
            for item in provider.split(self.request(content)):
                copy = json.loads(json.dumps(item.payload))
                assert provider.read_item(copy) == provider.read_item(item.payload)
                assert len(item.key) <= 200
                assert item.key.isascii()

    def test_reads_a_status(self):
        [event] = self.read(self.status)

        assert isinstance(event, StatusEvent)
        assert event.state == "delivered"
        assert event.provider_message_uid

    def test_status_brings_back_our_uuid(self):
        [event] = self.read(self.status)

        assert event.uuid == (UUID if self.provider_class.echoes_uuid else "")

    @runs("unknown_status")
    def test_unknown_status_has_no_state(self):
        [event] = self.read(self.unknown_status)

        assert event.state is None
        assert event.raw_status == "teleported"

    def test_reads_a_message(self):
        [event] = self.read(self.message_in)

        assert isinstance(event, InboundEvent)
        assert event.sender.startswith("+52")
        assert "baja" in event.text.lower()

    @runs("malformed_event")
    def test_malformed_bodies_are_one_item_that_says_why(self):
        provider = self.make()

        for body in self.malformed_bodies:
            items = provider.split(self.malformed(body, self.secret))
            assert len(items) == 1, body
            assert items[0].malformed.endswith("."), body
            json.dumps(items[0].payload).encode("ascii")

    @pytest.mark.parametrize("payload", JUNK)
    def test_unreadable_items_raise_one_sentence(self, payload):
        with pytest.raises(ValueError, match=r"^[A-Z][^\n]*\.$"):
            self.make().read_item(payload)


class WireContract(WebhookContract):
    """Needs also the words of the provider's HTTP interface."""

    accepted = None  # (HTTP status, body, message id)
    error_codes = None  # {code: class}; None: the table of the provider's class
    retry_code = None  # a code of class retry

    def error_body(self, code):
        raise NotImplementedError

    @pytest.fixture
    def provider(self, server):
        return self.at(server.url)

    def pytest_generate_tests(self, metafunc):
        if "error_code" in metafunc.fixturenames:
            metafunc.parametrize("error_code", sorted(self.known_codes(), key=int))

    def known_codes(self):
        return self.error_codes or self.provider_class.ERROR_CODES

    def at(self, url, timeout_seconds=ENOUGH_SECONDS):
        return self.make(base_url=url, timeout_seconds=timeout_seconds)

    # --- answers ------------------------------------------------------------------

    @runs("accepted")
    def test_accepts(self, server, provider):
        status, body, uid = self.accepted
        server.reply(wire.answer(status, body))

        result = provider.send(self.outgoing())

        check_result("accepted", result)
        assert result.provider_message_uid == uid
        assert result.failure is None
        assert len(server.requests) == 1

    @runs("error_codes")
    def test_each_known_error_gets_its_class(self, server, provider, error_code):
        server.reply(wire.answer(400, self.error_body(error_code)))

        result = provider.send(self.outgoing())

        expected = self.known_codes()[error_code]
        assert result.failure.error_class == expected
        assert result.failure.code == error_code
        uncertain = expected == "uncertain"
        check_result("error_codes", result)
        assert result.status == ("uncertain" if uncertain else "rejected")

    @runs("unknown_error_code")
    @pytest.mark.parametrize(
        ("status", "error_class"),
        [
            (400, "fix"),
            (401, "hold"),
            (403, "hold"),
            (404, "fix"),
            (429, "retry"),
            (500, "retry"),
            (503, "retry"),
        ],
    )
    def test_unknown_error_is_kept_raw_and_classed_by_status(
        self, server, provider, status, error_class
    ):
        server.reply(wire.answer(status, self.error_body("99999")))

        result = provider.send(self.outgoing())

        assert result.status == "rejected"
        assert result.failure.code == "99999"
        assert result.failure.http_status == status
        assert result.failure.error_class == error_class

    @pytest.mark.parametrize(
        ("status", "error_class", "code"),
        [
            (301, "hold", "redirect"),
            (307, "hold", "redirect"),
            (401, "hold", "http_401"),
            (403, "hold", "http_403"),
            (404, "fix", "http_404"),
            (413, "fix", "http_413"),
            (429, "retry", "http_429"),
        ],
    )
    def test_page_of_a_proxy_that_refuses(
        self, server, provider, status, error_class, code
    ):
        headers = {"Location": "https://elsewhere.example.com/"}
        server.reply(wire.answer(status, b"<html>no</html>", headers))

        result = provider.send(self.outgoing())

        assert result.status == "rejected"
        assert (result.failure.error_class, result.failure.code) == (error_class, code)
        assert len(server.requests) == 1

    @runs("garbage_answer")
    @pytest.mark.parametrize("status", [200, 201, 204, 303, 408, 500, 502, 503, 504])
    @pytest.mark.parametrize(
        "body",
        [b"", b"<html>oops</html>", b"{}", b'{"message": "oops"}', b"[1]", b"\xff\xfe"],
    )
    def test_answer_that_proves_nothing_is_uncertain(
        self, server, provider, status, body
    ):
        server.reply(wire.answer(status, b"" if status == 204 else body))

        result = provider.send(self.outgoing())

        check_result("garbage_answer", result)
        assert result.failure.code in ("not_json", "unexpected_answer")
        assert len(server.requests) == 1

    def test_wait_asked_for_in_seconds(self, server, provider):
        body = self.error_body(self.retry_code)
        server.reply(wire.answer(429, body, {"Retry-After": "17"}))

        assert provider.send(self.outgoing()).failure.retry_after_seconds == 17

    def test_wait_asked_for_as_a_date(self, server, provider):
        headers = {
            "Date": "Mon, 23 Nov 2026 16:20:00 GMT",
            "Retry-After": "Mon, 23 Nov 2026 16:21:30 GMT",
        }
        server.reply(wire.answer(429, b"slow down", headers))

        assert provider.send(self.outgoing()).failure.retry_after_seconds == 90

    @pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "٣"])
    def test_senseless_wait_is_ignored(self, server, provider, value):
        body = self.error_body(self.retry_code)
        server.reply(wire.answer(429, body, {"Retry-After": value}))

        assert provider.send(self.outgoing()).failure.retry_after_seconds is None

    # --- nothing was written: may be tried again ----------------------------------

    def assert_not_sent(self, result, code):
        assert result.status == "rejected"
        assert result.failure.code == code
        assert result.failure.code in LOCAL_CODES
        assert result.failure.error_class in ("retry", "hold")

    @runs("connection_refused")
    def test_connection_refused(self):
        result = self.at(wire.refused_url()).send(self.outgoing())

        check_result("connection_refused", result)
        self.assert_not_sent(result, "connect")

    @runs("timeout_before")
    def test_connect_timeout(self):
        with wire.unanswered_url() as url:
            started = time.monotonic()
            result = self.at(url, TIMEOUT_SECONDS).send(self.outgoing())

        check_result("timeout_before", result)
        self.assert_not_sent(result, "connect_timeout")
        assert time.monotonic() - started < TIMEOUT_SECONDS + 0.3

    def test_unknown_host(self):
        result = self.at("http://nowhere.invalid").send(self.outgoing())

        self.assert_not_sent(result, "dns")

    def test_plain_http_behind_an_https_address(self, server):
        result = self.at(server.url.replace("http:", "https:")).send(self.outgoing())

        self.assert_not_sent(result, "tls")

    def test_untrusted_certificate(self, tmp_path):
        _ca, context = wire.make_certificate(tmp_path)
        with wire.WireServer(tls=context) as server:
            result = self.at(server.url).send(self.outgoing())

        self.assert_not_sent(result, "tls")
        assert server.requests == []

    def test_silence_during_the_handshake(self):
        with wire.unanswered_url(accepts=True) as url:
            tls_url = url.replace("http:", "https:")
            result = self.at(tls_url, TIMEOUT_SECONDS).send(self.outgoing())

        self.assert_not_sent(result, "connect_timeout")

    def test_hang_up_during_the_handshake(self):
        with wire.closing_url("https") as url:
            result = self.at(url).send(self.outgoing())

        assert result.status == "rejected"

    @pytest.mark.parametrize("url", ["nowhere", "ftp://x.invalid", "http://a..b", "//"])
    def test_senseless_address(self, url):
        self.assert_not_sent(self.at(url).send(self.outgoing()), "address")

    def test_proxy_that_is_down(self, server, monkeypatch):
        monkeypatch.setenv("http_proxy", wire.refused_url())

        self.assert_not_sent(self.at(server.url).send(self.outgoing()), "proxy")
        assert server.requests == []

    def test_proxy_that_refuses_the_tunnel(self, server, monkeypatch):
        server.reply(wire.answer(407, b"who are you"))
        monkeypatch.setenv("https_proxy", server.url)

        result = self.at("https://api.example.com").send(self.outgoing())

        self.assert_not_sent(result, "proxy")
        assert [one.method for one in server.requests] == ["CONNECT"]

    def test_socks_proxy_is_refused(self, server, monkeypatch):
        monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1")

        self.assert_not_sent(self.at(server.url).send(self.outgoing()), "proxy")
        assert server.requests == []

    def test_missing_credentials(self, server):
        for name, required, _secret in self.provider_class.credential_names:
            if not required or name in ("signing_secret", "verify_token"):
                continue
            if name == "business_account_uid":
                continue  # for templates, not for sending
            for value in ("", "line\nbreak", "señal"):
                provider = self.make(base_url=server.url, **{name: value})
                result = provider.send(self.outgoing())
                self.assert_not_sent(result, "not_configured")
                assert result.failure.detail == name
        assert server.requests == []

    def test_tells_before_the_first_byte(self, server, provider):
        seen = []

        for _ in range(2):  # a new connection, then a reused one
            provider.send(self.outgoing(), lambda: seen.append(len(server.requests)))
        provider.send(self.outgoing())

        assert seen == [0, 1]
        assert len(server.requests) == 3

    def test_tells_of_no_byte_that_did_not_leave(self, server, monkeypatch):
        called = []
        server.reply(wire.answer(407, b"who are you"))
        urls = (
            wire.refused_url(),
            "http://nowhere.invalid",
            "nowhere",
            server.url.replace("http:", "https:"),
        )
        for url in urls:
            self.at(url).send(self.outgoing(), lambda: called.append(1))
        monkeypatch.setenv("https_proxy", server.url)
        provider = self.at("https://api.example.com")
        provider.send(self.outgoing(), lambda: called.append(1))

        assert called == []

    def test_nothing_leaves_when_telling_fails(self, server, provider):
        def fail():
            raise OSError(28, "No space left on device")

        results = [provider.send(self.outgoing(), fail) for _ in range(2)]

        assert "accepted" not in {one.status for one in results}
        assert server.requests == []

    # --- it may have arrived: never again -----------------------------------------

    @runs("timeout_after", "reset_after")
    @pytest.mark.parametrize(
        ("behaviour", "code"),
        [
            (wire.hang, "read_timeout"),
            (wire.drip("head"), "read_timeout"),
            (wire.drip("body"), "read_timeout"),
            (wire.close, "reset"),
            (wire.reset, "reset"),
            (wire.endless, "too_large"),
            (wire.answer(200, b"{", length=100), "reset"),
        ],
        ids=["hang", "drip head", "drip body", "close", "reset", "huge", "short"],
    )
    def test_lost_answer_is_uncertain_and_never_repeated(self, server, behaviour, code):
        server.reply(behaviour)
        provider = self.at(server.url, TIMEOUT_SECONDS)
        started = time.monotonic()

        result = provider.send(self.outgoing())

        check_result("reset_after" if code == "reset" else "timeout_after", result)
        assert result.failure.code == code
        assert time.monotonic() - started < TIMEOUT_SECONDS + 0.5
        assert len(server.requests) == 1

    def test_reset_after_a_tls_request_is_uncertain(self, tmp_path, monkeypatch):
        ca, context = wire.make_certificate(tmp_path)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        with wire.WireServer(tls=context) as server:
            status, body, _uid = self.accepted
            server.reply(wire.answer(status, body), wire.reset)
            provider = self.at(server.url)

            first = provider.send(self.outgoing())
            second = provider.send(self.outgoing())

        assert (first.status, second.status) == ("accepted", "uncertain")
        assert len(server.requests) == 2

    def test_reset_on_a_reused_connection_is_uncertain(self, server, provider):
        status, body, _uid = self.accepted
        server.reply(wire.answer(status, body), wire.reset)

        results = [provider.send(self.outgoing()) for _ in range(2)]

        assert [one.status for one in results] == ["accepted", "uncertain"]
        assert server.connections == 1
        assert len(server.requests) == 2

    def test_connection_closed_while_idle_is_replaced(self, server, provider):
        status, body, _uid = self.accepted

        def once(peer, received):
            wire.answer(status, body)(peer, received)
            return False

        server.reply(once)

        first = provider.send(self.outgoing())
        time.sleep(0.1)
        second = provider.send(self.outgoing())

        assert (first.status, second.status) == ("accepted", "accepted")
        assert len(server.requests) == 2

    # --- the transport's manners --------------------------------------------------

    def test_request_names_us_and_asks_for_plain_json(self, server, provider):
        provider.send(self.outgoing())

        headers = server.requests[0].headers
        assert headers["user-agent"] == "cobranza_whatsapp/1.0.0"
        assert headers["accept-encoding"] == "identity"

    def test_cookies_are_not_kept(self, server, provider):
        status, body, _uid = self.accepted
        server.reply(wire.answer(status, body, {"Set-Cookie": "id=1; Path=/"}))

        provider.send(self.outgoing())
        provider.send(self.outgoing())

        assert "cookie" not in server.requests[1].headers

    def test_netrc_does_not_replace_our_credentials(
        self, server, provider, tmp_path, monkeypatch
    ):
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password else\n")
        netrc.chmod(0o600)
        provider.send(self.outgoing())
        monkeypatch.setenv("NETRC", str(netrc))

        provider.send(self.outgoing())

        first, second = (one.headers["authorization"] for one in server.requests)
        assert first == second

    def test_many_threads_share_one_client(self, server):
        status, body, _uid = self.accepted
        barrier = threading.Barrier(16)

        def at_the_same_time(peer, received):
            barrier.wait(timeout=5)
            return wire.answer(status, body)(peer, received)

        server.reply(at_the_same_time)
        provider = self.make(http=HttpClient(pool_maxsize=16), base_url=server.url)
        messages = [self.outgoing(uuid=f"uuid-{n}") for n in range(48)]

        with ThreadPoolExecutor(16) as threads:
            results = list(threads.map(provider.send, messages))

        assert {one.status for one in results} == {"accepted"}
        assert len(server.requests) == 48
        assert server.connections == 16

    def test_a_phase_of_one_thread_does_not_leak_into_another(self, server):
        status, body, _uid = self.accepted
        server.reply(wire.answer(status, body))
        good, bad = self.at(server.url), self.at(wire.refused_url())
        messages = [self.outgoing(uuid=f"uuid-{n}") for n in range(60)]

        with ThreadPoolExecutor(8) as threads:
            pairs = list(
                threads.map(lambda one: (good.send(one), bad.send(one)), messages)
            )

        assert {(a.status, b.status) for a, b in pairs} == {("accepted", "rejected")}

    def test_logs_and_errors_hold_no_secret(self, server, caplog):
        caplog.set_level(logging.DEBUG)
        token = "EAAGsecretsecret"
        number = RECIPIENT.strip("+")
        error = json.dumps(self.error_body("99999"))
        spilt = error.replace("what went wrong", f"{token} {RECIPIENT} {number}")
        assert token in spilt
        server.reply(
            wire.answer(400, spilt.encode()),
            wire.answer(500, b"<html></html>"),
            wire.reset,
        )
        provider = self.make(base_url=server.url, api_token=token)

        message = self.outgoing()
        results = [provider.send(message) for _ in range(3)]

        seen = caplog.text + repr(results) + repr(message)
        seen += str(ProviderError(results[0].failure))
        assert "what went wrong" not in seen
        assert "…0123" in seen
        for hidden in (token, number, BODY, self.secret):
            assert hidden not in seen

    # --- connection test ----------------------------------------------------------

    def checks(self, url, **changes):
        provider = self.make(base_url=url, **changes)
        return [(item.code, item.passed) for item in provider.test_connection()]

    def test_connection_test_names_the_failed_step(self, server):
        tls_url = server.url.replace("http:", "https:")

        assert self.checks("http://nowhere.invalid")[-1] == ("dns", False)
        assert self.checks(wire.refused_url())[-1] == ("reachable", False)
        assert self.checks(tls_url)[-1] == ("tls", False)
        assert self.checks("nowhere")[-1] == ("address", False)

    def test_connection_test_names_what_is_not_configured(self):
        provider = self.make(base_url="http://nowhere.invalid", api_token="")

        [item] = provider.test_connection()

        assert (item.code, item.passed) == ("configuration", False)
        assert "api_token" in item.detail

    def test_connection_test_survives_garbage(self, server):
        for behaviour in (wire.reset, wire.answer(200, b"hello"), wire.close):
            server.reply(behaviour)
            assert False in dict(self.checks(server.url)).values()

    def assert_account_news(self, event, **expected):
        assert isinstance(event, AccountEvent)
        assert {name: getattr(event, name) for name in expected} == expected
