"""WhatsApp Cloud API (Meta), also for gateways with the same interface.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/,
seen 2026-11. It knows no idempotency key: two equal requests are two messages.
"""

import hashlib
import hmac
import json
import re
from typing import Any, ClassVar
from urllib.parse import quote

from ..errors import ProviderError, SignatureError
from ..types import (
    CheckItem,
    ErrorClass,
    Event,
    Failure,
    OutgoingMessage,
    SendResult,
    TemplateDefinition,
    TemplateStatus,
    WebhookItem,
    WebhookRequest,
)
from .base import Provider, reach_checks
from .texts import safe_filename
from .transport import TRANSPORT_CODES, Call, Reply
from .webhooks import require_equal
from .whatsapp_checks import phone_checks, refused_step
from .whatsapp_errors import ERROR_CODES, OBJECT_NOT_FOUND_SUBCODE, STATUSES
from .whatsapp_events import error_detail, read_payload, split_body
from .whatsapp_payloads import (
    definition_payload,
    is_too_long,
    message_payload,
    template_status,
)

_API_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
# Uploading a PDF may take this many times longer than sending a message.
_UPLOAD_TIME_FACTOR = 4
_PAGE_SIZE = 100
_MAX_PAGES = 100  # Meta allows at most 6,000 templates
_PHONE_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,throughput,"
    "health_status,whatsapp_business_manager_messaging_limit"
)
_TEMPLATE_FIELDS = (
    "id,name,status,category,language,components,quality_score,rejected_reason,"
    "parameter_format"
)


