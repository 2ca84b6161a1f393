"""What a connection test checked, as sentences."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CHECKS = {
    "configuration": _lt("All fields of the account are filled in"),
    "address": _lt("The address of the provider is well formed"),
    "dns": _lt("The provider's address is found"),
    "reachable": _lt("The provider can be reached"),
    "tls": _lt("The connection is secure"),
    "answer": _lt("The provider accepts the question"),
    "token": _lt("The access token is valid"),
    "permissions": _lt("The token may send messages and manage templates"),
    "phone_number": _lt("The sender number belongs to the account"),
    "sender": _lt("The sender number belongs to the account"),
    "quality": _lt("The quality of the number is good"),
    "phone_status": _lt("The number is connected"),
    "messaging_limit": _lt("Customers a day that WhatsApp allows"),
    "business_account": _lt("The WhatsApp business account holds the number"),
    "account": _lt("The account is active"),
    "templates": _lt("The templates can be read"),
    "webhook_address": _lt("The gateway knows where its events go"),
    "mail_server": _lt("Odoo's outgoing mail server accepts the connection"),
    "sms_service": _lt("Odoo's SMS service has an account"),
    "webhook": _lt("An app is subscribed to the business account"),
    "webhook_reached": _lt(
        "The internet reaches our webhook; if not, check the public address and "
        "whether your server lets /cobranza/ through"
    ),
    "stage_templates": _lt(
        "Every stage has a template that this account may send; if not, create or "
        "approve those of"
    ),
}


def check_sentence(env, item):
    """Return one line of a connection test: a mark, what was checked, details."""
    lazy = CHECKS.get(item.code)
    label = env._(lazy) if lazy else item.code
    mark = "✓" if item.passed else "✗"
    return f"{mark} {label}" + (f": {item.detail}" if item.detail else "")
