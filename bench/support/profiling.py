"""Where the time of scheduled actions goes: a profile for a person to read."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

_ROOTS = re.compile(r"\S*/(?:odoo/addons|odoo|addons|site-packages|python3\.\d+)/")
_LINES = 60


def options(folder: Path) -> dict[str, Any]:
    """Return what a server needs to profile its crons into a folder."""
    folder.mkdir(exist_ok=True)
    return {
        "options": ("--load", "base,web,bench_profile"),
        "env": {"BENCH_PROFILE": str(folder)},
    }


def report(folder: Path, lines: int = _LINES) -> str:
    """Return the profile of each scheduled action, all its runs together."""
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*.json")):
        found = json.loads(path.read_text())
        runs[found["cron"]].append(found)
    return "\n".join(_of_cron(name, found, lines) for name, found in runs.items())


def _of_cron(name: str, runs: list[dict[str, Any]], lines: int) -> str:
    total = sum(run["samples"] for run in runs)
    text = [f"\n{name}: {total} samples in {len(runs)} runs"]
    for kind, title in (("below", "in it and what it calls"), ("inside", "in itself")):
        counts: Counter[str] = Counter()
        for run in runs:
            counts.update(run[kind])
        text.append(f"  % of time {title}")
        for function, count in counts.most_common(lines):
            text.append(
                f"  {100 * count / max(total, 1):5.1f}  {_ROOTS.sub('', function)}"
            )
    return "\n".join(text)
