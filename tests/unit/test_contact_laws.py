"""All 27 policies at moments to the second, and never outside the law."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import contact_cases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import contact, limits, rules
from odoo.addons.cobranza_whatsapp.core.limits import Contact

CASES = list(contact_cases.cases())
CODES = sorted(contact_cases.LAWS)


def situation(permitted, now, zones, history=(), channel="whatsapp"):
    return rules.Situation(
        now_utc=now,
        channel=channel,
        started=True,
        stopped=False,
        phone_problem="",
        consent="granted",
        blocked_number=False,
        shared_number=False,
        account_problem="",
        template_problem="",
        zones=zones,
        limits=permitted,
        history=tuple(history),
    )


def test_there_are_enough_cases_and_every_policy_has_some():
    assert len(CASES) >= 200
    assert {case[0] for case in CASES} == set(CODES) == set(contact_cases.HOURS)
    assert len(CODES) == 27


@pytest.mark.parametrize(("code", "state", "zone", "moment", "expected"), CASES)
def test_moment(code, state, zone, moment, expected):
    country = "HN" if code == "XX" else ""
    permitted = contact_cases.limits_of(code, state, country)
    now = contact_cases.local(moment, zone).astimezone(timezone.utc)

    decision = rules.decide(situation(permitted, now, (zone,)))

    if expected == "open":
        assert decision == rules.Decision("allowed")
    else:
        assert decision.outcome == "later"
        assert decision.code in ("outside_window", "holiday")
        found = decision.not_before_utc.astimezone(ZoneInfo(zone))
        assert found == contact_cases.local(expected, zone)


def test_debtor_abroad_is_asked_by_his_clock_and_his_law():
    """A Mexican creditor, a debtor in Spain: 9:00 in Madrid is 1:00 in Mexico."""
    permitted = contact_cases.limits_of("ES", "M")
    zones = contact.zones_for("ES", "M", "+34612345678", "", "America/Mexico_City")
    now = contact_cases.local("2026-07-15 09:00:00", "Europe/Madrid")

    assert zones == ("Europe/Madrid",)
    assert rules.decide(situation(permitted, now, zones)).outcome == "allowed"
    early = now - timedelta(seconds=1)
    assert rules.decide(situation(permitted, early, zones)).not_before_utc == now


@pytest.mark.parametrize("code", CODES)
def test_no_default_is_wider_than_its_law(code):
    law = contact_cases.LAWS[code]

    assert limits.wider(law.applied, law.law) == ()
    assert law.holidays or not law.law_holidays


@pytest.mark.parametrize(
    ("own", "wider"),
    [
        ({"max_per_day": 2}, ("max_per_day",)),
        ({"max_per_day": 1}, ()),
        ({"max_per_7_days": 3}, ()),
        ({"guarantors": True}, ()),
    ],
)
def test_what_is_wider_than_colombia_is_named(own, wider):
    law = contact_cases.LAWS["CO"].law
    law = limits.replace(law, guarantors=True)

    assert limits.wider(limits.Limits(law.windows, **own), law) == wider


def test_hour_that_is_wider_is_named():
    law = contact_cases.LAWS["CO"].law
    late = contact.ContactWindows((contact.Window(0, 7 * 60, 19 * 60 + 1),))

    assert limits.wider(limits.Limits(late), law) == ("windows",)


# --- properties -----------------------------------------------------------------------

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
MOMENTS = st.integers(0, 700 * 86400).map(lambda s: START + timedelta(seconds=s))
CHANNELS = st.sampled_from(["whatsapp", "sms", "email"])


@st.composite
def asked(draw):
    """Return (law, what a company makes of it, a situation)."""
    code = draw(st.sampled_from(CODES))
    law = contact_cases.LAWS[code]
    now = draw(MOMENTS)
    own = limits.Limits(
        contact.ContactWindows(
            tuple(
                contact.Window(day, opens * 60, closes * 60)
                for day in draw(st.sets(st.integers(0, 6), min_size=1))
                for opens, closes in [
                    sorted(draw(st.sets(st.integers(0, 24), min_size=2, max_size=2)))
                ]
            )
        ),
        max_per_day=draw(st.integers(0, 4)),
        max_per_7_days=draw(st.integers(0, 6)),
        min_gap_hours=draw(st.sampled_from([0, 1, 30, 72])),
    )
    permitted = limits.narrower(own, law.law)
    if draw(st.booleans()):
        permitted = contact_cases.limits_of(code, law.state)
    ago = st.integers(0, 9 * 86400).map(lambda s: now - timedelta(seconds=s))
    history = draw(st.lists(st.builds(Contact, ago, CHANNELS), max_size=6))
    zones = (contact_cases.HOURS[code][0],)
    if draw(st.booleans()):
        zones += ("America/Santiago",)
    return law, situation(permitted, now, zones, history, draw(CHANNELS))


@settings(max_examples=500, deadline=None)
@given(asked())
def test_next_legal_moment_is_itself_allowed_and_within_the_law(case):
    law, one = case
    decision = rules.decide(one)
    if decision.outcome == "refused":
        assert decision.code == "never_open"
        return
    moment = decision.not_before_utc or one.now_utc
    there = limits.replace(one, now_utc=moment)

    assert rules.decide(there) == rules.Decision("allowed")
    second_before = limits.replace(one, now_utc=moment - timedelta(seconds=1))
    if decision.outcome == "later":
        assert rules.decide(second_before).outcome == "later"
    _assert_within(law, there)


def _assert_within(law, there):
    """The law itself, counted in the plainest way."""
    now = there.now_utc
    for zone in map(ZoneInfo, there.zones):
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        hours = law.law.windows.windows
        assert not hours or any(
            item.weekday == local.weekday() and item.opens <= minute < item.closes
            for item in hours
        )
        same_day = [
            c
            for c in there.history
            if c.moment_utc.astimezone(zone).date() == local.date()
        ]
        assert not law.law.max_per_day or len(same_day) < law.law.max_per_day
    week = [c for c in there.history if now - c.moment_utc < timedelta(days=7)]
    assert not law.law.max_per_7_days or len(week) < law.law.max_per_7_days
    gap = timedelta(hours=law.law.min_gap_hours)
    assert all(now - c.moment_utc >= gap for c in there.history)
    if law.law.one_channel_per_week:
        assert {c.channel for c in week} <= {there.channel}
