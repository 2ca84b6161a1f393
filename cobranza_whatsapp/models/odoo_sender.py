"""What senders that go through Odoo itself have in common.

They answer like the providers in core, with the same results, but they need a
database: they run in the main thread, one message after the other, and never in the
threads of `_cron_send`.
"""

from ..core.errors import SignatureError
from ..core.providers.base import Provider
from ..core.types import Failure, SendResult, StatusEvent


class OdooSender(Provider):
    """One sender inside Odoo. Keep one for a run and close it at the end.

    ``channels``, ``STATUSES`` and ``ERROR_CODES`` as in core. What becomes of a message
    later comes as an event of ours, never by a webhook of this account.
    """

    def __init__(self, account):
        self._account = account
        self._env = account.env

    def send_record(self, message, outgoing, before_writing):
        """Send one message, once; return a SendResult.

        ``before_writing`` is called right before the first byte of the message leaves.
        Never raises for what a server does. Side effects: rows of Odoo's own models,
        to be committed by the caller with the result.
        """
        raise NotImplementedError(f"{type(self).__name__}.send_record")

    def close(self):
        """Give connections back."""

    def verify(self, request):
        """Refuse: nobody outside speaks for Odoo."""
        raise SignatureError("Odoo's own senders have no webhook")

    def split(self, request):
        """Extend Provider: never called, because nothing can be verified."""
        return []

    def read_item(self, payload):
        """Translate one of our own events: {uuid, status, code, detail}."""
        uuid, status = payload.get("uuid"), payload.get("status")
        if not uuid or not status:
            raise ValueError("The event names no message or no status.")
        state = self.STATUSES.get(status)
        failure = None
        if state == "failed":
            code = payload.get("code") or ""
            failure = Failure(
                self.ERROR_CODES.get(code, "undelivered"),
                code=code,
                detail=payload.get("detail") or "",
            )
        return StatusEvent(
            provider_message_uid=payload.get("uid") or "",
            uuid=uuid,
            state=state,
            raw_status=status,
            occurred_at_utc=None,
            failure=failure,
        )

    def _result(self, failure):
        status = "uncertain" if failure.error_class == "uncertain" else "rejected"
        return SendResult(status, failure=failure)
