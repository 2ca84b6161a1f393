from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _cobranza_legal_pending(self, moves):
        """Return the invoices that still need a legal e-document.

        Their PDF must not be frozen before it: it shows what the authority answered.
        Localisations with a way of their own (a CFDI, say) extend this method. Costs
        nothing where no module issues e-documents.
        """
        if not self._get_all_extra_edis() and "edi_state" not in moves._fields:
            return moves.browse()
        return moves.filtered(
            lambda move: (
                move.is_sale_document(include_receipts=True)
                and not move.invoice_pdf_report_id
                and self._cobranza_needs_document(move)
            )
        )

    @api.model
    def _cobranza_needs_document(self, move):
        """Return whether Odoo would issue an e-document when it sends the invoice."""
        if "edi_state" in move._fields and move.edi_state == "to_send":
            return True
        return bool(self._get_default_extra_edis(move))

    @api.model
    def _cobranza_make_official_pdf(self, move):
        """Make the official PDF of one invoice through Odoo's own pipeline.

        Unlike sending, it neither marks the invoice as sent nor mails followers or
        journal subscribers, and writes nothing on the invoice. Side effect: creates
        the attachment behind `invoice_pdf_report_file`, once. Raises whatever the
        report raises.
        """
        if move.invoice_pdf_report_id:
            return
        # sudo: the PDF belongs to the company; whoever triggers it may lack rights.
        move = move.sudo()
        data = self._get_default_sending_settings(
            move, sending_methods=[], extra_edis=[]
        )
        self._prepare_invoice_pdf_report({move: data})
        self._hook_invoice_document_after_pdf_report_render(move, data)
        self.env["ir.attachment"].sudo().create(data["pdf_attachment_values"])
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
