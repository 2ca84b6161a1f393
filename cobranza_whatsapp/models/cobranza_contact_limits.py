import hashlib
import json
from dataclasses import replace

from odoo import api, models

from ..core import contact, limits, public_holidays
from .cobranza_consent import BASES
from .cobranza_contact_policy import CAPS

# Bases that are not enough for each; see core.limits.Limits.consent_bases.
NOT_ENOUGH = {
    "contract": (),
    "documented": ("verbal",),
    "express": ("verbal", "contract"),
}


class CobranzaContactPolicy(models.Model):
    """Which policies hold for a customer, as core data."""

    _inherit = "cobranza.contact.policy"

    # --- which one holds --------------------------------------------------------------

    @api.model
    def _cobranza_limits_of(self, company, customers, day):
        """Return {customer id: core Limits} for a creditor company on a day.

        Reads everything for all customers at once; their countries and states decide,
        and whether they are companies.
        """
        root = company._cobranza_root()
        rows = self.search(
            [
                ("company_id", "in", (False, root.id)),
                ("country_id", "in", (False, *customers.country_id.ids)),
            ]
        ).filtered(
            lambda p: (p.valid_from or day) <= day and (p.valid_to or day) >= day
        )
        own_days = self.env["cobranza.contact.day"]._cobranza_days(root)
        found, result = {}, {}
        for customer in customers:
            place = (customer.country_id, customer.state_id, customer.is_company)
            if place not in found:
                permitted = rows._cobranza_combine(root, *place, day)
                free = own_days.of(customer.country_id, customer.state_id)
                found[place] = _with_holidays(permitted, free)
            result[customer.id] = found[place]
        return result

    def _cobranza_combine(self, root, country, state, is_company, day):
        """Return what own row and law permit a company towards debtors of a place."""
        fitting = self.filtered(
            lambda p: (
                (not p.country_id or p.country_id == country)
                and (not p.state_id or p.state_id == state)
                and p.regime in ("any", root.cobranza_regime)
                and p.applies_to in ("all", "company" if is_company else "person")
            )
        ).sorted(_specificity)
        law = fitting.filtered(lambda p: not p.company_id)[:1]
        own = fitting.filtered("company_id")[:1]
        place = (country.code or "", state.code or "", day.year)
        by_law = law._cobranza_by_law(*place)
        if not own:
            return limits.narrower(law._cobranza_applied(*place), by_law)
        applied = own._cobranza_applied(*place)
        within = limits.narrower(applied, by_law)
        if not own.permission_user_id:
            return within
        # The permission is about hours, days and limits, not about whom and consent.
        return replace(
            applied,
            guarantors=within.guarantors,
            opt_out_in_message=within.opt_out_in_message,
            consent_bases=within.consent_bases,
            version=within.version,
        )

    def _cobranza_law(self):
        """Return the law that a company's own row for a country sits on."""
        self.ensure_one()
        laws = self.search(
            [
                ("company_id", "=", False),
                ("country_id", "in", (False, self.country_id.id)),
                ("state_id", "in", (False, self.state_id.id)),
                ("regime", "in", ("any", self.company_id.cobranza_regime)),
            ]
        )
        return laws.sorted(_specificity)[:1]

    # --- as core data -----------------------------------------------------------------

    def _cobranza_applied(self, country_code="", state_code="", year=0):
        """Return what the row itself says as core Limits."""
        no = NOT_ENOUGH[self.consent_needed or "contract"]
        return limits.Limits(
            windows=contact.ContactWindows(
                self.window_ids._cobranza_core(),
                self._cobranza_holidays(
                    self.no_holidays, country_code, state_code, year
                ),
            ),
            one_channel_per_week=self.one_channel_per_week,
            guarantors=self.guarantors,
            opt_out_in_message=self.opt_out_in_message,
            consent_bases=frozenset(base for base, _label in BASES if base not in no)
            if no
            else frozenset(),
            version=self._cobranza_version(),
            **{name: self[name] for name in CAPS},
        )

    def _cobranza_by_law(self, country_code="", state_code="", year=0):
        """Return what the law permits at most; no version of its own."""
        return replace(
            self._cobranza_applied(),
            windows=contact.ContactWindows(
                self.law_window_ids._cobranza_core(),
                self._cobranza_holidays(
                    self.law_no_holidays, country_code, state_code, year
                ),
            ),
            one_channel_per_week=self.law_one_channel_per_week,
            **{name: self[f"law_{name}"] for name in CAPS},
        )

    def _cobranza_holidays(self, wanted, country_code, state_code, year):
        """Return the holidays around a year, those of all states for an unknown one.

        Where only courtesy asks for them, an unknown state counts as none.
        """
        if not (wanted and country_code and year):
            return frozenset()
        categories = tuple(self.holiday_categories.split(","))
        years = range(year - 1, year + 2)
        if self.law_no_holidays and not public_holidays.subdivision(
            country_code, state_code
        ):
            days = [
                public_holidays.anywhere(country_code, categories, y) for y in years
            ]
            return frozenset().union(*days)
        return frozenset(
            day
            for one in years
            for day, _name in public_holidays.of_year(
                country_code, state_code, categories, one
            )
        )

    def _cobranza_version(self):
        """Return code and digest of the content, which name the version as evidence."""
        return f"{self.code or f'own-{self.id}'}#{self._cobranza_digest()[:16]}"

    def _cobranza_digest(self):
        """Return the SHA-256 of everything that decides, and of its source."""
        names = [*CAPS, "one_channel_per_week", "guarantors", "consent_needed"]
        names += [f"law_{name}" for name in (*CAPS, "one_channel_per_week")]
        names += ["no_holidays", "law_no_holidays", "holiday_categories", "source"]
        names += ["regime", "applies_to", "opt_out_in_message", "retention_months"]
        english = self.with_context(lang="en_US")
        content = {name: english[name] for name in names}
        for name in ("window_ids", "law_window_ids"):
            content[name] = [
                (item.weekday, item.opens, item.closes)
                for item in limits.joined_hours(self[name]._cobranza_core())
            ]
        for name in ("valid_from", "valid_to", "reviewed_on"):
            content[name] = str(self[name] or "")
        content["place"] = [self.country_id.code, self.state_id.code]
        content["permission"] = str(self.permission_at or "")
        text = json.dumps(content, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _specificity(policy):
    """Sort the nearest policy first: state, country, regime, kind of customer."""
    return (
        not policy.state_id,
        not policy.country_id,
        policy.regime == "any",
        policy.applies_to == "all",
        policy.id,
    )


def _with_holidays(permitted, days):
    if not days:
        return permitted
    windows = permitted.windows
    return replace(
        permitted, windows=replace(windows, holidays=windows.holidays | days)
    )
