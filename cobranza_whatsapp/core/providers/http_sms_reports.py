"""Delivery reports and replies of an SMS gateway: proof, items, meaning."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from .. import phone
from ..errors import SignatureError
from ..types import (
    ErrorClass,
    Event,
    Failure,
    InboundEvent,
    MessageState,
    StatusEvent,
    WebhookItem,
    WebhookRequest,
)
from . import answers
from .http_sms_settings import HttpSmsSettings
from .texts import clean_json, printable
from .transport import parse_json
from .webhooks import content_key, event_key, malformed_item, require_equal

_MAX_WORD_LENGTH = 60


# --- proof ------------------------------------------------------------------------


def address_signature(secret: str, uuid: str) -> str:
    """Return what makes the report address of one message known to us alone."""
    return hmac.new(secret.encode(), uuid.encode(), hashlib.sha256).hexdigest()[:40]


def verify(request: WebhookRequest, settings: HttpSmsSettings, secret: str) -> None:
    """Raise SignatureError unless the request proves that the gateway sent it."""
    if not secret:
        raise SignatureError("no secret is configured")
    if settings.proof == "address":
        expected = address_signature(secret, request.query.get("uuid", ""))
        if not request.query.get("uuid"):
            raise SignatureError("the address names no message")
        require_equal([expected], request.query.get("sig", ""))
    elif settings.proof == "hmac":
        given = request.headers.get(settings.proof_name.lower(), "")
        if request.form or not request.body:
            raise SignatureError("only a body is covered by the signature")
        digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        require_equal([digest, f"sha256={digest}"], given)
    else:
        require_equal([secret], _given_secret(request, settings.proof_name))


def _given_secret(request: WebhookRequest, name: str) -> str:
    """Return the secret of a header, else of the address, else of the form."""
    if not name:
        return ""
    form = {key: value for key, value in reversed(request.form)}
    return (
        request.headers.get(name.lower())
        or request.query.get(name)
        or form.get(name)
        or ""
    )


# --- items ------------------------------------------------------------------------


def split(request: WebhookRequest, settings: HttpSmsSettings) -> list[WebhookItem]:
    """Cut a verified request into reports and replies. Never raises."""
    uuid = printable(request.query.get("uuid", ""))
    try:
        rows = _rows(request, settings)
    except (ValueError, RecursionError):
        return [malformed_item("The body is no JSON.", request.body)]
    if not rows:
        content = request.body or repr(sorted(request.query)).encode()
        return [malformed_item("The request holds no report.", content)]
    return [_item(row, uuid, settings) for row in rows]


def _rows(request: WebhookRequest, settings: HttpSmsSettings) -> list[Any]:
    """Return the reports as JSON values: of the body, else of form and address."""
    if request.body and not request.form:
        content = clean_json(parse_json(request.body))
        if settings.list_path:
            content = _list_at(content, settings.list_path)
        return content if isinstance(content, list) else [content]
    hidden = {"sig", settings.proof_name}
    fields = {**request.query, **dict(reversed(request.form))}
    kept = {name: value for name, value in fields.items() if name not in hidden}
    return [clean_json(kept)] if kept else []


def _list_at(content: Any, path: str) -> Any:
    for step in path.split("."):
        content = content.get(step) if isinstance(content, dict) else None
    return content or []


def _item(row: Any, uuid: str, settings: HttpSmsSettings) -> WebhookItem:
    if not isinstance(row, dict):
        return malformed_item("The report is no object.", row)
    payload = {"item": row, "uuid": uuid}
    uid = answers.value_at(row, settings.report_uid_path) or uuid
    word = _word(row, settings)
    if word:
        return WebhookItem(event_key("status", uid, word), payload)
    if answers.value_at(row, settings.reply_sender_path):
        key = event_key("message", uid) if uid else content_key("message", row)
        return WebhookItem(key, payload)
    return malformed_item("The report has neither a status nor a sender.", row)


def _word(row: dict[str, Any], settings: HttpSmsSettings) -> str:
    found = answers.value_at(row, settings.report_status_path) or ""
    return printable(found)[:_MAX_WORD_LENGTH]


# --- meaning ----------------------------------------------------------------------


def read_item(
    payload: dict[str, Any],
    settings: HttpSmsSettings,
    state_of: Callable[[str], MessageState | None],
    class_of: Callable[[str], ErrorClass],
) -> Event:
    """Translate one report or reply. Raises ValueError with one sentence."""
    row = payload.get("item")
    if not isinstance(row, dict):
        raise ValueError("The event has no report.")
    uuid = str(payload.get("uuid") or "")
    uid = answers.value_at(row, settings.report_uid_path) or ""
    word = _word(row, settings)
    if word:
        return _status(row, uid or uuid, uuid, word, settings, state_of, class_of)
    sender = answers.value_at(row, settings.reply_sender_path) or ""
    if not sender:
        raise ValueError("The report has neither a status nor a sender.")
    return InboundEvent(
        provider_message_uid=uid or content_key("message", row),
        channel="sms",
        sender=_number(sender),
        text=answers.value_at(row, settings.reply_text_path) or "",
        occurred_at_utc=None,
    )


def _status(
    row: dict[str, Any],
    uid: str,
    uuid: str,
    word: str,
    settings: HttpSmsSettings,
    state_of: Callable[[str], MessageState | None],
    class_of: Callable[[str], ErrorClass],
) -> StatusEvent:
    state, failure = state_of(word), None
    if state == "failed":
        code = answers.value_at(row, settings.report_error_path) or word
        failure = Failure(class_of(code), code=printable(code)[:_MAX_WORD_LENGTH])
        if failure.error_class == "uncertain":
            state = "uncertain"
    return StatusEvent(
        provider_message_uid=uid,
        uuid=uuid,
        state=state,
        raw_status=word,
        occurred_at_utc=None,
        failure=failure,
    )


def _number(sender: str) -> str:
    """Return digits with a plus where they are a whole international number."""
    number = sender.strip().lstrip("+")
    return f"+{number}" if phone.is_e164(f"+{number}") else sender.strip()
