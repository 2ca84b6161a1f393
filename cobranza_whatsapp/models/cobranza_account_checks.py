from odoo import models

from ..core.providers.transport import HttpClient
from ..core.providers.webhook_check import check_webhook
from ..core.types import CheckItem

# Providers that ask the address a question before they send anything to it.
CHALLENGING = ("whatsapp_cloud",)
SHAPES = ("one", "several")


class CobranzaAccount(models.Model):
    """Checks that only we can make: is our side ready?"""

    _inherit = "cobranza.account"

    def _cobranza_own_checks(self):
        """Return what is in place on our side: webhook reached, templates there."""
        self.ensure_one()
        items = []
        provider = self._cobranza_provider()
        # sudo: only whether there is an address of a provider to hear from.
        is_remote = bool(provider.default_base_url or self.sudo().base_url)
        if self.public_url and is_remote and provider.reports_delivery:
            # sudo: the verify token is part of the question that we ask ourselves.
            token = self.sudo().verify_token or ""
            items.append(
                check_webhook(
                    HttpClient(),
                    self._cobranza_webhook_url(),
                    token if self.provider in CHALLENGING else "",
                )
            )
        return [*items, self._cobranza_template_check()]

    def _cobranza_template_check(self):
        """Return whether every stage has a template that this account may send."""
        company = self.company_id or self.env.company
        templates = self.env["cobranza.template"].with_company(company)
        catalogue = templates._cobranza_catalogue(company)
        stages = self.env["cobranza.stage"].search(
            [("action", "=", "message"), ("active", "=", True)]
        )
        missing = [
            stage.name
            for stage in stages
            if self.channel in stage._cobranza_channels()
            and any(
                templates._cobranza_choose(
                    catalogue, stage.id, self.channel, shape, company.partner_id, self
                )[1]
                for shape in SHAPES
            )
        ]
        return CheckItem("stage_templates", not missing, ", ".join(missing))
