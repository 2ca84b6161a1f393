"""Installed, used, updated, copied, uninstalled, installed again: nothing is left.

Real Odoo processes on a database of their own; what is compared is what PostgreSQL
and Odoo's own registries hold.
"""

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from servers import CHECKOUT, ROOT, Settings

NAME = f"cobranza_lifecycle_{CHECKOUT}"
COPY = f"{NAME}_copy"
ADDON = "cobranza_whatsapp"
SECONDS = 300

# One row of text for everything of a kind that a database holds.
SNAPSHOTS = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable
          FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "tables and views": """
        SELECT table_name, table_type FROM information_schema.tables
         WHERE table_schema = 'public'
    """,
    "indexes": """
        SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
    """,
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "ir_model_data": "SELECT module, name, model FROM ir_model_data",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name, ttype FROM ir_model_fields",
    "selections": """
        SELECT field.model, field.name, selection.value
          FROM ir_model_fields_selection selection
          JOIN ir_model_fields field ON field.id = selection.field_id
    """,
    "constraints of models": "SELECT name FROM ir_model_constraint",
    "relations of models": "SELECT name FROM ir_model_relation",
    "inherits of models": """
        SELECT model.model, parent.model FROM ir_model_inherit inherit
          JOIN ir_model model ON model.id = inherit.model_id
          JOIN ir_model parent ON parent.id = inherit.parent_id
    """,
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "triggers": "SELECT cron_id FROM ir_cron_trigger",
    "actions": "SELECT type, name::text FROM ir_actions",
    "views": "SELECT name, model, inherit_id FROM ir_ui_view",
    "menus": "SELECT name::text FROM ir_ui_menu",
    "rules": "SELECT name FROM ir_rule",
    "access": "SELECT name FROM ir_model_access",
    "groups": "SELECT name::text FROM res_groups",
    "privileges": "SELECT name::text FROM res_groups_privilege",
    "members": "SELECT gid, uid FROM res_groups_users_rel",
    "implied": "SELECT gid, hid FROM res_groups_implied_rel",
    "subtypes": "SELECT name::text FROM mail_message_subtype",
    "activity types": "SELECT name::text FROM mail_activity_type",
    "activities": "SELECT res_model, res_id, summary FROM mail_activity",
    "notifications": "SELECT notification_type, failure_type FROM mail_notification",
    "followers": "SELECT res_model, res_id, partner_id FROM mail_followers",
    "parameters": "SELECT key FROM ir_config_parameter",
    "defaults": "SELECT field_id FROM ir_default",
    "assets": "SELECT name FROM ir_asset",
    "files": """
        SELECT res_model, res_field, res_id, name FROM ir_attachment
         WHERE url IS NULL OR url NOT LIKE '/web/assets/%'
    """,
    "types of notes": "SELECT DISTINCT message_type FROM mail_message",
}
# By design: notes and their files stay, like the blacklist. Whoever was asked to act on
# a customer follows him, as after any activity.
KEPT = {
    "files": lambda row: row[0] in ("res.partner", "account.move") and not row[1],
    "followers": lambda row: row[0] == "res.partner",
}


