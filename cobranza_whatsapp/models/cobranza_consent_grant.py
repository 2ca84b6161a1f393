from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from odoo import api, fields, models
from odoo.tools import SQL

NOON = time(12)


@dataclass
class GrantRow:
    """One permission that somebody wants to record, and what speaks against it.

    ``given_on`` is a day of the user who records. ``problem`` is a code of
    models/consent_reasons or "". Holds ids, not records: there may be tens of
    thousands.
    """

    partner_id: int
    channel: str
    purpose: str
    number: str
    number_key: str
    given_on: date
    problem: str = ""
    problem_value: str = ""


class CobranzaConsent(models.Model):
    """What speaks against recording permissions, for many at once."""

    _inherit = "cobranza.consent"

    @api.model
    def _cobranza_check_grants(self, company, grants):
        """Note on each GrantRow without a problem what speaks against it.

        Two queries for all of them: the rows of the same numbers in the ledger, and
        who has these numbers.
        """
        todo = [grant for grant in grants if not grant.problem]
        keys = {grant.number_key for grant in todo if grant.number_key}
        known, refused = self._cobranza_recorded(company._cobranza_root(), keys)
        owners = self._cobranza_owners(keys)
        seen = set()
        for grant in todo:
            place = (grant.number_key, grant.channel, grant.purpose)
            mine = (grant.partner_id, *place, grant.given_on)
            others = owners.get(grant.number_key, {})
            last = refused.get(place)
            if others and grant.partner_id not in others:
                grant.problem = "row_number_of_another"
                grant.problem_value = next(iter(others.values()))
            elif mine in seen or _holds(known.get(mine), last):
                grant.problem = "row_already_recorded"
            elif last and self._cobranza_day(last) >= grant.given_on:
                grant.problem = "row_opted_out_later"
                grant.problem_value = self._cobranza_day(last).isoformat()
            seen.add(mine)

    @api.model
    def _cobranza_recorded(self, company, keys):
        """Return ({permission of a day: moment}, {place: moment of last refusal})."""
        known, refused = {}, {}
        if not keys:
            return known, refused
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, number_key, channel, purpose, granted, given_at
                  FROM cobranza_consent
                 WHERE company_id = %s AND number_key IN %s
                """,
                company.id,
                tuple(keys),
            )
        )
        for partner_id, key, channel, purpose, granted, given_at in rows:
            place = (key, channel, purpose)
            if granted:
                day = self._cobranza_day(given_at)
                known[(partner_id, *place, day)] = given_at
            elif place not in refused or given_at > refused[place]:
                refused[place] = given_at
        return known, refused

    @api.model
    def _cobranza_owners(self, keys):
        """Return {key: {commercial partner id: name}} of who has these numbers."""
        if not keys:
            return {}
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT owner.key, partner.id, partner.name
                  FROM (SELECT cobranza_number_key AS key, commercial_partner_id
                          FROM res_partner
                         WHERE active AND cobranza_number_key IN %(keys)s
                         UNION
                        SELECT cobranza_email, commercial_partner_id
                          FROM res_partner
                         WHERE active AND cobranza_email IN %(keys)s) owner
                  JOIN res_partner partner ON partner.id = owner.commercial_partner_id
              ORDER BY partner.id
                """,
                keys=tuple(keys),
            )
        )
        owners = {}
        for key, partner_id, name in rows:
            owners.setdefault(key, {})[partner_id] = name or ""
        return owners

    @api.model
    def _cobranza_day(self, moment):
        """Return the user's day of a moment in UTC."""
        return moment.replace(tzinfo=UTC).astimezone(self.env.tz).date()

    @api.model
    def _cobranza_moment(self, day):
        """Return the moment (UTC) that the ledger keeps for a day of the user.

        That is its noon; for today it is now, which is later than a refusal of this
        morning.
        """
        if day >= fields.Date.context_today(self):
            return fields.Datetime.now()
        noon = self.env.tz.localize(datetime.combine(day, NOON))
        return noon.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _cobranza_record_grants(self, company, pairs, user_id):
        """Write permissions; ``pairs`` are (GrantRow, further values). Return rows."""
        root = company._cobranza_root()
        # sudo: origin and proof file are what our own wizards say, not the browser.
        return self.sudo().create(
            [
                {
                    "partner_id": grant.partner_id,
                    "company_id": root.id,
                    "number": grant.number,
                    "channel": grant.channel,
                    "purpose": grant.purpose,
                    "given_at": self._cobranza_moment(grant.given_on),
                    "user_id": user_id,
                    **values,
                }
                for grant, values in pairs
            ]
        )


def _holds(given_at, refused_at):
    """Return whether a permission was recorded and not withdrawn since."""
    return bool(given_at) and not (refused_at and refused_at >= given_at)
