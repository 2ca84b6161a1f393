from odoo import api, fields, models


class CobranzaEvidenceReport(models.AbstractModel):
    """The evidence of one customer, to be read: consents, messages, receipts."""

    _name = "report.cobranza_whatsapp.evidence_document"
    _description = "Evidence of a Customer"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return customer, messages and consents; by the rights of the reader."""
        customer = self.env["res.partner"].browse(docids)
        wanted = (data or {}).get("message_ids") or []
        messages = self.env["cobranza.message"].search(
            [("id", "in", wanted), ("partner_id", "in", customer.ids)], order="id"
        )
        consents = self.env["cobranza.consent"].search(
            [("partner_id", "in", customer.ids)], order="id"
        )
        # sudo: the head of the chain holds nobody's data.
        head = self.env["cobranza.seal.batch"].sudo().search([], limit=1)
        return {
            "docs": customer,
            "customer": customer,
            "messages": messages,
            "consents": consents,
            "head": head,
            "made_at": fields.Datetime.now(),
        }
