from odoo import api, fields, models

from ..models.channels import CHANNELS
from ..models.planning_data import Simulation
from .preview_values import OUTCOMES, RECIPIENT_REASONS, nothing


class CobranzaPreviewLine(models.TransientModel):
    """What would happen to one customer in one currency, and why."""

    _name = "cobranza.preview.line"
    _description = "Line of a Preview of Reminders"
    _order = "amount DESC, id"
    _rec_name = "partner_id"

    preview_id = fields.Many2one(
        "cobranza.preview", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    guarantor_id = fields.Many2one(
        "cobranza.guarantor", readonly=True, help="Whom it is for; empty: the debtor."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    move_names = fields.Char(string="Invoices", readonly=True)
    amount = fields.Monetary(string="Claimed", readonly=True)
    debt_count = fields.Integer(readonly=True, aggregator=None)
    days_overdue = fields.Integer(readonly=True, aggregator=None)
    stage_id = fields.Many2one("cobranza.stage", readonly=True)
    outcome = fields.Selection(OUTCOMES, string="When", readonly=True)
    selected = fields.Boolean(string="Send")
    channel = fields.Selection(CHANNELS, readonly=True)
    recipient_partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True
    )
    recipient = fields.Char(string="Number or Address", readonly=True)
    recipient_why = fields.Selection(
        RECIPIENT_REASONS, string="Chosen As", readonly=True
    )
    account_id = fields.Many2one("cobranza.account", readonly=True)
    template_id = fields.Many2one(
        "cobranza.template", string="Planned Template", readonly=True
    )
    wanted_template_id = fields.Many2one(
        "cobranza.template",
        string="Template",
        domain="[('id', 'in', possible_template_ids)]",
    )
    possible_template_ids = fields.Many2many(
        "cobranza.template", compute="_compute_possible_template_ids"
    )
    text = fields.Text(readonly=True)
    parts = fields.Integer(string="SMS Parts", readonly=True, aggregator=None)
    send_at = fields.Datetime(string="Goes On", readonly=True)
    cost = fields.Monetary(currency_field="cost_currency_id", readonly=True)
    cost_currency_id = fields.Many2one("res.currency", readonly=True)
    code = fields.Char(readonly=True)
    sentence = fields.Char(string="Why", readonly=True)
    note = fields.Char(readonly=True)
    vetoed = fields.Boolean(string="Taken Out", readonly=True)
    fingerprint = fields.Char(readonly=True)

    @api.depends("stage_id", "debt_count", "company_id", "guarantor_id")
    def _compute_possible_template_ids(self):
        """Offer the approved templates of the stage that may tell of these debts."""
        # sudo: which accounts send is not the reader's to see, only the texts are.
        template = self.env["cobranza.template"].sudo()
        found = template.search([("stage_id", "in", self.stage_id.ids)])
        accounts = {
            company: self.env["cobranza.account"].sudo()._cobranza_by_channel(company)
            for company in self.company_id
        }
        usable = {
            company: found.filtered(
                lambda t, a=by_channel: t._cobranza_usable(a[t.channel][0])
            )
            for company, by_channel in accounts.items()
        }
        for line in self:
            line.possible_template_ids = usable.get(line.company_id, found).filtered(
                lambda t, line=line: (
                    t.stage_id == line.stage_id
                    and t._cobranza_suits(line.debt_count, line.guarantor_id)
                )
            )

    @api.onchange("wanted_template_id")
    def _onchange_wanted_template_id(self):
        """Show what the customer would get with another template."""
        if not self.partner_id or not self.wanted_template_id:
            return
        [values] = self._cobranza_fresh()
        self.update({**values, **self._cobranza_kept(self, {})})

    def write(self, vals):
        """Extend base: another template means another text, channel and cost."""
        result = super().write(vals)
        if "wanted_template_id" in vals:
            for lines in self.grouped("company_id").values():
                for line, values in zip(lines, lines._cobranza_fresh(), strict=True):
                    super(CobranzaPreviewLine, line).write(
                        {**values, **self._cobranza_kept(line, vals)}
                    )
        return result

    @api.model
    def _cobranza_kept(self, line, vals):
        """Return what a fresh look must not change: what a person set himself."""
        return {
            "template_id": line.template_id.id,
            "selected": vals.get("selected", line.selected),
        }

    def _cobranza_candidate_key(self):
        """Return the `Candidate.key` that this line is about."""
        self.ensure_one()
        return self.partner_id.id, self.currency_id.id, self.guarantor_id.id or 0

    def _cobranza_wanted(self):
        """Return {`Candidate.key`: template} that a person changed."""
        return {
            line._cobranza_candidate_key(): line.wanted_template_id
            for line in self
            if line.wanted_template_id and line.wanted_template_id != line.template_id
        }

    def _cobranza_keep(self, company, candidates):
        """Store the templates that a person changed, for the reminders of a company."""
        wanted = self._cobranza_wanted()
        self.env["cobranza.choice"]._cobranza_keep(
            company,
            [one for one in candidates if one.claim and one.key in wanted],
        )

    def _cobranza_fresh(self):
        """Return the values of these lines, of one company, as of this moment."""
        simulation = Simulation(
            wanted=self._cobranza_wanted(), guarantors=bool(self.guarantor_id)
        )
        candidates, values = self.env["cobranza.preview"]._cobranza_look(
            self.company_id, self.partner_id.ids, simulation
        )
        by_key = {one.key: own for one, own in zip(candidates, values, strict=True)}
        return [
            by_key.get(line._cobranza_candidate_key(), nothing(self.env))
            for line in self
        ]

    def _cobranza_shows(self, values):
        """Return whether a person saw what these values of a fresh look say.

        Whom it goes to is compared too: nobody chooses that on the page.
        """
        self.ensure_one()
        return (
            self.fingerprint == values["fingerprint"]
            and self.recipient == values["recipient"]
            and self.recipient_partner_id.id == values["recipient_partner_id"]
        )

    def action_open_text(self):
        """Show the text of one line as the customer reads it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
