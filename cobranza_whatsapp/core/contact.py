"""The moment: where the debtor's clock stands, and when he may be contacted.

Windows are half open [opens, closes) in the debtor's local time; a day is his local
day. He may be in any of several zones: then a moment must be open in all of them.
Nothing here reads a clock.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as phone_timezone

from . import zones as zone_data

MINUTES_PER_DAY = 24 * 60
_DAY = timedelta(days=1)
# A number of the North American plan; what names its area stands in the group.
_AREA_CODE = re.compile(r"(\+1\d{6})\d{4}")
_TOLL_FREE = phonenumbers.parse("+18005550100")


@dataclass(frozen=True)
class Window:
    """Opening hours of one weekday (0 is Monday), in minutes after local midnight.

    ``closes`` is the first minute that is closed again; 1440 is the end of the day.
    Raises ValueError unless 0 <= opens < closes <= 1440.
    """

    weekday: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (
            0 <= self.weekday <= 6 and 0 <= self.opens < self.closes <= MINUTES_PER_DAY
        ):
            raise ValueError(f"not a window: {self}")


@dataclass(frozen=True)
class ContactWindows:
    """A week of windows and the local days without contact."""

    windows: tuple[Window, ...]
    holidays: frozenset[date] = frozenset()

    def of_day(self, day: date) -> tuple[Window, ...]:
        """Return the windows of a local day, () on a holiday."""
        if day in self.holidays:
            return ()
        return tuple(item for item in self.windows if item.weekday == day.weekday())


# For a country without a policy: the hours that every known law allows.
FALLBACK_WINDOWS = ContactWindows(
    tuple(Window(day, 9 * 60, 18 * 60) for day in range(5))
)


def zones_for(
    country_code: str,
    state_code: str,
    number: str,
    override: str,
    partner_tz: str,
) -> tuple[str, ...]:
    """Return the IANA zones in which the debtor may be; "" stands for unknown.

    The first that is known: the override; the state; the country, if it has one zone;
    the prefix of the E.164 number, if it lies in the country; ``partner_tz``, if it
    lies in the country (Odoo fills it with the creator's, so it comes late); all zones
    of the country. Without a country, or with one that has no zones, the number's own
    country counts. () when nothing is known: then no moment is open.

    Where the law wants both (`zones.AREA_CODE_COUNTRIES`), the zones of the number's
    area code follow those of the state.
    """
    if override and zone_data.is_zone(override):
        return (override,)
    by_state = zone_data.state_zones(country_code, state_code)
    if by_state and country_code.upper() in zone_data.AREA_CODE_COUNTRIES:
        return tuple(dict.fromkeys((*by_state, *_area_code_zones(number))))
    if by_state:
        return by_state
    by_country = zone_data.country_zones(country_code) or zone_data.country_zones(
        _number_country(number)
    )
    if len(by_country) <= 1:
        return by_country
    by_number = _number_zones(number, by_country)
    if by_number:
        return by_number
    named = zone_data.current_name(partner_tz)
    return (named,) if named in by_country else by_country


def is_open(now_utc: datetime, zones: tuple[str, ...], windows: ContactWindows) -> bool:
    """Tell whether the aware moment lies in a window in every one of the zones.

    False without zones. Raises ValueError for a naive moment.
    """
    now = _aware(now_utc)
    return bool(zones) and all(_is_open(now, ZoneInfo(name), windows) for name in zones)


def next_open(
    now_utc: datetime,
    zones: tuple[str, ...],
    windows: ContactWindows,
    horizon_days: int = 30,
) -> datetime | None:
    """Return the first open moment from now on, in UTC: now itself when it is open.

    None when there is none within ``horizon_days`` times 24 hours, or without zones.
    Raises ValueError for a naive moment.
    """
    moment = _aware(now_utc)
    limit = moment + timedelta(days=horizon_days)
    infos = [ZoneInfo(name) for name in zones]
    if not infos or not windows.windows:
        return None
    agreed = 0
    while agreed < len(infos):  # each zone may only push the moment forward
        for info in infos:
            opening = _next_open(moment, info, windows, limit)
            if opening is None:
                return None
            agreed = agreed + 1 if opening == moment else 1
            moment = opening
    return moment


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place on the time line")
    return moment.astimezone(timezone.utc)


def _is_open(moment: datetime, zone: ZoneInfo, windows: ContactWindows) -> bool:
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(
        item.opens <= minute < item.closes for item in windows.of_day(local.date())
    )


def _next_open(
    moment: datetime, zone: ZoneInfo, windows: ContactWindows, limit: datetime
) -> datetime | None:
    """Return the first open moment in one zone, before or at ``limit``."""
    if _is_open(moment, zone, windows):
        return moment
    # A clock set back over midnight repeats the end of yesterday: begin there, and let
    # two neighbouring days compete.
    day = moment.astimezone(zone).date() - _DAY
    last = limit.astimezone(zone).date() + _DAY
    previous: datetime | None = None
    while day <= last:
        first = min(
            (edge for edge in _edges(day, zone, windows) if edge > moment), default=None
        )
        if previous is not None:
            found = min(previous, first or previous)
            return found if found <= limit else None
        previous = first
        day += _DAY
    return None


def _edges(day: date, zone: ZoneInfo, windows: ContactWindows) -> Iterator[datetime]:
    """Yield the open moments of a local day at which a window can begin.

    These are the opening hours, on both passes when the clock is set back, and the
    instant of a clock change: it can land inside a window.
    """
    hours = windows.of_day(day)
    if not hours:
        return
    candidates = [
        local.replace(fold=fold).astimezone(timezone.utc)
        for item in hours
        for local in [_local(day, item.opens, zone)]
        for fold in (0, 1)
    ]
    change = _clock_change(day, zone)
    if change is not None:
        candidates.append(change)
    for edge in candidates:
        if _is_open(edge, zone, windows):
            yield edge


def _local(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def _clock_change(day: date, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which the zone's offset changes around a local day."""
    start = _local(day, 0, zone).astimezone(timezone.utc)
    early, late = int(start.timestamp()) - 3 * 3600, int(start.timestamp()) + 27 * 3600
    before = _offset(early, zone)
    if before == _offset(late, zone):
        return None
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    return datetime.fromtimestamp(late, timezone.utc)


def _offset(timestamp: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(timestamp, zone).utcoffset()


def _number_country(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(parsed) or ""


# Asked again at every run and before every message.
@lru_cache(maxsize=65536)
def _number_zones(number: str, country: tuple[str, ...]) -> tuple[str, ...]:
    """Return the zones of the number's prefix, () unless all lie in the country."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    found = [
        zone_data.current_name(name)
        for name in phone_timezone.time_zones_for_number(parsed)
    ]
    return tuple(found) if all(name in country for name in found) else ()


def _area_code_zones(number: str) -> tuple[str, ...]:
    """Return the zones of a number's area code, () when it names no area."""
    match = _AREA_CODE.fullmatch(number)
    return _zones_of_area(match[1]) if match else ()


# Asked for every customer of a batch: each area is looked up once.
@lru_cache(maxsize=16384)
def _zones_of_area(prefix: str) -> tuple[str, ...]:
    """Return the zones of +1, area code and exchange, () for toll-free and the like."""
    number = phonenumbers.parse(f"{prefix}1234")
    names = phone_timezone.time_zones_for_geographical_number(number)
    if names == phone_timezone.time_zones_for_geographical_number(_TOLL_FREE):
        return ()  # the zones of the whole plan: the code names no area
    return tuple(filter(zone_data.is_zone, map(zone_data.current_name, names)))
