from collections import defaultdict

from odoo import api, fields, models

from ..core import rules
from . import reasons

# Reasons that one cause gives to many messages, by what is to be mended.
TEMPLATE_CODES = (*rules.TEMPLATE_PROBLEMS, "template", "render_failed")
QUEUED_CODES = (*rules.TEMPLATE_PROBLEMS, "account_missing")
FAILED_CODES = (
    "template",
    "render_failed",
    "pdf_failed",
    "upload_failed",
    "gave_up",
    "fix",
    "dead",
    "unknown",
)
# Refusals of planning, which leave no message: their customers are kept.
CUSTOMER_CODES = (
    "phone_missing",
    "phone_invalid",
    "phone_not_mobile",
    "number_dead",
    "number_shared",
    "no_consent",
    "template_missing",
    *QUEUED_CODES,
)
CUSTOMERS_KEPT = 10_000
ACTIVITY = "cobranza_whatsapp.mail_activity_type_cause"


class CobranzaCause(models.Model):
    """One thing to mend that keeps many messages from their customers.

    It has one activity, however many messages or customers it holds up, and goes away
    with it when nothing is held up any more. ``customers`` is a list of partner ids,
    for refusals that leave no message; the first 10,000.
    """

    _name = "cobranza.cause"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Cause to Mend"
    _order = "count desc, id"
    _rec_name = "sentence"

    code = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    template_id = fields.Many2one(
        "cobranza.template", readonly=True, ondelete="cascade"
    )
    count = fields.Integer(string="Held Up", readonly=True)
    customers = fields.Json(readonly=True)
    is_about_customers = fields.Boolean(readonly=True)
    sentence = fields.Char(string="What to Do", compute="_compute_sentence")

    _unique_cause = models.UniqueIndex(
        "(company_id, code, COALESCE(template_id, 0), is_about_customers)"
    )

    @api.depends("code", "template_id")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for cause in self:
            text = reasons.sentence(self.env, cause.code)
            name = cause.template_id.name
            cause.sentence = f"{name}: {text}" if name else text

    def action_open_held(self):
        """Open the messages or customers that this cause holds up."""
        self.ensure_one()
        if self.is_about_customers:
            model, domain = "res.partner", [("id", "in", self.customers or [])]
        else:
            model, domain = "cobranza.message", self._message_domain()
        return {
            "type": "ir.actions.act_window",
            "name": self.sentence,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
        }

    def _message_domain(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("reason", "=", self.code),
            "|",
            ("state", "=", "queued"),
            ("needs_person", "=", True),
        ]
        if self.template_id:
            domain.append(("template_id", "=", self.template_id.id))
        return domain

    # --- keeping the list -------------------------------------------------------------

    @api.model
    def _cobranza_refresh(self):
        """Bring causes, counts and activities up to date with the messages.

        Side effects: creates and deletes causes and activities.
        """
        found = self._counted_messages()
        own = self.search([("is_about_customers", "=", False)])
        known = {(c.company_id.id, c.code, c.template_id.id): c for c in own}
        for key, count in found.items():
            cause = known.pop(key, None)
            if not cause:
                company_id, code, template_id = key
                cause = self.create(
                    {
                        "company_id": company_id,
                        "code": code,
                        "template_id": template_id,
                    }
                )
            cause._set_count(count)
        for cause in known.values():
            cause.unlink()
        self._follow_customers()
        self._count_in_alarms()

    @api.model
    def _count_in_alarms(self):
        """Say in the alarm of each account on hold how many messages wait for it."""
        alarm = "cobranza_whatsapp.mail_activity_type_alarm"
        # sudo: activities of administrators are theirs alone.
        accounts = self.env["cobranza.account"].sudo()
        for account in accounts.search([("hold_code", "!=", False)]):
            for activity in account.activity_search([alarm]):
                own = account.with_context(
                    lang=activity.user_id.lang, mail_activity_quick_update=True
                )
                summary = own.env._(
                    "%(count)s messages wait: %(sentence)s",
                    count=own.queued_count,
                    sentence=own.hold_sentence,
                )
                if account.queued_count and activity.summary != summary:
                    activity.with_context(
                        mail_activity_quick_update=True
                    ).summary = summary

    @api.model
    def _counted_messages(self):
        """Return {(company id, code, template id): count} of what is held up."""
        message = self.env["cobranza.message"]
        groups = ("company_id", "reason", "template_id")
        queued = [("state", "=", "queued"), ("reason", "in", QUEUED_CODES)]
        failed = [
            ("state", "=", "failed"),
            ("needs_person", "=", True),
            ("reason", "in", FAILED_CODES),
        ]
        found = defaultdict(int)
        for domain in (queued, failed):
            rows = message._read_group(domain, groups, ["__count"])
            for company, code, template, count in rows:
                template_id = template.id if code in TEMPLATE_CODES else False
                found[company.id, code, template_id] += count
        return found

    def _set_count(self, count):
        """Store the count and say it in the one activity of the cause."""
        self.ensure_one()
        if self.count != count:
            self.count = count
        user = self._responsible()
        cause = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        summary = cause.env._(
            "%(count)s held up: %(sentence)s", count=count, sentence=cause.sentence
        )
        activity = cause.activity_search([ACTIVITY])
        if not activity:
            cause.activity_schedule(ACTIVITY, summary=summary, user_id=user.id)
        elif activity[0].summary != summary:
            activity[0].summary = summary

    def _responsible(self):
        """Return who is asked: the company's collector, else an administrator."""
        # sudo: whoever the manager chose, whatever the scheduled action may read.
        user = self.company_id.sudo().cobranza_user_id
        if user.active:
            return user
        return self.env["cobranza.account"]._cobranza_administrator()

    # --- customers that planning refuses ----------------------------------------------

    @api.model
    def _cobranza_note_refused(self, company, candidates):
        """Remember which customers of a planned batch were refused, by cause.

        A few queries for a batch of customers; the activity comes with the
        next follow-up.
        """
        refused = defaultdict(set)
        for candidate in candidates:
            decision = candidate.choice and candidate.choice.decision
            is_refused = decision and decision.outcome == "refused"
            if is_refused and decision.code in CUSTOMER_CODES:
                refused[decision.code].add(candidate.partner_id)
        batch = {candidate.partner_id for candidate in candidates}
        known = self.search(
            [("company_id", "=", company.id), ("is_about_customers", "=", True)]
        )
        by_code = {cause.code: cause for cause in known}
        for code in {*refused, *by_code}:
            cause = by_code.get(code)
            before = set(cause.customers or []) if cause else set()
            after = (before - batch) | refused[code]
            if after != before:
                self._keep_customers(company, code, cause, after)

    @api.model
    def _keep_customers(self, company, code, cause, customers):
        if not customers:
            cause.unlink()
            return
        if not cause:
            cause = self.create(
                {"company_id": company.id, "code": code, "is_about_customers": True}
            )
        kept = sorted(customers)[:CUSTOMERS_KEPT]
        cause.write({"customers": kept, "count": len(customers)})

    @api.model
    def _follow_customers(self):
        """Leave out customers who owe nothing due any more; ask for the others."""
        causes = self.search([("is_about_customers", "=", True)])
        for company, own in causes.grouped("company_id").items():
            due = set(self.env["cobranza.debt"]._cobranza_due_partner_ids(company))
            for cause in own:
                before = set(cause.customers or [])
                if not before <= due:
                    self._keep_customers(company, cause.code, cause, before & due)
        for cause in causes.exists():
            cause._set_count(cause.count)
