from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models import reasons
from ..models.groups import is_reader
from ..models.planning_data import Simulation
from . import why_steps

EVERYTHING = Simulation(guarantors=True, every_channel=True)
MARKS = [("passed", "✓"), ("later", "◷"), ("refused", "✗"), ("head", " ")]


class CobranzaWhy(models.TransientModel):
    """The whole rule chain for one invoice or customer at this moment, in sentences.

    Every rule is asked, also behind the first that refuses, for every channel of the
    stage. Nothing is written but these rows.
    """

    _name = "cobranza.why"
    _description = "Why or Why Not"
    _rec_name = "subject"

    subject = fields.Char(readonly=True)
    next_action = fields.Char(readonly=True)
    next_date = fields.Date(string="Next Action On", readonly=True)
    line_ids = fields.One2many("cobranza.why.line", "why_id", readonly=True)

    @api.model
    def _cobranza_open(self, move=None, partner=None):
        """Open the page about an invoice, or about a customer in his companies."""
        if not is_reader(self.env.user):
            raise AccessError(
                self.env._("Only accounting and collections users can do this.")
            )
        (move or partner).check_access("read")
        values = self._cobranza_of_move(move) if move else self._of_partner(partner)
        page = self.create(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why / Why Not"),
            "res_model": self._name,
            "res_id": page.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _cobranza_of_move(self, move):
        found = self._cobranza_candidates(move.company_id, move.commercial_partner_id)
        own = [c for c in found if c.currency_id == move.currency_id.id]
        candidate = next((c for c in own if not c.guarantor), None)
        steps = why_steps.of_move(self.env, move, candidate)
        if candidate and candidate.options:
            for other in own:
                if other.guarantor:
                    steps += why_steps.of_customer(self.env, move.company_id, other)
        return {
            "subject": f"{move.name} · {move.commercial_partner_id.display_name}",
            "next_action": move.cobranza_next_action,
            "next_date": move.cobranza_next_date,
            "line_ids": [(0, 0, step) for step in steps],
        }

    @api.model
    def _of_partner(self, partner):
        """Return one part per company and currency in which the customer owes."""
        customer = partner.commercial_partner_id
        steps, next_actions = [], []
        for company in self.env.companies:
            for candidate in self._cobranza_candidates(company, customer):
                steps += why_steps.of_customer(self.env, company, candidate)
                if candidate.guarantor:
                    continue
                oldest = self._cobranza_oldest(candidate)
                if oldest.cobranza_next_action:
                    next_actions.append(oldest)
        first = min(next_actions, key=self._cobranza_next_day, default=None)
        return {
            "subject": customer.display_name,
            "next_action": (
                first.cobranza_next_action
                if first
                else reasons.sentence(self.env, "no_debt")
            ),
            "next_date": first.cobranza_next_date if first else False,
            "line_ids": [(0, 0, step) for step in steps],
        }

    @api.model
    def _cobranza_candidates(self, company, customer):
        # sudo: the decision needs consents and accounts that the user cannot read.
        planning = self.env["cobranza.planning"].sudo().with_company(company)
        return planning._candidates(
            company, customer.ids, also_reminded=True, simulation=EVERYTHING
        )

    @api.model
    def _cobranza_oldest(self, candidate):
        """Return the invoice that stands for a candidate, the one that is chased."""
        debts = candidate.claim.debts if candidate.claim else candidate.lines
        ids = [debt.move_id for debt in debts if debt.amount > 0]
        return self.env["account.move"].browse(ids[:1])

    @staticmethod
    def _cobranza_next_day(move):
        return move.cobranza_next_date or fields.Date.to_date("9999-12-31")


class CobranzaWhyLine(models.TransientModel):
    """What one rule says."""

    _name = "cobranza.why.line"
    _description = "Line of Why or Why Not"
    _order = "id"
    _rec_name = "sentence"

    why_id = fields.Many2one("cobranza.why", required=True, ondelete="cascade")
    mark = fields.Selection(MARKS, string=" ", readonly=True)
    sentence = fields.Char(string="What Was Checked", readonly=True)
    from_at = fields.Datetime(string="Allowed From", readonly=True)
