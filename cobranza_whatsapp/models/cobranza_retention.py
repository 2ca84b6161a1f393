from odoo import api, fields, models
from odoo.tools import SQL

from .sealed_rows import BY_KIND

# Five years: longer than every minimum that the law tables name (legal.md §3).
DEFAULT_MONTHS = 60
MESSAGES_PER_RUN = 2000


class CobranzaMessage(models.Model):
    """Retention: old messages lose whom they were for and what they said.

    What is left (when, by which channel, in which state) still proves: each field has
    a digest of its own, and only the salts of the blanked ones are thrown away.
    """

    _inherit = "cobranza.message"

    anonymised_at = fields.Datetime(readonly=True)

    @api.model
    def _cobranza_retention_months(self):
        # sudo: system parameters are readable by administrators only.
        months = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("cobranza_whatsapp.retention_months", DEFAULT_MONTHS)
        )
        return int(months)

    @api.model
    def _cron_anonymise(self):
        """Blank the messages whose retention is over; commit after each batch."""
        before = fields.Datetime.subtract(
            fields.Datetime.now(), months=self._cobranza_retention_months()
        )
        while True:
            old = self.search(
                [
                    ("create_date", "<", before),
                    ("anonymised_at", "=", False),
                    ("state", "not in", ("proposed", "queued", "sending", "uncertain")),
                ],
                order="id",
                limit=MESSAGES_PER_RUN,
            )
            old._cobranza_anonymise()
            # What is blanked cannot come back: keep it.
            self.env["ir.cron"]._commit_progress(len(old))
            if len(old) < MESSAGES_PER_RUN:
                return

    def _cobranza_anonymise(self):
        """Blank text, number, PDF and events of these messages for good.

        Side effects: attachments are deleted; salts of the blanked fields are thrown
        away, so that nobody can test guesses against the digests.
        """
        if not self:
            return
        # A row that was never sealed proves nothing once it is blank.
        self.env["cobranza.seal.batch"]._cobranza_seal_all()
        events = self.env["cobranza.event"].search([("message_id", "in", self.ids)])
        documents = self.document_id
        self.write(
            {
                "subject": False,
                "body": False,
                "recipient": False,
                "recipient_key": False,
                "snapshot": False,
                "document_id": False,
                "reason_detail": False,
                "anonymised_at": fields.Datetime.now(),
            }
        )
        events.write({"payload": False})
        self._cobranza_forget_salts("message", self.ids)
        self._cobranza_forget_salts("event", events.ids)
        self._cobranza_forget_documents(documents)

    @api.model
    def _cobranza_forget_salts(self, kind, row_ids):
        if not row_ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE cobranza_seal SET salts = salts - %s::text[] "
                "WHERE kind = %s AND row_id IN %s",
                list(BY_KIND[kind].personal),
                kind,
                tuple(row_ids),
            )
        )
        self.env["cobranza.seal"].invalidate_model(["salts"])

    @api.model
    def _cobranza_forget_documents(self, documents):
        """Delete PDFs that no other message shows."""
        shared = self.search([("document_id", "in", documents.ids)]).document_id
        (documents - shared).sudo().unlink()


class CobranzaSealBatch(models.Model):
    _inherit = "cobranza.seal.batch"

    @api.model
    def _cobranza_seal_all(self):
        """Seal everything that is ready, in this transaction."""
        while self._cobranza_seal_some():
            pass
