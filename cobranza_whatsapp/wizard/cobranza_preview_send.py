from odoo import models
from odoo.exceptions import UserError

from ..models.planning_data import Simulation
from .preview_values import nothing


class CobranzaPreview(models.TransientModel):
    """Send by hand: queue exactly what was shown, or say what changed."""

    _inherit = "cobranza.preview"

    def action_send(self):
        """Queue the ticked reminders by the same rules and rows as the run.

        Asks planning again under its lock. If anything differs from what was shown,
        nothing is queued and the changed lines are shown anew.
        """
        self.ensure_one()
        self._cobranza_demand_sender()
        chosen = self.going_ids.filtered("selected")
        if self.kind != "hand" or not chosen:
            raise UserError(self.env._("Tick at least one reminder to send."))
        fresh = {
            company: self._cobranza_look_again(company, lines)
            for company, lines in chosen.grouped("company_id").items()
        }
        changed = [one for found in fresh.values() for one in found[1]]
        if changed:
            return self._cobranza_show_changes(changed)
        messages = self.env["cobranza.message"]
        for company, (candidates, _changed) in fresh.items():
            messages += self.env["cobranza.reminder"]._cobranza_create_messages(
                company, candidates
            )
            chosen.filtered(
                lambda line, c=company: line.company_id == c
            )._cobranza_keep(company, candidates)
        self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
        return self._cobranza_tell_sent(messages)

    def _cobranza_look_again(self, company, lines):
        """Return (candidates as they were shown, [(line, values)] of the others)."""
        # sudo: the decision needs consents and accounts that the user cannot read.
        planning = self.env["cobranza.planning"].sudo().with_company(company)
        planning._lock_company(company)
        simulation = Simulation(wanted=lines._cobranza_wanted(), guarantors=True)
        candidates, values = self._cobranza_look(
            company, lines.partner_id.ids, simulation
        )
        by_key = {
            one.key: (one, own) for one, own in zip(candidates, values, strict=True)
        }
        same, changed = [], []
        for line in lines:
            key = line._cobranza_candidate_key()
            candidate, own = by_key.get(key, (None, nothing(self.env)))
            if own["fingerprint"] and line._cobranza_shows(own):
                same.append(candidate)
            else:
                changed.append((line, own))
        return same, changed

    def _cobranza_show_changes(self, changed):
        """Show what the changed lines say now, unticked, and say so."""
        names = []
        for line, values in changed:
            names.append(line.partner_id.display_name)
            line.write({**values, "selected": False})
        self.notice = self.env._(
            "Nothing was sent, because something changed since you opened this page: "
            "%(names)s. Look at it again.",
            names=", ".join(dict.fromkeys(names[:10])),
        )
        return self._cobranza_reopen()

    def _cobranza_tell_sent(self, messages):
        later = len(messages.filtered(lambda m: m.reason))
        text = self.env._(
            "%(count)s reminders are on their way.", count=len(messages) - later
        )
        if later:
            text = self.env._(
                "%(now)s reminders are on their way, %(later)s go later.",
                now=len(messages) - later,
                later=later,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_keep_templates(self):
        """Keep the chosen templates for the scheduled run; send nothing now."""
        self.ensure_one()
        self._cobranza_demand_sender()
        for company, lines in self.line_ids.grouped("company_id").items():
            simulation = Simulation(wanted=lines._cobranza_wanted(), guarantors=True)
            candidates, _values = self._cobranza_look(
                company, lines.partner_id.ids, simulation
            )
            lines._cobranza_keep(company, candidates)
        return {"type": "ir.actions.act_window_close"}
