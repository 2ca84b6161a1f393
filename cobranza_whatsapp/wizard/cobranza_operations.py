from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models import reasons
from ..models.cobranza_planning import STOPPED_PARAMETER

CRONS = ("plan", "prepare", "send", "send_2", "send_odoo", "apply", "follow_up")


class CobranzaOperations(models.TransientModel):
    """What the machine is doing now, in numbers and sentences, for who must mend it."""

    _name = "cobranza.operations"
    _description = "Operations"

    name = fields.Char(compute="_compute_all")
    stopped = fields.Boolean(compute="_compute_all")
    is_copied = fields.Boolean(compute="_compute_all")
    explanation = fields.Text(string="Why Nothing Goes Out", compute="_compute_all")
    queued_count = fields.Integer(string="In Queue", compute="_compute_all")
    due_count = fields.Integer(string="Due Now", compute="_compute_all")
    oldest_at = fields.Datetime(string="Oldest Due", compute="_compute_all")
    sent_last_hour = fields.Integer(
        string="Sent in the Last Hour", compute="_compute_all"
    )
    sent_last_minute = fields.Integer(
        string="Sent in the Last Minute", compute="_compute_all"
    )
    failed_today = fields.Integer(string="Failed in 24 Hours", compute="_compute_all")
    uncertain_count = fields.Integer(string="Uncertain", compute="_compute_all")
    pending_events = fields.Integer(string="Events to Apply", compute="_compute_all")
    odd_events = fields.Integer(
        string="Malformed or Unknown Events", compute="_compute_all"
    )
    account_ids = fields.Many2many("cobranza.account", compute="_compute_all")
    company_ids = fields.Many2many("res.company", compute="_compute_all")
    cron_ids = fields.Many2many("ir.cron", compute="_compute_all")

    @api.depends_context("uid", "lang")
    def _compute_all(self):
        values = self._figures()
        for page in self:
            page.update(values)

    @api.model
    def _figures(self):
        # sudo: administrators of scheduled actions and events see all companies.
        message = self.env["cobranza.message"].sudo()
        event = self.env["cobranza.event"].sudo()
        now = fields.Datetime.now()
        queued = [("state", "=", "queued")]
        due = [*queued, ("not_before", "<=", now)]
        day = now - timedelta(hours=24)
        return {
            "name": self.env._("Operations"),
            "stopped": self.env["cobranza.planning"]._is_stopped(),
            "is_copied": bool(self.env["cobranza.account"]._cobranza_copied()),
            "queued_count": message.search_count(queued),
            "due_count": message.search_count(due),
            "oldest_at": message.search(due, order="not_before", limit=1).not_before,
            "sent_last_hour": message.search_count(
                [("sent_at", ">", now - timedelta(hours=1)), ("direction", "=", "out")]
            ),
            "sent_last_minute": message.search_count(
                [
                    ("sent_at", ">", now - timedelta(minutes=1)),
                    ("direction", "=", "out"),
                ]
            ),
            "failed_today": message.search_count(
                [("state", "=", "failed"), ("write_date", ">", day)]
            ),
            "uncertain_count": message.search_count([("state", "=", "uncertain")]),
            "pending_events": event.search_count([("state", "=", "pending")]),
            "odd_events": event.search_count(
                [("state", "in", ("malformed", "unknown")), ("received_at", ">", day)]
            ),
            "account_ids": self._accounts(),
            "company_ids": self.env.user.company_ids,
            "cron_ids": self._crons(),
            "explanation": "\n".join(self._explanation(message, due)),
        }

    @api.model
    def _accounts(self):
        return self.env["cobranza.account"].search([("active", "=", True)])

    @api.model
    def _crons(self):
        refs = [f"cobranza_whatsapp.ir_cron_{name}" for name in CRONS]
        # sudo: scheduled actions are readable by administrators only.
        crons = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in refs]
        return self.env["ir.cron"].sudo().browse([cron.id for cron in crons if cron])

    @api.model
    def _explanation(self, message, due):
        """Return sentences that say what keeps messages from leaving, if anything."""
        env = self.env
        if env["cobranza.planning"]._is_stopped():
            yield reasons.sentence(env, "stopped_all")
        for company in env.user.company_ids.filtered(lambda c: not c.cobranza_started):
            yield f"{company.name}: {reasons.sentence(env, 'not_started')}"
        for account in self._accounts():
            if account._cobranza_problem():
                yield f"{account.name}: {account.hold_sentence}"
        if not self._accounts():
            yield reasons.sentence(env, "account_missing")
        yield from self._resting_actions()
        unprepared = message.search_count([*due, ("is_prepared", "=", False)])
        if unprepared:
            yield env._("%(count)s messages wait for their PDF.", count=unprepared)
        waiting = message.search_count(
            [("state", "=", "queued"), ("not_before", ">", fields.Datetime.now())]
        )
        if waiting:
            yield env._(
                "%(count)s messages wait for the permitted hours or their turn.",
                count=waiting,
            )

    @api.model
    def _resting_actions(self):
        """Return sentences about actions that are off or rest at this moment."""
        env = self.env
        for cron in self._crons().filtered(lambda c: not c.active):
            if cron != env.ref("cobranza_whatsapp.ir_cron_send_2", False):
                yield env._(
                    "The scheduled action %(name)s is switched off: activate it.",
                    name=cron.name,
                )
        schedules = env["cobranza.schedule"].search([("has_hours", "=", True)])
        for schedule in schedules:
            if not schedule._cobranza_open_now():
                yield env._(
                    "It is outside the days and hours of %(name)s: see Schedule.",
                    name=f"«{schedule.name}»",
                )

    def action_confirm_database(self):
        """Take this database as the real one for all its accounts at once.

        Raises UserError for anybody but an administrator.
        """
        self.env["cobranza.account"]._cobranza_copied().action_resume()
        return self.action_open()

    def action_stop_all(self):
        """Stop every message of every company at once; the queue is kept."""
        return self._set_stopped("1")

    def action_lift_stop(self):
        """Let messages leave again."""
        return self._set_stopped(False)

    def _set_stopped(self, value):
        if not self.env.user.has_group("cobranza_whatsapp.group_manager"):
            raise AccessError(
                self.env._("Only a collections manager can start or stop collection.")
            )
        # sudo: managers of collection are not administrators of the database.
        self.env["ir.config_parameter"].sudo().set_param(STOPPED_PARAMETER, value)
        return self.action_open()

    def action_open_odd_events(self):
        """List malformed and unknown events, each with its reason."""
        return self._open_events("odd")

    def action_open_late_events(self):
        """List events that came late or twice."""
        return self._open_events("late")

    def _open_events(self, filter_name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_whatsapp.cobranza_event_action"
        )
        return {**action, "context": {f"search_default_{filter_name}": 1}}

    def action_open_uncertain(self):
        """List messages of which nobody knows whether they arrived."""
        return self._open_messages([("state", "=", "uncertain")])

    def action_open_failed(self):
        """List messages that failed."""
        return self._open_messages([("state", "=", "failed")])

    def _open_messages(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_whatsapp.cobranza_message_action"
        )
        return {**action, "domain": domain, "context": {}}

    def action_open(self):
        """Open the page with the figures of this moment."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Operations"),
            "res_model": "cobranza.operations",
            "res_id": self.create({}).id,
            "view_mode": "form",
            "target": "current",
        }
