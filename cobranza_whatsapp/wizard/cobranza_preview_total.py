from odoo import fields, models

from ..models.channels import CHANNELS
from .preview_values import OUTCOMES


class CobranzaPreviewTotal(models.TransientModel):
    """How many reminders of one stage, channel and currency, and what they cost."""

    _name = "cobranza.preview.total"
    _description = "Totals of a Preview of Reminders"
    _order = "stage_id, channel, currency_id"

    preview_id = fields.Many2one(
        "cobranza.preview", required=True, index=True, ondelete="cascade"
    )
    outcome = fields.Selection(OUTCOMES, string="When", readonly=True)
    stage_id = fields.Many2one("cobranza.stage", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    count = fields.Integer(string="Reminders", readonly=True)
    amount = fields.Monetary(string="Claimed", readonly=True, aggregator=None)
    cost_currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary(
        currency_field="cost_currency_id", readonly=True, aggregator=None
    )
