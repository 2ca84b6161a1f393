"""Databases with their filestores: copied from a cached base, swapped in when whole."""

import ast
import os
import re
import shutil
from pathlib import Path

from devtools import odoo, paths, postgres, stamps
from devtools.console import DevError, say
from devtools.environment import Environment
from devtools.process import call

ADDON = "cobranza_whatsapp"
# The localisation is not a dependency: the demo's company and many tests use it.
_EXTRA_MODULES = ("l10n_mx",)
_LANGUAGES = "es_MX"
_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL)")


def filestore(database: str) -> Path:
    """Return where Odoo keeps the attachments of a database."""
    return paths.DATA / "filestore" / database


def exists(server: postgres.Server, database: str) -> bool:
    """Tell whether there is a database of this name."""
    sql = f"SELECT 1 FROM pg_database WHERE datname = '{database}'"
    return postgres.query(server, sql) == "1"


def drop(server: postgres.Server, database: str) -> None:
    """Remove a database with its attachments, also while somebody looks at it."""
    postgres.query(server, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(filestore(database), ignore_errors=True)


def rename(server: postgres.Server, old: str, new: str) -> None:
    """Put a finished database in its place, so that a half-made one is never used."""
    drop(server, new)
    postgres.query(server, f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    if filestore(old).is_dir():
        filestore(old).rename(filestore(new))


def copy(server: postgres.Server, source: str, target: str) -> None:
    """Copy a database; attachments never change, so links to the same files do."""
    drop(server, target)
    postgres.query(server, f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)


def run_odoo(environment: Environment, database: str, *arguments: str) -> None:
    """Run Odoo on a database until it is done; what it warns of is shown."""
    log = paths.LOGS / f"{database}.log"
    log.write_text("")
    options = ["-d", database, "--stop-after-init", "--no-http", "--log-level=warn"]
    code = call(
        odoo.command(*options, *arguments), env=odoo.configure(environment), log=log
    )
    text = log.read_text(errors="replace")
    if code:
        raise DevError(f"Odoo failed on {database}, see {log}:\n{text.rstrip()}")
    for line in text.splitlines():
        if _LOG_LINE.match(line):
            print(line, flush=True)


def _base_modules(environment: Environment) -> list[str]:
    """Return what the addon depends on, read from its manifest."""
    manifest = paths.ADDON / "__manifest__.py"
    if not manifest.is_file():
        raise DevError(f"{manifest} is missing: the checkout is not whole.")
    depends = ast.literal_eval(manifest.read_text())["depends"]
    addons = [environment.odoo.package / "addons", *environment.odoo.addons]
    extra = [m for m in _EXTRA_MODULES if any((a / m).is_dir() for a in addons)]
    return sorted({*depends, *extra})


def base(environment: Environment) -> str:
    """Return a database with the addon's dependencies, built once and then copied."""
    modules = _base_modules(environment)
    release = environment.odoo.package / "release.py"
    name = f"cobranza_base_{stamps.digest(release, modules, _LANGUAGES)[:10]}"
    with stamps.exclusive("base-database"):
        if not exists(environment.server, name):
            say("Base database: installing Odoo's own modules, once")
            unfinished = f"{name}_unfinished"
            drop(environment.server, unfinished)
            run_odoo(
                environment,
                unfinished,
                f"--init={','.join(modules)}",
                f"--load-language={_LANGUAGES}",
                "--log-handler=:ERROR",  # what Odoo's own modules warn of is theirs
            )
            rename(environment.server, unfinished, name)
            say("Base database: ready")
    return name
