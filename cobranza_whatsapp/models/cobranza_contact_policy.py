from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import contact, limits

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CobranzaContactPolicy(models.Model):
    """When and how often a debtor may be contacted, as data.

    A company's own row comes before one for the debtor's country, which comes before
    the fallback without country and company.
    """

    _name = "cobranza.contact.policy"
    _description = "Contact Policy"
    _order = "company_id, country_id, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="cascade")
    country_id = fields.Many2one("res.country")
    window_ids = fields.One2many("cobranza.contact.window", "policy_id", copy=True)
    max_per_day = fields.Integer(string="Messages per Day", default=1, required=True)
    source = fields.Char(
        translate=True, help="Law, regulation or decision behind this policy."
    )
    reviewed_on = fields.Date()

    _positive_cap = models.Constraint(
        "CHECK(max_per_day > 0)",
        "Allow at least one message a day; stop collection to send none.",
    )

    @api.model
    def _cobranza_choose(self, company, country):
        """Return the policy for debtors of a country, seen by a creditor company."""
        candidates = self.search(
            [
                ("company_id", "in", (False, company._cobranza_root().id)),
                ("country_id", "in", (False, country.id)),
            ]
        )
        return candidates.sorted(
            lambda policy: (not policy.company_id, not policy.country_id, policy.id)
        )[:1]

    def _cobranza_limits(self):
        """Return what the policy permits as core data."""
        return limits.Limits(self._cobranza_windows(), max_per_day=self.max_per_day)

    def _cobranza_windows(self):
        """Return the opening hours as core data, in the debtor's local time."""
        return contact.ContactWindows(
            windows=tuple(
                contact.Window(
                    weekday=int(line.weekday),
                    opens=round(line.hour_from * 60),
                    closes=round(line.hour_to * 60),
                )
                for line in self.window_ids
            ),
            holidays=frozenset(),
        )


class CobranzaContactWindow(models.Model):
    """Hours [from, to) of one weekday in which a debtor may be contacted."""

    _name = "cobranza.contact.window"
    _description = "Contact Window"
    _order = "policy_id, weekday, hour_from"

    policy_id = fields.Many2one(
        "cobranza.contact.policy", required=True, ondelete="cascade", index=True
    )
    weekday = fields.Selection(WEEKDAYS, required=True, default="0")
    hour_from = fields.Float(string="From", required=True, default=9)
    hour_to = fields.Float(string="To", required=True, default=18)

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for line in self:
            if not 0 <= line.hour_from < line.hour_to <= 24:
                raise ValidationError(
                    self.env._(
                        "A window must begin before it ends, between 0:00 and 24:00."
                    )
                )
