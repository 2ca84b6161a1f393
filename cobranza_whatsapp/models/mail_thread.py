import logging

import psycopg2

from odoo import api, models
from odoo.tools.mail import email_normalize, unfold_references

from ..core import email_reply, smtp_errors

_logger = logging.getLogger(__name__)

# As many as core looks at: an answer names what it answers last.
REFERENCES_MAX = 32


class MailThread(models.AbstractModel):
    """What comes back for our e-mails becomes events; seen failures leave the menu."""

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

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Extend mail: what answers one of our e-mails is also a reply to collections.

        Core has put it into the customer's chatter, whatever becomes of it with us.
        """
        thread_id = super()._message_route_process(message, message_dict, routes)
        # What fails in core's own writes is core's to report.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                ours = (
                    self._cobranza_answered(message, message_dict) if routes else None
                )
                if ours:
                    ours._cobranza_email_answered(message_dict)
        except psycopg2.OperationalError:
            raise  # the gateway begins again
        except Exception:
            # An e-mail in the chatter must not be lost because we cannot read it.
            _logger.exception("An answer to a reminder could not be read")
        return thread_id

    @api.model
    def _cobranza_answered(self, message, message_dict):
        """Return the message of ours that an incoming e-mail answers, mostly none.

        Not for programs that answer by themselves, nor for our own people, who write
        in the same thread.
        """
        references = message_dict["references"] or message_dict["in_reply_to"]
        named = unfold_references(references or "")[-REFERENCES_MAX:]
        if not named or email_reply.is_automatic(message):
            return None
        # sudo: incoming e-mails are handled for nobody in particular.
        ours = self.env["cobranza.message"].sudo()
        found = ours.search(
            [
                ("uuid", "in", [email_reply.uuid_of(one) for one in named]),
                ("direction", "=", "out"),
                ("channel", "=", "email"),
            ],
            order="id desc",
            limit=1,
        )
        sender = email_normalize(message_dict["email_from"] or "")
        if sender == found.recipient:
            return found
        author = self.env["res.partner"].browse(message_dict.get("author_id") or [])
        is_user = author.sudo().user_ids.filtered(lambda user: not user.share)
        mailboxes = (found.account_id.sender, found.company_id.email)
        is_ours = sender in [email_normalize(address or "") for address in mailboxes]
        return None if is_user or is_ours else found

    def notify_cancel_by_type(self, notification_type):
        """Extend mail: the user has seen the failures of his reminders."""
        result = super().notify_cancel_by_type(notification_type)
        if notification_type == "cobranza":
            self._notify_cancel_by_type_generic("cobranza")
        return result
