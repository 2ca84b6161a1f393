"""Words and plain data that core, models and providers share.

Everything here is immutable and knows neither Odoo nor HTTP. Moments are aware
UTC datetimes, money is a Decimal in the named currency, telephone numbers are
E.164 with a leading plus, e-mail addresses are bare and in lower case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

Channel = Literal["whatsapp", "sms", "email"]
CHANNELS: tuple[Channel, ...] = ("whatsapp", "sms", "email")

# What a channel writes to: a telephone number or an e-mail address.
AddressKind = Literal["number", "email"]
ADDRESS_KINDS: Mapping[Channel, AddressKind] = MappingProxyType(
    {"whatsapp": "number", "sms": "number", "email": "email"}
)

MessageState = Literal[
    "proposed",
    "queued",
    "sending",
    "sent",
    "delivered",
    "read",
    "failed",
    "cancelled",
    "uncertain",
    "received",
]

# What an error asks us to do; the table of codes is in each provider's file
# (classes of Meta's and Twilio's published error lists).
ErrorClass = Literal[
    "retry",  # temporary: try again later, nothing was accepted
    "pair",  # too many messages to this one recipient
    "hold",  # the whole account cannot send: stop it and tell an administrator
    "template",  # this template and language cannot be sent
    "fix",  # our payload is wrong: no retry, a developer must look
    "dead",  # the recipient cannot get this channel: use the next channel
    "undelivered",  # taken, but it did not arrive this time: use the next channel
    "window",  # free text outside the 24 hours: send a template
    "optout",  # the recipient refused messages: treat as withdrawal
    "cap",  # the provider protects this recipient: wait 24 hours or more
    "media",  # the uploaded file is gone: upload it again, once
    "uncertain",  # it may have left: never send it again by yourself
]


@dataclass(frozen=True)
class Failure:
    """Why a provider refused, in its own words and in our class.

    ``code`` is the provider's raw code ("" if it gave none), ``http_status`` is 0
    when no HTTP answer arrived. ``detail`` and ``trace_uid`` are kept verbatim for
    a person. ``retry_after_seconds`` is None unless the provider asked for a wait.
    """

    error_class: ErrorClass
    code: str = ""
    subcode: str = ""
    http_status: int = 0
    detail: str = ""
    trace_uid: str = ""
    retry_after_seconds: float | None = None


@dataclass(frozen=True)
class Credentials:
    """One sender at one provider. Never logged: the repr hides every secret.

    ``options`` are words that only one provider knows: each names its own.
    """

    base_url: str
    api_version: str = ""
    phone_number_uid: str = ""
    business_account_uid: str = ""
    app_uid: str = ""
    account_uid: str = ""
    sender: str = ""
    api_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)
    timeout_seconds: float = 30.0
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Document:
    """A PDF in a message, by uploaded media id or by public link (exactly one)."""

    filename: str
    media_uid: str = ""
    link: str = field(default="", repr=False)


@dataclass(frozen=True)
class TemplateCall:
    """An approved WhatsApp template with the values of its variables.

    ``parameters`` are (name, text) pairs in the order of the body. ``button_token``
    fills the variable at the end of the URL button, None when there is no such
    button. ``quick_replies`` are payloads of the quick reply buttons that follow it.
    ``button_places`` are the places of these buttons among all of the template, from
    0; empty when nothing stands before or between them.
    ``uid`` is the provider's id of the template, for those that send by it.
    """

    name: str
    language: str
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    document: Document | None = None
    button_token: str | None = field(default=None, repr=False)
    quick_replies: tuple[str, ...] = field(default=(), repr=False)
    button_places: tuple[int, ...] = ()
    uid: str = ""


@dataclass(frozen=True)
class OutgoingMessage:
    """One attempt to send. ``uuid`` comes back in every event about it.

    With ``template`` the body is only our record of the text; without it the body
    is what the provider sends. ``callback_url`` is where status events go, for
    providers that take it per message. ``subject`` is of e-mails only.
    """

    uuid: str
    channel: Channel
    recipient: str = field(repr=False)
    body: str = field(repr=False)
    template: TemplateCall | None = None
    callback_url: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)


@dataclass(frozen=True)
class SendResult:
    """What became of one attempt.

    ``accepted``: the provider has it, ``provider_message_uid`` is set.
    ``rejected``: provably not accepted, ``failure`` says why.
    ``uncertain``: it may have left (timeout or reset after the request was written,
    5xx without an error body): never send it again by yourself.
    """

    status: Literal["accepted", "rejected", "uncertain"]
    provider_message_uid: str = ""
    failure: Failure | None = None


@dataclass(frozen=True)
class WebhookRequest:
    """An HTTP request as it arrived, before anything is believed.

    ``url`` is the public address that the provider was given, with its query.
    ``form`` holds decoded form fields in order (empty for JSON bodies). Header names
    are lower case.
    """

    method: str
    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    query: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class WebhookItem:
    """One item of a webhook, to be stored as an event.

    ``key`` is the same for a repeated delivery of the same item. ``payload`` is JSON
    that ``Provider.read_item`` understands. ``malformed`` tells why it cannot be read.
    """

    key: str
    payload: dict[str, Any] = field(repr=False)
    malformed: str = ""


@dataclass(frozen=True)
class StatusEvent:
    """What became of a message. ``state`` None: an unknown word."""

    provider_message_uid: str
    uuid: str
    state: MessageState | None
    raw_status: str
    occurred_at_utc: datetime | None
    failure: Failure | None = None
    pricing_category: str = ""


@dataclass(frozen=True)
class InboundEvent:
    """A person wrote to us. All of it is untrusted text.

    ``other_sender`` is the address that an e-mail came from, where that is not the one
    that we had written to: then it may be anybody's. What is answered is named by the
    provider's id, ``context_uid``, or by ours.
    """

    provider_message_uid: str
    channel: Channel
    sender: str = field(repr=False)
    text: str = field(repr=False)
    occurred_at_utc: datetime | None
    button_payload: str = ""
    context_uid: str = ""
    sender_name: str = field(default="", repr=False)
    media_kind: str = ""
    other_sender: str = field(default="", repr=False)
    context_uuid: str = ""


@dataclass(frozen=True)
class AccountEvent:
    """News about the account or one of its templates.

    ``reason`` is why a template was refused, paused or switched off, in the provider's
    words. ``coming_category`` is the category that it will have soon.
    """

    topic: str
    template_name: str = ""
    template_language: str = ""
    template_uid: str = ""
    status: str = ""
    category: str = ""
    detail: str = ""
    reason: str = ""
    quality: str = ""
    coming_category: str = ""


Event = StatusEvent | InboundEvent | AccountEvent


@dataclass(frozen=True)
class CheckItem:
    """One line of a connection test: what was checked, whether it holds, what to do.

    ``code`` is a stable word; models turn it into a sentence.
    """

    code: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class TemplateDefinition:
    """A template as it is created at the provider.

    ``body`` uses ``{{ name }}`` variables; ``examples`` maps each to a sample text.
    ``url`` is the fixed start of the URL button, its variable is appended. So is
    ``document_url`` for a PDF by public link; ``document_example`` follows it in the
    sample that reviewers open.
    """

    name: str
    language: str
    body: str
    examples: dict[str, str]
    footer: str = ""
    sample_pdf: bytes = b""
    url_label: str = ""
    url: str = ""
    url_example: str = ""
    quick_replies: tuple[str, ...] = ()
    ttl_seconds: int = 43200
    document_url: str = ""
    document_example: str = ""


@dataclass(frozen=True)
class TemplateButton:
    """A button of a template at the provider.

    ``kind`` is the provider's word in lower case: url, quick_reply, phone_number…
    """

    kind: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class TemplateStatus:
    """A template as the provider knows it now.

    ``header`` is the kind of the header in lower case, "" when there is none; what
    varies in it stands in ``header_text``.
    """

    uid: str
    name: str
    language: str
    status: str
    category: str
    quality: str = ""
    rejected_reason: str = ""
    parameter_names: tuple[str, ...] = ()
    body: str = ""
    footer: str = ""
    header: str = ""
    header_text: str = ""
    buttons: tuple[TemplateButton, ...] = ()


# --- debts ------------------------------------------------------------------------


@dataclass(frozen=True)
class Debt:
    """One open instalment: what is left of it, in its currency.

    ``hold`` is the reason code why it is not chased, "" when it is. A credit (credit
    note or unallocated payment) is a Debt with a negative amount.
    """

    move_id: int
    date_maturity: date
    amount: Decimal
    number: str = ""
    hold: str = ""


@dataclass(frozen=True)
class Stage:
    """Days [day_from, day_to) after the due date; day_to None: without end."""

    id: int
    day_from: int
    day_to: int | None
    action: Literal["message", "activity"] = "message"
