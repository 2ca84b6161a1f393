"""Twilio: SMS and WhatsApp through the Programmable Messaging API.

Source: https://www.twilio.com/docs/messaging/api/message-resource, seen 2026-11. It
knows no idempotency key: our uuid travels in the address of the status callback.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from ..errors import ProviderError, SignatureError
from ..types import (
    Channel,
    CheckItem,
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
from .texts import printable
from .transport import TRANSPORT_CODES, Call, HttpError, Reply, basic_auth
from .twilio_content import content_payload, content_variables, status_of
from .twilio_errors import ERROR_CODES, STATUSES
from .twilio_webhooks import read_fields, split_form, valid_signatures
from .webhooks import require_equal

_logger = logging.getLogger(__name__)

_PAGE_SIZE = 100
_MAX_PAGES = 5
_CONTENT_URL = "https://content.twilio.com"
_MAX_CONTENT_PAGES = 60
# Twilio's clock and ours may differ by this much.
_CLOCK_TOLERANCE = timedelta(minutes=2)
# Words to which Twilio itself answers by SMS ("Default keywords for SMS opt-out").
_OPT_OUT_WORDS = frozenset(
    ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
)
_FINAL_FAILURES = ("failed", "undelivered", "canceled")


class Twilio(Provider):
    """One sender of a Twilio account: a number or a messaging service (MG…).

    ``api_token`` is the auth token, or the secret of the API key whose SID (SK…) is
    ``app_uid``. ``signing_secret`` is the primary auth token: API keys do not sign.
    Without it the auth token in ``api_token`` is used.
    """

    code = "twilio"
    channels = ("whatsapp", "sms")
    documents = "link"
    doc_url = "https://www.twilio.com/docs/messaging/api/message-resource"
    default_base_url = "https://api.twilio.com"
    credential_names = (
        ("account_uid", True, False),
        ("api_token", True, True),
        ("sender", True, False),
        ("signing_secret", False, True),
        ("app_uid", False, False),
    )
    STATUSES = STATUSES
    ERROR_CODES = ERROR_CODES

    # --- sending ------------------------------------------------------------------

    def _refusal(self, message: OutgoingMessage) -> Failure | None:
        return super()._refusal(message) or self._missing(
            "account_uid", "api_token", "sender"
        )

    def _message_call(self, message: OutgoingMessage) -> Call:
        form = {
            "To": self._address(message, message.recipient),
            **self._sender_field(message),
        }
        if message.template:
            form["ContentSid"] = message.template.uid
            variables = content_variables(message.template)
            if variables:
                form["ContentVariables"] = json.dumps(variables)
        else:
            form["Body"] = printable(message.body)
        if message.callback_url:
            form["StatusCallback"] = message.callback_url
        return self._call("POST", "/Messages.json", form=form)

    def _accepted(self, body: dict[str, Any]) -> SendResult | None:
        """Read a message resource; Twilio can refuse it while it creates it."""
        uid = body.get("sid")
        if not isinstance(uid, str) or not uid:
            return None
        if body.get("status") not in _FINAL_FAILURES:
            return SendResult("accepted", provider_message_uid=uid)
        code = "" if body.get("error_code") is None else str(body["error_code"])
        failure = Failure(
            self._class_of(code),
            code=code,
            detail=self._redact(str(body.get("error_message") or "")),
        )
        uncertain = failure.error_class == "uncertain"
        return SendResult("uncertain" if uncertain else "rejected", uid, failure)

    def find_message(
        self, message: OutgoingMessage, since_utc: datetime
    ) -> SendResult | None:
        """Look for an uncertain message in Twilio's list, by recipient and text.

        ``since_utc`` is when the attempt began. None: no answer, or several messages
        look alike. Ask some minutes after the attempt, not at once. Source: "Read
        multiple Message resources".
        """
        if self._refusal(message):
            return None
        try:
            resources = self._listed(message, since_utc - _CLOCK_TOLERANCE)
        except ProviderError:
            return None
        text = _normal(message.body)
        alike = [one for one in resources if _normal(one.get("body")) == text]
        if len(alike) == 1:
            return self._accepted(alike[0])
        if resources:
            return None
        failure = Failure("uncertain", code="not_found")
        return SendResult("uncertain", failure=failure)

    def _listed(
        self, message: OutgoingMessage, since_utc: datetime
    ) -> list[dict[str, Any]]:
        """Return our messages to this recipient from that moment on, newest first."""
        recipient = self._address(message, message.recipient)
        query = {"To": recipient, "PageSize": str(_PAGE_SIZE)}
        found: list[dict[str, Any]] = []
        for page in range(_MAX_PAGES):
            query["Page"] = str(page)
            body = self._ask(self._call("GET", "/Messages.json", query=query))
            rows = body.get("messages")
            rows = rows if isinstance(rows, list) else []
            recent = [row for row in rows if _is_outgoing_since(row, since_utc)]
            found += recent
            if len(recent) < _PAGE_SIZE or not body.get("next_page_uri"):
                break
        return found

    # --- templates ----------------------------------------------------------------

    def create_template(self, definition: TemplateDefinition) -> TemplateStatus:
        """Create a Content and ask WhatsApp to approve it. Raises ProviderError.

        A Content whose approval cannot be asked for is removed again. Source: "Content
        API resources".
        """
        self._require("account_uid", "api_token")
        payload = content_payload(definition)
        content = self._ask(self._content_call("POST", "Content", json=payload))
        uid = content.get("sid")
        if not isinstance(uid, str) or not re.fullmatch(r"HX[0-9a-fA-F]{32}", uid):
            raise ProviderError(
                Failure("retry", code="unexpected_answer", detail="sid")
            )
        wanted = {"name": definition.name, "category": "UTILITY"}
        path = f"Content/{uid}/ApprovalRequests/whatsapp"
        try:
            approval = self._ask(self._content_call("POST", path, json=wanted))
        except ProviderError:
            self._remove_content(uid)
            raise
        return status_of({**payload, "sid": uid, "approval_requests": approval})

    def _remove_content(self, uid: str) -> None:
        try:
            self._http.send(self._content_call("DELETE", f"Content/{uid}"))
        except HttpError:
            _logger.info("twilio: content %s is left behind", uid)

    def list_templates(self) -> list[TemplateStatus]:
        """Return all contents with their approval. Raises ProviderError.

        Source: "Fetch Content and approval status".
        """
        self._require("account_uid", "api_token")
        query = {"PageSize": str(_PAGE_SIZE)}
        found: list[TemplateStatus] = []
        for _page in range(_MAX_CONTENT_PAGES):
            call = self._content_call("GET", "ContentAndApprovals", query=query)
            body = self._ask(call)
            rows = body.get("contents")
            for row in rows if isinstance(rows, list) else []:
                if isinstance(row, dict):
                    found.append(status_of(row))
            following = _next_page(body)
            if not following or following == query:
                break
            query = following
        return found

    def _content_call(self, method: str, path: str, **parts: Any) -> Call:
        """Build a call to the Content API; a proxy in base_url stands for it too."""
        base_url = self._base_url()
        if base_url == self.default_base_url:
            base_url = _CONTENT_URL
        return Call(
            method,
            f"{base_url}/v1/{path}",
            headers=self._login(),
            timeout_seconds=self._credentials.timeout_seconds,
            **parts,
        )

    # --- webhooks -----------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check ``X-Twilio-Signature`` ("Webhooks security")."""
        secret = self._signing_secret()
        if not secret:
            raise SignatureError("no auth token is configured")
        given = request.headers.get("x-twilio-signature", "")
        require_equal(valid_signatures(request, secret), given)

    def split(self, request: WebhookRequest) -> list[WebhookItem]:
        return split_form(request)

    def read_item(self, payload: dict[str, Any]) -> Event:
        return read_fields(payload, self._class_of)

    def answers_opt_out(self, channel: Channel, text: str) -> bool:
        """Tell whether Twilio answers this SMS itself (its default opt-out words)."""
        return channel == "sms" and text.strip().upper() in _OPT_OUT_WORDS

    # --- connection test ----------------------------------------------------------

    def test_connection(self) -> list[CheckItem]:
        """Check address, credentials, account and sender.

        Item codes: configuration, address, dns, reachable, tls, answer, token,
        account, sender.
        """
        missing = self._missing("account_uid", "api_token", "sender")
        detail = missing.detail if missing else ""
        items = [CheckItem("configuration", not missing, detail)]
        if self._missing("account_uid", "api_token"):
            return items
        try:
            account = self._ask(self._call("GET", ".json"))
        except ProviderError as err:
            return items + self._refused_checks(err.failure)
        status = str(account.get("status") or "")
        items += reach_checks(self._base_url())
        items += [
            CheckItem("token", True),
            CheckItem("account", status == "active", status),
        ]
        return [*items, *self._sender_checks()]

    def _refused_checks(self, failure: Failure) -> list[CheckItem]:
        if failure.code in TRANSPORT_CODES:
            return reach_checks(self._base_url(), failure.code)
        step = {"20003": "token", "20404": "account"}.get(failure.code, "answer")
        detail = f"{failure.code} {failure.detail}".strip()
        return [*reach_checks(self._base_url()), CheckItem(step, False, detail)]

    def _sender_checks(self) -> list[CheckItem]:
        """Ask whether a telephone number is ours; other senders cannot be asked."""
        sender = self._credentials.sender
        if not re.fullmatch(r"\+\d{7,15}", sender):
            return []
        call = self._call(
            "GET", "/IncomingPhoneNumbers.json", query={"PhoneNumber": sender}
        )
        try:
            rows = self._ask(call).get("incoming_phone_numbers")
        except ProviderError as err:
            return [CheckItem("sender", False, err.failure.code)]
        return [CheckItem("sender", bool(rows))]

    # --- requests and errors ------------------------------------------------------

    def _call(self, method: str, path: str, **parts: Any) -> Call:
        """Build a call below our account, with basic authentication."""
        credentials = self._credentials
        account = quote(credentials.account_uid, safe="")
        return Call(
            method,
            f"{self._base_url()}/2010-04-01/Accounts/{account}{path}",
            headers=self._login(),
            timeout_seconds=credentials.timeout_seconds,
            **parts,
        )

    def _login(self) -> dict[str, str]:
        credentials = self._credentials
        user = credentials.app_uid if self._has_api_key() else credentials.account_uid
        return {"Authorization": basic_auth(user, credentials.api_token)}

    def _has_api_key(self) -> bool:
        return self._credentials.app_uid.startswith("SK")

    def _signing_secret(self) -> str:
        if self._credentials.signing_secret or self._has_api_key():
            return self._credentials.signing_secret
        return self._credentials.api_token

    def _address(self, message: OutgoingMessage, number: str) -> str:
        prefix = "whatsapp:" if message.channel == "whatsapp" else ""
        return prefix + number.removeprefix("whatsapp:")

    def _sender_field(self, message: OutgoingMessage) -> dict[str, str]:
        sender = self._credentials.sender
        if sender.startswith("MG"):
            return {"MessagingServiceSid": sender}
        return {"From": self._address(message, sender)}

    def _error_in(
        self, reply: Reply, message: OutgoingMessage | None = None
    ) -> Failure | None:
        body = reply.json_object() or {}
        code = body.get("code")
        if not re.fullmatch(r"\d{4,6}", str(code)) or "message" not in body:
            return None
        numbers = (message.recipient,) if message else ()
        return Failure(
            error_class=self._class_of(str(code), reply.status),
            code=str(code),
            http_status=reply.status,
            detail=self._redact(str(body["message"]), *numbers),
            trace_uid=reply.headers.get("twilio-request-id", ""),
            retry_after_seconds=reply.retry_after_seconds(),
        )


def _next_page(body: dict[str, Any]) -> dict[str, str]:
    """Return the query of the next page; Twilio's own link is never followed."""
    meta = body.get("meta")
    link = meta.get("next_page_url") if isinstance(meta, dict) else None
    return dict(parse_qsl(urlsplit(link).query)) if isinstance(link, str) else {}


def _normal(text: object) -> str:
    return " ".join(str(text or "").split())


def _is_outgoing_since(row: object, since_utc: datetime) -> bool:
    if not isinstance(row, Mapping):
        return False
    try:
        created_utc = parsedate_to_datetime(str(row.get("date_created")))
    except (TypeError, ValueError):
        return False
    if created_utc.tzinfo is None:  # RFC 5322 "-0000": UTC, place unknown
        created_utc = created_utc.replace(tzinfo=timezone.utc)
    is_outgoing = str(row.get("direction", "")).startswith("outbound")
    return is_outgoing and created_utc >= since_utc
