import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.types import ADDRESS_KINDS, CHANNELS
from ..models import channels, consent_reasons
from ..models.cobranza_consent import BASES, ORIGINS, USER_ORIGINS
from ..models.cobranza_consent_grant import GrantRow

# So many lines are shown; all are recorded.
LINES_SHOWN = 200
LABELS = dict(channels.CHANNELS)
PROOF_BYTES_MAX = 15_000_000


class CobranzaConsentWizard(models.TransientModel):
    """Record that one or many customers allowed messages."""

    _name = "cobranza.consent.wizard"
    _inherit = "cobranza.consent.dialog"
    _description = "Record Consent"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many(
        "res.partner", "cobranza_consent_wizard_partner_rel", string="Customers"
    )
    use_whatsapp = fields.Boolean(LABELS["whatsapp"], default=True)
    use_sms = fields.Boolean(LABELS["sms"], default=True)
    use_email = fields.Boolean(LABELS["email"])
    purpose = fields.Selection(
        [("collection", "Payment reminders"), ("marketing", "Promotions")],
        required=True,
        default="collection",
    )
    basis = fields.Selection(BASES, required=True, default="contract")
    origin = fields.Selection(
        [pair for pair in ORIGINS if pair[0] in USER_ORIGINS],
        string="How You Know",
        required=True,
        default="form",
    )
    given_on = fields.Date(
        string="Date",
        required=True,
        default=fields.Date.context_today,
        help="When the customer agreed.",
    )
    text_shown = fields.Text(help="The words to which the customer agreed.")
    proof = fields.Text(help="Where the proof is kept, or who said it.")
    proof_file = fields.Binary(attachment=False)
    proof_filename = fields.Char()
    line_ids = fields.One2many(
        "cobranza.consent.wizard.line", compute="_compute_lines", string="Preview"
    )
    good_count = fields.Integer(compute="_compute_lines")
    bad_count = fields.Integer(compute="_compute_lines")

    @api.depends(
        "partner_ids",
        "company_id",
        "purpose",
        "given_on",
        *(f"use_{channel}" for channel in CHANNELS),
    )
    def _compute_lines(self):
        for wizard in self:
            grants = wizard._grants()
            bad = [grant for grant in grants if grant.problem]
            names = {p.id: p.display_name for p in wizard.partner_ids._origin}
            wizard.good_count = len(grants) - len(bad)
            wizard.bad_count = len(bad)
            shown = sorted(grants, key=lambda grant: not grant.problem)[:LINES_SHOWN]
            wizard.line_ids = [
                fields.Command.create(wizard._line_values(grant, names))
                for grant in shown
            ]

    def _line_values(self, grant, names):
        sentence = self.env._("Will be recorded.")
        if grant.problem:
            sentence = consent_reasons.consent_sentence(
                self.env, grant.problem, grant.problem_value
            )
        return {
            "customer": names.get(grant.partner_id, ""),
            "channel": grant.channel,
            "number": grant.number,
            "is_good": not grant.problem,
            "sentence": sentence,
        }

    def _grants(self):
        """Return a GrantRow for each customer and channel, with what is wrong."""
        customers = self.partner_ids._origin.commercial_partner_id
        recipients = customers._cobranza_all_recipients()
        given_on = self.given_on or fields.Date.context_today(self)
        grants = []
        for customer in customers:
            for channel in CHANNELS:
                if not self[f"use_{channel}"]:
                    continue
                found = recipients[ADDRESS_KINDS[channel]][customer.id]
                grants.append(
                    GrantRow(
                        customer.id,
                        channel,
                        self.purpose,
                        found["number"],
                        found["number_key"],
                        given_on,
                        "row_future_date"
                        if given_on > fields.Date.context_today(self)
                        else found["problem"],
                    )
                )
        self.env["cobranza.consent"]._cobranza_check_grants(self.company_id, grants)
        if given_on == fields.Date.context_today(self):
            self._forgive_today(grants)
        return grants

    @staticmethod
    def _forgive_today(grants):
        """Let a person record today's agreement after today's refusal: he heard it."""
        for grant in grants:
            if grant.problem == "row_opted_out_later" and (
                grant.problem_value == grant.given_on.isoformat()
            ):
                grant.problem = ""

    def action_record(self):
        """Write the rows that nothing speaks against, with the proof file."""
        self._check_rights()
        Consent = self.env["cobranza.consent"]
        good = [grant for grant in self._grants() if not grant.problem]
        if not good:
            raise UserError(
                self.env._("Nothing can be recorded: the list says why for each.")
            )
        file = self._proof()
        values = {
            "basis": self.basis,
            "origin": self.origin,
            "text_shown": self.text_shown,
            "proof": self.proof,
            "attachment_id": file.id,
        }
        rows = Consent._cobranza_record_grants(
            self.company_id, [(grant, values) for grant in good], self.env.uid
        )
        file.res_id = rows[:1].id
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s consents recorded.", count=len(rows)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _proof(self):
        """Return the proof as an attachment of the ledger, none without a file."""
        # sudo: the ledger's files belong to the system; collectors only add them.
        files = self.env["ir.attachment"].sudo()
        if not self.proof_file:
            return files
        raw = base64.b64decode(self.proof_file)
        if len(raw) > PROOF_BYTES_MAX:
            raise UserError(
                self.env._("The proof file is larger than 15 MB: attach a smaller one.")
            )
        return files.create(
            {
                "name": self.proof_filename or self.env._("Proof"),
                "raw": raw,
                "res_model": "cobranza.consent",
                "company_id": self.company_id.id,
            }
        )


class CobranzaConsentWizardLine(models.TransientModel):
    """One customer and channel of the preview."""

    _name = "cobranza.consent.wizard.line"
    _description = "Record Consent: Preview"

    customer = fields.Char(readonly=True)
    channel = fields.Selection(channels.CHANNELS, readonly=True)
    number = fields.Char(string="Number or Address", readonly=True)
    is_good = fields.Boolean(readonly=True)
    sentence = fields.Char(string="What Happens", readonly=True)
