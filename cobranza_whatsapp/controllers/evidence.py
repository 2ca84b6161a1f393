import tempfile

from werkzeug.wsgi import FileWrapper

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request


class EvidenceController(http.Controller):
    """The evidence file of one customer, or of all for administrators."""

    @http.route("/cobranza/evidence/all", type="http", auth="user")
    def everything(self):
        """Return a ZIP file with the evidence of all customers; 404 for others.

        Side effect: the runs of sealing are marked as downloaded.
        """
        # The response closes it: all PDFs of years do not fit into the memory.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            request.env["cobranza.seal.batch"]._cobranza_export_all(file)
        except AccessError:
            file.close()
            return request.not_found()
        size = file.tell()
        file.seek(0)
        response = _download(FileWrapper(file), "evidence-all.zip")
        response.content_length = size
        return response

    @http.route("/cobranza/evidence/<int:partner_id>", type="http", auth="user")
    def evidence(self, partner_id):
        """Return the ZIP file; 404 for whoever may not read it."""
        customer = request.env["res.partner"].browse(partner_id)
        try:
            content = customer._cobranza_evidence_file()
        except (AccessError, MissingError, UserError):
            return request.not_found()
        return _download(content, f"evidence-{partner_id}.zip")


def _download(content, name):
    return request.make_response(
        content,
        headers=[
            ("Content-Type", "application/zip"),
            ("Content-Disposition", http.content_disposition(name)),
            ("Cache-Control", "private, no-store"),
        ],
    )
