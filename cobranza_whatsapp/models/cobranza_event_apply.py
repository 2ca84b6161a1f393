import json
import logging
import time
from datetime import timedelta, timezone

from odoo import api, fields, models

from ..core.types import AccountEvent, InboundEvent, StatusEvent
from . import reasons

_logger = logging.getLogger(__name__)

RUN_SECONDS = 45
EVENTS_PER_BATCH = 500
# An event may arrive before its message's own answer is written; after this time it
# belongs to no message of ours.
WAIT_MINUTES = 15


class CobranzaEvent(models.Model):
    """Apply: events move messages forward, record replies and withdrawals."""

    _inherit = "cobranza.event"

    @api.model
    def _cron_apply(self):
        """Apply pending events, each once per run; one bad event blocks no other.

        Side effects: message states, chatter, consent, activities; commits after each
        batch.
        """
        started, last_id = time.monotonic(), 0
        cron = self.env["ir.cron"]
        while time.monotonic() - started < RUN_SECONDS:
            batch = self.search(
                [("state", "=", "pending"), ("id", ">", last_id)],
                limit=EVENTS_PER_BATCH,
                order="id",
            )
            if not batch:
                break
            last_id = batch[-1].id
            batch.try_lock_for_update()._cobranza_apply()
            cron._commit_progress(len(batch))

    def _cobranza_apply(self):
        """Apply each event inside its own savepoint."""
        for event in self:
            try:
                with self.env.cr.savepoint():
                    event._cobranza_apply_one()
            except Exception as error:
                # A lying or broken event must not keep the others from being applied.
                _logger.exception("Event %d could not be applied", event.id)
                event._cobranza_close("malformed", type(error).__name__)

    def _cobranza_apply_one(self):
        self.ensure_one()
        provider = self.account_id._cobranza_provider()
        try:
            item = provider.read_item(json.loads(self.payload))
        except ValueError as error:
            self._cobranza_close("malformed", str(error))
            return
        if isinstance(item, StatusEvent):
            self._cobranza_apply_status(item)
        elif isinstance(item, InboundEvent):
            self.env["cobranza.event"]._cobranza_receive(self, item)
        elif isinstance(item, AccountEvent):
            self._cobranza_apply_account(item)

    def _cobranza_close(self, state, reason=False, message=None):
        self.write(
            {
                "state": state,
                "reason": reason and reason[:500],
                "applied_at": fields.Datetime.now(),
                "message_id": message.id if message else False,
            }
        )

    # --- states -----------------------------------------------------------------------

    def _cobranza_find_message(self, item):
        """Return the message an event speaks of: by our uuid, else its own id."""
        Message = self.env["cobranza.message"]
        found = Message.browse()
        if item.uuid:
            found = Message.search([("uuid", "=", item.uuid)], limit=1)
        if not found and item.provider_message_uid:
            found = Message.search(
                [
                    ("provider_message_uid", "=", item.provider_message_uid),
                    ("direction", "=", "out"),
                ],
                limit=1,
            )
        # An account can only speak of what it sent itself.
        return found.filtered(lambda m: m.account_id == self.account_id)

    def _cobranza_apply_status(self, item):
        message = self._cobranza_find_message(item)
        if not message:
            limit = fields.Datetime.now() - timedelta(minutes=WAIT_MINUTES)
            if self.received_at < limit:
                self._cobranza_close("unknown", item.provider_message_uid)
            return
        if message.state == "sending":
            # Its own answer is not written yet: look again when it is.
            return
        if item.state is None:
            self._cobranza_close("ignored", item.raw_status, message)
            return
        moved = message._cobranza_advance(
            item.state, **self._cobranza_state_values(item, message)
        )
        if moved and item.state == "failed":
            self._cobranza_failed(moved, item)
        if moved:
            moved._cobranza_log()
            moved._cobranza_update_notifications()
        self._cobranza_close("applied" if moved else "ignored", False, message)

    def _cobranza_state_values(self, item, message):
        moment = item.occurred_at_utc or fields.Datetime.now().replace(
            tzinfo=timezone.utc
        )
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        values = {}
        if item.provider_message_uid and not message.provider_message_uid:
            values["provider_message_uid"] = item.provider_message_uid
        field = {"sent": "sent_at", "delivered": "delivered_at", "read": "read_at"}.get(
            item.state
        )
        if field:
            values[field] = moment
        if item.state in ("delivered", "read") and not message.sent_at:
            values["sent_at"] = moment
        if item.state == "failed":
            failure = item.failure
            values["reason"] = reasons.of_failure(failure) if failure else "unknown"
            values["detail"] = failure and f"{failure.code} {failure.detail}".strip()
        return values

    def _cobranza_failed(self, message, item):
        """Do what the class of a late failure asks."""
        error_class = item.failure.error_class if item.failure else ""
        if error_class == "optout":
            message._cobranza_withdraw_consent("provider", message.reason_detail or "")
        elif error_class == "hold":
            message.account_id.sudo()._cobranza_set_hold(
                "account_on_hold", message.reason_detail or ""
            )
        elif error_class == "dead":
            self.env.ref("cobranza_whatsapp.ir_cron_follow_up")._trigger()

    # --- account and templates --------------------------------------------------------

    def _cobranza_apply_account(self, item):
        versions = self.env["cobranza.template.version"].search(
            [
                ("account_id", "=", self.account_id.id),
                ("remote_name", "=", item.template_name or ""),
                ("language", "=", item.template_language or ""),
            ]
        )
        if versions and (item.status or item.category):
            versions._cobranza_set_remote(item.status, item.category, item.detail)
        self._cobranza_close("applied" if versions else "ignored", item.topic)
