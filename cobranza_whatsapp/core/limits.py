"""What a contact policy permits: hours and days, caps, whom and on which basis.

A day is the debtor's local day; 7 days are 168 hours and a gap is real hours, so that
a contact stops counting exactly when they have passed. Nothing here reads a clock.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .contact import ContactWindows, Window

HOUR = timedelta(hours=1)
HOURS_PER_WEEK = 7 * 24
HOURS_PER_MONTH = 30 * 24
# How far back a contact can still count, with a day to spare for local days.
HISTORY_HOURS = HOURS_PER_MONTH + 24


@dataclass(frozen=True)
class Contact:
    """One message that reached the debtor, or may have: when and by which channel."""

    moment_utc: datetime
    channel: str


@dataclass(frozen=True)
class Limits:
    """One policy, or the narrower of several; 0 means no limit.

    ``answered_extra`` is how many more than ``max_per_7_days`` are permitted on the
    debtor's local day on which he answered. ``consent_bases`` are the bases of a
    consent that are enough, empty for any.
    ``guarantors`` tells whether they may be contacted too, ``opt_out_in_message``
    whether each message must say how to get no more. ``version`` names policy and
    content, for the evidence.
    """

    windows: ContactWindows
    max_per_day: int = 0
    answered_extra: int = 0
    max_per_7_days: int = 0
    max_per_30_days: int = 0
    min_gap_hours: int = 0
    one_channel_per_week: bool = False
    guarantors: bool = False
    opt_out_in_message: bool = False
    consent_bases: frozenset[str] = field(default=frozenset())
    version: str = ""


def narrower(own: Limits, law: Limits) -> Limits:
    """Return what both permit; the version names both.

    Empty ``law.windows.windows`` means that the law names no hours.
    """
    windows = own.windows.windows
    if law.windows.windows:
        windows = shared_hours(windows, law.windows.windows)
    bases = own.consent_bases & law.consent_bases
    return Limits(
        windows=ContactWindows(windows, own.windows.holidays | law.windows.holidays),
        max_per_day=_smaller(own.max_per_day, law.max_per_day),
        max_per_7_days=_smaller(own.max_per_7_days, law.max_per_7_days),
        answered_extra=_smaller(_when_answered(own), _when_answered(law))
        - _smaller(own.max_per_7_days, law.max_per_7_days),
        max_per_30_days=_smaller(own.max_per_30_days, law.max_per_30_days),
        min_gap_hours=max(own.min_gap_hours, law.min_gap_hours),
        one_channel_per_week=own.one_channel_per_week or law.one_channel_per_week,
        guarantors=own.guarantors and law.guarantors,
        opt_out_in_message=own.opt_out_in_message or law.opt_out_in_message,
        consent_bases=bases or own.consent_bases or law.consent_bases,
        version=" ".join(filter(None, (law.version, own.version))),
    )


def for_guarantor(debtor: Limits, guarantor: Limits) -> Limits:
    """Return what a message to a guarantor may be, from the policies of both.

    The hours and holidays are those of the guarantor, who is the one disturbed. All
    else must suit both: avalistas and codeudores are contacted "under the same
    conditions" as the debtor (CO Ley 2300 de 2023), and one contact a day is for the
    debt, whoever is asked (EC LODC art. 49). A guarantor whose own country protects
    him is left alone.
    """
    both = narrower(guarantor, debtor)
    return replace(both, windows=guarantor.windows)


def wider(own: Limits, law: Limits) -> tuple[str, ...]:
    """Return in which respects ``own`` permits more than the law, () if in none.

    The names are those of the fields of `Limits`. What ``own`` leaves open (0, False)
    is no wish for more: the law holds there. Holidays are not compared.
    """
    both = narrower(own, replace(law, version=""))
    found = [
        name
        for name in (
            "max_per_day",
            "max_per_7_days",
            "answered_extra",
            "max_per_30_days",
            "min_gap_hours",
            "guarantors",
        )
        if getattr(own, name) and getattr(both, name) != getattr(own, name)
    ]
    if law.windows.windows:
        own_hours = joined_hours(own.windows.windows)
        if own_hours != joined_hours(both.windows.windows):
            found.insert(0, "windows")
    return tuple(found)


def _when_answered(limits: Limits) -> int:
    """Return how many messages 7 days hold when he answered today, 0 for no limit."""
    return limits.max_per_7_days and limits.max_per_7_days + limits.answered_extra


def _smaller(one: int, other: int) -> int:
    return min(one or other, other or one)


def shared_hours(one: Iterable[Window], other: Iterable[Window]) -> tuple[Window, ...]:
    """Return the hours that stand in both weeks."""
    return tuple(
        Window(a.weekday, max(a.opens, b.opens), min(a.closes, b.closes))
        for a in joined_hours(one)
        for b in joined_hours(other)
        if a.weekday == b.weekday and max(a.opens, b.opens) < min(a.closes, b.closes)
    )


def joined_hours(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the same hours in order, windows that touch or overlap made one."""
    joined: list[Window] = []
    for item in sorted(windows, key=lambda w: (w.weekday, w.opens, w.closes)):
        last = joined[-1] if joined else None
        if last and last.weekday == item.weekday and item.opens <= last.closes:
            closes = max(last.closes, item.closes)
            joined[-1] = Window(item.weekday, last.opens, closes)
        else:
            joined.append(item)
    return tuple(joined)


