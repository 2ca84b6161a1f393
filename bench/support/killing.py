"""Kill cron workers while requests are in flight, and restart their database."""

import random
import time
from typing import TYPE_CHECKING, Any

from .figures import say
from .waiting import NotInTime, until

if TYPE_CHECKING:
    from .odoo_server import OdooServer
    from .workspace import Workspace

# A kill counts as one in flight if a request arrived at most so long before it.
IN_FLIGHT_SECONDS = 0.2
LATEST_SECONDS = 0.15
_SLOWEST_SECONDS = 120  # for the next messages to go out
_PAUSE_SECONDS = 0.02
# Kills are spread over this share of the messages; the rest goes out in peace.
_SHARE = 0.9


class Killer:
    """Spreads kills and restarts evenly over the messages that go out."""

    def __init__(
        self,
        space: "Workspace",
        server: "OdooServer",
        wanted: Any,
        mark: int,
        rng: random.Random,
    ) -> None:
        self._space = space
        self._server = server
        self._wanted = wanted
        self._mark = mark
        self._rng = rng
        self._seen = mark
        self.kills: list[float] = []
        self.in_flight = 0
        self.restarts = 0

    def execute(self) -> None:
        """Kill as often as wanted; PostgreSQL is restarted in between."""
        every = max(1, self._wanted.kills // (self._wanted.restarts + 1))
        for number in range(1, self._wanted.kills + 1):
            step = self._wanted.messages * _SHARE / self._wanted.kills
            self._wait_for_request(int((number - 1) * step))
            time.sleep(self._rng.uniform(0, LATEST_SECONDS))
            self._kill(number)
            if number % every == 0 and self.restarts < self._wanted.restarts:
                self._restart()

    def figures(self) -> dict[str, Any]:
        """Return what was done."""
        return {
            "kills": len(self.kills),
            "kills_in_flight": self.in_flight,
            "restarts": self.restarts,
        }

    def _wait_for_request(self, accepted: int) -> None:
        """Wait until so many messages are accepted and then a new request arrives."""
        emulator = self._space.emulator
        until(
            lambda: emulator.count(self._mark) >= accepted,
            f"{accepted} messages are accepted",
            _SLOWEST_SECONDS,
        )
        self._new_requests()
        try:
            until(self._new_requests, "a request", _SLOWEST_SECONDS, _PAUSE_SECONDS)
        except NotInTime:
            say("no request came: killing an idle worker")

    def _new_requests(self) -> list[dict[str, Any]]:
        """Return the messages that were posted since this was last asked."""
        rows = self._space.emulator.get("requests", since=self._seen)["requests"]
        if rows:
            self._seen = rows[-1]["seq"]
        return [row for row in rows if row["operation"] == "messages"]

    def _kill(self, number: int) -> None:
        """Kill every cron worker, and look what was in flight."""
        until(self._server.cron_pids, "a cron worker lives", _SLOWEST_SECONDS, 0.05)
        before = self._seen
        moment = time.time()
        killed = self._server.kill_crons()
        rows = self._space.emulator.get("requests", since=before - 1000)["requests"]
        young = [
            row
            for row in rows
            if row["operation"] == "messages"
            and moment - IN_FLIGHT_SECONDS <= row["at"] <= moment
        ]
        self.kills.append(moment)
        self.in_flight += bool(young)
        say(f"kill {number}: workers {killed}, {len(young)} requests in flight")

    def _restart(self) -> None:
        """Restart PostgreSQL, in turns by a crash and by an orderly stop."""
        mode = "fast" if self.restarts % 2 else "immediate"
        say(f"PostgreSQL: restarting ({mode})")
        self._space.cluster.restart(mode)
        self.restarts += 1
