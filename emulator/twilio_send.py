"""POST Messages.json: what Twilio refuses, and what an accepted message is."""

import json
import re

from .calls import Call
from .links import LinkError, LinkFetcher
from .meta_send import WINDOW_SECONDS, media_entry
from .models import Json, Message, Phone, TwilioAccount
from .sms_parts import sms_parts
from .store import Store, new_id
from .twilio_content import filled_content
from .twilio_errors import TwilioError

E164 = re.compile(r"\+[1-9]\d{7,14}")
SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
UUID = re.compile(
    r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"
)
BODY_LIMIT, MEDIA_LIMIT = 1600, 10
STOP_WORDS = {
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
}
START_WORDS = {"START", "YES", "UNSTOP"}


class TwilioSender:
    """Accepts or refuses messages of Twilio senders."""

    def __init__(self, store: Store, links: LinkFetcher) -> None:
        self.store = store
        self.links = links

    async def send(self, account: TwilioAccount, call: Call) -> Message:
        """Return the accepted message; raise TwilioError if refused."""
        form = dict(call.form)
        media_urls = [value for name, value in call.form if name == "MediaUrl"]
        channel = "whatsapp" if form["To"].startswith("whatsapp:") else "sms"
        sender = self._sender(account, form, channel)
        phone = self._recipient(account, form["To"], sender, channel)
        content = self._content(form, media_urls, channel)
        callback = form.get("StatusCallback", "")
        has_uuid = UUID.search(callback)
        message = Message(
            id=new_id("MM" if media_urls else "SM"),
            seq=self.store.next_number(),
            provider="twilio",
            channel=channel,
            direction="out",
            account=account.id,
            sender=sender,
            to=form["To"],
            phone=phone.key,
            kind="text",
            accepted_at=self.store.now(),
            uuid=has_uuid[0] if has_uuid else "",
            status="queued",
            status_callback=callback,
            messaging_service=form.get("MessagingServiceSid", ""),
            payload=call.form,
            **content,
        )
        message.statuses.append(["queued", message.accepted_at])
        message.extra["segments"] = sms_parts(message.text)[2]
        self._late_failure(message, phone, form)
        await self._attach(message, media_urls)
        self.store.add_message(message)
        return message

    # Addresses

    def _sender(self, account: TwilioAccount, form: Json, channel: str) -> str:
        sender: str = form.get("From", "")
        service = form.get("MessagingServiceSid", "")
        if not sender and not service:
            raise TwilioError(21603)
        if not sender:
            sender = account.messaging_services.get(service, "")
            if not sender:
                raise TwilioError(21606, f"{service} is not a service of this account")
            return f"whatsapp:{sender}" if channel == "whatsapp" else sender
        if sender.startswith("whatsapp:") != (channel == "whatsapp"):
            raise TwilioError(21910)
        own = account.whatsapp_numbers if channel == "whatsapp" else account.numbers
        if sender.removeprefix("whatsapp:") not in own:
            raise TwilioError(21606, f"{sender} does not belong to this account")
        return sender

    def _recipient(
        self, account: TwilioAccount, to: str, sender: str, channel: str
    ) -> Phone:
        number = to.removeprefix("whatsapp:")
        if re.fullmatch(r"\+?\d{3,6}", number):
            raise TwilioError(21265)
        if not E164.fullmatch(number):
            raise TwilioError(21211, to)
        if to == sender:
            raise TwilioError(21266)
        phone = self.store.phone(number)
        code = phone.sms_error if channel == "sms" else phone.wa_error
        if code:
            raise TwilioError(code, to)
        if account.opt_out and f"{sender}>{phone.key}" in account.opted_out:
            raise TwilioError(21610, to)
        return phone

    # Content

    def _content(self, form: Json, media_urls: list[str], channel: str) -> Json:
        if form.get("ContentSid"):
            return self._from_content(form)
        body = form.get("Body", "")
        if not body and not media_urls:
            raise TwilioError(21619)
        if len(body) > BODY_LIMIT:
            raise TwilioError(21617, f"{len(body)} characters")
        if len(media_urls) > MEDIA_LIMIT:
            raise TwilioError(21623)
        category = "service" if channel == "whatsapp" else ""
        return {"text": body, "category": category}

    def _from_content(self, form: Json) -> Json:
        content = self.store.contents.get(form["ContentSid"])
        if content is None:
            raise TwilioError(20404, form["ContentSid"])
        try:
            values = json.loads(form.get("ContentVariables") or "{}")
        except ValueError as err:
            raise TwilioError(21656, str(err)) from err
        if not isinstance(values, dict) or not all(
            isinstance(value, str) for value in values.values()
        ):
            raise TwilioError(21656, "a JSON object of texts is needed")
        for value in values.values():
            if not value or re.search(r"\n\n| {5,}", value):
                raise TwilioError(63013, "empty variable, spaces or newlines")
        values = {**content.get("variables", {}), **values}
        return filled_content(content, values)

    def _late_failure(self, message: Message, phone: Phone, form: Json) -> None:
        """Plan 63016: no approved template outside the 24 h window (WhatsApp only)."""
        content = self.store.contents.get(message.template, {})
        approved = content.get("approval", {}).get("status") == "approved"
        if message.channel != "whatsapp" or approved:
            return
        opened = phone.last_inbound.get(message.account, 0)
        if self.store.now() - opened > WINDOW_SECONDS:
            message.extra["fail_code"] = 63016

    async def _attach(self, message: Message, media_urls: list[str]) -> None:
        urls = [*media_urls, *message.extra.pop("media_urls", [])]
        for url in urls:
            try:
                media = await self.links.fetch(url, message.account, head=True)
            except LinkError as err:
                message.extra.update(fail_code=63034, fail_details=str(err))
                return
            message.media.append(media_entry(media, media.filename))
            if message.header is None:
                message.header = {"kind": "document", "filename": media.filename}
