from odoo import fields, models

# More originals than this, or a larger file, nobody opens on a telephone.
MERGED_INVOICES_MAX = 20
MERGED_BYTES_MAX = 5 * 1024 * 1024


class CobranzaMessage(models.Model):
    """Statement: what is attached where there is no official PDF to attach.

    Opening balances and other entries have none; too many invoices would be a file
    that nobody opens.
    """

    _inherit = "cobranza.message"

    def _cobranza_needs_statement(self, originals):
        """Return whether the originals alone do not show what is claimed."""
        self.ensure_one()
        return (
            len(originals) > MERGED_INVOICES_MAX
            or sum(originals.mapped("file_size")) > MERGED_BYTES_MAX
            or any(not move.invoice_pdf_report_id for move in self.move_ids)
        )

    def _cobranza_statement(self):
        """Return (PDF, file name) of the statement, in the customer's language.

        Raises whatever the report raises.
        """
        self.ensure_one()
        # sudo: the report reads the open debts of the customer.
        report = self.env["ir.actions.report"].sudo()
        content, _kind = report._render_qweb_pdf(
            "cobranza_whatsapp.cobranza_statement_report", self.ids
        )
        lang = self.partner_id.lang or self.company_id.partner_id.lang
        env = self.with_context(lang=lang).env
        day = fields.Date.to_string(self.company_id._cobranza_today())
        return content, env._("Statement %(day)s.pdf", day=day)

    def _cobranza_statement_debts(self):
        """Return the open debts of this message's documents, oldest first."""
        self.env["cobranza.debt"]._cobranza_flush()
        return (
            self.env["cobranza.debt"]
            .sudo()
            .search([("move_id", "in", self.move_ids.ids), ("amount", ">", 0)])
        )