# --- when a cap leaves room again -----------------------------------------------------


def after_day_cap(
    moment: datetime, zones: Iterable[str], history: Iterable[Contact], limit: int
) -> datetime:
    """Return the first moment of a local day with room, in each zone on its own.

    The day that begins there may be full in turn: ask again with the answer.
    """
    if not limit:
        return moment
    found = [moment]
    near = [c.moment_utc for c in history if abs(c.moment_utc - moment) < 48 * HOUR]
    if len(near) < limit:
        return moment
    for zone in map(ZoneInfo, zones):
        today = moment.astimezone(zone).date()
        if sum(one.astimezone(zone).date() == today for one in near) >= limit:
            midnight = datetime.combine(
                today + timedelta(days=1), datetime.min.time(), zone
            )
            found.append(midnight.astimezone(timezone.utc))
    return max(found)


def after_rolling_cap(
    moment: datetime, history: Iterable[Contact], limit: int, hours: int
) -> datetime:
    """Return the first moment at which fewer than ``limit`` contacts are so fresh."""
    if not limit:
        return moment
    fresh = counted(moment, history, hours)
    return moment if len(fresh) < limit else fresh[-limit] + hours * HOUR


def after_weekly_cap(
    moment: datetime,
    zones: Iterable[str],
    history: Iterable[Contact],
    answers: Collection[datetime],
    permitted: Limits,
) -> datetime:
    """Return the first moment with room in 7 days.

    On the local day of one of the ``answers`` there is room for ``answered_extra``
    more; it must be that day in every zone.
    """
    limit, past = permitted.max_per_7_days, tuple(history)
    usual = after_rolling_cap(moment, past, limit, HOURS_PER_WEEK)
    if usual == moment or not permitted.answered_extra:
        return usual
    more = limit + permitted.answered_extra
    sooner = after_rolling_cap(moment, past, more, HOURS_PER_WEEK)
    return sooner if same_day(sooner, zones, answers) else usual


def same_day(
    moment: datetime, zones: Iterable[str], others: Collection[datetime]
) -> bool:
    """Tell whether one of the other moments lies on the same day, in every zone."""
    if not others:
        return False
    infos = [ZoneInfo(name) for name in zones]
    return any(
        all(
            other.astimezone(zone).date() == moment.astimezone(zone).date()
            for zone in infos
        )
        for other in others
    )


def counted(moment: datetime, history: Iterable[Contact], hours: int) -> list[datetime]:
    """Return the contacts that still count, the oldest first."""
    span = hours * HOUR
    return sorted(c.moment_utc for c in history if c.moment_utc + span > moment)


def after_channel_week(
    moment: datetime, history: Iterable[Contact], channel: str
) -> datetime:
    """Return the first moment without a contact by another channel in a week."""
    others = [contact for contact in history if contact.channel != channel]
    return after_rolling_cap(moment, others, 1, HOURS_PER_WEEK)
