"""Meta webhooks: what each event says (reference/providers.md 1.9)."""

from . import phone_numbers
from .meta_errors import webhook_error
from .models import Json, Media, Message, MetaAccount, Phone, Template
from .webhooks import Event

FAILURE_DETAILS = {
    131026: "Message undeliverable. The recipient is not a WhatsApp user, has not"
    " accepted the terms, or uses an old version.",
    131053: "Media upload error: the link could not be downloaded.",
}
BILLED = {"sent", "delivered", "read"}


def failure(code: int, message: Message) -> Json:
    """Return the error object of an asynchronous failure."""
    details = message.extra.get("fail_details") or FAILURE_DETAILS.get(code, "")
    return webhook_error(code, details)


def _value(account: MetaAccount) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": account.display_phone_number,
            "phone_number_id": account.phone_number_id,
        },
    }


def _contact(phone: Phone) -> Json:
    wa_id = phone_numbers.wa_id(phone.number)
    return {"profile": {"name": phone.name or f"+{wa_id}"}, "wa_id": wa_id}


def status(account: MetaAccount, message: Message, phone: Phone) -> Event | None:
    """Return the event for the message's last status."""
    if not account.subscribed:
        return None
    name, moment = message.statuses[-1]
    entry: Json = {
        "id": message.id,
        "status": name,
        "timestamp": str(int(moment)),
        "recipient_id": phone_numbers.wa_id(phone.number),
    }
    if message.uuid:
        entry["biz_opaque_callback_data"] = message.uuid
    if name in BILLED and message.category:
        entry["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": message.category.lower(),
        }
    if message.error:
        entry["errors"] = [message.error]
    value = {**_value(account), "contacts": [_contact(phone)], "statuses": [entry]}
    return Event(account.id, {"value": value, "field": "messages"})


def inbound(account: MetaAccount, message: Message, phone: Phone) -> Event | None:
    """Return the event for a message from the customer."""
    if not account.subscribed:
        return None
    entry: Json = {
        "from": phone_numbers.wa_id(phone.number),
        "id": message.id,
        "timestamp": str(int(message.accepted_at)),
        "type": message.kind,
        message.kind: message.payload,
    }
    if message.context_id:
        entry["context"] = {
            "from": account.display_phone_number,
            "id": message.context_id,
        }
    value = {**_value(account), "contacts": [_contact(phone)], "messages": [entry]}
    return Event(account.id, {"value": value, "field": "messages"})


def media_object(media: Media, caption: str) -> Json:
    """Return the ``document`` or ``image`` of an inbound message."""
    found = {"id": media.id, "mime_type": media.mime_type, "sha256": media.sha256}
    if not media.mime_type.startswith("image/"):
        found["filename"] = media.filename
    if caption:
        found["caption"] = caption
    return found


def template_status(account: MetaAccount, template: Template) -> Event | None:
    """Return the event for a template's new status."""
    if not account.subscribed:
        return None
    value: Json = {
        "event": template.status,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": template.rejected_reason,
    }
    if template.status == "PAUSED":
        value["other_info"] = {
            "title": "FIRST_PAUSE",
            "description": "Your WhatsApp message template has been paused for 3 hours",
        }
    return Event(
        account.id, {"value": value, "field": "message_template_status_update"}
    )


def _named(template: Template) -> Json:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def template_category(
    account: MetaAccount, template: Template, previous: str
) -> Event | None:
    """Return the event for a category that Meta changed by itself."""
    if not account.subscribed:
        return None
    value = {
        **_named(template),
        "previous_category": previous,
        "new_category": template.category,
    }
    return Event(account.id, {"value": value, "field": "template_category_update"})


def template_category_notice(
    account: MetaAccount, template: Template, coming: str
) -> Event | None:
    """Return the notice that the category will be another one tomorrow."""
    if not account.subscribed:
        return None
    value = {
        **_named(template),
        "new_category": template.category,
        "correct_category": coming,
    }
    return Event(account.id, {"value": value, "field": "template_category_update"})


def template_quality(
    account: MetaAccount, template: Template, previous: str
) -> Event | None:
    """Return the event for a quality that changed."""
    if not account.subscribed:
        return None
    value = {
        **_named(template),
        "previous_quality_score": previous,
        "new_quality_score": template.quality,
    }
    return Event(
        account.id, {"value": value, "field": "message_template_quality_update"}
    )
