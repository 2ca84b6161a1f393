from odoo import api, models
from odoo.tools import SQL


class CobranzaPlanning(models.AbstractModel):
    """Know who was reminded already."""

    _inherit = "cobranza.planning"

    @api.model
    def _mark_reminded(self, company, candidates):
        """Note on each candidate the reminder that already covers it, if any.

        A debt in a message of the same stage was reminded, whatever named it; what went
        to a guarantor does not count for the debtor.
        """
        claims = [candidate for candidate in candidates if candidate.claim]
        move_ids = {candidate.claim.cycle.move_id for candidate in claims}
        if not move_ids:
            return
        self.env["cobranza.reminder"].flush_model()
        self.env["cobranza.message"].flush_model(["state", "reason", "reminder_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.move_id, line.date_maturity, reminder.stage_id,
                       COALESCE(reminder.guarantor_id, 0), reminder.id,
                       reminder.escalated_at IS NOT NULL OR EXISTS (
                           SELECT 1 FROM cobranza_message message
                            WHERE message.reminder_id = reminder.id AND (
                              message.state <> 'cancelled'
                              OR message.reason = 'rejected')),
                       reminder.escalated_at IS NULL AND NOT EXISTS (
                           SELECT 1 FROM cobranza_message message
                            WHERE message.reminder_id = reminder.id
                              AND message.state NOT IN ('cancelled', 'failed'))
                  FROM cobranza_reminder_debt line
                  JOIN cobranza_reminder reminder ON reminder.id = line.reminder_id
                 WHERE reminder.company_id = %s AND line.move_id = ANY(%s)
              ORDER BY reminder.id
                """,
                company.id,
                list(move_ids),
            )
        )
        known = {tuple(row[:4]): row[4:] for row in rows}
        for candidate in claims:
            cycle = candidate.claim.cycle
            key = (
                cycle.move_id,
                cycle.date_maturity,
                candidate.claim.stage.id,
                candidate.guarantor.id if candidate.guarantor else 0,
            )
            found = known.get(key, (None, False, False))
            candidate.reminder_id, candidate.reminded, candidate.all_failed = found
