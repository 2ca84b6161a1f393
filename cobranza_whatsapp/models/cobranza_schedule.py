from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
INTERVALS = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
]


class CobranzaSchedule(models.Model):
    """When one of our scheduled actions works, for managers without the technical menu.

    Days and hours are ours and are asked by the action before it works; frequency,
    next run and failures are those of Odoo's scheduled action.
    """

    _name = "cobranza.schedule"
    _description = "Schedule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, readonly=True)
    purpose = fields.Char(translate=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    cron_id = fields.Many2one(
        "ir.cron",
        required=True,
        readonly=True,
        ondelete="cascade",
        groups="base.group_system",
    )
    has_hours = fields.Boolean(readonly=True)
    monday = fields.Boolean(string="Mon", default=True)
    tuesday = fields.Boolean(string="Tue", default=True)
    wednesday = fields.Boolean(string="Wed", default=True)
    thursday = fields.Boolean(string="Thu", default=True)
    friday = fields.Boolean(string="Fri", default=True)
    saturday = fields.Boolean(string="Sat", default=True)
    sunday = fields.Boolean(string="Sun", default=True)
    hour_from = fields.Float(string="From", default=0)
    hour_to = fields.Float(string="Until", default=24)
    timezone = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self._default_timezone(),
    )
    is_on = fields.Boolean(
        string="On", compute="_compute_is_on", inverse="_inverse_is_on"
    )
    interval_number = fields.Integer(
        string="Every",
        compute="_compute_interval_number",
        inverse="_inverse_interval_number",
    )
    interval_type = fields.Selection(
        INTERVALS,
        string="Unit",
        compute="_compute_interval_type",
        inverse="_inverse_interval_type",
    )
    next_run = fields.Datetime(compute="_compute_cron")
    last_run = fields.Datetime(compute="_compute_cron")
    failure_count = fields.Integer(string="Failures", compute="_compute_cron")
    failing_since = fields.Datetime(compute="_compute_cron")

    _unique_code = models.UniqueIndex("(code)")

    @api.model
    def _default_timezone(self):
        return self.env.company.cobranza_timezone or "UTC"

    def _compute_cron(self):
        for schedule in self:
            # sudo: scheduled actions are readable by administrators only.
            cron = schedule.sudo().cron_id
            schedule.next_run = cron.nextcall
            schedule.last_run = cron.lastcall
            schedule.failure_count = cron.failure_count
            schedule.failing_since = cron.first_failure_date

    def _compute_is_on(self):
        for schedule in self:
            schedule.is_on = schedule.sudo().cron_id.active  # sudo: as above

    def _compute_interval_number(self):
        for schedule in self:
            cron = schedule.sudo().cron_id  # sudo: as above
            schedule.interval_number = cron.interval_number

    def _compute_interval_type(self):
        for schedule in self:
            schedule.interval_type = schedule.sudo().cron_id.interval_type  # as above

    def _inverse_is_on(self):
        for schedule in self:
            schedule._cobranza_write_cron("active", schedule.is_on)

    def _inverse_interval_number(self):
        for schedule in self:
            if schedule.interval_number < 1:
                raise ValidationError(self.env._("Let it run every 1 or more."))
            schedule._cobranza_write_cron("interval_number", schedule.interval_number)

    def _inverse_interval_type(self):
        for schedule in self:
            schedule._cobranza_write_cron("interval_type", schedule.interval_type)

    def _cobranza_write_cron(self, name, value):
        self._cobranza_demand_manager()
        # sudo: managers of collection are not administrators of the database.
        cron = self.sudo().cron_id
        if cron[name] != value:
            cron[name] = value

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for schedule in self:
            if not 0 <= schedule.hour_from < schedule.hour_to <= 24:
                raise ValidationError(
                    self.env._(
                        "The hours must begin before they end, between 0:00 and 24:00."
                    )
                )

    @api.constrains(*WEEKDAYS)
    def _check_days(self):
        for schedule in self:
            if not any(schedule[day] for day in WEEKDAYS):
                raise ValidationError(
                    self.env._("Choose at least one day, or switch the action off.")
                )

    # --- use --------------------------------------------------------------------------

    @api.model
    def _cobranza_is_open(self, code):
        """Return whether an action may work at this moment, by its days and hours."""
        schedule = self.sudo().search([("code", "=", code)], limit=1)
        return not schedule or schedule._cobranza_open_now()

    def _cobranza_open_now(self):
        self.ensure_one()
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        local = now.astimezone(ZoneInfo(self.timezone or "UTC"))
        hour = local.hour + local.minute / 60
        return self[WEEKDAYS[local.weekday()]] and self.hour_from <= hour < self.hour_to

    def _cobranza_demand_manager(self):
        user = self.env.user
        is_manager = user.has_group("cobranza_whatsapp.group_manager")
        if not (self.env.su or is_manager or user.has_group("base.group_system")):
            raise AccessError(
                self.env._("Only a collections manager can change the schedule.")
            )

    def action_run_now(self):
        """Ask the scheduled action to run as soon as a worker is free."""
        self.ensure_one()
        self._cobranza_demand_manager()
        # sudo: scheduled actions belong to administrators.
        cron = self.sudo().cron_id
        if not cron.active:
            raise UserError(self.env._("It is switched off: switch it on first."))
        cron._trigger()
        closed = self.has_hours and not self._cobranza_open_now()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if closed else "success",
                "message": self.env._(
                    "It is outside the days and hours of this action: it will do "
                    "nothing."
                )
                if closed
                else self.env._("It starts within a minute."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
