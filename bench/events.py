"""What becomes of thousands of webhook events: unordered, repeated, unknown, broken.

Messages are really sent first. Then their events are posted, signed, to the real route
by several clients in batches as Meta does: once in order to one database, once
shuffled, with repetitions, strangers and malformed ones among them, to a copy. The
scheduled action applies them while nothing is posted; its rate counts different
events, not repetitions. In the end every message must be in the same state in both,
and every unknown or malformed event must be listed with its reason.
"""

import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

import requests
from support import outgoing, webhook_events
from support.figures import finish, parser, say
from support.waiting import NotInTime, until
from support.webhook_events import Message
from support.workspace import Workspace, workspace

BOUNDS = {
    "events_per_second": ((">=", 300.0),),
    "ingest_ms_median": (("<", 20.0),),
    "wrong_states": (("==", 0),),
    "unlisted": (("==", 0),),
    "refused": (("==", 0),),
    "left_pending": (("==", 0),),
}
# What is left of the events when repetitions, unknown and malformed are taken off.
DIFFERENT_SHARE = 0.64
STEPS_PER_MESSAGE = 2.4  # less than the scripts' mean: there must be enough messages
SLOWEST_PER_SECOND = 60  # the run is given up when it is slower
HTTP_WORKERS = 2
APPLY = "ir_cron_apply"


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--events", type=int, default=20_000)
    # More than the processes that answer would only wait for each other.
    made.add_argument("--clients", type=int, default=HTTP_WORKERS)
    made.add_argument("--seed", type=int, default=1)
    return made.parse_args()


def send(space: Workspace, messages: int) -> list[Message]:
    """Send real messages; the database is then copied by each run."""
    outgoing.prepare(space, messages, webhooks=False)
    database = outgoing.DATABASE
    say("sending the messages that the events are about")
    server = space.server("sender", database)
    space.trigger(database, "ir_cron_send")
    with space.cluster.connect(database) as cursor:

        def is_sent() -> bool:
            cursor.execute(
                "SELECT COUNT(*) = %s FROM cobranza_message WHERE state = 'sent'",
                [messages],
            )
            space.trigger(database, "ir_cron_send")
            return cursor.fetchone()[0]

        until(is_sent, "all messages are sent", 60 + messages / 10, 1)
    server.stop()
    space.quiet_crons(database)
    return [
        Message(row["id"], row["uuid"], row["to"].lstrip("+"))
        for row in space.emulator.accepted()
    ]


class Client(threading.Thread):
    """Posts batches one after the other, and notes how long each took."""

    def __init__(self, url: str, batches: Any, lock: threading.Lock) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._batches = batches
        self._lock = lock
        self.milliseconds: list[float] = []
        self.refused = 0

    def run(self) -> None:
        """Take batches until there are none."""
        session = requests.Session()
        while True:
            with self._lock:
                batch = next(self._batches, None)
            if batch is None:
                return
            body, headers = batch
            began = time.perf_counter()
            answer = session.post(self._url, data=body, headers=headers, timeout=60)
            self.milliseconds.append(1000 * (time.perf_counter() - began))
            self.refused += answer.status_code != 200


