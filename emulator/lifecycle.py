"""What happens to a message after it was accepted: statuses, in time, and events.

Sent at once, delivered after the delay if the phone is on, read when the page of the
phone is opened. Times are milliseconds; the delay is the server's.
"""

import asyncio
from typing import Any

from . import gateway_events, iap_events, meta_events, twilio_events
from .live import LiveUpdates
from .models import GatewayAccount, Json, Message, MetaAccount, Phone, TwilioAccount
from .store import Store
from .webhooks import Event, WebhookSender

SENT_DELAY_SECONDS = 0.01
FINAL = {"read", "failed", "undelivered"}


class Lifecycle:
    """Moves messages forward and tells the client by webhook."""

    def __init__(
        self,
        store: Store,
        sender: WebhookSender,
        live: LiveUpdates,
        delivery_delay_ms: float,
    ) -> None:
        self.store = store
        self.sender = sender
        self.live = live
        self.delivery_delay_ms = delivery_delay_ms
        self._timers: set[asyncio.TimerHandle] = set()
        sender.on_delivered = self.reply_arrived

    def resume(self) -> None:
        """Take up messages whose way was not finished by an earlier run."""
        for message in list(self.store.messages.values()):
            if message.direction != "out":
                continue
            if message.status in {"accepted", "queued"}:
                self.start(message)
            elif message.status == "sent":
                self._later(self.delivery_delay_ms / 1000, self._deliver, message.id)

    def reset(self) -> None:
        """Forget what was planned."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def start(self, message: Message) -> None:
        """Plan the statuses of a message that was just accepted."""
        self._later(SENT_DELAY_SECONDS, self._send, message.id)

    async def start_before_response(self, message: Message) -> None:
        """Post ``sent`` now, before the caller answers the request."""
        event = self._change(message, self._first_status(message))
        if event:
            await self.sender.deliver_now(event)
        if message.status not in FINAL:
            self._later(self.delivery_delay_ms / 1000, self._deliver, message.id)

    def _later(self, seconds: float, call: Any, message_id: str) -> None:
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle

        def run() -> None:
            self._timers.discard(timer)
            message = self.store.messages.get(message_id)
            if message is not None:
                call(message)

        timer = loop.call_later(seconds, run)
        self._timers.add(timer)

    def _first_status(self, message: Message) -> tuple[str, Json | None]:
        """Return ``sent``, or the failure that this phone or message must have."""
        code = self._failure(message)
        if not code:
            return "sent", None
        if message.provider == "meta":
            return "failed", meta_events.failure(code, message)
        status = "failed" if message.channel == "whatsapp" else "undelivered"
        return status, {"code": code}

    def _failure(self, message: Message) -> int | None:
        if message.extra.get("fail_code"):
            return int(message.extra["fail_code"])
        phone = self.store.phone(message.to)
        if message.channel == "sms":
            return phone.sms_delivery_error
        if phone.wa_delivery_error:
            return phone.wa_delivery_error
        if not phone.on_whatsapp:
            return 131026 if message.provider == "meta" else 63003
        return None

    def _send(self, message: Message) -> None:
        if message.statuses and message.status not in {"accepted", "queued"}:
            return
        account = self.store.account(message.account)
        status, error = self._first_status(message)
        late = account is not None and account.options.order != "fifo"
        if error is None and late:
            # Reordered: both statuses leave together, at the moment of the last.
            self._later(self.delivery_delay_ms / 1000, self._reordered, message.id)
            return
        self.set_status(message, status, error)
        if error is None:
            self._later(self.delivery_delay_ms / 1000, self._deliver, message.id)

    def _reordered(self, message: Message) -> None:
        account = self.store.account(message.account)
        order = account.options.order if account else "fifo"
        steps = ["sent"]
        if self.store.phone(message.to).online:
            steps.append("delivered")
        events = [self._change(message, (step, None)) for step in steps]
        kept = [event for event in events if event]
        self.sender.submit(*self.sender.ordered(kept, order))

    def _deliver(self, message: Message) -> None:
        account = self.store.account(message.account)
        if message.status != "sent" or not self.store.phone(message.to).online:
            return
        skip = account is not None and account.options.read_without_delivered
        self.set_status(message, "read" if skip else "delivered")

    def set_status(
        self, message: Message, status: str, error: Json | None = None
    ) -> None:
        """Record a status and queue its webhook."""
        event = self._change(message, (status, error))
        if event:
            self.sender.submit(event)

    def _change(self, message: Message, step: tuple[str, Json | None]) -> Event | None:
        message.status, message.error = step
        message.statuses.append([step[0], self.store.now()])
        self.store.save(message)
        self.live.changed(message.phone)
        account = self.store.account(message.account)
        if isinstance(account, MetaAccount):
            return meta_events.status(account, message, self.store.phone(message.to))
        if isinstance(account, TwilioAccount):
            return twilio_events.status(account, message)
        if isinstance(account, GatewayAccount):
            if message.provider == "iap":
                return iap_events.status(account, message)
            return gateway_events.status(account, message)
        return None

    # The phone

    def reply_arrived(self, message_id: str) -> None:
        """Note that the business took a customer's message (its second tick)."""
        message = self.store.messages.get(message_id)
        if message is not None and message.status == "received":
            message.status = "delivered"
            self.store.save(message)
            self.live.changed(message.phone)

    def phone_online(self, phone: Phone) -> None:
        """Deliver what waited while the phone was off."""
        for message in self.store.by_phone.get(phone.key, ()):
            if message.direction == "out" and message.status == "sent":
                self._deliver(message)

    def read(self, phone: Phone) -> int:
        """Mark what the phone shows as read; return how many receipts went out.

        SMS has no receipts; a phone that is off or keeps its receipts sends none.
        """
        if not phone.online:
            return 0
        count = 0
        for message in self.store.by_phone.get(phone.key, ()):
            if message.direction != "out" or message.extra.get("seen"):
                continue
            if message.status != "delivered":
                continue
            message.extra["seen"] = True
            if message.channel == "whatsapp" and phone.read_receipts:
                self.set_status(message, "read")
                count += 1
        return count
