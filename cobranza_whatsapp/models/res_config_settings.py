from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Chile, Ley 19.496 art. 37: records of contacts of at least two years (legal.md §2).
MONTHS_MIN = 24


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_started = fields.Boolean(
        related="company_id.cobranza_started", readonly=False
    )
    cobranza_needs_approval = fields.Boolean(
        related="company_id.cobranza_needs_approval", readonly=False
    )
    cobranza_timezone = fields.Selection(
        related="company_id.cobranza_timezone", readonly=False
    )
    cobranza_user_id = fields.Many2one(
        related="company_id.cobranza_user_id", readonly=False
    )
    cobranza_regime = fields.Selection(
        related="company_id.cobranza_regime", readonly=False
    )
    cobranza_caps_of_group = fields.Boolean(
        string="Limits of All Companies Together",
        config_parameter="cobranza_whatsapp.caps_of_group",
    )
    cobranza_contact = fields.Char(
        related="company_id.cobranza_contact", readonly=False
    )
    cobranza_anchor_email = fields.Char(
        string="Seal by E-Mail", config_parameter="cobranza_whatsapp.anchor_email"
    )
    cobranza_retention_months = fields.Integer(
        string="Months Until Messages Are Anonymous",
        config_parameter="cobranza_whatsapp.retention_months",
        default=60,
    )

    @api.constrains("cobranza_retention_months")
    def _check_cobranza_retention(self):
        for settings in self:
            if settings.cobranza_retention_months < MONTHS_MIN:
                raise ValidationError(
                    self.env._(
                        "Keep messages at least %(months)s months: the law of Chile "
                        "wants the records of two years.",
                        months=MONTHS_MIN,
                    )
                )
