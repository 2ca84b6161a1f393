"""Many provider calls in flight, from plain data.

Threads call providers; they never see a database. The caller submits functions and
collects their results. Every account has threads of its own, so that a provider that
never answers delays nobody else.
"""

import queue
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from .errors import ProviderError

Key = TypeVar("Key")


class Dispatcher:
    """Runs functions in threads and hands back (key, result) pairs as they end.

    ``threads`` calls of one account are in flight at once, ``waiting`` more are taken
    in advance, so that the threads never run dry while the caller prepares others.
    What a function raises is handed back as its result.
    """

    def __init__(self, threads: int, waiting: int = 0) -> None:
        self._threads = threads
        self._capacity = threads + waiting
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
        self._pools[account].submit(self._run, account, key, function, start_at_seconds)

    def _run(
        self,
        account: Hashable,
        key: Any,
        function: Callable[[], Any],
        start_at_seconds: float,
    ) -> None:
        time.sleep(max(0.0, start_at_seconds - time.monotonic()))
        try:
            outcome = function()
        except Exception as error:  # the caller decides what an exception means
            outcome = error
        self._results.put((account, key, outcome))

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


def run_all(jobs: Mapping[Key, Callable[[], Any]], threads: int = 8) -> dict[Key, Any]:
    """Run all functions in threads; a ProviderError is handed back as the result.

    Any other exception is raised once all have ended.
    """
    outcomes: dict[Key, Any] = {}
    with Dispatcher(threads) as dispatcher:
        for key, function in jobs.items():
            dispatcher.submit("", key, function)
        while dispatcher.in_flight:
            outcomes.update(dispatcher.collect(1.0))
    for outcome in outcomes.values():
        if isinstance(outcome, Exception) and not isinstance(outcome, ProviderError):
            raise outcome
    return outcomes
