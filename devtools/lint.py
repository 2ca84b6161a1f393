"""./dev lint: every static check, one line each."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from devtools import paths, venv
from devtools.console import DevError, fail
from devtools.paths import ADDON, CACHE, ROOT

_PYLINT = ("pylint", f"--rcfile={ROOT / '.pylintrc'}")
_MYPY = (
    "mypy",
    "--strict",
    "--explicit-package-bases",
    f"--config-file={ROOT / 'pyproject.toml'}",
    f"--cache-dir={CACHE / 'mypy'}",
)


@dataclass(frozen=True)
class Check:
    """A check, and the sentence for the case that it finds something."""

    name: str
    command: tuple[str, ...]
    advice: str = "correct what is listed above"
    folder: Path = ROOT


def _checks() -> list[Check]:
    """List the checks; Odoo's and OCA's rules are meant for the addon only."""
    addon = str(ADDON.relative_to(ROOT))
    translations = sorted(str(p.relative_to(ROOT)) for p in ADDON.glob("i18n/*.po*"))
    return [
        Check("ruff check", ("ruff", "check", "--no-fix", ".")),
        Check(
            "ruff format",
            ("ruff", "format", "--check", "."),
            f"run {venv.PYTHON.parent}/ruff format .",
        ),
        Check("pylint-odoo", (*_PYLINT, "--ignore=core", addon)),
        # Outside Odoo a method that only calls super() need not return its result.
        Check(
            "pylint-odoo core", (*_PYLINT, "--disable=missing-return", f"{addon}/core")
        ),
        # OCA's own prettier writes the XML header that this one check refuses.
        Check(
            "oca-checks-odoo-module",
            ("oca-checks-odoo-module", "--disable=xml-header-wrong", addon),
        ),
        Check("oca-checks-po", ("oca-checks-po", *translations)),
        # From inside the addon: as its package, mypy would follow it into Odoo.
        Check("mypy core", (*_MYPY, "core"), folder=ADDON),
    ]


def _run(check: Check) -> bool:
    tool, *arguments = check.command
    done = subprocess.run(
        [str(venv.PYTHON.parent / tool), *arguments],
        cwd=check.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout.rstrip())
        print(f"FAILED  {check.name}: {check.advice}")
    else:
        print(f"OK      {check.name}")
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run all checks, also after one has failed; 0 only if none finds anything."""
    if arguments:
        raise DevError("./dev lint takes no arguments.")
    paths.make_folders()
    venv.prepare(development=True)
    failed = [check.name for check in _checks() if not _run(check)]
    return fail(f"lint failed: {', '.join(failed)}.") if failed else 0
