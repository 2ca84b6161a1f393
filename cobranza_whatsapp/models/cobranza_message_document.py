import hashlib
import logging
import re
import time

from odoo import api, fields, models
from odoo.tools.pdf import merge_pdf

from ..core import dispatch, watchdog
from ..core.errors import ProviderError
from ..core.types import Document
from . import reasons

_logger = logging.getLogger(__name__)

# A run begins no report after this time, and no upload later than `UPLOAD_SECONDS`
# after the reports of its batch. With a report that hangs and then uploads that nobody
# answers (12 s) it ends within a minute; what is left is taken up by the next run.
RUN_SECONDS = 20
UPLOAD_SECONDS = 2
# A report that takes longer hangs: it fails its own message.
RENDER_SECONDS = 25
# Each message may cost a render of about a second; small enough to lose little.
MESSAGES_PER_BATCH = 20
UPLOAD_THREADS = 8


class CobranzaMessage(models.Model):
    """Prepare: official PDF made once, uploaded once per account."""

    _inherit = "cobranza.message"

    @api.model
    def _cron_prepare(self):
        """Make and upload the PDFs of queued messages, ahead of the sending hours.

        Side effects: creates attachments, uploads files, commits after each batch. A
        broken report fails its own message and no other.
        """
        deadline = time.monotonic() + RUN_SECONDS
        self.env["cobranza.account"]._cobranza_hold_copies()
        # What a run could not upload waits for the next one.
        todo = self.search(
            [
                ("state", "=", "queued"),
                ("is_prepared", "=", False),
                ("kind", "=", "reminder"),
                ("account_id.hold_code", "=", False),
            ],
            order="not_before, id",
        ).ids
        while todo and time.monotonic() < deadline:
            batch = self.browse(todo[:MESSAGES_PER_BATCH])
            todo = todo[MESSAGES_PER_BATCH:]
            batch = batch.try_lock_for_update(allow_referencing=True)
            batch.filtered(
                lambda m: m.state == "queued" and not m.account_id.hold_code
            )._cobranza_prepare(deadline)
            # Sending need not wait for the PDFs of the others.
            self._cobranza_trigger_send()
            # PDFs and media ids of the batch are kept from here on.
            self.env["ir.cron"]._commit_progress(len(batch), remaining=len(todo))
        if time.monotonic() > deadline:
            # Also a batch that was cut short: the rest goes on at once.
            self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
        self._cobranza_trigger_send()

    def _cobranza_prepare(self, deadline=dispatch.NEVER):
        """Give each message its document and media id, or fail it with a reason.

        After ``deadline``, a moment of the monotonic clock, nothing more is begun.
        """
        # To a guarantor goes no PDF: addresses, tax number and what was bought are the
        # debtor's alone.
        ready = self.filtered("guarantor_id")
        for message in self - ready:
            if time.monotonic() > deadline:
                break
            try:
                with self.env.cr.savepoint():
                    message._cobranza_attach_document()
            except Exception as error:
                # A report may raise anything; the reason goes to a person.
                _logger.warning("Message %d: PDF failed: %s", message.id, error)
                message._cobranza_advance("failed", "pdf_failed", str(error)[:200])
                message._cobranza_log()
                continue
            ready |= message
        ready._cobranza_upload_documents()

    def _cobranza_attach_document(self):
        """Copy the official PDF, or the merged originals, to the message.

        The copy is the evidence: the invoice's own attachment may be replaced later.
        """
        self.ensure_one()
        moves = self.move_ids.sorted(lambda m: (m.invoice_date_due or m.date, m.id))
        sender = self.env["account.move.send"]
        with watchdog.child_time_limit(RENDER_SECONDS):
            for move in moves:
                if move.is_sale_document(include_receipts=True):
                    sender.with_company(move.company_id)._cobranza_make_official_pdf(
                        move
                    )
        originals = moves.invoice_pdf_report_id.sudo()
        key = ",".join(map(str, originals.ids))
        statement = self._cobranza_needs_statement(originals)
        if statement:
            key = f"statement {self.id} {','.join(map(str, moves.ids))}"
        if self.document_key == key:
            return
        if statement:
            content, name = self._cobranza_statement()
        else:
            content, name = self._cobranza_document_content(originals, key)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": name,
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": "cobranza.message",
                    "res_id": self.id,
                }
            )
        )
        self.write(
            {
                "document_key": key,
                "document_id": attachment.id,
                "document_checksum": hashlib.sha256(content).hexdigest(),
            }
        )

    def _cobranza_document_content(self, originals, key):
        """Return (bytes, file name); a set of invoices is merged once."""
        if len(originals) == 1:
            return originals.raw, originals.name
        same = self.search([("document_key", "=", key), ("id", "!=", self.id)], limit=1)
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        name = env._("Invoices (%(count)s).pdf", count=len(originals))
        if same.document_id:
            return same.document_id.sudo().raw, name
        return merge_pdf([original.raw for original in originals]), name

    def _cobranza_upload_documents(self):
        """Upload each file once per account; others are ready at once."""
        for account, messages in self.grouped("account_id").items():
            provider = account._cobranza_provider(UPLOAD_THREADS)
            if provider.documents == "media":
                messages._cobranza_upload_to(account, provider)
                continue
            if provider.documents == "link" and account.channel == "whatsapp":
                messages = messages._cobranza_fail_without_document()
            messages.write({"is_prepared": True})

    def _cobranza_upload_to(self, account, provider):
        Media = self.env["cobranza.media"].sudo()
        known = Media._cobranza_known(
            account, self.filtered("document_checksum").mapped("document_checksum")
        )
        # Plain data: a thread must not ask a record for anything.
        contents = {
            message.document_checksum: (
                message.document_id.sudo().raw,
                message._cobranza_filename(),
            )
            for message in self
            if message.document_checksum and message.document_checksum not in known
        }
        jobs = {
            checksum: lambda c=content, n=name: provider.upload_media(c, n)
            for checksum, (content, name) in contents.items()
        }
        failures = {}
        deadline = time.monotonic() + UPLOAD_SECONDS
        for checksum, outcome in dispatch.run_all(
            jobs, UPLOAD_THREADS, deadline
        ).items():
            if isinstance(outcome, ProviderError):
                failures[checksum] = outcome.failure
            else:
                Media._cobranza_remember(account, checksum, outcome)
        for message in self._cobranza_fail_without_document():
            failure = failures.get(message.document_checksum)
            if failure:
                message._cobranza_upload_failed(failure)
            else:
                message.is_prepared = True

    def _cobranza_fail_without_document(self):
        """Fail the messages without a PDF, which their templates have on top.

        Returns the others.
        """
        missing = self.filtered(
            lambda m: not m.document_checksum and not m.guarantor_id
        )
        for message in missing:
            message._cobranza_advance("failed", "pdf_failed")
            message._cobranza_log()
        return self - missing

    def _cobranza_core_document(self, media_uid):
        """Return the PDF as the account's provider takes it, None if it takes none."""
        self.ensure_one()
        if media_uid:
            return Document(self._cobranza_filename(), media_uid)
        if not self.document_id or self.account_id._cobranza_documents() != "link":
            return None
        filename = self._cobranza_link_filename()
        link = self.link_id._cobranza_pdf_url(self.account_id, filename)
        return Document(filename, link=link)

    def _cobranza_link_filename(self):
        """Return a file name for an address: no spaces, at most 20 characters.

        WhatsApp shows no longer one of a PDF by link (Twilio, accepted MIME types).
        """
        stem = self._cobranza_filename().removesuffix(".pdf")
        stem = re.sub(r"[^A-Za-z0-9-]+", "-", stem).strip("-")
        return f"{stem[-16:].strip('-') or 'documento'}.pdf"

    def _cobranza_filename(self):
        """Return a file name that every telephone shows: short and ASCII."""
        self.ensure_one()
        name = (self.document_id.sudo().name or "documento.pdf").replace("/", "-")
        stem = name.removesuffix(".pdf").encode("ascii", "ignore").decode()
        return f"{stem[:60] or 'documento'}.pdf"

    def _cobranza_upload_failed(self, failure):
        """Hold the account, wait, or fail, as the class of the error asks."""
        if failure.code == dispatch.NotStarted.CODE:
            return  # its turn comes in the next run
        if failure.error_class == "hold":
            self.account_id.sudo()._cobranza_set_hold(failure.code, failure.detail)
            self.write({"reason": "provider_hold", "reason_detail": failure.detail})
        elif failure.error_class == "retry":
            self.write(
                {
                    "reason": "retry",
                    "not_before": fields.Datetime.add(fields.Datetime.now(), minutes=5),
                }
            )
        else:
            self._cobranza_advance(
                "failed", "upload_failed", failure.detail or reasons.of_failure(failure)
            )
            self._cobranza_log()
