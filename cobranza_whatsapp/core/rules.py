"""May this message go out now? One chain of rules on plain data.

Every send, by hand or by a scheduled action, passes `decide`. The first rule that
objects gives the reason. Codes are words for a program; the sentences that people
read stand in `models/reasons.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from . import contact

Outcome = Literal["allowed", "later", "refused"]
ConsentState = Literal["granted", "withdrawn", "none"]


@dataclass(frozen=True)
class Decision:
    """The rules say: ``allowed`` now, ``later`` at ``not_before_utc``, ``refused``.

    ``code`` names the rule that decided ("" when allowed at once).
    """

    outcome: Outcome
    code: str = ""
    not_before_utc: datetime | None = None


@dataclass(frozen=True)
class Situation:
    """Everything the rules look at, for one customer, channel and moment.

    ``phone_problem``, ``account_problem`` and ``template_problem`` are reason codes
    or "". ``zones`` are IANA names: the debtor may be in any of them, so a moment
    must be allowed in all. ``history_utc`` are the moments of messages to this
    customer from this company, by any channel or hand; ``max_per_day`` counts them
    in the debtor's local day.
    """

    now_utc: datetime
    started: bool
    stopped: bool
    phone_problem: str
    consent: ConsentState
    blocked_number: bool
    shared_number: bool
    account_problem: str
    template_problem: str
    zones: tuple[str, ...]
    windows: contact.ContactWindows
    max_per_day: int
    history_utc: tuple[datetime, ...] = field(default=())


Rule = Callable[[Situation], Decision | None]


def _refuse(code: str) -> Decision:
    return Decision("refused", code)


def _not_started(situation: Situation) -> Decision | None:
    if situation.stopped:
        return _refuse("stopped_all")
    return None if situation.started else _refuse("not_started")


def _number(situation: Situation) -> Decision | None:
    if situation.phone_problem:
        return _refuse(situation.phone_problem)
    return _refuse("number_shared") if situation.shared_number else None


def _consent(situation: Situation) -> Decision | None:
    # A withdrawal puts the number into the blacklist too: say what the customer said.
    if situation.consent == "withdrawn":
        return _refuse("opted_out")
    if situation.blocked_number:
        return _refuse("number_blocked")
    return _refuse("no_consent") if situation.consent == "none" else None


def _sender(situation: Situation) -> Decision | None:
    problem = situation.account_problem or situation.template_problem
    return _refuse(problem) if problem else None


def _moment(situation: Situation) -> Decision | None:
    """Find the first moment that daily cap and window both allow.

    The cap moves the moment to the debtor's next local day, the window to its next
    opening; the later of both is checked by the window again.
    """
    earliest, code = situation.now_utc, ""
    free = _after_daily_cap(situation)
    if free > earliest:
        earliest, code = free, "daily_cap"
    opening = contact.next_open(earliest, situation.zones, situation.windows)
    if opening is None:
        return _refuse("never_open")
    if opening > situation.now_utc:
        return Decision("later", code or "outside_window", opening)
    return None


def local_day(situation: Situation) -> date:
    """Return the debtor's local day.

    With several possible zones the first stands for all: it only has to be the same
    for two senders who look at the same moment.
    """
    zone = ZoneInfo(situation.zones[0] if situation.zones else "UTC")
    return situation.now_utc.astimezone(zone).date()


def _after_daily_cap(situation: Situation) -> datetime:
    """Return the first moment at which the daily cap leaves room, in every zone."""
    moments = [situation.now_utc]
    for name in situation.zones:
        zone = ZoneInfo(name)
        today = situation.now_utc.astimezone(zone).date()
        same_day = [
            moment
            for moment in situation.history_utc
            if moment.astimezone(zone).date() == today
        ]
        if len(same_day) >= situation.max_per_day:
            midnight = datetime.combine(
                today + timedelta(days=1), datetime.min.time(), zone
            )
            moments.append(midnight.astimezone(situation.now_utc.tzinfo))
    return max(moments)


# The order decides which reason a person reads first: what only he can mend comes
# before what time mends by itself (legal.md §7 F).
CHAIN: tuple[Rule, ...] = (_not_started, _number, _consent, _sender, _moment)


def decide(situation: Situation) -> Decision:
    """Return the first objection of the chain, or ``allowed``."""
    for rule in CHAIN:
        decision = rule(situation)
        if decision is not None:
            return decision
    return Decision("allowed")


def decide_confirmation(account_problem: str) -> Decision:
    """Return whether the one confirmation of a withdrawal may go out.

    It skips consent, window and cap, but never an account that may not send
    (design decision 7).
    """
    return _refuse(account_problem) if account_problem else Decision("allowed")


# Codes that `decide` or the callers of the chain can give; a test demands a
# sentence for each.
CODES = (
    "not_started",
    "stopped_all",
    "phone_missing",
    "phone_invalid",
    "phone_not_mobile",
    "number_dead",
    "number_shared",
    "number_blocked",
    "opted_out",
    "no_consent",
    "account_missing",
    "account_on_hold",
    "account_copied_database",
    "template_missing",
    "template_not_approved",
    "daily_cap",
    "outside_window",
    "never_open",
)
