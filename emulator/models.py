"""Records the emulator keeps. Moments are seconds since 1970 (UTC), as floats."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class WebhookOptions:
    """How webhooks of one account leave; see the control table in README.md.

    ``duplicate`` counts extra copies, ``batch_max`` events in one POST,
    ``retry_base_ms`` is the first pause (doubled at each failure).
    """

    duplicate: int = 0
    order: str = "fifo"
    before_response: bool = False
    read_without_delivered: bool = False
    hold: bool = False
    drop: bool = False
    batch_max: int = 50
    retry_base_ms: int = 500
    max_attempts: int = 12
    queued: bool = False


@dataclass
class MetaAccount:
    """One WhatsApp business phone number, its WABA and its app."""

    phone_number_id: str
    waba_id: str
    access_token: str
    app_id: str = "100000000000001"
    app_secret: str = "app-secret"  # noqa: S105 (a test value)
    display_phone_number: str = "525500000000"
    verified_name: str = "Empresa de prueba"
    webhook_url: str = ""
    verify_token: str = ""
    webhook_verified: bool = False
    subscribed: bool = True
    token_state: str = "valid"  # noqa: S105 (valid, expired, revoked)
    previous_secret: str = "rotated-out-secret"  # noqa: S105
    auto_approve: bool = True
    pair_limit: bool = True
    throughput_mps: int = 80
    messaging_tier: str = "TIER_100K"
    direct_send: bool = False
    # Behind a gateway like 360dialog: its key, the header that carries it, and what
    # webhooks carry in place of a signature.
    gateway_key: str = ""
    gateway_header: str = "D360-API-KEY"
    gateway_prefix: str = ""
    webhook_headers: dict[str, str] = field(default_factory=dict)
    options: WebhookOptions = field(default_factory=WebhookOptions)
    provider: str = "meta"

    @property
    def id(self) -> str:
        """Name the account in control calls and in the ledger."""
        return self.phone_number_id

    @property
    def secret(self) -> str:
        """Return the key that signs its webhooks."""
        return self.app_secret

    @property
    def name(self) -> str:
        """Return the business's name, as customers see it."""
        return self.verified_name


@dataclass
class TwilioAccount:
    """One Twilio account with its senders; the token also signs its webhooks."""

    account_sid: str
    auth_token: str
    friendly_name: str = "Empresa de prueba"
    numbers: list[str] = field(default_factory=list)
    whatsapp_numbers: list[str] = field(default_factory=list)
    messaging_services: dict[str, str] = field(default_factory=dict)
    webhook_url: str = ""
    opt_out: bool = True
    auto_approve: bool = True
    previous_secret: str = "rotated-out-secret"  # noqa: S105
    api_keys: dict[str, str] = field(default_factory=dict)
    opted_out: dict[str, float] = field(default_factory=dict)
    # Twilio does not repeat a callback that fails, unless the URL asks for it.
    options: WebhookOptions = field(
        default_factory=lambda: WebhookOptions(max_attempts=1)
    )
    provider: str = "twilio"

    @property
    def id(self) -> str:
        """Name the account in control calls and in the ledger."""
        return self.account_sid

    @property
    def secret(self) -> str:
        """Return the key that signs its webhooks."""
        return self.auth_token

    @property
    def name(self) -> str:
        """Return the business's name, as customers see it."""
        return self.friendly_name


@dataclass
class GatewayAccount:
    """One account at an SMS gateway.

    ``dialect``: generic, labsmobile or smsmasivos. ``proof``: how the generic one
    proves its reports: header, parameter, hmac (header), or address (nothing of its
    own). ``report_method``: POST or GET. ``number`` is what customers see and answer.
    """

    name_id: str
    token: str
    user: str = "user"
    dialect: str = "generic"
    title: str = "Empresa de prueba"
    number: str = "+525500001111"
    credit: int = 1_000_000
    webhook_url: str = ""
    report_secret: str = "report-secret"  # noqa: S105 (a test value)
    report_method: str = "POST"
    proof: str = "header"
    proof_name: str = "X-Report-Secret"
    previous_secret: str = "rotated-out-secret"  # noqa: S105
    options: WebhookOptions = field(
        default_factory=lambda: WebhookOptions(max_attempts=5)
    )
    provider: str = "gateway"

    @property
    def id(self) -> str:
        """Name the account in control calls and in the ledger."""
        return self.name_id

    @property
    def secret(self) -> str:
        """Return what proves its reports."""
        return self.report_secret

    @property
    def name(self) -> str:
        """Return the business's name, as customers see it."""
        return self.title


Account = MetaAccount | TwilioAccount | GatewayAccount


@dataclass
class Phone:
    """A customer's phone. ``*_error``: provider codes to answer or report."""

    key: str
    number: str
    name: str = ""
    online: bool = True
    on_whatsapp: bool = True
    read_receipts: bool = True
    wa_error: int | None = None
    wa_delivery_error: int | None = None
    sms_error: int | None = None
    sms_delivery_error: int | None = None
    last_inbound: dict[str, float] = field(default_factory=dict)


@dataclass
class Media:
    """A stored file; ``expires_at`` is 30 days after upload, 7 if inbound.

    The phone keeps what it received, so a deleted file only leaves the API.
    """

    id: str
    owner: str
    filename: str
    mime_type: str
    sha256: str
    size: int
    uploaded_at: float
    expires_at: float
    inbound: bool = False
    deleted: bool = False


@dataclass
class Template:
    """A message template of one WABA, in one language."""

    id: str
    waba_id: str
    name: str
    language: str
    category: str
    components: list[Json]
    parameter_format: str = "POSITIONAL"
    status: str = "PENDING"
    quality: str = "UNKNOWN"
    rejected_reason: str = "NONE"
    message_send_ttl_seconds: int | None = None
    created_at: float = 0.0
    edited_at: list[float] = field(default_factory=list)

    def component(self, kind: str) -> Json | None:
        """Return the component HEADER, BODY, FOOTER or BUTTONS, if there."""
        for found in self.components:
            if str(found.get("type", "")).upper() == kind:
                return found
        return None

    @property
    def buttons(self) -> list[Json]:
        """Return the buttons in the order Meta counts them."""
        found = self.component("BUTTONS")
        return list(found.get("buttons", [])) if found else []


@dataclass
class Message:
    """One message of either direction, on either provider and channel.

    ``sender`` is the business's address and ``to`` the customer's, also when the
    customer wrote it. ``uuid`` is the caller's own id (opaque data, or found in the
    status URL).
    ``statuses`` holds ``[status, moment]`` pairs in the order they happened.
    """

    id: str
    seq: int
    provider: str
    channel: str
    direction: str
    account: str
    sender: str
    to: str
    phone: str
    kind: str
    accepted_at: float
    text: str = ""
    header: Json | None = None
    footer: str = ""
    buttons: list[Json] = field(default_factory=list)
    media: list[Json] = field(default_factory=list)
    uuid: str = ""
    template: str = ""
    language: str = ""
    category: str = ""
    params: list[Json] = field(default_factory=list)
    context_id: str = ""
    status: str = "accepted"
    statuses: list[list[Any]] = field(default_factory=list)
    error: Json | None = None
    status_callback: str = ""
    messaging_service: str = ""
    payload: Any = None
    extra: Json = field(default_factory=dict)
