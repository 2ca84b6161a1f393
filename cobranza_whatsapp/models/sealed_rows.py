"""Which rows are evidence, and which of their columns a seal holds.

A row is sealed once nothing of these columns changes any more. A customer's id is not
among them: two customers may be merged. What moves on afterwards (the state of a
message) is proved by receipts, which are rows of their own.
"""

from typing import NamedTuple


class Sealed(NamedTuple):
    """A table whose rows are sealed; ``ready`` is SQL over its alias "t".

    ``personal`` columns are blanked at the end of the retention.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    ready: str = "TRUE"
    personal: tuple[str, ...] = ()


SEALED = (
    Sealed(
        "consent",
        "cobranza_consent",
        (
            "company_id",
            "number",
            "channel",
            "purpose",
            "granted",
            "basis",
            "origin",
            "text_shown",
            "proof",
            "attachment_id",
            "given_at",
            "user_id",
            "message_id",
        ),
        personal=("number", "proof"),
    ),
    Sealed(
        "message",
        "cobranza_message",
        (
            "uuid",
            "kind",
            "direction",
            "channel",
            "company_id",
            "currency_id",
            "amount",
            "language",
            "subject",
            "body",
            "recipient",
            "snapshot",
            "document_checksum",
            "claimed_at",
        ),
        ready="t.state NOT IN ('proposed', 'queued', 'sending', 'uncertain')",
        personal=("subject", "body", "recipient", "snapshot"),
    ),
    Sealed(
        "event",
        "cobranza_event",
        ("account_id", "key", "payload", "received_at"),
        personal=("payload",),
    ),
    Sealed(
        "receipt",
        "cobranza_receipt",
        (
            "message_id",
            "state",
            "reason",
            "source",
            "event_key",
            "provider_message_uid",
            "user_id",
            "occurred_at",
            "create_date",
        ),
    ),
)
BY_KIND = {sealed.kind: sealed for sealed in SEALED}
