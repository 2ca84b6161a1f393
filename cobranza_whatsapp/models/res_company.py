from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_partner import _tz_get

from ..core import contact


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_started = fields.Boolean(
        string="Collection Started",
        help="Nothing is sent for this company until a manager presses Start.",
    )
    cobranza_needs_approval = fields.Boolean(
        string="Reminders Wait for Approval",
        help="The scheduled run only proposes its reminders: a person looks at them "
        "and approves. What a person sends by hand goes at once.",
    )
    cobranza_planned_until = fields.Integer(
        readonly=True, help="The customer at whom a run of planning had no time left."
    )
    cobranza_timezone = fields.Selection(
        _tz_get,
        string="Collection Time Zone",
        compute="_compute_cobranza_timezone",
        store=True,
        readonly=False,
        help="The company's date, which decides how many days a debt is overdue.",
    )
    cobranza_user_id = fields.Many2one(
        "res.users",
        string="Collection Responsible",
        help="Gets what has no other responsible person.",
    )
    cobranza_regime = fields.Selection(
        [("commercial", "Commercial company"), ("financial", "Financial company")],
        string="Regime of Collection",
        default="commercial",
        required=True,
        help="Some countries have other hours for banks and lenders.",
    )
    cobranza_contact = fields.Char(
        string="Contact in Reminders",
        translate=True,
        help="How the customer reaches you, as it stands in the reminders. "
        "Empty: the company's telephone or e-mail.",
    )

    @api.depends("partner_id.country_id", "partner_id.state_id")
    def _compute_cobranza_timezone(self):
        for company in self:
            if company.cobranza_timezone:
                continue
            partner = company.partner_id
            zones = contact.zones_for(
                partner.country_id.code or "",
                partner.state_id.code or "",
                partner.phone or "",
                "",
                partner.tz or "",
            )
            company.cobranza_timezone = (zones and zones[0]) or partner.tz or "UTC"

    def _cobranza_root(self):
        """Return the company whose policy and rules a branch uses."""
        return self.root_id

    def _cobranza_zone(self):
        self.ensure_one()
        return ZoneInfo(self.cobranza_timezone or "UTC")

    def _cobranza_today(self, at=None):
        """Return the company's date of this moment, in its collection time zone.

        ``at`` is another moment, naive UTC as in Odoo's fields.
        """
        moment = (at or fields.Datetime.now()).replace(tzinfo=timezone.utc)
        return moment.astimezone(self._cobranza_zone()).date()

    def _cobranza_begin_of(self, day):
        """Return the moment at which a date begins for the company, naive UTC."""
        midnight = datetime.combine(day, datetime.min.time(), self._cobranza_zone())
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    def _cobranza_midnight_utc(self):
        """Return the naive UTC moment at which the company's date of today began."""
        zone = ZoneInfo(self.cobranza_timezone or "UTC")
        midnight = datetime.combine(self._cobranza_today(), datetime.min.time(), zone)
        return midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def _cobranza_contact_text(self):
        """Return how a customer reaches the company, for the texts of reminders."""
        self.ensure_one()
        return self.cobranza_contact or self.phone or self.email or self.name

    def action_cobranza_start(self):
        """Allow messages of these companies from now on and plan at once."""
        self._cobranza_set_started(True)
        self.env.ref("cobranza_whatsapp.ir_cron_plan")._trigger()

    def action_cobranza_stop(self):
        """Stop all messages of these companies; the queue is kept."""
        self._cobranza_set_started(False)

    def _cobranza_set_started(self, started):
        self._cobranza_of_manager().cobranza_started = started

    def _cobranza_of_manager(self):
        """Return those of these companies that the user manages, to change them."""
        if not self.env.user.has_group("cobranza_whatsapp.group_manager"):
            raise AccessError(
                self.env._("Only a collections manager can start or stop collection.")
            )
        # sudo: managers of collection need not be allowed to edit companies.
        return (self & self.env.user.company_ids).sudo()

    def action_cobranza_ask_approval(self):
        """Let the reminders of the run wait for a person from now on."""
        self._cobranza_of_manager().cobranza_needs_approval = True

    def action_cobranza_skip_approval(self):
        """Let the run send by itself; what waits already is approved by a person."""
        self._cobranza_of_manager().cobranza_needs_approval = False
