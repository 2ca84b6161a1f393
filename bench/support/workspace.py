"""Where a measurement runs: folder, cluster, servers; all of it gone afterwards."""

import configparser
import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from devtools import paths, postgres_binaries, process
from devtools.process import free_port, run

from . import BENCH, cluster
from .figures import say
from .odoo_server import OdooServer
from .phone import Emulator

ADDON = "cobranza_whatsapp"
# A file, not ``-m odoo``: a server that reloads itself starts its first argument.
_LAUNCHER = "import odoo.cli\n\nodoo.cli.main()\n"
BASE = "bench_base"
_MARK = "RESULT "
_READY_SECONDS = 120


class Workspace:
    """The parts of one measurement. Use ``workspace()``, which cleans up."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.data = folder / "data"
        self.python = os.environ["COBRANZA_PYTHON"]
        self.cluster = cluster.Cluster(cluster.make_home(folder))
        self.odoo = [os.environ["COBRANZA_PYTHON"], str(folder / "odoo-bin")]
        self.emulator: Emulator = None  # type: ignore[assignment]

    def open(self) -> None:
        """Start the cluster with a copy of the base database, and the emulator."""
        say("PostgreSQL: a cluster of our own")
        self.cluster.create()
        self.cluster.restore(BASE, _dump())
        self._link_filestore(os.environ["COBRANZA_BASE_DB"], BASE, _shared_data())
        self._write_configuration()
        self.emulator = Emulator(self)
        self.emulator.start()

    def close(self) -> None:
        """Stop everything that was started."""
        process.stop_all()
        if (self.cluster.data / "postmaster.pid").exists():
            with contextlib.suppress(Exception):
                self.cluster.stop("immediate")

    def remove(self, *, logs: bool) -> None:
        """Delete databases and attachments; the logs stay when they may say why."""
        for folder in (self.cluster.home, self.data):
            shutil.rmtree(folder, ignore_errors=True)
        if logs:
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- programs -----------------------------------------------------------------

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables of a child: our configuration and our server."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return {**kept, "ODOO_RC": str(self.folder / "odoo.conf"), **more}

    def start(
        self, name: str, command: list[Any], env: dict[str, str]
    ) -> tuple[subprocess.Popen, Path]:
        """Start a child with its output in a log, noted so that none is left over."""
        log = self.folder / f"{name}.log"
        child = process.start(command, env=env, log=log)
        with (self.folder / "children").open("a") as handle:
            handle.write(f"{child.pid} {psutil.Process(child.pid).create_time()}\n")
        return child, log

    def server(self, name: str, database: str, **options: Any) -> OdooServer:
        """Return an Odoo server, started and answering."""
        server = OdooServer(self, name, database, **options)
        server.start(_READY_SECONDS)
        return server

    # --- databases ----------------------------------------------------------------

    def create(self, database: str, *modules: str) -> None:
        """Make a database of the base with more modules installed."""
        self.copy(BASE, database)
        self.install(database, *modules)

    def install(self, database: str, *modules: str) -> None:
        """Install modules into a database."""
        options = ["-d", database, "-i", ",".join(modules), "--stop-after-init"]
        self._odoo(f"install-{database}", [*options, "--no-http", "--log-level=warn"])

    def copy(self, source: str, target: str) -> None:
        """Copy a database with its attachments."""
        self.cluster.copy(source, target)
        self._link_filestore(source, target, self.data)
        self._confirm_accounts(target)

    def _confirm_accounts(self, database: str) -> None:
        """Say what an administrator says of a copy that is to send: it is the real one.

        Without it every account of a copied database is on hold.
        """
        if self.cluster.value(database, "SELECT to_regclass('cobranza_account')"):
            self.cluster.run_sql(
                database,
                "UPDATE cobranza_account SET database_place = "
                "current_database() || substring(database_place FROM '@.*')",
            )

    def drop(self, database: str) -> None:
        """Remove a database with its attachments."""
        self.cluster.drop(database)
        shutil.rmtree(self.data / "filestore" / database, ignore_errors=True)

    def call(self, database: str, module: str, function: str, **arguments: Any) -> Any:
        """Run ``function(env, …)`` of a support module in an Odoo shell and commit.

        Arguments and result travel as JSON.
        """
        script = (
            f"import json, sys; sys.path.insert(0, {str(BENCH)!r})\n"
            f"from support import {module}\n"
            f"arguments = json.loads({json.dumps(arguments)!r})\n"
            f"result = {module}.{function}(env, **arguments)\n"
            "env.cr.commit()\n"
            f"print({_MARK!r} + json.dumps(result))\n"
        )
        options = ["shell", "-d", database, "--no-http", "--log-level=warn"]
        output = self._odoo(
            f"shell-{function}", [*options, "--shell-interface=python"], script
        )
        return json.loads(output.rpartition(_MARK)[2].splitlines()[0])

    def _odoo(self, name: str, arguments: list[Any], script: str = "") -> str:
        """Run Odoo to its end and return what it said; raise when it failed."""
        source = self.folder / f"{name}.py"
        source.write_text(script)
        command = [*self.odoo, *arguments]
        with source.open("rb") as handle:
            log = self.folder / f"{name}.log"
            child = process.start(
                command, env=self.environment(), log=log, stdin=handle
            )
            code = child.wait()
            process.stop(child)
        output = log.read_text(errors="replace")
        if code:
            raise RuntimeError(f"{name} failed:\n{output[-4000:]}")
        return output

    def now(self, database: str) -> float:
        """Return the database's moment, to compare moments of commits with."""
        return float(
            self.cluster.value(database, "SELECT EXTRACT(epoch FROM clock_timestamp())")
        )

    # --- crons --------------------------------------------------------------------

    def quiet_crons(self, database: str, *but: str) -> None:
        """Put off every scheduled action by a day, except those of the addon named."""
        self.cluster.run_sql(
            database,
            """
            UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'utc'
                   + CASE WHEN id IN (SELECT res_id FROM ir_model_data
                                       WHERE model = 'ir.cron' AND name = ANY(%s))
                          THEN INTERVAL '0' ELSE INTERVAL '1 day' END
            """,
            list(but),
        )
        self.cluster.run_sql(database, "DELETE FROM ir_cron_trigger")

    def activate(self, database: str, *names: str, active: bool = True) -> None:
        """Turn scheduled actions of the addon on, or off if they are not measured."""
        self.cluster.run_sql(
            database,
            "UPDATE ir_cron SET active = %s WHERE id IN (SELECT res_id FROM "
            "ir_model_data WHERE model = 'ir.cron' AND name = ANY(%s))",
            active,
            list(names),
        )

    def trigger(self, database: str, *names: str) -> None:
        """Ask for scheduled actions as ``ir.cron._trigger`` does."""
        self.cluster.run_sql(
            database,
            """
            INSERT INTO ir_cron_trigger (cron_id, call_at, create_date)
                 SELECT res_id, now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc'
                   FROM ir_model_data WHERE model = 'ir.cron' AND name = ANY(%s)
            """,
            list(names),
        )
        self.wake(database)

    def wake(self, database: str) -> None:
        """Let idle cron workers look now, not within a minute."""
        notify = "SELECT pg_notify('cron_trigger', %s)"
        self.cluster.rows("postgres", notify, database)

    # --- set-up -------------------------------------------------------------------

    def _write_configuration(self) -> None:
        """Take ./dev's configuration and put our server and our folders in.

        The addon is a copy: whoever edits the sources meanwhile disturbs nothing.
        """
        (self.folder / "odoo-bin").write_text(_LAUNCHER)
        shutil.copytree(paths.ADDON, self.folder / "addons" / ADDON)
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(os.environ["ODOO_RC"])
        known = parser["options"]["addons_path"].split(",")
        own = [str(self.folder / "addons")]
        parser["options"].update(
            addons_path=",".join(own + [p for p in known if p != str(paths.ROOT)]),
            data_dir=str(self.data),
            db_host="127.0.0.1",
            db_port=str(self.cluster.port),
            db_user=cluster.ODOO,
            db_password=self.cluster.password,
        )
        path = self.folder / "odoo.conf"
        path.touch(mode=0o600)
        with path.open("w") as handle:
            parser.write(handle)

    def add_addons(self, folder: Path) -> None:
        """Let databases of this measurement use the addons of a folder too."""
        parser = configparser.ConfigParser(interpolation=None)
        path = self.folder / "odoo.conf"
        parser.read(path)
        known = parser["options"]["addons_path"]
        parser["options"]["addons_path"] = f"{known},{folder}"
        with path.open("w") as handle:
            parser.write(handle)

    def _link_filestore(self, source: str, target: str, data: Path) -> None:
        origin = data / "filestore" / source
        goal = self.data / "filestore" / target
        goal.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            # Attachments never change: links to the same files do.
            shutil.copytree(origin, goal, copy_function=os.link)

    def port(self) -> int:
        """Return a port on which nothing listens."""
        self._last_port = free_port(getattr(self, "_last_port", 18100) + 1)
        return self._last_port


