"""The ledger: every message that was accepted, for tests to count and compare."""

from collections import Counter
from collections.abc import Callable

from . import phone_numbers
from .models import Json, Message
from .store import Store

FIELDS = {
    "account",
    "channel",
    "direction",
    "kind",
    "language",
    "provider",
    "status",
    "template",
    "uuid",
}


def row(message: Message) -> Json:
    """Return a message as the ledger shows it."""
    return {
        "seq": message.seq,
        "id": message.id,
        "uuid": message.uuid,
        "provider": message.provider,
        "channel": message.channel,
        "direction": message.direction,
        "account": message.account,
        "sender": message.sender,
        "to": message.to,
        "phone": message.phone,
        "kind": message.kind,
        "template": message.template,
        "language": message.language,
        "params": message.params,
        "text": message.text,
        "header": message.header,
        "footer": message.footer,
        "buttons": message.buttons,
        "media": message.media,
        "media_sha256": message.media[0]["sha256"] if message.media else "",
        "accepted_at": message.accepted_at,
        "status": message.status,
        "statuses": message.statuses,
        "error": message.error,
        "context_id": message.context_id,
        "status_callback": message.status_callback,
        "payload": message.payload,
    }


def select(store: Store, wanted: dict[str, str]) -> Json:
    """Return the messages that suit ``wanted``, or their numbers.

    Without ``direction`` only those sent by the business; ``format=count`` gives
    ``count``, ``by_status``, ``distinct_uuids`` and the uuids accepted twice.
    """
    chosen = [one for one in _source(store, wanted) if _suits(wanted)(one)]
    if wanted.get("format") == "count":
        return _counted(chosen)
    limit = int(wanted.get("limit", 1000))
    offset = int(wanted.get("offset", 0))
    page = chosen[offset : offset + limit]
    return {"count": len(chosen), "messages": [row(one) for one in page]}


def _source(store: Store, wanted: dict[str, str]) -> list[Message]:
    if wanted.get("uuid"):
        return store.by_uuid.get(wanted["uuid"], [])
    if wanted.get("to"):
        return store.by_phone.get(phone_numbers.key(wanted["to"]), [])
    return list(store.messages.values())


def _suits(wanted: dict[str, str]) -> Callable[[Message], bool]:
    exact = {name: value for name, value in wanted.items() if name in FIELDS}
    exact.setdefault("direction", "out")
    if exact["direction"] == "any":
        del exact["direction"]
    since = int(wanted.get("since", 0))

    def suits(message: Message) -> bool:
        return message.seq > since and all(
            getattr(message, name) == value for name, value in exact.items()
        )

    return suits


def _counted(chosen: list[Message]) -> Json:
    uuids = Counter(one.uuid for one in chosen if one.uuid)
    return {
        "count": len(chosen),
        "by_status": dict(Counter(one.status for one in chosen)),
        "by_channel": dict(Counter(one.channel for one in chosen)),
        "distinct_uuids": len(uuids),
        "duplicate_uuids": [uuid for uuid, count in uuids.items() if count > 1],
    }
