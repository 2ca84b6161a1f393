"""How long an accountant waits for a dry run, and for a preview of reminders by hand.

Every customer has an invoice in a stage and may be reminded. The dry run is about all
of them on a later date, with the text of each; the preview is about 500 invoices that a
person ticked.
"""

import sys
from pathlib import Path
from typing import Any

from support import seeding
from support.figures import finish, parser, say
from support.workspace import ADDON, Workspace, workspace

DATABASE = "preview"
BOUNDS = {
    "dry_run_seconds": (("<=", 60.0),),
    "dry_run_queries_per_customer": (("<=", 0.1),),
    "by_hand_seconds": (("<=", 10.0),),
    "missing": (("==", 0),),
}


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--customers", type=int, default=10_000)
    made.add_argument("--by-hand", type=int, default=500, help="invoices ticked")
    return made.parse_args()


def measure(space: Workspace, wanted: Any) -> dict[str, Any]:
    """Fill a database with customers and look at their reminders."""
    say("Odoo: installing the addon")
    space.create(DATABASE, ADDON)
    pattern = space.call(DATABASE, "company", "set_up", emulator_url=space.emulator.url)
    say(f"seeding {wanted.customers} customers")
    with space.cluster.connect(DATABASE) as cursor:
        first = seeding.customers(cursor, pattern, wanted.customers)
        seeding.invoices(
            cursor,
            pattern,
            wanted.customers,
            partner=f"{first} + n",
            days_overdue="1 + n % 40",
        )
    say("looking")
    return space.call(
        DATABASE,
        "previews",
        "look",
        count=wanted.customers,
        by_hand=wanted.by_hand,
        pattern=pattern,
    )


def main() -> int:
    """Measure, print, compare with the bounds."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        figures = measure(space, wanted)
    return finish(figures, BOUNDS, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
