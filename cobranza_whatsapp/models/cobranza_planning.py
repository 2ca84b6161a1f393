import logging
import time
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..core import contact, debts, rules
from ..core.types import ADDRESS_KINDS
from .planning_data import Candidate, Choice, Desk, Simulation

_logger = logging.getLogger(__name__)

# Customers whose data are held in memory at once; also the size of one commit, so
# that a killed run loses at most this much planning.
CUSTOMERS_PER_BATCH = 4000
# A run stops taking customers after this time, so that it ends within a minute.
RUN_SECONDS = 45
NOW = Simulation()
# Any value stops everything in this database.
STOPPED_PARAMETER = "cobranza_whatsapp.stopped"


class CobranzaPlanning(models.AbstractModel):
    """Decide who is reminded of what, by which channel, when, or why not.

    The scheduled run, "send now", the last check before sending and the "next action"
    of an invoice all ask here, so they cannot disagree. Everything is read for a
    batch of customers at once.
    """

    _name = "cobranza.planning"
    _description = "Collection Planning"

    @api.model
    def _is_stopped(self):
        """Return whether a manager stopped everything in this database."""
        # sudo: system parameters are readable by administrators only.
        return bool(self.env["ir.config_parameter"].sudo().get_param(STOPPED_PARAMETER))

    # --- the scheduled run ----------------------------------------------------------

    @api.model
    def _plan_company(self, company):
        """Queue what is due for one company; commit after each batch of customers.

        A run that has no time left goes on with the next customer when it is called
        again, at once.
        """
        deadline = time.monotonic() + RUN_SECONDS
        partner_ids = self.env["cobranza.debt"]._cobranza_due_partner_ids(company)
        last_id = company.cobranza_planned_until
        later = (
            [pid for pid in partner_ids if pid > last_id] if last_id else partner_ids
        )
        created = 0
        for batch in split_every(CUSTOMERS_PER_BATCH, later, list):
            created += self._plan_safely(company, batch)
            if time.monotonic() > deadline:
                last_id = batch[-1]
                self.env.ref("cobranza_whatsapp.ir_cron_plan")._trigger()
                break
        else:
            last_id = 0
        if company.cobranza_planned_until != last_id:
            company.cobranza_planned_until = last_id
        _logger.info("Company %d: %d messages planned", company.id, created)
        return created

    @api.model
    def _plan_safely(self, company, partner_ids):
        """Plan and commit a batch; a customer who breaks it is left out alone."""
        try:
            created = self._plan_batch(company, partner_ids)
            # Reminders and messages of the batch exist from here on.
            self.env["ir.cron"]._commit_progress(len(partner_ids))
        except Exception:
            self.env.cr.rollback()
            half = len(partner_ids) // 2
            if half:
                return self._plan_safely(company, partner_ids[:half]) + (
                    self._plan_safely(company, partner_ids[half:])
                )
            _logger.exception(
                "Planning failed for customer %d of company %d",
                partner_ids[0],
                company.id,
            )
            return 0
        return created

    @api.model
    def _plan_batch(self, company, partner_ids):
        """Create reminders and messages for these customers; return their number."""
        self._lock_company(company)
        candidates = self._candidates(company, partner_ids)
        due = [
            candidate
            for candidate in candidates
            if candidate.choice and candidate.choice.decision.outcome != "refused"
        ]
        Reminder = self.env["cobranza.reminder"]
        messages = Reminder._cobranza_queue(company, due)
        self.env["cobranza.cause"]._cobranza_note_refused(company, candidates)
        escalations = [candidate for candidate in candidates if candidate.escalates]
        Reminder._cobranza_escalate(company, escalations)
        return len(messages)

    @api.model
    def _lock_company(self, company):
        """Let one planner at a time work on a company, until the transaction ends.

        The unique key of the reminder is what guarantees "once"; the lock only saves
        a concurrent planner from running into it.
        """
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext('cobranza.planning'), %s)",
            [company.id],
        )

    # --- candidates -----------------------------------------------------------------

    @api.model
    def _candidates(self, company, partner_ids, also_reminded=False, simulation=NOW):
        """Return one Candidate per customer and currency that has open lines.

        Behind them, if ``simulation`` asks for it, one for each of their guarantors.

        ``also_reminded`` asks the rules about those too who were reminded in this
        stage: not to send, but because a person wants to know what stands in the way.
        ``simulation`` asks about another moment or choice than the present one.
        """
        today = company._cobranza_today(simulation.at)
        customers = self.env["cobranza.debt"]._cobranza_customers(
            company, partner_ids, today if simulation.at else None
        )
        stages = self._stages_by_policy(policy for policy, _lines in customers.values())
        candidates = []
        for (partner_id, currency_id), (policy_id, lines) in customers.items():
            outcome = debts.claim(lines, stages.get(policy_id, []), today)
            candidates.append(
                Candidate(partner_id, currency_id, policy_id, tuple(lines), outcome)
            )
        if simulation.guarantors:
            candidates += self._guarantor_candidates(company, candidates)
        self._mark_reminded(company, candidates)
        asked = [one for one in candidates if also_reminded or not one.reminded]
        self.env["cobranza.choice"]._cobranza_apply(company, asked, simulation.wanted)
        self._choose_channels(company, asked, simulation)
        return candidates

    @api.model
    def _stages_by_policy(self, policy_ids):
        policies = (
            self.env["cobranza.policy"].sudo().browse(filter(None, set(policy_ids)))
        )
        return {policy.id: policy.stage_ids._cobranza_stages() for policy in policies}

    # --- channel and rules ----------------------------------------------------------

    @api.model
    def _choose_channels(self, company, candidates, simulation):
        """Ask the rules for the channels of the stage until one is allowed."""
        todo = [
            candidate
            for candidate in candidates
            if candidate.claim and candidate.claim.stage.action == "message"
        ]
        if not todo:
            return
        channels = self._channels_of(todo)
        desk = self._open_desk(
            company,
            {one.partner_id for one in todo},
            simulation,
            [one.guarantor for one in todo if one.guarantor],
        )
        for candidate, own in zip(todo, channels, strict=True):
            options = []
            for channel in own:
                options.append(self._option(desk, candidate, channel))
                is_allowed = options[-1].decision.outcome != "refused"
                if is_allowed and not simulation.every_channel:
                    break
            allowed = [o for o in options if o.decision.outcome != "refused"]
            candidate.options = tuple(options)
            # Refused by all: the reason of the first channel is what a person mends.
            candidate.choice = (allowed or options)[0]

    @api.model
    def _channels_of(self, candidates):
        """Return for each candidate the channels to try, that of a choice first."""
        # sudo: planning runs for people who may not read the stages.
        stages = self.env["cobranza.stage"].sudo()
        by_stage = {
            stage.id: stage._cobranza_channels()
            for stage in stages.browse({one.claim.stage.id for one in candidates})
        }
        return [
            list(dict.fromkeys([one.wanted.channel, *by_stage[one.claim.stage.id]]))
            if one.wanted
            else by_stage[one.claim.stage.id]
            for one in candidates
        ]

    @api.model
    def _option(self, desk, candidate, channel):
        """Return the Choice for one channel, with the decision of the rules."""
        person, desk = desk.of(candidate)
        account, account_problem = desk.accounts[channel]
        template, template_problem = self._template(
            desk, candidate, channel, person, account
        )
        kind = ADDRESS_KINDS[channel]
        recipient = desk.recipients[kind][person.id]
        key = recipient["number_key"]
        standing = desk.consents.get((person.id, channel))
        permitted = desk.limits_of(candidate)
        situation = rules.Situation(
            now_utc=desk.now_utc,
            channel=channel,
            started=desk.started,
            stopped=desk.stopped,
            phone_problem=recipient["problem"]
            or (f"{kind}_dead" if (key, channel) in desk.unreachable else ""),
            consent=desk.consent_state(person.id, channel),
            blocked_number=recipient["number"] in desk.blocked_numbers,
            shared_number=key in desk.shared_keys
            and not person._cobranza_may_share(key),
            account_problem=account_problem,
            template_problem=template_problem,
            zones=self._zones(person, desk.recipients["number"][person.id]),
            limits=permitted,
            history=desk.history_of(candidate),
            answers=desk.answers_of(candidate),
            role="guarantor" if candidate.guarantor else "debtor",
            person_problem=candidate.guarantor._cobranza_problem()
            if candidate.guarantor
            else "",
            consent_basis=standing.basis if standing else "",
            consent_at_utc=standing and standing.given_at_utc,
            has_opt_out=not permitted.opt_out_in_message
            or template._cobranza_has_opt_out(account),
        )
        return Choice(
            channel, recipient, account, template, rules.decide(situation), situation
        )

    @api.model
    def _template(self, desk, candidate, channel, person, account):
        """Return (template, problem code) of a candidate for a person's language."""
        claim = candidate.claim
        shape = "one" if len(claim.debts) == 1 else "several"
        if candidate.guarantor:
            shape = "guarantor"
        key = (claim.stage.id, channel, shape, person.lang, account.id)
        if key not in desk.chosen:
            desk.chosen[key] = self.env["cobranza.template"]._cobranza_choose(
                desk.templates, claim.stage.id, channel, shape, person, account
            )
        template, problem = desk.chosen[key]
        if candidate.wanted and candidate.wanted._cobranza_fits(candidate, channel):
            template = candidate.wanted
            problem = template._cobranza_refusal(account)
        if candidate.guarantor and not template:
            problem = "guarantor_template"
        if template._cobranza_lacks_consent(desk.promotions, person.id, channel):
            problem = problem or "no_marketing_consent"
        return template, problem

    @api.model
    def _zones(self, customer, recipient):
        return contact.zones_for(
            customer.country_id.code or "",
            customer.state_id.code or "",
            recipient["number"],
            customer.cobranza_timezone or "",
            customer.tz or "",
        )

    # --- what the rules need, for many customers at once ------------------------------

    @api.model
    def _open_desk(self, company, partner_ids, simulation=NOW, guarantors=()):
        """Load everything that the rules look at for a batch of customers.

        ``guarantors`` are rows of `cobranza.guarantor` that are asked about too.
        """
        # sudo: a salesperson may press "send now" for a customer whose consents,
        # number and accounts he cannot read; only the decision reaches him.
        customers = self.sudo().env["res.partner"].browse(sorted(partner_ids))
        recipients = customers._cobranza_all_recipients()
        desk = self._desk_of(company, customers, recipients, simulation)
        if guarantors:
            self._open_guarantor_desk(company, desk, guarantors, simulation)
        return desk

    @api.model
    def _desk_of(self, company, customers, recipients, simulation):
        keys = {
            kind: {recipient["number_key"] for recipient in chosen.values()} - {""}
            for kind, chosen in recipients.items()
        }
        root = company._cobranza_root()
        now = simulation.at or fields.Datetime.now()
        laws = customers.env["cobranza.contact.policy"]
        permitted = laws._cobranza_limits_of(company, customers, now.date())
        return Desk(
            now_utc=now.replace(tzinfo=timezone.utc),
            started=simulation.assume_started or company.sudo().cobranza_started,
            stopped=not simulation.assume_started and self._is_stopped(),
            customers=customers,
            recipients=recipients,
            consents=customers.env["cobranza.consent"]._cobranza_current_of(
                root, recipients
            ),
            promotions=customers.env["cobranza.template"]._cobranza_promotions(
                root, recipients
            ),
            blocked_numbers=self._blocked_numbers(recipients["number"])
            | self._blocked_emails(keys["email"]),
            shared_keys=self._shared_keys("cobranza_number_key", keys["number"])
            | self._shared_keys("cobranza_email", keys["email"]),
            unreachable=customers.env["cobranza.unreachable"]._cobranza_known(
                keys["number"] | keys["email"]
            ),
            accounts=customers.env["cobranza.account"]._cobranza_by_channel(company),
            templates=customers.env["cobranza.template"]._cobranza_catalogue(company),
            limits=permitted,
            answers=self._answers(company, permitted, now),
            history=self._history(company, customers.ids, now),
        )

    @api.model
    def _blocked_numbers(self, recipients):
        """Return which of the numbers stand in Odoo's phone blacklist."""
        numbers = {recipient["number"] for recipient in recipients.values()} - {""}
        if not numbers:
            return set()
        # Its own search would parse each number anew; ours are in its form already.
        self.env["phone.blacklist"].flush_model(["number", "active"])
        query = "SELECT number FROM phone_blacklist WHERE active AND number = ANY(%s)"
        rows = self.env.execute_query(SQL(query, list(numbers)))
        return {number for [number] in rows}

    @api.model
    def _blocked_emails(self, addresses):
        """Return which of the addresses stand in Odoo's e-mail blacklist."""
        # sudo: the blacklist is readable by administrators only.
        blocked = (
            self.env["mail.blacklist"]
            .sudo()
            .search_fetch([("email", "in", list(addresses))], ["email"])
        )
        return set(blocked.mapped("email"))

    @api.model
    def _shared_keys(self, field, keys):
        """Return the keys in a field that more than one commercial partner has."""
        if not keys:
            return set()
        self.env["res.partner"].flush_model([field, "commercial_partner_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(field)s
                  FROM res_partner
                 WHERE active AND %(field)s = ANY(%(keys)s)
              GROUP BY %(field)s
                HAVING COUNT(DISTINCT commercial_partner_id) > 1
                """,
                field=SQL.identifier(field),
                keys=list(keys),
            )
        )
        return {key for [key] in rows}
