import logging
import random
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from ..core.errors import NotStarted
from . import reasons
from .send_run import SILENT_RESULTS

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 6
FIRST_BACKOFF_SECONDS = 60
PAIR_SECONDS = 120
CAP_HOURS = 24
RECORD_TRIES = 5


class CobranzaMessage(models.Model):
    """Results: what the provider answered becomes state, ids and chatter."""

    _inherit = "cobranza.message"

    @api.model
    def _cobranza_record(self, results):
        """Write results and commit; kept in memory and tried again on a conflict.

        ``results`` are (message id, SendResult or exception) pairs. What cannot be
        written at all is left in `sending` and becomes uncertain later.
        """
        for attempt in range(RECORD_TRIES):
            try:
                self._cobranza_write_results(results)
                # The provider's answers are irreversible: keep them at once.
                self.env["ir.cron"]._commit_progress()
                return
            except psycopg2.errors.SerializationFailure:
                self.env.cr.rollback()
                time.sleep(0.05 * 2**attempt)
            except Exception:
                self.env.cr.rollback()
                if len(results) == 1:
                    _logger.exception("Message %d: result not recorded", results[0][0])
                    return
                # One bad record must not take the results of the others with it.
                for result in results:
                    self._cobranza_record([result])
                return
        _logger.error("Results of %d messages not recorded", len(results))

    @api.model
    def _cobranza_write_results(self, results):
        outcomes = dict(results)
        messages = self.browse(outcomes).filtered(lambda m: m.state == "sending")
        unstarted = messages.filtered(lambda m: isinstance(outcomes[m.id], NotStarted))
        unstarted._cobranza_unclaim()
        messages -= unstarted
        now = fields.Datetime.now()
        for message in messages:
            result = outcomes[message.id]
            if isinstance(result, Exception):
                _logger.error("Message %d: %s", message.id, type(result).__name__)
                message._cobranza_advance(
                    "uncertain", "uncertain", type(result).__name__
                )
            elif result.status == "accepted":
                message._cobranza_advance(
                    "sent",
                    sent_at=now,
                    provider_message_uid=result.provider_message_uid,
                )
            elif result.status == "uncertain":
                detail = result.failure and self._cobranza_detail(result.failure)
                message._cobranza_advance("uncertain", "uncertain", detail)
            else:
                message._cobranza_rejected(result.failure)
        messages._cobranza_watch_silence()
        settled = messages.filtered(lambda m: m.state != "queued")
        settled._cobranza_log()
        # Events that came before the answer can be applied now.
        self.env["cobranza.event"].sudo()._cobranza_wake(settled)

    def _cobranza_unclaim(self):
        """Queue messages again whose request was provably never made."""
        for attempts, messages in self.grouped("attempts").items():
            messages._cobranza_advance("queued", attempts=attempts - 1)

    def _cobranza_watch_silence(self):
        """Hold an account that only leaves messages in doubt: it does not answer.

        Each further message would be one more that a person must clear up.
        """
        for account, messages in self.grouped("account_id").items():
            doubtful = messages.filtered(lambda m: m.state == "uncertain")
            if len(doubtful) >= SILENT_RESULTS and doubtful == messages:
                account.sudo()._cobranza_set_hold("account_silent")

    # --- refusals ---------------------------------------------------------------------

    def _cobranza_rejected(self, failure):
        """Act on a provable refusal, by its class."""
        self.ensure_one()
        getattr(self, f"_cobranza_rejected_{failure.error_class}")(failure)

    def _cobranza_put_off(self, failure, delay_seconds, reason=None):
        """Queue the message again for later; nothing was accepted."""
        if self.attempts >= MAX_ATTEMPTS:
            self._cobranza_fail(failure, "gave_up")
            return
        later = fields.Datetime.now() + timedelta(seconds=delay_seconds)
        self._cobranza_advance(
            "queued",
            reason or reasons.of_failure(failure),
            self._cobranza_detail(failure),
            not_before=later,
        )

    def _cobranza_fail(self, failure, reason=None):
        self._cobranza_advance(
            "failed",
            reason or reasons.of_failure(failure),
            self._cobranza_detail(failure),
        )

    @api.model
    def _cobranza_detail(self, failure):
        return " ".join(filter(None, (failure.code, failure.detail)))

    def _cobranza_rejected_retry(self, failure):
        backoff = FIRST_BACKOFF_SECONDS * 2 ** max(self.attempts - 1, 0)
        # Jitter spreads the retries of a whole queue (not a secret).
        backoff *= random.uniform(0.8, 1.2)  # noqa: S311
        self._cobranza_put_off(failure, max(failure.retry_after_seconds or 0, backoff))

    def _cobranza_rejected_pair(self, failure):
        self._cobranza_put_off(failure, failure.retry_after_seconds or PAIR_SECONDS)

    def _cobranza_rejected_cap(self, failure):
        self._cobranza_put_off(failure, CAP_HOURS * 3600)

    def _cobranza_rejected_hold(self, failure):
        """The account cannot send: keep the queue and stop the account."""
        self.account_id.sudo()._cobranza_set_hold(
            "account_on_hold", self._cobranza_detail(failure)
        )
        later = fields.Datetime.now()
        self._cobranza_advance(
            "queued",
            "provider_hold",
            self._cobranza_detail(failure),
            not_before=later,
            attempts=self.attempts - 1,
        )

    def _cobranza_rejected_template(self, failure):
        self._cobranza_fail(failure)
        self._cobranza_pause_template()

    def _cobranza_pause_template(self):
        """Stop the template in this language; the others go on."""
        # sudo: versions of templates are the system's.
        self.version_id.sudo().write({"status": "paused", "reason": self.reason_detail})

    def _cobranza_rejected_media(self, failure):
        """Upload the PDF again, once."""
        if self.attempts > 1:
            self._cobranza_fail(failure)
            return
        self.env["cobranza.media"].sudo().search(
            [
                ("account_id", "=", self.account_id.id),
                ("checksum", "=", self.document_checksum),
            ]
        ).unlink()
        self._cobranza_put_off(failure, 0)
        self.is_prepared = False
        self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()

    def _cobranza_rejected_optout(self, failure):
        self._cobranza_withdraw_consent("provider", self._cobranza_detail(failure))
        self._cobranza_fail(failure)

    def _cobranza_rejected_dead(self, failure):
        self._cobranza_fail(failure)
        self._cobranza_note_dead()

    def _cobranza_note_dead(self):
        """Remember the number and let the follow-up use the next channel."""
        # sudo: the list of unreachable numbers is the system's.
        self.env["cobranza.unreachable"].sudo()._cobranza_remember(self)
        self.env.ref("cobranza_whatsapp.ir_cron_follow_up")._trigger()

    def _cobranza_rejected_undelivered(self, failure):
        self._cobranza_fail(failure)
        self.env.ref("cobranza_whatsapp.ir_cron_follow_up")._trigger()

    def _cobranza_rejected_window(self, failure):
        self._cobranza_fail(failure)

    def _cobranza_rejected_fix(self, failure):
        self._cobranza_fail(failure)
