import hashlib
import io
import json
import re
import zipfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core import evidence
from .groups import is_reader
from .sealed_rows import BY_KIND, SEALED

# Slashes would leave the folder, the others cannot be in a name everywhere.
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class ResPartner(models.Model):
    """One click: all that was sent to a customer, with its proof, in one file."""

    _inherit = "res.partner"

    def action_cobranza_evidence(self):
        """Download the evidence file of this customer."""
        self.ensure_one()
        self._cobranza_demand_evidence_reader()
        return {
            "type": "ir.actions.act_url",
            "url": f"/cobranza/evidence/{self.commercial_partner_id.id}",
            "target": "self",
        }

    def _cobranza_demand_evidence_reader(self):
        """Raise AccessError unless the user may read this customer's messages."""
        if not is_reader(self.env.user):
            raise AccessError(
                self.env._("Only accounting and collections users can do this.")
            )
        self.check_access("read")

    def _cobranza_evidence_file(self):
        """Return the ZIP file with the evidence of this customer in this company.

        It holds the report to read, the sealed rows with their proofs as JSON, the
        original attachments and the script that checks them. Side effect: what is
        not sealed yet is sealed first.
        """
        self.ensure_one()
        self._cobranza_demand_evidence_reader()
        customer = self.commercial_partner_id
        # By the rights of the user: only messages of his companies are found.
        messages = self.env["cobranza.message"].search(
            [("partner_id", "=", customer.id)], order="id"
        )
        if not messages:
            raise UserError(self.env._("Nothing was sent to this customer yet."))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            add_script(archive)
            customer._cobranza_add_evidence(archive, messages)
            report = customer._cobranza_evidence_report(messages)
            archive.writestr("evidence.pdf", report)
        return buffer.getvalue()

    def _cobranza_add_evidence(self, archive, messages, folder=""):
        """Write the rows about messages and their attachments into a ZIP file.

        ``folder`` ends with a slash or is empty. Side effect: what is not sealed yet
        is sealed first.
        """
        # sudo: the seals are nobody's to read; only those of these messages leave.
        export = self.sudo().env["cobranza.seal.batch"]._cobranza_export(messages)
        files = _contents(messages.sudo().document_id + self._cobranza_proofs(messages))
        export["files"] = [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ]
        rows = json.dumps(export, ensure_ascii=False, indent=1)
        archive.writestr(f"{folder}evidence.json", rows)
        for name, content in files.items():
            archive.writestr(f"{folder}files/{name}", content)

    def _cobranza_evidence_report(self, messages):
        """Return the report to read, as PDF."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "cobranza_whatsapp.cobranza_evidence_report",
            self.ids,
            data={"message_ids": messages.ids},
        )
        return content

    def _cobranza_proofs(self, messages):
        """Return the files that prove the consents behind these messages."""
        # sudo: whoever may read the messages may read what they rest on.
        return (
            self.env["cobranza.consent"].sudo()._cobranza_behind(messages).attachment_id
        )


class CobranzaConsent(models.Model):
    _inherit = "cobranza.consent"

    @api.model
    def _cobranza_behind(self, messages):
        """Return the ledger's rows about the customers and numbers of messages."""
        keys = [key for key in messages.mapped("recipient_key") if key]
        return self.search(
            [
                ("company_id", "in", messages.company_id.root_id.ids),
                "|",
                ("number_key", "in", keys),
                ("partner_id", "in", messages.partner_id.ids),
            ]
        )


class CobranzaSealBatch(models.Model):
    _inherit = "cobranza.seal.batch"

    @api.model
    def _cobranza_export(self, messages):
        """Return sealed rows about these messages with their proofs, as JSON.

        Keys: version, database, exported_at, batches, rows; see core.evidence.
        """
        self._cobranza_seal_all()
        wanted = self._cobranza_wanted(messages)
        batches = self.search([("number", ">", 0)], order="number")
        rows = [
            row
            for sealed in SEALED
            for row in self._cobranza_export_rows(sealed, wanted[sealed.kind])
        ]
        return {
            "version": 1,
            "database": self.env["cobranza.account"]._cobranza_database_uuid(),
            "exported_at": fields.Datetime.now().isoformat() + "Z",
            "batches": [
                {
                    "number": batch.number,
                    "count": batch.count,
                    "root": batch.root,
                    "previous": batch.previous,
                    "digest": batch.digest,
                    "at": batch.sealed_at,
                }
                for batch in batches
            ],
            "rows": rows,
        }

    @api.model
    def _cobranza_wanted(self, messages):
        """Return {kind: ids} of all that belongs to messages: consents, receipts…"""
        consents = self.env["cobranza.consent"]._cobranza_behind(messages)
        events = self.env["cobranza.event"].search([("message_id", "in", messages.ids)])
        return {
            "message": messages.ids,
            "consent": consents.ids,
            "event": events.ids,
            "receipt": messages.receipt_ids.ids,
        }

    @api.model
    def _cobranza_export_rows(self, sealed, row_ids):
        """Return the rows of one table with seal, path and values."""
        if not row_ids:
            return []
        found = self.env.execute_query(
            SQL(
                """
                SELECT seal.row_id, seal.digests, seal.salts, seal.batch_id, seal.place,
                       %s
                  FROM cobranza_seal seal
                  JOIN %s t ON t.id = seal.row_id
                 WHERE seal.kind = %s AND seal.row_id IN %s
              ORDER BY seal.row_id
                """,
                self._cobranza_values_sql(BY_KIND[sealed.kind]),
                SQL.identifier(sealed.table),
                sealed.kind,
                tuple(row_ids),
            )
        )
        paths = self._cobranza_paths({(row[3], row[4]) for row in found})
        return [
            {
                "kind": sealed.kind,
                "id": row_id,
                "batch": paths[batch_id, place][0],
                "path": paths[batch_id, place][1],
                "digests": digests,
                "salts": salts,
                "values": values,
            }
            for row_id, digests, salts, batch_id, place, values in found
        ]

    @api.model
    def _cobranza_paths(self, wanted):
        """Return {(batch id, place): (number of the run, path to its root)}."""
        by_batch = {}
        for batch_id, place in wanted:
            by_batch.setdefault(batch_id, []).append(place)
        paths = {}
        for batch in self.browse(by_batch):
            leaves = self.env.execute_query(
                SQL(
                    "SELECT leaf FROM cobranza_seal WHERE batch_id = %s ORDER BY place",
                    batch.id,
                )
            )
            places = by_batch[batch.id]
            found = evidence.merkle_paths([leaf for [leaf] in leaves], places)
            for place, path in zip(places, found, strict=True):
                paths[batch.id, place] = (batch.number, path)
        return paths


def _contents(attachments):
    """Return {file name: content} of attachments; a name cannot lead elsewhere."""
    return {
        f"{item.id}-{_UNSAFE.sub('_', item.name)}": item.raw or b""
        for item in attachments
    }


def add_script(archive):
    """Write the stand-alone script that checks evidence into a ZIP file."""
    source = evidence.__spec__.loader.get_source(evidence.__name__)
    archive.writestr("verify.py", source)
