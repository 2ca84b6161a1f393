import json
import logging
import time
from datetime import timedelta, timezone

import psycopg2

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
        """Apply a batch at once; if one of it cannot be applied, each on its own."""
        try:
            with self.env.cr.savepoint():
                self._cobranza_apply_together()
        except Exception as error:
            _logger.info("Events are applied one by one: %s", type(error).__name__)
            self._cobranza_apply_singly()

    def _cobranza_apply_singly(self):
        """Apply each event inside its own savepoint."""
        for event in self:
            try:
                with self.env.cr.savepoint():
                    event._cobranza_apply_together()
            except psycopg2.OperationalError:
                # Another transaction changed the message meanwhile: look again.
                self._cobranza_trigger_apply()
            except Exception as error:
                # A lying or broken event must not keep the others from being applied.
                _logger.exception("Event %d could not be applied", event.id)
                event._cobranza_close("malformed", type(error).__name__)

    def _cobranza_apply_together(self):
        """Apply events in the order they came, with shared reads and writes."""
        items = self._cobranza_read_items()
        statuses = [(e, i) for e, i in items if isinstance(i, StatusEvent)]
        known = self._cobranza_known_messages(statuses)
        moved = self.env["cobranza.message"]
        for event, item in items:
            if isinstance(item, StatusEvent):
                moved |= event._cobranza_apply_status(item, known)
            elif isinstance(item, InboundEvent):
                self._cobranza_receive(event, item)
            elif isinstance(item, AccountEvent):
                event._cobranza_apply_account(item)
        moved._cobranza_log()
        moved._cobranza_update_notifications()
        arrived = moved.filtered(lambda m: m.state in ("delivered", "read"))
        self.env["cobranza.unreachable"]._cobranza_forget(arrived)

    def _cobranza_read_items(self):
        """Return [(event, core event)]; what cannot be read is closed as malformed."""
        providers = {a: a._cobranza_provider() for a in self.account_id}
        items = []
        for event in self:
            try:
                item = providers[event.account_id].read_item(json.loads(event.payload))
            except ValueError as error:
                event._cobranza_close("malformed", str(error))
            else:
                items.append((event, item))
        return items

    @api.model
    def _cobranza_known_messages(self, statuses):
        """Return the messages that events speak of, by uuid and provider's id."""
        uuids = [item.uuid for _event, item in statuses if item.uuid]
        uids = [i.provider_message_uid for _e, i in statuses if i.provider_message_uid]
        messages = self.env["cobranza.message"].search(
            [
                ("direction", "=", "out"),
                "|",
                ("uuid", "in", uuids),
                ("provider_message_uid", "in", uids),
            ]
        )
        known = {m.provider_message_uid: m for m in messages if m.provider_message_uid}
        return known | {m.uuid: m for m in messages}

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

    def _cobranza_apply_status(self, item, known):
        """Move the message of one event forward; return it if it moved."""
        nothing = self.env["cobranza.message"]
        message = known.get(item.uuid) or known.get(item.provider_message_uid)
        # An account can only speak of what it sent itself.
        if not message or message.account_id != self.account_id:
            limit = fields.Datetime.now() - timedelta(minutes=WAIT_MINUTES)
            if self.received_at < limit:
                self._cobranza_close("unknown", "unknown_message")
            return nothing
        if message.state == "sending":
            # Its own answer is not written yet: look again when it is.
            return nothing
        if item.state is None:
            self._cobranza_close("ignored", item.raw_status, message)
            return nothing
        if message.state == "failed" and message._cobranza_has_successor():
            # It did arrive, but the reminder went out by another channel meanwhile.
            self._cobranza_close("ignored", "late_delivery", message)
            return nothing
        moved = message._cobranza_advance(
            item.state,
            event_key=self.key,
            **self._cobranza_state_values(item, message),
        )
        if moved and item.state == "failed":
            self._cobranza_failed(moved, item)
        if moved:
            self._cobranza_close("applied", False, message)
        else:
            self._cobranza_close("ignored", "late", message)
        return moved

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
        elif error_class == "template":
            message._cobranza_pause_template()
        elif error_class == "dead":
            message._cobranza_note_dead()
        elif error_class == "undelivered":
            self.env.ref("cobranza_whatsapp.ir_cron_follow_up")._trigger()

    # --- account and templates --------------------------------------------------------

    def _cobranza_apply_account(self, item):
        """Take over what the provider says about one of our templates.

        Each kind of news says its own part: state, category or quality.
        """
        versions = self.env["cobranza.template.version"]
        if item.template_name or item.template_uid:
            versions = versions._cobranza_named(
                self.account_id,
                item.template_name,
                item.template_language,
                item.template_uid,
            )
            versions._cobranza_take(
                item.status,
                item.category,
                item.reason,
                item.quality,
                item.coming_category,
            )
        self._cobranza_close("applied" if versions else "ignored", item.topic)
