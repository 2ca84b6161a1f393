"""A real Odoo server with real cron workers, watched and ended by process id."""

import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from devtools import process

from .figures import say
from .waiting import until

if TYPE_CHECKING:
    from .workspace import Workspace

_ALIVE = re.compile(r"Worker WorkerCron \((\d+)\) alive")


class OdooServer:
    """One server on one database; ``crons`` is the number of its cron workers.

    ``workers`` 0 runs everything in threads of one process; more starts processes, of
    which each cron worker is one.
    """

    def __init__(
        self,
        workspace: "Workspace",
        name: str,
        database: str,
        *,
        crons: int = 1,
        workers: int = 0,
        options: tuple[str, ...] = (),
        env: dict[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self.workspace = workspace
        self.name = name
        self.port = port or workspace.port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [*workspace.odoo, "-d", database]
        # Without a filter: with one, Odoo lists the databases for every webhook.
        self._command += ["--http-port", str(self.port)]
        self._command += ["--max-cron-threads", str(crons)]
        self._command += ["--workers", str(workers), *options]
        if workers:
            self._command += ["--gevent-port", str(workspace.port())]
        self._env = workspace.environment(**(env or {}))
        self.log: Path = workspace.folder / f"{name}.log"
        self._child: Any = None

    @property
    def pid(self) -> int:
        return self._child.pid

    def start(self, seconds: float) -> None:
        """Start and wait for the login page: then the registry is loaded."""
        self._child, self.log = self.workspace.start(
            self.name, self._command, self._env
        )

        def is_ready() -> bool:
            self.check_alive()
            return process.is_answering(f"{self.url}/web/login")

        until(is_ready, f"{self.name} shows its login page", seconds, 0.2)

    def check_alive(self) -> None:
        """Raise if the server has ended by itself."""
        if not self.is_alive():
            text = self.log.read_text(errors="replace")
            raise RuntimeError(f"{self.name} has stopped:\n{text[-3000:]}")

    def is_alive(self) -> bool:
        """Tell whether the server is running."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Ask the server to end, and its whole group if it does not."""
        if self._child is not None:
            process.stop(self._child)

    def cron_pids(self) -> list[int]:
        """Return the living cron workers of a server with processes."""
        found = _ALIVE.findall(self.log.read_text(errors="replace"))
        return [pid for pid in map(int, found) if self._is_child(pid)]

    def _is_child(self, pid: int) -> bool:
        try:
            child = psutil.Process(pid)
            return child.ppid() == self.pid and child.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def kill_crons(self) -> list[int]:
        """End the cron workers at once, as a power cut would; return their ids."""
        pids = self.cron_pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return pids

    def peak_rss_mib(self) -> float:
        """Return the most memory that the server's process has held so far."""
        status = Path(f"/proc/{self.pid}/status")
        if status.exists():
            line = next(
                line
                for line in status.read_text().splitlines()
                if line.startswith("VmHWM")
            )
            return round(int(line.split()[1]) / 1024, 1)
        return round(psutil.Process(self.pid).memory_info().rss / 2**20, 1)

    def tell_errors(self, limit: int = 5) -> int:
        """Print the first errors that the server logged; return how many there are."""
        lines = self.log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if " ERROR " in line or " CRITICAL " in line]
        for line in errors[:limit]:
            say(f"{self.name}: {line[:300]}")
        return len(errors)