class Run:
    """One database that gets events and applies them through its cron."""

    def __init__(self, space: Workspace, database: str, wanted: Any) -> None:
        self.space = space
        self.database = database
        self.wanted = wanted
        space.copy(outgoing.DATABASE, database)
        space.activate(database, APPLY, active=False)
        # As in production: several processes answer, another one runs the crons.
        self.server = space.server(database, database, workers=HTTP_WORKERS)
        self.token = space.cluster.value(
            database, "SELECT webhook_token FROM cobranza_account LIMIT 1"
        )

    def post(self, events: list[Any], clients: int) -> dict[str, Any]:
        """Post all events; return how long one post took."""
        url = f"{self.server.url}/cobranza/webhook/{self.token}"
        batches = webhook_events.batches(events, self.wanted.seed)
        lock = threading.Lock()
        crew = [Client(url, batches, lock) for _ in range(clients)]
        began = time.monotonic()
        for client in crew:
            client.start()
        for client in crew:
            client.join()
        spent = [one for client in crew for one in client.milliseconds]
        return {
            "posts": len(spent),
            "posted_per_second": round(len(events) / (time.monotonic() - began), 1),
            "ingest_ms_median": round(statistics.median(spent), 2),
            "ingest_ms_p95": round(statistics.quantiles(spent, n=20)[-1], 2),
            "refused": sum(client.refused for client in crew),
        }

    def apply(self) -> dict[str, Any]:
        """Let the cron apply what is there; return its rate."""
        strangers = f"payload LIKE '%%{webhook_events.UNKNOWN_MARK}%%'"
        pending = "SELECT COUNT(*) FROM cobranza_event WHERE state = 'pending'"
        [(waiting, known)] = self._rows(
            f"SELECT COUNT(*), COUNT(*) FILTER (WHERE NOT {strangers}) "
            "FROM cobranza_event WHERE state = 'pending'"
        )
        self.space.activate(self.database, APPLY)
        begin = self.space.now(self.database)
        self.space.trigger(self.database, APPLY)
        left = self._wait(f"{pending} AND NOT {strangers}", known)
        [(end,)] = self._rows(
            "SELECT EXTRACT(epoch FROM MAX(pg_xact_commit_timestamp(xmin))) "
            "FROM cobranza_event WHERE state <> 'pending'"
        )
        seconds = float(end) - begin
        return {
            "stored": waiting,
            "events_per_second": round((known - left) / seconds, 1),
            "apply_seconds": round(seconds, 2),
            "left_pending": left,
        }

    def _wait(self, query: str, count: int) -> int:
        """Wait until a count is 0; return what is left when the time is over."""
        left = [count]

        def is_done() -> bool:
            self.server.check_alive()
            [(left[0],)] = self._rows(query)
            return left[0] == 0

        try:
            until(is_done, "all events are applied", 60 + count / SLOWEST_PER_SECOND)
        except NotInTime as error:
            say(f"{error}: {left[0]} pending")
        return left[0]

    def list_strangers(self) -> None:
        """Let the time pass after which an unknown event belongs to no message."""
        self.space.cluster.run_sql(
            self.database,
            "UPDATE cobranza_event SET received_at = received_at - INTERVAL '1 day' "
            "WHERE state = 'pending'",
        )
        self.space.trigger(self.database, APPLY)
        query = "SELECT COUNT(*) FROM cobranza_event WHERE state = 'pending'"
        self._wait(query, self._rows(query)[0][0])

    def listed(self) -> int:
        """Return how many events are shown as unknown or malformed, with a reason."""
        return self._rows(
            "SELECT COUNT(*) FROM cobranza_event WHERE reason IS NOT NULL "
            "AND state IN ('unknown', 'malformed')"
        )[0][0]

    def states(self) -> dict[str, str]:
        """Return the state of each message by its uuid."""
        return dict(self._rows("SELECT uuid, state FROM cobranza_message"))

    def close(self) -> None:
        """Stop the server, tell its errors."""
        self.server.tell_errors()
        self.server.stop()

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.space.cluster.rows(self.database, query.replace("%%", "%"))


def measure(space: Workspace, wanted: Any) -> dict[str, Any]:
    """Do the ordered run and the disturbed one, and compare."""
    different = round(wanted.events * DIFFERENT_SHARE)
    messages = send(space, round(different / STEPS_PER_MESSAGE))
    ordered = webhook_events.history(messages, different, wanted.seed)
    say(f"ordered: {len(ordered)} events of {len(messages)} messages")
    run = Run(space, "events_ordered", wanted)
    say(f"ordered: {run.post(ordered, 1)}")
    say(f"ordered: {run.apply()}")
    right = run.states()
    run.close()
    events, strangers, wrong = webhook_events.disturbed(
        ordered, wanted.events, wanted.seed
    )
    say(f"disturbed: {len(events)} events, {strangers} unknown, {wrong} malformed")
    run = Run(space, "events_disturbed", wanted)
    figures = {"events": len(events), **run.post(events, wanted.clients), **run.apply()}
    run.list_strangers()
    found = run.states()
    expected = webhook_events.final_states(messages, ordered)
    figures["wrong_states"] = sum(
        not (found[uuid] == right[uuid] == state) for uuid, state in expected.items()
    )
    figures["unlisted"] = strangers + wrong - run.listed()
    run.close()
    return figures


def main() -> int:
    """Measure, print, compare with the bounds."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        figures = measure(space, wanted)
    return finish(figures, BOUNDS, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
