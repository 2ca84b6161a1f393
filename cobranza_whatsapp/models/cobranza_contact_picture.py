from babel.dates import get_day_names
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse

from ..core import contact, limits, public_holidays
from . import reasons

HOLIDAYS_SHOWN = 8
HOURS_SHOWN = (0, 6, 12, 18, 24)


class CobranzaContactPolicy(models.Model):
    """The week of a policy as a picture, and the next days without contact."""

    _inherit = "cobranza.contact.policy"

    week_picture = fields.Html(
        string="Week", compute="_compute_week_picture", sanitize=False
    )
    law_id = fields.Many2one("cobranza.contact.policy", compute="_compute_law_id")
    next_holidays = fields.Html(
        string="Next Days Without Contact",
        compute="_compute_next_holidays",
        sanitize=False,
    )
    source_links = fields.Html(
        string="Sources", compute="_compute_source_links", sanitize=False
    )

    @api.depends("company_id", "country_id", "state_id")
    def _compute_law_id(self):
        for policy in self:
            policy.law_id = policy._cobranza_law() if policy.company_id else policy

    @api.depends("window_ids", "law_window_ids", "permission_file", "country_id")
    @api.depends_context("lang")
    def _compute_week_picture(self):
        for policy in self:
            by_law = policy.law_id._cobranza_by_law().windows.windows
            applied = policy.window_ids._cobranza_core()
            if by_law and not policy.permission_file:
                applied = limits.shared_hours(applied, by_law)
            policy.week_picture = policy._cobranza_draw(
                limits.joined_hours(applied), limits.joined_hours(by_law)
            )

    def _cobranza_draw(self, applied, by_law):
        """Return the week as HTML: hours that apply on top of those of the law."""
        names = get_day_names("abbreviated", locale=babel_locale_parse(self.env.lang))
        rows = Markup().join(
            Markup(
                '<div class="o_cobranza_week_day"><span>%s</span>'
                '<div class="o_cobranza_week_track">%s%s</div></div>'
            )
            % (names[day], _bars(by_law, day, "law"), _bars(applied, day, "open"))
            for day in range(7)
        )
        marks = Markup().join(
            Markup('<span style="left:%s%%">%s</span>') % (_share(hour * 60), hour)
            for hour in HOURS_SHOWN
        )
        said = reasons.hours_text(self.env, applied) or self.env._("closed")
        return Markup(
            '<div class="o_cobranza_week" role="img" aria-label="%s">%s'
            '<div class="o_cobranza_week_day" aria-hidden="true"><span></span>'
            '<div class="o_cobranza_week_marks">%s</div></div>%s</div>'
        ) % (said, rows, marks, self._cobranza_legend(by_law))

    def _cobranza_legend(self, by_law):
        items = [("open", self.env._("We write"))]
        if by_law:
            items.append(("law", self.env._("Permitted by law, not used")))
        items.append(("closed", self.env._("Closed")))
        return Markup('<div class="o_cobranza_week_legend">%s</div>') % Markup().join(
            Markup('<span><i class="o_cobranza_week_%s"></i>%s</span>') % item
            for item in items
        )

    @api.depends("country_id", "state_id", "no_holidays", "holiday_categories")
    @api.depends_context("lang", "company")
    def _compute_next_holidays(self):
        for policy in self:
            days = policy._cobranza_next_days(fields.Date.context_today(policy))
            policy.next_holidays = Markup("<ul class='list-unstyled mb-0'>%s</ul>") % (
                Markup().join(
                    Markup("<li><b>%s</b> %s</li>")
                    % (format_date(self.env, day, date_format="EEE d MMM y"), name)
                    for day, name in days
                )
                or Markup("<li>%s</li>") % self.env._("None that we know of.")
            )

    def _cobranza_next_days(self, today):
        """Return the next (day, name): public holidays and days of the company."""
        found = {}
        if self.country_id and (self.no_holidays or self.law_id.law_no_holidays):
            categories = tuple((self.holiday_categories or "public").split(","))
            for year in (today.year, today.year + 1):
                found |= dict(
                    public_holidays.of_year(
                        self.country_id.code, self.state_id.code or "", categories, year
                    )
                )
        for own in self.env["cobranza.contact.day"].search(
            [
                ("company_id", "=", self.env.company._cobranza_root().id),
                ("date", ">=", today),
                ("country_id", "in", (False, self.country_id.id)),
                ("state_id", "in", (False, self.state_id.id)),
            ]
        ):
            found[own.date] = own.name
        return sorted(item for item in found.items() if item[0] >= today)[
            :HOLIDAYS_SHOWN
        ]

    @api.depends("source")
    @api.depends_context("lang")
    def _compute_source_links(self):
        for policy in self:
            policy.source_links = Markup("<br/>").join(
                Markup('<a href="%s" target="_blank" rel="noopener noreferrer">%s</a>')
                % (line, line.split("/")[2])
                if line.startswith(("https://", "http://")) and line.count("/") > 1
                else line
                for line in (policy.source or "").splitlines()
                if line.strip()
            )


def _bars(windows, day, kind):
    """Return the bars of one weekday; those that apply carry their hours."""
    return Markup().join(
        Markup('<div class="o_cobranza_week_%s" style="left:%s%%;width:%s%%">%s</div>')
        % (
            kind,
            _share(item.opens),
            _share(item.closes - item.opens),
            f"{reasons.clock_text(item.opens)}–{reasons.clock_text(item.closes)}"
            if kind == "open"
            else "",
        )
        for item in windows
        if item.weekday == day
    )


def _share(minutes):
    return round(100 * minutes / contact.MINUTES_PER_DAY, 3)
