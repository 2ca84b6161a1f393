"""Meta's webhooks: cut into items, and each item read into one of our events.

Source: "Webhooks reference" of Meta's WhatsApp documentation, https://developers.
facebook.com/documentation/business-messaging/whatsapp/webhooks, seen 2026-11.
Deliveries repeat, come in any order and carry several items each.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

from ..types import (
    AccountEvent,
    ErrorClass,
    Event,
    Failure,
    InboundEvent,
    StatusEvent,
    WebhookItem,
)
from .texts import clean_json, redact
from .transport import parse_json
from .webhooks import content_key, event_key, malformed_item
from .whatsapp_errors import STATUSES

_MEDIA_KINDS = ("audio", "document", "image", "sticker", "video")
_MAX_DETAIL_LENGTH = 1000

# --- cutting ----------------------------------------------------------------------


def split_body(body: bytes) -> list[WebhookItem]:
    """Return one item per status, message, preference and change of a field."""
    try:
        content = clean_json(parse_json(body))
    except (ValueError, RecursionError):
        return [malformed_item("The body is not JSON.", body)]
    entries = content.get("entry") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return [malformed_item("The body has no list of entries.", body)]
    return [item for entry in entries for item in _entry_items(entry)]


def _entry_items(entry: Any) -> Iterator[WebhookItem]:
    changes = entry.get("changes") if isinstance(entry, dict) else None
    if not isinstance(changes, list):
        yield malformed_item("An entry has no list of changes.", entry)
        return
    frame = {"entry_uid": str(entry.get("id") or ""), "time": entry.get("time")}
    for change in changes:
        value = change.get("value") if isinstance(change, dict) else None
        if not isinstance(value, dict) or not isinstance(change.get("field"), str):
            yield malformed_item("A change has no field with a value.", change)
        elif change["field"] == "messages":
            yield from _message_items(frame, value)
        else:
            yield from _field_items(frame, change["field"], value)


def _message_items(
    frame: dict[str, Any], value: dict[str, Any]
) -> Iterator[WebhookItem]:
    metadata = value.get("metadata")
    phone = metadata.get("phone_number_id") if isinstance(metadata, dict) else ""
    shared = {"entry_uid": frame["entry_uid"], "phone_number_uid": str(phone or "")}
    found = False
    for kind, name in (("status", "statuses"), ("message", "messages")):
        for one in _list(value, name):
            found = True
            if not isinstance(one, dict) or not isinstance(one.get("id"), str):
                yield malformed_item(f"A {kind} has no id.", one)
                continue
            words = [one["id"]]
            payload = {"kind": kind, **shared, kind: one}
            if kind == "status":
                words.append(str(one.get("status") or ""))
            else:
                payload["sender_name"] = _sender_name(value, one)
            yield WebhookItem(event_key(kind, *words), payload)
    for error in _list(value, "errors"):
        found = True
        payload = {"kind": "field", **shared, "field": "errors", "value": error}
        yield WebhookItem(content_key("field", [payload, frame["time"]]), payload)
    if not found:
        yield malformed_item("Neither statuses nor messages.", value)


def _field_items(
    frame: dict[str, Any], field: str, value: dict[str, Any]
) -> Iterator[WebhookItem]:
    parts = _list(value, field) if field == "user_preferences" else [value]
    for part in parts:
        payload = {"kind": "field", **frame, "field": field, "value": part}
        yield WebhookItem(content_key("field", payload), payload)


def _sender_name(value: dict[str, Any], message: dict[str, Any]) -> str:
    for contact in _list(value, "contacts"):
        if not isinstance(contact, dict):
            continue
        if contact.get("wa_id") == message.get("from") or len(value["contacts"]) == 1:
            return _text(contact.get("profile"), "name")
    return ""


# --- reading ----------------------------------------------------------------------


def read_payload(
    payload: dict[str, Any], class_of: Callable[[str], ErrorClass]
) -> Event:
    """Translate the payload of one item. Raises ValueError with one sentence."""
    kind = payload.get("kind")
    if kind == "status":
        return _read_status(_part(payload, "status"), class_of)
    if kind == "message":
        return _read_message(payload)
    if kind == "field":
        value = payload.get("value")
        content = value if isinstance(value, dict) else {}
        return _read_field(str(payload.get("field") or ""), content)
    raise ValueError("The item is neither a status, a message nor a field.")


def _read_status(
    status: dict[str, Any], class_of: Callable[[str], ErrorClass]
) -> StatusEvent:
    uid = status.get("id")
    word = status.get("status")
    if not isinstance(uid, str) or not isinstance(word, str):
        raise ValueError("The status has no id or no word.")
    state = STATUSES.get(word)
    failure = None
    if state == "failed" or status.get("errors"):
        failure = _read_failure(status, class_of)
    return StatusEvent(
        provider_message_uid=uid,
        uuid=_text(status, "biz_opaque_callback_data"),
        state=state,
        raw_status=word,
        occurred_at_utc=_moment(status.get("timestamp")),
        failure=failure,
        pricing_category=_text(status.get("pricing"), "category"),
    )


def _read_failure(
    status: dict[str, Any], class_of: Callable[[str], ErrorClass]
) -> Failure:
    errors = [one for one in _list(status, "errors") if isinstance(one, dict)]
    error = errors[0] if errors else {}
    code = str(error.get("code") or "")
    number = _text(status, "recipient_id")
    return Failure(
        error_class=class_of(code),
        code=code,
        detail=redact(error_detail(error), (), (number,)),
    )


def error_detail(error: dict[str, Any]) -> str:
    """Return Meta's own words about an error; any part of it may be missing."""
    title = _text(error, "message") or _text(error, "title")
    details = _text(error.get("error_data"), "details") or _text(
        error, "error_user_msg"
    )
    return f"{title}: {details}" if title and details else title or details


