"""What the emulator remembers: records by id, with indexes, in memory.

With a state folder every change is also written to SQLite within 50 ms, and files
to ``media/<sha256>``; the next start reads them back.
"""

import asyncio
import json
import sqlite3
import time
import uuid
from collections import OrderedDict, deque
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from . import phone_numbers
from .models import (
    Account,
    GatewayAccount,
    Json,
    Media,
    Message,
    MetaAccount,
    Phone,
    Template,
    TwilioAccount,
    WebhookOptions,
)

FLUSH_SECONDS = 0.05
KINDS = {
    "meta": MetaAccount,
    "twilio": TwilioAccount,
    "gateway": GatewayAccount,
    "phone": Phone,
    "media": Media,
    "template": Template,
    "message": Message,
}


class Store:
    """All records. Change a record, then call ``save(record)``."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.base_url = ""
        self.clock_offset = 0.0
        self._database = _open_database(folder) if folder else None
        self._dirty: dict[tuple[str, str], Any] = {}
        self._flush_planned = False
        self._empty()
        if self._database:
            self._load(self._database)

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._empty()
        if self._database:
            with self._database:
                self._database.execute("DELETE FROM record")

    def _empty(self) -> None:
        self.meta: dict[str, MetaAccount] = {}
        self.twilio: dict[str, TwilioAccount] = {}
        self.gateway: dict[str, GatewayAccount] = {}
        self.phones: dict[str, Phone] = {}
        self.media: dict[str, Media] = {}
        self.templates: dict[str, Template] = {}
        self.template_names: dict[tuple[str, str, str], Template] = {}
        self.messages: dict[str, Message] = {}
        self.by_phone: dict[str, list[Message]] = {}
        self.by_uuid: dict[str, list[Message]] = {}
        self.outbox: dict[str, Any] = {}
        self.uploads: dict[str, Json] = {}
        self.handles: dict[str, Json] = {}
        self.contents: dict[str, Json] = {}
        self.pair_times: dict[tuple[str, str], float] = {}
        self.send_times: dict[str, float] = {}
        self.recipients: dict[str, OrderedDict[str, float]] = {}
        self.violations: list[Json] = []
        self.requests: deque[Json] = deque(maxlen=50_000)
        self.deliveries: deque[Json] = deque(maxlen=50_000)
        self.clock_offset = 0.0
        self._bytes: dict[str, bytes] = {}
        self._numbers = 0
        self._dirty.clear()

    def now(self) -> float:
        """Return the emulator's moment (UTC seconds), which control may shift."""
        return time.time() + self.clock_offset

    def next_number(self) -> int:
        """Return the next running number of this run."""
        self._numbers += 1
        return self._numbers

    # Accounts, phones, messages

    def account(self, name: str) -> Account | None:
        """Find an account by phone_number_id, account SID, name, or sender number."""
        found = self.meta.get(name) or self.twilio.get(name) or self.gateway.get(name)
        if found:
            return found
        wanted = phone_numbers.key(name)
        for meta in self.meta.values():
            if phone_numbers.key(meta.display_phone_number) == wanted:
                return meta
        for twilio in self.twilio.values():
            if wanted in map(
                phone_numbers.key, twilio.numbers + twilio.whatsapp_numbers
            ):
                return twilio
        for gateway in self.gateway.values():
            if phone_numbers.key(gateway.number) == wanted:
                return gateway
        return None

    @property
    def accounts(self) -> list[Account]:
        """Return all accounts of all providers."""
        return [*self.meta.values(), *self.twilio.values(), *self.gateway.values()]

    def phone(self, number: str) -> Phone:
        """Return a customer's phone; a new number gets one."""
        key = phone_numbers.key(number)
        found = self.phones.get(key)
        if found is None:
            found = Phone(key, key)
            self.phones[key] = found
            self.save(found)
        return found

    def add_message(self, message: Message) -> None:
        """Keep a message and index it."""
        self.messages[message.id] = message
        self.by_phone.setdefault(message.phone, []).append(message)
        if message.uuid:
            self.by_uuid.setdefault(message.uuid, []).append(message)
        self.save(message)

    def add_template(self, template: Template) -> None:
        """Keep a template and index it by WABA, name and language."""
        self.templates[template.id] = template
        name = (template.waba_id, template.name, template.language)
        self.template_names[name] = template
        self.save(template)

    def remove_template(self, template: Template) -> None:
        """Forget a template."""
        self.templates.pop(template.id, None)
        name = (template.waba_id, template.name, template.language)
        self.template_names.pop(name, None)
        self.forget("template", template.id)

    # Files

    def put_bytes(self, sha256: str, content: bytes) -> None:
        """Keep the bytes of a file under their digest."""
        self._bytes[sha256] = content
        if self.folder:
            path = self.folder / "media" / sha256
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def get_bytes(self, sha256: str) -> bytes | None:
        """Return the bytes of a file."""
        found = self._bytes.get(sha256)
        if found is None and self.folder:
            path = self.folder / "media" / sha256
            found = path.read_bytes() if path.exists() else None
        return found

    # Persistence

    def save(self, record: Any, kind: str = "", key: str = "") -> None:
        """Note that a record changed; plain dicts need ``kind`` and ``key``."""
        if self._database is None:
            return
        kind = kind or _kind_of(record)
        key = key or getattr(record, "id", None) or record.key
        self._dirty[kind, key] = record
        self._plan_flush()

    def forget(self, kind: str, key: str) -> None:
        """Note that a record is gone."""
        if self._database is not None:
            self._dirty[kind, key] = None
            self._plan_flush()

    def _plan_flush(self) -> None:
        if self._flush_planned:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        self._flush_planned = True
        loop.call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what changed to disk now."""
        self._flush_planned = False
        if self._database is None or not self._dirty:
            return
        changed, self._dirty = self._dirty, {}
        with self._database:
            self._database.executemany(
                "DELETE FROM record WHERE kind=? AND key=?",
                [name for name, record in changed.items() if record is None],
            )
            self._database.executemany(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?)",
                [
                    (*name, json.dumps(record, default=_plain))
                    for name, record in changed.items()
                    if record is not None
                ],
            )

    def close(self) -> None:
        """Write what is left and close the file."""
        self.flush()
        if self._database is not None:
            self._database.close()
            self._database = None

    def _load(self, database: sqlite3.Connection) -> None:
        rows = database.execute("SELECT kind, key, value FROM record")
        for kind, key, value in rows.fetchall():
            record = json.loads(value)
            if kind in KINDS:
                self._enter(kind, _record(kind, record))
            else:
                getattr(self, kind)[key] = record
        for conversation in self.by_phone.values():
            conversation.sort(key=lambda one: one.seq)
        self._numbers = max((one.seq for one in self.messages.values()), default=0)

    def _enter(self, kind: str, record: Any) -> None:
        if kind == "message":
            self.add_message(record)
        elif kind == "template":
            self.add_template(record)
        elif kind == "phone":
            self.phones[record.key] = record
        else:
            getattr(self, kind)[record.id] = record


def new_id(prefix: str = "") -> str:
    """Return ``prefix`` and 32 hexadecimal digits, never the same twice."""
    return prefix + uuid.uuid4().hex


def _open_database(folder: Path) -> sqlite3.Connection:
    folder.mkdir(parents=True, exist_ok=True)
    # Opened before the loop's thread starts, used by that thread alone.
    database = sqlite3.connect(folder / "emulator.sqlite3", check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=OFF")
    with database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS record"
            " (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))"
        )
    return database


def _kind_of(record: Any) -> str:
    return next(kind for kind, cls in KINDS.items() if type(record) is cls)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")


def _record(kind: str, values: Json) -> Any:
    """Build a record; fields that no longer exist are left out."""
    known = {one.name for one in fields(KINDS[kind])}
    values = {name: value for name, value in values.items() if name in known}
    if "options" in values:
        values["options"] = WebhookOptions(**values["options"])
    return KINDS[kind](**values)
