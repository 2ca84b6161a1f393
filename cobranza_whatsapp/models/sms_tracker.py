from odoo import fields, models


class SmsTracker(models.Model):
    """Delivery reports of Odoo's SMS become events of the account."""

    _inherit = "sms.tracker"

    cobranza_message_id = fields.Many2one(
        "cobranza.message", ondelete="cascade", index="btree_not_null"
    )

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        """Extend sms: the one place that all reports pass, of IAP and sms_twilio.

        While we send, the answer is the sender's to tell.
        """
        if "cobranza_results" not in self.env.context:
            for tracker in self.filtered("cobranza_message_id"):
                tracker.cobranza_message_id._cobranza_report(
                    notification_status,
                    uid=tracker.sms_uuid,
                    code=failure_type or "",
                    detail=failure_reason or "",
                )
        return super()._update_sms_notifications(
            notification_status,
            failure_type=failure_type,
            failure_reason=failure_reason,
        )
