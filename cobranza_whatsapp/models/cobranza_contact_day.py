from dataclasses import dataclass, field

from odoo import api, fields, models


@dataclass
class OwnDays:
    """A company's own days by place: (country id or 0, state id or 0) → dates."""

    by_place: dict = field(default_factory=dict)

    def of(self, country, state):
        """Return the days that count for debtors of a country and state."""
        places = {(0, 0), (country.id or 0, 0), (country.id or 0, state.id or 0)}
        found = [self.by_place[place] for place in places if place in self.by_place]
        return frozenset().union(*found)


class CobranzaContactDay(models.Model):
    """A day on which a company contacts nobody, beside the public holidays.

    For local holidays, decrees of the day, or the company's own closing days.
    """

    _name = "cobranza.contact.day"
    _description = "Day Without Contact"
    _order = "date desc, id"
    _rec_name = "date"

    date = fields.Date(required=True)
    name = fields.Char(string="Reason", required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_root(),
        ondelete="cascade",
        index=True,
    )
    country_id = fields.Many2one("res.country", help="Empty: everywhere.")
    state_id = fields.Many2one(
        "res.country.state",
        domain="[('country_id', '=?', country_id)]",
        help="Empty: the whole country.",
    )

    @api.onchange("state_id")
    def _onchange_state_id(self):
        for day in self.filtered("state_id"):
            day.country_id = day.state_id.country_id

    @api.model
    def _cobranza_days(self, root):
        """Return the OwnDays of a root company in one query."""
        by_place = {}
        for day in self.search_fetch(
            [("company_id", "=", root.id)], ["date", "country_id", "state_id"]
        ):
            country = day.country_id or day.state_id.country_id
            place = (country.id or 0, day.state_id.id or 0)
            by_place.setdefault(place, set()).add(day.date)
        return OwnDays({place: frozenset(days) for place, days in by_place.items()})
