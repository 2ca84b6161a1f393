"""Webhook events as Meta sends them: what happens to messages, and what disturbs.

Everything is made of a seed, so that a run can be repeated.
"""

import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .company import WHATSAPP

BATCH_MAX = 20
# Shares of messages by what happens to them; the last word is the final state.
SCRIPTS = (
    (0.60, ("sent", "delivered", "read")),
    (0.85, ("sent", "delivered")),
    (0.90, ("sent", "read")),
    (0.95, ("sent", "failed")),
    (1.00, ("sent", "failed", "delivered")),
)
UNKNOWN_MARK = "wamid.UNKNOWN"
_FIRST_MOMENT = 1_700_000_000
_UNDELIVERABLE = {
    "code": 131026,
    "title": "Message undeliverable",
    "message": "Message undeliverable",
    "error_data": {"details": "Message Undeliverable."},
}


@dataclass(frozen=True)
class Message:
    """A message that the provider accepted."""

    provider_uid: str
    uuid: str
    phone: str


def script(number: int, rng: random.Random) -> tuple[str, ...]:
    """Return what happens to a message."""
    draw = rng.random()
    return next(steps for share, steps in SCRIPTS if draw < share)


def history(messages: list[Message], count: int, seed: int) -> list[dict[str, Any]]:
    """Return so many events of the messages in the order in which they happen."""
    rng = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    events: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        steps = script(number, rng)
        if len(events) + len(steps) > count:
            break
        events += [
            status(message, step, len(events) + i) for i, step in enumerate(steps)
        ]
    return events


def final_states(
    messages: list[Message], ordered: list[dict[str, Any]]
) -> dict[str, str]:
    """Return the state of each message by its uuid: the last word about it."""
    states = {message.uuid: "sent" for message in messages}
    for event in ordered:
        [found] = event["value"]["statuses"]
        states[found["biz_opaque_callback_data"]] = found["status"]
    return states


def status(message: Message, word: str, number: int) -> dict[str, Any]:
    """Return one change of a message's status."""
    found = {
        "id": message.provider_uid,
        "status": word,
        "timestamp": str(_FIRST_MOMENT + number),
        "recipient_id": message.phone,
        "biz_opaque_callback_data": message.uuid,
    }
    if word == "failed":
        found["errors"] = [_UNDELIVERABLE]
    return _change(statuses=[found])


def _change(**value: Any) -> dict[str, Any]:
    metadata = {
        "display_phone_number": WHATSAPP["display_phone_number"],
        "phone_number_id": WHATSAPP["phone_number_id"],
    }
    shared = {"messaging_product": "whatsapp", "metadata": metadata}
    return {"field": "messages", "value": {**shared, **value}}


def unknown(count: int) -> list[dict[str, Any]]:
    """Return events of messages that nobody sent."""
    return [
        status(Message(f"{UNKNOWN_MARK}{n}", f"unknown-{n}", "525500000000"), "read", n)
        for n in range(count)
    ]


def malformed(count: int) -> list[Any]:
    """Return changes that cannot be read, each in its own way and with its number."""
    kinds = (
        lambda n: _change(statuses=[{"status": "read", "timestamp": str(n)}]),
        lambda n: _change(statuses=[{"id": n, "status": "read"}]),
        lambda n: _change(note=n),
        lambda n: {"field": "messages", "value": f"text {n}"},
        lambda n: f"change {n}",
    )
    return [kinds[number % len(kinds)](number) for number in range(count)]


def disturbed(ordered: list[Any], total: int, seed: int) -> tuple[list[Any], int, int]:
    """Return events shuffled, 30 % repeated, 5 % unknown and 1 % malformed.

    Also how many unknown and malformed ones are among them.
    """
    rng = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    strangers, wrong = unknown(round(total * 0.05)), malformed(round(total * 0.01))
    missing = total - len(ordered) - len(strangers) - len(wrong)
    repeated = rng.choices(ordered, k=max(0, missing))
    events = [*ordered, *repeated, *strangers, *wrong]
    rng.shuffle(events)
    return events, len(strangers), len(wrong)


def batches(events: list[Any], seed: int) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Yield signed bodies of 1 to 20 changes each, with their headers."""
    rng = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    position = 0
    while position < len(events):
        size = rng.randint(1, BATCH_MAX)
        changes = events[position : position + size]
        position += size
        entry = {"id": WHATSAPP["waba_id"], "changes": changes}
        body = {"object": "whatsapp_business_account", "entry": [entry]}
        raw = json.dumps(body, separators=(",", ":")).encode()
        yield raw, {"X-Hub-Signature-256": signature(raw)}


def signature(raw: bytes) -> str:
    """Return Meta's signature of a body."""
    secret = WHATSAPP["app_secret"].encode()
    return f"sha256={hmac.new(secret, raw, hashlib.sha256).hexdigest()}"
