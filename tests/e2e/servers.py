"""The real programs of these tests: started, watched and ended by process id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests

ROOT = Path(__file__).resolve().parents[2]
E2E = Path(__file__).resolve().parent
STOP_SECONDS = 15
READY_SECONDS = 90
SET_UP_SECONDS = 180
LOG_LINES = 80

Found = TypeVar("Found")


# Checkouts that share one database server each have databases of their own.
CHECKOUT = os.environ.get("COBRANZA_CHECKOUT", "alone")


@dataclass(frozen=True)
class Settings:
    """What `./dev test e2e` tells by environment variables."""

    python: str
    base_database: str
    data_dir: Path
    chromium: str
    wkhtmltopdf: str
    screenshots: Path

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the variables; a missing one is an error, never a skip."""

        def named(name: str) -> str:
            value = os.environ.get(f"COBRANZA_{name}")
            if not value:
                raise LookupError(f"COBRANZA_{name} is not set: run ./dev test e2e")
            return value

        return cls(
            python=named("PYTHON"),
            base_database=named("BASE_DB"),
            data_dir=Path(named("DATA_DIR")),
            chromium=named("CHROMIUM"),
            wkhtmltopdf=named("WKHTMLTOPDF"),
            screenshots=Path(named("SCREENSHOTS")),
        )


