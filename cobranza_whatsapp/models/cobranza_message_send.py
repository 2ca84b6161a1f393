import logging
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import debts, dispatch, rendering, sms_text
from ..core.errors import TemplateError
from ..core.types import Document, OutgoingMessage, TemplateCall
from . import message_values
from .planning_data import Candidate

_logger = logging.getLogger(__name__)

# A run stops claiming after this time and waits for what is in flight, so that it
# ends within a minute.
RUN_SECONDS = 45
MAX_IN_FLIGHT = 32
# Refusals that mend themselves or wait for a person: the message stays queued.
WAITING_CODES = (
    "not_started",
    "account_missing",
    "account_on_hold",
    "account_copied_database",
    "template_not_approved",
)
RECHECK_MINUTES = 10


class CobranzaMessage(models.Model):
    """Send: claim, check everything again, render, commit, then call the provider."""

    _inherit = "cobranza.message"

    @api.model
    def _cron_send(self, lane=1):
        """Send what is due, many requests in flight, no ORM in threads.

        ``lane`` only names the run in the log: lanes share the queue through row
        locks. Side effects: HTTP calls; commits before every call and within a second
        of every result. No error of one message leaves this method.
        """
        started = time.monotonic()
        providers, paces = {}, {}
        sent = 0
        with dispatch.Dispatcher(MAX_IN_FLIGHT) as dispatcher:
            while True:
                claimed = 0
                if time.monotonic() - started < RUN_SECONDS and dispatcher.room:
                    claimed = self._claim_and_submit(dispatcher, providers, paces)
                if not claimed and not dispatcher.in_flight:
                    break
                results = dispatcher.collect(timeout_seconds=0.5)
                if results:
                    sent += len(results)
                    self._cobranza_record(results)
        if sent:
            _logger.info("Lane %s: %d messages handled", lane, sent)

    @api.model
    def _claim_and_submit(self, dispatcher, providers, paces):
        """Claim rows, commit them as sending, hand them to the threads."""
        try:
            messages = self._cobranza_claim(dispatcher.room)
            jobs = messages._cobranza_jobs()
            # From here on these messages count as sent unless an answer says no: a
            # crash leaves them in `sending`, which is never sent again by itself.
            self.env["ir.cron"]._commit_progress(len(messages))
        except psycopg2.errors.SerializationFailure:
            # Another lane took one of the rows first: look again.
            self.env.cr.rollback()
            return 1
        for account, message_id, outgoing in jobs:
            if account.id not in providers:
                providers[account.id] = account._cobranza_provider()
                paces[account.id] = dispatch.Pace(account.messages_per_second)
            provider = providers[account.id]
            dispatcher.submit(
                message_id,
                lambda p=provider, o=outgoing: p.send(o),
                paces[account.id],
            )
        return len(messages)

    @api.model
    def _cobranza_claim(self, limit):
        """Lock due messages, at most one per customer, and return them."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT message.id, message.company_id, message.partner_id
                  FROM cobranza_message message
                  JOIN cobranza_account account ON account.id = message.account_id
                  JOIN res_company company ON company.id = message.company_id
                 WHERE message.state = 'queued'
                   AND message.is_prepared
                   AND message.not_before <= %s
                   AND account.hold_code IS NULL
                   AND account.active
                   AND (company.cobranza_started OR message.kind = 'confirmation')
              ORDER BY message.not_before, message.id
                 LIMIT %s
                   FOR NO KEY UPDATE OF message SKIP LOCKED
                """,
                fields.Datetime.now(),
                limit,
            )
        )
        # A customer's second message must see the first in its daily count.
        first = {}
        for message_id, company_id, partner_id in rows:
            first.setdefault((company_id, partner_id), message_id)
        return self.browse(first.values())

    def _cobranza_jobs(self):
        """Check the claimed messages again; return what may go as plain data.

        Returns [(account, message id, OutgoingMessage)] and moves these messages to
        `sending`; all others are cancelled, failed or put off with a reason.
        """
        allowed = [(m, None) for m in self if m.kind == "confirmation"]
        reminders = self.filtered(lambda m: m.kind == "reminder")
        for company, messages in reminders.grouped("company_id").items():
            allowed += messages.with_company(company)._cobranza_recheck(company)
        jobs = []
        for message, claim in allowed:
            try:
                outgoing, values = message._cobranza_render(claim)
            except TemplateError as error:
                message._cobranza_advance("failed", "render_failed", str(error))
                message._cobranza_log()
                continue
            message._cobranza_advance(
                "sending",
                claimed_at=fields.Datetime.now(),
                attempts=message.attempts + 1,
                **values,
            )
            jobs.append((message.account_id, message.id, outgoing))
        return jobs

    # --- the last check -----------------------------------------------------------------

    def _cobranza_recheck(self, company):
        """Return [(message, claim)] of reminders that are still right and allowed."""
        planning = self.env["cobranza.planning"]
        lines = self.env["cobranza.debt"]._cobranza_customers(
            company, self.partner_id.ids
        )
        stages = planning._stages_by_policy(p for p, _lines in lines.values())
        desk = planning._open_desk(company, set(self.partner_id.ids))
        today = company._cobranza_today()
        allowed = []
        for message in self:
            key = (message.partner_id.id, message.currency_id.id)
            policy_id, own_lines = lines.get(key, (None, []))
            outcome = debts.claim(own_lines, stages.get(policy_id, []), today)
            candidate = Candidate(*key, policy_id, tuple(own_lines), outcome)
            if message._cobranza_still_due(candidate) and message._cobranza_may_go(
                planning._option(desk, candidate, message.channel)
            ):
                if message._cobranza_has_document(candidate.claim):
                    allowed.append((message, candidate.claim))
        return allowed

    def _cobranza_still_due(self, candidate):
        """Cancel the message if the debt is gone or moved on; return whether it stays."""
        if not candidate.claim:
            code = candidate.outcome.code
            code = {"no_debt": "paid", "all_on_hold": "hold"}.get(code, code)
            self._cobranza_advance("cancelled", code)
            return False
        if candidate.claim.stage.id != self.reminder_id.stage_id.id:
            self._cobranza_advance("cancelled", "superseded")
            return False
        return True

    def _cobranza_may_go(self, choice):
        """Apply the rules' decision; return whether the message may go now."""
        decision = choice.decision
        if decision.outcome == "later":
            self.write(
                {
                    "not_before": decision.not_before_utc.replace(tzinfo=None),
                    "reason": decision.code,
                }
            )
            return False
        if decision.outcome == "refused":
            if decision.code in WAITING_CODES:
                later = fields.Datetime.now() + timedelta(minutes=RECHECK_MINUTES)
                self.write({"reason": decision.code, "not_before": later})
            else:
                self._cobranza_advance("cancelled", decision.code)
            return False
        self.write(
            {
                "recipient": choice.recipient["number"],
                "recipient_key": choice.recipient["number_key"],
                "recipient_partner_id": choice.recipient["partner_id"],
                "recipient_why": choice.recipient["why"],
                "account_id": choice.account.id,
                "template_id": choice.template.id,
            }
        )
        return True

    def _cobranza_has_document(self, claim):
        """Send the message back to prepare if its invoices are others by now."""
        move_ids = {debt.move_id for debt in claim.debts}
        if move_ids == set(self.move_ids.ids) and self._cobranza_has_media():
            return True
        self.write({"move_ids": [(6, 0, list(move_ids))], "is_prepared": False})
        self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
        return False

    def _cobranza_has_media(self):
        """Return whether the provider still keeps the PDF, if it must keep one."""
        if self.account_id._cobranza_provider().documents != "media":
            return True
        return bool(self._cobranza_media_uid())

    def _cobranza_media_uid(self):
        # sudo: the list of uploaded files is nobody's to read.
        known = (
            self.env["cobranza.media"]
            .sudo()
            ._cobranza_known(self.account_id, [self.document_checksum or ""])
        )
        return known.get(self.document_checksum)

    # --- rendering ----------------------------------------------------------------------

    def _cobranza_render(self, claim):
        """Return (OutgoingMessage, values to store). Raises TemplateError."""
        self.ensure_one()
        account = self.account_id
        if self.kind == "confirmation":
            return self._cobranza_outgoing(self.body), {}
        link = self.env["cobranza.link"].sudo()._cobranza_for_message(self)
        template = self.template_id
        version = template._cobranza_approved_version(account)
        source = version.body if version else template.body
        values = message_values.for_claim(
            self.env,
            self.company_id,
            self.partner_id.sudo(),
            self.recipient_partner_id.sudo(),
            claim,
            self.currency_id,
            link._cobranza_url(account),
            template.language,
        )
        body = rendering.render(source, values, self.channel)
        if self.channel == "sms":
            body = sms_text.to_gsm7(body)
        call = None
        if self.channel == "whatsapp":
            call = self._cobranza_template_call(version, source, values, link)
        stored = {
            "body": body,
            "language": template.language,
            "link_id": link.id,
            "version_id": version.id,
            "amount": float(claim.total),
            "reason": False,
        }
        return self._cobranza_outgoing(body, call), stored

    def _cobranza_outgoing(self, body, call=None):
        return OutgoingMessage(
            uuid=self.uuid,
            channel=self.channel,
            recipient=self.recipient,
            body=body,
            template=call,
            callback_url=self.account_id._cobranza_webhook_url(self.uuid),
        )

    def _cobranza_template_call(self, version, source, values, link):
        """Return the approved template with this customer's values."""
        media_uid = self._cobranza_media_uid()
        document = media_uid and Document(self._cobranza_filename(), media_uid)
        return TemplateCall(
            name=version.remote_name or self.template_id.name,
            language=version.language or self.template_id.language,
            parameters=rendering.parameters(source, values),
            document=document or None,
            button_token=link.token if version.has_button else None,
            quick_replies=(f"PAID:{self.uuid}", f"TALK:{self.uuid}"),
        )
