import logging
import time
from datetime import timedelta, timezone

from odoo import api, fields, models

from ..core.types import ADDRESS_KINDS

_logger = logging.getLogger(__name__)

# Longer than any run lives: what is still `sending` then was cut off by a crash.
CRASH_MINUTES = 10
# After these reasons the customer can still be reached by the stage's other channel.
OTHER_CHANNEL_REASONS = (
    "dead",
    "undelivered",
    "template",
    "gave_up",
    "pdf_failed",
    "upload_failed",
)
FOLLOW_UP_DAYS = 3
# An event usually settles an uncertain message sooner than a question.
ASK_AFTER_MINUTES = 2
ASKED_PER_RUN = 50
# Questions to providers begin within this time, so that a run with one that never
# answers (12 s) ends within a minute.
ASKING_SECONDS = 20
MESSAGES_PER_RUN = 500


class CobranzaMessage(models.Model):
    """Follow up: crashed sends, next channel after a failure, withdrawals."""

    _inherit = "cobranza.message"

    @api.model
    def _cron_follow_up(self):
        """Settle what nobody else will: crashed sends and failed channels.

        Side effects: moves messages, creates messages of the next channel, commits.
        """
        account = self.env["cobranza.account"]
        for step in (
            account._cobranza_hold_copies,
            self._cobranza_settle_crashed,
            self._cobranza_ask_providers,
            account._cobranza_probe_held,
            account._cobranza_watch_queue,
            self._cobranza_try_next_channels,
            self.env["cobranza.promise"]._cobranza_decide,
            self.env["cobranza.cause"]._cobranza_refresh,
        ):
            try:
                step()
                # Each step stands alone: what it settled is kept.
                self.env["ir.cron"]._commit_progress()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Follow-up: %s failed", step.__name__)

    @api.model
    def _cobranza_try_next_channels(self):
        for company in self.env["res.company"].search(
            [("cobranza_started", "=", True)]
        ):
            self.with_company(company)._cobranza_try_next_channel(company)

    @api.model
    def _cobranza_ask_providers(self):
        """Ask providers that can be asked what became of uncertain messages."""
        limit = fields.Datetime.now() - timedelta(minutes=ASK_AFTER_MINUTES)
        uncertain = self.search(
            [
                ("state", "=", "uncertain"),
                ("claimed_at", "<", limit),
                ("account_id.hold_code", "=", False),
            ],
            order="id desc",
            limit=ASKED_PER_RUN,
        )
        deadline = time.monotonic() + ASKING_SECONDS
        for message in uncertain:
            if time.monotonic() > deadline:
                break
            message._cobranza_ask_provider()
        uncertain._cobranza_update_notifications()

    def _cobranza_ask_provider(self):
        """Ask the provider of an uncertain message, and believe a clear answer."""
        self.ensure_one()
        found = self.account_id._cobranza_provider().find_message(
            self._cobranza_outgoing(self.body),
            self.claimed_at.replace(tzinfo=timezone.utc),
        )
        if not found:
            return
        if found.status == "accepted":
            self._cobranza_advance(
                "sent",
                sent_at=self.claimed_at,
                provider_message_uid=found.provider_message_uid,
            )
        elif found.failure and found.status == "rejected":
            self._cobranza_fail(found.failure)

    @api.model
    def _cobranza_settle_crashed(self):
        # sudo: system parameters are readable by administrators only.
        minutes = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("cobranza_whatsapp.crash_minutes", CRASH_MINUTES)
        )
        limit = fields.Datetime.now() - timedelta(minutes=float(minutes))
        crashed = self.search(
            [("state", "=", "sending"), ("claimed_at", "<", limit)]
        ).try_lock_for_update(allow_referencing=True)
        crashed._cobranza_advance("uncertain", "crashed")
        crashed._cobranza_log()
        if crashed:
            self.env["cobranza.event"].sudo()._cobranza_wake(crashed)

    @api.model
    def _cobranza_try_next_channel(self, company):
        """Send failed reminders by the stage's other channel, if the rules allow."""
        failed = self._cobranza_failed_reminders(company)
        planning = self.env["cobranza.planning"]
        candidates = planning._candidates(company, failed.partner_id.ids)
        by_reminder = {c.reminder_id: c for c in candidates if c.claim}
        claims = {
            reminder: by_reminder[reminder.id]
            for reminder in failed.reminder_id
            if reminder.id in by_reminder
        }
        if not claims:
            return
        desk = planning._open_desk(company, {c.partner_id for c in claims.values()})
        due = []
        for reminder, candidate in claims.items():
            tried = set(reminder.message_ids.mapped("channel"))
            for channel in reminder.stage_id._cobranza_channels():
                if channel in tried:
                    continue
                candidate.choice = planning._option(desk, candidate, channel)
                if candidate.choice.decision.outcome != "refused":
                    due.append(candidate)
                    break
        if due:
            messages = self.env["cobranza.reminder"]._cobranza_create_messages(
                company, due
            )
            replaced = failed.filtered(lambda m: m.reminder_id in messages.reminder_id)
            replaced._cobranza_settle()
            self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()

    @api.model
    def _cobranza_failed_reminders(self, company):
        """Return the recent messages of reminders of which every message failed."""
        since = fields.Datetime.now() - timedelta(days=FOLLOW_UP_DAYS)
        failed = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "failed"),
                ("reason", "in", OTHER_CHANNEL_REASONS),
                ("kind", "=", "reminder"),
                ("write_date", ">", since),
            ],
            limit=MESSAGES_PER_RUN,
        )
        return failed.filtered(
            lambda m: set(m.reminder_id.message_ids.mapped("state")) == {"failed"}
        )

    # --- withdrawals ------------------------------------------------------------------

    def _cobranza_unsubscribe(self):
        """Do what the link in a message offers: a withdrawal, recorded once."""
        self.ensure_one()
        person = self._cobranza_addressee()
        current = self.env["cobranza.consent"]._cobranza_current(
            self.company_id._cobranza_root(), {person.id: [self.recipient_key]}
        )
        standing = current.get((person.id, self.channel))
        if not standing or standing.state != "withdrawn":
            self._cobranza_withdraw_consent(
                "page", f"Unsubscribed by the link of message {self.uuid}"
            )

    def _cobranza_withdraw_consent(self, origin, proof):
        """Record that the holder of this number or address refused all messages.

        BAJA stops everything, by telephone and by e-mail. The link of an e-mail stops
        e-mail, that is what it promises.
        Side effects: ledger rows for every such channel and purpose, Odoo's phone or
        e-mail blacklist, and queued messages to the address are cancelled. Returns the
        rows; the one row of a refusal that was already known repeats another.
        """
        self.ensure_one()
        kind, person = ADDRESS_KINDS[self.channel], self._cobranza_addressee()
        refused = {kind: self.recipient}
        if origin == "reply" or kind != "email":
            refused = self._cobranza_addresses(person) | refused
        rows = self.env["cobranza.consent"]._cobranza_withdraw(
            person,
            self.company_id,
            refused,
            {
                "basis": "message" if origin == "reply" else False,
                "origin": origin,
                "proof": proof,
                "message_id": self.id if origin in ("reply", "page") else False,
            },
        )
        self._cobranza_block_number()
        keys = self.env["cobranza.consent"]._cobranza_keys(refused)
        self._cobranza_cancel_waiting(keys)
        return rows

    @api.model
    def _cobranza_cancel_waiting(self, keys, company=None, persons=None):
        """Cancel the reminders that wait for these numbers and addresses.

        In all companies and for everybody, as a blacklist counts; or in one company,
        to these persons, be it for themselves or as guarantors.
        """
        domain = [
            ("recipient_key", "in", keys),
            ("state", "in", ("proposed", "queued")),
            ("kind", "=", "reminder"),
        ]
        if company:
            domain.append(("company_id", "child_of", company._cobranza_root().id))
        # sudo: also what a user of one company cannot see.
        waiting = self.sudo().search(domain)
        if persons:
            waiting = waiting.filtered(lambda m: m._cobranza_addressee() in persons)
        waiting._cobranza_advance("cancelled", "opted_out")

    def _cobranza_addresses(self, person):
        """Return {kind of address: number or e-mail} by which he is written to."""
        if not (self.guarantor_id or self.context_message_id.guarantor_id):
            customer = person.commercial_partner_id.with_company(self.company_id)
            return customer._cobranza_all_addresses()[customer.id]
        found = {"number": person.cobranza_number, "email": person.cobranza_email}
        return {kind: address for kind, address in found.items() if address}
