from odoo import api, models
from odoo.tools import file_open

from ..core import contact_laws
from .cobranza_contact_policy import CAPS

FILE = "cobranza_whatsapp/data/contact_policies.json"
DEFAULT_RETENTION_MONTHS = 60
# Called so in the database of the version before.
FALLBACK = {"XX": "cobranza_contact_policy_fallback"}


class CobranzaContactPolicy(models.Model):
    """The laws that come with the addon."""

    _inherit = "cobranza.contact.policy"

    @api.model
    def _cobranza_load_laws(self):
        """Create or update the rows of the law from the packed file.

        Called when the addon is installed or updated. Companies' own rows stay. The
        texts are English here; Odoo adds the translations from i18n/ right after.
        """
        self = self.with_context(lang=None)
        with file_open(FILE) as file:
            laws = contact_laws.read(file.read())
        countries = {
            country.code: country
            for country in self.env["res.country"].search(
                [("code", "in", [law.country for law in laws])]
            )
        }
        for law in laws:
            country = countries.get(law.country, self.env["res.country"])
            state = country.state_ids.filtered(lambda s, law=law: s.code == law.state)
            policy = self._cobranza_law_record(law, country, state)
            policy._cobranza_replace_hours("applied", law.applied.windows.windows)
            policy._cobranza_replace_hours("law", law.law.windows.windows)

    def _cobranza_law_record(self, law, country, state):
        """Return the row of a law, created or brought up to date."""
        name = FALLBACK.get(law.code) or (
            "cobranza_contact_policy_" + law.code.lower().replace("-", "_")
        )
        values = _values(law) | {
            "country_id": country.id,
            # A state that Odoo does not know must not widen a law to the country.
            "state_id": state.id,
            "active": not law.state or bool(state),
        }
        xml_id = f"cobranza_whatsapp.{name}"
        if known := self.env.ref(xml_id, raise_if_not_found=False):
            known.with_env(self.env)._cobranza_forget_translations(values)
        [policy] = self._load_records(
            [
                {
                    "xml_id": xml_id,
                    "values": values,
                    "noupdate": True,
                }
            ]
        )
        # `_load_records` leaves a noupdate record alone: the law is always ours.
        policy.write(values)
        return policy

    def _cobranza_forget_translations(self, values):
        """Drop the translations of texts that change: they translate the old ones.

        Odoo never replaces the translation of a noupdate record, only adds it.
        """
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        gone = dict.fromkeys(set(languages) - {"en_US"}, False)
        for name, value in values.items():
            if self._fields[name].translate and (self[name] or "") != (value or ""):
                self.update_field_translations(name, gone)

    def _cobranza_replace_hours(self, part, windows):
        """Give the policy these hours of one part, if it has others."""
        name = "window_ids" if part == "applied" else "law_window_ids"
        if sorted(self[name]._cobranza_core(), key=repr) == sorted(windows, key=repr):
            return
        self[name].unlink()
        self.env["cobranza.contact.window"].create(
            [
                {
                    "policy_id": self.id,
                    "part": part,
                    "weekday": str(item.weekday),
                    "hour_from": item.opens / 60,
                    "hour_to": item.closes / 60,
                }
                for item in windows
            ]
        )


def _values(law):
    """Return the fields of a law that need no other record."""
    return {
        "name": law.name,
        "code": law.code,
        "company_id": False,
        "regime": law.regime,
        "applies_to": "all",
        "legal_force": law.force,
        "no_holidays": law.holidays,
        "law_no_holidays": law.law_holidays,
        "holiday_categories": ",".join(law.holiday_categories),
        **{name: getattr(law.applied, name) for name in CAPS},
        **{f"law_{name}": getattr(law.law, name) for name in CAPS},
        "one_channel_per_week": law.applied.one_channel_per_week,
        "law_one_channel_per_week": law.law.one_channel_per_week,
        "caps_note": law.caps_note,
        "guarantors": law.guarantors,
        "contactable": law.contactable,
        "consent_needed": law.consent,
        "consent_note": law.consent_note,
        "opt_out_in_message": law.opt_out_in_message,
        "opt_out_note": law.opt_out_note,
        "retention_months": max(law.retention_months, DEFAULT_RETENTION_MONTHS),
        "confidence": law.confidence,
        "source": "\n".join(law.sources),
        "notes": law.notes,
        "reviewed_on": law.reviewed_on,
        "valid_from": law.valid_from,
        "valid_to": law.valid_to,
    }
