from odoo import api, models

from ..core import addresses, phone


class CobranzaBlacklistMixin(models.AbstractModel):
    """A blacklist whose entries withdraw consent.

    Who is put on it by hand, or by another app, has refused for every company. Our
    own withdrawals write their rows themselves: they say so in the context.
    """

    _name = "cobranza.blacklist.mixin"
    _description = "Blacklist that withdraws consent"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend the blacklist: the ledger learns of it."""
        entries = super().create(vals_list)
        entries.filtered("active")._cobranza_refuse()
        return entries

    def write(self, vals):
        """Extend the blacklist: the ledger learns of it."""
        result = super().write(vals)
        if vals.get("active") or vals.keys() & {"number", "email"}:
            self.filtered("active")._cobranza_refuse()
        return result

    def _cobranza_refuse(self):
        if self.env.context.get("cobranza_own_withdrawal"):
            return
        keys = [entry._cobranza_blacklist_key() for entry in self]
        self.env["cobranza.consent"]._cobranza_blacklisted(keys)

    def _cobranza_blacklist_key(self):
        """Return the entry's number or address as the ledger compares it."""
        raise NotImplementedError


class PhoneBlacklist(models.Model):
    """Odoo's blocked numbers, of all companies: each withdraws consent."""

    _name = "phone.blacklist"
    _inherit = ["cobranza.blacklist.mixin", "phone.blacklist"]

    def _cobranza_blacklist_key(self):
        return phone.number_key(self.number or "")


class MailBlacklist(models.Model):
    """Odoo's blocked addresses, of all companies: each withdraws consent."""

    _name = "mail.blacklist"
    _inherit = ["cobranza.blacklist.mixin", "mail.blacklist"]

    def _cobranza_blacklist_key(self):
        return addresses.email_key(self.email or "")
