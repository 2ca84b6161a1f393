from odoo import api, models

from ..core.types import ADDRESS_KINDS


class CobranzaConsent(models.Model):
    """Merging customers: whoever refused before still refuses afterwards."""

    _inherit = "cobranza.consent"

    @api.model
    def _cobranza_refusals(self, customers):
        """Return {(company, purpose, channel)} that one of the customers refused."""
        return {
            key
            for key, states in self._cobranza_states_everywhere(customers).items()
            if "withdrawn" in states
        }

    @api.model
    def _cobranza_states_everywhere(self, customers):
        """Return {(company, purpose, channel): {states}} over all ledgers."""
        found = {}
        for company, purpose in self._read_group([], ["company_id", "purpose"]):
            recipients = customers.with_company(company)._cobranza_all_recipients()
            current = self._cobranza_current_of(company, recipients, purpose)
            for (_partner_id, channel), standing in current.items():
                key = (company, purpose, channel)
                found.setdefault(key, set()).add(standing.state)
        return found

    @api.model
    def _cobranza_refuse_again(self, customer, refusals):
        """Write withdrawals for the number that a merged customer is reached by now."""
        states = self._cobranza_states_everywhere(customer)
        for company, purpose, channel in refusals:
            kind = ADDRESS_KINDS[channel]
            recipient = customer.with_company(company)._cobranza_recipient(kind)
            refused = states.get((company, purpose, channel)) == {"withdrawn"}
            if refused or not recipient["number"]:
                continue
            self.create(
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "number": recipient["number"],
                    "channel": channel,
                    "purpose": purpose,
                    "granted": False,
                    "basis": False,
                    "proof": self.env._("Merged with a customer who had opted out."),
                }
            )
