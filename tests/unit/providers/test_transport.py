"""What the transport does that no provider's interface shows."""

import random
import time

import pytest
import requests
import urllib3
import wire

from odoo.addons.cobranza_whatsapp.core.providers.connections import forget_phase
from odoo.addons.cobranza_whatsapp.core.providers.transport import (
    TRANSPORT_CODES,
    Call,
    HttpClient,
    HttpError,
    Reply,
    _explain,
)


def get(url, **parts):
    return HttpClient().send(Call("GET", url, **parts))


def test_returns_any_status_with_its_body(server):
    server.reply(wire.answer(418, b"teapot", {"X-Kind": "Pot"}))

    reply = get(server.url)

    assert (reply.status, reply.body) == (418, b"teapot")
    assert reply.headers["x-kind"] == "Pot"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_follows_no_redirect(server, status, method):
    server.reply(wire.answer(status, b"", {"Location": f"{server.url}/elsewhere"}))

    reply = HttpClient().send(Call(method, server.url))

    assert reply.status == status
    assert len(server.requests) == 1


def test_endless_body_of_a_redirect_ends(server):
    def endless(peer, received):
        peer.sendall(wire.head(302, {"Location": "/x"}, 10**9))
        while True:
            peer.sendall(b"x" * 65536)

    server.reply(endless)

    with pytest.raises(HttpError, match="too_large"):
        get(server.url)


def test_reads_chunked_answers(server):
    def chunked(peer, received):
        peer.sendall(wire.head(200, {"Transfer-Encoding": "chunked"}, None))
        for part in (b'4\r\n{"a"', b"\r\n3\r\n:1}\r\n", b"0\r\n\r\n"):
            time.sleep(0.02)
            peer.sendall(part)
        return True

    server.reply(chunked)

    assert get(server.url).json_object() == {"a": 1}


def test_endless_headers_end(server):
    def headers(peer, received):
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            peer.sendall(b"X-A: b\r\n" * 100)

    server.reply(headers)

    with pytest.raises(HttpError) as caught:
        get(server.url, timeout_seconds=2.0)

    assert caught.value.may_have_arrived


def test_garbage_instead_of_http(server):
    def garbage(peer, received):
        peer.sendall(b"SSH-2.0-OpenSSH_9\r\n")
        return False

    server.reply(garbage)

    with pytest.raises(HttpError) as caught:
        get(server.url)

    assert (caught.value.code, caught.value.may_have_arrived) == ("reset", True)


def test_timeout_is_one_number(server, monkeypatch):
    """Test harnesses compare it with numbers: a pair of timeouts would break them."""
    seen = []
    send = requests.Session.send

    def spy(session, request, **options):
        seen.append(options["timeout"])
        return send(session, request, **options)

    monkeypatch.setattr(requests.Session, "send", spy)

    get(server.url, timeout_seconds=7.5)

    assert seen == [7.5]


def test_stops_writing_to_a_peer_that_does_not_read(monkeypatch):
    with wire.unanswered_url(accepts=True) as url:
        started = time.monotonic()
        call = Call("POST", url, content=b"x" * 50_000_000, timeout_seconds=1.2)
        with pytest.raises(HttpError) as caught:
            HttpClient().send(call)

    assert caught.value.may_have_arrived
    assert time.monotonic() - started < 1.5


def test_short_time_left_by_an_answer_does_not_shorten_the_next(server):
    def late(peer, received):
        for part, seconds in ((wire.head(200, {}, 2), 0.5), (b"{", 0.2), (b"}", 0)):
            peer.sendall(part)
            time.sleep(seconds)
        return True

    def reads_late(stream):
        time.sleep(0.6)
        return wire.read_request(stream)

    server.reply(late)
    server.readers = [wire.read_request, reads_late]
    http = HttpClient()

    http.send(Call("GET", server.url, timeout_seconds=0.9))
    big = Call("POST", server.url, content=b"x" * 20_000_000, timeout_seconds=12.0)
    reply = http.send(big)

    assert reply.status == 200
    assert server.connections == 1


def test_first_bytes_of_an_answer_gain_no_time(server):
    def starts_and_hangs(peer, received):
        time.sleep(0.8)
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        return wire.hang(peer, received)

    server.reply(starts_and_hangs)
    started = time.monotonic()

    with pytest.raises(HttpError, match="read_timeout"):
        get(server.url, timeout_seconds=1.0)

    assert time.monotonic() - started < 1.5


def test_connecting_gets_a_part_of_the_time():
    with wire.unanswered_url() as url:
        started = time.monotonic()
        with pytest.raises(HttpError, match="connect_timeout"):
            get(url, timeout_seconds=3.0)

    assert time.monotonic() - started < 1.5


def test_failure_before_a_request_after_one_that_was_written(server):
    server.reply(wire.reset)
    http = HttpClient()
    found = []
    for url in (server.url, "nowhere"):
        with pytest.raises(HttpError) as caught:
            http.send(Call("POST", url))
        found.append((caught.value.code, caught.value.may_have_arrived))

    assert found == [("reset", True), ("address", False)]


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout(),
        requests.ConnectionError("who knows"),
        requests.ConnectionError(
            urllib3.exceptions.ProtocolError("aborted", ConnectionResetError())
        ),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.SSLError(),
        ValueError("who knows"),
    ],
)
def test_error_of_an_unknown_origin_may_have_arrived(error):
    forget_phase()

    assert _explain(error).may_have_arrived
    assert _explain(error).code in TRANSPORT_CODES


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout(urllib3.exceptions.ConnectTimeoutError()),
        requests.ConnectionError(ConnectionRefusedError()),
        requests.exceptions.InvalidURL(),
        UnicodeEncodeError("latin-1", "ñ", 0, 1, "x"),
    ],
)
def test_error_from_before_the_request(error):
    forget_phase()

    assert not _explain(error).may_have_arrived


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"3",
        b"null",
        b'{"a": NaN}',
        b"\xff",
        b"[" * 99_999,
        b'{"a":' * 9_999,
    ],
)
def test_body_that_is_no_object(body):
    assert Reply(200, {}, body).json_object() is None


def test_random_bytes_are_never_an_exception():
    dice = random.Random(7)  # noqa: S311 (repeatable, not secret)
    for _ in range(500):
        body = bytes(dice.choices(b'{}[]",:1eN\xff\\u0', k=dice.randint(0, 30)))
        Reply(200, {}, body).json_object()


def test_wait_is_limited_to_a_day():
    reply = Reply(429, {"retry-after": "99999999"}, b"")

    assert reply.retry_after_seconds() == 86400


def test_wait_until_a_date_in_the_past_is_none_at_all():
    headers = {"retry-after": "Mon, 23 Nov 2020 16:20:00 GMT"}

    assert Reply(429, headers, b"").retry_after_seconds() == 0


def test_call_and_reply_show_nothing_secret():
    call = Call("POST", "https://x", {"Authorization": "secret"}, json={"a": "secret"})
    reply = Reply(200, {"set-cookie": "secret"}, b"secret")

    assert "secret" not in repr((call, reply))
