"""Bytes and headers of the webhooks of both providers."""

import json
from urllib.parse import urlencode

from .models import Json, MetaAccount, TwilioAccount
from .signatures import meta_signature, twilio_signature
from .store import new_id


def meta_body(account: MetaAccount, changes: list[Json]) -> bytes:
    """Write the payload as Meta does: compact, non-ASCII as ``\\uXXXX``."""
    payload = {
        "object": "whatsapp_business_account",
        "entry": [{"id": account.waba_id, "changes": changes}],
    }
    return json.dumps(payload, separators=(",", ":")).encode()


def meta_headers(account: MetaAccount, body: bytes) -> dict[str, str]:
    """Return the headers of a Meta webhook."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature-256": meta_signature(account.app_secret, body),
    }


def twilio_request(
    account: TwilioAccount, url: str, form: Json
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a signed Twilio form post."""
    pairs = [(name, str(value)) for name, value in form.items()]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": twilio_signature(account.auth_token, url, pairs),
        "I-Twilio-Idempotency-Token": new_id(),
    }
    return urlencode(pairs).encode(), headers