class WhatsAppCloud(Provider):
    """One telephone number of a WhatsApp business account."""

    code = "whatsapp_cloud"
    channels = ("whatsapp",)
    documents = "media"
    doc_url = (
        "https://developers.facebook.com/documentation/business-messaging/whatsapp/"
    )
    default_base_url = "https://graph.facebook.com"
    default_api_version = "v23.0"
    credential_names: ClassVar[tuple[tuple[str, bool, bool], ...]] = (
        ("phone_number_uid", True, False),
        ("business_account_uid", True, False),
        ("app_uid", False, False),
        ("api_token", True, True),
        ("signing_secret", True, True),
        ("verify_token", True, True),
    )
    STATUSES = STATUSES
    ERROR_CODES = ERROR_CODES

    # --- sending ------------------------------------------------------------------

    def _refusal(self, message: OutgoingMessage) -> Failure | None:
        refusal = super()._refusal(message) or self._missing(
            "phone_number_uid", "api_token"
        )
        if not refusal and is_too_long(message):
            return Failure("fix", code="body_too_long")
        return refusal

    def _message_call(self, message: OutgoingMessage) -> Call:
        return self._call(
            "POST", self._own_path("messages"), json=message_payload(message)
        )

    def _accepted(self, body: dict[str, Any]) -> SendResult | None:
        messages = body.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        uid = first.get("id") if isinstance(first, dict) else None
        if not isinstance(uid, str) or not uid:
            return None
        return SendResult("accepted", provider_message_uid=uid)

    def upload_media(
        self, content: bytes, filename: str, mimetype: str = "application/pdf"
    ) -> str:
        """Upload a file for this number; the id lives 30 days. Raises ProviderError.

        Source: "Media", upload.
        """
        self._require("phone_number_uid", "api_token")
        body = self._ask(
            self._call(
                "POST",
                self._own_path("media"),
                form={"messaging_product": "whatsapp", "type": mimetype},
                files={"file": (safe_filename(filename), content, mimetype)},
                timeout_seconds=self._upload_seconds(),
            )
        )
        return _required_text(body, "id")

    # --- webhooks -----------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check ``X-Hub-Signature-256`` over the raw bytes ("Webhooks", validation)."""
        secret = self._credentials.signing_secret
        if not secret:
            raise SignatureError("no app secret is configured")
        given = request.headers.get("x-hub-signature-256", "")
        digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        require_equal([f"sha256={digest}"], given)

    def answer_challenge(self, request: WebhookRequest) -> str | None:
        """Answer ``GET ?hub.mode=subscribe…`` ("Webhooks", verification requests)."""
        token = self._credentials.verify_token
        if not token or request.query.get("hub.mode") != "subscribe":
            raise SignatureError("no verify token is configured or asked for")
        require_equal([token], request.query.get("hub.verify_token", ""))
        return request.query.get("hub.challenge", "")

    def split(self, request: WebhookRequest) -> list[WebhookItem]:
        return split_body(request.body)

    def read_item(self, payload: dict[str, Any]) -> Event:
        return read_payload(payload, self._class_of)

    # --- templates ----------------------------------------------------------------

    def create_template(self, definition: TemplateDefinition) -> TemplateStatus:
        """Create a template, its sample PDF first. Raises ProviderError.

        Source: "Templates", creation, and Graph API "Resumable upload".
        """
        self._require("business_account_uid", "api_token")
        handle = ""
        if definition.sample_pdf:
            handle = self._upload_sample(definition.sample_pdf)
        body = self._ask(
            self._call(
                "POST",
                self._account_path("message_templates"),
                json=definition_payload(definition, handle),
            )
        )
        _required_text(body, "id")
        return template_status(
            {**body, "name": definition.name, "language": definition.language}
        )

    def list_templates(self) -> list[TemplateStatus]:
        """Return all templates of the business account. Raises ProviderError."""
        self._require("business_account_uid", "api_token")
        query = {"fields": _TEMPLATE_FIELDS, "limit": str(_PAGE_SIZE)}
        found: list[TemplateStatus] = []
        for _page in range(_MAX_PAGES):
            path = self._account_path("message_templates")
            body = self._ask(self._call("GET", path, query=query))
            data = body.get("data")
            for entry in data if isinstance(data, list) else []:
                if isinstance(entry, dict):
                    found.append(template_status(entry))
            after = _next_cursor(body)
            if not after or after == query.get("after"):
                break
            query["after"] = after
        return found

    def delete_template(self, name: str, uid: str) -> None:
        """Delete one template; its name rests for 30 days. Raises ProviderError.

        Without the id Meta would delete the name in every language ("Templates",
        deletion).
        """
        self._require("business_account_uid", "api_token")
        path = self._account_path("message_templates")
        self._ask(self._call("DELETE", path, query={"name": name, "hsm_id": uid}))

    def _upload_sample(self, content: bytes) -> str:
        self._require("app_uid")
        session = self._ask(
            self._call(
                "POST",
                f"{quote(self._credentials.app_uid, safe='')}/uploads",
                query={
                    "file_length": str(len(content)),
                    "file_type": "application/pdf",
                    "file_name": "sample.pdf",
                },
            )
        )
        upload_uid = _required_text(session, "id")
        if not re.fullmatch(r"upload:[\w.~:/?=&%+-]+", upload_uid):
            raise _unexpected("id")
        body = self._ask(
            self._call(
                "POST",
                upload_uid,
                headers={"file_offset": "0"},
                content=content,
                timeout_seconds=self._upload_seconds(),
            )
        )
        return _required_text(body, "h")

    # --- connection test ----------------------------------------------------------

    def test_connection(self) -> list[CheckItem]:
        """Check address, token, number, business account, permissions, webhook.

        Item codes: configuration, address, dns, reachable, tls, answer, token,
        permissions, phone_number, quality, phone_status, messaging_limit,
        business_account, templates, webhook.
        """
        required = [name for name, required, _ in self.credential_names if required]
        missing = self._missing(*required)
        items = [CheckItem("configuration", not missing, _detail(missing))]
        fatal = self._missing("phone_number_uid", "api_token")
        if fatal:
            return items
        try:
            phone = self._ask(
                self._call("GET", self._own_path(), query={"fields": _PHONE_FIELDS})
            )
        except ProviderError as err:
            return items + self._refused_checks(err.failure)
        items += reach_checks(self._base_url())
        items += [CheckItem("token", True), *phone_checks(phone)]
        if not self._missing("business_account_uid"):
            items += self._account_checks()
        return items

    def _refused_checks(self, failure: Failure) -> list[CheckItem]:
        if failure.code in TRANSPORT_CODES:
            return reach_checks(self._base_url(), failure.code)
        items = reach_checks(self._base_url())
        step = refused_step(failure)
        if step not in ("token", "answer"):
            items.append(CheckItem("token", True))
        return [*items, CheckItem(step, False, _words(failure))]

    def _account_checks(self) -> list[CheckItem]:
        return [
            self._account_check("business_account", "phone_numbers", self._holds_phone),
            self._account_check("templates", "message_templates", None),
            self._account_check("webhook", "subscribed_apps", bool),
        ]

    def _account_check(self, code: str, edge: str, holds: Any) -> CheckItem:
        """Ask one list of the business account; ``holds`` judges its rows."""
        # The list of subscribed apps takes no page size (Graph API, subscribed_apps).
        query = {} if edge == "subscribed_apps" else {"limit": str(_PAGE_SIZE)}
        try:
            body = self._ask(self._call("GET", self._account_path(edge), query=query))
        except ProviderError as err:
            step = refused_step(err.failure)
            refused = "permissions" if step == "permissions" else code
            return CheckItem(refused, False, _words(err.failure))
        data = body.get("data")
        passed = holds is None or holds(data if isinstance(data, list) else [])
        return CheckItem(code, bool(passed))

    def _holds_phone(self, rows: list[Any]) -> bool:
        uid = self._credentials.phone_number_uid
        return any(isinstance(row, dict) and row.get("id") == uid for row in rows)

    # --- requests and errors ------------------------------------------------------

    def _call(self, method: str, path: str, **parts: Any) -> Call:
        """Build a call to the Graph API with our token."""
        given = self._credentials.api_version
        version = given if _API_VERSION.fullmatch(given) else self.default_api_version
        headers = {"Authorization": f"Bearer {self._credentials.api_token}"}
        headers.update(parts.pop("headers", {}))
        parts.setdefault("timeout_seconds", self._credentials.timeout_seconds)
        url = f"{self._base_url()}/{version}/{path}"
        return Call(method, url, headers=headers, **parts)

    def _own_path(self, edge: str = "") -> str:
        phone = quote(self._credentials.phone_number_uid, safe="")
        return f"{phone}/{edge}".rstrip("/")

    def _account_path(self, edge: str) -> str:
        return f"{quote(self._credentials.business_account_uid, safe='')}/{edge}"

    def _upload_seconds(self) -> float:
        return self._credentials.timeout_seconds * _UPLOAD_TIME_FACTOR

    def _error_in(
        self, reply: Reply, message: OutgoingMessage | None = None
    ) -> Failure | None:
        error = (reply.json_object() or {}).get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if not isinstance(error, dict) or not re.fullmatch(r"\d{1,9}", str(code)):
            return None
        subcode = str(error.get("error_subcode") or "")
        numbers = (message.recipient,) if message else ()
        return Failure(
            error_class=self._error_class(error, reply.status, message),
            code=str(code),
            subcode=subcode,
            http_status=reply.status,
            detail=self._redact(error_detail(error), *numbers),
            trace_uid=str(error.get("fbtrace_id") or ""),
            retry_after_seconds=_wait_seconds(reply),
        )

    def _error_class(
        self, error: dict[str, Any], http_status: int, message: OutgoingMessage | None
    ) -> ErrorClass:
        """Classify by code; 100/33 is an object that is gone: our file or our number.

        Source: Graph API "Error handling", subcode 33.
        """
        code = str(error["code"])
        subcode = str(error.get("error_subcode") or "")
        if code == "100" and subcode == OBJECT_NOT_FOUND_SUBCODE:
            document = (
                message.template.document if message and message.template else None
            )
            return "media" if document and document.media_uid else "hold"
        if code not in self.ERROR_CODES and error.get("is_transient") is True:
            return "retry"
        return self._class_of(code, http_status)


def _required_text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise _unexpected(name)
    return value


def _unexpected(name: str) -> ProviderError:
    return ProviderError(Failure("retry", code="unexpected_answer", detail=name))


def _next_cursor(body: dict[str, Any]) -> str:
    """Return the cursor of the next page; Meta's own link is never followed."""
    paging = body.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after") or "") if isinstance(cursors, dict) else ""


def _wait_seconds(reply: Reply) -> float | None:
    """Return the wait that Meta asks for, in either of its two headers.

    ``X-Business-Use-Case-Usage`` counts minutes (Graph API "Rate limits").
    """
    seconds = reply.retry_after_seconds()
    if seconds is not None:
        return seconds
    try:
        usage = json.loads(reply.headers.get("x-business-use-case-usage", ""))
        minutes = max(
            float(one.get("estimated_time_to_regain_access", 0))
            for ones in usage.values()
            for one in ones
        )
    except (ValueError, TypeError, AttributeError):
        return None
    return minutes * 60 if minutes > 0 else None


def _words(failure: Failure) -> str:
    return f"{failure.code} {failure.detail}".strip()


def _detail(failure: Failure | None) -> str:
    return failure.detail if failure else ""
