"""Twilio's REST API: accounts, senders, and the list of messages."""

import base64
import binascii
import datetime
import email.utils
import re

from .calls import Answer, Call
from .lifecycle import Lifecycle
from .links import LinkFetcher
from .models import Json, Message, TwilioAccount
from .store import Store
from .twilio_content import TwilioContent
from .twilio_errors import TwilioError
from .twilio_send import TwilioSender

ROOT = "/2010-04-01/Accounts/"
API_VERSION = "2010-04-01"
OPERATIONS = [
    (re.compile(r"^/2010-04-01/Accounts/([^/]+)/Messages\.json$"), "messages"),
    (re.compile(r"^/2010-04-01/Accounts/([^/]+)/Messages/([^/.]+)\.json$"), "message"),
    (
        re.compile(r"^/2010-04-01/Accounts/([^/]+)/IncomingPhoneNumbers\.json$"),
        "numbers",
    ),
    (re.compile(r"^/2010-04-01/Accounts/([^/.]+)\.json$"), "account"),
    (
        re.compile(r"^/2010-04-01/Accounts/([^/]+)/Messages/([^/]+)/Media/([^/.]+)$"),
        "media",
    ),
    (re.compile(r"^/v1/Content(?:AndApprovals)?$"), "content"),
    (re.compile(r"^/v1/Content/(HX[0-9a-f]{32})$"), "content"),
    (
        re.compile(r"^/v1/Content/(HX[0-9a-f]{32})/ApprovalRequests(/whatsapp)?$"),
        "content",
    ),
]
DEFAULT_PAGE_SIZE = 50


class TwilioApi:
    """Answers calls under ``/twilio`` and ``/twilio-content``."""

    provider = "twilio"

    def __init__(self, store: Store, links: LinkFetcher, lifecycle: Lifecycle) -> None:
        self.store = store
        self.lifecycle = lifecycle
        self.sender = TwilioSender(store, links)
        self.content = TwilioContent(store, links)

    def recognise(self, call: Call) -> None:
        """Set the call's operation and ids."""
        for pattern, operation in OPERATIONS:
            match = pattern.match(call.path)
            if match:
                call.operation = operation
                call.ids = [found or "" for found in match.groups()]
                return

    def is_unchecked(self, call: Call) -> bool:
        """Tell if no API file describes this path (the bytes of a medium)."""
        return call.operation == "media"

    def authorise(self, call: Call) -> TwilioAccount:
        """Return the account of the Basic credentials; raise 20003."""
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as err:
            raise TwilioError(20003) from err
        for account in self.store.twilio.values():
            known = {account.account_sid: account.auth_token, **account.api_keys}
            if scheme == "Basic" and known.get(user) == password:
                return account
        raise TwilioError(20003)

    async def handle(self, call: Call, errors: list[str]) -> Answer:
        """Answer a call; ``errors`` is what its check against the file found."""
        try:
            account = self.authorise(call)
            if errors:
                raise self._refusal(call, errors)
            return await self._dispatch(call, account)
        except TwilioError as err:
            return Answer(err.status, err.body())

    @staticmethod
    def _refusal(call: Call, errors: list[str]) -> TwilioError:
        """Return the code that Twilio has for the first thing that is wrong."""
        text = "; ".join(errors)[:1500]
        if call.operation == "unknown" or "unknown path" in text:
            return TwilioError(20404, text)
        if call.operation == "messages" and call.method == "POST":
            if not dict(call.form).get("To"):
                return TwilioError(21604, text)
            if "$.StatusCallback" in text:
                return TwilioError(21609, text)
        return TwilioError(20001, text)

    async def _dispatch(self, call: Call, account: TwilioAccount) -> Answer:
        if call.operation == "content":
            return await self.content.handle(call, account)
        if call.ids[0] != account.account_sid:
            raise TwilioError(20404, call.path)
        if call.operation == "account":
            return Answer(200, account_shown(account))
        if call.operation == "numbers":
            return self._numbers(account)
        if call.operation == "media":
            return self._media(call)
        if call.operation == "message":
            return self._message(call, account)
        if call.method == "GET":
            return self._listed(call, account)
        message = await self.sender.send(account, call)
        call.message_id = message.id
        answer = Answer(201, shown(message))
        if account.options.before_response:
            await self.lifecycle.start_before_response(message)
        else:
            self.lifecycle.start(message)
        return answer

    def _message(self, call: Call, account: TwilioAccount) -> Answer:
        message = self.store.messages.get(call.ids[1])
        if message is None or message.account != account.account_sid:
            raise TwilioError(20404, call.path)
        return Answer(200, shown(message))

    def _media(self, call: Call) -> Answer:
        media = self.store.media.get(call.ids[2])
        content = self.store.get_bytes(media.sha256) if media else None
        if media is None or content is None:
            raise TwilioError(20404, call.path)
        return Answer(200, content, {"Content-Type": media.mime_type})

    @staticmethod
    def _numbers(account: TwilioAccount) -> Answer:
        base = f"{ROOT}{account.account_sid}"
        rows = [
            {
                "account_sid": account.account_sid,
                "sid": f"PN{place:032x}",
                "phone_number": number,
                "friendly_name": number,
                "capabilities": {"sms": True, "mms": False, "voice": False},
                "sms_url": account.webhook_url or None,
                "sms_method": "POST",
                "api_version": API_VERSION,
                "uri": f"{base}/IncomingPhoneNumbers/PN{place:032x}.json",
            }
            for place, number in enumerate(account.numbers, 1)
        ]
        uri = f"{base}/IncomingPhoneNumbers.json"
        return Answer(200, page("incoming_phone_numbers", rows, uri, 0, 50, False))

    def _listed(self, call: Call, account: TwilioAccount) -> Answer:
        wanted = call.parameters
        size = int(wanted.get("PageSize", DEFAULT_PAGE_SIZE))
        number = int(wanted.get("Page", 0))
        source = (
            self.store.by_phone.get(self.store.phone(wanted["To"]).key, [])
            if wanted.get("To")
            else list(self.store.messages.values())
        )
        found = [
            message
            for message in reversed(source)
            if message.account == account.account_sid
            and wanted.get("From", sender_of(message)) == sender_of(message)
            and wanted.get("To", recipient_of(message)) == recipient_of(message)
            and _date_suits(message, wanted)
        ]
        rows = [shown(one) for one in found[number * size : (number + 1) * size]]
        more = len(found) > (number + 1) * size
        uri = f"{ROOT}{account.account_sid}/Messages.json"
        return Answer(200, page("messages", rows, uri, number, size, more))


