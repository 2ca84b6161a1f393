import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

# Longer than any run lives: what is still `sending` then was cut off by a crash.
CRASH_MINUTES = 10
# After these reasons the customer can still be reached by the stage's other channel.
OTHER_CHANNEL_REASONS = ("dead", "template", "gave_up", "upload_failed")
FOLLOW_UP_DAYS = 3
MESSAGES_PER_RUN = 500


class CobranzaMessage(models.Model):
    """Follow up: crashed sends, next channel after a failure, withdrawals."""

    _inherit = "cobranza.message"

    @api.model
    def _cron_follow_up(self):
        """Settle what nobody else will: crashed sends and failed channels.

        Side effects: moves messages, creates messages of the next channel, commits.
        """
        self._cobranza_settle_crashed()
        self.env["ir.cron"]._commit_progress()
        for company in self.env["res.company"].search(
            [("cobranza_started", "=", True)]
        ):
            try:
                self.with_company(company)._cobranza_try_next_channel(company)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Follow-up failed for company %d", company.id)
            else:
                self.env["ir.cron"]._commit_progress()

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
        failed = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "failed"),
                ("reason", "in", OTHER_CHANNEL_REASONS),
                ("kind", "=", "reminder"),
                (
                    "write_date",
                    ">",
                    fields.Datetime.now() - timedelta(days=FOLLOW_UP_DAYS),
                ),
            ],
            limit=MESSAGES_PER_RUN,
        )
        failed = failed.filtered(
            lambda m: set(m.reminder_id.message_ids.mapped("state")) == {"failed"}
        )
        planning = self.env["cobranza.planning"]
        candidates = planning._candidates(company, failed.partner_id.ids)
        by_reminder = {c.reminder_id: c for c in candidates if c.claim}
        claims = [
            (message.reminder_id, by_reminder[message.reminder_id.id])
            for message in failed
            if message.reminder_id.id in by_reminder
        ]
        if not claims:
            return
        desk = planning._open_desk(company, {c.partner_id for _r, c in claims})
        due = []
        for reminder, candidate in dict(claims).items():
            tried = set(reminder.message_ids.mapped("channel"))
            for channel in reminder.stage_id._cobranza_channels():
                if channel in tried:
                    continue
                candidate.choice = planning._option(desk, candidate, channel)
                if candidate.choice.decision.outcome != "refused":
                    due.append(candidate)
                    break
        if due:
            self.env["cobranza.reminder"]._cobranza_create_messages(company, due)
            self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()

    # --- withdrawals ------------------------------------------------------------------

    def _cobranza_withdraw_consent(self, origin, proof):
        """Record that the holder of this number refused all messages.

        Side effects: ledger rows for every channel and purpose, Odoo's phone
        blacklist, and queued messages to the number are cancelled.
        """
        self.ensure_one()
        # sudo: consent rows and the blacklist are written by the system.
        consents = self.env["cobranza.consent"].sudo()
        consents.create(
            [
                {
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "number": self.recipient,
                    "channel": channel,
                    "purpose": purpose,
                    "granted": False,
                    "basis": "message",
                    "origin": origin,
                    "proof": proof,
                    "message_id": self.id if self.direction == "in" else False,
                }
                for channel in ("whatsapp", "sms")
                for purpose in ("collection", "marketing")
            ]
        )
        self.env["phone.blacklist"].sudo()._add([self.recipient])
        waiting = self.sudo().search(
            [
                ("recipient_key", "=", self.recipient_key),
                ("state", "in", ("proposed", "queued")),
                ("kind", "=", "reminder"),
            ]
        )
        waiting._cobranza_advance("cancelled", "opted_out")
