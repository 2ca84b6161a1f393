from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from . import channels, reasons
from .cobranza_debt import HOLDS
from .cobranza_message import STATES
from .groups import READERS
from .res_partner import CONSENT_STATES

# What an invoice takes over from the oldest of its debts.
DEBT_FIELDS = {
    "cobranza_stage_id": "stage_id",
    "cobranza_days_overdue": "days_overdue",
    "cobranza_hold": "hold",
}


class AccountMove(models.Model):
    """Collection on the invoice: everything is derived, nothing is stored here."""

    _inherit = "account.move"

    cobranza_stage_id = fields.Many2one(
        "cobranza.stage",
        string="Collection Stage",
        compute="_compute_cobranza_debt",
        search="_search_cobranza_stage_id",
        groups=READERS,
    )
    cobranza_days_overdue = fields.Integer(
        string="Days Overdue",
        aggregator=None,
        compute="_compute_cobranza_debt",
        search="_search_cobranza_days_overdue",
        groups=READERS,
    )
    cobranza_hold = fields.Selection(
        HOLDS,
        string="Not Chased Because",
        compute="_compute_cobranza_debt",
        search="_search_cobranza_hold",
        groups=READERS,
    )
    cobranza_next_action = fields.Char(
        string="Next Action", compute="_compute_cobranza_next_action", groups=READERS
    )
    cobranza_next_date = fields.Date(
        string="Next Action On",
        compute="_compute_cobranza_next_action",
        groups=READERS,
    )
    cobranza_whatsapp_consent = fields.Selection(
        CONSENT_STATES,
        string="WhatsApp Consent",
        compute="_compute_cobranza_consent",
        groups=READERS,
    )
    cobranza_sms_consent = fields.Selection(
        CONSENT_STATES,
        string="SMS Consent",
        compute="_compute_cobranza_consent",
        groups=READERS,
    )
    cobranza_message_ids = fields.Many2many(
        "cobranza.message",
        "cobranza_message_move_rel",
        string="Collection Messages",
        groups=READERS,
        readonly=True,
    )
    cobranza_last_message_id = fields.Many2one(
        "cobranza.message",
        string="Last Message",
        compute="_compute_cobranza_last_message",
        groups=READERS,
    )
    cobranza_last_state = fields.Selection(
        STATES,
        string="Last Message State",
        compute="_compute_cobranza_last_message",
        groups=READERS,
    )

    # --- derived from the view of debts -----------------------------------------------

    @api.depends("line_ids.amount_residual", "line_ids.date_maturity", "payment_state")
    def _compute_cobranza_debt(self):
        # sudo: readers of an invoice may see its stage without reading the policy.
        debts = self.env["cobranza.debt"].sudo()
        debts._cobranza_flush()
        found = debts.search_fetch(
            [("move_id", "in", self.ids), ("is_oldest", "=", True)],
            ["move_id", *DEBT_FIELDS.values()],
        )
        oldest = {debt.move_id.id: debt for debt in found}
        for move in self:
            debt = oldest.get(move._origin.id or move.id)
            for own, theirs in DEBT_FIELDS.items():
                move[own] = debt[theirs] if debt else False

    def _field_to_sql(self, alias, field_expr, query=None):
        """Extend account: group and order by what the view of debts says."""
        column = DEBT_FIELDS.get(field_expr)
        if column:
            self._check_field_access(self._fields[field_expr], "read")
            self.env["cobranza.debt"]._cobranza_flush()
            return SQL(
                "(SELECT debt.%s FROM cobranza_debt debt "
                "WHERE debt.move_id = %s AND debt.is_oldest)",
                SQL.identifier(column),
                SQL.identifier(alias, "id"),
            )
        return super()._field_to_sql(alias, field_expr, query=query)

    @api.model
    def _cobranza_search_debt(self, name, operator, value):
        """Return the domain of invoices whose oldest debt fits a condition."""
        self._check_field_access(self._fields[name], "read")
        if operator.startswith("not "):
            return NotImplemented
        if operator == "in" and False in value:
            # "No stage" or "no hold" also means invoices that owe nothing.
            none = [("id", "not in", self._cobranza_moves(name, "!=", False))]
            rest = [v for v in value if v is not False]
            if not rest:
                return none
            return ["|", *none, ("id", "in", self._cobranza_moves(name, "in", rest))]
        return [("id", "in", self._cobranza_moves(name, operator, value))]

    @api.model
    def _cobranza_moves(self, name, operator, value):
        debts = self.env["cobranza.debt"].sudo()
        debts._cobranza_flush()
        query = debts._search(
            [(DEBT_FIELDS[name], operator, value), ("is_oldest", "=", True)]
        )
        return query.subselect("cobranza_debt.move_id")

    def _search_cobranza_stage_id(self, operator, value):
        return self._cobranza_search_debt("cobranza_stage_id", operator, value)

    def _search_cobranza_days_overdue(self, operator, value):
        return self._cobranza_search_debt("cobranza_days_overdue", operator, value)

    def _search_cobranza_hold(self, operator, value):
        return self._cobranza_search_debt("cobranza_hold", operator, value)

    # --- consent and messages ---------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_cobranza_consent(self):
        for move in self:
            customer = move.commercial_partner_id.with_company(
                move.company_id or self.env.company
            )
            move.cobranza_whatsapp_consent = customer.cobranza_whatsapp_consent
            move.cobranza_sms_consent = customer.cobranza_sms_consent

    @api.depends("cobranza_message_ids.state")
    def _compute_cobranza_last_message(self):
        for move in self:
            outgoing = move.cobranza_message_ids.filtered(
                lambda m: m.direction == "out"
            )
            last = outgoing.sorted("id")[-1:]
            move.cobranza_last_message_id = last
            move.cobranza_last_state = last.state

    # --- next action ------------------------------------------------------------------

    @api.depends_context("lang")
    def _compute_cobranza_next_action(self):
        self.cobranza_next_action = False
        self.cobranza_next_date = False
        chased = self.filtered(
            lambda m: m.state == "posted" and m.is_sale_document(include_receipts=True)
        )
        planning = self.env["cobranza.planning"].sudo()
        for company, moves in chased.grouped("company_id").items():
            found = planning.with_company(company)._candidates(
                company, moves.commercial_partner_id.ids, also_reminded=True
            )
            by_key = {(c.partner_id, c.currency_id): c for c in found}
            for move in moves:
                candidate = by_key.get(
                    (move.commercial_partner_id.id, move.currency_id.id)
                )
                text, day = move._cobranza_next(company, candidate)
                move.cobranza_next_action, move.cobranza_next_date = text, day

    def _cobranza_next(self, company, candidate):
        """Return (sentence, date or False) of what happens next to this invoice."""
        own = candidate and [d for d in candidate.lines if d.move_id == self.id]
        if not own:
            return reasons.sentence(self.env, "no_debt"), False
        if all(line.hold for line in own):
            return reasons.sentence(self.env, own[0].hold), False
        if not candidate.policy_id:
            return reasons.sentence(self.env, "no_policy"), False
        if not candidate.claim:
            outcome = candidate.outcome
            if outcome.next_date:
                return self._cobranza_stage_on(outcome.next_date, candidate)
            return reasons.sentence(self.env, outcome.code), False
        if candidate.choice and candidate.choice.decision.outcome == "refused":
            return self._cobranza_decision(company, candidate.choice)
        if candidate.reminded or candidate.claim.stage.action == "activity":
            return self._cobranza_after(company, candidate)
        return self._cobranza_decision(company, candidate.choice)

    def _cobranza_after(self, company, candidate):
        """Return what follows once the present stage has been dealt with."""
        days = candidate.claim.stage
        stages = self.env["cobranza.stage"].sudo().browse(days.id).policy_id.stage_ids
        following = stages.filtered(lambda s: s.day_from > days.day_from)[:1]
        if not following:
            return reasons.sentence(self.env, "escalated"), False
        date = fields.Date.add(
            candidate.claim.cycle.date_maturity, days=following.day_from
        )
        return self._cobranza_stage_text(following, date), date

    def _cobranza_stage_on(self, date, candidate):
        day = (
            date - min(d.date_maturity for d in candidate.lines if d.amount > 0)
        ).days
        policy = self.env["cobranza.policy"].sudo().browse(candidate.policy_id)
        stage = policy.stage_ids.filtered(lambda s: s.day_from <= day)[-1:]
        return self._cobranza_stage_text(stage, date), date

    def _cobranza_stage_text(self, stage, date):
        return self.env._(
            "%(stage)s on %(date)s",
            stage=stage.with_env(self.env).sudo().name or "",
            date=format_date(self.env, date),
        )

    def _cobranza_decision(self, company, choice):
        decision = choice.decision
        if decision.outcome == "refused":
            return reasons.sentence(self.env, decision.code), False
        channel = channels.label(self.env, choice.channel)
        if decision.outcome == "later":
            moment = fields.Datetime.context_timestamp(
                self, decision.not_before_utc.replace(tzinfo=None)
            )
            return (
                self.env._(
                    "Reminder by %(channel)s on %(date)s at %(time)s",
                    channel=channel,
                    date=format_date(self.env, moment.date()),
                    time=moment.strftime("%H:%M"),
                ),
                moment.date(),
            )
        return (
            self.env._("Reminder by %(channel)s in the next run", channel=channel),
            company._cobranza_today(),
        )

    # --- buttons ----------------------------------------------------------------------

    def action_cobranza_send_now(self):
        """Queue the reminder of this invoice's customer now, by the same rules.

        Raises UserError with the reason when the rules refuse; nothing changes then.
        """
        self.ensure_one()
        if self.state != "posted" or not self.is_sale_document(include_receipts=True):
            raise UserError(reasons.sentence(self.env, "not_posted"))
        self.check_access("read")
        company = self.company_id
        # sudo: the decision needs consents and accounts that the user cannot read.
        planning = self.env["cobranza.planning"].sudo().with_company(company)
        planning._lock_company(company)
        found = planning._candidates(
            company, self.commercial_partner_id.ids, also_reminded=True
        )
        candidate = next(
            (c for c in found if c.currency_id == self.currency_id.id), None
        )
        self._cobranza_demand_allowed(candidate)
        self.env["cobranza.reminder"]._cobranza_create_messages(company, [candidate])
        self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
        later = candidate.choice.decision.outcome == "later"
        text = self._cobranza_decision(company, candidate.choice)[0]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info" if later else "success",
                "message": text if later else self.env._("The reminder is on its way."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _cobranza_demand_allowed(self, candidate):
        """Raise UserError with the reason if nothing may be sent for the candidate."""
        own = candidate and [d for d in candidate.lines if d.move_id == self.id]
        code = ""
        if not own:
            code = "no_debt"
        elif all(line.hold for line in own):
            code = own[0].hold
        elif not candidate.claim:
            code = candidate.outcome.code
        elif candidate.claim.stage.action == "activity":
            code = "escalated"
        elif candidate.choice and candidate.choice.decision.outcome == "refused":
            code = candidate.choice.decision.code
        elif candidate.reminded and not candidate.all_failed:
            code = "already_reminded"
        if code:
            raise UserError(reasons.sentence(self.env, code))

    def action_cobranza_hold(self):
        """Open the form that puts this invoice on hold."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put on Hold"),
            "res_model": "cobranza.hold",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_move_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_cobranza_release(self):
        """End our holds on this invoice and its customer."""
        self.env["cobranza.hold"].search(
            [
                "|",
                ("move_id", "in", self.ids),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        ).action_release()
