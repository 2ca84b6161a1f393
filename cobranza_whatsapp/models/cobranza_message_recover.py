import logging
from pathlib import Path

from odoo import api, models
from odoo.tools import config

from ..core import journal

_logger = logging.getLogger(__name__)


class CobranzaMessage(models.Model):
    """Recover: what a killed run left behind is settled from its journal."""

    _inherit = "cobranza.message"

    @api.model
    def _cobranza_journals(self):
        """Return the folder of this database's journals."""
        return Path(config["data_dir"]) / "cobranza_whatsapp" / self.env.cr.dbname

    @api.model
    def _cobranza_recover(self):
        """Settle the messages of runs that died on this machine, from their journals.

        Not written: queued again. Answered: the answer holds. Else uncertain.
        """
        for run_uid, known in journal.abandoned(self._cobranza_journals()):
            stuck = self.search([("run_uid", "=", run_uid), ("state", "=", "sending")])
            unwritten = stuck.filtered(lambda m, k=known: m.uuid not in k)
            unwritten._cobranza_unclaim()
            answered = stuck.filtered(lambda m, k=known: k.get(m.uuid))
            self._cobranza_write_results([(m.id, known[m.uuid]) for m in answered])
            lost = stuck - unwritten - answered
            lost._cobranza_advance("uncertain", "crashed")
            lost._cobranza_log()
            # The journal goes only when its messages are settled.
            self.env["ir.cron"]._commit_progress()
            if stuck:
                _logger.warning(
                    "Run %s died: %d messages queued again, %d answered, %d uncertain",
                    run_uid,
                    len(unwritten),
                    len(answered),
                    len(lost),
                )
