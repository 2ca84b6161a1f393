"""Let time pass after a storm until nothing moves, and act as a person where one must.

The functions that take ``env`` run inside an Odoo shell.
"""

import time
from typing import TYPE_CHECKING, Any

from .figures import say

if TYPE_CHECKING:
    from .workspace import Workspace

CRONS = ("ir_cron_send", "ir_cron_apply", "ir_cron_follow_up")
_PAUSE_SECONDS = 2
_TICK_SECONDS = 10
# Without any change for so long, nothing more will happen by itself; what is on no
# telephone needs a person sooner.
_CALM_SECONDS = 100
_CALM_WITHOUT_TRACE_SECONDS = 25
_LIMIT_SECONDS = 1500
_ROUNDS = 4
_STATES = "SELECT state, COUNT(*) FROM cobranza_message GROUP BY state ORDER BY state"


def send_again(env, uuids):
    """Press "send again" on uncertain messages, as the accountant; returns how many."""
    user = env["res.users"].search([("login", "=", "contadora")])
    pressed = 0
    messages = env["cobranza.message"].search(
        [("uuid", "in", uuids), ("state", "=", "uncertain")]
    )
    for message in messages.with_user(user):
        message.action_send_again()
        pressed += 1
    return pressed


def settle(space: "Workspace", database: str, mark: int, messages: int) -> int:
    """Wait until all is sent; returns how many messages a person had to send again."""
    asked = 0
    for _round in range(_ROUNDS):
        states = _wait_until_calm(space, database, mark)
        say(f"settled: {states}")
        missing = _not_arrived(space, database, mark)
        if not missing:
            break
        say(f"a person sends {len(missing)} uncertain messages again")
        asked += space.call(database, "settling", "send_again", uuids=missing)
    return asked


def _wait_until_calm(space: "Workspace", database: str, mark: int) -> dict[str, int]:
    """Let the crons work until nothing waits, or nothing has changed for long."""
    began = changed = ticked = time.monotonic()
    last: Any = None
    while True:
        states = dict(space.cluster.rows(database, _STATES))
        waiting = space.emulator.get("webhooks", since=2**60)["waiting"]
        now = time.monotonic()
        if (states, waiting) != last:
            last, changed = (states, waiting), now
        moving = states.get("queued") or states.get("sending") or any(waiting.values())
        open_questions = states.get("uncertain", 0)
        if not moving and not open_questions:
            return states
        calm = _CALM_SECONDS
        if not moving and open_questions == len(_not_arrived(space, database, mark)):
            calm = _CALM_WITHOUT_TRACE_SECONDS
        if now - changed > calm or now - began > _LIMIT_SECONDS:
            return states
        if now - ticked > _TICK_SECONDS:
            ticked = now
            _pass_time(space, database)
        time.sleep(_PAUSE_SECONDS)


def _pass_time(space: "Workspace", database: str) -> None:
    """Bring the future nearer: what waits for its hour is due, the crons look."""
    space.cluster.run_sql(
        database,
        "UPDATE cobranza_message SET not_before = now() AT TIME ZONE 'utc' "
        "WHERE state = 'queued' AND not_before > now() AT TIME ZONE 'utc'",
    )
    space.trigger(database, *CRONS)


def _not_arrived(space: "Workspace", database: str, mark: int) -> list[str]:
    """Return the uncertain messages that are on no telephone."""
    arrived = {row["uuid"] for row in space.emulator.accepted(mark)}
    rows = space.cluster.rows(
        database, "SELECT uuid FROM cobranza_message WHERE state = 'uncertain'"
    )
    return [uuid for [uuid] in rows if uuid not in arrived]
