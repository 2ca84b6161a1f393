"""A time limit for programs that a library starts without one."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def child_time_limit(seconds: float) -> Iterator[None]:
    """Kill the child processes that this thread started, once the time is over.

    Odoo waits for wkhtmltopdf without a limit; a killed one is an ordinary error
    there. Only children of the calling thread are touched (Linux lists them by
    thread; elsewhere there is no limit).
    """
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    timer = threading.Timer(seconds, _kill, [children])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _kill(children: Path) -> None:
    try:
        pids = [int(pid) for pid in children.read_text().split()]
    except OSError:
        return
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
