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
            ("promise", "Promise to pay"),
            ("dispute", "Dispute"),
            ("agreement", "Agreement"),
            ("unclear", "Reply that a person must read"),
            ("veto", "Taken out of a run"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    note = fields.Char()
    date_from = fields.Date(
        string="From", help="First day of the hold; empty: at once."
    )
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

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for hold in self:
            if hold.date_from and hold.date_to and hold.date_from > hold.date_to:
                raise ValidationError(
                    self.env._("A hold cannot end before it begins: correct the dates.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: who holds a contact holds his customer, whom debts name."""
        return super().create([self._cobranza_of_customer(vals) for vals in vals_list])

    def write(self, vals):
        """Extend base: as in `create`."""
        return super().write(self._cobranza_of_customer(vals))

    @api.model
    def _cobranza_of_customer(self, vals):
        contact = self.env["res.partner"].browse(vals.get("partner_id"))
        return (
            {**vals, "partner_id": contact.commercial_partner_id.id}
            if contact
            else vals
        )

    def action_release(self):
        """End the hold; the debt is chased again from its present stage."""
        self.write({"active": False})
