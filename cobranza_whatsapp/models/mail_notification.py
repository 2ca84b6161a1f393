from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


class MailNotification(models.Model):
    """Delivery state of a collection message, with our own words for the browser."""

    _inherit = "mail.notification"

    notification_type = fields.Selection(
        selection_add=[("cobranza", "Payment reminder")],
        ondelete={"cobranza": "cascade"},
    )
    failure_type = fields.Selection(
        selection_add=[("cobranza", "Reminder not delivered")],
        ondelete={"cobranza": "set null"},
    )

    def _to_store_defaults(self, target):
        """Extend mail: our state and channel decide icon and title."""
        return [
            *super()._to_store_defaults(target),
            Store.Attr("cobranza_message_id", lambda n: n._cobranza_message().id),
            Store.Attr("cobranza_state", lambda n: n._cobranza_message().state),
            Store.Attr("cobranza_channel", lambda n: n._cobranza_message().channel),
            Store.Attr(
                "cobranza_reason", lambda n: n._cobranza_message().reason_sentence
            ),
        ]

    def _cobranza_message(self):
        # sudo: whoever may read the note may read the state of its message.
        return self.sudo().mail_message_id.cobranza_message_id
