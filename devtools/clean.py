"""./dev clean: stop our database server and give the disk back."""

import shutil
import sys

from devtools import databases, paths, postgres
from devtools.console import DevError, say

_OWN_DATABASES = "cobranza\\_%"


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise DevError("This removes databases and downloads: add --yes to confirm.")
    answer = input(f"Remove {paths.DEV} with its databases and downloads? [y/N] ")
    if answer.strip().lower() not in ("y", "yes", "s", "si", "sí"):
        raise DevError("Nothing was removed.")


def _drop_external() -> None:
    """Remove what we created on a server that is not ours."""
    server = postgres.Lease(until_end=True).acquire()
    sql = f"SELECT datname FROM pg_database WHERE datname LIKE '{_OWN_DATABASES}'"
    for name in postgres.query(server, sql).splitlines():
        databases.drop(server, name)


def main(arguments: list[str]) -> int:
    """Remove everything that ./dev made, after asking."""
    if set(arguments) - {"--yes"}:
        raise DevError("./dev clean knows only --yes.")
    if not paths.DEV.is_dir():
        say(f"{paths.DEV} does not exist: nothing to do")
        return 0
    if "--yes" not in arguments:
        _confirm()
    if postgres.is_external():
        _drop_external()
    postgres.stop()
    for folder in (*postgres.homes(), paths.DEV):
        shutil.rmtree(folder, ignore_errors=True)
    say(f"{paths.DEV} is gone")
    return 0
