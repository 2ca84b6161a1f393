"""The one door to the network: HTTP without retries, redirects or surprises.

Everything that providers need to know about a failed call is whether the request can
have reached the other side. ``HttpError.may_have_arrived`` answers it, from what the
connection really did: requests and urllib3 report a refused handshake and a
reset after the request was written with the same exception types.
"""

import base64
import email.utils
import http.client
import http.cookiejar
import json
import logging
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from ..errors import CobranzaError
from .connections import DeadlineAdapter, forget_phase, phase

USER_AGENT = "cobranza_whatsapp/1.0.0"
MAX_RESPONSE_BYTES = 2 * 1024 * 1024
MAX_RETRY_AFTER_SECONDS = 86400.0

# What ``HttpError.code`` can be.
TRANSPORT_CODES = (
    "address",
    "connect",
    "connect_timeout",
    "dns",
    "proxy",
    "read_timeout",
    "reset",
    "tls",
    "too_large",
)


class HttpError(CobranzaError):
    """No complete answer came. ``code`` is one of TRANSPORT_CODES.

    ``may_have_arrived`` is False only if provably nothing of the request was written.
    """

    def __init__(self, code: str, may_have_arrived: bool) -> None:
        super().__init__(code)
        self.code = code
        self.may_have_arrived = may_have_arrived


@dataclass(frozen=True)
class Call:
    """One HTTP request. At most one of json, form and content is set.

    ``files`` go with ``form`` as multipart: name → (file name, bytes, type).
    ``timeout_seconds`` bounds everything from connecting to the last byte.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    files: Mapping[str, tuple[str, bytes, str]] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0


@dataclass(frozen=True)
class Reply:
    """A complete HTTP answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json_object(self) -> dict[str, Any] | None:
        """Return the body as a JSON object, None if it is anything else."""
        try:
            value = parse_json(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def retry_after_seconds(self) -> float | None:
        """Return the wait that the server asks for, None if it asks for none.

        ``Retry-After`` holds seconds or an HTTP date (RFC 9110 §10.2.3); a date is
        compared with the server's own ``Date``. Never negative, at most a day.
        """
        value = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
            return min(float(value), MAX_RETRY_AFTER_SECONDS)
        until = _http_date(value)
        if until is None:
            return None
        sent = _http_date(self.headers.get("date", ""))
        wait = until - (time.time() if sent is None else sent)
        return min(max(wait, 0.0), MAX_RETRY_AFTER_SECONDS)


def parse_json(body: bytes) -> Any:
    """Parse JSON strictly. Raises ValueError, also for NaN and for endless nesting."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None


def basic_auth(user: str, password: str) -> str:
    """Return the value of an ``Authorization: Basic`` header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class HttpClient:
    """A pool of connections that many threads may use at the same time.

    No retries, no redirects, no cookies, no .netrc; proxies come from the environment
    (SOCKS is refused). ``pool_maxsize`` is the number of connections kept per host:
    set it to the number of requests in flight.
    """

    def __init__(self, pool_maxsize: int = 32) -> None:
        session = _Session()
        session.headers.clear()
        session.headers.update(
            # Identity: a compressed answer could grow past the size limit.
            {
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            }
        )
        session.cookies.set_policy(
            http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
        )
        # With an auth of its own, requests does not replace our header by .netrc's.
        session.auth = _keep_authorization
        adapter = DeadlineAdapter(max_retries=0, pool_maxsize=pool_maxsize)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        self._session = session

    def send(self, call: Call) -> Reply:
        """Send one request and read the whole answer, whatever its status.

        Raises HttpError when no complete answer came.
        """
        forget_phase()
        try:
            with self._request(call) as response:
                return Reply(
                    status=response.status_code,
                    headers={k.lower(): v for k, v in response.headers.items()},
                    body=_read_limited(response),
                )
        except (requests.RequestException, urllib3.exceptions.HTTPError) as err:
            raise _explain(err) from None
        except (OSError, ValueError, http.client.HTTPException) as err:
            # From below urllib3: an address or a header that cannot be encoded.
            raise _explain(err) from None

    def close(self) -> None:
        """Close idle connections."""
        self._session.close()

    def _request(self, call: Call) -> requests.Response:
        return self._session.request(
            call.method,
            call.url,
            headers=dict(call.headers),
            params=dict(call.query),
            json=call.json,
            data=call.content if call.content is not None else call.form,
            files=call.files,
            timeout=call.timeout_seconds,
            allow_redirects=False,
            stream=True,
        )


class _Session(requests.Session):
    """Looks for no redirect (requests would read its body), once for a proxy."""

    def __init__(self) -> None:
        super().__init__()
        self._environment: dict[tuple[str, str], Any] = {}

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """Remember what the environment says about a host: it costs a tenth a call."""
        parts = urlsplit(url)
        host = (parts.scheme, parts.netloc)
        if host not in self._environment:
            self._environment[host] = super().merge_environment_settings(
                url, proxies, stream, verify, cert
            )
        return self._environment[host]


# --- what became of a request -----------------------------------------------------

_BEFORE_WRITING: tuple[type[BaseException], ...] = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.LocationValueError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
    ConnectionRefusedError,
    UnicodeError,
)

