import uuid

from odoo import api, fields, models

from . import bulk

# A person cannot take over more customers a day than this.
ESCALATIONS_PER_USER_AND_DAY = 20


class CobranzaReminder(models.Model):
    """The intent to remind one customer, in one currency, at one stage, once.

    The key names company, commercial partner, currency, stage and cycle; a database
    index on it is what makes "once" true. It is text, because merging two contacts
    rewrites foreign keys and deletes rows that collide.
    """

    _name = "cobranza.reminder"
    _description = "Reminder"
    _order = "id desc"
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    guarantor_id = fields.Many2one(
        "cobranza.guarantor",
        readonly=True,
        ondelete="restrict",
        help="Whom it is for; empty: for the customer himself.",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    policy_id = fields.Many2one("cobranza.policy", readonly=True)
    stage_id = fields.Many2one("cobranza.stage", readonly=True)
    amount = fields.Monetary(readonly=True)
    debt_ids = fields.One2many("cobranza.reminder.debt", "reminder_id", readonly=True)
    message_ids = fields.One2many("cobranza.message", "reminder_id", readonly=True)
    escalated_at = fields.Datetime(readonly=True)

    _unique_key = models.UniqueIndex("(key)", "This reminder exists already.")

    @api.model
    def _cobranza_key(self, company, candidate):
        """Return the text that no second reminder may have."""
        claim = candidate.claim
        parts = [
            company.id,
            candidate.partner_id,
            candidate.currency_id,
            claim.stage.id,
            claim.cycle.move_id,
            claim.cycle.date_maturity.isoformat(),
        ]
        if candidate.guarantor:
            parts.append(f"guarantor {candidate.guarantor.id}")
        return "/".join(map(str, parts))

    @api.model
    def _cobranza_ensure(self, company, candidates):
        """Return the reminder of each candidate, in order, creating those missing."""
        missing = [c for c in candidates if not c.reminder_id]
        # sudo: the system keeps the reminders, whoever asked for them.
        created = bulk.insert(
            self.sudo().browse(),
            [self._cobranza_values(company, candidate) for candidate in missing],
        )
        for candidate, reminder_id in zip(missing, created.ids, strict=True):
            candidate.reminder_id = reminder_id
        self._cobranza_add_debts(missing)
        return self.browse([candidate.reminder_id for candidate in candidates])

    @api.model
    def _cobranza_add_debts(self, candidates):
        rows = [
            {
                "reminder_id": candidate.reminder_id,
                "move_id": debt.move_id,
                "move_model": "account.move",
                "number": debt.number,
                "date_maturity": debt.date_maturity,
                "amount": debt.amount,
            }
            for candidate in candidates
            for debt in candidate.claim.debts
        ]
        # sudo: as above. The reminder says who and when.
        bulk.insert(self.env["cobranza.reminder.debt"].sudo(), rows, log=False)

    @api.model
    def _cobranza_values(self, company, candidate):
        claim = candidate.claim
        return {
            "key": self._cobranza_key(company, candidate),
            "company_id": company.id,
            "partner_id": candidate.partner_id,
            "guarantor_id": candidate.key[2] or None,
            "currency_id": candidate.currency_id,
            "policy_id": candidate.policy_id,
            "stage_id": claim.stage.id,
            "amount": claim.total,
        }

    @api.model
    def _cobranza_queue(self, company, candidates):
        """Queue what the run found, or propose it where a person must approve."""
        # sudo: a setting of the company.
        ask_first = company.sudo().cobranza_needs_approval
        return self._cobranza_create_messages(company, candidates, ask_first)

    @api.model
    def _cobranza_create_messages(self, company, candidates, ask_first=False):
        """Queue one message per candidate; returns the messages in order.

        ``ask_first`` makes them wait for a person's approval, with their text.
        """
        approval, texts = None, [None] * len(candidates)
        if ask_first and candidates:
            approvals = self.env["cobranza.approval"]
            approval = approvals._cobranza_open(company)
            texts = approvals._cobranza_texts(company, candidates)
        reminders = self._cobranza_ensure(company, candidates)
        rows = [
            {
                **self._cobranza_message_values(company, candidate),
                "reminder_id": reminder_id,
                "state": "proposed" if approval else "queued",
                "approval_id": approval.id if approval else None,
                "body": text,
            }
            for candidate, reminder_id, text in zip(
                candidates, reminders.ids, texts, strict=True
            )
        ]
        # sudo: the queue is written by the system, whoever asked for the reminder.
        messages = bulk.insert(self.env["cobranza.message"].sudo(), rows)
        invoices = [
            list({debt.move_id for debt in candidate.claim.debts})
            for candidate in candidates
        ]
        bulk.link(messages, "move_ids", invoices)
        return messages

    @api.model
    def _cobranza_message_values(self, company, candidate):
        """Return the columns of a message of a candidate, as it was chosen."""
        choice = candidate.choice
        return {
            "uuid": str(uuid.uuid4()),
            "kind": "reminder",
            "direction": "out",
            "channel": choice.channel,
            "partner_id": candidate.partner_id,
            "guarantor_id": candidate.key[2] or None,
            "recipient_partner_id": choice.recipient["partner_id"],
            "recipient_why": choice.recipient["why"],
            "recipient": choice.recipient["number"],
            "recipient_key": choice.recipient["number_key"],
            "company_id": company.id,
            "currency_id": candidate.currency_id,
            "amount": candidate.claim.total,
            "account_id": choice.account.id or None,
            "template_id": choice.template.id or None,
            "is_template_chosen": choice.template == candidate.wanted,
            "not_before": (
                choice.decision.not_before_utc or choice.situation.now_utc
            ).replace(tzinfo=None),
            "reason": choice.decision.code or None,
        }

    # --- escalation -------------------------------------------------------------------

    @api.model
    def _cobranza_escalate(self, company, candidates):
        """Give each customer to a person: one activity, at most 20 a day per user."""
        if not candidates:
            return
        room = self._cobranza_activity_room(company)
        waiting = self._cobranza_waiting_customers()
        chosen, activities = [], []
        for customer, own in self._cobranza_by_customer(candidates):
            policy = self.env["cobranza.policy"].sudo().browse(own[0].policy_id)
            user = customer._cobranza_responsible(company, policy)
            known = (customer.id, user.id) in waiting
            left = room.get(user.id, ESCALATIONS_PER_USER_AND_DAY)
            if not user or (left <= 0 and not known):
                continue
            chosen += own
            if not known:
                room[user.id] = left - 1
                activities.append(self._cobranza_activity(company, own, user))
        self._cobranza_ensure(company, chosen).sudo().write(
            {"escalated_at": fields.Datetime.now()}
        )
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(activities)

    @api.model
    def _cobranza_by_customer(self, candidates):
        """Return [(customer, his candidates)], the largest debt first."""
        own = {}
        for candidate in sorted(candidates, key=lambda c: -c.claim.total):
            own.setdefault(candidate.partner_id, []).append(candidate)
        customers = self.env["res.partner"].sudo()
        return [(customers.browse(pid), group) for pid, group in own.items()]

    @api.model
    def _cobranza_waiting_customers(self):
        """Return {(customer id, user id)} of escalations that are still open."""
        kind = self.env.ref("cobranza_whatsapp.mail_activity_type_escalation")
        # sudo: activities of other users are theirs alone.
        waiting = (
            self.env["mail.activity"]
            .sudo()
            .search_fetch([("activity_type_id", "=", kind.id)], ["res_id", "user_id"])
        )
        return {(activity.res_id, activity.user_id.id) for activity in waiting}

    @api.model
    def _cobranza_activity_room(self, company):
        """Return {user id: how many escalations he may still get today}.

        The day is the company's: in America its evening is tomorrow in UTC.
        """
        midnight = company._cobranza_midnight_utc()
        kind = self.env.ref("cobranza_whatsapp.mail_activity_type_escalation")
        groups = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [("activity_type_id", "=", kind.id), ("create_date", ">=", midnight)],
                ["user_id"],
                ["__count"],
            )
        )
        return {user.id: ESCALATIONS_PER_USER_AND_DAY - count for user, count in groups}

    @api.model
    def _cobranza_activity(self, company, candidates, user):
        env = self.with_context(lang=user.lang).env
        amounts = [
            env["res.currency"].browse(c.currency_id).format(float(c.claim.total))
            for c in candidates
        ]
        return {
            "activity_type_id": self.env.ref(
                "cobranza_whatsapp.mail_activity_type_escalation"
            ).id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": candidates[0].partner_id,
            "user_id": user.id,
            "date_deadline": company._cobranza_today(),
            "summary": env._(
                "Take over: %(amount)s overdue",
                amount=" + ".join(amounts),
            ),
            "automated": True,
        }


class CobranzaReminderDebt(models.Model):
    """A debt as it stood when the reminder was made."""

    _name = "cobranza.reminder.debt"
    _description = "Debt of a Reminder"
    _order = "date_maturity, id"
    _rec_name = "number"

    reminder_id = fields.Many2one(
        "cobranza.reminder", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="reminder_id.company_id")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    # No foreign key: a draft invoice may be deleted, the evidence stays.
    move_id = fields.Many2oneReference(
        string="Invoice", model_field="move_model", required=True, index=True
    )
    move_model = fields.Char(default="account.move", required=True)
    number = fields.Char()
    date_maturity = fields.Date(string="Due Date", required=True)
    amount = fields.Monetary()
