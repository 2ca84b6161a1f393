"""Webhooks as Meta writes them, and messages that they speak of."""

import hashlib
import hmac
import json
from uuid import uuid4

SECRET = "app-secret"
AUTH_TOKEN = "auth-token"
NUMBER = "+525512345678"


def meta_status(uid="wamid.1", status="delivered", uuid="", **values):
    """Return one status as Meta reports it."""
    return {
        "id": uid,
        "status": status,
        "timestamp": "1795400000",
        "recipient_id": NUMBER.lstrip("+"),
        "biz_opaque_callback_data": uuid,
        **values,
    }


def meta_body(*statuses, messages=()):
    """Return the bytes of one webhook of Meta."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "525550001000",
            "phone_number_id": "1065",
        },
    }
    if statuses:
        value["statuses"] = list(statuses)
    if messages:
        value["messages"] = list(messages)
    entry = {"id": "2001", "changes": [{"field": "messages", "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(body).encode()


def meta_signature(body, secret=SECRET):
    """Return the header that Meta signs a body with."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class WebhookAccounts:
    """Accounts of both providers, and messages that they have sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whatsapp = cls.make_account(
            "whatsapp",
            provider="whatsapp_cloud",
            phone_number_uid="1065",
            business_account_uid="2001",
            api_token="token",
            signing_secret=SECRET,
        )
        cls.sms = cls.make_account(
            "sms",
            provider="twilio",
            account_uid="AC" + "a" * 32,
            sender="+15005550006",
            api_token=AUTH_TOKEN,
        )
        cls.customer = cls.make_customer(phone=NUMBER)

    @classmethod
    def make_message(cls, state="sent", **values):
        """Create a message that WhatsApp has, without planning anything."""
        return cls.env["cobranza.message"].create(
            {
                "uuid": str(uuid4()),
                "kind": "reminder",
                "direction": "out",
                "channel": "whatsapp",
                "state": state,
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "account_id": cls.whatsapp.id,
                "recipient": NUMBER,
                "recipient_key": NUMBER.lstrip("+"),
                "provider_message_uid": f"wamid.{uuid4().hex}",
                **values,
            }
        )

    def events(self):
        """Return all events of our accounts, oldest first."""
        accounts = self.whatsapp + self.sms
        return self.env["cobranza.event"].search(
            [("account_id", "in", accounts.ids)], order="id"
        )

    def store(self, *statuses, messages=()):
        """Store the items of a webhook of Meta, as the controller does."""
        provider = self.whatsapp._cobranza_provider()
        body = meta_body(*statuses, messages=messages)
        request = type("Request", (), {"body": body})
        self.env["cobranza.event"]._cobranza_ingest(
            self.whatsapp, provider.split(request)
        )
