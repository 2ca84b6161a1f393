"""Many provider calls in flight, from plain data.

Threads call providers; they never see a database. The caller submits functions and
collects their results. Every account has threads of its own, so that a provider that
never answers delays nobody else.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from .errors import NotStarted, ProviderError

Key = TypeVar("Key")
# Without a moment after which nothing starts.
NEVER = float("inf")


class Dispatcher:
    """Runs functions in threads and hands back (key, result) pairs as they end.

    ``threads`` calls of one account are in flight at once, ``waiting`` more are taken
    in advance, so that the threads never run dry while the caller prepares others.
    What a function raises is handed back as its result; NotStarted for a function that
    was never called, because its account was stopped meanwhile or the moment
    ``start_until_seconds`` of the monotonic clock had come.
    """

    def __init__(
        self, threads: int, waiting: int = 0, start_until_seconds: float = NEVER
    ) -> None:
        self._threads = threads
        self._capacity = threads + waiting
        self._start_until = start_until_seconds
        self._stops: dict[Hashable, threading.Event] = {}
        self._open: Counter[Hashable] = Counter()
        self._pools: dict[Hashable, ThreadPoolExecutor] = {}
        self._results: queue.SimpleQueue[tuple[Hashable, Any, Any]] = (
            queue.SimpleQueue()
        )

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for calls in flight; after an error those still waiting never start."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=error is not None)

    def room(self, account: Hashable) -> int:
        """Return how many more calls of an account may be submitted."""
        return self._capacity - self._open[account]

    @property
    def in_flight(self) -> int:
        """Return how many calls have not been collected yet."""
        return self._open.total()

    def submit(
        self,
        account: Hashable,
        key: Any,
        function: Callable[[], Any],
        start_at_seconds: float = 0.0,
    ) -> None:
        """Call the function in a thread, not before a moment of the monotonic clock."""
        self._open[account] += 1
        if account not in self._pools:
            self._pools[account] = ThreadPoolExecutor(self._threads, "cobranza")
        stop = self._stops.setdefault(account, threading.Event())

        def run() -> None:
            may_start = self._wait_for_start(stop, start_at_seconds)
            self._results.put((account, key, _call(function, may_start)))

        self._pools[account].submit(run)

    def _wait_for_start(self, stop: threading.Event, start_at_seconds: float) -> bool:
        """Sleep until the moment of a call; return whether it may still be made."""
        now = time.monotonic()
        if max(now, start_at_seconds) > self._start_until:
            return False
        return not stop.wait(start_at_seconds - now if start_at_seconds > now else 0)

    def stop(self, account: Hashable) -> None:
        """Hand back the calls of an account that have not begun; later ones may."""
        stop = self._stops.pop(account, None)
        if stop is not None:
            stop.set()

    def open_accounts(self) -> list[Hashable]:
        """Return the accounts with calls that have not been collected yet."""
        return [account for account, count in self._open.items() if count]

    def collect(self, timeout_seconds: float) -> list[tuple[Any, Any]]:
        """Return what has ended as (key, outcome); waits for the first at most."""
        ended: list[tuple[Hashable, Any, Any]] = []
        try:
            ended.append(self._results.get(timeout=timeout_seconds))
            while True:
                ended.append(self._results.get_nowait())
        except queue.Empty:
            self._open.subtract(account for account, _key, _outcome in ended)
        return [(key, outcome) for _account, key, outcome in ended]


def _call(function: Callable[[], Any], may_start: bool) -> Any:
    if not may_start:
        return NotStarted()
    try:
        return function()
    except Exception as error:  # the caller decides what an exception means
        return error


def run_all(
    jobs: Mapping[Key, Callable[[], Any]],
    threads: int = 8,
    start_until_seconds: float = NEVER,
) -> dict[Key, Any]:
    """Run all functions in threads; a ProviderError is handed back as the result.

    NotStarted too, for those whose turn had not come at a moment of the monotonic
    clock. Any other exception is raised once all have ended.
    """
    outcomes: dict[Key, Any] = {}
    with Dispatcher(threads, start_until_seconds=start_until_seconds) as dispatcher:
        for key, function in jobs.items():
            dispatcher.submit("", key, function)
        while dispatcher.in_flight:
            outcomes.update(dispatcher.collect(1.0))
    for outcome in outcomes.values():
        if isinstance(outcome, Exception) and not isinstance(outcome, ProviderError):
            raise outcome
    return outcomes
