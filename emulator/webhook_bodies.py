"""Bytes and headers of the webhooks of all providers."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from .models import GatewayAccount, Json, MetaAccount, TwilioAccount
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
    """Return the headers of a Meta webhook, or of the gateway that passes it on."""
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    if account.webhook_headers:
        return {**headers, **account.webhook_headers}
    signature = meta_signature(account.app_secret, body)
    return {**headers, "X-Hub-Signature-256": signature}


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


def gateway_request(
    account: GatewayAccount, url: str, content: Json, secret: str | None = None
) -> tuple[str, str, bytes, dict[str, str]]:
    """Return (method, URL, body, headers) of an event; ``secret`` None: the right one.

    The proof is a header, a parameter, a signature of the body, or nothing where the
    address that the client gave is the proof.
    """
    secret = account.secret if secret is None else secret
    if account.report_method == "GET":
        values = {name: str(value) for name, value in content.items()}
        if account.proof == "parameter":
            values[account.proof_name] = secret
        joint = "&" if "?" in url else "?"
        return "GET", f"{url}{joint}{urlencode(values)}", b"", {}
    body = json.dumps(content, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"}
    if account.proof == "hmac":
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers[account.proof_name] = digest
    elif account.proof == "header":
        headers[account.proof_name] = secret
    elif account.proof == "parameter":
        joint = "&" if "?" in url else "?"
        url += joint + urlencode({account.proof_name: secret})
    return "POST", url, body, headers
