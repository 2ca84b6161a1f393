"""One database and what an administrator does to it: real Odoo processes."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from servers import ROOT, Settings

ADDON = "cobranza_whatsapp"
SECONDS = 300
QUIET = ("--log-level=warn",)


class Lifecycle:
    """One database and the commands that an administrator gives."""

    def __init__(self, settings: Settings, folder: Path, name: str) -> None:
        self._settings = settings
        self.name = name
        self.data_dir = folder / "data"
        # Where the addon comes from: this checkout, or an older one.
        self.source = ROOT
        self.environment: dict[str, str] = {}

    # --- databases --------------------------------------------------------------------

    @staticmethod
    def _execute(statement: str) -> None:
        with closing(psycopg2.connect(dbname="postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def create(self, name: str, template: str, files: Path) -> None:
        """Copy a database with its attachments."""
        self.drop(name)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        shutil.copytree(
            files / "filestore" / template, self.data_dir / "filestore" / name
        )

    def create_from_base(self) -> None:
        """Create the database without the addon."""
        self.create(self.name, self._settings.base_database, self._settings.data_dir)

    def drop(self, name: str) -> None:
        """Remove a database and its attachments."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.data_dir / "filestore" / name, ignore_errors=True)

    def snapshot(self, queries: dict[str, str]) -> dict[str, set[tuple[object, ...]]]:
        """Return the rows of some queries, by kind."""
        found = {}
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            connection.set_session(readonly=True, autocommit=True)
            with connection.cursor() as cursor:
                for kind, query in queries.items():
                    cursor.execute(query)
                    found[kind] = set(cursor.fetchall())
        return found

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds, in its order."""
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            connection.set_session(readonly=True, autocommit=True)
            with connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall()

    # --- commands ---------------------------------------------------------------------

    def odoo(
        self, *arguments: object, script: str = "", expected: str = "nothing"
    ) -> None:
        """Run Odoo until it is done; a failure or an unexpected warning fails."""
        done = subprocess.run(
            [
                self._settings.python,
                *("-m", "odoo", *map(str, arguments)),
                f"--addons-path={self._addons_path()}",
            ],
            env={
                **os.environ,
                **self.environment,
                "ODOO_DATA_DIR": str(self.data_dir),
            },
            cwd=ROOT,
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert not done.returncode, done.stdout[-4000:]
        noisy = [
            line
            for line in done.stdout.splitlines()
            if (" WARNING " in line or " ERROR " in line or " CRITICAL " in line)
            and expected not in line
        ]
        assert not noisy, "\n".join(noisy)

    def _addons_path(self) -> str:
        """Return Odoo's list of addon folders with the addon's of this moment."""
        configuration = ConfigParser(interpolation=None)
        configuration.read(os.environ["ODOO_RC"])
        folders = configuration["options"]["addons_path"].split(",")
        return ",".join(str(self.source) if f == str(ROOT) else f for f in folders)

    def _options(self, name: str) -> list[object]:
        return ["-d", name, "--data-dir", self.data_dir, "--no-http"]

    def install(self) -> None:
        """Install the addon."""
        self._load("-i")

    def update(self) -> None:
        """Update the addon."""
        self._load("-u")

    def _load(self, option: str) -> None:
        options = self._options(self.name)
        self.odoo(*options, option, ADDON, "--stop-after-init", *QUIET)

    def uninstall(self) -> None:
        """Uninstall the addon as the Apps menu does."""
        self.shell(
            f"env['ir.module.module'].search([('name', '=', {ADDON!r})])"
            ".button_immediate_uninstall()"
        )

    def shell(self, code: str, name: str = "") -> None:
        """Run code in an Odoo shell; it raises if the code does."""
        options = [*self._options(name or self.name), "--shell-interface=python"]
        script = f"{code}\n"
        self.odoo("shell", *options, *QUIET, script=script, expected="is on hold")

    def script(
        self, function: str, name: str = "", module: str = "lifecycle_scripts"
    ) -> None:
        """Run a function of a module beside this one in an Odoo shell."""
        here = Path(__file__).resolve().parent
        self.shell(
            f"import sys; sys.path.insert(0, {str(here)!r})\n"
            f"import {module}; {module}.{function}(env)",
            name,
        )


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let a second run that uses a database of this name wait for the first."""
    with closing(psycopg2.connect(dbname="postgres")) as guard:
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        guard.commit()
        yield
