"""How fast messages leave: one cron worker, then a limited account, then two lanes.

Real Odoo servers with real cron workers send to the emulator, which takes 200 ms for
each answer. PDFs are attached and uploaded before, the contact policy is always open.
The time runs from the first request at the provider until all are accepted and both
notes and the notification of each message can be read in the database. In the same
run Odoo's own queue (`sms_twilio`) sends to the same emulator, for the ratio.

Queries are counted by pg_stat_statements: all that Odoo's role executes in the
database meanwhile, without what only begins or ends a transaction.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from support import BENCH, odoo_sms, outgoing, profiling
from support.figures import finish, parser, say
from support.waiting import NotInTime, until
from support.workspace import Workspace, workspace

LIMIT = 80
# (limit of the account, server processes with a lane each) → ending of the keys
RUNS = {(0, 1): "", (LIMIT, 1): "_at_80", (LIMIT, 2): "_two_lanes"}
BOUNDS = {
    "messages_per_second": ((">=", 120.0),),
    "queries_per_message": (("<=", 2.0),),
    "seconds": ((">=", 10.0),),
    "sent_twice": (("==", 0),),
    "lost": (("==", 0),),
    "messages_per_second_at_80": ((">=", 78.0), ("<=", 80.0)),
    "rejected_at_80": (("==", 0),),
    "messages_per_second_two_lanes": ((">=", 78.0), ("<=", 80.0)),
    "rejected_two_lanes": (("==", 0),),
    "ratio_to_odoo_sms": ((">=", 24.0),),
    "violations": (("==", 0),),
}
SLOWEST_PER_SECOND = 8  # the run is given up when it is slower
NOTES_PER_MESSAGE = 2
PERIOD_SECONDS = 5
# When the last note or notification was committed: from then on others can read it.
LAST_NOTE = """
    SELECT EXTRACT(epoch FROM MAX(pg_xact_commit_timestamp(rows.xmin)))
      FROM (SELECT xmin FROM mail_message WHERE cobranza_message_id IS NOT NULL
             UNION ALL
            SELECT xmin FROM mail_notification WHERE notification_type = 'cobranza'
           ) rows
