"""How each SMS gateway speaks: where the key stands, what a send says, what it answers.

``labsmobile`` and ``smsmasivos`` follow reference/providers.md 4.1 and 4.2 as far as
it confirms them; ``generic`` is one of ours with everything that a gateway can have:
JSON or address, message ids, reports, a place to ask.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .calls import Answer, Call
from .models import Json, Message

UUID = re.compile(
    r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"
)
WORDS = {
    "accepted": "BUFFERED",
    "sent": "BUFFERED",
    "delivered": "DELIVRD",
    "undelivered": "UNDELIV",
}


class GatewayError(Exception):
    """A refusal; ``kind`` is a word of ours or the code itself."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words


@dataclass
class Wanted:
    """What a send asks for. ``uid``: an id that the client chose."""

    number: str = ""
    text: str = ""
    uid: str = ""
    uuid: str = ""
    callback: str = ""
    payload: Json = field(default_factory=dict)


def report(message: Message) -> Json:
    """Return what the generic gateway tells about a message."""
    found = {
        "id": message.id,
        "ref": message.uuid,
        "status": WORDS.get(message.status, message.status.upper()),
    }
    if message.error:
        found["error"] = str(message.error.get("code", ""))
    return found


class Dialect:
    """The generic gateway; the others differ in what they override."""

    name = "generic"
    operations: Mapping[str, str] = {
        "send": "messages",
        "status": "status",
        "balance": "balance",
    }
    codes: Mapping[str, str] = {
        "malformed": "10",
        "key": "11",
        "no_text": "20",
        "number": "21",
        "credit": "35",
    }

    def key(self, call: Call) -> str:
        """Return the key that a call brings."""
        return (
            call.parameters.get("key")
            or call.headers.get("x-api-key")
            or basic_login(call)
        )

    def read(self, call: Call) -> Wanted:
        """Return what a send asks for."""
        values = call.parameters if call.method == "GET" else call.json
        callback = str(values.get("callback", ""))
        return Wanted(
            number=str(values.get("to", "")).lstrip("+"),
            text=str(values.get("text", "")),
            uuid=_uuid(str(values.get("ref", "")), callback),
            callback=callback,
            payload={k: v for k, v in dict(values).items() if k != "key"},
        )

    def accepted(self, message: Message, call: Call) -> Answer:
        """Answer an accepted message."""
        if call.method == "GET":
            return _text(200, f"OK: {message.id}")
        return Answer(200, {"code": "0", "id": message.id, "message": "accepted"})

    def refused(self, err: GatewayError, call: Call) -> Answer:
        """Answer a refusal."""
        code = self.codes.get(err.kind, err.kind)
        status = 401 if err.kind == "key" else 200
        if call.method == "GET" and call.operation == "messages":
            return _text(status, f"ERR {code}")
        return Answer(status, {"code": code, "message": err.words})

    def balance(self) -> Answer:
        """Answer what is left."""
        return Answer(200, {"code": "0", "balance": 100})


class LabsMobile(Dialect):
    """https://apidocs.labsmobile.com (providers.md 4.2)."""

    name = "labsmobile"
    operations: Mapping[str, str] = {
        "json/send": "messages",
        "json/balance": "balance",
    }
    codes: Mapping[str, str] = {
        "malformed": "11",
        "key": "401",
        "no_text": "21",
        "number": "23",
        "credit": "35",
    }

    def key(self, call: Call) -> str:
        return basic_login(call)

    def read(self, call: Call) -> Wanted:
        body = call.json
        rows = body.get("recipient")
        first = rows[0] if isinstance(rows, list) and rows else {}
        uid = str(body.get("subid", ""))
        callback = str(body.get("ackurl", ""))
        return Wanted(
            number=str(first.get("msisdn", "")) if isinstance(first, dict) else "",
            text=str(body.get("message", "")),
            uid=uid,
            uuid=_uuid(callback) or uid,
            callback=callback,
            payload=body,
        )

    def accepted(self, message: Message, call: Call) -> Answer:
        words = "Message has been successfully sent"
        return Answer(200, {"subid": message.id, "code": "0", "message": words})

    def refused(self, err: GatewayError, call: Call) -> Answer:
        code = self.codes.get(err.kind, err.kind)
        status = 401 if err.kind == "key" else 400
        return Answer(status, {"code": code, "message": err.words})

    def balance(self) -> Answer:
        return Answer(200, {"code": 0, "credits": "100.00"})


class SmsMasivos(Dialect):
    """https://app.smsmasivos.com.mx/api-docs/v2 (providers.md 4.1)."""

    name = "smsmasivos"
    operations: Mapping[str, str] = {"sms/send": "messages"}
    codes: Mapping[str, str] = {"key": "auth_03"}

    def key(self, call: Call) -> str:
        return call.headers.get("apikey", "")

    def read(self, call: Call) -> Wanted:
        form = dict(call.form) if call.form else call.json
        country_code = str(form.get("country_code", "52"))
        return Wanted(
            number=country_code + str(form.get("numbers", "")),
            text=str(form.get("message", "")),
            payload=dict(form),
        )

    def accepted(self, message: Message, call: Call) -> Answer:
        return Answer(
            200, {"success": True, "message": "Mensaje enviado", "status": 200}
        )

    def refused(self, err: GatewayError, call: Call) -> Answer:
        body = {"success": False, "message": err.words}
        if err.kind in self.codes:
            body["code"] = self.codes[err.kind]
        return Answer(401 if err.kind == "key" else 400, body)


DIALECTS: dict[str, Dialect] = {
    one.name: one for one in (Dialect(), LabsMobile(), SmsMasivos())
}


def basic_login(call: Call) -> str:
    """Return ``user:password`` of a Basic header, nothing if there is none."""
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return decoded if scheme == "Basic" else ""


def _uuid(*texts: str) -> str:
    found = UUID.search(" ".join(texts))
    return found[0] if found else ""


def _text(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/plain"})
