from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers: nothing of ours is lost, and the stricter consent wins."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Extend base: carry over what its SQL cannot know.

        Side effects: a withdrawal of any of the customers is written for the one who
        remains; reminders that wait for several of them are cancelled and planned anew.
        """
        # sudo: whoever may merge contacts need not read the ledger or the queue.
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        customers = partners.filtered(lambda p: p == p.commercial_partner_id)
        refusals = self.env["cobranza.consent"].sudo()._cobranza_refusals(customers)
        waiting = self._cobranza_waiting(customers)
        confirmed = all(partners.mapped("cobranza_shared_number_confirmed"))
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        remaining = partners.exists()
        if len(remaining) == 1 < len(partners):
            customer = remaining.commercial_partner_id
            if remaining.cobranza_shared_number_confirmed != confirmed:
                remaining.cobranza_shared_number_confirmed = confirmed
            self._cobranza_repoint(remaining, customer)
            self.env["cobranza.consent"].sudo()._cobranza_refuse_again(
                customer, refusals
            )
            self._cobranza_plan_anew(waiting)
        return result

    def _cobranza_waiting(self, customers):
        """Return the reminders that wait in the queue for these customers."""
        # sudo: as above.
        return (
            self.env["cobranza.message"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("kind", "=", "reminder"),
                    ("state", "in", ("proposed", "queued")),
                ]
            )
        )

    def _cobranza_plan_anew(self, waiting):
        """Cancel reminders that would now claim the same debts twice."""
        groups = waiting.grouped(
            lambda m: (m.company_id, m.currency_id, m.guarantor_id)
        )
        for messages in groups.values():
            if len(messages) > 1:
                messages._cobranza_advance("cancelled", "customer_merged")
        self.env.ref("cobranza_whatsapp.ir_cron_plan").sudo()._trigger()

    def _cobranza_repoint(self, remaining, customer):
        """Keep our rows at the commercial partner when a contact of his remains."""
        if remaining == customer:
            return
        self.env.flush_all()
        for name, model in self.env.registry.items():
            field = model._fields.get("partner_id")
            if not name.startswith("cobranza.") or not model._auto:
                continue
            if field is None or not field.store or field.comodel_name != "res.partner":
                continue
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = %s WHERE partner_id = %s",
                    SQL.identifier(model._table),
                    customer.id,
                    remaining.id,
                )
            )
        self.env.invalidate_all()
