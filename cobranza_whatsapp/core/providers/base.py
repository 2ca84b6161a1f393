"""What every provider can be asked, and the rules that all of them share.

A provider sends one message, verifies and reads webhooks, and tells what it knows
about itself. It knows neither Odoo nor the database, keeps no state besides its pool
of connections, and may be used from many threads.
"""

import dataclasses
import ipaddress
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from ..errors import ProviderError
from ..types import (
    Channel,
    CheckItem,
    Credentials,
    ErrorClass,
    Event,
    Failure,
    MessageState,
    OutgoingMessage,
    SendResult,
    TemplateDefinition,
    TemplateStatus,
    WebhookItem,
    WebhookRequest,
)
from .connections import tell_before_writing
from .texts import redact
from .transport import TRANSPORT_CODES, Call, HttpClient, HttpError, Reply

__all__ = ["LOCAL_CODES", "HttpClient", "Provider", "classify"]

_logger = logging.getLogger(__name__)

# Codes of failures that are ours, not the provider's; models have a sentence for each.
# Besides them there are "http_<status>" (an answer without an error of the provider).
LOCAL_CODES = (
    *TRANSPORT_CODES,
    "body_too_long",
    "channel_unsupported",
    "not_configured",
    "not_found",
    "not_json",
    "redirect",
    "unexpected_answer",
    "unsupported",
)

_TRANSPORT_CLASSES: Mapping[str, ErrorClass] = {"address": "hold"}
# Answers that may come from something between us and a provider that has the message.
_AMBIGUOUS_STATUSES = frozenset({303, 408})


