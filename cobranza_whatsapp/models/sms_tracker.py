from odoo import fields, models

from .odoo_sender_sms import OdooSms


class SmsTracker(models.Model):
    """Delivery reports of Odoo's SMS become events of the account."""

    _inherit = "sms.tracker"

    cobranza_message_id = fields.Many2one(
        "cobranza.message", ondelete="cascade", index="btree_not_null"
    )

    def _action_update_from_provider_error(self, provider_error):
        """Extend sms: what is no word of a failure must not fail a reminder.

        Odoo takes each word that it does not know for an error.
        """
        known = (None, *OdooSms.ERROR_CODES)
        if (
            provider_error not in known
            and f"sms_{provider_error}" not in self.env["sms.sms"].DELIVERY_ERRORS
        ):
            self = self.with_context(cobranza_unknown_status=provider_error)
        return super()._action_update_from_provider_error(provider_error)

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        """Extend sms: the one place that all reports pass, of IAP and sms_twilio.

        While we send, the answer is the sender's to tell.
        """
        if "cobranza_results" not in self.env.context:
            unknown = self.env.context.get("cobranza_unknown_status")
            for tracker in self.filtered("cobranza_message_id"):
                tracker.cobranza_message_id._cobranza_report(
                    unknown or notification_status,
                    uid=tracker.sms_uuid,
                    code=failure_type or "",
                    detail=failure_reason or "",
                )
        return super()._update_sms_notifications(
            notification_status,
            failure_type=failure_type,
            failure_reason=failure_reason,
        )