# The first type found in the chain of causes names the failure.
_CODE_BY_TYPE: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "dns"),
    (requests.exceptions.InvalidProxyURL, "proxy"),
    (urllib3.exceptions.ProxyError, "proxy"),
    (requests.exceptions.InvalidURL, "address"),
    (requests.exceptions.InvalidSchema, "address"),
    (requests.exceptions.MissingSchema, "address"),
    (requests.exceptions.InvalidHeader, "address"),
    (urllib3.exceptions.LocationValueError, "address"),
    (UnicodeError, "address"),
    (urllib3.exceptions.SSLError, "tls"),
    (ConnectionRefusedError, "connect"),
    # Before its own base class:
    (urllib3.exceptions.NewConnectionError, "connect"),
    (urllib3.exceptions.ConnectTimeoutError, "connect_timeout"),
    (requests.exceptions.ConnectTimeout, "connect_timeout"),
    (urllib3.exceptions.ReadTimeoutError, "read_timeout"),
    (requests.exceptions.ReadTimeout, "read_timeout"),
    (TimeoutError, "read_timeout"),
)


def _explain(err: BaseException) -> HttpError:
    """Translate an exception of requests. Its text may hold the URL: it is dropped."""
    if isinstance(err, HttpError):
        return err
    chain = _chain(err)
    reached = phase()
    if reached is None:  # no connection of ours was involved: believe known types only
        unwritten = any(isinstance(link, _BEFORE_WRITING) for link in chain)
    else:
        unwritten = reached == "connecting"
    code = _code_of(chain)
    if unwritten:  # these two words are about answers; the handshake failed so
        code = {"read_timeout": "connect_timeout", "reset": "connect"}.get(code, code)
    return HttpError(code, may_have_arrived=not unwritten)


def _code_of(chain: list[BaseException]) -> str:
    for error_type, code in _CODE_BY_TYPE:
        if any(isinstance(link, error_type) for link in chain):
            return code
    return "reset"


def _chain(err: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[object] = [err]
    while waiting:
        link = waiting.pop()
        if isinstance(link, BaseException) and link not in found:
            found.append(link)
            waiting += [link.__cause__, link.__context__, *link.args]
            waiting.append(getattr(link, "reason", None))
    return found


def _read_limited(response: requests.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.raw.read(64 * 1024, decode_content=False):
        size += len(chunk)
        if size > MAX_RESPONSE_BYTES:
            response.raw.close()
            raise HttpError("too_large", may_have_arrived=True)
        parts.append(chunk)
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and size < int(announced):  # urllib3 1.26 does not mind
        raise HttpError("reset", may_have_arrived=True)
    return b"".join(parts)


def _http_date(value: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _keep_authorization(request: Any) -> Any:
    return request


class _HideQueries(logging.Filter):
    """Cut the query from urllib3's debug lines: it can hold telephone numbers."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.partition("?")[0] if isinstance(arg, str) else arg
                for arg in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_HideQueries())