class Provider(ABC):
    """One sender at one provider.

    ``credential_names`` are (field of Credentials, required, secret). ``documents``
    says how a PDF travels: uploaded, by public link, or not at all. ``echoes_uuid``:
    events bring back ``OutgoingMessage.uuid``, so an uncertain send resolves itself.
    ``takes_get``: events may come by GET, with everything in the address.
    ``option_names``: what of ``Credentials.options`` an administrator writes.
    ``is_simulated``: nothing leaves, wherever the database stands.
    ``STATUSES`` and ``ERROR_CODES`` are the provider's words in ours.
    """

    code: ClassVar[str]
    channels: ClassVar[tuple[Channel, ...]]
    documents: ClassVar[Literal["media", "link", "none"]] = "none"
    reports_delivery: ClassVar[bool] = True
    echoes_uuid: ClassVar[bool] = True
    takes_get: ClassVar[bool] = False
    is_simulated: ClassVar[bool] = False
    option_names: ClassVar[tuple[str, ...]] = ()
    doc_url: ClassVar[str] = ""
    default_base_url: ClassVar[str] = ""
    credential_names: ClassVar[tuple[tuple[str, bool, bool], ...]] = ()
    STATUSES: ClassVar[Mapping[str, MessageState | None]] = {}
    ERROR_CODES: ClassVar[Mapping[str, ErrorClass]] = {}

    def __init__(
        self, credentials: Credentials, http: HttpClient | None = None
    ) -> None:
        self._credentials = credentials
        self._http = http or HttpClient()

    # --- sending ------------------------------------------------------------------

    def send(
        self,
        message: OutgoingMessage,
        before_writing: Callable[[], None] | None = None,
    ) -> SendResult:
        """Send one message, once. Never raises for what network or provider do.

        ``before_writing`` is called right before the first byte leaves: without that
        call nothing was sent. Side effect: the provider may deliver the message
        whatever is returned, except when the result is ``rejected``.
        """
        refusal = self._refusal(message)
        if refusal:
            return SendResult("rejected", failure=refusal)
        try:
            with tell_before_writing(before_writing):
                reply = self._http.send(self._message_call(message))
        except HttpError as err:
            failure = transport_failure(err)
            return SendResult(_status_of(failure), failure=failure)
        return self._outcome(reply, message)

    def upload_media(
        self, content: bytes, filename: str, mimetype: str = "application/pdf"
    ) -> str:
        """Upload a file and return its media id. Raises ProviderError."""
        raise ProviderError(Failure("fix", code="unsupported"))

    def answers_opt_out(self, channel: Channel, text: str) -> bool:
        """Return whether the provider itself confirms this opt-out to the person.

        Then a confirmation of ours would be a second one, and would be refused.
        """
        return False

    def find_message(
        self, message: OutgoingMessage, since_utc: datetime
    ) -> SendResult | None:
        """Ask whether an uncertain message arrived after all.

        None: this provider cannot be asked, or did not answer. ``uncertain`` with code
        ``not_found``: it knows of no such message (yet); a person decides.
        """
        return None

    # --- webhooks -----------------------------------------------------------------

    @abstractmethod
    def verify(self, request: WebhookRequest) -> None:
        """Raise SignatureError unless the provider signed this request.

        Call it before anything else looks at the request. Without a configured secret
        nothing can be proved, so it raises.
        """

    def answer_challenge(self, request: WebhookRequest) -> str | None:
        """Return the text that proves to the provider that we own the address.

        None: this provider asks no such question. Raises SignatureError.
        """
        return None

    def register_webhook(self, url: str) -> None:
        """Tell the provider where its events go. Raises ProviderError."""
        raise ProviderError(Failure("fix", code="unsupported"))

    @abstractmethod
    def split(self, request: WebhookRequest) -> list[WebhookItem]:
        """Cut a verified webhook into items with stable keys. Never raises."""

    @abstractmethod
    def read_item(self, payload: dict[str, Any]) -> Event:
        """Translate the payload of one item. Raises ValueError with one sentence."""

    # --- administration -----------------------------------------------------------

    @abstractmethod
    def test_connection(self) -> list[CheckItem]:
        """Check the account step by step. Sends nothing, never raises."""

    def create_template(self, definition: TemplateDefinition) -> TemplateStatus:
        """Create a template at the provider. Raises ProviderError."""
        raise ProviderError(Failure("fix", code="unsupported"))

    def list_templates(self) -> list[TemplateStatus]:
        """Return all templates of the account. Raises ProviderError."""
        raise ProviderError(Failure("fix", code="unsupported"))

    def delete_template(self, name: str, uid: str) -> None:
        """Delete one template, in one language, for good. Raises ProviderError."""
        raise ProviderError(Failure("fix", code="unsupported"))

    @classmethod
    def option_problems(
        cls, base_url: str, options: Mapping[str, str]
    ) -> list[tuple[str, str]]:
        """Return (code, value) of each option that keeps this provider from working."""
        return []

    # --- hooks for subclasses -----------------------------------------------------

    def _refusal(self, message: OutgoingMessage) -> Failure | None:
        """Return why this message cannot even be offered to the provider."""
        if message.channel not in self.channels:
            return Failure("fix", code="channel_unsupported", detail=message.channel)
        return None

    def _message_call(self, message: OutgoingMessage) -> Call:
        raise NotImplementedError(f"{type(self).__name__}._message_call")

    def _accepted(self, body: dict[str, Any]) -> SendResult | None:
        """Return the result of a 2xx answer, None if it has not the known shape."""
        raise NotImplementedError(f"{type(self).__name__}._accepted")

    def _error_in(
        self, reply: Reply, message: OutgoingMessage | None = None
    ) -> Failure | None:
        """Return the provider's error envelope in the answer, None if it has none."""
        raise NotImplementedError(f"{type(self).__name__}._error_in")

    # --- shared steps -------------------------------------------------------------

    def _outcome(self, reply: Reply, message: OutgoingMessage) -> SendResult:
        body = reply.json_object()
        if body is not None and 200 <= reply.status < 300:
            accepted = self._accepted(body)
            if accepted:
                return accepted
        failure = self._failure_in(reply, message)
        return SendResult(_status_of(failure), failure=failure)

    def _failure_in(
        self, reply: Reply, message: OutgoingMessage | None = None
    ) -> Failure:
        """Say what is wrong with an answer that is not the hoped-for one."""
        envelope = self._error_in(reply, message)
        return envelope or unreadable_failure(reply)

    def _ask(self, call: Call) -> dict[str, Any]:
        """Make a call other than sending, which does no harm when it is repeated.

        Raises ProviderError, never with the class ``uncertain``.
        """
        try:
            reply = self._http.send(call)
        except HttpError as err:
            raise ProviderError(_repeatable(transport_failure(err))) from err
        body = reply.json_object()
        if body is None or not 200 <= reply.status < 300 or self._error_in(reply):
            raise ProviderError(_repeatable(self._failure_in(reply)))
        return body

    def _class_of(self, code: str, http_status: int = 0) -> ErrorClass:
        if code and code not in self.ERROR_CODES:
            _logger.warning(
                "%s: unknown error code %s (HTTP %s)",
                self.code,
                code[:20],
                http_status,
            )
        return classify(self.ERROR_CODES, code, http_status)

    def _missing(self, *names: str) -> Failure | None:
        """Return a failure that names the credentials among ``names`` not usable."""
        bad = [name for name in names if not _usable(getattr(self._credentials, name))]
        if not bad:
            return None
        return Failure("hold", code="not_configured", detail=", ".join(bad))

    def _require(self, *names: str) -> None:
        missing = self._missing(*names)
        if missing:
            raise ProviderError(missing)

    def _base_url(self) -> str:
        return (self._credentials.base_url or self.default_base_url).rstrip("/")

    def _redact(self, text: str, *numbers: str) -> str:
        """Hide our secrets, the given telephone numbers and any +number in a text."""
        secrets = [
            getattr(self._credentials, name)
            for name, _required, secret in self.credential_names
            if secret
        ]
        return redact(text, secrets, numbers)


