"""Any SMS gateway with an HTTP interface, as an administrator describes it.

There are too many gateways for a file each; their interfaces differ in words, not in
kind. ``base_url`` is the whole sending address. Without a message id of its own our
uuid is the id. Rejected is only what the gateway's own answer refuses; an answer that
looks unlike both success and refusal is uncertain.
"""

import dataclasses
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from .. import phone
from ..types import (
    CheckItem,
    Credentials,
    ErrorClass,
    Event,
    Failure,
    MessageState,
    OutgoingMessage,
    SendResult,
    WebhookItem,
    WebhookRequest,
)
from . import answers, http_sms_reports, placeholders
from .base import (
    Provider,
    classify,
    reach_checks,
    transport_failure,
    unreadable_failure,
)
from .http_sms_settings import HttpSmsSettings, problems, values_of_account
from .placeholders import PlaceholderError
from .texts import printable
from .transport import (
    Call,
    HttpClient,
    HttpError,
    Reply,
    basic_auth,
    parse_json,
)

_MAX_DETAIL_LENGTH = 300


class HttpSms(Provider):
    """One sender at a gateway; the gateway's words are ``Credentials.options``."""

    code = "http_sms"
    channels = ("sms",)
    documents = "none"
    takes_get = True
    credential_names = (
        ("account_uid", False, False),
        ("api_token", False, True),
        ("sender", False, False),
        ("signing_secret", False, True),
    )
    option_names = tuple(option.name for option in dataclasses.fields(HttpSmsSettings))

    def __init__(
        self, credentials: Credentials, http: HttpClient | None = None
    ) -> None:
        super().__init__(credentials, http)
        self._settings = HttpSmsSettings.from_options(credentials.options)
        self._error_classes = answers.error_classes(self._settings.error_classes)

    @classmethod
    def option_problems(
        cls, base_url: str, options: Mapping[str, str]
    ) -> list[tuple[str, str]]:
        return problems(base_url, HttpSmsSettings.from_options(options))

    # --- sending ------------------------------------------------------------------

    def _refusal(self, message: OutgoingMessage) -> Failure | None:
        refusal = super()._refusal(message) or self._missing(*self._used())
        if refusal:
            return refusal
        try:
            self._message_call(message)
        except PlaceholderError as error:
            return Failure("hold", code="not_configured", detail=str(error))
        return None

    def _used(self) -> tuple[str, ...]:
        return self._settings.credentials_used(self._credentials.base_url)

    def _message_call(self, message: OutgoingMessage) -> Call:
        settings = self._settings
        values = {**self._account_values(), **self._message_values(message)}
        parts: dict[str, Any] = {}
        if settings.body_kind == "json":
            parts["json"] = placeholders.json_object(settings.body, values)
        elif settings.body_kind == "form":
            parts["form"] = placeholders.form(settings.body, values)
        return Call(
            settings.method,
            placeholders.address(self._credentials.base_url, values),
            headers=placeholders.headers(settings.headers, values),
            timeout_seconds=self._credentials.timeout_seconds,
            **parts,
        )

    def _account_values(self) -> dict[str, str]:
        credentials = self._credentials
        basic = basic_auth(credentials.account_uid, credentials.api_token)
        return values_of_account(credentials, basic.removeprefix("Basic "))

    def _message_values(self, message: OutgoingMessage) -> dict[str, str]:
        country_code, national = phone.country_and_national(message.recipient)
        text = printable(message.body)
        return {
            "number": message.recipient.lstrip("+"),
            "number_plus": message.recipient,
            "number_national": national,
            "country_code": country_code,
            "text": text,
            "text_ascii": _ascii(text),
            "uuid": message.uuid,
            "uuid20": message.uuid.replace("-", "")[:20],
            "callback": self._callback(message),
        }

    def _callback(self, message: OutgoingMessage) -> str:
        """Return where reports go; signed where the address itself is the proof."""
        if self._settings.proof != "address" or not message.callback_url:
            return message.callback_url
        signature = http_sms_reports.address_signature(
            self._credentials.signing_secret, message.uuid
        )
        return f"{message.callback_url}&sig={signature}"

    # --- answers ------------------------------------------------------------------

    def _outcome(self, reply: Reply, message: OutgoingMessage) -> SendResult:
        if 200 <= reply.status < 300 and self._is_success(reply):
            uid = self._message_uid(reply) or message.uuid
            return SendResult("accepted", provider_message_uid=uid)
        failure = self._failure_in(reply, message)
        uncertain = failure.error_class == "uncertain"
        return SendResult("uncertain" if uncertain else "rejected", failure=failure)

    def _is_success(self, reply: Reply) -> bool:
        settings = self._settings
        if settings.success == "status":
            return True
        if settings.success == "pattern":
            return answers.search(settings.success_value, _text(reply)) is not None
        found = answers.value_at(_content(reply), settings.success_path)
        if found is None:
            return False
        if settings.success == "contains":
            return settings.success_value in found
        return found == settings.success_value

    def _message_uid(self, reply: Reply) -> str:
        settings = self._settings
        if settings.success == "pattern":
            match = answers.search(settings.success_value, _text(reply))
            found = match[1] if match and match.re.groups else None
        elif settings.uid_path:
            found = answers.value_at(_content(reply), settings.uid_path)
        else:
            found = None
        return printable(found or "")[:200]

    def _error_in(
        self, reply: Reply, message: OutgoingMessage | None = None
    ) -> Failure | None:
        code, is_refusal = self._refused(reply)
        if not is_refusal:
            return None
        numbers = (message.recipient,) if message else ()
        detail = answers.value_at(_content(reply), self._settings.detail_path) or ""
        return Failure(
            error_class=self._class_of(code, reply.status),
            code=printable(code)[:40],
            http_status=reply.status,
            detail=self._redact(detail[:_MAX_DETAIL_LENGTH], *numbers),
            retry_after_seconds=reply.retry_after_seconds(),
        )

    def _refused(self, reply: Reply) -> tuple[str, bool]:
        """Return (code, whether this is the gateway's own refusal).

        A 303, 408 or 5xx without the gateway's code may come from something between.
        """
        settings, content = self._settings, _content(reply)
        code = answers.value_at(content, settings.error_path) or ""
        if code and not self._says_success(settings.error_path, code):
            return code, True
        match = answers.search(settings.failure_pattern, _text(reply))
        if match:
            return (match[1] or "" if match.re.groups else ""), True
        if settings.success not in ("equals", "contains") or reply.status >= 500:
            return "", False
        found = answers.value_at(content, settings.success_path)
        said_no = found is not None and not self._is_success(reply)
        return "", said_no and reply.status not in (303, 408)

    def _says_success(self, path: str, value: str) -> bool:
        """Tell whether a value is the one that an accepted message has there."""
        settings = self._settings
        return path == settings.success_path and value == settings.success_value

    def _class_of(self, code: str, http_status: int = 0) -> ErrorClass:
        known = self._error_classes.get(code.lower())
        return known or classify({}, "", http_status)

    # --- asking -------------------------------------------------------------------

    def find_message(
        self, message: OutgoingMessage, since_utc: datetime
    ) -> SendResult | None:
        """Ask the gateway by ``ask_address``, if it has one."""
        if not self._settings.ask_address or self._refusal(message):
            return None
        values = {**self._account_values(), **self._message_values(message)}
        try:
            reply = self._http.send(self._get(self._settings.ask_address, values))
        except (HttpError, PlaceholderError):
            return None
        if reply.status == 404:
            failure = Failure("uncertain", code="not_found")
            return SendResult("uncertain", failure=failure)
        return self._found(reply, message)

    def _found(self, reply: Reply, message: OutgoingMessage) -> SendResult | None:
        if not 200 <= reply.status < 300:
            return None
        word = answers.value_at(_content(reply), self._settings.ask_path)
        state = self.state_of(word or "")
        if state in ("sent", "delivered"):
            uid = self._message_uid(reply) or message.uuid
            return SendResult("accepted", provider_message_uid=uid)
        if state == "failed":
            failure = Failure("retry", code=printable(word or "")[:40])
            return SendResult("rejected", failure=failure)
        return None

    def _get(self, target: str, values: Mapping[str, str]) -> Call:
        base = placeholders.address(self._credentials.base_url, values)
        return Call(
            "GET",
            urljoin(base, placeholders.address(target, values)),
            headers=placeholders.headers(self._settings.headers, values),
            timeout_seconds=self._credentials.timeout_seconds,
        )

    # --- webhooks -----------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        http_sms_reports.verify(
            request, self._settings, self._credentials.signing_secret
        )

    def split(self, request: WebhookRequest) -> list[WebhookItem]:
        return http_sms_reports.split(request, self._settings)

    def read_item(self, payload: dict[str, Any]) -> Event:
        return http_sms_reports.read_item(
            payload, self._settings, self.state_of, self._class_of
        )

    def state_of(self, word: str) -> MessageState | None:
        """Return our state for the gateway's word, None for an unknown one."""
        found = answers.table(self._settings.statuses).get(word.strip().lower())
        states: Mapping[str, MessageState] = {
            "sent": "sent",
            "delivered": "delivered",
            "failed": "failed",
            "uncertain": "uncertain",
        }
        return states.get(found or "")

    # --- connection test ----------------------------------------------------------

    def test_connection(self) -> list[CheckItem]:
        """Check the settings, the way to the gateway, and its answer if it has a test.

        Item codes: configuration, address, dns, reachable, tls, token, answer.
        """
        missing = self._missing(*self._used())
        wrong = problems(self._credentials.base_url, self._settings)
        detail = missing.detail if missing else ""
        if wrong and not missing:
            detail = " ".join(wrong[0])
        items = [CheckItem("configuration", not detail, detail)]
        if detail:
            return items
        values = {**dict.fromkeys(("uuid", "uuid20"), ""), **self._account_values()}
        values |= dict.fromkeys(_MESSAGE_ONLY, "")
        try:
            reply = self._http.send(
                self._get(self._settings.check_address or "/", values)
            )
        except HttpError as error:
            code = transport_failure(error).code
            return items + reach_checks(self._credentials.base_url, code)
        items += reach_checks(self._credentials.base_url)
        return items + self._answer_checks(reply)

    def _answer_checks(self, reply: Reply) -> list[CheckItem]:
        if not self._settings.check_address:
            return []
        if 200 <= reply.status < 300 and self._is_success(reply):
            return [CheckItem("token", True)]
        failure = self._error_in(reply) or unreadable_failure(reply)
        step = "token" if failure.error_class == "hold" else "answer"
        detail = f"{failure.code} {failure.detail}".strip()
        return [CheckItem(step, False, detail)]


_MESSAGE_ONLY = (
    "number",
    "number_plus",
    "number_national",
    "country_code",
    "text",
    "text_ascii",
    "callback",
)


def _content(reply: Reply) -> Any:
    try:
        return parse_json(reply.body)
    except ValueError:
        return None


def _text(reply: Reply) -> str:
    return reply.body.decode("utf-8", "replace").strip()


def _ascii(text: str) -> str:
    """Return the text without accents; what then is not ASCII is dropped."""
    plain = unicodedata.normalize("NFKD", text)
    return plain.encode("ascii", "ignore").decode()
