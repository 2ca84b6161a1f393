import secrets

from odoo import api, fields, models

from .odoo_senders import SIMULATED


class CobranzaAccount(models.Model):
    """Templates belong to the business account, which may have several numbers."""

    _inherit = "cobranza.account"

    templates_read_at = fields.Datetime(
        string="Templates Read",
        readonly=True,
        copy=False,
        help="When the states of the templates were last asked for.",
    )

    def _cobranza_needs_approval(self):
        """Return whether templates must be approved at the provider before use."""
        self.ensure_one()
        return self.channel == "whatsapp" and self.provider not in SIMULATED

    def _cobranza_business(self):
        """Return what names the owner of the templates at the provider."""
        self.ensure_one()
        owner = self.business_account_uid or self.account_uid or f"account {self.id}"
        return (self.provider, self.channel, owner)

    def _cobranza_same_business(self):
        """Return the accounts that share their templates with this one, and it."""
        self.ensure_one()
        # sudo: a template of the business account is the same for every company.
        accounts = (
            self.sudo()
            .with_context(active_test=False)
            .search([("provider", "=", self.provider), ("channel", "=", self.channel)])
        )
        own = self._cobranza_business()
        return accounts.filtered(lambda account: account._cobranza_business() == own)

    def _cobranza_one_per_business(self):
        """Return one account per owner of templates that must be approved."""
        chosen = {}
        for account in self.filtered(lambda a: a._cobranza_needs_approval()):
            chosen.setdefault(account._cobranza_business(), account)
        return self.browse([account.id for account in chosen.values()])

    def _cobranza_page_url(self):
        """Return where the payment pages of this account's messages begin."""
        return f"{self._cobranza_public_url()}/c/"

    @api.model
    def _cobranza_template_name(self, template, number):
        """Return a name that no other template of the business account has.

        Not by our numbers alone: another database may use the same account, and what
        the provider created is not undone when our transaction is.
        """
        unique = secrets.token_hex(3)
        return f"recordatorio_{template.id}_{template.shape}_v{number}_{unique}"
