"""What a person reads: progress lines, and failures as one sentence."""

import os
import sys
import threading
import time

_lock = threading.Lock()
_started = time.monotonic()


class DevError(Exception):
    """A failure whose text is one sentence that says what to do."""


class CancelledError(DevError):
    """A setup step was ended because another one has failed."""


def say(text: str) -> None:
    """Print one progress line; setup steps run in threads, hence the lock."""
    with _lock:
        sys.stdout.flush()
        print(f"[{time.monotonic() - _started:6.1f} s] {text}", file=sys.stderr)
        sys.stderr.flush()


def fail(text: str) -> int:
    """Print the one sentence of a failure and return the exit code for it."""
    with _lock:
        sys.stdout.flush()
        print(f"dev: {text}", file=sys.stderr)
    return 1


def paint(text: str, colour: int) -> str:
    """Colour the text on a terminal only, so that logs stay plain."""
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        return f"\033[{colour}m{text}\033[0m"
    return text
