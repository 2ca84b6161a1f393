from odoo import api, models

from ..core import smtp_errors


class MailThread(models.AbstractModel):
    """Bounces of our e-mails become events; seen failures leave the red bubble."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Extend mail: a bounce that names the Message-Id of a reminder is its failure.

        Only for the address that it went to: anybody can write an e-mail. A report
        that the server still tries is noted and fails nothing.
        """
        res = super()._routing_handle_bounce(email_message, message_dict)
        # sudo: incoming e-mails are handled for nobody in particular.
        message = message_dict["bounced_message"].sudo().cobranza_message_id
        if message and message.recipient == message_dict["bounced_email"]:
            action = smtp_errors.reported_action(email_message)
            message._cobranza_report(
                "bounce" if action in ("", "failed") else action,
                code="bounce",
                detail="The mail server returned the e-mail.",
            )
        return res

    def notify_cancel_by_type(self, notification_type):
        """Extend mail: the user has seen the failures of his reminders."""
        result = super().notify_cancel_by_type(notification_type)
        if notification_type == "cobranza":
            self._notify_cancel_by_type_generic("cobranza")
        return result
