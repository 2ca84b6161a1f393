from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .channels import CHANNELS

# A number that could not get WhatsApp may have it by now: try again after this time.
RETEST_DAYS = 90


class CobranzaUnreachable(models.Model):
    """A number or e-mail address that cannot get a channel, as its provider said."""

    _name = "cobranza.unreachable"
    _description = "Unreachable Number"
    _order = "since desc"
    _rec_name = "number_key"

    number_key = fields.Char(required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    detail = fields.Char(readonly=True)

    _unique_number = models.UniqueIndex("(number_key, channel)")

    @api.model
    def _cobranza_known(self, keys):
        """Return {(number key, channel)} that are not worth a message now."""
        since = fields.Datetime.now() - timedelta(days=RETEST_DAYS)
        rows = self.search_fetch(
            [("number_key", "in", list(keys)), ("since", ">", since)],
            ["number_key", "channel"],
        )
        return {(row.number_key, row.channel) for row in rows}

    @api.model
    def _cobranza_remember(self, message):
        """Note that the number of a message cannot get its channel."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO cobranza_unreachable
                            (number_key, channel, since, detail, create_uid,
                             write_uid, create_date, write_date)
                     VALUES (%(key)s, %(channel)s, %(now)s, %(detail)s, %(uid)s,
                             %(uid)s, %(now)s, %(now)s)
                ON CONFLICT (number_key, channel)
                  DO UPDATE SET since = %(now)s, detail = %(detail)s
                """,
                key=message.recipient_key,
                channel=message.channel,
                now=fields.Datetime.now(),
                detail=message.reason_detail or None,
                uid=self.env.uid,
            )
        )
        self.invalidate_model()

    @api.model
    def _cobranza_forget(self, messages):
        """Forget numbers that have just got a message after all."""
        keys = [m.recipient_key for m in messages if m.recipient_key]
        if keys:
            self.search([("number_key", "in", keys)]).filtered(
                lambda row: (
                    (row.number_key, row.channel)
                    in {(m.recipient_key, m.channel) for m in messages}
                )
            ).unlink()
