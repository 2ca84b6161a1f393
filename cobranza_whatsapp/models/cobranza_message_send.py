import logging
import socket
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import dispatch, journal, rules
from ..core.errors import TemplateError
from .cobranza_message_render import RECHECK_MINUTES
from .odoo_senders import SENDERS

_logger = logging.getLogger(__name__)

# A run stops claiming after this time and waits for what is in flight, so that it
# ends within a minute.
RUN_SECONDS = 45
# Calls in flight per account, and how many more are ready behind them: enough for 200
# a second at 200 ms, and for the time that the next batch takes to prepare.
THREADS_PER_ACCOUNT = 48
WAITING_PER_ACCOUNT = 112
MESSAGES_PER_CLAIM = 80
# WhatsApp allows one message in six seconds to the same number (pair rate limit).
SAME_NUMBER_SECONDS = 6
# What PostgreSQL says when two lanes want the same rows or places.
LOST_RACES = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.DeadlockDetected,
)
# Names our advisory locks among those of others.
LOCK_CLASS = 0x0C0B
# Results are written together, but never later than this.
RECORD_SECONDS = 0.5
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
        run_uid = f"{socket.gethostname()}-{lane}-{uuid.uuid4().hex}"
        log = journal.Journal(self._cobranza_journals(), run_uid)
        finished = False
        try:
            with dispatch.Dispatcher(
                THREADS_PER_ACCOUNT, WAITING_PER_ACCOUNT
            ) as dispatcher:
                self._cobranza_send_loop(dispatcher, log, run_uid)
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
    def _cobranza_send_loop(self, dispatcher, log, run_uid):
        """Keep the threads busy until nothing is due or the time is over."""
        started = recorded = time.monotonic()
        providers, ended, more = {}, [], True
        while more or dispatcher.in_flight or ended:
            more = more and time.monotonic() - started < RUN_SECONDS
            if more:
                more = self._cobranza_fill(dispatcher, log, run_uid, providers)
            ended += dispatcher.collect(timeout_seconds=0.05)
            due = time.monotonic() - recorded > RECORD_SECONDS
            if ended and (due or not dispatcher.in_flight):
                self._cobranza_record(ended)
                ended, recorded = [], time.monotonic()

    @api.model
    def _cobranza_fill(self, dispatcher, log, run_uid, providers):
        """Claim for every account that has room; return whether more may be due."""
        more = False
        for account in self._cobranza_due_accounts():
            room = dispatcher.room(account.id)
            if room < MESSAGES_PER_CLAIM:
                more = True
                continue
            try:
                jobs, claimed = self._cobranza_claim_jobs(account, run_uid)
            except LOST_RACES:
                # Another lane was first with one of the rows or customers.
                self.env.cr.rollback()
                more = True
                continue
            more = more or bool(claimed)
            if account.id not in providers:
                providers[account.id] = account._cobranza_provider(
                    connections=THREADS_PER_ACCOUNT
                )
            self._cobranza_submit(dispatcher, log, account, providers[account.id], jobs)
        return more

    @api.model
    def _cobranza_claim_jobs(self, account, run_uid, limit=MESSAGES_PER_CLAIM):
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

    @contextmanager
    def _cobranza_alone(self, account):
        """Let one lane at a time count the customers of a day, if they are limited.

        The lock belongs to the connection and the transaction begins after it, so
        that the count sees what the lane before has committed.
        """
        if not account.recipients_per_day:
            yield True
            return
        key = (LOCK_CLASS, account.id)
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        [alone] = self.env.cr.fetchone()
        # Nothing is pending: this only begins a transaction that sees the present.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            yield alone
        finally:
            if alone and not self.env.cr.closed:
                self.env.cr.rollback()
                self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", key)

    @api.model
    def _cobranza_submit(self, dispatcher, log, account, provider, jobs):
        """Hand plain data to the threads, at the pace of the account."""
        waits = self.env["cobranza.pace"]._cobranza_reserve(account, len(jobs))
        now = time.monotonic()
        for (message_id, outgoing), wait in zip(jobs, waits, strict=True):
            dispatcher.submit(
                account.id,
                message_id,
                lambda o=outgoing: self._cobranza_call(provider, log, o),
                now + wait,
            )

    @staticmethod
    def _cobranza_call(provider, log, outgoing):
        """Send one message and keep a journal of it; runs in a thread, no ORM."""
        result = provider.send(outgoing, lambda: log.written(outgoing.uuid))
        log.answered(outgoing.uuid, result)
        return result

    # --- claim ------------------------------------------------------------------------

    @api.model
    def _cobranza_due_accounts(self, by_odoo=False):
        """Return the accounts that have something due, in one query.

        ``by_odoo``: those that send through Odoo itself, else all the others.
        """
        if self.env["cobranza.planning"]._is_stopped():
            return self.env["cobranza.account"]
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT account.id
                  FROM cobranza_account account
                 WHERE account.active AND account.hold_code IS NULL
                   AND (account.provider IN %s) = %s
                   AND EXISTS (SELECT 1 FROM cobranza_message message
                                WHERE message.state = 'queued'
                                  AND message.is_prepared
                                  AND message.not_before <= %s
                                  AND message.account_id = account.id)
              ORDER BY account.id
                """,
                tuple(SENDERS),
                by_odoo,
                fields.Datetime.now(),
            )
        )
        return self.env["cobranza.account"].browse([row[0] for row in rows])

    @api.model
    def _cobranza_claim(self, account, limit):
        """Lock due messages of an account, at most one per customer.

        Leaves out whoever got a message of this account within the last seconds, and,
        where the account has a daily number of customers, what is beyond it.
        """
        now = fields.Datetime.now()
        limit = min(limit, self._cobranza_daily_room(account, now))
        # With a daily limit the largest debts go first (spill over to the next day).
        order = SQL("message.amount DESC," if account.recipients_per_day else "")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT message.id, message.partner_id
                  FROM cobranza_message message
                  JOIN res_company company ON company.id = message.company_id
                 WHERE message.state = 'queued'
                   AND message.is_prepared
                   AND message.account_id = %(account)s
                   AND message.not_before <= %(now)s
                   AND (company.cobranza_started OR message.kind = 'confirmation')
                   AND message.recipient_key NOT IN (
                        SELECT recent.recipient_key FROM cobranza_message recent
                         WHERE recent.account_id = %(account)s
                           AND recent.claimed_at > %(gap)s
                           AND recent.recipient_key IS NOT NULL
                           AND recent.state <> 'queued')
              ORDER BY %(order)s message.not_before, message.id
                 LIMIT %(limit)s
                   FOR NO KEY UPDATE OF message SKIP LOCKED
                """,
                account=account.id,
                now=now,
                gap=now - timedelta(seconds=SAME_NUMBER_SECONDS),
                order=order,
                limit=limit,
            )
        )
        # A customer's second message must see the first in its daily count.
        first = {}
        for message_id, partner_id in rows:
            first.setdefault(partner_id or -message_id, message_id)
        return self.browse(first.values())

    @api.model
    def _cobranza_daily_room(self, account, now):
        """Return how many more different numbers the account may write to today."""
        if not account.recipients_per_day:
            return MESSAGES_PER_CLAIM
        [[used]] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(DISTINCT recipient_key)
                  FROM cobranza_message
                 WHERE account_id = %s AND direction = 'out' AND kind = 'reminder'
                   AND claimed_at > %s
                   AND state IN ('sending', 'sent', 'delivered', 'read', 'uncertain')
                """,
                account.id,
                now - timedelta(hours=24),
            )
        )
        return max(0, account.recipients_per_day - used)

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
        allowed = [(m, None, None) for m in self._cobranza_fresh_confirmations()]
        reminders = self.filtered(lambda m: m.kind == "reminder")
        for company, messages in reminders.grouped("company_id").items():
            allowed += messages.with_company(company)._cobranza_recheck(company)
        jobs = []
        for message, claim, media_uid in allowed:
            try:
                outgoing, values = message._cobranza_render(claim, media_uid)
            except TemplateError as error:
                forbidden = error.code == "forbidden"
                reason = "text_forbidden" if forbidden else "render_failed"
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
