from odoo import fields, models


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
