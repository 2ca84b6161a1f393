from odoo import models


class ResPartner(models.Model):
    """What a person may do by hand about the reminders of a customer."""

    _inherit = "res.partner"

    def action_cobranza_preview(self):
        """Open the preview of the reminders of these customers."""
        self.check_access("read")
        return self.env["cobranza.preview"]._cobranza_open(partners=self)

    def action_cobranza_why(self):
        """Open the list of all rules and what they say about this customer now."""
        self.ensure_one()
        return self.env["cobranza.why"]._cobranza_open(partner=self)
