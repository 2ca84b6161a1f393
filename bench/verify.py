"""How long the check of the evidence takes: sealed rows in, sentences out.

Messages with their text, the grounds they were sent on and a receipt each are put into
the database, sealed as the scheduled action does it, and verified: chain, trees, every
field of every row.
"""

import sys
from pathlib import Path
from typing import Any

from support.figures import finish, parser, say
from support.workspace import ADDON, Workspace, workspace

DATABASE = "verify"
BOUNDS = {
    "seconds": (("<=", 10.0),),
    "problems": (("==", 0),),
    "missed": (("==", 0),),
}


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--rows", type=int, default=10_000)
    return made.parse_args()


def measure(space: Workspace, rows: int) -> dict[str, Any]:
    """Fill a database with messages, seal and verify them."""
    say("Odoo: installing the addon")
    space.create(DATABASE, ADDON)
    say(f"sealing and verifying {rows} rows")
    return space.call(DATABASE, "seals", "seal_and_verify", rows=rows)


def main() -> int:
    """Measure, print, compare with the bounds."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        figures = measure(space, wanted.rows)
    return finish(figures, BOUNDS, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
