"""Twilio webhooks: status callbacks and incoming messages (providers.md 2.2, 2.3)."""

from . import phone_numbers
from .models import Json, Message, Phone, TwilioAccount
from .webhooks import Event

API_VERSION = "2010-04-01"


def status(account: TwilioAccount, message: Message) -> Event | None:
    """Return the callback for the message's last status, if one was asked for."""
    name = message.statuses[-1][0]
    if not message.status_callback or name == "queued" and not account.options.queued:
        return None
    form: Json = {
        "MessageSid": message.id,
        "MessageStatus": name,
        "SmsSid": message.id,
        "SmsStatus": name,
        "AccountSid": account.account_sid,
        "From": message.sender,
        "To": message.to,
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service:
        form["MessagingServiceSid"] = message.messaging_service
    if message.error:
        form["ErrorCode"] = message.error["code"]
    if message.channel == "whatsapp":
        form["ChannelPrefix"] = "whatsapp"
        form["ChannelToAddress"] = "+" + phone_numbers.digits(message.to)
        if name == "read":
            form["EventType"] = "READ"
    return Event(account.id, form, message.status_callback)


def inbound(account: TwilioAccount, message: Message, phone: Phone) -> Event | None:
    """Return the post for a message from the customer."""
    if not account.webhook_url:
        return None
    form: Json = {
        "ToCountry": "",
        "SmsMessageSid": message.id,
        "NumMedia": len(message.media),
        "SmsSid": message.id,
        "SmsStatus": "received",
        "Body": message.text,
        "To": message.sender,
        "NumSegments": 1,
        "MessageSid": message.id,
        "AccountSid": account.account_sid,
        "From": message.to,
        "ApiVersion": API_VERSION,
    }
    for place, media in enumerate(message.media):
        form[f"MediaUrl{place}"] = media["url"]
        form[f"MediaContentType{place}"] = media["mime_type"]
    if message.channel == "whatsapp":
        form.update(_whatsapp_fields(message, phone))
    return Event(account.id, form)


def _whatsapp_fields(message: Message, phone: Phone) -> Json:
    answered = message.context_id
    optional = {
        "ButtonText": message.extra.get("button_text", ""),
        "ButtonPayload": message.extra.get("button_payload", ""),
        "OriginalRepliedMessageSid": answered,
        "OriginalRepliedMessageSender": message.sender if answered else "",
    }
    return {
        "ProfileName": phone.name or "+" + phone.number,
        "WaId": phone_numbers.wa_id(phone.number),
        "MessageType": message.kind,
        **{name: value for name, value in optional.items() if value},
    }
