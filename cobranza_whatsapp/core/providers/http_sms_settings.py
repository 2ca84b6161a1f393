"""What an administrator writes about an SMS gateway, and what can be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from ..types import Credentials
from . import answers, placeholders
from .placeholders import PlaceholderError

# Credentials that stand behind a placeholder.
CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "user": ("account_uid",),
    "token": ("api_token",),
    "basic": ("account_uid", "api_token"),
    "sender": ("sender",),
}
# What is known of the account, and what of each message.
ACCOUNT_NAMES = (*CREDENTIALS,)
MESSAGE_NAMES = (
    "number",
    "number_plus",
    "number_national",
    "country_code",
    "text",
    "text_ascii",
    "uuid",
    "uuid20",
    "callback",
)
PLACEHOLDERS = (*MESSAGE_NAMES, *ACCOUNT_NAMES)

METHODS = ("POST", "GET", "PUT")
SUCCESS_RULES = ("equals", "contains", "pattern", "status")
PROOFS = ("secret", "address", "hmac")
REPORT_STATES = ("sent", "delivered", "failed", "uncertain")


@dataclass(frozen=True, repr=False)
class HttpSmsSettings:
    """The words of one gateway. Paths as in ``answers``, templates as in placeholders.

    ``success`` is how an accepted message is told: the value at ``success_path`` equals
    or contains ``success_value``, the text matches the pattern ``success_value`` (its
    group is the message id), or HTTP 2xx alone. ``failure_pattern`` tells a refusal in
    a text that is no JSON (its group is the code). ``error_classes`` are lines ``code =
    class of ours``. ``check_address`` is asked to test the account, ``ask_address`` to
    learn what became of an uncertain message; both may be relative to the sending
    address. ``proof`` is how reports prove their sender: a ``secret`` in the header or
    parameter ``proof_name``, the signed ``address`` that each message carries, or an
    ``hmac`` (SHA-256, hexadecimal) of the body in that header. ``statuses`` are lines
    ``word = sent, delivered, failed or uncertain``.
    """

    method: str = "POST"
    headers: str = ""
    body_kind: str = "json"
    body: str = ""
    success: str = "equals"
    success_path: str = ""
    success_value: str = ""
    failure_pattern: str = ""
    uid_path: str = ""
    error_path: str = ""
    detail_path: str = ""
    error_classes: str = ""
    check_address: str = ""
    ask_address: str = ""
    ask_path: str = ""
    proof: str = "secret"
    proof_name: str = ""
    list_path: str = ""
    report_uid_path: str = ""
    report_status_path: str = ""
    report_error_path: str = ""
    statuses: str = ""
    reply_sender_path: str = ""
    reply_text_path: str = ""

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> "HttpSmsSettings":
        """Take over the options that are set; the others keep their defaults."""
        names = {one.name for one in fields(cls)}
        return cls(**{name: v for name, v in options.items() if name in names and v})

    def credentials_used(self, base_url: str) -> tuple[str, ...]:
        """Return the credentials that the templates need."""
        used = set().union(
            *map(
                placeholders.names_in,
                (base_url, self.headers, self.body, self.check_address),
            )
        )
        found = [
            one for name in CREDENTIALS if name in used for one in CREDENTIALS[name]
        ]
        return tuple(dict.fromkeys(found))


def values_of_account(credentials: Credentials, basic: str) -> dict[str, str]:
    """Return the values of ACCOUNT_NAMES; ``basic`` is ready for Authorization."""
    return {
        "user": credentials.account_uid,
        "token": credentials.api_token,
        "basic": basic,
        "sender": credentials.sender,
    }


def problems(base_url: str, settings: HttpSmsSettings) -> list[tuple[str, str]]:
    """Return (code, value) of everything that would keep the gateway from working.

    Codes: those of PlaceholderError, text_in_path, unsafe_pattern, missing_path,
    unknown_class, unknown_state, missing_proof_name.
    """
    found = _template_problems(base_url, settings)
    if placeholders.names_in(_path(base_url)) & {"text", "text_ascii"}:
        found.append(("text_in_path", _path(base_url)))
    pattern = settings.success_value if settings.success == "pattern" else ""
    for one in (pattern, settings.failure_pattern):
        if one and not answers.is_safe_pattern(one):
            found.append(("unsafe_pattern", one))
    if settings.success in ("equals", "contains") and not settings.success_path:
        found.append(("missing_path", settings.success))
    reports = settings.report_status_path or settings.reply_sender_path
    if reports and settings.proof != "address" and not settings.proof_name:
        found.append(("missing_proof_name", settings.proof))
    return found + _table_problems(settings)


def _template_problems(
    base_url: str, settings: HttpSmsSettings
) -> list[tuple[str, str]]:
    message = dict.fromkeys(PLACEHOLDERS, "x")
    account = dict.fromkeys((*ACCOUNT_NAMES, "uuid", "uuid20"), "x")
    attempts: list[tuple[Any, str, Mapping[str, str]]] = [
        (placeholders.address, base_url, message),
        (placeholders.headers, settings.headers, account),
        (placeholders.address, settings.check_address, account),
        (placeholders.address, settings.ask_address, {**account, "number": "x"}),
    ]
    if settings.body_kind == "json":
        attempts.append((placeholders.json_object, settings.body, message))
    elif settings.body_kind == "form":
        attempts.append((placeholders.form, settings.body, message))
    found = []
    for filler, template, values in attempts:
        try:
            filler(template, values)
        except PlaceholderError as error:
            found.append((error.code, error.value))
    return found


def _table_problems(settings: HttpSmsSettings) -> list[tuple[str, str]]:
    known = answers.error_classes(settings.error_classes)
    classes = answers.table(settings.error_classes)
    found = [
        ("unknown_class", f"{c} = {classes[c]}") for c in classes if c not in known
    ]
    states = answers.table(settings.statuses)
    return found + [
        ("unknown_state", f"{word} = {state}")
        for word, state in states.items()
        if state not in REPORT_STATES
    ]


def _path(base_url: str) -> str:
    try:
        return urlsplit(base_url).path
    except ValueError:
        return ""
