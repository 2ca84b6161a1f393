from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CobranzaHold(models.Model):
    """Reason why one invoice, or everything of one customer, is not chased."""

    _name = "cobranza.hold"
    _description = "Collection Hold"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="cascade",
        index="btree_not_null",
    )
    reason = fields.Selection(
        [
            ("paid_claim", "Customer says it is paid"),
            ("dispute", "Dispute"),
            ("agreement", "Agreement"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    note = fields.Char()
    date_to = fields.Date(
        string="Until", help="Last day of the hold; empty: until it is removed."
    )
    user_id = fields.Many2one(
        "res.users", string="Set By", default=lambda self: self.env.user
    )
    active = fields.Boolean(default=True)

    @api.constrains("move_id", "partner_id")
    def _check_subject(self):
        for hold in self:
            if bool(hold.move_id) == bool(hold.partner_id):
                raise ValidationError(
                    self.env._("Choose either an invoice or a customer to hold.")
                )

    def action_release(self):
        """End the hold; the debt is chased again from its present stage."""
        self.write({"active": False})