"""


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--messages", type=int, default=5000)
    made.add_argument("--latency-ms", type=float, default=200)
    made.add_argument(
        "--rate", type=int, choices=(0, LIMIT), help="only the run with this limit"
    )
    made.add_argument("--lanes", type=int, choices=(1, 2), help="only with so many")
    made.add_argument("--odoo-messages", type=int, default=200)
    made.add_argument(
        "--webhooks", action="store_true", help="deliver the statuses meanwhile"
    )
    made.add_argument(
        "--profile", action="store_true", help="print where the time goes; slower"
    )
    return made.parse_args()


class Run:
    """One measured sending of all messages of a copy of the pattern."""

    def __init__(
        self, space: Workspace, pattern: dict[str, Any], wanted: Any, rate: int
    ) -> None:
        self.space = space
        self.pattern = pattern
        self.wanted = wanted
        self.rate = rate
        self.database = ""
        self.mark = space.emulator.mark()
        self.profiles = space.folder / "profiles"

    def execute(self, lanes: int) -> dict[str, Any]:
        """Send with so many server processes, one lane each; return the figures."""
        space = self.space
        self.database = f"send_{self.rate}_{lanes}"
        say(f"sending: limit {self.rate or 'none'}, {lanes} server(s)")
        space.copy(outgoing.DATABASE, self.database)
        outgoing.limit(space, self.database, self.rate)
        servers = [self._server(number) for number in range(lanes)]
        lane_crons = outgoing.LANES[:lanes]
        space.activate(self.database, *lane_crons)
        space.quiet_crons(self.database, *lane_crons)
        space.cluster.reset_counts(self.database)
        space.wake(self.database)
        self._wait(servers)
        figures = self._figures()
        for server in servers:
            server.tell_errors()
            server.stop()
        if self.wanted.profile:
            print(space.cluster.top_statements(self.database))
            print(profiling.report(self.profiles))
        space.drop(self.database)
        return figures

    def _server(self, number: int) -> Any:
        profiled = profiling.options(self.profiles) if self.wanted.profile else {}
        return self.space.server(
            f"{self.database}_{number}",
            self.database,
            # The address that webhooks are delivered to.
            port=None if number else self.pattern["port"],
            **profiled,
        )

    def _wait(self, servers: list[Any]) -> None:
        """Wait until every message is sent, noted and accepted."""
        wanted = self.wanted.messages
        query = f"""
            SELECT (SELECT COUNT(*) FROM mail_message
                     WHERE cobranza_message_id IS NOT NULL)
                   >= {NOTES_PER_MESSAGE * wanted}
               AND (SELECT COUNT(*) FROM mail_notification
                     WHERE notification_type = 'cobranza') >= {wanted}
               AND NOT EXISTS (SELECT 1 FROM cobranza_message
                                WHERE state IN ('queued', 'sending'))
        """
        accepted = [0]

        def is_done() -> bool:
            for server in servers:
                server.check_alive()
            accepted[0] = self.space.emulator.count(self.mark)
            if accepted[0] < wanted:
                return False
            cursor.execute(query)
            return cursor.fetchone()[0]

        seconds = 60 + wanted / SLOWEST_PER_SECOND
        with self.space.cluster.connect(self.database) as cursor:
            try:
                until(is_done, "all messages are sent", seconds, 0.1)
            except NotInTime as error:
                say(f"{error}: {accepted[0]} of {wanted} accepted")

    def _figures(self) -> dict[str, Any]:
        """Return what the ledger and the database say about the run."""
        cluster, emulator = self.space.cluster, self.space.emulator
        queries = cluster.statements(self.database)
        written = cluster.value(self.database, LAST_NOTE)
        rows, requested = emulator.accepted(self.mark), emulator.requests(self.mark)
        say(f"accepted in each {PERIOD_SECONDS} s: {_periods(rows)}")
        phones = {row["phone"] for row in rows}
        begin = min((row["at"] for row in requested), default=0.0)
        last = rows[-1]["accepted_at"] if rows else 0.0
        seconds = max(last, float(written or 0)) - begin
        return {
            "accepted": len(rows),
            "seconds": round(seconds, 2),
            "messages_per_second": round(len(rows) / seconds, 2) if seconds else 0.0,
            "queries_per_message": queries and round(queries / max(len(rows), 1), 3),
            "sent_twice": len(rows) - len(phones),
            "lost": self.wanted.messages - len(phones),
            "rejected": sum(row["status"] not in (None, 200) for row in requested),
        }


def _periods(rows: list[dict[str, Any]]) -> list[int]:
    """Return how many messages each period accepted: pauses show as low numbers."""
    first = rows[0]["accepted_at"] if rows else 0.0
    places = [int((row["accepted_at"] - first) / PERIOD_SECONDS) for row in rows]
    counts = Counter(places)
    return [counts[place] for place in range(max(places, default=-1) + 1)]


def measure(space: Workspace, wanted: Any) -> dict[str, Any]:
    """Do the runs that were asked for, all by default."""
    pattern = outgoing.prepare(space, wanted.messages, webhooks=wanted.webhooks)
    space.emulator.post("latency", ms=wanted.latency_ms)
    figures: dict[str, Any] = {"messages": wanted.messages, "sent_twice": 0, "lost": 0}
    for (rate, lanes), ending in RUNS.items():
        if wanted.rate not in (None, rate) or wanted.lanes not in (None, lanes):
            continue
        found = Run(space, pattern, wanted, rate).execute(lanes)
        say(f"{found}")
        figures["sent_twice"] += found.pop("sent_twice")
        figures["lost"] += found.pop("lost")
        figures.update({f"{key}{ending}": value for key, value in found.items()})
    if wanted.odoo_messages:
        say("Odoo's own SMS queue")
        figures.update(odoo_sms.rate(space, wanted.odoo_messages))
        if "messages_per_second" in figures:
            ratio = figures["messages_per_second"] / figures["odoo_sms_per_second"]
            figures["ratio_to_odoo_sms"] = round(ratio, 2)
    figures["violations"] = len(space.emulator.violations())
    return figures


def main() -> int:
    """Measure, print, compare with the bounds of the runs that were asked for."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        space.add_addons(BENCH / "addons")
        figures = measure(space, wanted)
    whole = wanted.rate is None and wanted.lanes is None and wanted.odoo_messages
    bounds = {key: limits for key, limits in BOUNDS.items() if whole or key in figures}
    return finish(figures, bounds, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
