import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import ProviderError
from . import reasons
from .cobranza_template_version import QUALITIES

_logger = logging.getLogger(__name__)

# Meta's words for a template's status (API page "Message templates").
REMOTE_STATUSES = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "UNARCHIVED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "FLAGGED": "paused",
    "LIMIT_EXCEEDED": "disabled",
    "DISABLED": "disabled",
    "PENDING_DELETION": "deleted",
    "DELETED": "deleted",
    "ARCHIVED": "disabled",
    "LOCKED": "disabled",
}


class CobranzaTemplateVersion(models.Model):
    """What the provider says about a version, asked or told, and its deletion."""

    _inherit = "cobranza.template.version"

    status_sentence = fields.Char(
        string="What It Means", compute="_compute_status_sentence"
    )
    is_superseded = fields.Boolean(compute="_compute_status_sentence")

    @api.depends("status", "category", "reason", "coming_category", "quality")
    @api.depends_context("lang")
    def _compute_status_sentence(self):
        for version in self:
            current = version.template_id._cobranza_version(version.account_id)
            version.is_superseded = version.number < current.number
            version.status_sentence = version._cobranza_sentence(current)

    def _cobranza_sentence(self, current):
        """Return what a person must know about this version; ``current`` is sent."""
        env = self.env
        if self.is_superseded and self.status != "deleted":
            return env._(
                "Version %(number)s took its place: delete this one at WhatsApp.",
                number=current.number,
            )
        problem = self._cobranza_problem()
        if problem:
            sentence = reasons.template_sentence(env, problem, self)
            if current != self and not current._cobranza_problem():
                until = env._("Version %(number)s is sent.", number=current.number)
                sentence = f"{sentence} {until}"
            return sentence
        if self.coming_category:
            return reasons.sentence(
                env, "template_coming_category", detail=self.coming_category
            )
        if self.quality == "RED":
            return reasons.sentence(env, "template_low_quality")
        return reasons.sentence(env, "template_sendable")

    # --- news -------------------------------------------------------------------------

    def _cobranza_take(
        self, status="", category="", reason="", quality="", coming_category=""
    ):
        """Take over what the provider says; an empty word changes nothing."""
        values = {}
        if status in REMOTE_STATUSES:
            values["status"] = REMOTE_STATUSES[status]
            values["reason"] = reason[:500] or False
        if category:
            values.update(category=category.upper(), coming_category=False)
        if coming_category and coming_category != category:
            values["coming_category"] = coming_category.upper()
        if quality:
            known = quality in dict(QUALITIES)
            values["quality"] = quality if known else False
        if not values:
            return
        self.write(values)
        if values.get("status") == "approved":
            fresh = self.filtered(lambda version: not version.approved_at)
            fresh.approved_at = fields.Datetime.now()

    @api.model
    def _cobranza_named(self, account, name, language, uid=""):
        """Return the versions that the provider speaks of, in every account it names.

        Templates belong to the business account; each of its numbers sends them.
        """
        accounts = account._cobranza_same_business()
        named = [("remote_name", "=", name), ("language", "=", language)]
        domain = ["|", ("remote_uid", "=", uid), "&", *named] if uid else named
        return self.search([("account_id", "in", accounts.ids), *domain])

    # --- asking -----------------------------------------------------------------------

    @api.model
    def _cron_sync_templates(self):
        """Ask every provider for the state of its templates.

        Side effects: one list of templates per business account; commits after each. A
        provider that cannot be asked now keeps no other from it.
        """
        accounts = self.env["cobranza.account"].search([("channel", "=", "whatsapp")])
        for account in accounts._cobranza_one_per_business():
            try:
                self._cobranza_sync(account)
            except ProviderError as error:
                _logger.warning(
                    "Templates of account %d not read: %s",
                    account.id,
                    error.failure.code,
                )
            # What one provider said is kept, whatever the next one does.
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _cobranza_sync(self, accounts):
        """Bring the states of all versions up to date. Raises ProviderError."""
        for account in accounts._cobranza_one_per_business():
            remote = {
                (one.name, one.language): one
                for one in account._cobranza_provider().list_templates()
            }
            siblings = account._cobranza_same_business()
            for version in self.search([("account_id", "in", siblings.ids)]):
                known = remote.get((version.remote_name, version.language))
                if known:
                    version._cobranza_take(
                        known.status,
                        known.category,
                        known.rejected_reason,
                        known.quality,
                    )
                elif version.status != "deleted":
                    version._cobranza_take("DELETED")

    # --- deletion ---------------------------------------------------------------------

    def action_delete_at_provider(self):
        """Delete versions at the provider that are not sent any more.

        What was sent with them stays here as it is.
        """
        self.check_access("write")
        kept = self.filtered(lambda v: not v.is_superseded and v.status != "rejected")
        if kept:
            raise UserError(
                self.env._(
                    "%(name)s is the newest one: only versions that another one "
                    "replaced can be deleted.",
                    name=kept[0].remote_name,
                )
            )
        for version in self.filtered(lambda v: v.status != "deleted"):
            provider = version.account_id._cobranza_provider()
            try:
                provider.delete_template(version.remote_name, version.remote_uid or "")
            except ProviderError as error:
                raise reasons.provider_error(self.env, error) from error
            self._cobranza_named(
                version.account_id, version.remote_name, version.language
            )._cobranza_take("DELETED")
        return True
