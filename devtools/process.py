"""Start, watch and stop other programs, by id and never by name."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from devtools.console import CancelledError, DevError
from devtools.paths import LOGS, ROOT

STOP_SECONDS = 20
# A setup step shows nothing, and Ctrl-C reaches it through stop_all only.
_QUIET = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
    "text": True,
    "errors": "replace",
    "start_new_session": True,
}
_running: list[subprocess.Popen] = []
_cancelled = threading.Event()


def run(command: list, what: str, *, log: str = "setup.log", **options) -> str:
    """Run a setup step quietly; on failure raise `what` and where the details are."""
    if _cancelled.is_set():
        raise CancelledError
    parts = [str(part) for part in command]
    try:
        child = subprocess.Popen(parts, **_QUIET, **options)
    except OSError as err:
        raise DevError(f"{what} ({err.strerror}: {parts[0]}).") from err
    _running.append(child)
    if _cancelled.is_set():
        stop(child)  # it started while the others were being stopped
    output, errors = child.communicate()
    _forget(child)
    if _cancelled.is_set():
        raise CancelledError
    if child.returncode:
        _append(LOGS / log, f"$ {' '.join(parts)}\n{output}{errors}\n")
        raise DevError(f"{what} (details at the end of {LOGS / log}).")
    return output


def _forget(child: subprocess.Popen) -> None:
    # Both who waits for a child and who stops it come here, from two threads.
    with contextlib.suppress(ValueError):
        _running.remove(child)


def _append(log: Path, text: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as handle:
        handle.write(text)


def start(
    command: list, *, env: Mapping[str, str], log: Path | None = None, stdin=None
) -> subprocess.Popen:
    """Start a child in a process group of its own, to be stopped by stop_all."""
    output = log.open("ab") if log else None
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=ROOT,
            stdin=stdin or subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
        )
    finally:
        if output:
            output.close()
    _running.append(child)
    return child


def call(command: list, **options) -> int:
    """Run a child to its end and return its exit code; Ctrl-C stops it whole."""
    child = start(command, **options)
    try:
        return child.wait()
    finally:
        stop(child)


def _signal_group(child: subprocess.Popen, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def stop(child: subprocess.Popen) -> None:
    """Ask a child to end, then its whole group, so that no worker is left behind."""
    if child.poll() is None:
        # Only the leader first: it must be able to end its own children in order.
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
    _signal_group(child, signal.SIGKILL)
    child.wait()
    _forget(child)


def stop_all() -> None:
    """Stop whatever this command started and has not stopped yet."""
    for child in reversed(list(_running)):
        stop(child)


@contextlib.contextmanager
def cancelled() -> Iterator[None]:
    """End the setup steps of other threads, and let them start no further program."""
    _cancelled.set()
    try:
        stop_all()
        yield
    finally:
        _cancelled.clear()


@contextlib.contextmanager
def interrupts_as_exception() -> Iterator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C: both must stop the children too."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    previous = {n: signal.signal(n, interrupt) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def is_port_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: int) -> int:
    """Return the first free port from `preferred` on."""
    for port in range(preferred, preferred + 100):
        if is_port_free(port):
            return port
    raise DevError(f"No free port from {preferred} to {preferred + 99}: free one.")


def is_answering(url: str) -> bool:
    """Tell whether a GET of the address gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def wait_until_answers(url: str, child: subprocess.Popen, log: Path, seconds: int):
    """Wait for a server's first 200; raise when it ends or stays silent."""
    limit = time.monotonic() + seconds
    while not is_answering(url):
        if child.poll() is not None:
            raise DevError(f"{log.stem} stopped while starting: read {log}.")
        if time.monotonic() > limit:
            raise DevError(f"{url} gave no answer in {seconds} s: read {log}.")
        time.sleep(0.2)
