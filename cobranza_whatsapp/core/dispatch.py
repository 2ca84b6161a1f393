"""Many provider calls in flight, from plain data, at a limited pace.

Threads call providers; they never see a database. The caller submits functions and
collects their results.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from .errors import ProviderError

Key = TypeVar("Key")


class Pace:
    """A limit of ``per_second`` starts, shared by threads."""

    def __init__(self, per_second: float) -> None:
        self._interval_seconds = 1.0 / per_second if per_second > 0 else 0.0
        self._next_start = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until the next start is allowed."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + self._interval_seconds
        time.sleep(max(0.0, start - now))


class Dispatcher:
    """Runs functions in threads and hands back (key, result) pairs as they end.

    A function must not raise: what it raises is handed back as the result.
    """

    def __init__(self, max_in_flight: int) -> None:
        self._max_in_flight = max_in_flight
        self._in_flight = 0
        self._results: queue.SimpleQueue[tuple[Any, Any]] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(max_in_flight, thread_name_prefix="cobranza")

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)

    @property
    def room(self) -> int:
        """Return how many more calls may be in flight."""
        return self._max_in_flight - self._in_flight

    @property
    def in_flight(self) -> int:
        """Return how many calls have not been collected yet."""
        return self._in_flight

    def submit(
        self, key: Any, function: Callable[[], Any], pace: Pace | None = None
    ) -> None:
        """Call the function in a thread, as soon as the pace allows."""
        self._in_flight += 1
        self._pool.submit(self._run, key, function, pace)

    def _run(self, key: Any, function: Callable[[], Any], pace: Pace | None) -> None:
        if pace is not None:
            pace.wait()
        try:
            outcome = function()
        except Exception as error:  # the caller decides what an exception means
            outcome = error
        self._results.put((key, outcome))

    def collect(self, timeout_seconds: float) -> list[tuple[Any, Any]]:
        """Return what has ended; waits at most the timeout for the first result."""
        results: list[tuple[Any, Any]] = []
        try:
            results.append(self._results.get(timeout=timeout_seconds))
            while True:
                results.append(self._results.get_nowait())
        except queue.Empty:
            self._in_flight -= len(results)
        return results


def run_all(
    jobs: Mapping[Key, Callable[[], Any]], max_in_flight: int = 8
) -> dict[Key, Any]:
    """Run all functions in threads; a ProviderError is handed back as the result.

    Any other exception is raised once all have ended.
    """
    if not jobs:
        return {}
    outcomes: dict[Key, Any] = {}
    with Dispatcher(max_in_flight) as dispatcher:
        for key, function in jobs.items():
            dispatcher.submit(key, function)
        while dispatcher.in_flight:
            outcomes.update(dispatcher.collect(1.0))
    for outcome in outcomes.values():
        if isinstance(outcome, Exception) and not isinstance(outcome, ProviderError):
            raise outcome
    return outcomes
