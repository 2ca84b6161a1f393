"""The moment against pytz and a walk minute by minute, clock changes included."""

import time as clock
from datetime import datetime, timedelta, timezone

import pytz
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import zones
from odoo.addons.cobranza_whatsapp.core.contact import (
    FALLBACK_WINDOWS,
    ContactWindows,
    Window,
    is_open,
    next_open,
)

UTC = timezone.utc


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ZONES = (
    "America/Mexico_City",
    "America/Tijuana",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Europe/Madrid",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
)
EDGES = st.sampled_from([0, 1, 30, 60, 90, 120, 150, 480, 540, 720, 1080, 1410, 1440])
# Around changes of the clock, and anywhere in the years whose rules are settled.
CHANGES = [
    utc("2018-11-04T03:00"),  # São Paulo, midnight forward
    utc("2018-02-18T02:00"),  # São Paulo, midnight back
    utc("2022-09-11T04:00"),
    utc("2022-04-03T03:00"),
    utc("2021-03-14T05:00"),  # Havana, midnight forward
    utc("2021-11-07T05:00"),
    utc("2022-03-13T07:00"),
    utc("2022-11-06T06:00"),
    utc("2010-11-07T02:31"),
    utc("2011-12-30T10:00"),
    utc("2022-10-01T15:30"),
    utc("2022-04-02T15:00"),
    utc("2022-10-30T01:00"),
    utc("2022-03-27T03:00"),  # Casablanca, Ramadan
]
MOMENTS = st.one_of(
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from(CHANGES),
        st.integers(-2000, 2000),
    ),
    st.builds(
        lambda start, seconds: start + timedelta(seconds=seconds),
        st.just(utc("2010-01-01T00:00")),
        st.integers(0, 13 * 365 * 86400),
    ),
)


@st.composite
def contact_windows(draw):
    items = []
    for weekday in draw(st.sets(st.integers(0, 6), max_size=7)):
        opens, closes = sorted(draw(st.sets(EDGES, min_size=2, max_size=2)))
        items.append(Window(weekday, opens, closes))
    return tuple(items)


def open_by_pytz(moment, names, windows):
    for name in names:
        local = pytz.timezone(name).fromutc(moment.replace(tzinfo=None))
        minute = local.hour * 60 + local.minute
        if local.date() in windows.holidays or not any(
            item.weekday == local.weekday() and item.opens <= minute < item.closes
            for item in windows.windows
        ):
            return False
    return True


ZONE_SETS = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, ZONE_SETS, contact_windows(), st.integers(0, 3))
def test_next_open_is_open_and_nothing_before_it_is(moment, names, items, free_days):
    holidays = {moment.date() + timedelta(days=n) for n in range(free_days)}
    windows = ContactWindows(items, frozenset(holidays))

    found = next_open(moment, tuple(names), windows, 4)

    limit = moment + timedelta(days=4)
    if found is not None:
        assert moment <= found <= limit
        assert is_open(found, tuple(names), windows)
        assert open_by_pytz(found, names, windows)
    step = moment
    while step < (found or limit):
        assert not open_by_pytz(step, names, windows), step
        step = step.replace(second=0, microsecond=0) + timedelta(minutes=1)


@settings(max_examples=200, deadline=None)
@given(MOMENTS, ZONE_SETS, contact_windows())
def test_is_open_agrees_with_pytz(moment, names, items):
    windows = ContactWindows(items)

    assert is_open(moment, tuple(names), windows) == open_by_pytz(
        moment, names, windows
    )


@settings(max_examples=200, deadline=None)
@given(MOMENTS, ZONE_SETS, contact_windows())
def test_the_second_before_the_opening_is_closed(moment, names, items):
    windows = ContactWindows(items)
    found = next_open(moment, tuple(names), windows)
    assume(found is not None and found - moment > timedelta(seconds=1))

    assert not is_open(found - timedelta(seconds=1), tuple(names), windows)
    assert next_open(found, tuple(names), windows) == found
    assert next_open(found - timedelta(seconds=1), tuple(names), windows) == found


@settings(max_examples=100, deadline=None)
@given(MOMENTS, ZONE_SETS, contact_windows())
def test_more_zones_never_open_earlier(moment, names, items):
    windows = ContactWindows(items)
    all_of_them = next_open(moment, tuple(names), windows)

    for name in names:
        one = next_open(moment, (name,), windows)
        assert all_of_them is None or (one is not None and one <= all_of_them)


def test_thirty_days_over_all_zones_of_the_united_states_take_milliseconds():
    names = zones.country_zones("US")
    closed = ContactWindows(tuple(Window(day, 480, 500) for day in range(7)))
    next_open(utc("2026-11-22T03:00"), names, closed)
    start = clock.process_time()

    assert next_open(utc("2026-11-22T03:00"), names, closed) is None
    assert next_open(utc("2026-11-22T03:00"), names, FALLBACK_WINDOWS)

    assert clock.process_time() - start < 0.1
