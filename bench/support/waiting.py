"""Wait for something to become true, and fail with a sentence if it does not."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NotInTime(Exception):
    """Something did not happen within its time."""


def until(
    check: Callable[[], Found],
    what: str,
    seconds: float,
    pause_seconds: float = 0.1,
) -> Found:
    """Return what ``check`` returns once it is true; raise NotInTime after seconds."""
    end = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > end:
            raise NotInTime(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause_seconds)
    return found
