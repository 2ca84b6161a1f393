"""The emulator of the providers as a process, and what its control interface tells."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from .waiting import until

if TYPE_CHECKING:
    from .workspace import Workspace

_READY = re.compile(r"ready on (http://\S+)")
_PAGE = 2000
_TIMEOUT_SECONDS = 60


class Emulator:
    """Stands in for Meta and Twilio on 127.0.0.1; its ledger is the truth."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._session = requests.Session()
        self.url = ""

    def start(self) -> None:
        """Start and wait for the line that tells the address."""
        command = [self._workspace.python, "-m", "emulator", "--port", "0"]
        child, log = self._workspace.start("emulator", command, dict(os.environ))

        def address() -> str:
            if child.poll() is not None:
                raise RuntimeError(f"the emulator has stopped: {_tail(log)}")
            found = _READY.search(log.read_text(errors="replace"))
            return found[1] if found else ""

        self.url = until(address, "the emulator is ready", 60)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Return what the control interface tells."""
        answer = self._session.get(
            f"{self.url}/control/{path}", params=query, timeout=_TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Tell the control interface something."""
        answer = self._session.post(
            f"{self.url}/control/{path}", json=body, timeout=_TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        return answer.json()

    def delete(self, path: str) -> None:
        """Remove what a path of the control interface holds."""
        self._session.delete(
            f"{self.url}/control/{path}", timeout=_TIMEOUT_SECONDS
        ).raise_for_status()

    # --- ledger -------------------------------------------------------------------

    def mark(self) -> int:
        """Return a number that all requests and messages so far are not above."""
        rows = self.get("requests", since=0)["requests"]
        wanted = {"direction": "any", "limit": 1}
        count = self.get("ledger", **wanted)["count"]
        last = self.get("ledger", **wanted, offset=max(0, count - 1))["messages"]
        return max([row["seq"] for row in (*rows[-1:], *last)], default=0)

    def count(self, since: int = 0, **wanted: Any) -> int:
        """Return how many messages the providers accepted since a mark."""
        return self.get("ledger", since=since, format="count", **wanted)["count"]

    def accepted(self, since: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        """Return the accepted messages since a mark, in order."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.get(
                "ledger", since=since, limit=_PAGE, offset=len(rows), **wanted
            )
            rows += page["messages"]
            if len(rows) >= page["count"] or not page["messages"]:
                return sorted(rows, key=lambda row: row["accepted_at"])

    def requests(self, since: int = 0, operation: str = "messages") -> list[dict]:
        """Return the requests of one kind since a mark."""
        rows = self.get("requests", since=since)["requests"]
        return [row for row in rows if row["operation"] == operation]

    def violations(self) -> list[dict[str, Any]]:
        """Return the requests that broke the provider's own description."""
        return self.get("violations")["violations"]


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
