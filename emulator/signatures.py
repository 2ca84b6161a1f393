"""Webhook signatures of both providers."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def meta_signature(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    """Sign the exact bytes of a body: ``sha256=<hex>`` (X-Hub-Signature-256)."""
    digest = hmac.new(secret.encode(), body, getattr(hashlib, algorithm))
    return f"{algorithm}={digest.hexdigest()}"


def twilio_signature(
    token: str, url: str, params: Iterable[tuple[str, str]] = ()
) -> str:
    """Sign a form post: URL, then each name with its sorted distinct values.

    Base64 of HMAC-SHA1, header X-Twilio-Signature.
    """
    text = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()
