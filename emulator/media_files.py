"""Keeping files: uploaded, linked or sent by a customer."""

import hashlib
import random

from .models import Media
from .store import Store

DAY_SECONDS = 86400
UPLOADED_DAYS, INBOUND_DAYS = 30, 7
MB = 1024 * 1024
# Largest size by type, bytes (reference/providers.md 1.3).
LIMITS = {
    "application/pdf": 100 * MB,
    "application/msword": 100 * MB,
    "application/vnd.ms-excel": 100 * MB,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * MB,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * MB,
    "text/plain": 100 * MB,
    "image/jpeg": 5 * MB,
    "image/png": 5 * MB,
    "image/webp": 512 * 1024,
    "audio/mpeg": 16 * MB,
    "audio/ogg": 16 * MB,
    "video/mp4": 16 * MB,
}


def keep_file(
    store: Store,
    owner: str,
    filename: str,
    mime_type: str,
    content: bytes,
    *,
    inbound: bool = False,
    identifier: str = "",
) -> Media:
    """Store bytes and return their record; it expires in 30 days, 7 if inbound."""
    now = store.now()
    days = INBOUND_DAYS if inbound else UPLOADED_DAYS
    media = Media(
        id=identifier or numeric_id(),
        owner=owner,
        filename=filename,
        mime_type=mime_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        uploaded_at=now,
        expires_at=now + days * DAY_SECONDS,
        inbound=inbound,
    )
    store.put_bytes(media.sha256, content)
    store.media[media.id] = media
    store.save(media)
    return media


def numeric_id() -> str:
    """Return an id as Meta's objects have: 16 digits."""
    return str(random.SystemRandom().randrange(10**15, 10**16))
