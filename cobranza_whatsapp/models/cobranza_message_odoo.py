import logging
import socket
import time
import uuid

from odoo import api, models

from ..core import journal
from ..core.types import WebhookItem

_logger = logging.getLogger(__name__)

# A run stops claiming after this time, so that it ends within a minute.
RUN_SECONDS = 45
# So many messages in doubt, one after the other: the server does not answer.
SILENT_RESULTS = 5
# The longest that a run sleeps to keep an account's pace.
PACE_SECONDS_MAX = 5


class CobranzaMessage(models.Model):
    """Send through Odoo itself: e-mail and SMS, one message after the other."""

    _inherit = "cobranza.message"

    @api.model
    def _cron_send_odoo(self):
        """Send what is due by Odoo's own mail and SMS, in this thread.

        Apart from `_cron_send`, so that a slow mail server delays no other account. A
        message is committed as sending, sent, and its result committed before the next
        is claimed: never more than one is in doubt. No error of one message leaves it.
        Side effects: e-mails, SMS; a journal file while it runs; commits.
        """
        self._cobranza_recover()
        run_uid = f"{socket.gethostname()}-odoo-{uuid.uuid4().hex}"
        log = journal.Journal(self._cobranza_journals(), run_uid)
        started, senders, doubts = time.monotonic(), {}, {}
        more, finished = True, False
        try:
            while more and time.monotonic() - started < RUN_SECONDS:
                more = False
                for account in self._cobranza_due_accounts(by_odoo=True):
                    sender = senders.setdefault(
                        account.id, account._cobranza_provider()
                    )
                    found = self._cobranza_send_next(account, sender, log, run_uid)
                    claimed, messages = found
                    more = more or bool(claimed)
                    self._cobranza_watch_doubts(account, messages, doubts)
            finished = True
        finally:
            for sender in senders.values():
                sender.close()
            log.close(remove=finished)

    @api.model
    def _cobranza_send_next(self, account, sender, log, run_uid):
        """Send the next message of an account; return (number claimed, those sent)."""
        jobs, claimed = self._cobranza_claim_jobs(account, run_uid, limit=1)
        for message_id, outgoing in jobs:
            [wait] = self.env["cobranza.pace"]._cobranza_reserve(account, 1)
            time.sleep(min(wait, PACE_SECONDS_MAX))
            message = self.browse(message_id)
            try:
                result = sender.send_record(
                    message, outgoing, lambda o=outgoing: log.written(o.uuid)
                )
                log.answered(outgoing.uuid, result)
            except Exception as error:
                # What Odoo's rows would have told is lost with the transaction.
                self.env.cr.rollback()
                _logger.exception("Message %d: Odoo could not send it", message_id)
                result = error
            # The rows of Odoo's own models are kept with the answer, or without it.
            self.env["ir.cron"]._commit_progress()
            self._cobranza_record([(message_id, result)])
        return claimed, self.browse([message_id for message_id, _outgoing in jobs])

    @api.model
    def _cobranza_watch_doubts(self, account, messages, doubts):
        """Hold an account whose last messages are all in doubt."""
        for message in messages:
            doubtful = message.state == "uncertain"
            doubts[account.id] = doubts.get(account.id, 0) + 1 if doubtful else 0
        if doubts.get(account.id, 0) >= SILENT_RESULTS:
            account.sudo()._cobranza_set_hold("account_silent")
            self.env["ir.cron"]._commit_progress()

    # --- reports ----------------------------------------------------------------------

    def _cobranza_report(self, status, **values):
        """Store what Odoo came to know of this message as an event, to be applied."""
        self.ensure_one()
        # sudo: events are written by the system; Odoo checked who reports.
        self.env["cobranza.event"].sudo()._cobranza_ingest(
            self.account_id,
            [
                WebhookItem(
                    key=f"odoo:{self.uuid}:{status}",
                    payload={"uuid": self.uuid, "status": status, **values},
                )
            ],
        )
