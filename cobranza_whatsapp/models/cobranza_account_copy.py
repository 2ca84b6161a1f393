import psycopg2

from odoo import api, fields, models, tools
from odoo.tools import SQL

from .cobranza_account_hold import PERSONAL_HOLDS
from .odoo_senders import SIMULATED

COPIED = "account_copied_database"
# Accounts of the demonstration send nothing wherever they are.
REAL = [("provider", "not in", SIMULATED)]


class CobranzaAccount(models.Model):
    """Copied database: an account sends only from where it was set up.

    Odoo's own copy gives the database a new uuid. A copy by PostgreSQL's tools keeps
    it, but stands under another name or on another server. A database that was moved
    or renamed on purpose looks the same: an administrator confirms it, once.
    """

    _inherit = "cobranza.account"

    database_place = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self._cobranza_database_place(),
        help="Name of the database and identity of its server.",
    )

    @api.model
    @tools.ormcache()
    def _cobranza_database_place(self):
        """Return name and server of this database, as "name@identity".

        The identity is that of PostgreSQL's cluster: a replica that takes over keeps
        it, a dump that is restored elsewhere does not. Empty where the server does not
        tell it.
        """
        name = self.env.cr.dbname
        try:
            with self.env.cr.savepoint(flush=False):
                [[identity]] = self.env.execute_query(
                    SQL("SELECT system_identifier FROM pg_control_system()")
                )
        except psycopg2.Error:
            identity = ""
        return f"{name}@{identity}"

    def _cobranza_is_copied(self):
        """Return whether the account was set up in another database than this one."""
        self.ensure_one()
        if self.provider in SIMULATED:
            return False
        return (
            self.database_uuid != self._cobranza_database_uuid()
            or self.database_place != self._cobranza_database_place()
            or self._cobranza_is_neutralized()
        )

    def _cobranza_confirm_database(self):
        """Take this database as the one that the accounts belong to."""
        self.write(
            {
                "database_uuid": self._cobranza_database_uuid(),
                "database_place": self._cobranza_database_place(),
            }
        )

    @api.model
    def _cobranza_copied(self):
        """Return the accounts that wait for somebody to confirm this database."""
        # sudo: planning and operations look at the accounts of all companies.
        return self.sudo().search(REAL).filtered(lambda a: a._cobranza_is_copied())

    @api.model
    def _cobranza_hold_copies(self):
        """Hold the accounts of a copied database, so that nothing calls a provider.

        Side effect: one activity per account, which says where it was set up.
        """
        for account in self._cobranza_copied():
            if account.hold_code in PERSONAL_HOLDS:
                continue
            # A copy must not even ask whether the reason of another hold is over.
            account.hold_code = False
            was = (account.database_place or "").partition("@")[0]
            account._cobranza_set_hold(COPIED, f"{was} → {self.env.cr.dbname}")
