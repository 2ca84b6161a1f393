"""Remember what is set up, so that a second start does nothing twice."""

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path

from devtools.paths import RUN, STAMPS


def digest(*parts: object) -> str:
    """Hash the inputs of a step: files by their content, all else by its text."""
    total = hashlib.sha256()
    for part in parts:
        is_file = isinstance(part, Path) and part.is_file()
        content = part.read_bytes() if is_file else str(part).encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()[:16]


def tree_digest(folder: Path) -> str:
    """Hash every file of a folder, without what Python caches in it."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    names = [str(path.relative_to(folder)) for path in files]
    return digest(*names, *files)


def is_fresh(name: str, key: str) -> bool:
    """Tell whether the step was finished with these very inputs."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == key


def mark(name: str, key: str) -> None:
    """Record a finished step; written last, so an interrupted step is done again."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(key)


def forget(name: str) -> None:
    """Make the step run again."""
    (STAMPS / name).unlink(missing_ok=True)


@contextlib.contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold a lock over processes: two commands must not unpack the same folder."""
    RUN.mkdir(parents=True, exist_ok=True)
    with (RUN / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
