from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import contact

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CobranzaContactWindow(models.Model):
    """Hours [from, to) of one weekday in which a debtor may be contacted.

    Those of the part "law" say what is permitted at most, the others what applies.
    """

    _name = "cobranza.contact.window"
    _description = "Contact Window"
    _order = "policy_id, weekday, hour_from"

    policy_id = fields.Many2one(
        "cobranza.contact.policy", required=True, ondelete="cascade", index=True
    )
    part = fields.Selection(
        [("applied", "Applied"), ("law", "Law")], default="applied", required=True
    )
    weekday = fields.Selection(WEEKDAYS, required=True, default="0")
    hour_from = fields.Float(string="From", required=True, default=9)
    hour_to = fields.Float(string="To", required=True, default=18)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: nobody adds hours to the law."""
        windows = super().create(vals_list)
        windows.policy_id._cobranza_demand_own()
        windows.policy_id._check_within_law()
        return windows

    def write(self, vals):
        """Extend base: nobody changes the hours of the law."""
        self.policy_id._cobranza_demand_own()
        result = super().write(vals)
        self.policy_id._cobranza_demand_own()
        self.policy_id._check_within_law()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        self.policy_id._cobranza_demand_own()

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for line in self:
            if not 0 <= line.hour_from < line.hour_to <= 24:
                raise ValidationError(
                    self.env._(
                        "A window must begin before it ends, between 0:00 and 24:00."
                    )
                )

    def _cobranza_core(self):
        """Return the windows as core data, in the debtor's local time."""
        return tuple(
            contact.Window(
                weekday=int(line.weekday),
                opens=round(line.hour_from * 60),
                closes=round(line.hour_to * 60),
            )
            for line in self
        )