def _shared_data() -> Path:
    return Path(os.environ["COBRANZA_DATA_DIR"])


def _dump() -> Path:
    """Return the base database as a file; it is named after what is in it."""
    base = os.environ["COBRANZA_BASE_DB"]
    path = paths.CACHE / f"bench-{base}.dump"
    if not path.exists():
        say("base database: writing a copy that clusters are made from")
        for old in paths.CACHE.glob("bench-*.dump"):
            old.unlink()
        half = path.with_suffix(f".{os.getpid()}")
        pg_dump = postgres_binaries.find("pg_dump")
        run([pg_dump, "-Fc", "-Z1", "-f", half, base], "The base could not be copied")
        half.rename(path)
    return path


# --- cleaning up ------------------------------------------------------------------


def _sweep(root: Path) -> None:
    """Remove what a run left that could not clean up after itself."""
    for folder in root.iterdir() if root.is_dir() else ():
        owner = folder.name.rpartition("-")[2]
        if not owner.isdigit() or psutil.pid_exists(int(owner)):
            continue
        _end_children(folder)
        for home in cluster.homes(folder):
            _end_postgres(home)
            shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _end_children(folder: Path) -> None:
    """End the processes that a dead run had noted, if they are still the same."""
    noted = folder / "children"
    for line in noted.read_text().splitlines() if noted.exists() else ():
        pid, born = line.split()
        with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
            if abs(psutil.Process(int(pid)).create_time() - float(born)) < 0.1:
                os.killpg(int(pid), signal.SIGKILL)


def _end_postgres(home: Path) -> None:
    with contextlib.suppress(OSError, ValueError, psutil.Error, IndexError):
        pid = int((home / "data" / "postmaster.pid").read_text().split()[0])
        server = psutil.Process(pid)
        if str(home) in " ".join(server.cmdline()):
            server.send_signal(signal.SIGQUIT)
            server.wait(20)


@contextlib.contextmanager
def workspace(name: str, *, keep: bool = False) -> Iterator[Workspace]:
    """Give a workspace with cluster and emulator; stop and remove it at the end.

    When the measurement fails, its logs stay: they say why.
    """
    root = paths.DEV / "bench"
    _sweep(root)
    folder = root / f"{name}-{os.getpid()}"
    folder.mkdir(parents=True)
    made = Workspace(name, folder)
    failed = True
    try:
        with process.interrupts_as_exception():
            made.open()
            yield made
        failed = False
    finally:
        made.close()
        if keep or failed:
            say(f"logs: {folder}")
        if not keep:
            made.remove(logs=not failed)
