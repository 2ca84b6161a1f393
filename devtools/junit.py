"""Count what the suites report, and hold the skips against the list of allowed ones."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from devtools.console import DevError
from devtools.paths import ROOT

ALLOWED_SKIPS = ROOT / "tests" / "allowed_skips.txt"


@dataclass
class Outcome:
    """What one suite did."""

    suite: str
    passed: int = 0
    failed: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.failed and not self.problems


def allowed_skips() -> set[str]:
    """Read the tests that may be skipped; each needs its reason."""
    if not ALLOWED_SKIPS.is_file():
        return set()
    allowed = set()
    for number, line in enumerate(ALLOWED_SKIPS.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(" # ")
        if not reason.strip():
            raise DevError(
                f"{ALLOWED_SKIPS.name}:{number} gives no reason: write «TEST # reason»."
            )
        allowed.add(name.strip())
    return allowed


def _name(case: ElementTree.Element) -> str:
    """Return the test's id as pytest prints it, from the parts that the report has."""
    file = case.get("file", "")
    module = file.removesuffix(".py").replace("/", ".")
    owner = case.get("classname", "").removeprefix(module).strip(".")
    return "::".join(part for part in (file, owner, case.get("name", "")) if part)


def read(suite: str, report: Path) -> Outcome:
    """Count the cases of a report; an error in a fixture is a failed test."""
    outcome = Outcome(suite)
    if not report.is_file():
        outcome.problems.append("pytest wrote no report")
        return outcome
    for case in ElementTree.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif skip is not None:
            outcome.skipped[_name(case)] = skip.get("message", "")
        else:
            outcome.passed += 1
    return outcome


def forbid_new_skips(outcome: Outcome) -> None:
    """Add a problem for each skip that nobody has allowed."""
    for name in sorted(set(outcome.skipped) - allowed_skips()):
        reason = outcome.skipped[name]
        outcome.problems.append(f"skipped without leave: {name} ({reason})")


def table(outcomes: list[Outcome]) -> str:
    """Return the summary; its last line is meant for machines too."""
    rows = [("suite", "passed", "failed", "skipped", "seconds")]
    rows += [
        (o.suite, str(o.passed), str(o.failed), str(len(o.skipped)), f"{o.seconds:.0f}")
        for o in outcomes
    ]
    lines = ["", *("{:<8}{:>8}{:>8}{:>9}{:>9}".format(*row) for row in rows), ""]
    lines += [f"{o.suite}: {problem}" for o in outcomes for problem in o.problems]
    passed = sum(o.passed for o in outcomes)
    failed = sum(o.failed + len(o.problems) for o in outcomes)
    skipped = sum(len(o.skipped) for o in outcomes)
    lines.append(f"{passed} passed, {failed} failed, {skipped} skipped")
    return "\n".join(lines)
