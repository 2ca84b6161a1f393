import time

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

RESERVE_TRIES = 20


class CobranzaPace(models.Model):
    """When each account may send next: one clock for all lanes, workers and machines.

    Rows carry the account's id without a foreign key, because they are written in
    transactions of their own.
    """

    _name = "cobranza.pace"
    _description = "Sending Pace"
    _log_access = False

    account = fields.Integer(required=True)
    next_start = fields.Float(required=True, digits=0, help="Seconds since 1970.")

    _unique_account = models.UniqueIndex("(account)")

    @api.model
    def _cobranza_reserve(self, account, count):
        """Take ``count`` starts at the account's pace; return their waits in seconds.

        A short transaction of its own: the pace is taken the moment it is asked for,
        whatever becomes of the caller. Without a limit all waits are zero.
        """
        rate = account.messages_per_second
        if rate <= 0 or not count:
            return [0.0] * count
        first = self._cobranza_take(account.id, count / rate)
        return [max(0.0, first + position / rate) for position in range(count)]

    @api.model
    def _cobranza_take(self, account_id, seconds):
        """Move the account's clock on; return the wait until its former position."""
        query = SQL(
            """
            INSERT INTO cobranza_pace AS pace (account, next_start)
                 VALUES (%(account)s,
                         extract(epoch FROM clock_timestamp()) + %(seconds)s)
            ON CONFLICT (account) DO UPDATE
                    SET next_start = %(seconds)s + GREATEST(
                        pace.next_start, extract(epoch FROM clock_timestamp()))
              RETURNING next_start - %(seconds)s
                        - extract(epoch FROM clock_timestamp())
            """,
            account=account_id,
            seconds=seconds,
        )
        for attempt in range(RESERVE_TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query)
                    return float(cr.fetchone()[0])
            except psycopg2.errors.SerializationFailure:
                # Another lane moved the clock in the same moment: ask again.
                time.sleep(0.002 * (attempt + 1))
        return seconds
