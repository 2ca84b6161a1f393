"""Bytes and headers of the webhooks of both providers."""

import json
from urllib.parse import urlencode

from .models import Json, MetaAccount, TwilioAccount
from .signatures import meta_signature, twilio_signature
from .store import new_id


def meta_body(account: MetaAccount, changes: list[Json], moments: list[int]) -> bytes:
    """Write the payload as Meta does: compact, non-ASCII as ``\\uXXXX``.

    News about templates and accounts say when they happened (Unix seconds), in an
    entry of their own; statuses and messages carry their own times.
    """
    entries: list[Json] = []
    for change, moment in zip(changes, moments, strict=True):
        entry = {"id": account.waba_id}
        if change.get("field") != "messages":
            entry["time"] = moment
        same = entries and {**entries[-1], "changes": 0} == {**entry, "changes": 0}
        if not same:
            entries.append({**entry, "changes": []})
        entries[-1]["changes"].append(change)
    payload = {"object": "whatsapp_business_account", "entry": entries}
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
