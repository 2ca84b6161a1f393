"""How long planning takes: open invoices in, queued messages out.

A real Odoo server plans through its cron worker. Three of ten invoices are in a stage,
by default each of a customer of his own; the others are not due yet. The time runs
from asking for the scheduled action until its last message can be read in the
database. The same invoices are put to OCA's `account_credit_control`, whose run makes
one line for each overdue invoice, where ours makes one message for each customer.

Queries are counted by pg_stat_statements: all that Odoo's role executes in the
database meanwhile, without what only begins or ends a transaction.
"""

import sys
from pathlib import Path
from typing import Any

from support import BENCH, credit_control, profiling, seeding
from support.figures import finish, parser, say
from support.waiting import NotInTime, until
from support.workspace import ADDON, Workspace, workspace

SMALL = 10_000
BOUNDS = {
    "seconds": (("<=", 60.0),),
    "max_rss_mib": (("<=", 1024.0),),
    "queries_per_invoice": (("<=", 0.05),),
    "growth_10k_to_100k": (("<=", 1.2),),
    "ratio_to_credit_control": ((">=", 5.0),),
    "missing": (("==", 0),),
}
# Shares of the invoices: in a stage, and customers altogether.
DUE, CUSTOMERS = 0.3, 0.4
# Over these days each invoice that is due is spread: all stages that send a message.
FIRST_DAY, LAST_DAY = 1, 44
SLOWEST_PER_SECOND = 150  # messages; the run is given up when it is slower


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--invoices", type=int, default=100_000)
    made.add_argument(
        "--per-customer",
        type=int,
        default=1,
        help="invoices in a stage of each customer: 1 is the most work for us",
    )
    made.add_argument(
        "--no-credit-control", action="store_true", help="without the comparison"
    )
    made.add_argument(
        "--no-growth", action="store_true", help=f"without the run of {SMALL} invoices"
    )
    made.add_argument(
        "--profile", action="store_true", help="print where the time goes; slower"
    )
    return made.parse_args()


def seed(space: Workspace, pattern: Any, database: str, wanted: Any, count: int) -> int:
    """Fill a database; returns how many messages its planning must make."""
    due, each = round(count * DUE), wanted.per_customer
    owing, customers = -(-due // each), round(count * CUSTOMERS)
    with space.cluster.connect(database) as cursor:
        first = seeding.customers(cursor, pattern, customers)
        seeding.invoices(
            cursor,
            pattern,
            due,
            partner=f"{first} + 1 + (n - 1) / {each}",
            days_overdue=f"{FIRST_DAY} + n % {LAST_DAY - FIRST_DAY + 1}",
        )
        seeding.invoices(
            cursor,
            pattern,
            count - due,
            partner=f"{first} + 1 + n % {customers}",
            days_overdue="-30 - n % 60",
        )
    return owing


class Run:
    """One measured planning of a database of its own."""

    def __init__(self, space: Workspace, pattern: Any, wanted: Any, invoices: int):
        self.space = space
        self.pattern = pattern
        self.wanted = wanted
        self.invoices = invoices
        self.database = f"plan_{invoices}"
        self.is_compared = invoices == SMALL and not wanted.no_credit_control

    def execute(self) -> dict[str, Any]:
        """Seed, plan through the cron, and return the figures."""
        space, database = self.space, self.database
        space.copy("pattern", database)
        say(f"seeding {self.invoices} invoices")
        messages = seed(space, self.pattern, database, self.wanted, self.invoices)
        if self.is_compared:
            space.copy(database, credit_control.DATABASE)
        space.quiet_crons(database)
        # It would render PDFs on the same worker.
        space.activate(database, "ir_cron_prepare", active=False)
        folder = space.folder / f"profiles_{self.invoices}"
        profiled = profiling.options(folder) if self.wanted.profile else {}
        server = space.server(database, database, **profiled)
        say(f"planning {self.invoices} invoices, {messages} customers to remind")
        space.cluster.reset_counts(database)
        begin = space.now(database)
        space.trigger(database, "ir_cron_plan")
        self._wait(server, messages)
        figures = self._figures(begin, messages)
        figures["max_rss_mib"] = server.peak_rss_mib()
        server.tell_errors()
        server.stop()
        if self.wanted.profile:
            print(space.cluster.top_statements(database))
            print(profiling.report(folder))
        return figures

    def _wait(self, server: Any, messages: int) -> None:
        """Wait until all is planned, in as many runs as the action takes."""
        query = "SELECT COUNT(*) >= %s FROM cobranza_message"

        def is_done() -> bool:
            server.check_alive()
            cursor.execute(query, [messages])
            return cursor.fetchone()[0]

        seconds = 60 + messages / SLOWEST_PER_SECOND
        with self.space.cluster.connect(self.database) as cursor:
            try:
                until(is_done, "everything is planned", seconds)
            except NotInTime as error:
                say(str(error))

    def _figures(self, begin: float, messages: int) -> dict[str, Any]:
        cluster = self.space.cluster
        queries = cluster.statements(self.database)
        [(planned, end)] = cluster.rows(
            self.database,
            """
            SELECT COUNT(*), EXTRACT(epoch FROM MAX(pg_xact_commit_timestamp(xmin)))
              FROM cobranza_message
            """,
        )
        seconds = float(end or 0) - begin
        return {
            "invoices": self.invoices,
            "planned": planned,
            "missing": messages - planned,
            "seconds": round(seconds, 2),
            "milliseconds_per_invoice": round(1000 * seconds / self.invoices, 4),
            "queries_per_invoice": queries and round(queries / self.invoices, 4),
        }


def measure(space: Workspace, wanted: Any) -> dict[str, Any]:
    """Plan many invoices, fewer, and let the peer work on the fewer."""
    say("Odoo: installing the addon")
    space.create("pattern", ADDON)
    pattern = space.call(
        "pattern", "company", "set_up", emulator_url=space.emulator.url
    )
    figures: dict[str, Any] = {}
    if not wanted.no_growth:
        small = Run(space, pattern, wanted, SMALL).execute()
        say(f"{small}")
        figures["seconds_10k"] = small["seconds"]
        figures["milliseconds_per_invoice_10k"] = small["milliseconds_per_invoice"]
    if not (wanted.no_growth or wanted.no_credit_control):
        say("OCA account_credit_control")
        peer = credit_control.measure(space)
        figures.update(peer)
        ratio = peer["credit_control_seconds"] / small["seconds"]
        figures["ratio_to_credit_control"] = round(ratio, 2)
    if not wanted.no_growth:
        for database in (f"plan_{SMALL}", credit_control.DATABASE):
            space.drop(database)
    large = Run(space, pattern, wanted, wanted.invoices).execute()
    figures.update(large)
    if not wanted.no_growth:
        growth = large["milliseconds_per_invoice"] / small["milliseconds_per_invoice"]
        figures["growth_10k_to_100k"] = round(growth, 3)
    return figures


def main() -> int:
    """Measure, print, compare with the bounds of what was asked for."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        space.add_addons(BENCH / "addons")
        figures = measure(space, wanted)
    whole = not (wanted.no_growth or wanted.no_credit_control)
    bounds = {key: limits for key, limits in BOUNDS.items() if whole or key in figures}
    return finish(figures, bounds, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
