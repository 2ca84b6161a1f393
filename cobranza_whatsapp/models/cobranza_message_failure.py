from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import states

# Who paid needs no reminder any more, whatever became of the last one.
PAID_STATES = ("paid", "in_payment", "reversed")


class CobranzaMessage(models.Model):
    """Failed and uncertain messages until a person or another message settles them."""

    _inherit = "cobranza.message"

    is_settled = fields.Boolean(
        string="Seen To", readonly=True, help="A person has seen to this failure."
    )
    needs_person = fields.Boolean(
        string="Needs a Person",
        compute="_compute_needs_person",
        search="_search_needs_person",
    )
    _unsettled = models.Index(
        "(company_id, reason) WHERE state IN ('failed', 'uncertain') "
        "AND is_settled IS NOT TRUE"
    )

    def _compute_needs_person(self):
        needing = self.filtered_domain(self._cobranza_needing())
        for message in self:
            message.needs_person = message in needing

    @api.model
    def _search_needs_person(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = (operator == "in") == (True in value)
        return self._cobranza_needing() if wanted else ~self._cobranza_needing()

    @api.model
    def _cobranza_needing(self):
        """Return the domain of what still waits for somebody.

        Not what another message of the same reminder replaced, and not the reminder of
        invoices that are paid meanwhile.
        """
        replaced = Domain(
            "reminder_id.message_ids", "any", [("state", "in", tuple(states.LIVE))]
        )
        open_debt = Domain("move_ids", "=", False) | Domain(
            "move_ids.payment_state", "not in", PAID_STATES
        )
        failed = Domain("state", "=", "failed") & ~replaced & open_debt
        return (
            Domain("is_settled", "=", False)
            & Domain("direction", "=", "out")
            & (Domain("state", "=", "uncertain") | failed)
        )

    @api.model
    def cobranza_failure_count(self):
        """Return how many messages wait for a person, for the badge in the menu bar."""
        if not self.has_access("read"):
            return 0
        return self.search_count([("needs_person", "=", True)], limit=100)

    # --- buttons ----------------------------------------------------------------------

    def action_settle(self):
        """Take failures off the list: a person has seen to them."""
        self._cobranza_demand_reader()
        failed = self.filtered(lambda m: m.state in ("failed", "uncertain"))
        if not failed:
            raise UserError(
                self.env._("Only failed and uncertain messages stand on the list.")
            )
        failed._cobranza_settle()

    def _cobranza_settle(self):
        """Note that nobody need look at these any more; takes the red bubble away."""
        # sudo: readers may settle, but nobody edits messages otherwise.
        messages = self.sudo()
        messages.is_settled = True
        notes = messages.mail_message_ids
        notes.notification_ids.filtered(
            lambda n: n.notification_status == "exception"
        ).notification_status = "canceled"
        notes._notify_message_notification_update()

    def action_retry(self):
        """Queue a new message for each failed reminder, by the same rules.

        What the rules refuse stays on the list; its reason is told, or raised when
        nothing could be sent.
        """
        self._cobranza_demand_reader()
        failed = self.filtered(lambda m: m.state == "failed" and m.move_ids)
        if not failed:
            raise UserError(
                self.env._("Only a failed reminder can be sent again from here.")
            )
        by_hand = failed.filtered("guarantor_id")
        if by_hand == failed:
            # Each time a person decides whether a guarantor is written to.
            return by_hand.partner_id.action_cobranza_preview()
        failed -= by_hand
        if len(failed) == 1:
            answer = failed.move_ids[:1].action_cobranza_send_now()
            failed._cobranza_settle()
            return answer
        return failed._cobranza_retry_all()

    def _cobranza_retry_all(self):
        """Try each on its own; return a notification with what could not be sent."""
        refused = []
        for message in self:
            try:
                with self.env.cr.savepoint():
                    message.move_ids[:1].action_cobranza_send_now()
                    message._cobranza_settle()
            except UserError as error:
                refused.append(f"{message.partner_id.display_name}: {error}")
        if len(refused) == len(self):
            raise UserError("\n".join(refused))
        sent = self.env._("%(count)s are on their way.", count=len(self) - len(refused))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "sticky": bool(refused),
                "message": "\n".join([sent, *refused]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
