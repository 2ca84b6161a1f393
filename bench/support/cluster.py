"""A PostgreSQL cluster of one measurement's own.

So that statements can be counted (that needs a preloaded library), a server can be
restarted at will, and nobody else's databases are near. Durable as in production:
fsync and synchronous commits stay on, commits cost what they cost there.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from devtools import postgres_binaries
from devtools.process import free_port, run

ADMIN = "bench_admin"
ODOO = "bench_odoo"
_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "shared_buffers": "'256MB'",
    "max_connections": "120",
    "max_wal_size": "'4GB'",
    # Tells to the microsecond when a row could be read by others.
    "track_commit_timestamp": "on",
}
_COUNTING = {
    "shared_preload_libraries": "'pg_stat_statements'",
    "pg_stat_statements.max": "20000",
}
# What begins and ends transactions is not counted as a query, but a savepoint is:
# Odoo's own counter does the same.
_TRANSACTION_CONTROL = "^(begin|commit|rollback$|start transaction|set |show )"


def _server_user() -> str | None:
    """Return whom the server runs as: it refuses root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("PostgreSQL does not run as root: add a user named postgres.")


def _as_user() -> dict[str, Any]:
    user = _server_user()
    if user is None:
        return {"cwd": "/"}
    group = pwd.getpwnam(user).pw_gid
    return {"user": user, "group": group, "extra_groups": [], "cwd": "/"}


def _is_reachable(folder: Path) -> bool:
    """Tell whether the server's user can write to a folder."""
    command = ["test", "-w", str(folder), "-a", "-x", str(folder)]
    return subprocess.run(command, check=False, **_as_user()).returncode == 0


def homes(folder: Path) -> tuple[Path, Path]:
    """Return where the cluster of a measurement is: in its folder, else beside."""
    beside = Path(tempfile.gettempdir()) / f"cobranza-{folder.name}"
    return folder / "postgres", beside


def make_home(folder: Path) -> Path:
    """Return a new folder that the server's user can write to."""
    for home in homes(folder):
        home.mkdir(mode=0o700, parents=True)
        if user := _server_user():
            shutil.chown(home, user, pwd.getpwnam(user).pw_gid)
        if _is_reachable(home):
            return home
        home.rmdir()
    raise RuntimeError("PostgreSQL's user can write nowhere.")


