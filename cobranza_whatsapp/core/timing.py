"""Rules that time mends: days, hours and caps; and the moment that suits them all."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from . import contact, limits
from .situation import Rule, Situation, Step, permitted_from, refused

# A moment further away than this is none: somebody must look at the policy.
HORIZON_DAYS = 60
_WHOLE_WEEK = tuple(contact.Window(day, 0, contact.MINUTES_PER_DAY) for day in range(7))


def _holiday(situation: Situation) -> Step:
    now, zones = situation.now_utc, situation.zones
    days = situation.limits.windows.holidays
    dates = [now.astimezone(ZoneInfo(name)).date() for name in zones]
    today = next((day for day in dates if day in days), None)
    if today is None:
        return Step("holiday", values={"date": None})
    workdays = contact.ContactWindows(_WHOLE_WEEK, days)
    free = contact.next_open(now, zones, workdays, HORIZON_DAYS) or now
    return permitted_from("holiday", now, free, date=today)


def _window(situation: Situation) -> Step:
    items = situation.limits.windows.windows
    hours = contact.ContactWindows(items)
    opening = contact.next_open(situation.now_utc, situation.zones, hours)
    if opening is None:
        return refused("outside_window", "never_open")
    return permitted_from(
        "outside_window",
        situation.now_utc,
        opening,
        windows=items,
        zones=situation.zones,
    )


def _daily_cap(situation: Situation) -> Step:
    now, zones, history = situation.now_utc, situation.zones, situation.history
    cap = situation.limits.max_per_day
    if not history:
        return _unused("daily_cap", cap)
    free = limits.after_day_cap(now, zones, history, cap)
    count = _count_today(situation)
    return permitted_from("daily_cap", now, free, count=count, limit=cap)


def _count_today(situation: Situation) -> int:
    zones = [ZoneInfo(name) for name in situation.zones or ("UTC",)]
    now = situation.now_utc
    return max(
        sum(
            item.moment_utc.astimezone(zone).date() == now.astimezone(zone).date()
            for item in situation.history
        )
        for zone in zones
    )


def _unused(rule: str, cap: int) -> Step:
    """Return the step of a cap that nothing counts towards: most customers' case."""
    return Step(rule, values={"count": 0, "limit": cap})


def _rolling(rule: str, situation: Situation, cap: int, hours: int) -> Step:
    now, history = situation.now_utc, situation.history
    if not history:
        return _unused(rule, cap)
    free = limits.after_rolling_cap(now, history, cap, hours)
    count = len(limits.counted(now, history, hours))
    return permitted_from(rule, now, free, count=count, limit=cap)


def _weekly_cap(situation: Situation) -> Step:
    now, history, caps = situation.now_utc, situation.history, situation.limits
    cap = caps.max_per_7_days
    if cap and limits.same_day(now, situation.zones, situation.answers):
        cap += caps.answered_extra
    if not history:
        return _unused("weekly_cap", cap)
    free = limits.after_weekly_cap(
        now, situation.zones, history, situation.answers, caps
    )
    count = len(limits.counted(now, history, limits.HOURS_PER_WEEK))
    return permitted_from("weekly_cap", now, free, count=count, limit=cap)


def _monthly_cap(situation: Situation) -> Step:
    cap = situation.limits.max_per_30_days
    return _rolling("monthly_cap", situation, cap, limits.HOURS_PER_MONTH)


def _gap(situation: Situation) -> Step:
    hours = situation.limits.min_gap_hours
    now, history = situation.now_utc, situation.history
    free = limits.after_rolling_cap(now, history, 1, hours) if hours else now
    return permitted_from("gap", now, free, hours=hours)


def _channel_week(situation: Situation) -> Step:
    now, free = situation.now_utc, situation.now_utc
    if situation.limits.one_channel_per_week:
        free = limits.after_channel_week(now, situation.history, situation.channel)
    return permitted_from(
        "channel_week", now, free, asked=situation.limits.one_channel_per_week
    )


# legal.md §7 F: day, hours, then the caps from short to long.
TIMING: tuple[Rule, ...] = (
    _holiday,
    _window,
    _daily_cap,
    _weekly_cap,
    _monthly_cap,
    _gap,
    _channel_week,
)


def next_moment(situation: Situation) -> datetime | None:
    """Return the first moment from now on that hours, days and caps all permit.

    None when there is none within `HORIZON_DAYS`. Each rule can only push the moment
    forward; it holds when none does.
    """
    moment = situation.now_utc
    last = moment + timedelta(days=HORIZON_DAYS)
    while moment <= last:
        found = _free_of_caps(situation, moment)
        opening = contact.next_open(
            found, situation.zones, situation.limits.windows, HORIZON_DAYS
        )
        if opening is None or opening == moment:
            return opening
        moment = opening
    return None


def _free_of_caps(situation: Situation, moment: datetime) -> datetime:
    """Return the first moment from ``moment`` on that every cap alone permits."""
    caps, history = situation.limits, situation.history
    if not history:
        return moment
    found = [
        limits.after_day_cap(moment, situation.zones, history, caps.max_per_day),
        limits.after_weekly_cap(
            moment, situation.zones, history, situation.answers, caps
        ),
        limits.after_rolling_cap(
            moment, history, caps.max_per_30_days, limits.HOURS_PER_MONTH
        ),
    ]
    if caps.min_gap_hours:
        found.append(limits.after_rolling_cap(moment, history, 1, caps.min_gap_hours))
    if caps.one_channel_per_week:
        found.append(limits.after_channel_week(moment, history, situation.channel))
    return max(found)
