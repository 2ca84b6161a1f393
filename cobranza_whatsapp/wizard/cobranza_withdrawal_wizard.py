from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.cobranza_consent import ORIGINS, USER_ORIGINS


class CobranzaWithdrawalWizard(models.TransientModel):
    """Record that customers want no more messages, whoever they told it."""

    _name = "cobranza.withdrawal.wizard"
    _inherit = "cobranza.consent.dialog"
    _description = "Record Withdrawal"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "cobranza_withdrawal_wizard_partner_rel",
        string="Customers",
        required=True,
    )
    origin = fields.Selection(
        [pair for pair in ORIGINS if pair[0] in USER_ORIGINS],
        string="How You Know",
        required=True,
        default="verbal",
    )
    proof = fields.Text(
        string="What They Said", required=True, help="In their words, and where it is."
    )
    address_list = fields.Text(
        string="What Ends",
        compute="_compute_address_list",
        help="The numbers and addresses to which nothing is sent any more.",
    )

    @api.depends("partner_ids", "company_id")
    def _compute_address_list(self):
        for wizard in self:
            customers = wizard.partner_ids._origin.commercial_partner_id
            found = customers.with_company(wizard.company_id)._cobranza_all_addresses()
            wizard.address_list = "\n".join(
                f"{customer.display_name}: "
                f"{', '.join(found[customer.id].values()) or '–'}"
                for customer in customers
            )

    def action_record(self):
        """Write the refusals, cancel what waits, release what waited for this."""
        self._check_rights()
        Consent = self.env["cobranza.consent"]
        customers = self.partner_ids.commercial_partner_id
        found = customers.with_company(self.company_id)._cobranza_all_addresses()
        reached = customers.filtered(lambda customer: found[customer.id])
        if not reached:
            raise UserError(
                self.env._(
                    "These customers have neither a number nor an e-mail address: "
                    "there is nothing to end."
                )
            )
        values = {"origin": self.origin, "proof": self.proof, "basis": False}
        for customer in reached:
            Consent._cobranza_withdraw(
                customer, self.company_id, found[customer.id], values
            )
        self._settle(reached, found)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Withdrawals recorded: %(count)s.", count=len(reached)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _settle(self, customers, found):
        """Cancel what waits for these customers; nothing is unclear any more."""
        messages = self.env["cobranza.message"]
        keys = [
            key
            for customer in customers
            for key in self.env["cobranza.consent"]._cobranza_keys(found[customer.id])
        ]
        messages._cobranza_cancel_waiting(keys, self.company_id, customers)
        # sudo: holds are released by whoever may record what they wait for.
        self.env["cobranza.hold"].sudo().search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.company_id.id),
                ("reason", "=", "unclear"),
            ]
        ).action_release()
