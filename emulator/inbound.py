"""Messages from the customer's phone: typed, by button, or with a file."""

import base64
import binascii
import secrets
from dataclasses import dataclass

from . import gateway_events, meta_events, phone_numbers, twilio_events
from .lifecycle import Lifecycle
from .media_files import keep_file
from .models import (
    Account,
    GatewayAccount,
    Json,
    Media,
    Message,
    MetaAccount,
    Phone,
    TwilioAccount,
)
from .store import Store, new_id
from .twilio_send import START_WORDS, STOP_WORDS

STOP_ANSWER = (
    "You have successfully been unsubscribed. You will not receive any more"
    " messages from this number. Reply START to resubscribe."
)
START_ANSWER = (
    "You have successfully been re-subscribed to messages from this number."
    " Reply HELP for help. Reply STOP to unsubscribe."
)


class ReplyError(ValueError):
    """A reply that this phone cannot send, with the reason."""


@dataclass
class Reply:
    """What the customer sends. ``context_id``: the message it answers."""

    channel: str
    text: str = ""
    button: Json | None = None
    media: Json | None = None
    context_id: str = ""
    account: str = ""


def send_reply(
    store: Store, lifecycle: Lifecycle, phone: Phone, reply: Reply
) -> Message:
    """Take a reply of a phone and tell the business; raise ReplyError."""
    if not phone.online:
        raise ReplyError("the phone is in airplane mode")
    if reply.channel == "whatsapp" and not phone.on_whatsapp:
        raise ReplyError("this number is not on WhatsApp")
    if not (reply.text or reply.button or reply.media):
        raise ReplyError("text, button or media is needed")
    account, sender = _receiver(store, phone, reply)
    message = _message(store, phone, reply, account, sender)
    phone.last_inbound[account.id] = store.now()
    store.save(phone)
    store.add_message(message)
    lifecycle.live.changed(phone.key)
    if isinstance(account, MetaAccount):
        event = meta_events.inbound(account, message, phone)
    elif isinstance(account, GatewayAccount):
        event = gateway_events.inbound(account, message, phone)
    else:
        event = twilio_events.inbound(account, message, phone)
        _keyword(store, account, message)
    if event:
        event.message_id = message.id
        lifecycle.sender.submit(event)
    return message


def _receiver(store: Store, phone: Phone, reply: Reply) -> tuple[Account, str]:
    """Return the account and business address a reply goes to.

    The account asked for, else the one of the message it answers, else the last
    one that wrote on this channel, else the first that has the channel.
    """
    answered = store.messages.get(reply.context_id)
    conversation = store.by_phone.get(phone.key, [])
    if reply.account:
        account = store.account(reply.account)
        if account is None:
            raise ReplyError(f"unknown account {reply.account}")
        return account, _address(account, reply.channel)
    for message in [answered] if answered else reversed(conversation):
        account = store.account(message.account)
        if account and message.channel == reply.channel:
            return account, message.sender
    for one in store.accounts:
        address = _address(one, reply.channel)
        if address:
            return one, address
    raise ReplyError(f"no account has the channel {reply.channel}")


def _address(account: Account, channel: str) -> str:
    """Return the address a customer writes to, empty if the channel is not there."""
    if isinstance(account, MetaAccount):
        return account.display_phone_number if channel == "whatsapp" else ""
    if isinstance(account, GatewayAccount):
        return account.number if channel == "sms" else ""
    if channel == "whatsapp":
        numbers = account.whatsapp_numbers
        return f"whatsapp:{numbers[0]}" if numbers else ""
    return account.numbers[0] if account.numbers else ""


def _message(
    store: Store, phone: Phone, reply: Reply, account: Account, sender: str
) -> Message:
    is_meta = isinstance(account, MetaAccount)
    is_twilio = isinstance(account, TwilioAccount)
    prefix = "whatsapp:" if is_twilio and reply.channel == "whatsapp" else ""
    message = Message(
        id=_inbound_id() if is_meta else new_id("SM"),
        seq=store.next_number(),
        provider=account.provider,
        channel=reply.channel,
        direction="in",
        account=account.id,
        sender=sender,
        to=f"{prefix}+{phone_numbers.digits(phone.number)}",
        phone=phone.key,
        kind="text",
        accepted_at=store.now(),
        text=reply.text,
        context_id=reply.context_id,
        status="received",
        payload={"body": reply.text},
    )
    if reply.button:
        _add_button(store, message, reply.button)
    elif reply.media:
        _add_media(store, message, reply.media, account)
    return message


def _add_button(store: Store, message: Message, button: Json) -> None:
    """A button of a template is ``button``, of an interactive one ``interactive``."""
    title = str(button.get("title", ""))
    payload = str(button.get("payload") or title)
    message.text = title
    message.extra.update(button_text=title, button_payload=payload)
    answered = store.messages.get(message.context_id)
    if answered is not None and answered.kind == "interactive":
        message.kind = "interactive"
        message.payload = {
            "type": "button_reply",
            "button_reply": {"id": payload, "title": title},
        }
        return
    message.kind = "button"
    message.payload = {"payload": payload, "text": title}


def _add_media(store: Store, message: Message, wanted: Json, account: Account) -> None:
    try:
        content = base64.b64decode(wanted.get("base64", ""), validate=True)
    except (binascii.Error, ValueError) as err:
        raise ReplyError("media.base64 is not base64") from err
    kind = str(wanted.get("mime_type", "application/pdf"))
    name = str(wanted.get("filename", "archivo"))
    identifier = "" if isinstance(account, MetaAccount) else new_id("ME")
    media = keep_file(
        store, account.id, name, kind, content, inbound=True, identifier=identifier
    )
    message.kind = "image" if kind.startswith("image/") else "document"
    message.payload = meta_events.media_object(media, message.text)
    message.header = {"kind": message.kind, "filename": name}
    message.media = [_entry(store, media, message)]


def _entry(store: Store, media: Media, message: Message) -> Json:
    return {
        "id": media.id,
        "filename": media.filename,
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "size": media.size,
        "url": f"{store.base_url}/twilio/2010-04-01/Accounts/{message.account}"
        f"/Messages/{message.id}/Media/{media.id}",
    }


def _keyword(store: Store, account: TwilioAccount, message: Message) -> None:
    """Keep Twilio's own opt-out list and show its answer (SMS only)."""
    word = message.text.strip().upper()
    if not account.opt_out or message.channel != "sms":
        return
    pair = f"{message.sender}>{message.phone}"
    if word in STOP_WORDS:
        account.opted_out[pair] = store.now()
        answer = STOP_ANSWER
    elif word in START_WORDS:
        account.opted_out.pop(pair, None)
        answer = START_ANSWER
    else:
        return
    store.save(account)
    notice = Message(
        id=new_id("SM"),
        seq=store.next_number(),
        provider="twilio",
        channel="sms",
        direction="auto",
        account=account.id,
        sender=message.sender,
        to=message.to,
        phone=message.phone,
        kind="text",
        accepted_at=store.now(),
        text=answer,
        status="delivered",
    )
    store.add_message(notice)


def _inbound_id() -> str:
    raw = b"\x1d\x0b52" + secrets.token_bytes(20)
    return "wamid." + base64.b64encode(raw).decode()
