from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import groupby

from .groups import is_reader


class MailMessage(models.Model):
    """Collection notes, readable only by accounting and collections users.

    Core gives a note to whoever can read the contact, and to whoever is notified;
    the text of a reminder and its PDF are for the accountants of its company only.
    """

    _inherit = "mail.message"

    message_type = fields.Selection(
        selection_add=[("cobranza", "Collection message")],
        ondelete={
            "cobranza": lambda notes: notes.write({"message_type": "notification"})
        },
    )
    cobranza_message_id = fields.Many2one(
        "cobranza.message", index="btree_not_null", ondelete="set null", readonly=True
    )

    def _cobranza_place(self, records):
        """Put new collection notes into the chatters of ``records``, with their texts.

        One query for all. The ORM would take the HTML of each note apart to clean it,
        while this one holds nothing but escaped text in our own tags, and would look
        through all models with a chatter for each: a fifth of the sending.
        """
        if not self:
            return
        bodies = {m: str(m._cobranza_note_body()) for m in self.cobranza_message_id}
        rows = [
            (note.id, record._name, record.id, bodies[note.cobranza_message_id])
            for note, record in zip(self, records, strict=True)
        ]
        self.env.cr.execute_values(
            """
            UPDATE mail_message
               SET model = placed.model, res_id = placed.res_id, body = placed.body
              FROM (VALUES %s) AS placed (id, model, res_id, body)
             WHERE mail_message.id = placed.id
            """,
            rows,
            page_size=len(rows),
        )
        self.invalidate_recordset(["model", "res_id", "body"])
        for model, ids in groupby(records, lambda record: record._name):
            self.env[model].concat(*ids).invalidate_recordset(
                ["message_ids", "message_needaction", "message_needaction_counter"]
            )

    def _cobranza_readable_domain(self):
        """Return the domain of messages that the user may see as far as we know."""
        other = Domain("message_type", "!=", "cobranza")
        if not is_reader(self.env.user):
            return other
        companies = self.env.user.company_ids.ids
        return other | Domain("record_company_id", "in", companies)

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Extend mail: leave out the collection notes that are not for the user.

        Also where the ORM does not ask for rights: a search of partners by the text of
        their messages would tell the text, letter by letter.
        """
        if not self.env.su:
            domain = Domain(domain) & self._cobranza_readable_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _get_with_access(self, message_id, mode="read", **kwargs):
        """Extend mail: access to the record, or its token, opens no collection note."""
        message = super()._get_with_access(message_id, mode=mode, **kwargs)
        # sudo: only type and company are looked at, to decide about the rest.
        known = message.sudo().filtered_domain(self._cobranza_readable_domain())
        return message if known else message.browse()

    def _get_forbidden_access(self, operation):
        """Extend mail: refuse collection notes that are not for the user."""
        # sudo: only type and company are looked at, to decide about the rest.
        forbidden = self.browse(
            (
                self.sudo().exists()
                - self.sudo().exists().filtered_domain(self._cobranza_readable_domain())
            ).ids
        )
        return forbidden + super(MailMessage, self - forbidden)._get_forbidden_access(
            operation
        )