def until(
    check: Callable[[], Found],
    what: str | Callable[[], str],
    seconds: float = 30,
    pause_seconds: float = 0.1,
) -> Found:
    """Return what ``check`` returns once it is true; fail after ``seconds``.

    ``what`` names what was waited for; a function can tell what came instead.
    """
    end = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > end:
            missing = what if isinstance(what, str) else what()
            raise AssertionError(f"not within {seconds:.0f} s: {missing}")
        time.sleep(pause_seconds)
    return found


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A child process with its output in a file, which failures show the end of.

    It stays in the group of pytest, so that whoever ends that whole group ends it too.
    """

    def __init__(
        self, name: str, command: list[Any], env: dict[str, str], folder: Path
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = [str(part) for part in command]
        self._env = env
        self._child: subprocess.Popen[bytes] | None = None
        self._before = ""

    def start(self) -> None:
        """Start the process; its output is added to the log."""
        self._before = self.text()
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                self._command,
                env=self._env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def check_alive(self) -> None:
        """Raise if the process has ended by itself."""
        if self._child is None or self._child.poll() is not None:
            raise AssertionError(f"{self.name} has stopped:\n{self.tail()}")

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        assert self._child is not None
        os.kill(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def stop(self) -> None:
        """Ask the process to end; insist if it does not."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def text(self) -> str:
        """Return all that the process has written so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def own_text(self) -> str:
        """Return what it has written since the last start."""
        return self.text()[len(self._before) :]

    def tail(self, lines: int = LOG_LINES) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.text().splitlines()[-lines:])


class Emulator(Program):
    """The stand-in for Meta and Twilio; ``url`` is known once it is ready."""

    def __init__(
        self, settings: Settings, folder: Path, name: str = "emulator"
    ) -> None:
        command = [settings.python, "-m", "emulator", "--port", "0"]
        super().__init__(name, command, dict(os.environ), folder)
        self.url = ""
        self._violations_told = 0

    def start(self) -> None:
        """Start and wait for the line that tells the address."""
        super().start()

        def address() -> str:
            self.check_alive()
            return self.own_text().partition("ready on ")[2].strip()

        self.url = until(address, "the emulator is ready", READY_SECONDS)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Return what the control interface tells."""
        answer = requests.get(f"{self.url}/control/{path}", params=query, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Tell the control interface something."""
        answer = requests.post(f"{self.url}/control/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def sent(self, **query: Any) -> list[dict[str, Any]]:
        """Return the accepted messages of the business, oldest first."""
        rows = self.get("ledger", **query)["messages"]
        return sorted(rows, key=lambda row: row["seq"])

    def violations(self) -> list[dict[str, Any]]:
        """Return the requests that broke the provider's own description."""
        return self.get("violations")["violations"]

    def new_violations(self) -> list[dict[str, Any]]:
        """Return the violations since the last call of this method."""
        found = self.violations()
        fresh, self._violations_told = found[self._violations_told :], len(found)
        return fresh


class Renders:
    """A wkhtmltopdf that keeps the page of every document it is asked to print.

    Stands first in the server's PATH and runs the real one, so that a test can count
    the processes of each invoice. Asking for the version prints nothing.
    """

    _SCRIPT = """#!/bin/sh
case "$*" in
*report.body*)
    print=$(mktemp -d "{folder}/print.XXXXXX")
    for argument; do
        case "$argument" in *report.body*) cp "$argument" "$print" ;; esac
    done ;;
esac
exec "{real}" "$@"
"""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.bin = folder / "bin"
        self._prints = folder / "prints"
        self.bin.mkdir()
        self._prints.mkdir()
        wrapper = self.bin / "wkhtmltopdf"
        wrapper.write_text(
            self._SCRIPT.format(folder=self._prints, real=settings.wkhtmltopdf)
        )
        wrapper.chmod(0o755)

    def count(self, invoice: str) -> int:
        """Return how many processes printed the invoice with this number."""
        return sum(
            any(invoice in page.read_text() for page in one.iterdir())
            for one in self._prints.iterdir()
        )


class OdooServer(Program):
    """A threaded Odoo with real cron threads, on a database of its own."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        database: str,
        emulator_url: str,
        renders: Renders,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = folder / "data"
        self._odoo = [settings.python, "-m", "odoo"]
        self._options = ["-d", database, "--data-dir", self.data_dir]
        path = os.pathsep.join([str(renders.bin), os.environ.get("PATH", os.defpath)])
        env = {
            **os.environ,
            "PATH": path,
            "COBRANZA_ODOO_URL": self.url,
            "COBRANZA_EMULATOR_URL": emulator_url,
        }
        command = [*self._odoo, *self._options, f"--db-filter=^{database}$"]
        command += ["--http-port", self.port, "--max-cron-threads", 2]
        super().__init__("odoo", command, env, folder)
        self._characters_read = 0

    def install(self) -> None:
        """Install the addon into the database and fill it."""
        install = ["-i", "cobranza_whatsapp", "--stop-after-init", "--no-http"]
        self._run([*self._options, *install, "--log-level=warn"], "")
        script = f"import sys; sys.path.insert(0, {str(E2E)!r})\n"
        script += "import seed; seed.main(env)\n"
        shell = ["--no-http", "--log-level=warn", "--shell-interface=python"]
        self._run(["shell", *self._options, *shell], script)

    def _run(self, arguments: list[Any], script: str) -> None:
        done = subprocess.run(
            [str(part) for part in (*self._odoo, *arguments)],
            env=self._env,
            cwd=ROOT,
            input=script.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SET_UP_SECONDS,
            check=False,
        )
        with self.log.open("ab") as log:
            log.write(done.stdout)
        if done.returncode:
            raise AssertionError(f"setting up Odoo failed:\n{self.tail()}")

    def start(self) -> None:
        """Start and wait until the login page comes."""
        super().start()

        def is_ready() -> bool:
            self.check_alive()
            try:
                return requests.get(f"{self.url}/web/login", timeout=30).ok
            except requests.ConnectionError:
                return False

        until(is_ready, "Odoo shows its login page", READY_SECONDS)

    def new_errors(self) -> list[str]:
        """Return what the server logged as errors since the last call of this method.

        Without what is not ours: queries that PostgreSQL refused (Odoo repeats the
        transaction; what it does not get over is logged again), and a script that
        Debian's package of Odoo leaves out.
        """
        text = self.text()
        fresh, self._characters_read = text[self._characters_read :], len(text)
        harmless = ("odoo.sql_db: bad query", "selfie_segmentation")
        marks = (" ERROR ", " CRITICAL ", "Traceback (most recent call last)")
        return [
            line
            for line in fresh.splitlines()
            if any(mark in line for mark in marks)
            and not any(mark in line for mark in harmless)
        ]
