"""Webhooks: queue, sign, post, retry; one pump for each account.

An event is one Meta ``change`` or one Twilio form. Meta events that are due together
leave in one POST, as Meta does. Nothing here decides what an event says.
"""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import aiohttp
from yarl import URL

from .models import Account, GatewayAccount, Json, MetaAccount
from .store import Store, new_id
from .webhook_bodies import (
    gateway_request,
    meta_body,
    meta_headers,
    twilio_request,
)

TIMEOUT_SECONDS = 20
LONGEST_PAUSE_SECONDS = 60
TWILIO_PARALLEL = 8


@dataclass
class Event:
    """Something to tell the client: a Meta change, or a Twilio form and its URL."""

    account: str
    payload: Json
    url: str = ""
    message_id: str = ""
    id: str = field(default_factory=new_id)
    attempts: int = 0
    happened_at: int = 0


class WebhookSender:
    """Delivers events; keeps those that are held or failed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.random = random.Random(0)  # noqa: S311 (not for secrets)
        self.on_delivered: Callable[[str], None] = lambda message_id: None
        self._session: aiohttp.ClientSession | None = None
        self._queues: dict[str, deque[Event]] = {}
        self._wake: dict[str, asyncio.Event] = {}
        self._pumps: dict[str, asyncio.Task[None]] = {}
        self._held: list[Event] = []
        self._later: set[asyncio.TimerHandle] = set()
        self._in_flight = 0

    async def start(self) -> None:
        """Open the client and take up what an earlier run left."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._session = aiohttp.ClientSession(
            timeout=timeout,
            connector=aiohttp.TCPConnector(limit=64),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        for name, row in list(self.store.outbox.items()):
            event = Event(**{**row, "attempts": 0})
            self.store.outbox[name] = event
            self._hold_or_enqueue(event)

    async def close(self) -> None:
        """Stop the pumps; what is left stays in the outbox."""
        self.reset()
        if self._session:
            await self._session.close()

    def reset(self) -> None:
        """Forget what is queued, held or waiting for a retry."""
        for task in self._pumps.values():
            task.cancel()
        for handle in self._later:
            handle.cancel()
        for mapping in (self._queues, self._wake, self._pumps, self._later):
            mapping.clear()
        self._held.clear()
        self._in_flight = 0

    @property
    def waiting(self) -> Json:
        """Count what has not been delivered: held, queued or in flight, retrying."""
        queued = sum(map(len, self._queues.values())) + self._in_flight
        return {
            "held": len(self._held),
            "queued": queued,
            "retrying": len(self._later),
        }

    def submit(self, *events: Event) -> None:
        """Queue events of one account in this order, as its options say."""
        for event in events:
            account = self.store.account(event.account)
            if account is None or not (event.url or account.webhook_url):
                continue
            if account.options.drop:
                self._log(account, event.url, [event], None, "dropped")
                continue
            for _ in range(account.options.duplicate + 1):
                copy = replace(event, id=new_id())
                self._keep(copy)
                self._hold_or_enqueue(copy)

    async def deliver_now(self, *events: Event) -> None:
        """Post events and wait for the answers (webhook before HTTP response)."""
        for event in events:
            account = self.store.account(event.account)
            if account and (event.url or account.webhook_url):
                await self._post(account, [event])

    def release(self, order: str = "fifo", account: str = "") -> int:
        """Let the held events go, in ``fifo``, ``reverse`` or ``shuffle`` order."""
        going = [one for one in self._held if account in {"", one.account}]
        self._held = [one for one in self._held if account not in {"", one.account}]
        for event in self.ordered(going, order):
            self._enqueue(event)
        return len(going)

    def ordered(self, events: list[Event], order: str) -> list[Event]:
        """Return ``events`` in the wanted order; shuffling is seeded."""
        if order == "reverse":
            return list(reversed(events))
        if order == "shuffle":
            return self.random.sample(events, len(events))
        return list(events)

    def _keep(self, event: Event) -> None:
        self.store.outbox[event.id] = event
        self.store.save(event, "outbox", event.id)

    def _forget(self, event: Event) -> None:
        self.store.outbox.pop(event.id, None)
        self.store.forget("outbox", event.id)

    def _hold_or_enqueue(self, event: Event) -> None:
        account = self.store.account(event.account)
        if account is not None and account.options.hold:
            self._held.append(event)
        else:
            self._enqueue(event)

    def _enqueue(self, event: Event) -> None:
        name = event.account
        self._queues.setdefault(name, deque()).append(event)
        if name not in self._pumps:
            self._wake[name] = asyncio.Event()
            self._pumps[name] = asyncio.get_running_loop().create_task(self._pump(name))
        self._wake[name].set()

    async def _pump(self, name: str) -> None:
        queue, wake = self._queues[name], self._wake[name]
        slots = asyncio.Semaphore(TWILIO_PARALLEL)
        posts: set[asyncio.Task[None]] = set()
        while True:
            await wake.wait()
            wake.clear()
            while queue:
                account = self.store.account(name)
                if account is None:
                    queue.clear()
                elif isinstance(account, MetaAccount):
                    await self._deliver(account, self._batch(account, queue))
                else:
                    await slots.acquire()
                    post = asyncio.ensure_future(
                        self._deliver(account, [queue.popleft()])
                    )
                    posts.add(post)
                    post.add_done_callback(posts.discard)
                    post.add_done_callback(lambda _: slots.release())

    @staticmethod
    def _batch(account: MetaAccount, queue: deque[Event]) -> list[Event]:
        """Take what is due now and goes to the same URL."""
        batch = [queue.popleft()]
        while (
            queue
            and len(batch) < account.options.batch_max
            and queue[0].url == batch[0].url
            and queue[0].attempts == batch[0].attempts
        ):
            batch.append(queue.popleft())
        return batch

    async def _deliver(self, account: Account, batch: list[Event]) -> None:
        self._in_flight += len(batch)
        try:
            delivered = await self._post(account, batch)
        finally:
            self._in_flight = max(0, self._in_flight - len(batch))
        if delivered:
            for event in batch:
                self._forget(event)
                self.on_delivered(event.message_id)
        else:
            self._retry(account, batch)

    def _retry(self, account: Account, batch: list[Event]) -> None:
        for event in batch:
            event.attempts += 1
        attempts = batch[0].attempts
        if attempts >= account.options.max_attempts:
            self._log(account, batch[0].url, batch, None, "given up")
            for event in batch:
                self._forget(event)
            return
        pause = account.options.retry_base_ms / 1000 * 2 ** (attempts - 1)
        handle: asyncio.TimerHandle

        def again() -> None:
            self._later.discard(handle)
            for event in batch:
                self._enqueue(event)

        handle = asyncio.get_running_loop().call_later(
            min(pause, LONGEST_PAUSE_SECONDS), again
        )
        self._later.add(handle)

    async def _post(self, account: Account, batch: list[Event]) -> bool:
        url, method = batch[0].url or account.webhook_url, "POST"
        if isinstance(account, GatewayAccount):
            payload = batch[0].payload
            method, url, body, headers = gateway_request(account, url, payload)
        elif isinstance(account, MetaAccount):
            verified = await self.verify(account, url)
            if not verified:
                self._log(account, url, batch, None, "webhook not verified")
                return False
            for event in batch:
                event.happened_at = event.happened_at or int(self.store.now())
            body = meta_body(
                account,
                [event.payload for event in batch],
                [event.happened_at for event in batch],
            )
            headers = meta_headers(account, body)
        else:
            body, headers = twilio_request(account, url, batch[0].payload)
        status, error = await self.send_raw(url, body, headers, method)
        self._log(account, url, batch, status, error)
        return status == 200 or account.provider == "twilio" and status == 204

    async def send_raw(
        self, url: str, body: bytes, headers: dict[str, str], method: str = "POST"
    ) -> tuple[int | None, str]:
        """Send bytes; return the status, or None and what went wrong."""
        if self._session is None:
            return None, "the emulator is stopping"
        try:
            # As it was given: it is signed, so nothing may requote it.
            exact = URL(url, encoded=True)
            async with self._session.request(
                method, exact, data=body, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                return response.status, ""
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, OSError) as err:
            return None, f"{type(err).__name__}: {err}"

    async def verify(self, account: MetaAccount, url: str) -> bool:
        """Do the GET handshake once for each URL; True when the challenge returns."""
        if account.webhook_verified or not account.verify_token:
            return True
        if self._session is None:
            return False
        challenge = str(self.random.randrange(10**9))
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": account.verify_token,
            "hub.challenge": challenge,
        }
        with contextlib.suppress(
            aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError
        ):
            async with self._session.get(
                url, params=query, allow_redirects=False
            ) as response:
                text = await response.text()
                account.webhook_verified = response.status == 200 and text == challenge
                self.store.save(account)
        return account.webhook_verified

    def _log(
        self,
        account: Account,
        url: str,
        batch: list[Event],
        status: int | None,
        error: str,
    ) -> None:
        self.store.deliveries.append(
            {
                "seq": self.store.next_number(),
                "at": self.store.now(),
                "account": account.id,
                "url": url or account.webhook_url,
                "status": status,
                "error": error,
                "attempt": batch[0].attempts + 1,
                "events": [event.payload for event in batch],
            }
        )
