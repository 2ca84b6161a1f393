"""When the debtor may be contacted: edges, clock changes, several zones."""

from datetime import date, datetime, timedelta, timezone

import pytest

from odoo.addons.cobranza_whatsapp.core import contact
from odoo.addons.cobranza_whatsapp.core.contact import (
    FALLBACK_WINDOWS,
    ContactWindows,
    Window,
    is_open,
    next_open,
)

UTC = timezone.utc
MEXICO = ("America/Mexico_City",)
ALWAYS = ContactWindows(tuple(Window(day, 0, 1440) for day in range(7)))
NEVER = ContactWindows(())


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(opens, closes, *, holidays=()):
    """Return the same window on all seven days, from "08:00" to "24:00" style texts."""

    def minutes(text):
        hours, _, rest = text.partition(":")
        return int(hours) * 60 + int(rest)

    return ContactWindows(
        tuple(Window(day, minutes(opens), minutes(closes)) for day in range(7)),
        frozenset(holidays),
    )


# --- the data ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weekday", "opens", "closes"),
    [(-1, 0, 60), (7, 0, 60), (0, -1, 60), (0, 60, 60), (0, 61, 60), (0, 0, 1441)],
)
def test_refuses_an_impossible_window(weekday, opens, closes):
    with pytest.raises(ValueError, match="not a window"):
        Window(weekday, opens, closes)


def test_accepts_a_whole_day():
    assert Window(6, 0, 1440).closes == contact.MINUTES_PER_DAY


def test_fallback_is_monday_to_friday_nine_to_six():
    days = {
        (item.weekday, item.opens, item.closes) for item in FALLBACK_WINDOWS.windows
    }

    assert days == {(day, 540, 1080) for day in range(5)}


# --- is it open? Mexico City is UTC-6 all year since 2022 --------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T14:59:59", False),  # Monday 08:59:59
        ("2026-11-23T14:59:59.999999", False),
        ("2026-11-23T15:00:00", True),
        ("2026-11-23T15:00:00.000001", True),
        ("2026-11-23T23:59:59", True),  # 17:59:59
        ("2026-11-23T23:59:59.999999", True),
        ("2026-11-24T00:00:00", False),  # 18:00 is closed
        ("2026-11-24T05:59:59", False),  # midnight
        ("2026-11-27T20:00:00", True),  # Friday 14:00
        ("2026-11-28T20:00:00", False),  # Saturday
        ("2026-11-29T20:00:00", False),  # Sunday
        ("2026-11-30T03:00:00", False),  # Sunday 21:00 there, Monday in UTC
    ],
)
def test_is_open_to_the_second(moment, expected):
    assert is_open(utc(moment), MEXICO, FALLBACK_WINDOWS) is expected


def test_holiday_is_the_local_day():
    windows = daily("00:00", "24:00", holidays=[date(2026, 12, 25)])

    assert is_open(utc("2026-12-25T05:59:59"), MEXICO, windows)
    assert not is_open(utc("2026-12-25T06:00:00"), MEXICO, windows)
    assert not is_open(utc("2026-12-26T05:59:59"), MEXICO, windows)
    assert is_open(utc("2026-12-26T06:00:00"), MEXICO, windows)


def test_must_be_open_in_every_zone():
    windows = daily("08:00", "20:00")
    both = ("America/Tijuana", "America/Cancun")  # UTC-8 and UTC-5 in winter

    assert not is_open(utc("2026-12-01T15:59:59"), both, windows)
    assert is_open(utc("2026-12-01T16:00:00"), both, windows)
    assert is_open(utc("2026-12-02T00:59:59"), both, windows)
    assert not is_open(utc("2026-12-02T01:00:00"), both, windows)


def test_without_a_zone_nothing_is_open():
    assert not is_open(utc("2026-11-23T16:00:00"), (), ALWAYS)
    assert next_open(utc("2026-11-23T16:00:00"), (), ALWAYS) is None


def test_takes_any_aware_moment_and_answers_in_utc():
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 24, 0, 0, tzinfo=tokyo)  # 15:00 UTC

    assert is_open(moment, MEXICO, FALLBACK_WINDOWS)
    assert next_open(moment, MEXICO, FALLBACK_WINDOWS).utcoffset() == timedelta(0)


@pytest.mark.parametrize("question", [is_open, next_open])
def test_refuses_a_naive_moment(question):
    with pytest.raises(ValueError, match="naive"):
        question(datetime(2026, 11, 23), MEXICO, ALWAYS)  # noqa: DTZ001


