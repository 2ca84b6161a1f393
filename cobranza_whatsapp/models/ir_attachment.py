from odoo import api, models
from odoo.exceptions import UserError

# What a proof is; its place may still be set once, by the rows that it belongs to.
CONTENT_FIELDS = {"raw", "datas", "db_datas", "store_fname", "checksum", "url", "type"}
PLACE_FIELDS = {"res_model", "res_id", "res_field", "public", "company_id"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_cobranza_proof(self):
        """Refuse to delete the proof of a consent while its row exists."""
        if self._cobranza_proofs():
            raise UserError(
                self.env._(
                    "This file proves a customer's consent and cannot be deleted."
                )
            )

    def write(self, vals):
        """Extend base: the proof of a consent stays as it was recorded."""
        guarded = vals.keys() & (CONTENT_FIELDS | PLACE_FIELDS)
        if guarded and self._cobranza_proofs().filtered("res_id"):
            raise UserError(
                self.env._(
                    "This file proves a customer's consent and cannot be changed."
                )
            )
        return super().write(vals)

    def _cobranza_proofs(self):
        """Return those of the files that a row of the consent ledger refers to."""
        # Only files of our model can be proofs: others cost no query.
        own = self.filtered(lambda file: file.res_model == "cobranza.consent")
        if not own:
            return own
        # sudo: nobody loses a proof because he cannot see the row.
        rows = self.env["cobranza.consent"].sudo()
        return rows.search([("attachment_id", "in", own.ids)]).attachment_id
