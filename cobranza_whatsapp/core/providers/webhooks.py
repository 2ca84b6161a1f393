"""Steps that the webhooks of all providers share."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from ..errors import SignatureError
from ..types import WebhookItem
from .texts import clean_json, printable

_KEY_LENGTH = 190


def require_equal(expected: Iterable[str], given: str) -> None:
    """Raise SignatureError unless ``given`` equals one of ``expected``.

    Takes the same time for every wrong value.
    """
    seen = given.encode("utf-8", "surrogatepass")
    matches = [
        hmac.compare_digest(one.encode("utf-8", "surrogatepass"), seen)
        for one in expected
    ]
    if not any(matches):
        raise SignatureError("the signature does not match")


def event_key(*parts: str) -> str:
    """Join words into the key of an item; a long one becomes a digest."""
    key = printable(":".join(parts))
    if len(key) <= _KEY_LENGTH and key.isascii():
        return key
    return f"{parts[0]}:{hashlib.sha256(key.encode()).hexdigest()}"


def content_key(kind: str, value: Any) -> str:
    """Return a key for an item without an id of its own, from its content."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def malformed_item(reason: str, content: bytes | Any) -> WebhookItem:
    """Return an item that says why it cannot be read, with what there is of it."""
    if isinstance(content, bytes):
        key = f"malformed:{hashlib.sha256(content).hexdigest()}"
        raw = printable(content[:2000].decode("utf-8", "replace"))
        return WebhookItem(key, {"raw": raw}, malformed=reason)
    cleaned = clean_json(content)
    return WebhookItem(
        content_key("malformed", cleaned), {"raw": cleaned}, malformed=reason
    )
