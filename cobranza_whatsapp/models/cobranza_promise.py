from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import promises

# A promise for later than this is for a person to accept: it holds only a few days.
PROMISE_DAYS_MAX = 45
# Without a date that can be read, and for what a person must accept.
SHORT_HOLD_DAYS = 3
# Who broke a promise within this time is not believed again by himself.
BROKEN_DAYS = 60

STATES = [("open", "Open"), ("kept", "Kept"), ("broken", "Broken")]


class CobranzaPromise(models.Model):
    """A customer said that he will pay some invoices, by when, maybe how much."""

    _name = "cobranza.promise"
    _description = "Promise to Pay"
    _order = "date, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    move_ids = fields.Many2many(
        "account.move",
        "cobranza_promise_move_rel",
        string="Invoices",
        check_company=True,
        domain="[('commercial_partner_id', '=', partner_id), "
        "('move_type', 'in', ('out_invoice', 'out_receipt')), "
        "('state', '=', 'posted')]",
    )
    date = fields.Date(string="Promised For", help="Empty: he named no day.")
    amount = fields.Monetary(help="What he said; 0: all of it.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    origin = fields.Selection(
        [("user", "Recorded by a user"), ("reply", "Reply of the customer")],
        required=True,
        default="user",
        readonly=True,
    )
    message_id = fields.Many2one(
        "cobranza.message", string="Reply", readonly=True, ondelete="set null"
    )
    state = fields.Selection(STATES, required=True, default="open", readonly=True)
    decided_on = fields.Date(readonly=True)

    @api.constrains("amount")
    def _check_amount(self):
        if any(promise.amount < 0 for promise in self):
            raise ValidationError(self.env._("A promised amount is not negative."))

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: the promise is the customer's, and its invoices wait for it."""
        partners = self.env["res.partner"]
        for vals in vals_list:
            contact = partners.browse(vals.get("partner_id"))
            vals["partner_id"] = contact.commercial_partner_id.id
            if not self.env.su:
                vals.update({"origin": "user", "message_id": False})
        records = super().create(vals_list)
        for promise in records:
            promise._cobranza_hold()
        return records

    def write(self, vals):
        """Extend base: another day moves the hold."""
        result = super().write(vals)
        if vals.keys() & {"date", "move_ids"}:
            for promise in self.filtered(lambda one: one.state == "open"):
                promise._cobranza_hold()
        return result

    def _cobranza_hold(self):
        """Hold the invoices until the promised day; briefly what a person must see."""
        if self.origin == "reply" and self._cobranza_broke_before():
            return
        today = self.company_id._cobranza_today()
        latest = today + timedelta(days=PROMISE_DAYS_MAX)
        believed = self.date and (self.origin == "user" or self.date <= latest)
        until = self.date if believed else today + timedelta(days=SHORT_HOLD_DAYS)
        self.move_ids._cobranza_hold_until("promise", until)

    def _cobranza_broke_before(self):
        """Return whether the customer lately broke a promise about these invoices."""
        since = self.company_id._cobranza_today() - timedelta(days=BROKEN_DAYS)
        return bool(
            self.search_count(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("move_ids", "in", self.move_ids.ids),
                    ("state", "=", "broken"),
                    ("decided_on", ">=", since),
                ],
                limit=1,
            )
        )

    # --- kept or broken ---------------------------------------------------------------

    @api.model
    def _cobranza_decide(self):
        """Close the promises that were kept or whose day has passed, in batches.

        Side effects: an activity for whoever answers for a customer that broke one.
        """
        for company in self.search([("state", "=", "open")]).company_id:
            promises = self.search(
                [("state", "=", "open"), ("company_id", "=", company.id)]
            )
            today = company._cobranza_today()
            kept = promises.filtered(lambda one: one._cobranza_is_kept())
            late = (promises - kept).filtered(
                lambda one, day=today: one.date and one.date < day
            )
            kept.write({"state": "kept", "decided_on": today})
            late.write({"state": "broken", "decided_on": today})
            for promise in late:
                promise._cobranza_report_broken()

    def _cobranza_is_kept(self):
        """Return whether nothing is left of the invoices, or the amount has come."""
        self.ensure_one()
        if not self.move_ids:
            return False
        if not any(self.move_ids.mapped("amount_residual")):
            return True
        return bool(self.amount) and self._cobranza_paid_since() >= self.amount

    def _cobranza_paid_since(self):
        """Return what was paid on the invoices since the promise, in its currency."""
        lines = self.move_ids.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        since = self.create_date.date()
        found = lines.matched_credit_ids.filtered(lambda part: part.max_date >= since)
        return sum(found.mapped("debit_amount_currency"))

    def _cobranza_report_broken(self):
        user = self.partner_id._cobranza_responsible(
            self.company_id, move=self.move_ids[:1]
        )
        if user:
            env = self.with_context(lang=user.lang).env
            self.partner_id.with_context(
                mail_activity_quick_update=True
            ).activity_schedule(
                "cobranza_whatsapp.mail_activity_type_reply",
                summary=env._("Did not pay as promised: call"),
                user_id=user.id,
            )


class CobranzaMessage(models.Model):
    """A promise in a reply."""

    _inherit = "cobranza.message"

    def _cobranza_promise(self, text):
        """Record what an incoming message promises, if it is a customer's."""
        if not self.partner_id:
            return
        moves = self._cobranza_subject_moves()
        today = self.company_id._cobranza_today()
        # sudo: promises in replies are written by the system.
        self.env["cobranza.promise"].sudo().create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "move_ids": [(6, 0, moves.ids)],
                "date": promises.promise_date(text, today),
                "amount": promises.promise_amount(text) or 0,
                "currency_id": (
                    moves[:1].currency_id or self.company_id.currency_id
                ).id,
                "origin": "reply",
                "message_id": self.id,
            }
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _cobranza_hold_until(self, reason, until):
        """Hold these invoices for a reason, unless they are for as long already.

        ``until`` is the last day of the hold, False for one that a person releases.
        """
        Hold = self.env["cobranza.hold"]
        longer = [("date_to", "=", False)]
        if until:
            longer = ["|", *longer, ("date_to", ">=", until)]
        held = Hold.search(
            [("move_id", "in", self.ids), ("reason", "=", reason), *longer]
        )
        Hold.create(
            [
                {
                    "company_id": move.company_id.id,
                    "move_id": move.id,
                    "reason": reason,
                    "date_to": until,
                }
                for move in self - held.move_id
            ]
        )
