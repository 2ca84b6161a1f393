"""All senders that go through Odoo itself: the one list to extend for a new one."""

from ..core.providers import registry
from .odoo_sender_email import OdooEmail
from .odoo_sender_sms import OdooSms

SENDERS = {sender.code: sender for sender in (OdooEmail, OdooSms)}
# Accounts of these send nothing, wherever the database stands.
SIMULATED = tuple(
    one.code
    for one in (*SENDERS.values(), *registry.PROVIDERS.values())
    if one.is_simulated
)


def provider_class(code):
    """Return the class that sends for an account's provider, None for no such code."""
    return SENDERS.get(code) or registry.PROVIDERS.get(code)
