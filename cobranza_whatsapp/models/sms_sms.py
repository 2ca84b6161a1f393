from odoo import models
from odoo.exceptions import UserError


class SmsSms(models.Model):
    """Odoo's SMS, where it carries a collection message: sent once, by us."""

    _inherit = "sms.sms"

    def _handle_call_result_hook(self, results):
        """Extend sms: hand the service's own words to our sender."""
        self.env.context.get("cobranza_results", []).extend(results)
        return super()._handle_call_result_hook(results)

    def _cobranza_refuse(self):
        # sudo: only whose SMS it is, is looked at.
        if self.sudo().sms_tracker_id.cobranza_message_id:
            raise UserError(
                self.env._(
                    "This SMS is a payment reminder: send it again from the customer's "
                    "collection messages."
                )
            )

    def resend_failed(self):
        """Extend sms: a reminder is sent again by the rules of collection only."""
        self._cobranza_refuse()
        return super().resend_failed()

    def action_set_outgoing(self):
        """Extend sms: a reminder never enters Odoo's own queue."""
        self._cobranza_refuse()
        return super().action_set_outgoing()
