import math
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .cobranza_planning import STOPPED_PARAMETER
from .odoo_senders import SENDERS

MESSAGES_PER_CLAIM = 160
# Of an account with a slow pace, only what leaves within about this time is claimed.
CLAIM_AHEAD_SECONDS = 5
# WhatsApp allows one message in six seconds to the same number (pair rate limit).
SAME_NUMBER_SECONDS = 6
# Names our advisory locks among those of others.
LOCK_CLASS = 0x0C0B


class CobranzaMessage(models.Model):
    """Claim: which messages of which accounts may leave now, for one lane alone."""

    _inherit = "cobranza.message"

    @api.model
    def _cobranza_look(self, run):
        """Return the accounts of this run's kind that have something due.

        Side effects: what waits in the threads of an account that may no longer send
        (on hold, or everything was stopped meanwhile) is handed back; an account whose
        pace is taken for longer than we claim ahead is paused.
        """
        self.flush_model()
        # Nothing is pending: this only begins a transaction that sees the present.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        rows = self._cobranza_sending_accounts(by_odoo=False)
        run.keep_only([account_id for account_id, _due, _ahead in rows])
        for account_id, _due, ahead in rows:
            run.taken_for(account_id, float(ahead or 0))
            if ahead and ahead > CLAIM_AHEAD_SECONDS:
                run.pause(account_id, float(ahead) - CLAIM_AHEAD_SECONDS)
        due_ids = [account_id for account_id, is_due, _ahead in rows if is_due]
        return self.env["cobranza.account"].browse(due_ids)

    @api.model
    def _cobranza_due_accounts(self, by_odoo=False):
        """Return the accounts that have something due.

        ``by_odoo``: those that send through Odoo itself, else all the others.
        """
        self.flush_model()
        rows = self._cobranza_sending_accounts(by_odoo)
        due_ids = [account_id for account_id, is_due, _ahead in rows if is_due]
        return self.env["cobranza.account"].browse(due_ids)

    @api.model
    def _cobranza_sending_accounts(self, by_odoo):
        """Return (id, whether something is due, seconds that its pace is taken) of
        every account that may send now, in one query."""
        return self.env.execute_query(
            SQL(
                """
                SELECT account.id,
                       EXISTS (SELECT 1 FROM cobranza_message message
                                WHERE message.state = 'queued'
                                  AND message.is_prepared
                                  AND message.not_before <= %s
                                  AND message.account_id = account.id),
                       pace.next_start - extract(epoch FROM clock_timestamp())
                  FROM cobranza_account account
             LEFT JOIN cobranza_pace pace ON pace.account = account.id
                 WHERE account.active AND account.hold_code IS NULL
                   AND (account.provider IN %s) = %s
                   AND NOT EXISTS (SELECT 1 FROM ir_config_parameter
                                    WHERE key = %s AND value <> '')
              ORDER BY account.id
                """,
                fields.Datetime.now(),
                tuple(SENDERS),
                by_odoo,
                STOPPED_PARAMETER,
            )
        )

    @api.model
    def _cobranza_claim(self, account, limit):
        """Lock due messages of an account, at most one per customer and number.

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
                SELECT message.id, message.partner_id, message.recipient_key
                  FROM cobranza_message message
                  JOIN res_company company ON company.id = message.company_id
                 WHERE message.state = 'queued'
                   AND message.is_prepared
                   AND message.account_id = %(account)s
                   AND message.not_before <= %(now)s
                   AND (company.cobranza_started AND %(open)s
                        OR message.kind = 'confirmation')
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
                open=self.env["cobranza.schedule"]._cobranza_is_open("send"),
                now=now,
                gap=now - timedelta(seconds=SAME_NUMBER_SECONDS),
                order=order,
                limit=limit,
            )
        )
        return self.browse(self._cobranza_one_each(rows))

    @staticmethod
    def _cobranza_one_each(rows):
        """Return the first message id of each customer and each number.

        A customer's second message must see the first in its daily count, and a
        number that two customers have must rest between two messages.
        """
        chosen, taken = [], set()
        for message_id, partner_id, number_key in rows:
            places = {partner_id or -message_id, number_key}
            if not places & taken:
                chosen.append(message_id)
                taken |= places
        return chosen

    @api.model
    def _cobranza_gap_seconds(self, account):
        """Return how long until a due message that only waits for its number may go.

        0 when none waits for that.
        """
        now = fields.Datetime.now()
        [[last]] = self.env.execute_query(
            SQL(
                """
                SELECT MIN(recent.claimed_at)
                  FROM cobranza_message recent
                 WHERE recent.account_id = %(account)s
                   AND recent.claimed_at > %(gap)s
                   AND recent.state <> 'queued'
                   AND recent.recipient_key IN (
                        SELECT message.recipient_key
                          FROM cobranza_message message
                          JOIN res_company company ON company.id = message.company_id
                         WHERE message.state = 'queued'
                           AND message.is_prepared
                           AND message.account_id = %(account)s
                           AND message.not_before <= %(now)s
                           AND company.cobranza_started)
                """,
                account=account.id,
                now=now,
                gap=now - timedelta(seconds=SAME_NUMBER_SECONDS),
            )
        )
        if last is None:
            return 0
        # The moments in the database have no fractions: a second more is enough.
        return (last - now).total_seconds() + SAME_NUMBER_SECONDS + 1

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

    @api.model
    def _cobranza_claim_limit(self, account, run):
        """Return how many messages are claimed at once: few where the pace is slow."""
        rate = account.messages_per_second
        if rate <= 0:
            return MESSAGES_PER_CLAIM
        return min(
            MESSAGES_PER_CLAIM,
            math.ceil(rate * CLAIM_AHEAD_SECONDS),
            run.starts_left(account.id, rate),
        )

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
