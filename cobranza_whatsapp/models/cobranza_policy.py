import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)


class CobranzaPolicy(models.Model):
    """Which stages apply to the debts of which companies, journals and customers."""

    _name = "cobranza.policy"
    _description = "Collection Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: for every company that has no policy of its own."
    )
    journal_ids = fields.Many2many(
        "account.journal",
        check_company=True,
        help="Empty: invoices of every sales journal.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "cobranza_policy_partner_rel",
        string="Customers",
        help="Empty: every customer.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        help="Gets replies, failures and escalations of customers who have neither "
        "a collector nor an active salesperson.",
    )
    stage_ids = fields.One2many("cobranza.stage", "policy_id", copy=True)

    def action_run_now(self):
        """Ask the scheduled actions to look for due reminders at once."""
        if not self.env.user.has_group("cobranza_whatsapp.group_manager"):
            raise AccessError(self.env._("Only a collections manager can start a run."))
        self.env.ref("cobranza_whatsapp.ir_cron_plan")._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The run starts within a minute. Its messages appear under "
                    "Collections > Messages."
                ),
            },
        }

    @api.model
    def _cron_plan(self):
        """Find who must be reminded today and queue the messages.

        Side effects: creates reminders, messages and escalation activities, commits
        after each batch of customers, triggers the prepare action. No error of one
        company or batch leaves this method.
        """
        planning = self.env["cobranza.planning"]
        if planning._is_stopped() or not self.env[
            "cobranza.schedule"
        ]._cobranza_is_open("plan"):
            return
        companies = (
            self.env["res.company"].sudo().search([("cobranza_started", "=", True)])
        )
        for company in companies:
            try:
                self.env["cobranza.approval"]._cobranza_withdraw(company)
                planning.with_company(company)._plan_company(company)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Planning failed for company %d", company.id)
        self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
