from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import states
from . import reasons
from .channels import CHANNELS, label
from .groups import is_reader

STATES = [
    ("proposed", "Waiting for approval"),
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("read", "Read"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("uncertain", "Uncertain"),
    ("received", "Received"),
]


class CobranzaMessage(models.Model):
    """One attempt to send, or one incoming message: the outbox and the evidence."""

    _name = "cobranza.message"
    _description = "Collection Message"
    _order = "id desc"
    _rec_name = "uuid"

    uuid = fields.Char(required=True, readonly=True, copy=False)
    kind = fields.Selection(
        [
            ("reminder", "Reminder"),
            ("confirmation", "Confirmation of an opt-out"),
            ("reply", "Reply"),
        ],
        required=True,
        readonly=True,
    )
    direction = fields.Selection(
        [("out", "Outgoing"), ("in", "Incoming")], required=True, readonly=True
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    reason = fields.Char(
        string="Reason Code",
        readonly=True,
        help="Code of why it waits, failed or stopped.",
    )
    reason_detail = fields.Char(readonly=True, help="The provider's own words.")
    reason_sentence = fields.Char(string="Reason", compute="_compute_reason_sentence")
    reminder_id = fields.Many2one(
        "cobranza.reminder", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    recipient_partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="set null"
    )
    recipient_why = fields.Char(readonly=True)
    guarantor_id = fields.Many2one(
        "cobranza.guarantor",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The guarantor whom it goes to; empty: to the customer or his contact.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    move_ids = fields.Many2many(
        "account.move", "cobranza_message_move_rel", string="Invoices", readonly=True
    )
    account_id = fields.Many2one(
        "cobranza.account", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    template_id = fields.Many2one(
        "cobranza.template", readonly=True, ondelete="set null"
    )
    is_template_chosen = fields.Boolean(
        readonly=True, help="A person chose the template; it stays while it fits."
    )
    version_id = fields.Many2one(
        "cobranza.template.version", readonly=True, ondelete="set null"
    )
    language = fields.Char(readonly=True)
    subject = fields.Char(readonly=True, help="Of an e-mail.")
    body = fields.Text(readonly=True)
    summary = fields.Char(string="Text", compute="_compute_summary")
    recipient = fields.Char(string="Number or Address", readonly=True)
    recipient_key = fields.Char(readonly=True, index="btree_not_null")
    not_before = fields.Datetime(readonly=True)
    claimed_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    delivered_at = fields.Datetime(readonly=True)
    read_at = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)
    contact_slot = fields.Char(
        readonly=True,
        help="Customer, and the how many-th message to him that was about to leave.",
    )
    guarantor_slot = fields.Char(
        readonly=True,
        help="The same for a guarantor, over all customers for whom he answers.",
    )
    provider_message_uid = fields.Char(readonly=True, index="btree_not_null")
    context_message_id = fields.Many2one(
        "cobranza.message", string="Reply To", readonly=True, ondelete="set null"
    )

    is_prepared = fields.Boolean(readonly=True)
    document_key = fields.Char(readonly=True)
    document_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    document_checksum = fields.Char(string="PDF SHA-256", readonly=True)
    snapshot = fields.Json(
        readonly=True,
        help="What was sent and on which grounds, as it was known at that moment.",
    )
    receipt_ids = fields.One2many(
        "cobranza.receipt", "message_id", string="Receipts", readonly=True
    )
    link_id = fields.Many2one("cobranza.link", readonly=True, ondelete="set null")
    mail_message_ids = fields.One2many(
        "mail.message", "cobranza_message_id", readonly=True
    )

    _unique_uuid = models.UniqueIndex("(uuid)")
    # At most one message of a reminder that left or may still leave, over all
    # channels; and one confirmation per withdrawal.
    _once_per_reminder = models.UniqueIndex(
        "(reminder_id) WHERE reminder_id IS NOT NULL "
        "AND state NOT IN ('failed', 'cancelled')",
        "This reminder already has a message.",
    )
    # Two lanes that have seen the same history of a customer cannot both write to him:
    # both would take the next place. So no limit of whatever length can be exceeded.
    _once_per_contact_slot = models.UniqueIndex(
        "(contact_slot) WHERE contact_slot IS NOT NULL"
    )
    _once_per_guarantor_slot = models.UniqueIndex(
        "(guarantor_slot) WHERE guarantor_slot IS NOT NULL"
    )
    _queue = models.Index("(account_id, not_before, id) WHERE state = 'queued'")
    _recent = models.Index("(account_id, claimed_at) WHERE claimed_at IS NOT NULL")
    _history = models.Index("(company_id, partner_id, sent_at) WHERE direction = 'out'")

    @api.depends("reason", "reason_detail")
    @api.depends_context("lang")
    def _compute_reason_sentence(self):
        for message in self:
            message.reason_sentence = message.reason and reasons.sentence(
                self.env, message.reason, detail=message.reason_detail or ""
            )

    @api.depends("body")
    def _compute_summary(self):
        for message in self:
            message.summary = shorten(message.body or "", 90, placeholder="…")

    def _compute_display_name(self):
        for message in self:
            name = message.partner_id.display_name or message.recipient or ""
            message.display_name = f"{label(self.env, message.channel)} · {name}"

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Messages are evidence and cannot be deleted; cancel them.")
        )

    # --- the one place that changes the state -----------------------------------------

    def _cobranza_advance(
        self, state, reason=False, detail=False, event_key="", **values
    ):
        """Move messages to ``state`` where that is forward; return those moved.

        The only writer of the state. Anything that is not forward is ignored, because
        events repeat and arrive in any order. Side effect: a receipt for each step;
        ``event_key`` names the provider's event that told of it.
        """
        moved = self.filtered(lambda m: states.advance(m.state, state))
        if moved:
            moved.write(
                {
                    "state": state,
                    "reason": reason,
                    "reason_detail": detail and detail[:500],
                    **values,
                }
            )
            # sudo: receipts are written by the system alone.
            self.env["cobranza.receipt"].sudo()._cobranza_note(
                moved, state, reason, values, event_key
            )
        return moved

    def _cobranza_addressee(self):
        """Return whose number it is in our books: a guarantor's, or the customer's."""
        self.ensure_one()
        # sudo: rows of guarantors are read by accounting users only.
        return self.sudo().guarantor_id.guarantor_id or self.partner_id

    def _cobranza_has_successor(self):
        """Return whether another message of the same reminder left or may leave."""
        self.ensure_one()
        others = self.reminder_id.message_ids - self
        return any(message.state in states.LIVE for message in others)

    # --- buttons ----------------------------------------------------------------------

    def action_cancel(self):
        """Take queued messages out of the queue."""
        self._cobranza_demand_reader()
        # sudo: readers may cancel, but nobody edits messages otherwise.
        waiting = self.sudo().filtered(lambda m: m.state in ("proposed", "queued"))
        if not waiting:
            raise UserError(
                self.env._("Only messages that still wait can be cancelled.")
            )
        waiting._cobranza_advance("cancelled", "stopped_by_user")

    def action_send_again(self):
        """Settle an uncertain message: the customer does not have it; send it again.

        A person decides this, never the machine. The rules are asked as for any
        message.
        """
        self.ensure_one()
        self._cobranza_demand_reader()
        if self.state != "uncertain" or not self.move_ids:
            raise UserError(
                self.env._("Only an uncertain reminder can be sent again from here.")
            )
        self.sudo()._cobranza_advance("cancelled", "did_not_arrive")
        self.sudo()._cobranza_update_notifications()
        if self.guarantor_id:
            return self.partner_id.action_cobranza_preview()
        return self.move_ids[:1].action_cobranza_send_now()

    def action_arrived(self):
        """Settle an uncertain message: the customer has it."""
        self._cobranza_demand_reader()
        moved = (
            self.sudo()
            .filtered(lambda m: m.state == "uncertain")
            ._cobranza_advance("sent", sent_at=fields.Datetime.now())
        )
        moved._cobranza_update_notifications()

    def _cobranza_demand_reader(self):
        if not is_reader(self.env.user):
            raise UserError(
                self.env._("Only accounting and collections users can do this.")
            )
        self.check_access("read")
