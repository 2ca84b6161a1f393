from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, split_every

from ..models import reasons
from ..models.planning_data import Simulation
from . import preview_values

CUSTOMERS_PER_BATCH = 1000
# Only a person writes to guarantors.
BY_HAND = Simulation(guarantors=True)


class CobranzaPreview(models.TransientModel):
    """Who would get which reminder, who not and why: by hand, or as a dry run.

    By hand it is about the customers that a person chose, now, and he may send them.
    A dry run is about a whole company on a date and writes nothing but these rows.
    Every line comes from `cobranza.planning`, as the scheduled run's do.
    """

    _name = "cobranza.preview"
    _description = "Preview of Reminders"

    kind = fields.Selection(
        [("hand", "By hand"), ("run", "Dry run")], required=True, default="run"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="Date of the Run",
        default=lambda self: self.env.company._cobranza_today(),
    )
    computed = fields.Boolean(readonly=True)
    notice = fields.Char(readonly=True)
    line_ids = fields.One2many("cobranza.preview.line", "preview_id")
    going_ids = fields.One2many(
        "cobranza.preview.line",
        "preview_id",
        string="Goes Out",
        domain=[("outcome", "in", ("now", "later"))],
    )
    refused_ids = fields.One2many(
        "cobranza.preview.line",
        "preview_id",
        string="Does Not Go Out",
        domain=[("outcome", "not in", ("now", "later"))],
    )
    total_ids = fields.One2many("cobranza.preview.total", "preview_id")
    has_guarantors = fields.Boolean(compute="_compute_has_guarantors")
    going_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")
    person_count = fields.Integer(compute="_compute_counts")
    cost_text = fields.Char(string="Cost", compute="_compute_cost_text")

    @api.depends("line_ids.guarantor_id")
    def _compute_has_guarantors(self):
        for preview in self:
            preview.has_guarantors = bool(preview.line_ids.guarantor_id)

    @api.depends("line_ids.outcome")
    def _compute_counts(self):
        groups = self.env["cobranza.preview.line"]._read_group(
            [("preview_id", "in", self.ids)], ["preview_id", "outcome"], ["__count"]
        )
        counts = {(p.id, outcome): count for p, outcome, count in groups}
        for preview in self:
            own = {
                o: counts.get((preview.id, o), 0) for o, _ in preview_values.OUTCOMES
            }
            preview.going_count = own["now"] + own["later"]
            preview.refused_count = own["refused"]
            preview.person_count = own["person"]

    @api.depends("going_ids.selected", "going_ids.cost", "going_ids.cost_currency_id")
    def _compute_cost_text(self):
        for preview in self:
            lines = preview.going_ids.filtered("selected")
            costs = [
                currency.format(sum(own.mapped("cost")))
                for currency, own in lines.grouped("cost_currency_id").items()
                if currency
            ]
            preview.cost_text = " + ".join(costs) or self.env._(
                "Unknown: a manager can set prices under Configuration."
            )

    @api.depends("kind", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = preview._cobranza_title()

    def _cobranza_title(self):
        if self.kind == "hand":
            return self.env._("Send Reminder")
        day = format_date(self.env, self.date) if self.date else ""
        return self.env._("Dry Run of %(date)s", date=day)

    # --- lines ------------------------------------------------------------------------

    @api.model
    def _cobranza_look(self, company, partner_ids, simulation):
        """Return (candidates, values of their lines) of customers with open debts."""
        # sudo: the decision needs consents and accounts that the user cannot read.
        planning = self.env["cobranza.planning"].sudo().with_company(company)
        candidates = planning._candidates(
            company, partner_ids, also_reminded=True, simulation=simulation
        )
        look = preview_values.Look(
            planning.env,
            company,
            company._cobranza_today(simulation.at),
            self.env["cobranza.price"]._cobranza_known(),
            simulation,
            self._cobranza_together(candidates),
        )
        values = [preview_values.of_candidate(look, one) for one in candidates]
        return candidates, values

    @api.model
    def _cobranza_together(self, candidates):
        contacts = {
            one.choice.recipient["partner_id"] for one in candidates if one.choice
        }
        return tuple(contacts | {one.partner_id for one in candidates})

    def _cobranza_add(self, company, partner_ids, simulation, keys=None):
        """Create the lines of customers; ``keys`` keeps those (customer, currency)."""
        values = [
            {
                **line,
                "preview_id": self.id,
                "wanted_template_id": line.get("template_id"),
            }
            for line in self._cobranza_look(company, partner_ids, simulation)[1]
            if keys is None or (line["partner_id"], line["currency_id"]) in keys
        ]
        return self.env["cobranza.preview.line"].create(values)

    def _cobranza_count_totals(self):
        """Write the totals by outcome, stage, channel and currencies anew."""
        self.total_ids.unlink()
        names = ("outcome", "stage_id", "channel", "currency_id", "cost_currency_id")
        groups = self.env["cobranza.preview.line"]._read_group(
            [("preview_id", "=", self.id), ("outcome", "!=", "refused")],
            names,
            ["__count", "amount:sum", "cost:sum"],
        )
        names += ("count", "amount", "cost")
        self.env["cobranza.preview.total"].create(
            [
                {"preview_id": self.id, **self._cobranza_total(names, group)}
                for group in groups
            ]
        )

    @api.model
    def _cobranza_total(self, names, group):
        """Return a group of the lines as values, its records as ids."""
        return {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in zip(names, group, strict=True)
        }

    # --- dry run ----------------------------------------------------------------------

    def action_compute(self):
        """Ask what the run of the date would do; nothing but this page is written."""
        self.ensure_one()
        company = self.company_id
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose one of your own companies."))
        today = company._cobranza_today()
        if not self.date or self.date < today:
            raise UserError(
                self.env._("The past cannot be run again: choose today or a later day.")
            )
        simulation = self._cobranza_simulation()
        self.line_ids.unlink()
        # sudo: who owes what is decided for all customers, whoever may read them.
        due = (
            self.env["cobranza.debt"]
            .sudo()
            ._cobranza_due_partner_ids(company, self.date, also_held=True)
        )
        for batch in split_every(CUSTOMERS_PER_BATCH, due, list):
            self._cobranza_add(company, batch, simulation)
            self.env["cobranza.preview.line"].flush_model()
        self._cobranza_count_totals()
        started = company.sudo().cobranza_started
        self.write(
            {
                "computed": True,
                "notice": False
                if started
                else reasons.sentence(self.env, "not_started"),
            }
        )

    def _cobranza_simulation(self):
        """Return the run's moment: now, or the beginning of a later date."""
        company = self.company_id
        today = company._cobranza_today()
        at = None if self.date == today else company._cobranza_begin_of(self.date)
        return Simulation(at=at, assume_started=True)

    def _cobranza_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._cobranza_title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self._cobranza_view().id, "form")],
            "target": "current" if self.kind == "run" else "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _cobranza_view(self):
        return self.env.ref(f"cobranza_whatsapp.cobranza_preview_view_form_{self.kind}")

    def action_open_going(self):
        """List who gets a reminder."""
        return self._cobranza_open_lines(
            self.env._("Goes Out"), [("outcome", "in", ("now", "later"))]
        )

    def action_open_refused(self):
        """List who gets none, and why."""
        return self._cobranza_open_lines(
            self.env._("Does Not Go Out"), [("outcome", "=", "refused")]
        )

    def action_open_person(self):
        """List whom a person takes over."""
        return self._cobranza_open_lines(
            self.env._("A Person Takes Over"), [("outcome", "=", "person")]
        )

    def action_open_all(self):
        """List everybody, to look through or to export."""
        return self._cobranza_open_lines(self.env._("Everybody"), [])

    def _cobranza_open_lines(self, name, domain):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_whatsapp.cobranza_preview_line_action"
        )
        return {
            **action,
            "name": f"{name} · {format_date(self.env, self.date)}",
            "domain": [("preview_id", "=", self.id), *domain],
        }

    # --- by hand ----------------------------------------------------------------------

    @api.model
    def _cobranza_open(self, moves=None, partners=None):
        """Open the preview of invoices' or customers' reminders, to send by hand."""
        self._cobranza_demand_sender()
        preview = self.create({"kind": "hand", "computed": True})
        if moves is not None:
            preview._cobranza_of_moves(moves)
        else:
            for company in self.env.companies:
                preview._cobranza_add(
                    company, partners.commercial_partner_id.ids, BY_HAND
                )
        if not preview.line_ids:
            raise UserError(reasons.sentence(self.env, "no_debt"))
        return preview._cobranza_reopen()

    def _cobranza_of_moves(self, moves):
        """Add a line per customer and currency, and one per invoice that cannot go."""
        moves.check_access("read")
        good = moves.filtered(
            lambda m: m.state == "posted" and m.is_sale_document(include_receipts=True)
        )
        for company, own in good.grouped("company_id").items():
            keys = {(m.commercial_partner_id.id, m.currency_id.id) for m in own}
            customers = own.commercial_partner_id
            lines = self._cobranza_add(company, customers.ids, BY_HAND, keys)
            found = {(line.partner_id.id, line.currency_id.id) for line in lines}
            self._cobranza_refuse(
                own.filtered(
                    lambda m, found=found: (
                        (m.commercial_partner_id.id, m.currency_id.id) not in found
                    )
                ),
                "no_debt",
            )
        self._cobranza_refuse(moves - good, "not_posted")

    def _cobranza_refuse(self, moves, code):
        self.env["cobranza.preview.line"].create(
            [
                {
                    "preview_id": self.id,
                    "company_id": move.company_id.id,
                    "partner_id": move.commercial_partner_id.id,
                    "currency_id": move.currency_id.id,
                    "move_names": move.name or move.display_name,
                    "outcome": "refused",
                    "code": code,
                    "sentence": reasons.sentence(self.env, code),
                }
                for move in moves
            ]
        )

    @api.model
    def _cobranza_demand_sender(self):
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accounting users can send reminders."))