# --- when does it open? -----------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T15:00:00", "2026-11-23T15:00:00"),
        ("2026-11-23T15:30:12.345678", "2026-11-23T15:30:12.345678"),
        ("2026-11-23T23:59:59.999999", "2026-11-23T23:59:59.999999"),
        ("2026-11-23T14:59:59.999999", "2026-11-23T15:00:00"),
        ("2026-11-24T00:00:00", "2026-11-24T15:00:00"),
        ("2026-11-28T00:00:00", "2026-11-30T15:00:00"),  # Friday evening
        ("2026-11-30T03:00:00", "2026-11-30T15:00:00"),
        ("2026-12-31T23:59:59", "2026-12-31T23:59:59"),
        ("2027-01-01T00:00:00", "2027-01-01T15:00:00"),
    ],
)
def test_next_open(moment, expected):
    assert next_open(utc(moment), MEXICO, FALLBACK_WINDOWS) == utc(expected)


def test_next_open_passes_over_holidays_and_new_year():
    windows = ContactWindows(
        FALLBACK_WINDOWS.windows,
        frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
    )

    assert next_open(utc("2026-12-25T00:00:00"), MEXICO, windows) == utc(
        "2026-12-28T15:00:00"
    )
    assert next_open(utc("2027-01-01T00:00:00"), MEXICO, windows) == utc(
        "2027-01-04T15:00:00"
    )


def test_next_open_between_two_windows_of_a_day():
    windows = ContactWindows((Window(0, 540, 720), Window(0, 840, 1080)))

    assert next_open(utc("2026-11-23T18:00:00"), MEXICO, windows) == utc(
        "2026-11-23T20:00:00"
    )


def test_windows_that_touch_are_one():
    windows = ContactWindows(
        (Window(0, 540, 720), Window(0, 720, 1440), Window(1, 0, 60))
    )

    for moment in ("2026-11-23T18:00:00", "2026-11-24T06:00:00", "2026-11-24T06:59:59"):
        assert next_open(utc(moment), MEXICO, windows) == utc(moment)
    assert next_open(utc("2026-11-24T07:00:00"), MEXICO, windows) == utc(
        "2026-11-30T15:00:00"
    )


def test_next_open_waits_for_the_last_zone():
    windows = daily("08:00", "20:00")
    both = ("America/Tijuana", "America/Cancun")

    assert next_open(utc("2026-12-01T13:00:00"), both, windows) == utc(
        "2026-12-01T16:00:00"
    )
    assert next_open(utc("2026-12-02T01:00:00"), both, windows) == utc(
        "2026-12-02T16:00:00"
    )


def test_zones_that_never_overlap_never_open():
    windows = daily("09:00", "12:00")
    far = ("America/Mexico_City", "Asia/Tokyo")

    assert next_open(utc("2026-12-01T13:00:00"), far, windows) is None


def test_no_window_never_opens():
    assert next_open(utc("2026-12-01T13:00:00"), MEXICO, NEVER) is None
    assert not is_open(utc("2026-12-01T13:00:00"), MEXICO, NEVER)


def test_the_horizon_is_counted_in_hours():
    only_monday = ContactWindows((Window(0, 540, 1080),))
    moment = utc("2026-11-24T15:00:00")  # Tuesday 09:00; Monday 09:00 is 6 days later

    assert next_open(moment, MEXICO, only_monday, 6) == utc("2026-11-30T15:00:00")
    assert next_open(moment, MEXICO, only_monday, 5) is None
    assert (
        next_open(moment - timedelta(seconds=1), MEXICO, only_monday, 6) is None
    )  # one second too far


def test_a_month_of_holidays_is_beyond_the_horizon():
    days = frozenset(date(2026, 11, 1) + timedelta(days=n) for n in range(60))
    windows = ContactWindows(FALLBACK_WINDOWS.windows, days)

    assert next_open(utc("2026-11-02T12:00:00"), MEXICO, windows) is None
    assert next_open(utc("2026-11-02T12:00:00"), MEXICO, windows, 60) == utc(
        "2026-12-31T15:00:00"
    )


