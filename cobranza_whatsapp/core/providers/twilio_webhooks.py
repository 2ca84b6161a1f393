"""Twilio's webhooks: signature, and form fields read into one of our events.

Sources: https://www.twilio.com/docs/usage/webhooks/webhooks-security and "Outbound
message status in status callbacks", seen 2026-11. The set of fields can grow without
notice; order is not guaranteed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from ..errors import SignatureError
from ..types import (
    Channel,
    ErrorClass,
    Event,
    Failure,
    InboundEvent,
    MessageState,
    StatusEvent,
    WebhookItem,
    WebhookRequest,
)
from .texts import clean_json, redact
from .twilio_errors import STATUSES
from .webhooks import event_key, malformed_item

_DEFAULT_PORTS = {"https": 443, "http": 80}

# --- signature --------------------------------------------------------------------


def valid_signatures(request: WebhookRequest, secret: str) -> list[str]:
    """Return the signatures that Twilio may have given this request.

    Twilio signs the address with or without its port. The body of a request that is
    not a form is covered by ``bodySHA256`` in the address. Raises SignatureError when
    a body is not covered.
    """
    if request.body and not request.form:
        _check_body_digest(request)
    values: dict[str, set[str]] = {}
    for name, value in request.form:
        values.setdefault(name, set()).add(value)
    fields = "".join(
        name + value for name in sorted(values) for value in sorted(values[name])
    )
    return [_sign(secret, url + fields) for url in _address_variants(request.url)]


def _check_body_digest(request: WebhookRequest) -> None:
    given = parse_qs(urlsplit(request.url).query).get("bodySHA256", [""])[0]
    digest = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(digest.encode(), given.encode("utf-8", "replace")):
        raise SignatureError("the body is not covered by the signature")


def _sign(secret: str, text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    digest = hmac.new(secret.encode(), data, hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _address_variants(url: str) -> list[str]:
    """Return the address as given, without its port, and with an explicit one."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return [url]
    bare = re.sub(r":\d+$", "", parts.netloc)
    variants = [url]
    for netloc in (bare, f"{bare}:{port}"):
        variant = urlunsplit(parts._replace(netloc=netloc))
        if variant not in variants:
            variants.append(variant)
    return variants


# --- reading ----------------------------------------------------------------------


def split_form(request: WebhookRequest) -> list[WebhookItem]:
    """Return the one item of a status callback or of an incoming message."""
    fields: dict[str, Any] = {}
    for name, value in request.form:
        fields.setdefault(name, value)
    fields = clean_json(fields)
    uid = fields.get("MessageSid") or fields.get("SmsSid")
    if not uid:
        content = request.body or repr(sorted(fields)).encode()
        return [malformed_item("The form has no MessageSid.", content)]
    uuids = parse_qs(urlsplit(request.url).query).get("uuid")
    if uuids:
        fields["uuid"] = uuids[0]
    if _is_status(fields):
        return [WebhookItem(event_key("status", uid, _status_word(fields)), fields)]
    return [WebhookItem(event_key("message", uid), fields)]


def read_fields(
    payload: dict[str, Any], class_of: Callable[[str], ErrorClass]
) -> Event:
    """Translate the fields of one item. Raises ValueError with one sentence."""
    fields = {name: str(value) for name, value in payload.items()}
    uid = fields.get("MessageSid") or fields.get("SmsSid")
    if not uid:
        raise ValueError("The item has no MessageSid.")
    if _is_status(fields):
        return _read_status(uid, fields, class_of)
    return _read_message(uid, fields)


def _is_status(fields: dict[str, Any]) -> bool:
    return bool(_status_word(fields)) and _status_word(fields) != "received"


def _status_word(fields: dict[str, Any]) -> str:
    return str(fields.get("MessageStatus") or fields.get("SmsStatus") or "")


def _read_status(
    uid: str, fields: dict[str, str], class_of: Callable[[str], ErrorClass]
) -> StatusEvent:
    word = _status_word(fields)
    state: MessageState | None = STATUSES.get(word)
    code = fields.get("ErrorCode", "")
    failure = None
    if state == "failed":
        detail = redact(fields.get("ErrorMessage", ""), (), (fields.get("To", ""),))
        failure = Failure(class_of(code), code=code, detail=detail)
        if failure.error_class == "uncertain":
            state = "uncertain"  # the carrier may have it: Twilio error 30410
    return StatusEvent(
        provider_message_uid=uid,
        uuid=fields.get("uuid", ""),
        state=state,
        raw_status=word,
        occurred_at_utc=None,  # Twilio gives no time of the change
        failure=failure,
    )


def _read_message(uid: str, fields: dict[str, str]) -> InboundEvent:
    address = fields.get("From", "")
    if not address:
        raise ValueError("The message has no sender.")
    channel: Channel = "whatsapp" if address.startswith("whatsapp:") else "sms"
    return InboundEvent(
        provider_message_uid=uid,
        channel=channel,
        sender=_number(address, channel),
        text=fields.get("Body") or fields.get("ButtonText", ""),
        occurred_at_utc=None,
        button_payload=fields.get("ButtonPayload", ""),
        context_uid=fields.get("OriginalRepliedMessageSid", ""),
        sender_name=fields.get("ProfileName", ""),
        media_kind=_media_kind(fields),
    )


def _number(address: str, channel: Channel) -> str:
    """Return E.164; short codes and names of SMS senders stay as they are."""
    number = address.removeprefix("whatsapp:").strip()
    if channel == "whatsapp" and number.isdigit():
        return f"+{number}"
    return number


def _media_kind(fields: dict[str, str]) -> str:
    if fields.get("NumMedia", "0") in ("", "0"):
        return ""
    kind = fields.get("MediaContentType0", "").partition("/")[0]
    return kind if kind in ("audio", "image", "video") else "document"
