"""Posting any webhook body, with any kind of signature."""

import json
from typing import Any
from urllib.parse import urlencode

from .models import GatewayAccount, Json, MetaAccount
from .signatures import meta_signature, twilio_signature
from .webhook_bodies import gateway_request

SIGNATURES = {"good", "bad", "missing", "old"}
BAD_SECRET = "not-the-secret"  # noqa: S105 (on purpose wrong)


async def post(emulator: Any, wanted: Json) -> Json:
    """Post ``body`` (text, or an object) to ``url`` or the account's webhook.

    ``signature``: good, bad (another secret), missing, or old (the secret before
    the last change). Returns the status, or None and the error.
    """
    account = emulator.store.account(str(wanted["account"]))
    kind = wanted.get("signature", "good")
    if account is None or kind not in SIGNATURES:
        raise ValueError(f"a known account and signature ({sorted(SIGNATURES)})")
    url = wanted.get("url") or account.webhook_url
    secret = {"good": account.secret, "old": account.previous_secret}.get(
        kind, BAD_SECRET
    )
    body, method = wanted["body"], "POST"
    if isinstance(account, GatewayAccount):
        given = "" if kind == "missing" else secret
        method, url, content, headers = gateway_request(account, url, body, given)
        kind = "missing"  # everything is said
        signature = ("", "")
    elif isinstance(account, MetaAccount):
        raw = body if isinstance(body, str) else json.dumps(body)
        content = raw.encode()
        headers = {"Content-Type": "application/json"}
        signature = ("X-Hub-Signature-256", meta_signature(secret, content))
    else:
        pairs = [(name, str(value)) for name, value in body.items()]
        content = urlencode(pairs).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        signature = ("X-Twilio-Signature", twilio_signature(secret, url, pairs))
    if kind != "missing":
        headers[signature[0]] = signature[1]
    status, error = await emulator.sender.send_raw(url, content, headers, method)
    return {"status": status, "error": error, "url": url}
