from odoo import api, fields, models


class CobranzaChoice(models.Model):
    """The template that a person chose for one reminder, before it is sent.

    Its key is that of the reminder that it is for, so that it ends with the stage. A
    chosen template whose channel is refused leaves the stage's other channels.
    """

    _name = "cobranza.choice"
    _description = "Chosen Template"
    _order = "id desc"
    _rec_name = "template_id"

    key = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    template_id = fields.Many2one(
        "cobranza.template", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Chosen By", readonly=True)

    _unique_key = models.UniqueIndex("(key)", "A template is chosen already.")

    @api.model
    def _cobranza_apply(self, company, candidates, wanted):
        """Note on each candidate the template that a person chose, in one query.

        ``wanted`` are choices that are only on a screen yet, by `Candidate.key`; they
        win.
        """
        keys = {
            self.env["cobranza.reminder"]._cobranza_key(company, candidate): candidate
            for candidate in candidates
            if candidate.claim
        }
        # sudo: planning runs for people who may not read what others chose.
        found = self.sudo().search_fetch(
            [("key", "in", list(keys))], ["key", "template_id"]
        )
        for choice in found:
            keys[choice.key].wanted = choice.template_id
        # sudo: as above; the screen has checked what may be chosen.
        none = self._none().sudo()
        for candidate in candidates:
            chosen = wanted.get(candidate.key, candidate.wanted)
            candidate.wanted = chosen.sudo() if chosen else none

    @api.model
    def _none(self):
        return self.env["cobranza.template"]

    @api.model
    def _cobranza_keep(self, company, candidates):
        """Store what the candidates want, in place of what was chosen before."""
        reminder = self.env["cobranza.reminder"]
        keys = {reminder._cobranza_key(company, one): one for one in candidates}
        # sudo: nobody edits choices but through the screen that calls this.
        choices = self.sudo()
        choices.search([("key", "in", list(keys))]).unlink()
        choices.create(
            [
                {
                    "key": key,
                    "company_id": company.id,
                    "partner_id": candidate.partner_id,
                    "template_id": candidate.wanted.id,
                    "user_id": self.env.uid,
                }
                for key, candidate in keys.items()
                if candidate.wanted
            ]
        )


class CobranzaTemplate(models.Model):
    """Templates that a person may choose."""

    _inherit = "cobranza.template"

    def _cobranza_usable(self, account):
        """Return whether an account, maybe none, may send this text."""
        return bool(account) and not self._cobranza_refusal(account)

    def _cobranza_fits(self, candidate, channel):
        """Return whether the template may tell of a candidate's claim by a channel."""
        claim = candidate.claim
        return (
            self.active
            and self.channel == channel
            and self.stage_id.id == claim.stage.id
            and self._cobranza_suits(len(claim.debts), candidate.guarantor)
        )

    def _cobranza_suits(self, debt_count, guarantor):
        """Return whether the text is for so many debts and such a person.

        A text for one invoice names only one; to a guarantor goes no text that calls
        the debt his own.
        """
        if guarantor or self.shape == "guarantor":
            return bool(guarantor) and self.shape == "guarantor"
        return self.shape == "several" or debt_count == 1
