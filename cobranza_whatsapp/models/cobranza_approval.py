from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from ..core import debts
from ..core.errors import TemplateError
from . import reminder_text
from .planning_data import Candidate

MESSAGES_PER_BATCH = 1000
ACTIVITY = "cobranza_whatsapp.mail_activity_type_approval"


class CobranzaApproval(models.Model):
    """The reminders of one company and day that wait for a person's approval.

    It exists so that one activity, not one per reminder, reaches who approves.
    """

    _name = "cobranza.approval"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Approval of a Run"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(string="Run of", required=True, readonly=True)
    waiting_ids = fields.One2many(
        "cobranza.message",
        "approval_id",
        string="To Approve",
        domain=[("state", "=", "proposed")],
        readonly=True,
    )
    waiting_count = fields.Integer(string="Waiting", compute="_compute_waiting_count")

    _unique_day = models.UniqueIndex(
        "(company_id, date)", "The run of this day exists already."
    )

    @api.depends("waiting_ids")
    def _compute_waiting_count(self):
        counts = dict(
            self.env["cobranza.message"]._read_group(
                [("approval_id", "in", self.ids), ("state", "=", "proposed")],
                ["approval_id"],
                ["__count"],
            )
        )
        for approval in self:
            approval.waiting_count = counts.get(approval, 0)

    # --- the run ----------------------------------------------------------------------

    @api.model
    def _cobranza_open(self, company):
        """Return the approval of the company's day, with its one activity."""
        day = company._cobranza_today()
        # sudo: runs belong to the system, people only read them.
        approvals = self.sudo()
        found = approvals.search(
            [("company_id", "=", company.id), ("date", "=", day)], limit=1
        ) or approvals.create({"company_id": company.id, "date": day})
        user = self._cobranza_approver(company)
        if user and not found.activity_ids:
            found.with_context(
                lang=user.lang, mail_activity_quick_update=True
            ).activity_schedule(
                ACTIVITY,
                date_deadline=day,
                summary=found.with_context(lang=user.lang).env._(
                    "Look at the reminders of this run and approve them"
                ),
                user_id=user.id,
            )
        return found

    @api.model
    def _cobranza_approver(self, company):
        """Return who is asked: the company's responsible person, else a manager."""
        user = company.sudo().cobranza_user_id
        if user and user.active and user._cobranza_may_answer():
            return user
        return self.env["res.partner"]._cobranza_managers(company)[:1]

    @api.model
    def _cobranza_texts(self, company, candidates):
        """Return the text of each candidate as it would go now, "" if it cannot."""
        today = company._cobranza_today()
        together = tuple({one.partner_id for one in candidates})
        texts = []
        for candidate in candidates:
            try:
                text = reminder_text.of_candidate(
                    self.env, company, candidate, today, together
                )
            except TemplateError:
                texts.append("")
                continue
            texts.append(reminder_text.shown(text))
        return texts

    @api.model
    def _cobranza_withdraw(self, company):
        """Cancel what nobody approved in time; commit after each batch.

        Also what was paid or put on hold meanwhile, each with its reason.
        """
        # sudo: messages are the system's.
        waiting = (
            self.env["cobranza.message"]
            .sudo()
            .search([("company_id", "=", company.id), ("state", "=", "proposed")])
        )
        for batch in split_every(MESSAGES_PER_BATCH, waiting.ids, waiting.browse):
            batch._cobranza_still_waiting(company)
            # What was cancelled here is planned anew by the run that follows.
            self.env["ir.cron"]._commit_progress(len(batch))
        self._cobranza_close(waiting.approval_id)

    @api.model
    def _cobranza_close(self, approvals):
        """End the activity of runs in which nothing waits any more."""
        approvals.invalidate_recordset(["waiting_count", "waiting_ids"])
        done = approvals.sudo().filtered(lambda one: not one.waiting_count)
        done.activity_feedback([ACTIVITY])

    # --- buttons ----------------------------------------------------------------------

    def action_open_messages(self):
        """List the reminders that wait."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_whatsapp.cobranza_approval_message_action"
        )
        if self:
            action["domain"] = [
                ("approval_id", "in", self.ids),
                ("state", "=", "proposed"),
            ]
        return action

    def action_approve_all(self):
        """Let everything of these runs go, by the rules."""
        self.waiting_ids.action_approve()

    def action_reject_all(self):
        """Send nothing of these runs; for managers."""
        if not self.env.user.has_group("cobranza_whatsapp.group_manager"):
            raise AccessError(
                self.env._("Only a collections manager can reject a whole run.")
            )
        self.waiting_ids.action_reject()


class CobranzaMessage(models.Model):
    """Approve or reject a proposed message."""

    _inherit = "cobranza.message"

    approval_id = fields.Many2one(
        "cobranza.approval",
        string="Run",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def action_approve(self):
        """Queue proposed messages; every rule is asked again before each leaves."""
        waiting = self._cobranza_demand_approver()
        for company, messages in waiting.grouped("company_id").items():
            messages._cobranza_still_waiting(company)
        moved = waiting._cobranza_advance("queued")
        self.env["cobranza.approval"]._cobranza_close(waiting.approval_id)
        self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
        return self._cobranza_tell_approved(
            self.env._(
                "%(count)s reminders approved: they go out as the rules allow.",
                count=len(moved),
            )
        )

    def action_reject(self):
        """Cancel proposed messages; the run does not propose them again."""
        waiting = self._cobranza_demand_approver()
        moved = waiting._cobranza_advance("cancelled", "rejected")
        self.env["cobranza.approval"]._cobranza_close(waiting.approval_id)
        return self._cobranza_tell_approved(
            self.env._("%(count)s reminders rejected.", count=len(moved))
        )

    def _cobranza_demand_approver(self):
        """Return the proposed ones of these messages, writable; raise if none."""
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._("Only accounting users can approve reminders.")
            )
        self.check_access("read")
        # sudo: messages are evidence that nobody edits but through these buttons.
        waiting = self.sudo().filtered(lambda m: m.state == "proposed")
        if not waiting:
            raise UserError(
                self.env._("Only reminders that wait for approval can be chosen here.")
            )
        return waiting

    def _cobranza_tell_approved(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _cobranza_still_waiting(self, company):
        """Cancel the messages whose debt is gone, held or in another stage."""
        # sudo: the decision needs consents and accounts that the user cannot read.
        planning = self.env["cobranza.planning"].sudo().with_company(company)
        found = planning._candidates(company, self.partner_id.ids, also_reminded=True)
        by_key = {(one.partner_id, one.currency_id): one for one in found}
        for message in self:
            key = (message.partner_id.id, message.currency_id.id)
            gone = Candidate(*key, None, (), debts.Nothing("no_debt"))
            candidate = by_key.get(key, gone)
            stage = message.reminder_id.stage_id
            if candidate.claim and candidate.claim.stage.id != stage.id:
                message._cobranza_advance("cancelled", "not_approved_in_time")
            else:
                message._cobranza_still_due(candidate)