class Lifecycle:
    """One database and the commands that an administrator gives."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self.data_dir = folder / "data"
        self.log = ""

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
        self.create(NAME, self._settings.base_database, self._settings.data_dir)

    def drop(self, name: str) -> None:
        """Remove a database and its attachments."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.data_dir / "filestore" / name, ignore_errors=True)

    def snapshot(self) -> dict[str, set[tuple[object, ...]]]:
        """Return everything that could be left behind, by kind."""
        found = {}
        with closing(psycopg2.connect(dbname=NAME)) as connection:
            connection.set_session(readonly=True, autocommit=True)
            with connection.cursor() as cursor:
                for kind, query in SNAPSHOTS.items():
                    cursor.execute(query)
                    found[kind] = set(cursor.fetchall())
        return found

    # --- commands ---------------------------------------------------------------------

    def odoo(
        self, *arguments: object, script: str = "", expected: str = "nothing"
    ) -> None:
        """Run Odoo until it is done; a failure or an unexpected warning fails."""
        done = subprocess.run(
            [self._settings.python, "-m", "odoo", *map(str, arguments)],
            env={**os.environ, "ODOO_DATA_DIR": str(self.data_dir)},
            cwd=ROOT,
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.log += done.stdout
        assert not done.returncode, done.stdout[-4000:]
        noisy = [
            line
            for line in done.stdout.splitlines()
            if (" WARNING " in line or " ERROR " in line or " CRITICAL " in line)
            and expected not in line
        ]
        assert not noisy, "\n".join(noisy)

    def _options(self, name: str) -> list[object]:
        return ["-d", name, "--data-dir", self.data_dir, "--no-http"]

    def install(self) -> None:
        """Install the addon."""
        self.odoo(*self._options(NAME), "-i", ADDON, "--stop-after-init", *QUIET)

    def update(self) -> None:
        """Update the addon."""
        self.odoo(*self._options(NAME), "-u", ADDON, "--stop-after-init", *QUIET)

    def uninstall(self) -> None:
        """Uninstall the addon as the Apps menu does."""
        self.shell(
            f"env['ir.module.module'].search([('name', '=', {ADDON!r})])"
            ".button_immediate_uninstall()"
        )

    def shell(self, code: str, name: str = NAME) -> None:
        """Run code in an Odoo shell; it raises if the code does."""
        options = [*self._options(name), "--shell-interface=python", *QUIET]
        self.odoo("shell", *options, script=f"{code}\n", expected="is on hold")

    def script(self, function: str, name: str = NAME) -> None:
        """Run a function of lifecycle_scripts in an Odoo shell."""
        here = Path(__file__).resolve().parent
        self.shell(
            f"import sys; sys.path.insert(0, {str(here)!r})\n"
            f"import lifecycle_scripts; lifecycle_scripts.{function}(env)",
            name,
        )


QUIET = ("--log-level=warn",)


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Return what `./dev test e2e` told us."""
    return Settings.from_environment()


@pytest.fixture(scope="module")
def life(settings, tmp_path_factory):
    """Live through everything up to the moment before uninstalling.

    The database has a fixed name: a second run at the same time waits for the first.
    """
    lifecycle = Lifecycle(settings, tmp_path_factory.mktemp("lifecycle"))
    with closing(psycopg2.connect(dbname="postgres")) as guard:
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [NAME])
        guard.commit()
        try:
            lifecycle.create_from_base()
            lifecycle.script("before")
            lifecycle.before = lifecycle.snapshot()
            lifecycle.install()
            lifecycle.script("use")
            lifecycle.script("check_used")
            yield lifecycle
        finally:
            for name in (COPY, NAME):
                lifecycle.drop(name)


def test_update_keeps_the_queue_and_what_users_changed(life):
    life.update()

    life.script("check_used")
    life.shell(
        "assert env['cobranza.template'].search([('name', '=', 'Renamed by the user')])"
    )


def test_neutralized_copy_sends_nothing(life):
    life.create(COPY, NAME, life.data_dir)

    life.odoo("neutralize", "-d", COPY, "--data-dir", life.data_dir)

    life.script("check_neutralized", COPY)
    life.drop(COPY)


def test_uninstalling_leaves_nothing_but_notes(life):
    life.uninstall()

    after = life.snapshot()
    differences = {}
    for kind, rows in life.before.items():
        kept = KEPT.get(kind, lambda _row: False)
        left = sorted(f"+ {row}" for row in after[kind] - rows if not kept(row))
        lost = sorted(f"- {row}" for row in rows - after[kind])
        if left or lost:
            differences[kind] = [*left, *lost][:30]
    assert not differences
    life.script("check_notes")


def test_second_installation_works(life):
    life.install()

    life.script("send_again")
