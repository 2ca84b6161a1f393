"""Connections that know how far a request has come, and when it must be over.

The thread that sends a request reads ``phase()`` when it failed.
"""

import contextlib
import http.client
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

# Of the whole time, the part for connecting and for each write: 5 of 30 seconds.
CONNECT_SHARE = 1 / 6

Phase = Literal["connecting", "written"] | None

_progress = threading.local()


def forget_phase() -> None:
    """Start anew: no request of this thread is on its way."""
    _progress.phase = None


@contextlib.contextmanager
def tell_before_writing(callback: Callable[[], None] | None) -> Iterator[None]:
    """Call back once, in this thread, right before a request's first byte leaves."""
    _progress.on_write = callback
    try:
        yield
    finally:
        _progress.on_write = None


def phase() -> Phase:
    """Return what this thread's request has come to.

    ``connecting``: nothing of it was written. None: no connection of ours was asked.
    """
    reached: Phase = getattr(_progress, "phase", None)
    return reached


class _DeadlineReader(io.RawIOBase):
    """Reads a socket until a deadline: a peer that drips bytes gains no time."""

    def __init__(self, raw: Any, sock: socket.socket) -> None:
        seconds = sock.gettimeout()
        self._raw = raw
        self._sock = sock
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("deadline")
            self._sock.settimeout(remaining)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_DeadlineReader(raw, sock))


class _Connection(urllib3.connection.HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        with _connecting():
            super().connect()

    def send(self, data: Any) -> None:
        _before_writing(self)
        super().send(data)


class _TlsConnection(urllib3.connection.HTTPSConnection):
    response_class = _Response

    def connect(self) -> None:
        with _connecting():
            super().connect()

    def send(self, data: Any) -> None:
        _before_writing(self)
        super().send(data)


@contextlib.contextmanager
def _connecting() -> Iterator[None]:
    """A proxy's CONNECT and the TLS handshake are not the request."""
    callback = getattr(_progress, "on_write", None)
    _progress.on_write = None
    try:
        yield
    finally:
        _progress.phase = "connecting"
        _progress.on_write = callback


def _before_writing(connection: urllib3.connection.HTTPConnection) -> None:
    if connection.sock is None:
        connection.connect()
    if isinstance(connection.timeout, (int, float)):
        # Not the rest of time that an earlier answer left (urllib3 1.26 keeps it).
        connection.sock.settimeout(connection.timeout)
    callback = getattr(_progress, "on_write", None)
    if callback is not None:
        _progress.on_write = None
        callback()
    _progress.phase = "written"


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class DeadlineAdapter(HTTPAdapter):
    """requests' adapter with our connections and one limit for the whole call."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _use_our_connections(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        if not urlsplit(proxy).scheme.lower().startswith("http"):
            raise requests.exceptions.InvalidProxyURL("only HTTP proxies are supported")
        manager = super().proxy_manager_for(proxy, **options)
        _use_our_connections(manager)
        return manager

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, timeout: Any = None, **options: Any
    ) -> requests.Response:
        if isinstance(timeout, (int, float)):
            timeout = urllib3.Timeout(total=timeout, connect=timeout * CONNECT_SHARE)
        return super().send(request, timeout=timeout, **options)


def _use_our_connections(manager: Any) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
