from odoo import api, fields, models

from ..core.errors import TemplateError
from . import reminder_text
from .channels import CHANNELS
from .groups import READERS


class AccountMove(models.Model):
    """The next reminder of an invoice, and what a person may do about it by hand."""

    _inherit = "account.move"

    cobranza_next_channel = fields.Selection(
        CHANNELS,
        string="Next Channel",
        compute="_compute_cobranza_next_text",
        groups=READERS,
    )
    cobranza_next_template_id = fields.Many2one(
        "cobranza.template",
        string="Next Template",
        compute="_compute_cobranza_next_text",
        groups=READERS,
    )
    cobranza_next_text = fields.Text(
        string="Next Text", compute="_compute_cobranza_next_text", groups=READERS
    )

    @api.depends_context("lang")
    def _compute_cobranza_next_text(self):
        self.cobranza_next_channel = False
        self.cobranza_next_template_id = False
        self.cobranza_next_text = False
        chased = self.filtered(
            lambda m: m.state == "posted" and m.is_sale_document(include_receipts=True)
        )
        # sudo: the decision needs consents and accounts that the user cannot read.
        planning = self.env["cobranza.planning"].sudo()
        for company, moves in chased.grouped("company_id").items():
            found = planning.with_company(company)._candidates(
                company, moves.commercial_partner_id.ids, also_reminded=True
            )
            by_key = {(one.partner_id, one.currency_id): one for one in found}
            for move in moves:
                key = (move.commercial_partner_id.id, move.currency_id.id)
                move._cobranza_set_next_text(company, by_key.get(key))

    def _cobranza_set_next_text(self, company, candidate):
        if not candidate or candidate.refusal or not candidate.choice:
            return
        if self.id not in {debt.move_id for debt in candidate.claim.debts}:
            return
        # sudo: as above.
        env = self.sudo().env
        today = company._cobranza_today()
        try:
            text = reminder_text.of_candidate(env, company, candidate, today)
        except TemplateError:
            return
        self.cobranza_next_channel = candidate.choice.channel
        self.cobranza_next_template_id = candidate.choice.template
        self.cobranza_next_text = reminder_text.shown(text)

    def action_cobranza_preview(self):
        """Open the preview of the reminders of these invoices' customers."""
        return self.env["cobranza.preview"]._cobranza_open(moves=self)

    def action_cobranza_why(self):
        """Open the list of all rules and what they say about this invoice now."""
        self.ensure_one()
        return self.env["cobranza.why"]._cobranza_open(move=self)
