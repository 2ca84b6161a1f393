"""Does the internet reach our webhook? Asked by ourselves, as a provider would."""

import secrets

from ..types import CheckItem
from .transport import Call, HttpClient, HttpError


def check_webhook(
    http: HttpClient, url: str, verify_token: str = "", timeout_seconds: float = 10.0
) -> CheckItem:
    """Return whether our own controller answers under the public address.

    With ``verify_token`` the address must give back a challenge, as Meta demands when
    the webhook is set up ("Webhooks", verification requests). Without it an unsigned
    request must be refused with 403, which no other page at that address does. Never
    follows a redirect, never raises.
    """
    challenge = secrets.token_hex(8)
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": verify_token,
        "hub.challenge": challenge,
    }
    call = Call("POST", url, content=b"", timeout_seconds=timeout_seconds)
    if verify_token:
        call = Call("GET", url, query=query, timeout_seconds=timeout_seconds)
    try:
        reply = http.send(call)
    except HttpError as err:
        return CheckItem("webhook_reached", False, err.code)
    if verify_token:
        is_ours = reply.status == 200 and reply.body.decode("latin-1") == challenge
    else:
        is_ours = reply.status == 403
    return CheckItem(
        "webhook_reached", is_ours, "" if is_ours else f"HTTP {reply.status}"
    )
