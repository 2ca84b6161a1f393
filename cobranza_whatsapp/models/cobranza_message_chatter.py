from markupsafe import Markup

from odoo import api, models
from odoo.tools.mail import generate_tracking_message_id

from . import channels
from .message_values import html

# Our states in the words of mail.notification, whose own words mean other things
# (its "sent" is delivered). Icon and title come from our state, by a JS patch.
NOTIFICATION_STATUS = {
    "sent": "pending",
    "delivered": "sent",
    "read": "sent",
    "failed": "exception",
    "uncertain": "process",
    "cancelled": "canceled",
}


class CobranzaMessage(models.Model):
    """Chatter: one note per message on the customer and one on each invoice."""

    _inherit = "cobranza.message"

    def _cobranza_log(self):
        """Write the notes of messages that left, failed or arrived, in bulk.

        Only accounting and collections users of the company can read them (see
        `mail_message`). Never e-mails anybody.
        """
        fresh = self.filtered(lambda m: m.partner_id and not m.mail_message_ids)
        # Core checks the attachments document by document: read them at once.
        fresh.document_id.sudo().fetch(["res_model", "res_id"])
        placed = [note for m in fresh for note in m._cobranza_note_values()]
        # sudo: the notes are the system's, written in the name of the responsible.
        notes = self.env["mail.message"].sudo().create([vals for _, vals in placed])
        notes._cobranza_place([record for record, _ in placed])
        outgoing = notes.filtered(
            lambda note: note.cobranza_message_id.direction == "out"
        )
        self.env["mail.notification"].sudo().create(
            [
                note.cobranza_message_id._cobranza_notification_values(note)
                for note in outgoing
            ]
        )
        return notes

    def _cobranza_note_values(self):
        """Return [(record whose chatter it is for, values)] of the message's notes."""
        self.ensure_one()
        company, customer = self.company_id, self.partner_id
        user = customer._cobranza_responsible(
            company, self.reminder_id.policy_id, self.move_ids[:1]
        )
        author = customer if self.direction == "in" else user.partner_id
        if not author:
            author = author.browse(self._cobranza_xmlid("base.partner_root"))
        common = {
            "subject": self.subject or False,
            "message_type": "cobranza",
            "subtype_id": self._cobranza_xmlid("mail.mt_note"),
            "author_id": author.id,
            "email_from": author.email_formatted or False,
            # Nobody answers a note by e-mail; core would look the address up each time.
            "reply_to": author.email_formatted or False,
            "record_company_id": company.id,
            "is_internal": True,
            "cobranza_message_id": self.id,
            "attachment_ids": [(4, self.document_id.id)] if self.document_id else [],
        }
        notes = [
            (
                record,
                {
                    **common,
                    "record_name": record.display_name,
                    "message_id": generate_tracking_message_id(
                        f"{record.id}-{record._name}"
                    ),
                },
            )
            for record in self._cobranza_note_records()
        ]
        if self.channel == "email" and self.direction == "out":
            # An answer or a bounce finds the customer by it.
            notes[0][1]["message_id"] = self._cobranza_email_message_id()
        return notes

    def _cobranza_note_records(self):
        """Return whose chatters tell of the message: customer first, then invoices.

        An e-mail that answers ours is in the customer's already, where Odoo put it.
        """
        is_answer = self.direction == "in" and self.channel == "email"
        if is_answer and self.context_message_id.partner_id == self.partner_id:
            return [*self.move_ids]
        return [self.partner_id, *self.move_ids]

    @api.model
    def _cobranza_xmlid(self, xmlid):
        # Cached, unlike `env.ref`, which asks the database each time.
        return self.env["ir.model.data"]._xmlid_to_res_id(xmlid)

    def _cobranza_note_body(self):
        """Return the text as the customer has it, below channel and number."""
        lang = self.company_id.partner_id.lang or self.env.lang
        env = self.with_context(lang=lang).env
        channel = channels.label(env, self.channel)
        if self.guarantor_id:
            head = env._(
                "%(channel)s to the guarantor %(name)s, %(number)s",
                channel=channel,
                name=self._cobranza_addressee().name,
                number=self.recipient,
            )
        elif self.direction == "in":
            head = env._(
                "%(channel)s from %(number)s", channel=channel, number=self.recipient
            )
        else:
            head = env._(
                "%(channel)s to %(number)s", channel=channel, number=self.recipient
            )
        return Markup("<p><b>{}</b></p><p>{}</p>").format(head, html(self.body))

    def _cobranza_notification_values(self, note):
        return {
            "mail_message_id": note.id,
            "res_partner_id": self._cobranza_addressee().id,
            "author_id": note.author_id.id,
            "notification_type": "cobranza",
            "notification_status": NOTIFICATION_STATUS.get(self.state, "ready"),
            "failure_type": "cobranza" if self.state == "failed" else False,
            "failure_reason": self.reason_sentence
            if self.state in ("failed", "uncertain")
            else False,
            "is_read": True,
        }

    def _cobranza_update_notifications(self):
        """Bring the ticks in the chatter up to date and tell open browsers."""
        for state, messages in self.grouped("state").items():
            notes = messages.mail_message_ids
            # sudo: delivery states are the system's.
            notifications = notes.notification_ids.sudo().filtered(
                lambda n: n.notification_type == "cobranza"
            )
            notifications.write(
                {
                    "notification_status": NOTIFICATION_STATUS.get(state, "ready"),
                    "failure_type": "cobranza" if state == "failed" else False,
                }
            )
            for message in messages.filtered(lambda m: m.state == "failed"):
                message.mail_message_ids.notification_ids.sudo().write(
                    {"failure_reason": message.reason_sentence}
                )
            notes.sudo()._notify_message_notification_update()
