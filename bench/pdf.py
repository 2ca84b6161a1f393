"""How often an invoice is rendered and uploaded: once at most, over all reminders.

A real Odoo server plans, prepares and sends through its cron worker. Invoices that were
sent by e-mail before have their official PDF; new ones have none. After the first
reminder their dates are moved, as if time had passed, for the second one at the next
stage. Processes of wkhtmltopdf are counted by a program of that name that runs the
real one, uploads by the emulator's log of requests.
"""

import sys
from pathlib import Path
from typing import Any

from support import seeding
from support.figures import finish, parser, say
from support.renders import Renders
from support.waiting import until
from support.workspace import ADDON, Workspace, workspace

DATABASE = "pdf"
BOUNDS = {
    "renders_already_sent": (("==", 0),),
    "renders_second": (("==", 0),),
    "uploads_second": (("==", 0),),
    "not_sent": (("==", 0),),
    "violations": (("==", 0),),
}
FIRST_DAYS, LATER_DAYS = 10, 8  # days overdue: 10 is one stage, 18 the next
SECONDS_PER_RENDER = 8


def options() -> Any:
    """Read the command line."""
    made = parser(__doc__)
    made.add_argument("--already-sent", type=int, default=200)
    made.add_argument("--new", type=int, default=50)
    return made.parse_args()


class Reminders:
    """Invoices that get reminders, and what these cost in renders and uploads."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self.renders = Renders(space.folder)
        self.sent = 0
        self._mark = 0

    def prepare(self) -> None:
        """Set up the company and send the pattern of all invoices by e-mail."""
        space = self.space
        say("Odoo: installing the addon")
        space.create(DATABASE, ADDON)
        self.pattern = space.call(
            DATABASE, "company", "set_up", emulator_url=space.emulator.url
        )
        space.quiet_crons(DATABASE, "ir_cron_send")
        self.server = space.server(DATABASE, DATABASE, env=self.renders.env)
        space.call(DATABASE, "official_pdf", "set_address", url=self.server.url)

    def send_by_email(self, count: int) -> None:
        """Make invoices that have their official PDF."""
        move_id = self.pattern["move_id"]
        done = self.space.call(
            DATABASE, "official_pdf", "send_by_email", move_id=move_id
        )
        if not done:
            raise RuntimeError("the invoice was not sent by e-mail")
        first = self._seed(count)
        self.space.call(
            DATABASE,
            "official_pdf",
            "copy_to",
            move_id=move_id,
            first_id=first,
            count=count,
        )

    def make_new(self, count: int) -> None:
        """Make invoices without an official PDF."""
        self._seed(count, is_move_sent="FALSE")

    def _seed(self, count: int, **more: str) -> int:
        with self.space.cluster.connect(DATABASE) as cursor:
            customers = seeding.customers(cursor, self.pattern, count)
            return seeding.invoices(
                cursor,
                self.pattern,
                count,
                partner=f"{customers} + n",
                days_overdue=str(FIRST_DAYS),
                **more,
            )

    def remind(self, count: int) -> dict[str, int]:
        """Let the crons remind so many customers; return renders and uploads."""
        renders, mark = self.renders.count(), self.space.emulator.mark()
        self.sent += count
        self.space.trigger(DATABASE, "ir_cron_plan")

        def is_done() -> bool:
            self.server.check_alive()
            self.space.wake(DATABASE)
            return self.space.emulator.count() >= self.sent

        until(is_done, f"{count} are reminded", 120 + count * SECONDS_PER_RENDER, 1)
        uploads = self.space.emulator.requests(mark, operation="media")
        return {
            "renders": self.renders.count() - renders,
            "uploads": sum(row["method"] == "POST" for row in uploads),
        }

    def pass_days(self) -> None:
        """Let days go by: every reminded invoice is overdue for so much longer."""
        for statement in (
            "UPDATE account_move_line SET date_maturity = date_maturity - %s "
            "WHERE display_type = 'payment_term' AND move_id IN "
            "(SELECT account_move_id FROM cobranza_message_move_rel)",
            "UPDATE account_move SET invoice_date_due = invoice_date_due - %s "
            "WHERE id IN (SELECT account_move_id FROM cobranza_message_move_rel)",
        ):
            self.space.cluster.run_sql(DATABASE, statement, LATER_DAYS)


def measure(space: Workspace, wanted: Any) -> dict[str, Any]:
    """Remind of invoices already sent, of new ones, and of all of them again."""
    reminders = Reminders(space)
    reminders.prepare()
    reminders.send_by_email(wanted.already_sent)
    say(f"{wanted.already_sent} invoices that were sent by e-mail before")
    before = reminders.remind(wanted.already_sent)
    say(f"{before}; {wanted.new} new invoices")
    reminders.make_new(wanted.new)
    new = reminders.remind(wanted.new)
    say(f"{new}; the second reminder of all")
    reminders.pass_days()
    total = wanted.already_sent + wanted.new
    second = reminders.remind(total)
    reminders.server.tell_errors()
    reminders.server.stop()
    return {
        "already_sent": wanted.already_sent,
        "new": wanted.new,
        "renders_already_sent": before["renders"],
        "uploads_already_sent": before["uploads"],
        "renders_new": new["renders"],
        "uploads_new": new["uploads"],
        "renders_second": second["renders"],
        "uploads_second": second["uploads"],
        "not_sent": 2 * total - space.emulator.count(),
        "violations": len(space.emulator.violations()),
    }


def main() -> int:
    """Measure, print, compare with the bounds."""
    wanted = options()
    with workspace(Path(__file__).stem, keep=wanted.keep) as space:
        figures = measure(space, wanted)
    bounds = {**BOUNDS, "renders_new": (("==", wanted.new),)}
    return finish(figures, bounds, enforce=not wanted.no_bounds)


if __name__ == "__main__":
    sys.exit(main())
