from odoo import SUPERUSER_ID, models

from .groups import is_reader


class ResUsers(models.Model):
    _inherit = "res.users"

    def _cobranza_may_answer(self):
        """Return whether replies and failures may go to this user: never OdooBot."""
        self.ensure_one()
        return self.id != SUPERUSER_ID and is_reader(self)
