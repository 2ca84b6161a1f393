"""What a measurement prints: progress for people, one JSON object for programs."""

import argparse
import json
import operator
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

_started = time.monotonic()
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}

# Key → pairs of comparison and bound.
Bounds = Mapping[str, tuple[tuple[str, float], ...]]


def say(text: str) -> None:
    """Print one progress line with the seconds since the program began."""
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", flush=True)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a command line parser with the options of every measurement."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument(
        "--no-bounds",
        action="store_true",
        help="only measure: a broken bound is told, but does not fail the run",
    )
    made.add_argument(
        "--keep", action="store_true", help="keep the folder with logs and databases"
    )
    return made


def broken(figures: Mapping[str, Any], bounds: Bounds) -> list[str]:
    """Return one sentence for each bound that a figure breaks, or that lacks one."""
    sentences = []
    for key, limits in bounds.items():
        for sign, limit in limits:
            value = figures.get(key)
            if value is None:
                sentences.append(f"{key} was not measured")
            elif not _COMPARE[sign](value, limit):
                sentences.append(f"{key} is {value}, must be {sign} {limit}")
    return sentences


def finish(figures: Mapping[str, Any], bounds: Bounds, *, enforce: bool) -> int:
    """Print what is broken, then the figures; return the exit code."""
    sentences = broken(figures, bounds)
    for sentence in sentences:
        say(f"BOUND BROKEN: {sentence}")
    sys.stdout.flush()
    print(json.dumps(figures, sort_keys=True), flush=True)
    return 1 if sentences and enforce else 0
