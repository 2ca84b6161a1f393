from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .cobranza_message import STATES

_WAITING = "cobranza_whatsapp.receipts"
COLUMNS = (
    "message_id",
    "state",
    "reason",
    "source",
    "event_key",
    "provider_message_uid",
    "user_id",
    "occurred_at",
    "create_date",
)


class CobranzaReceipt(models.Model):
    """One step in the life of a message, and who said so. Never changes.

    The message shows where it stands; its receipts prove how it came there.
    """

    _name = "cobranza.receipt"
    _description = "Receipt of a Message"
    _order = "id"
    _rec_name = "state"
    _log_access = False

    message_id = fields.Many2one(
        "cobranza.message",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="message_id.company_id")
    state = fields.Selection(STATES, required=True, readonly=True)
    reason = fields.Char(readonly=True)
    source = fields.Selection(
        [
            ("system", "This system"),
            ("event", "Signed event of the provider"),
            ("user", "A user"),
        ],
        required=True,
        readonly=True,
    )
    event_key = fields.Char(readonly=True, help="The event that said so.")
    provider_message_uid = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    occurred_at = fields.Datetime(
        readonly=True, help="When it happened, as the provider says; else when we saw."
    )
    create_date = fields.Datetime(string="Recorded", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Receipts are evidence and cannot be deleted."))

    @api.model
    def _cobranza_note(self, messages, state, reason, values, event_key=""):
        """Remember a step of these messages; written once, when the work is committed.

        One INSERT for all steps of a transaction: sending takes thousands of them.
        """
        waiting = self.env.cr.precommit.data.setdefault(_WAITING, [])
        if not waiting:
            self.env.cr.precommit.add(self._cobranza_write_waiting)
        now = fields.Datetime.now()
        moment = values.get(f"{state}_at") or now
        by_user = self.env.uid != SUPERUSER_ID
        source = "event" if event_key else "user" if by_user else "system"
        waiting += [
            (
                message.id,
                state,
                reason or None,
                source,
                event_key or None,
                values.get("provider_message_uid") or None,
                self.env.uid,
                moment,
                now,
            )
            for message in messages
        ]

    @api.model
    def _cobranza_write_waiting(self):
        """Insert what the transaction has noted."""
        waiting = self.env.cr.precommit.data.pop(_WAITING, [])
        if not waiting:
            return
        self.env["cobranza.message"].flush_model(["uuid"])
        # What was rolled back to a savepoint and done again was noted twice.
        steps = {(row[0], row[1], row[4]): row for row in waiting}
        rows = SQL(", ").join(SQL("%s", row) for row in steps.values())
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        self.env.cr.execute(
            SQL("INSERT INTO cobranza_receipt (%s) VALUES %s", names, rows)
        )
        self.invalidate_model(flush=False)
