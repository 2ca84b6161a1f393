"""What the phone page shows, as plain values; the page itself draws them."""

import re
from typing import Any
from urllib.parse import quote

from . import phone_numbers
from .models import Json, Message, Phone
from .store import Store

PAGE_COUNT = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)")
SNIPPET = 90
# A load test makes thousands of phones; nobody looks at them all.
LISTED = 300


def listed(store: Store) -> Json:
    """Return the phones, the one with the newest message first, LISTED at most."""
    phones = sorted(store.phones.values(), key=lambda one: one.name)
    phones.sort(key=lambda one: _last_moment(store, one), reverse=True)
    rows = [_row(store, phone) for phone in phones[:LISTED]]
    return {"phones": rows, "more": max(0, len(phones) - LISTED)}


def _last_moment(store: Store, phone: Phone) -> float:
    messages = store.by_phone.get(phone.key)
    return messages[-1].accepted_at if messages else 0.0


def _row(store: Store, phone: Phone) -> Json:
    messages = [one for one in store.by_phone.get(phone.key, ()) if _arrived(one)]
    last = messages[-1] if messages else None
    return {
        "number": phone.number,
        "pretty": phone_numbers.pretty(phone.number),
        "name": phone.name,
        "online": phone.online,
        "at": last.accepted_at if last else 0,
        "snippet": _snippet(last) if last else "",
        "channel": last.channel if last else "",
        "own": bool(last and last.direction == "in"),
        "unread": sum(_unread(one) for one in messages),
    }


def _arrived(message: Message) -> bool:
    return message.direction != "out" or message.status in {"delivered", "read"}


def _unread(message: Message) -> bool:
    return (
        message.direction == "out"
        and message.status == "delivered"
        and not message.extra.get("seen")
    )


def _snippet(message: Message) -> str:
    text = " ".join(message.text.split())
    if not text and message.media:
        text = message.media[0]["filename"]
    return text if len(text) <= SNIPPET else text[: SNIPPET - 1] + "…"


def conversation(store: Store, phone: Phone) -> Json:
    """Return a phone and all its messages, oldest first."""
    messages = store.by_phone.get(phone.key, ())
    return {
        "phone": {
            "number": phone.number,
            "pretty": phone_numbers.pretty(phone.number),
            "name": phone.name,
            "online": phone.online,
            "on_whatsapp": phone.on_whatsapp,
            "read_receipts": phone.read_receipts,
        },
        "businesses": _businesses(store, phone),
        "messages": [shown(store, one) for one in messages],
    }


def _businesses(store: Store, phone: Phone) -> list[Json]:
    """Return who wrote to this phone, the last one first; else who could."""
    found: dict[tuple[str, str], Json] = {}
    for message in reversed(store.by_phone.get(phone.key, ())):
        found.setdefault(
            (message.account, message.sender),
            _business(store, message.account, message.sender, message.channel),
        )
    if found:
        return list(found.values())
    rows = [
        _business(store, one.id, one.display_phone_number, "whatsapp")
        for one in store.meta.values()
    ]
    for one in store.twilio.values():
        rows += [_business(store, one.id, number, "sms") for number in one.numbers]
    rows += [
        _business(store, one.id, one.number, "sms") for one in store.gateway.values()
    ]
    return rows


def _business(store: Store, account_id: str, sender: str, channel: str) -> Json:
    account = store.account(account_id)
    name = account.name if account else ""
    return {
        "name": name or phone_numbers.pretty(sender),
        "pretty": phone_numbers.pretty(sender),
        "channel": channel,
    }


def shown(store: Store, message: Message) -> Json:
    """Return one message for the page."""
    header = message.header or {}
    found: dict[str, Any] = {
        "id": message.id,
        "channel": message.channel,
        "direction": message.direction,
        "status": message.status,
        "at": message.accepted_at,
        "text": message.text,
        "title": header.get("text", ""),
        "footer": message.footer,
        "buttons": message.buttons,
        "documents": [_document(store, one) for one in message.media],
        "broken_link": "" if message.media else header.get("link", ""),
        "error": _error(message),
        "quoted": _quoted(store, message),
        "business": _business(store, message.account, message.sender, message.channel),
    }
    return found


def _error(message: Message) -> str:
    if not message.error:
        return ""
    error = message.error
    return " ".join(str(error[name]) for name in ("code", "title") if name in error)


def _quoted(store: Store, message: Message) -> Json | None:
    answered = store.messages.get(message.context_id)
    if answered is None:
        return None
    return {"own": answered.direction == "in", "text": _snippet(answered)}


def _document(store: Store, media: Json) -> Json:
    name = media["filename"] or "documento"
    return {
        "href": f"/phone/media/{media['id']}/{quote(name, safe='')}",
        "filename": name,
        "mime_type": media["mime_type"],
        "size": media["size"],
        "pages": _pages(store, media),
    }


_known_pages: dict[str, int | None] = {}


def _pages(store: Store, media: Json) -> int | None:
    """Guess a PDF's number of pages; None when its page tree is compressed."""
    digest = media["sha256"]
    if media["mime_type"] != "application/pdf":
        return None
    if digest not in _known_pages:
        counts = [
            int(first or second)
            for first, second in PAGE_COUNT.findall(store.get_bytes(digest) or b"")
        ]
        _known_pages[digest] = max(counts, default=None)
    return _known_pages[digest]
