"""Faults on demand: what to break, how often, and for whom. Only for tests."""

import random
from dataclasses import asdict, dataclass, field
from typing import Any

from . import phone_numbers
from .calls import Answer, Call
from .models import Json

BEFORE_READ = {"reset_before_request_read"}
BEFORE_ACCEPT = {
    "timeout_before_accept",
    "reset_before_accept",
    "html_500_before_accept",
    "http",
    "rate_limited",
}
AFTER_ACCEPT = {
    "timeout_after_accept",
    "reset_after_accept",
    "html_500_after_accept",
    "garbage",
}
KINDS = BEFORE_READ | BEFORE_ACCEPT | AFTER_ACCEPT
HTML_500 = (
    b"<!DOCTYPE html><html><head><title>500</title></head>"
    b"<body><h1>Internal Server Error</h1></body></html>"
)


class FaultError(ValueError):
    """A fault was asked for that does not exist."""


@dataclass
class Fault:
    """One rule. ``count`` None: without end; ``seconds``: how long a timeout holds."""

    kind: str
    provider: str = "any"
    operation: str = "any"
    count: int | None = 1
    probability: float = 1.0
    match: dict[str, str] = field(default_factory=dict)
    seconds: float = 60.0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    body: str | None = None
    code: int | None = None
    retry_after: int = 1
    hits: int = 0

    def suits(self, call: Call) -> bool:
        """Tell if this fault is meant for the call."""
        if self.provider not in {"any", call.provider}:
            return False
        if self.operation not in {"any", call.operation}:
            return False
        recipient = self.match.get("recipient")
        if recipient and phone_numbers.key(recipient) != call.recipient:
            return False
        template = self.match.get("template")
        return not template or template == call.template


class Faults:
    """The faults that are set, and latency by provider (milliseconds)."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Remove all faults and latency; the random numbers start over."""
        self.rules: list[Fault] = []
        self.latency: dict[str, float] = {}
        self.random = random.Random(0)  # noqa: S311 (repeatable, not secret)

    def add(self, wanted: Json) -> Fault:
        """Set a fault; raise FaultError when it makes no sense."""
        values = dict(wanted)
        if values.pop("seed", None) is not None:
            self.random.seed(wanted["seed"])
        if "probability" in values:
            values.setdefault("count", None)
        try:
            fault = Fault(**values)
        except TypeError as err:
            raise FaultError(str(err)) from err
        if fault.kind not in KINDS:
            raise FaultError(f"kind must be one of {sorted(KINDS)}")
        self.rules.append(fault)
        return fault

    def take(self, call: Call, kinds: set[str]) -> Fault | None:
        """Return the fault to play for this call now, counting it as used."""
        for fault in self.rules:
            if fault.kind not in kinds or not fault.suits(call):
                continue
            if fault.count is not None and fault.hits >= fault.count:
                continue
            if self.random.random() >= fault.probability:
                continue
            fault.hits += 1
            return fault
        return None

    def listed(self) -> list[Json]:
        """Return the faults with their hits."""
        return [asdict(fault) for fault in self.rules]


def answer_of(fault: Fault, call: Call) -> Answer:
    """Return the HTTP answer of a fault that answers at all."""
    if fault.kind == "rate_limited":
        return _rate_limited(fault, call)
    if fault.kind.startswith("html_500"):
        return Answer(500, HTML_500, {"Content-Type": "text/html"})
    if fault.kind == "garbage":
        body = fault.body if fault.body is not None else "OK, but this is not JSON {"
        return Answer(200, body.encode(), {"Content-Type": "application/json"})
    if fault.body is not None:
        return Answer(fault.status, fault.body.encode(), fault.headers)
    return Answer(fault.status, fault.json, fault.headers)


def _rate_limited(fault: Fault, call: Call) -> Answer:
    headers = {"Retry-After": str(fault.retry_after)}
    if call.provider == "twilio":
        code = fault.code or 20429
        body: Json = {
            "code": code,
            "message": "Too Many Requests",
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": 429,
        }
        return Answer(429, body, headers)
    if call.provider == "gateway":
        body = {"code": str(fault.code or 30), "message": "Too many requests"}
        return Answer(429, body, headers)
    code = fault.code or 130429
    error = {
        "message": f"(#{code}) Rate limit hit",
        "type": "OAuthException",
        "code": code,
        "error_data": {
            "messaging_product": "whatsapp",
            "details": "Message failed to send because there were too many messages"
            " sent from this phone number in a short period of time",
        },
        "fbtrace_id": "AFault",
    }
    return Answer(429, {"error": error}, headers)
