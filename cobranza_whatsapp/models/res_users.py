from odoo import models

from .groups import is_reader


class ResUsers(models.Model):
    _inherit = "res.users"

    def _cobranza_may_answer(self):
        """Return whether replies and failures may go to this user: never OdooBot."""
        self.ensure_one()
        return self != self.env.ref("base.user_root") and is_reader(self)
