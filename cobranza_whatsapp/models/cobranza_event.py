import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .event_reasons import EVENT_SENTENCES, MALFORMED_SENTENCE, OTHER_SENTENCE

_logger = logging.getLogger(__name__)

# The first word of an event's key; see core/providers.
KINDS = [
    ("status", "Delivery State"),
    ("message", "Incoming Message"),
    ("field", "News of the Account"),
    ("other", "Other"),
]


class CobranzaEvent(models.Model):
    """One item of a provider's webhook, as received. Inserted, applied later."""

    _name = "cobranza.event"
    _description = "Provider Event"
    _order = "id desc"
    _rec_name = "key"

    account_id = fields.Many2one(
        "cobranza.account", required=True, readonly=True, ondelete="cascade"
    )
    key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(KINDS, compute="_compute_kind")
    payload = fields.Text(readonly=True)
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("applied", "Applied"),
            ("ignored", "Nothing to change"),
            ("unknown", "Unknown message"),
            ("malformed", "Malformed"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    reason = fields.Char(string="Reason Code", readonly=True)
    reason_sentence = fields.Char(string="Reason", compute="_compute_reason_sentence")
    received_at = fields.Datetime(readonly=True)
    applied_at = fields.Datetime(readonly=True)
    message_id = fields.Many2one("cobranza.message", readonly=True, ondelete="set null")

    _unique_key = models.UniqueIndex("(account_id, key)")
    _pending = models.Index("(id) WHERE state = 'pending'")

    @api.depends("key")
    def _compute_kind(self):
        for event in self:
            word = (event.key or "").partition(":")[0]
            event.kind = word if word in dict(KINDS) else "other"

    @api.depends("reason", "state")
    @api.depends_context("lang")
    def _compute_reason_sentence(self):
        """Say it for people; the provider's own word stays in ``reason``."""
        for event in self:
            other = MALFORMED_SENTENCE if event.state == "malformed" else OTHER_SENTENCE
            lazy = EVENT_SENTENCES.get(event.reason, other)
            event.reason_sentence = event.reason and self.env._(lazy)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Events are evidence and cannot be deleted."))

    @api.model
    def _cobranza_ingest(self, account, items):
        """Insert the items of one verified webhook; repeated items change nothing.

        Side effect: triggers the apply action. Nothing else happens in the request.
        """
        if not items:
            return
        now = fields.Datetime.now()
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                account.id,
                item.key[:500],
                json.dumps(item.payload),
                "malformed" if item.malformed else "pending",
                item.malformed[:500] or None,
                now,
                self.env.uid,
                self.env.uid,
                now,
                now,
            )
            for item in items
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO cobranza_event (account_id, key, payload, state, reason,
                            received_at, create_uid, write_uid, create_date, write_date)
                     VALUES %s
                ON CONFLICT (account_id, key) DO NOTHING
                """,
                rows,
            )
        )
        self.invalidate_model()
        self._cobranza_trigger_apply()

    @api.model
    def _cobranza_wake(self, messages):
        """Ask for another look at events that may have waited for these messages.

        Without looking for such events first: one that came in this very moment is
        not visible to this transaction.
        """
        if messages:
            self._cobranza_trigger_apply()

    @api.model
    def _cobranza_trigger_apply(self):
        self.env.ref("cobranza_whatsapp.ir_cron_apply").sudo()._trigger()
