import logging
import socket
import time
import uuid
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from ..core import dispatch, journal, rules
from ..core.errors import TemplateError
from .cobranza_message_render import RECHECK_MINUTES
from .send_run import SendRun

_logger = logging.getLogger(__name__)

# A run stops claiming after this time. What is claimed but has not begun a second
# later goes back to the queue, what is in flight ends within the account's timeout
# (12 s): the run ends within a minute, whatever the providers do.
RUN_SECONDS = 45
LAST_START_SECONDS = 1
# Calls in flight per account, and how many more are ready behind them: enough for 200
# a second at 200 ms, and that the next batch is claimed long before they run dry.
THREADS_PER_ACCOUNT = 48
WAITING_PER_ACCOUNT = 400
# What PostgreSQL says when two lanes want the same rows or places.
LOST_RACES = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.DeadlockDetected,
)
# Results are written together, but never later than this.
RECORD_SECONDS = 0.5
# Why a finished text is not sent, by the code of its TemplateError.
TEXT_REASONS = {"forbidden": "text_forbidden", "no_opt_out": "no_opt_out"}
# A withdrawal is confirmed at once or not at all (design, decision 7).
CONFIRMATION_MINUTES = 10


class CobranzaMessage(models.Model):
    """Send: claim, check everything again, render, commit, then call the provider."""

    _inherit = "cobranza.message"

    run_uid = fields.Char(readonly=True, help="The run that claimed the message.")

    @api.model
    def _cron_send(self, lane=1):
        """Send what is due, many requests in flight, no ORM in threads.

        ``lane`` only names the run: lanes share queue and pace through the database.
        Side effects: HTTP calls; a journal file while it runs; commits before every
        call and within a second of every result. No error of one message leaves it.
        """
        self.env["cobranza.account"]._cobranza_hold_copies()
        self._cobranza_recover()
        uid = f"{socket.gethostname()}-{lane}-{uuid.uuid4().hex}"
        log = journal.Journal(self._cobranza_journals(), uid)
        finished = False
        claim_until = time.monotonic() + RUN_SECONDS
        try:
            with dispatch.Dispatcher(
                THREADS_PER_ACCOUNT,
                WAITING_PER_ACCOUNT,
                start_until_seconds=claim_until + LAST_START_SECONDS,
            ) as dispatcher:
                self._cobranza_send_loop(SendRun(uid, dispatcher, log, claim_until))
            finished = True
        finally:
            # What the database could not take is read from the journal by the next run.
            log.close(remove=finished)

    @api.model
    def _cobranza_trigger_send(self):
        """Ask for a run of everything that sends."""
        for name in ("ir_cron_send", "ir_cron_send_odoo"):
            # sudo: whoever may ask for a reminder may wake the sending.
            self.env.ref(f"cobranza_whatsapp.{name}").sudo()._trigger()

    @api.model
    def _cobranza_send_loop(self, run):
        """Keep the threads busy until nothing is due or the time is over."""
        recorded = time.monotonic()
        ended, more = [], True
        while more or run.dispatcher.in_flight or ended:
            if run.is_over():
                more = False
            elif run.may_look():
                # Also while nothing is due: what is in flight may have to be stopped.
                more = self._cobranza_fill(run)
            ended += run.dispatcher.collect(timeout_seconds=0.05)
            due = time.monotonic() - recorded > RECORD_SECONDS
            if ended and (due or not run.dispatcher.in_flight):
                self._cobranza_record(ended)
                ended, recorded = [], time.monotonic()

    @api.model
    def _cobranza_fill(self, run):
        """Claim for every account that has room; return whether more may be due."""
        more = claimed = False
        for account in self._cobranza_look(run):
            limit = self._cobranza_claim_limit(account, run)
            if not limit or not run.may_claim(account.id, limit):
                more = True
                continue
            try:
                jobs, count = self._cobranza_claim_jobs(account, run.uid, limit)
            except LOST_RACES:
                # Another lane was first with one of the rows or customers.
                self.env.cr.rollback()
                more = True
                continue
            if count:
                claimed = True
            elif wait := self._cobranza_gap_seconds(account):
                run.pause(account.id, wait)
                more = True
            self._cobranza_submit(run, account, jobs)
        run.looked(claimed)
        return more or claimed

    @api.model
    def _cobranza_claim_jobs(self, account, run_uid, limit):
        """Claim a batch and commit it as sending; return (jobs, number claimed)."""
        with self._cobranza_alone(account) as alone:
            if not alone:
                return [], 0
            messages = self._cobranza_claim(account, limit)
            jobs = messages._cobranza_jobs_safely(run_uid)
            # From here on these messages count as sent unless journal or answer
            # says no.
            self.env["ir.cron"]._commit_progress(len(messages))
        return jobs, len(messages)

    @api.model
    def _cobranza_submit(self, run, account, jobs):
        """Hand plain data to the threads, at the pace of the account."""
        if not jobs:
            return
        account_id = account.id
        if account_id not in run.providers:
            run.providers[account_id] = account._cobranza_provider(
                connections=THREADS_PER_ACCOUNT
            )
        waits = self.env["cobranza.pace"]._cobranza_reserve(account, len(jobs))
        now = time.monotonic()
        for (message_id, outgoing), wait in zip(jobs, waits, strict=True):
            run.dispatcher.submit(
                account_id,
                message_id,
                lambda o=outgoing: self._cobranza_call(run, account_id, o),
                now + wait,
            )

    @staticmethod
    def _cobranza_call(run, account_id, outgoing):
        """Send one message and keep a journal of it; runs in a thread, no ORM."""
        provider = run.providers[account_id]
        result = provider.send(outgoing, lambda: run.log.written(outgoing.uuid))
        run.log.answered(outgoing.uuid, result)
        run.answered(account_id, result)
        return result

    def _cobranza_jobs_safely(self, run_uid):
        """Return `_cobranza_jobs`; a message that breaks it is put off alone."""
        try:
            with self.env.cr.savepoint():
                return self._cobranza_jobs(run_uid)
        except (psycopg2.OperationalError, psycopg2.IntegrityError):
            # Another lane was first: the caller looks again.
            raise
        except Exception:
            if len(self) > 1:
                return [job for m in self for job in m._cobranza_jobs_safely(run_uid)]
            _logger.exception("Message %d cannot be checked", self.id)
            later = fields.Datetime.now() + timedelta(minutes=RECHECK_MINUTES)
            self.write({"reason": "check_failed", "not_before": later})
            return []

    def _cobranza_jobs(self, run_uid):
        """Check the claimed messages again; return what may go as plain data.

        Returns [(message id, OutgoingMessage)] and moves these messages to `sending`;
        all others are cancelled, failed or put off with a reason.
        """
        allowed = [(m, None, None, {}) for m in self._cobranza_fresh_confirmations()]
        reminders = self.filtered(lambda m: m.kind == "reminder")
        for company, messages in reminders.grouped("company_id").items():
            allowed += messages.with_company(company)._cobranza_recheck(company)
        jobs = []
        for message, claim, media_uid, grounds in allowed:
            try:
                outgoing, values = message._cobranza_render(claim, media_uid, grounds)
            except TemplateError as error:
                reason = TEXT_REASONS.get(error.code, "render_failed")
                message._cobranza_advance("failed", reason, str(error))
                message._cobranza_log()
                continue
            moved = message._cobranza_advance(
                "sending",
                claimed_at=fields.Datetime.now(),
                run_uid=run_uid,
                attempts=message.attempts + 1,
                **values,
            )
            if moved:
                jobs.append((message.id, outgoing))
        return jobs

    def _cobranza_fresh_confirmations(self):
        """Return confirmations of an opt-out that may go; the others are cancelled."""
        confirmations = self.filtered(lambda m: m.kind == "confirmation")
        limit = fields.Datetime.now() - timedelta(minutes=CONFIRMATION_MINUTES)
        late = confirmations.filtered(lambda m: m.create_date < limit)
        late._cobranza_advance("cancelled", "too_late")
        for message in confirmations - late:
            problem = message.account_id._cobranza_problem()
            decision = rules.decide_confirmation(problem)
            if decision.outcome == "refused":
                message._cobranza_advance("cancelled", decision.code)
        return confirmations.filtered(lambda m: m.state == "queued")
