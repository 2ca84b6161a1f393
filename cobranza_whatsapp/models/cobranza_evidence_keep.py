import zipfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .cobranza_evidence_export import add_script
from .odoo_senders import SIMULATED

ADDON = "cobranza_whatsapp"


class CobranzaSealBatch(models.Model):
    """All evidence in one file, which an administrator keeps before the addon goes."""

    _inherit = "cobranza.seal.batch"

    exported_at = fields.Datetime(
        string="Downloaded On",
        readonly=True,
        help="When an administrator downloaded the evidence of all customers.",
    )

    def action_export_all(self):
        """Download the evidence of all customers and companies, for administrators."""
        self._cobranza_demand_administrator()
        return {
            "type": "ir.actions.act_url",
            "url": "/cobranza/evidence/all",
            "target": "self",
        }

    @api.model
    def _cobranza_demand_administrator(self):
        """Raise AccessError for everybody else."""
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only an administrator can download all evidence.")
            )

    @api.model
    def _cobranza_export_all(self, file):
        """Write a ZIP with a folder of evidence for each customer into ``file``.

        One customer at a time is in memory. Side effects: what is not sealed yet is
        sealed, and the runs of sealing are marked as downloaded. Raises AccessError.
        """
        self._cobranza_demand_administrator()
        # sudo: evidence of all companies, which only an administrator gets here.
        everything = self.sudo()
        messages = everything.env["cobranza.message"]
        groups = messages._read_group([], ["partner_id"], ["id:recordset"])
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            add_script(archive)
            for customer, own in groups:
                customer._cobranza_add_evidence(archive, own, f"{customer.id or 0}/")
                # Texts and PDFs of one customer are enough for the memory.
                everything.env.invalidate_all()
        fresh = everything.search([("exported_at", "=", False)])
        fresh.exported_at = fields.Datetime.now()

    @api.model
    def _cobranza_demand_exported(self):
        """Raise UserError while messages inside their retention were not downloaded.

        What the demonstration provider pretended to send is no evidence.
        """
        self.env.flush_all()
        months = self.env["cobranza.message"]._cobranza_retention_months()
        [[count]] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*)
                  FROM cobranza_message message
                  JOIN cobranza_account account ON account.id = message.account_id
             LEFT JOIN cobranza_seal seal
                    ON seal.kind = 'message' AND seal.row_id = message.id
             LEFT JOIN cobranza_seal_batch batch ON batch.id = seal.batch_id
                 WHERE (message.claimed_at IS NOT NULL OR message.direction = 'in')
                   AND message.create_date >= %s
                   AND account.provider NOT IN %s
                   AND batch.exported_at IS NULL
                """,
                fields.Datetime.subtract(fields.Datetime.now(), months=months),
                SIMULATED,
            )
        )
        if count:
            raise UserError(
                self.env._(
                    "%(count)s messages are evidence that must still be kept. Open "
                    "Collections, Configuration, Evidence, press Download Everything "
                    "and keep the file; then uninstall.",
                    count=count,
                )
            )


class IrModuleModule(models.Model):
    """Nobody loses evidence by uninstalling."""

    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Extend base: refuse while evidence was not downloaded, change nothing."""
        leaving = (self + self.downstream_dependencies()).mapped("name")
        if ADDON in leaving:
            # sudo: whoever may uninstall is told what would be lost, and reads nothing.
            self.env["cobranza.seal.batch"].sudo()._cobranza_demand_exported()
        return super().button_uninstall()