def _programs(home: Path) -> Path:
    """Return PostgreSQL's programs where the server's user can run them."""
    source = postgres_binaries.folder()
    command = ["test", "-x", str(source / "postgres")]
    if subprocess.run(command, check=False, **_as_user()).returncode == 0:
        return source
    target = home / "programs"
    shutil.copytree(source.parent, target, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    return target / source.name


class Cluster:
    """One server with its databases in ``home``; the password is made up."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port(5600 + os.getpid() % 300)
        self.password = secrets.token_hex(16)
        self.counts_statements = False

    @property
    def data(self) -> Path:
        return self.home / "data"

    def create(self) -> None:
        """Make the cluster, start it, and create Odoo's role in it."""
        self._binaries = _programs(self.home)
        secret = self.home / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if user := _server_user():
            shutil.chown(secret, user)
        run(
            [self._binaries / "initdb", "-D", self.data, "-U", ADMIN]
            + [f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8"]
            + ["-A", "scram-sha-256", "--no-sync"],
            "The measurement's PostgreSQL cluster could not be created",
            **_as_user(),
        )
        secret.unlink()
        self._write(_SETTINGS)
        self.start()
        self._count_statements()
        with self.connect("postgres") as cursor:
            cursor.execute(
                f"CREATE ROLE {ODOO} LOGIN CREATEDB PASSWORD %s", [self.password]
            )

    def _write(self, settings: dict[str, str]) -> None:
        with (self.data / "postgresql.conf").open("a") as handle:
            handle.writelines(f"{key} = {value}\n" for key, value in settings.items())

    def _count_statements(self) -> None:
        """Load the library that counts statements, if the server brings it."""
        query = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
        if self.rows("postgres", query, "pg_stat_statements"):
            self._write(_COUNTING)
            self.restart()
            self.counts_statements = True

    def _control(self, *arguments: str) -> None:
        run(
            [self._binaries / "pg_ctl", "-D", self.data, "-w", *arguments],
            f"PostgreSQL did not {arguments[-1]}: read {self.home}/server.log",
            **_as_user(),
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        log = str(self.home / "server.log")
        self._control("-l", log, "-o", f"-p {self.port}", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; ``immediate`` is a crash."""
        self._control("-m", mode, "stop")

    def restart(self, mode: str = "fast") -> None:
        """Stop and start; connections are cut."""
        self.stop(mode)
        self.start()

    # --- databases ----------------------------------------------------------------

    @contextlib.contextmanager
    def connect(self, database: str, user: str = ADMIN) -> Iterator[Any]:
        """Give a cursor that commits each statement at once."""
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=self.password,
            dbname=database,
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def rows(self, database: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of one query."""
        with self.connect(database) as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall()

    def value(self, database: str, query: str, *values: Any) -> Any:
        """Return the first column of the first row, None without rows."""
        rows = self.rows(database, query, *values)
        return rows[0][0] if rows else None

    def restore(self, name: str, dump: Path) -> None:
        """Make a database of a dump, owned by Odoo's role, ready for counting."""
        self.run_sql("postgres", f'CREATE DATABASE "{name}" OWNER {ODOO}')
        pg_restore = self._binaries / "pg_restore"
        run(
            [pg_restore, "-h", "127.0.0.1", "-p", self.port, "-U", ADMIN, "-d", name]
            + ["--no-owner", f"--role={ODOO}", "-j", "2", dump],
            "The base database could not be copied",
            env={**os.environ, "PGPASSWORD": self.password},
        )
        if self.counts_statements:
            self.run_sql(name, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def copy(self, source: str, target: str) -> None:
        """Copy a database that nobody is connected to."""
        self.run_sql(
            "postgres", f'CREATE DATABASE "{target}" OWNER {ODOO} TEMPLATE "{source}"'
        )

    def drop(self, name: str) -> None:
        """Remove a database, also while somebody is connected to it."""
        self.run_sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def run_sql(self, database: str, statement: str, *values: Any) -> None:
        """Execute one statement that returns nothing."""
        with self.connect(database) as cursor:
            cursor.execute(statement, values or None)

    # --- counting -----------------------------------------------------------------

    def reset_counts(self, database: str) -> None:
        """Begin to count anew."""
        if self.counts_statements:
            self.rows(database, "SELECT pg_stat_statements_reset()")

    def statements(self, database: str) -> int | None:
        """Return how many queries Odoo made here since the reset.

        All of Odoo's connections to the database count, whatever they did; the
        measurement itself connects as another role. None: the server cannot count.
        """
        if not self.counts_statements:
            return None
        return int(
            self.value(
                database,
                """
                SELECT COALESCE(SUM(calls), 0)
                  FROM pg_stat_statements statement
                  JOIN pg_roles role ON role.oid = statement.userid
                  JOIN pg_database db ON db.oid = statement.dbid
                 WHERE role.rolname = %s AND db.datname = current_database()
                   AND statement.query !~* %s
                """,
                ODOO,
                _TRANSACTION_CONTROL,
            )
        )

    def top_statements(self, database: str, limit: int = 25) -> str:
        """Return the statements made most often and what they cost, for a person."""
        if not self.counts_statements:
            return ""
        rows = self.rows(
            database,
            """
            SELECT calls, round(total_exec_time::numeric), LEFT(query, 150)
              FROM pg_stat_statements statement
              JOIN pg_roles role ON role.oid = statement.userid
             WHERE role.rolname = %s AND statement.query !~* %s
          ORDER BY calls DESC, total_exec_time DESC LIMIT %s
            """,
            ODOO,
            _TRANSACTION_CONTROL,
            limit,
        )
        return "\n".join(
            f"{calls:>8} calls {spent:>8} ms  {' '.join(text.split())}"
            for calls, spent, text in rows
        )
