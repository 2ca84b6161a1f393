"""The PostgreSQL server: the one that PGHOST names, else a cluster of our own."""

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devtools import postgres_binaries, stamps
from devtools.console import CancelledError, DevError, say
from devtools.paths import DEV, RUN
from devtools.process import free_port, is_port_free, run

STATE = DEV / "postgres.json"
OWNER = "cobranza"
_MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = user"
_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "shared_buffers": "'256MB'",
    "max_connections": "200",
    # Development data: speed is worth more than surviving a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Server:
    """How to reach the server; `own` tells whether it is ours to stop."""

    host: str
    port: str
    user: str
    password: str
    own: bool

    @property
    def variables(self) -> dict[str, str]:
        """Return what libpq, and so psql and Odoo, read from the environment."""
        named = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        return {key: value for key, value in named.items() if value}


def is_external() -> bool:
    """Tell whether the user named a server of his own."""
    return bool(os.environ.get("PGHOST"))


def external() -> Server:
    """Return the user's own server, once it is sure that Odoo can use it."""
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name
    if user == "postgres":
        raise DevError("Odoo refuses the user postgres: set PGUSER to another.")
    server = Server(
        os.environ["PGHOST"],
        os.environ.get("PGPORT", "5432"),
        user,
        os.environ.get("PGPASSWORD", ""),
        own=False,
    )
    may_create = query(server, _MAY_CREATE)
    if may_create != "t":
        raise DevError(
            f"The database user {user} may not create databases: ALTER ROLE {user} "
            "CREATEDB, or unset PGHOST."
        )
    return server


def query(server: Server, sql: str, database: str = "postgres") -> str:
    """Run one statement and return its bare output."""
    return run(
        [postgres_binaries.find("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        + ["-d", database, "-c", sql],
        f"PostgreSQL at {server.host}:{server.port} refused a statement or gave no "
        "answer: is it running, are PGUSER and PGPASSWORD right?",
        log="postgres-client.log",
        env={**os.environ, **server.variables},
    ).strip()


# --- our own cluster ---


def _server_user() -> str | None:
    """Return whom the server runs as: not root, because initdb refuses it."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise DevError("PostgreSQL does not run as root: add a user named postgres.")


def _as_user() -> dict:
    user = _server_user()
    if user is None:
        return {"cwd": "/"}
    entry = pwd.getpwnam(user)
    return {"user": user, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def _is_reachable(folder: Path) -> bool:
    try:
        run(["test", "-w", folder, "-a", "-x", folder], "unreachable", **_as_user())
    except CancelledError:
        raise
    except DevError:
        return False
    return True


def homes() -> tuple[Path, Path]:
    """Return where the data may be: in DEV, or where any user can reach them."""
    name = f"cobranza-postgres-{stamps.digest(DEV)}"
    return DEV / "postgres", Path(tempfile.gettempdir()) / name


def _make_home() -> Path:
    """Return a folder that the server's user can write to, in DEV if possible."""
    for home in homes():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if user := _server_user():
            shutil.chown(home, user, pwd.getpwnam(user).pw_gid)
        if _is_reachable(home):
            return home
        home.rmdir()
        say(f"PostgreSQL: {DEV} is closed to {user}, so the data go to {homes()[1]}")
    raise DevError(f"PostgreSQL has no room: {tempfile.gettempdir()} is closed.")


def _initialise() -> dict:
    say("PostgreSQL: creating a cluster")
    home = _make_home()
    binaries = postgres_binaries.for_server_in(home)
    password = secrets.token_hex(16)
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user := _server_user():
        shutil.chown(secret, user)
    shutil.rmtree(home / "data", ignore_errors=True)
    run(
        [binaries / "initdb", "-D", home / "data", "-U", OWNER, f"--pwfile={secret}"]
        + ["-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "--no-sync"],
        "PostgreSQL's cluster could not be created",
        **_as_user(),
    )
    secret.unlink()
    settings = "".join(f"{name} = {value}\n" for name, value in _SETTINGS.items())
    with (home / "data" / "postgresql.conf").open("a") as handle:
        handle.write(settings)
    state = {"home": str(home), "binaries": str(binaries), "password": password}
    _write_state(state)
    return state


def _write_state(state: dict) -> None:
    STATE.touch(mode=0o600)
    STATE.write_text(json.dumps(state))


def read_state() -> dict:
    """Return what is known of our cluster, empty if there is none."""
    state = json.loads(STATE.read_text()) if STATE.is_file() else {}
    return state if state and Path(state["home"], "data", "PG_VERSION").exists() else {}


def _control(state: dict, *arguments: str) -> None:
    run(
        [Path(state["binaries"]) / "pg_ctl", "-D", Path(state["home"]) / "data", "-w"]
        + list(arguments),
        f"PostgreSQL did not {arguments[-1]}: read {state['home']}/server.log",
        log="postgres.log",
        **_as_user(),
    )


def is_running(state: dict) -> bool:
    """Tell whether our server is up."""
    try:
        _control(state, "status")
    except CancelledError:
        raise  # it says nothing about the server
    except DevError:
        return False
    # The server itself knows best where it listens: line 4 of its lock file.
    lock = Path(state["home"]) / "data" / "postmaster.pid"
    state["port"] = int(lock.read_text().splitlines()[3])
    return True


def _demand_programs(state: dict) -> None:
    if not Path(state["binaries"], "pg_ctl").exists():
        raise DevError(
            f"The PostgreSQL in {state['binaries']} is gone: install it again, or "
            "start afresh with ./dev clean."
        )


def _start(state: dict) -> None:
    port = state.get("port")
    if not port or not is_port_free(port):
        state["port"] = free_port(5440)
        _write_state(state)
    log = Path(state["home"]) / "server.log"
    _control(state, "-l", str(log), "-o", f"-p {state['port']}", "start")


def stop() -> None:
    """Stop our server, if it is ours and up."""
    if (state := read_state()) and is_running(state):
        _control(state, "-m", "fast", "stop")


def _lease():
    """Count as a user of the server until this process, or what it becomes, ends."""
    handle = (RUN / "postgres.lease").open("w")
    fcntl.flock(handle, fcntl.LOCK_SH)
    os.set_inheritable(handle.fileno(), True)
    return handle


class Lease:
    """Keep the server up while in use. With until_end, stop it then if started here."""

    def __init__(self, *, until_end: bool):
        self.until_end = until_end
        self.started = False
        self._handle = None

    def acquire(self) -> Server:
        """Start the server if it is down and return how to reach it."""
        if is_external():
            return external()
        with stamps.exclusive("postgres"):
            state = read_state() or _initialise()
            _demand_programs(state)
            self._handle = _lease()
            if not is_running(state):
                self.started = True
                (RUN / "postgres.keep").unlink(missing_ok=True)
                _start(state)
                say(f"PostgreSQL: running on port {state['port']}")
            if not self.until_end:
                (RUN / "postgres.keep").touch()
        return Server(
            "127.0.0.1", str(state["port"]), OWNER, state["password"], own=True
        )

    def release(self, *, failed: bool = False) -> None:
        """Stop the server if this command started it and nobody else uses it.

        Without until_end it stays up for the next command, unless this one failed.
        """
        kept = (RUN / "postgres.keep").exists() or not self.until_end
        if not self.started or (kept and not failed):
            return
        with stamps.exclusive("postgres"), (RUN / "postgres.lease").open("w") as probe:
            self._handle.close()
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop()
