"""Delivery reports and replies of the generic SMS gateway."""

from . import phone_numbers
from .gateway_dialects import report
from .models import GatewayAccount, Message, Phone
from .webhooks import Event


def status(account: GatewayAccount, message: Message) -> Event | None:
    """Return the report of the message's last status, if somebody wants it."""
    url = message.status_callback or account.webhook_url
    if not url or account.dialect != "generic":
        return None
    return Event(account.id, report(message), url)


def inbound(account: GatewayAccount, message: Message, phone: Phone) -> Event | None:
    """Return the post for a message from the customer."""
    if not account.webhook_url:
        return None
    content = {
        "id": message.id,
        "from": phone_numbers.digits(phone.number),
        "text": message.text,
    }
    return Event(account.id, content)
