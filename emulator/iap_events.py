"""Delivery reports of Odoo's SMS service, as its JSON-RPC address takes them."""

from .models import GatewayAccount, Message
from .webhooks import Event

# Words of a report, for the states of our messages.
WORDS = {"sent": "sent", "delivered": "delivered", "undelivered": "not_delivered"}


def status(account: GatewayAccount, message: Message) -> Event | None:
    """Return the report of the message's last status."""
    if not message.status_callback or message.status not in WORDS:
        return None
    report = {"sms_status": WORDS[message.status], "uuids": [message.uuid]}
    payload = {
        "jsonrpc": "2.0",
        "method": "call",
        "id": message.uuid,
        "params": {"message_statuses": [report]},
    }
    return Event(account.id, payload, message.status_callback)
