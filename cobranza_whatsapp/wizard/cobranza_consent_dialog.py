from odoo import api, models
from odoo.exceptions import AccessError


class CobranzaConsentDialog(models.AbstractModel):
    """A dialog about the consent of customers, in the fields company and customers."""

    _name = "cobranza.consent.dialog"
    _description = "Dialog about Consent"

    @api.model
    def default_get(self, names):
        """Extend base: the customers of what is selected."""
        values = super().default_get(names)
        model = self.env.context.get("active_model")
        if "partner_ids" in names and model in ("res.partner", "account.move"):
            records = self.env[model].browse(self.env.context.get("active_ids", []))
            customers = records.mapped("commercial_partner_id")
            values["partner_ids"] = [(6, 0, customers.ids)]
        return values

    def _check_rights(self):
        """Raise AccessError unless the user may record for company and customers."""
        self.ensure_one()
        self.env["cobranza.consent"].check_access("create")
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("Choose one of your own companies."))
        # Readers of contacts only: nobody records for whom he cannot see.
        self.partner_ids.check_access("read")