# --- errors -----------------------------------------------------------------------


def classify(
    codes: Mapping[str, ErrorClass], code: str, http_status: int
) -> ErrorClass:
    """Return what an error asks us to do: by its code, else by the HTTP status.

    ``http_status`` is 0 for errors that a webhook reports.
    """
    known = codes.get(code)
    if known:
        return known
    if http_status in (401, 403):
        return "hold"
    if http_status == 429 or http_status >= 500:
        return "retry"
    return "fix"


def transport_failure(err: HttpError) -> Failure:
    """Return the failure of a call that got no complete answer."""
    if err.may_have_arrived:
        return Failure("uncertain", code=err.code)
    return Failure(_TRANSPORT_CLASSES.get(err.code, "retry"), code=err.code)


def unreadable_failure(reply: Reply) -> Failure:
    """Classify an answer that holds no error of the provider's own.

    A 2xx or 5xx without it may come from a proxy in front of a provider that has
    accepted the message (Meta and Twilio know no idempotency key): uncertain.
    """
    status = reply.status
    error_class: ErrorClass
    if status < 300 or status >= 500 or status in _AMBIGUOUS_STATUSES:
        error_class = "uncertain"
        code = "unexpected_answer" if reply.json_object() is not None else "not_json"
    elif status < 400:
        error_class, code = "hold", "redirect"
    else:
        error_class, code = classify({}, "", status), f"http_{status}"
    return Failure(
        error_class,
        code=code,
        http_status=status,
        retry_after_seconds=reply.retry_after_seconds(),
    )


def _status_of(failure: Failure) -> Literal["rejected", "uncertain"]:
    return "uncertain" if failure.error_class == "uncertain" else "rejected"


def _repeatable(failure: Failure) -> Failure:
    if failure.error_class != "uncertain":
        return failure
    return dataclasses.replace(failure, error_class="retry")


def _usable(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable()


# --- connection tests -------------------------------------------------------------

_REACH_STEPS = ("address", "dns", "reachable", "tls")
_FAILED_STEP = {
    "address": "address",
    "dns": "dns",
    "tls": "tls",
}


def reach_checks(base_url: str, failed_code: str = "") -> list[CheckItem]:
    """Return one item per step to the server, up to the one that failed.

    ``failed_code`` is the transport code of the failure, "" if the server answered.
    """
    failed_step = _FAILED_STEP.get(failed_code, "reachable") if failed_code else ""
    items = []
    for step in _REACH_STEPS:
        if step == "tls" and not failed_step and _is_plain_http(base_url):
            items.append(CheckItem("tls", False, "http"))
            continue
        items.append(
            CheckItem(
                step, step != failed_step, failed_code if step == failed_step else ""
            )
        )
        if step == failed_step:
            break
    return items


def _is_plain_http(base_url: str) -> bool:
    """Tell whether secrets would travel in the open, beyond this machine."""
    parts = urlsplit(base_url)
    if parts.scheme != "http":
        return False
    host = parts.hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
