from datetime import timezone

from odoo import api, models
from odoo.tools import SQL


class CobranzaPlanning(models.AbstractModel):
    """When customers answered: some laws permit one message more on that day."""

    _inherit = "cobranza.planning"

    @api.model
    def _answers(self, company, permitted, now):
        """Return {customer id: aware moments of his answers of two days}.

        ``permitted`` are core Limits by customer: only those are asked about for whom
        an answer counts, in one query; none where there are no such customers.
        """
        asked = [pid for pid, one in permitted.items() if one.answered_extra]
        if not asked:
            return {}
        self.env["cobranza.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, create_date
                  FROM cobranza_message
                 WHERE partner_id IN %(partners)s AND direction = 'in'
                   AND company_id IN %(companies)s
                   AND create_date > %(now)s - INTERVAL '2 days'
                   AND create_date <= %(now)s
                """,
                partners=tuple(asked),
                companies=tuple(self._company_tree(company).ids),
                now=now,
            )
        )
        answers = {}
        for partner_id, moment in rows:
            answers.setdefault(partner_id, []).append(
                moment.replace(tzinfo=timezone.utc)
            )
        return {partner_id: tuple(found) for partner_id, found in answers.items()}

    @api.model
    def _company_tree(self, company):
        """Return the creditor with its branches."""
        # sudo: whoever asks about one branch asks about the creditor.
        return (
            self.env["res.company"]
            .sudo()
            .search([("id", "child_of", company._cobranza_root().id)])
        )
