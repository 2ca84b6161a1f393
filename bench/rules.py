"""What the chain of rules costs for a customer with a past.

Each customer has an invoice in a stage and one on hold, 20 messages of the last 60 days
and 2 consents; the law of his country applies. Everything is read from the database and
decided as planning does it, and each rule is explained; nothing is written.
"""

import sys
from pathlib import Path
from typing import Any

from support import seeding
from support.figures import finish, parser, say
from support.workspace import ADDON, Workspace, workspace

DATABASE = "rules"
BOUNDS = {
    "ms_per_customer": (("<=", 2.0),),
    "queries_per_customer": (("<=", 0.05),),
    "missing": (("==", 0),),
}


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--customers", type=int, default=10_000)
    return made.parse_args()


def measure(space: Workspace, count: int) -> dict[str, Any]:
    """Fill a database with customers and ask the rules about each."""
    say("Odoo: installing the addon")
    space.create(DATABASE, ADDON)
    pattern = space.call(DATABASE, "company", "set_up", emulator_url=space.emulator.url)
    say(f"seeding {count} customers")
    with space.cluster.connect(DATABASE) as cursor:
        first = seeding.customers(cursor, pattern, count)
        for days_overdue in ("1 + n % 44", "10"):
            partner = f"{first} + n"
            seeding.invoices(
                cursor, pattern, count, partner=partner, days_overdue=days_overdue
            )
    space.call(
        DATABASE, "pasts", "add_pasts", first_id=first, count=count, pattern=pattern
    )
    say("asking the rules")
    return space.call(
        DATABASE, "pasts", "ask_rules", first_id=first, count=count, pattern=pattern
    )


def main() -> int:
    """Measure, print, compare with the bounds."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        figures = measure(space, wanted.customers)
    return finish(figures, BOUNDS, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