# --- clock changes ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "window", "moment", "expected"),
    [
        # New York, 2026-03-08: 02:00 EST becomes 03:00 EDT, at 07:00 UTC.
        (
            "America/New_York",
            ("08:00", "21:00"),
            "2026-03-08T11:59",
            "2026-03-08T12:00",
        ),
        (
            "America/New_York",
            ("08:00", "21:00"),
            "2026-03-07T12:59",
            "2026-03-07T13:00",
        ),
        (
            "America/New_York",
            ("02:30", "05:00"),
            "2026-03-08T05:00",
            "2026-03-08T07:00",
        ),
        (
            "America/New_York",
            ("02:00", "02:30"),
            "2026-03-08T05:00",
            "2026-03-09T06:00",
        ),
        (
            "America/New_York",
            ("03:00", "05:00"),
            "2026-03-08T05:00",
            "2026-03-08T07:00",
        ),
        # 2026-11-01: 02:00 EDT becomes 01:00 EST, at 06:00 UTC.
        (
            "America/New_York",
            ("08:00", "21:00"),
            "2026-11-01T12:59",
            "2026-11-01T13:00",
        ),
        (
            "America/New_York",
            ("01:30", "02:00"),
            "2026-11-01T05:00",
            "2026-11-01T05:30",
        ),
        (
            "America/New_York",
            ("01:30", "02:00"),
            "2026-11-01T06:00",
            "2026-11-01T06:30",
        ),
        (
            "America/New_York",
            ("00:30", "01:30"),
            "2026-11-01T05:45",
            "2026-11-01T06:00",
        ),
        (
            "America/New_York",
            ("02:00", "03:00"),
            "2026-11-01T05:59",
            "2026-11-01T07:00",
        ),
        # Santiago, 2022-09-11: midnight becomes 01:00, at 04:00 UTC.
        (
            "America/Santiago",
            ("00:00", "02:00"),
            "2022-09-11T03:00",
            "2022-09-11T04:00",
        ),
        (
            "America/Santiago",
            ("00:00", "01:00"),
            "2022-09-11T04:00",
            "2022-09-12T03:00",
        ),
        (
            "America/Santiago",
            ("00:30", "02:00"),
            "2022-09-11T03:59",
            "2022-09-11T04:00",
        ),
        # 2022-04-03: 24:00 of Saturday becomes 23:00 of Saturday, at 03:00 UTC.
        (
            "America/Santiago",
            ("23:00", "24:00"),
            "2022-04-03T01:00",
            "2022-04-03T02:00",
        ),
        (
            "America/Santiago",
            ("23:00", "23:30"),
            "2022-04-03T02:30",
            "2022-04-03T03:00",
        ),
        # St. John's, 2010-11-07: 00:01 becomes 23:01 of Saturday, at 02:31 UTC.
        (
            "America/St_Johns",
            ("23:00", "24:00"),
            "2010-11-07T02:30",
            "2010-11-07T02:31",
        ),
        # Lord Howe moves by half an hour, 2022-10-02: 02:00 becomes 02:30, 15:30 UTC.
        (
            "Australia/Lord_Howe",
            ("02:15", "04:00"),
            "2022-10-01T15:00",
            "2022-10-01T15:30",
        ),
        # Apia had no 2011-12-30: after Thursday 24:00 comes Saturday, at 10:00 UTC.
        ("Pacific/Apia", ("09:00", "10:00"), "2011-12-29T20:00", "2011-12-30T19:00"),
        ("Pacific/Apia", ("00:00", "24:00"), "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
)
def test_next_open_around_a_clock_change(zone, window, moment, expected):
    assert next_open(utc(moment), (zone,), daily(*window)) == utc(expected)


def test_saturday_lasts_an_hour_longer_when_the_clock_goes_back_at_midnight():
    saturdays = ContactWindows((Window(5, 0, 1440),))
    santiago = ("America/Santiago",)

    assert is_open(utc("2022-04-03T03:59:59"), santiago, saturdays)
    assert not is_open(utc("2022-04-03T04:00:00"), santiago, saturdays)


def test_a_clock_set_back_over_midnight_opens_yesterday_again():
    saturdays = ContactWindows((Window(5, 23 * 60, 1440),))
    st_johns = ("America/St_Johns",)  # 2010-11-07 00:01 becomes 23:01, at 02:31 UTC

    assert next_open(utc("2010-11-07T02:30:10"), st_johns, saturdays) == utc(
        "2010-11-07T02:31"
    )


def test_today_can_open_before_yesterday_opens_again():
    windows = ContactWindows((Window(5, 1380, 1410), Window(6, 0, 30)))
    st_johns = ("America/St_Johns",)

    assert next_open(utc("2010-11-07T02:15"), st_johns, windows) == utc(
        "2010-11-07T02:30"
    )
