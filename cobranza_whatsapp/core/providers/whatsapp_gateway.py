"""WhatsApp through a gateway that speaks like the Cloud API under its own address.

360dialog and those like it: another host, the key in a header of its own, neither
version nor number in the path, and webhooks with a header that we chose instead of a
signature. Source: https://docs.360dialog.com, seen 2026-11.
"""

import re
from typing import Any

from ..errors import ProviderError, SignatureError
from ..types import (
    CheckItem,
    Failure,
    OutgoingMessage,
    TemplateDefinition,
    TemplateStatus,
    WebhookRequest,
)
from .base import classify, reach_checks
from .transport import TRANSPORT_CODES, Call, Reply
from .webhooks import require_equal
from .whatsapp_cloud import WhatsAppCloud
from .whatsapp_payloads import definition_payload, is_too_long, template_status

_TEMPLATES = "v1/configs/templates"
_WEBHOOK = "v1/configs/webhook"
_MAX_PAGES = 100
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
DEFAULT_AUTH_HEADER = "D360-API-KEY"


class WhatsAppGateway(WhatsAppCloud):
    """One number at a gateway. ``api_token`` is the key, the number follows from it.

    Options: ``auth_header`` and ``auth_prefix`` carry the key; ``webhook_header`` is
    the header in which the gateway repeats ``signing_secret``, empty if it signs
    webhooks as Meta does.
    """

    code = "whatsapp_gateway"
    doc_url = "https://docs.360dialog.com"
    default_base_url = ""
    credential_names = (("api_token", True, True), ("signing_secret", True, True))
    option_names = ("auth_header", "auth_prefix", "webhook_header")

    # --- sending ------------------------------------------------------------------

    def _refusal(self, message: OutgoingMessage) -> Failure | None:
        if message.channel not in self.channels:
            return Failure("fix", code="channel_unsupported", detail=message.channel)
        missing = self._missing("api_token")
        if missing:
            return missing
        return Failure("fix", code="body_too_long") if is_too_long(message) else None

    def _require(self, *names: str) -> None:
        """Demand the key alone: the number and the business account follow from it."""
        super()._require("api_token")

    # --- webhooks -----------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check the header that we asked the gateway to send, else Meta's signature."""
        name = self._option("webhook_header")
        if not name:
            super().verify(request)
            return
        secret = self._credentials.signing_secret
        if not secret:
            raise SignatureError("no secret is configured")
        require_equal([secret], request.headers.get(name.lower(), ""))

    def answer_challenge(self, request: WebhookRequest) -> str | None:
        return None

    def register_webhook(self, url: str) -> None:
        """Tell the gateway where events go and how to prove them. Raises ProviderError.

        Source: "Set webhook URL".
        """
        self._require("api_token")
        content: dict[str, Any] = {"url": url}
        name = self._option("webhook_header")
        if name:
            content["headers"] = {name: self._credentials.signing_secret}
        self._ask(self._call("POST", _WEBHOOK, json=content))

    # --- templates ----------------------------------------------------------------

    def create_template(self, definition: TemplateDefinition) -> TemplateStatus:
        """Create a template; the sample PDF goes by its public link.

        Raises ProviderError.
        """
        sample = ""
        if definition.sample_pdf and definition.document_url:
            sample = definition.document_url + definition.document_example
        payload = definition_payload(definition, sample)
        body = self._ask(self._call("POST", _TEMPLATES, json=payload))
        names = {"name": definition.name, "language": definition.language}
        return template_status({**_upper(body), **names})

    def list_templates(self) -> list[TemplateStatus]:
        """Return all templates of the number's account. Raises ProviderError."""
        self._require("api_token")
        seen, found = 0, []
        for _page in range(_MAX_PAGES):
            query = {"offset": str(seen)} if seen else {}
            body = self._ask(self._call("GET", _TEMPLATES, query=query))
            rows = body.get("waba_templates", body.get("data"))
            rows = rows if isinstance(rows, list) else []
            found += [template_status(_upper(r)) for r in rows if isinstance(r, dict)]
            seen += len(rows)
            total = body.get("total")
            if not rows or not isinstance(total, int) or seen >= total:
                break
        return found

    # --- connection test ----------------------------------------------------------

    def test_connection(self) -> list[CheckItem]:
        """Check address, key, webhook and templates.

        Item codes: configuration, address, dns, reachable, tls, answer, token,
        permissions, webhook_address, templates.
        """
        missing = self._missing("api_token", "signing_secret")
        items = [
            CheckItem("configuration", not missing, missing.detail if missing else "")
        ]
        if self._missing("api_token"):
            return items
        try:
            webhook = self._ask(self._call("GET", _WEBHOOK))
        except ProviderError as err:
            return items + self._refused_checks(err.failure)
        items += reach_checks(self._base_url())
        url = str(webhook.get("url") or "")
        items += [CheckItem("token", True), CheckItem("webhook_address", bool(url))]
        try:
            self.list_templates()
        except ProviderError as err:
            detail = f"{err.failure.code} {err.failure.detail}".strip()
            return [*items, CheckItem("templates", False, detail)]
        return [*items, CheckItem("templates", True)]

    def _refused_checks(self, failure: Failure) -> list[CheckItem]:
        if failure.http_status in (401, 403) and failure.code not in TRANSPORT_CODES:
            checks = reach_checks(self._base_url())
            return [*checks, CheckItem("token", False, failure.detail)]
        return super()._refused_checks(failure)

    # --- requests and errors ------------------------------------------------------

    def _call(self, method: str, path: str, **parts: Any) -> Call:
        """Build a call with the key in the gateway's header."""
        name = self._option("auth_header")
        if not _HEADER_NAME.fullmatch(name):
            name = DEFAULT_AUTH_HEADER
        prefix = self._option("auth_prefix").strip()
        key = self._credentials.api_token
        headers = {name: f"{prefix} {key}" if prefix else key}
        headers.update(parts.pop("headers", {}))
        parts.setdefault("timeout_seconds", self._credentials.timeout_seconds)
        return Call(method, f"{self._base_url()}/{path}", headers=headers, **parts)

    def _own_path(self, edge: str = "") -> str:
        return edge

    def _option(self, name: str) -> str:
        return self._credentials.options.get(name, "")

    def _error_in(
        self, reply: Reply, message: OutgoingMessage | None = None
    ) -> Failure | None:
        """Read Meta's error, else the gateway's ``{"meta": {"developer_message"}}``.

        With a 5xx the latter does not say whether Meta has the message.
        """
        found = super()._error_in(reply, message)
        meta = (reply.json_object() or {}).get("meta")
        words = meta.get("developer_message") if isinstance(meta, dict) else None
        if found or not isinstance(words, str) or not 400 <= reply.status < 500:
            return found
        if reply.status == 408:
            return None
        return Failure(
            classify({}, "", reply.status),
            code=f"http_{reply.status}",
            http_status=reply.status,
            detail=self._redact(words, *((message.recipient,) if message else ())),
            retry_after_seconds=reply.retry_after_seconds(),
        )


def _upper(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a template with its status as Meta writes it: the gateway's may be low."""
    return {**entry, "status": str(entry.get("status") or "PENDING").upper()}
