from odoo import api, fields, models


class CobranzaTemplate(models.Model):
    """What a template is for: a promotion needs a consent of its own."""

    _inherit = "cobranza.template"

    purpose = fields.Selection(
        [("collection", "Payment reminders"), ("marketing", "Promotions")],
        required=True,
        default="collection",
        help="A text with an offer, a discount or a raffle is a promotion: it only "
        "goes to customers who allowed promotions.",
    )

    @api.model
    def _cobranza_promotions(self, company, recipients):
        """Return who allowed promotions; asks the ledger only if a template is one."""
        if not self.search_count([("purpose", "=", "marketing")], limit=1):
            return {}
        return self.env["cobranza.consent"]._cobranza_current_of(
            company, recipients, "marketing"
        )

    def _cobranza_lacks_consent(self, promotions, customer_id, channel):
        """Return whether this is a promotion that the customer has not allowed."""
        if self.purpose != "marketing":
            return False
        standing = promotions.get((customer_id, channel))
        return not standing or standing.state != "granted"
