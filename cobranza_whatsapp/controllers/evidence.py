from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request


class EvidenceController(http.Controller):
    """The evidence file of one customer, for people who may read his messages."""

    @http.route("/cobranza/evidence/<int:partner_id>", type="http", auth="user")
    def evidence(self, partner_id):
        """Return the ZIP file; 404 for whoever may not read it."""
        customer = request.env["res.partner"].browse(partner_id)
        try:
            content = customer._cobranza_evidence_file()
        except (AccessError, MissingError, UserError):
            return request.not_found()
        name = f"evidence-{partner_id}.zip"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", http.content_disposition(name)),
                ("Cache-Control", "private, no-store"),
            ],
        )
