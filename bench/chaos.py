"""Never twice, never lost: the sender is killed again and again while it sends.

A real Odoo server with processes: the cron workers are killed with SIGKILL while
requests are in flight, PostgreSQL is restarted, and the emulator accepts messages and
then stays silent, resets the connection, answers with an HTML error, or refuses with
429. In the end the emulator's ledger is compared with what was to be sent, one message
for each customer, company, currency and stage (each customer here has one of each).

What a person does is done here as a person would: a message that stays uncertain and
that no telephone shows is sent again by its button (``asked_person`` counts them);
``uncertain_left`` is what stays uncertain although the provider has it, or for ever.
Waiting times are cut short by moving dates, never by touching a state.
"""

import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from support import outgoing
from support.figures import finish, parser, say
from support.killing import Killer
from support.settling import settle
from support.waiting import NotInTime
from support.workspace import Workspace, workspace

DATABASE = outgoing.DATABASE
BOUNDS = {
    "sent_twice": (("==", 0),),
    "lost": (("==", 0),),
    "stuck": (("==", 0),),
    "uncertain_left": (("==", 0),),
    "violations": (("==", 0),),
}
# Of the kills, this share must come within 200 ms of a request in flight (40 of 50).
IN_FLIGHT_SHARE = 0.8
SHORT = {"messages": 200, "kills": 5, "restarts": 1}
LONG = {"messages": 10_000, "kills": 300, "restarts": 3}
LATENCY_MS = 200
# Of all requests; none of the first three says whether the message was accepted.
FAULTS = {
    "timeout_after_accept": 0.03,
    "reset_after_accept": 0.03,
    "html_500_after_accept": 0.03,
    "rate_limited": 0.05,
}
TIMEOUT_SECONDS = 3
CRASH_MINUTES = 1
WAKE_SECONDS = 0.5
READY_SECONDS = 60


def options() -> Any:
    """Read the command line; --short and --long choose the sizes."""
    made = parser(__doc__)
    made.add_argument("--messages", type=int, default=2000)
    made.add_argument("--kills", type=int, default=50)
    made.add_argument("--restarts", type=int, default=3, help="of PostgreSQL")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--rate", type=int, default=80, help="limit of the account")
    made.add_argument("--short", action="store_true", help="for the test suite")
    made.add_argument("--long", action="store_true", help="for a night")
    wanted = made.parse_args()
    for chosen, sizes in ((wanted.short, SHORT), (wanted.long, LONG)):
        if chosen:
            vars(wanted).update(sizes)
    return wanted


class Supervisor(threading.Thread):
    """Keeps the server running, as an init system does, and wakes its cron workers.

    Odoo's own main process ends when it loses its database. A new cron worker would
    wait up to a minute before it looks for work.
    """

    def __init__(self, space: Workspace, server: Any) -> None:
        super().__init__(daemon=True)
        self._space = space
        self._server = server
        self._end = threading.Event()

    def run(self) -> None:
        """Look every half second until the end."""
        while not self._end.wait(WAKE_SECONDS):
            try:
                if not self._server.is_alive():
                    say("the server has ended: starting it again")
                    self._server.start(READY_SECONDS)
                self._space.wake(DATABASE)
            except Exception:  # noqa: S112 (PostgreSQL is being restarted)
                continue

    def stop(self) -> None:
        """End and wait for the end."""
        self._end.set()
        self.join()


def measure(space: Workspace, wanted: Any) -> dict[str, Any]:
    """Send under fire, let everything settle, and count."""
    pattern = outgoing.prepare(
        space,
        wanted.messages,
        webhooks=True,
        timeout_seconds=str(TIMEOUT_SECONDS),
        crash_minutes=str(CRASH_MINUTES),
    )
    emulator = space.emulator
    outgoing.limit(space, DATABASE, wanted.rate)
    emulator.post("latency", ms=LATENCY_MS)
    mark = emulator.mark()
    for kind, probability in FAULTS.items():
        emulator.post(
            "faults",
            kind=kind,
            operation="messages",
            probability=probability,
            seed=wanted.seed,
        )
    space.activate(DATABASE, *outgoing.LANES)
    space.quiet_crons(DATABASE, *outgoing.LANES)
    server = space.server("sender", DATABASE, workers=1, crons=2, port=pattern["port"])
    supervisor = Supervisor(space, server)
    supervisor.start()
    rng = random.Random(wanted.seed)  # noqa: S311 (repeatable, not secret)
    killer = Killer(space, server, wanted, mark, rng)
    try:
        killer.execute()
        asked = settle(space, DATABASE, mark, wanted.messages)
    except NotInTime as error:
        say(f"gave up: {error}")
        asked = 0
    supervisor.stop()
    server.tell_errors(3)
    server.stop()
    return {**killer.figures(), "asked_person": asked, **count(space, wanted, mark)}


def count(space: Workspace, wanted: Any, mark: int) -> dict[str, Any]:
    """Compare the ledger with what was to be sent, and look at what is left."""
    rows = space.emulator.accepted(mark)
    phones = {row["phone"] for row in rows}
    states = dict(
        space.cluster.rows(
            DATABASE, "SELECT state, COUNT(*) FROM cobranza_message GROUP BY state"
        )
    )
    say(f"states: {states}")
    faults = space.emulator.get("faults")["faults"]
    return {
        "messages": wanted.messages,
        "accepted": len(rows),
        "sent_twice": len(rows) - len(phones),
        "lost": wanted.messages - len(phones),
        "stuck": states.get("queued", 0) + states.get("sending", 0),
        "uncertain_left": states.get("uncertain", 0),
        "states": states,
        "faults": {fault["kind"]: fault["hits"] for fault in faults},
        "violations": len(space.emulator.violations()),
    }


def main() -> int:
    """Measure, print, compare with the bounds."""
    wanted = options()
    began = time.monotonic()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        figures = measure(space, wanted)
    figures["minutes"] = round((time.monotonic() - began) / 60, 1)
    bounds = {
        **BOUNDS,
        "kills": ((">=", wanted.kills),),
        "kills_in_flight": ((">=", int(wanted.kills * IN_FLIGHT_SHARE)),),
        "restarts": ((">=", wanted.restarts),),
    }
    return finish(figures, bounds, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