def _read_message(payload: dict[str, Any]) -> InboundEvent:
    message = _part(payload, "message")
    uid = message.get("id")
    digits = re.sub(r"\D", "", _text(message, "from"))
    # A person with a username may hide the number; then there is a user id.
    if not isinstance(uid, str) or not (digits or message.get("from_user_id")):
        raise ValueError("The message has no id or no sender.")
    kind = _text(message, "type")
    text, button_payload = _message_text(kind, message)
    return InboundEvent(
        provider_message_uid=uid,
        channel="whatsapp",
        sender=f"+{digits}" if digits else "",
        text=text,
        occurred_at_utc=_moment(message.get("timestamp")),
        button_payload=button_payload,
        context_uid=_text(message.get("context"), "id"),
        sender_name=_text(payload, "sender_name"),
        media_kind="" if kind in ("text", "button", "interactive") else kind,
    )


def _message_text(kind: str, message: dict[str, Any]) -> tuple[str, str]:
    """Return text and button payload of a message of any type."""
    content = message.get(kind)
    if kind == "button":
        return _text(content, "text"), _text(content, "payload")
    if kind == "interactive":
        for reply in ("button_reply", "list_reply"):
            choice = content.get(reply) if isinstance(content, dict) else None
            if isinstance(choice, dict):
                return _text(choice, "title"), _text(choice, "id")
        return "", ""
    if kind in _MEDIA_KINDS:
        return _text(content, "caption"), ""
    if kind == "reaction":
        return _text(content, "emoji"), ""
    return _text(content, "body"), ""


def _read_field(field: str, value: dict[str, Any]) -> AccountEvent:
    """Read news about account or template; the detail holds all that is left."""
    if not field:
        raise ValueError("The change has no field.")
    if field == "user_preferences":
        return AccountEvent(
            topic=field,
            status=_text(value, "value"),
            category=_text(value, "category"),
            detail="+" + re.sub(r"\D", "", _text(value, "wa_id")),
        )
    if field == "errors":
        code = value.get("code")
        status = "" if code is None else str(code)
        return AccountEvent(topic=field, status=status, detail=error_detail(value))
    return AccountEvent(
        topic=field,
        template_name=_text(value, "message_template_name"),
        template_language=_text(value, "message_template_language"),
        template_uid=_text(value, "message_template_id"),
        status=_text(value, "event"),
        category=_text(value, "new_category")
        or _text(value, "message_template_category"),
        detail=_field_detail(value),
        reason=_field_reason(value),
        quality=_text(value, "new_quality_score"),
        coming_category=_text(value, "correct_category"),
    )


def _field_reason(value: dict[str, Any]) -> str:
    """Return why Meta refused, paused or switched off a template, "" when it does not.

    ``rejection_info`` may explain a refusal, ``other_info`` a pause (API page
    "message_template_status_update").
    """
    word = _text(value, "reason")
    said = [
        "" if word == "NONE" else word,
        _text(value.get("rejection_info"), "reason"),
        _text(value.get("rejection_info"), "recommendation"),
        _text(value.get("other_info"), "description"),
    ]
    return ": ".join(dict.fromkeys(filter(None, said)))


def _field_detail(value: dict[str, Any]) -> str:
    known = ("event", "message_template_category", "new_category", "new_quality_score")
    rest = {
        name: part
        for name, part in value.items()
        if part not in (None, "", "NONE")
        and name not in known
        and not re.fullmatch("message_template_(id|name|language)", name)
    }
    if list(rest) == ["reason"]:
        return str(rest["reason"])
    return json.dumps(rest, ensure_ascii=False)[:_MAX_DETAIL_LENGTH] if rest else ""


# --- parts ------------------------------------------------------------------------


def _part(payload: dict[str, Any], name: str) -> dict[str, Any]:
    part = payload.get(name)
    if not isinstance(part, dict):
        raise ValueError(f"The item holds no {name}.")
    return part


def _list(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _text(value: Any, name: str) -> str:
    """Return a text or number of an object as text, "" for anything else."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        return ""
    return str(found)


def _moment(value: Any) -> datetime | None:
    """Read Meta's timestamps: Unix seconds, UTC, as text."""
    try:
        return datetime.fromtimestamp(int(value), tz=timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
