"""What a sender has really put on the wire, kept outside the database.

A message is committed as `sending` before its request leaves. When the process dies,
the database alone cannot tell a request that left from one that still waited for its
turn. The journal can: one line before the first byte of each request, one line with
each answer. After a crash a message without a line was provably not sent and may go
again; one with an answer gets it; only one that was in flight is uncertain.

The file survives a killed process (its bytes are with the operating system), not a
lost disk: then every message of the run is uncertain, which is safe.
"""

import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from .types import Failure, SendResult

SUFFIX = ".journal"


class Journal:
    """One run's journal. Its lock tells other processes that the run is alive.

    Side effect: creates ``directory`` and a file in it. Methods may be called from
    many threads: each line is one append.
    """

    def __init__(self, directory: Path, run_uid: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / f"{run_uid}{SUFFIX}"
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND
        self._file = os.open(self._path, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def written(self, uuid: str) -> None:
        """Note that the first byte of a request is about to leave."""
        self._append({"uuid": uuid})

    def answered(self, uuid: str, result: SendResult) -> None:
        """Note what the provider answered."""
        self._append({"uuid": uuid, "result": dataclasses.asdict(result)})

    def close(self, remove: bool) -> None:
        """Release the run; ``remove`` when every result is in the database."""
        if remove:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _append(self, line: dict[str, object]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")


def abandoned(directory: Path) -> Iterator[tuple[str, dict[str, SendResult | None]]]:
    """Yield (run uid, {message uuid: result or None}) of runs that died.

    None: written, but no answer is known. While a journal is being looked at nobody
    else gets it; it is removed when the caller asks for the next one, so a caller that
    raises leaves it for another time.
    """
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield path.name.removesuffix(SUFFIX), _read(path)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            continue  # its run is alive
        finally:
            os.close(file)


def _read(path: Path) -> dict[str, SendResult | None]:
    """Return what the lines say; a torn last line was never followed by a request."""
    known: dict[str, SendResult | None] = {}
    for line in path.read_bytes().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        result = entry.get("result")
        known[entry["uuid"]] = _result(result) if result else None
    return known


def _result(values: dict[str, object]) -> SendResult:
    failure = values.pop("failure", None)
    if isinstance(failure, dict):
        return SendResult(**values, failure=Failure(**failure))  # type: ignore[arg-type]
    return SendResult(**values)  # type: ignore[arg-type]
