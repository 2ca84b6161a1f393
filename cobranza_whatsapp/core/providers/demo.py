"""A provider for demonstrations and tests: accepts everything, sends nothing.

``Credentials.sender`` "fail:<class>" makes every send fail with that error class,
"fail:uncertain" makes it uncertain. Ids follow from the input, nothing is random.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, get_args

from ..errors import SignatureError
from ..types import (
    CHANNELS,
    CheckItem,
    ErrorClass,
    Event,
    Failure,
    InboundEvent,
    MessageState,
    OutgoingMessage,
    SendResult,
    StatusEvent,
    TemplateDefinition,
    TemplateStatus,
    WebhookItem,
    WebhookRequest,
)
from .base import Provider
from .texts import clean_json
from .transport import parse_json
from .webhooks import event_key, malformed_item, require_equal
from .whatsapp_payloads import variable_names

_FAIL = "fail:"


class Demo(Provider):
    """Needs no credentials. Its webhooks are JSON of our own, signed by HMAC-SHA256."""

    code = "demo"
    channels = CHANNELS
    documents = "media"
    is_simulated = True
    credential_names = (("sender", False, False), ("signing_secret", False, True))
    STATUSES: ClassVar[Mapping[str, MessageState | None]] = {
        "sent": "sent",
        "delivered": "delivered",
        "read": "read",
        "failed": "failed",
    }
    ERROR_CODES: ClassVar[Mapping[str, ErrorClass]] = {
        name: name for name in get_args(ErrorClass)
    }

    def send(
        self,
        message: OutgoingMessage,
        before_writing: Callable[[], None] | None = None,
    ) -> SendResult:
        refusal = self._refusal(message)
        if refusal:
            return SendResult("rejected", failure=refusal)
        if before_writing is not None:
            before_writing()
        sender = self._credentials.sender
        if sender.startswith(_FAIL):
            code = sender.removeprefix(_FAIL)
            failure = Failure(self._class_of(code), code=code)
            uncertain = failure.error_class == "uncertain"
            return SendResult("uncertain" if uncertain else "rejected", failure=failure)
        return SendResult("accepted", provider_message_uid=f"demo-{message.uuid}")

    def upload_media(
        self, content: bytes, filename: str, mimetype: str = "application/pdf"
    ) -> str:
        return f"demo-media-{hashlib.sha256(content).hexdigest()[:16]}"

    def verify(self, request: WebhookRequest) -> None:
        """Check ``X-Demo-Signature``: hex HMAC-SHA256 of the body."""
        secret = self._credentials.signing_secret
        if not secret:
            raise SignatureError("no secret is configured")
        digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        require_equal([digest], request.headers.get("x-demo-signature", ""))

    def split(self, request: WebhookRequest) -> list[WebhookItem]:
        """Read ``{"events": [{"id": …, "status" or "text": …}]}``."""
        try:
            content = clean_json(parse_json(request.body))
            events = content["events"]
            return [WebhookItem(_key(event), dict(event)) for event in events]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return [malformed_item("The body holds no events.", request.body)]

    def read_item(self, payload: dict[str, Any]) -> Event:
        uid = payload.get("id")
        if not isinstance(uid, str):
            raise ValueError("The event has no id.")
        if "status" in payload:
            return self._read_status(uid, payload)
        if not payload.get("from"):
            raise ValueError("The event has neither a status nor a sender.")
        return InboundEvent(
            provider_message_uid=uid,
            channel="sms" if payload.get("channel") == "sms" else "whatsapp",
            sender=str(payload["from"]),
            text=str(payload.get("text") or ""),
            occurred_at_utc=_moment(payload),
        )

    def _read_status(self, uid: str, payload: dict[str, Any]) -> StatusEvent:
        word = str(payload["status"])
        state = self.STATUSES.get(word)
        code = str(payload.get("error") or "")
        failure = (
            Failure(self._class_of(code), code=code) if state == "failed" else None
        )
        return StatusEvent(
            provider_message_uid=uid,
            uuid=str(payload.get("uuid") or ""),
            state=state,
            raw_status=word,
            occurred_at_utc=_moment(payload),
            failure=failure,
        )

    def test_connection(self) -> list[CheckItem]:
        return [CheckItem("configuration", True)]

    def create_template(self, definition: TemplateDefinition) -> TemplateStatus:
        name = f"{definition.name}:{definition.language}"
        return TemplateStatus(
            uid=f"demo-template-{hashlib.sha256(name.encode()).hexdigest()[:16]}",
            name=definition.name,
            language=definition.language,
            status="APPROVED",
            category="UTILITY",
            parameter_names=variable_names(definition.body),
        )

    def list_templates(self) -> list[TemplateStatus]:
        return []


def _key(event: dict[str, Any]) -> str:
    if "status" in event:
        return event_key("status", str(event["id"]), str(event["status"]))
    return event_key("message", str(event["id"]))


def _moment(payload: dict[str, Any]) -> datetime | None:
    """Read an ISO 8601 moment with an offset."""
    try:
        moment = datetime.fromisoformat(str(payload.get("at")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
