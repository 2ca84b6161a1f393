"""One call of a client, on its way through the emulator, and its answer."""

import contextlib
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import phone_numbers
from .bodies import BodyError, Part, media_type, parse_form, parse_json, parse_multipart
from .models import Json


@dataclass
class Answer:
    """What to send back; ``body`` is JSON when it is not bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        """Return the bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":")).encode()


@dataclass
class Call:
    """A request: ``path`` is without the emulator's prefix, header names lower."""

    provider: str
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    base_url: str
    operation: str = "unknown"
    kind: str | None = None
    ids: list[str] = field(default_factory=list)
    raw: bytes = b""
    message_id: str = ""
    # Gateways say the number in many ways: how to find it, once the body was read.
    number_in: Callable[["Call"], str] | None = None
    # Where the client called, if ``path`` was turned into another provider's.
    asked_path: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """Return the query, the last value of each name."""
        return dict(self.query)

    @property
    def content_type(self) -> str:
        """Return the body's type, without parameters."""
        return media_type(self.headers.get("content-type", ""))

    @functools.cached_property
    def json(self) -> Json:
        """Return the JSON body; an empty one when there is none or it is no object."""
        with contextlib.suppress(BodyError):
            found = parse_json(self.raw) if self.raw else {}
            return found if isinstance(found, dict) else {}
        return {}

    @functools.cached_property
    def form(self) -> list[tuple[str, str]]:
        """Return the fields of a urlencoded body."""
        with contextlib.suppress(BodyError):
            return parse_form(self.raw)
        return []

    @functools.cached_property
    def parts(self) -> dict[str, Part]:
        """Return the parts of a multipart body by name."""
        with contextlib.suppress(BodyError):
            parts = parse_multipart(self.raw, self.headers.get("content-type", ""))
            return {part.name: part for part in parts}
        return {}

    @property
    def recipient(self) -> str:
        """Return the key of the phone a message is for, or nothing."""
        if self.number_in:
            return phone_numbers.key(self.number_in(self))
        if self.operation != "messages" or self.method != "POST":
            return ""
        if self.provider == "twilio":
            return phone_numbers.key(dict(self.form).get("To", ""))
        return phone_numbers.key(str(self.json.get("to", "")))

    @property
    def template(self) -> str:
        """Return the template's name, or Twilio's ContentSid."""
        if self.provider == "twilio":
            return dict(self.form).get("ContentSid", "")
        template = self.json.get("template")
        return str(template.get("name", "")) if isinstance(template, dict) else ""


def loggable_body(call: Call) -> Any:
    """Return a body fit for the requests log: JSON, fields, or parts' sizes."""
    if call.content_type == "application/json":
        return call.json
    if call.content_type == "application/x-www-form-urlencoded":
        return call.form
    if call.content_type == "multipart/form-data":
        return {
            part.name: {"filename": part.filename, "size": len(part.content)}
            if part.filename
            else part.content.decode("utf-8", "replace")
            for part in call.parts.values()
        }
    return {"size": len(call.raw)} if call.raw else None