def _date_suits(message: Message, wanted: dict[str, str]) -> bool:
    """Compare the day (UTC) a message was sent, as the filters of Twilio do."""
    day = datetime.datetime.fromtimestamp(
        message.accepted_at, tz=datetime.timezone.utc
    ).date()
    for name, value in wanted.items():
        if not name.startswith("DateSent"):
            continue
        other = datetime.date.fromisoformat(value[:10])
        if name == "DateSent" and day != other:
            return False
        if name == "DateSent<" and day > other or name == "DateSent>" and day < other:
            return False
    return True


def page(
    name: str, rows: list[Json], uri: str, number: int, size: int, more: bool
) -> Json:
    """Return a page of a list, as Twilio writes it."""
    following = f"{uri}?PageSize={size}&Page={number + 1}" if more else None
    return {
        name: rows,
        "end": number * size + max(len(rows) - 1, 0),
        "start": number * size,
        "page": number,
        "page_size": size,
        "uri": f"{uri}?PageSize={size}&Page={number}",
        "first_page_uri": f"{uri}?PageSize={size}&Page=0",
        "next_page_uri": following,
        "previous_page_uri": None
        if number == 0
        else f"{uri}?PageSize={size}&Page={number - 1}",
    }


def account_shown(account: TwilioAccount) -> Json:
    """Return what GET /Accounts/{AC}.json shows, without the token."""
    uri = f"{ROOT}{account.account_sid}"
    return {
        "sid": account.account_sid,
        "friendly_name": account.friendly_name,
        "status": "active",
        "type": "Full",
        "owner_account_sid": account.account_sid,
        "date_created": None,
        "date_updated": None,
        "subresource_uris": {"messages": f"{uri}/Messages.json"},
        "uri": f"{uri}.json",
    }


def sender_of(message: Message) -> str:
    """Return the From of a message."""
    return message.sender if message.direction == "out" else message.to


def recipient_of(message: Message) -> str:
    """Return the To of a message."""
    return message.to if message.direction == "out" else message.sender


def shown(message: Message) -> Json:
    """Return a message as Twilio shows it."""
    created = email.utils.formatdate(message.accepted_at)
    sent = any(status == "sent" for status, _ in message.statuses)
    uri = f"{ROOT}{message.account}/Messages/{message.id}"
    out = message.direction == "out"
    code = message.error["code"] if message.error else None
    return {
        "account_sid": message.account,
        "api_version": API_VERSION,
        "body": message.text,
        "date_created": created,
        "date_sent": created if sent or not out else None,
        "date_updated": created,
        "direction": "outbound-api" if out else "inbound",
        "error_code": code,
        "error_message": f"Error {code}" if code else None,
        "from": sender_of(message),
        "messaging_service_sid": message.messaging_service or None,
        "num_media": str(len(message.media)),
        "num_segments": str(message.extra.get("segments", 1)),
        "price": None,
        "price_unit": "USD",
        "sid": message.id,
        "status": message.status if out else "received",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": recipient_of(message),
        "uri": f"{uri}.json",
    }
