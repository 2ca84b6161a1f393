"""Caps by rule: histories of messages, and when the next one may go.

"Now" is Wednesday, 25 November 2026, 10:00 in Bogotá and Lima (UTC-5); a history says
how many hours ago and by which channel. Windows are open at all hours here, so that
only the caps speak, but for the last group.
"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import contact_cases
import pytest

from odoo.addons.cobranza_whatsapp.core import contact, limits, rules
from odoo.addons.cobranza_whatsapp.core.limits import Contact, Limits

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=timezone.utc)
BOGOTA = ("America/Bogota",)
OPEN = contact.ContactWindows(tuple(contact.Window(day, 0, 1440) for day in range(7)))
SECOND = 1 / 3600
WEEK = 168
MONTH = 720
DAY_1 = Limits(OPEN, max_per_day=1)
DAY_2 = Limits(OPEN, max_per_day=2)
WEEK_1 = Limits(OPEN, max_per_7_days=1)
WEEK_2 = Limits(OPEN, max_per_7_days=2)
WEEK_3 = Limits(OPEN, max_per_7_days=3)
MONTH_2 = Limits(OPEN, max_per_30_days=2)
GAP_48 = Limits(OPEN, min_gap_hours=48)
CHANNEL = Limits(OPEN, one_channel_per_week=True)
# Chile: two messages a week, two days apart.
CHILE = replace(contact_cases.LAWS["CL"].law, windows=OPEN)
COLOMBIA = replace(contact_cases.LAWS["CO"].law, windows=OPEN)
COLOMBIA_OURS = replace(contact_cases.LAWS["CO"].applied, windows=OPEN)
PARAGUAY = replace(contact_cases.LAWS["PY"].law, windows=OPEN)
GUATEMALA = replace(contact_cases.LAWS["GT"].law, windows=OPEN)
DOMINICAN = replace(contact_cases.LAWS["DO"].law, windows=OPEN)
NEW_YORK = replace(contact_cases.LAWS["US-NYC"].law, windows=OPEN)

# (name, limits, hours ago of each contact, rule or "", hours until allowed again).
# Of one channel unless a pair says which. Midnight in Bogotá was 10 hours ago.
CASES = (
    # --- a day: the debtor's local day
    ("day_none", DAY_1, [], "", 0),
    ("day_just_now", DAY_1, [0], "daily_cap", 14),
    ("day_hour_ago", DAY_1, [1], "daily_cap", 14),
    ("day_at_midnight", DAY_1, [10], "daily_cap", 14),
    ("day_second_before_midnight", DAY_1, [10 + SECOND], "", 0),
    ("day_yesterday_evening", DAY_1, [13], "", 0),
    ("day_other_channel_counts", DAY_1, [(2, "sms")], "daily_cap", 14),
    ("day_e_mail_counts", DAY_1, [(2, "email")], "daily_cap", 14),
    ("day_two_first", DAY_2, [2], "", 0),
    ("day_two_full", DAY_2, [2, 3], "daily_cap", 14),
    ("day_two_one_yesterday", DAY_2, [2, 11], "", 0),
    ("day_two_mixed_channels", DAY_2, [2, (3, "sms")], "daily_cap", 14),
    ("day_more_than_allowed", DAY_1, [1, 2, 3], "daily_cap", 14),
    # --- seven days: 168 hours
    ("week_none", WEEK_1, [], "", 0),
    ("week_yesterday", WEEK_1, [24], "weekly_cap", 144),
    ("week_second_before", WEEK_1, [WEEK - SECOND], "weekly_cap", SECOND),
    ("week_exactly", WEEK_1, [WEEK], "", 0),
    ("week_second_after", WEEK_1, [WEEK + SECOND], "", 0),
    ("week_other_channel", WEEK_1, [(24, "sms")], "weekly_cap", 144),
    ("week_two_first", WEEK_2, [24], "", 0),
    ("week_two_full", WEEK_2, [24, 100], "weekly_cap", 68),
    ("week_two_oldest_leaves", WEEK_2, [24, WEEK], "", 0),
    ("week_two_oldest_almost", WEEK_2, [24, WEEK - SECOND], "weekly_cap", SECOND),
    ("week_two_three_sent", WEEK_2, [24, 50, 100], "weekly_cap", 118),
    ("week_two_any_order", WEEK_2, [100, 24], "weekly_cap", 68),
    ("week_three_full", WEEK_3, [1, 2, 3], "weekly_cap", 165),
    ("week_three_room", WEEK_3, [1, 2], "", 0),
    ("week_same_instant", WEEK_2, [24, 24], "weekly_cap", 144),
    # --- thirty days
    ("month_room", MONTH_2, [24], "", 0),
    ("month_full", MONTH_2, [24, 48], "monthly_cap", 672),
    ("month_second_before", MONTH_2, [24, MONTH - SECOND], "monthly_cap", SECOND),
    ("month_exactly", MONTH_2, [24, MONTH], "", 0),
    # --- a gap of real hours
    ("gap_none", GAP_48, [], "", 0),
    ("gap_just_now", GAP_48, [0], "gap", 48),
    ("gap_yesterday", GAP_48, [24], "gap", 24),
    ("gap_second_before", GAP_48, [48 - SECOND], "gap", SECOND),
    ("gap_exactly", GAP_48, [48], "", 0),
    ("gap_second_after", GAP_48, [48 + SECOND], "", 0),
    ("gap_newest_counts", GAP_48, [100, 20, 60], "gap", 28),
    ("gap_other_channel", GAP_48, [(20, "sms")], "gap", 28),
    # --- one channel a week
    ("channel_none", CHANNEL, [], "", 0),
    ("channel_same", CHANNEL, [1, 20, 100], "", 0),
    ("channel_other", CHANNEL, [(20, "sms")], "channel_week", 148),
    ("channel_e_mail", CHANNEL, [(20, "email")], "channel_week", 148),
    ("channel_other_second", CHANNEL, [(WEEK - SECOND, "sms")], "channel_week", SECOND),
    ("channel_other_exactly", CHANNEL, [(WEEK, "sms")], "", 0),
    ("channel_mixed", CHANNEL, [2, (30, "sms")], "channel_week", 138),
    (
        "channel_newest_of_others",
        CHANNEL,
        [(30, "sms"), (9, "sms")],
        "channel_week",
        159,
    ),
    # --- Chile: the gap passes before the week has room
    ("chile_first", CHILE, [], "", 0),
    ("chile_second_too_soon", CHILE, [47], "gap", 1),
    ("chile_second", CHILE, [48], "", 0),
    ("chile_third", CHILE, [50, 100], "weekly_cap", 68),
    ("chile_third_both", CHILE, [10, 100], "weekly_cap", 68),
    ("chile_third_gap_last", CHILE, [10, 160], "weekly_cap", 38),
    ("chile_after_the_week", CHILE, [50, WEEK], "", 0),
    # --- Colombia: once a day, one channel a week; ours once in seven days
    ("colombia_law_next_day", COLOMBIA, [24], "", 0),
    ("colombia_law_same_day", COLOMBIA, [2], "daily_cap", 14),
    ("colombia_law_other_channel", COLOMBIA, [(24, "sms")], "channel_week", 144),
    ("colombia_law_other_same_day", COLOMBIA, [(2, "sms")], "daily_cap", 166),
    ("colombia_ours_week", COLOMBIA_OURS, [100], "weekly_cap", 68),
    ("colombia_ours_after", COLOMBIA_OURS, [WEEK], "", 0),
    # --- others
    ("paraguay_third", PARAGUAY, [24, 48], "", 0),
    ("paraguay_fourth", PARAGUAY, [24, 48, 72], "weekly_cap", 96),
    ("guatemala_second", GUATEMALA, [1], "", 0),
    ("guatemala_third", GUATEMALA, [1, 2], "daily_cap", 14),
    ("dominican_fifth", DOMINICAN, [1, 2, 3, 4], "", 0),
    ("dominican_sixth", DOMINICAN, [1, 2, 3, 4, 5], "daily_cap", 14),
    ("new_york_fourth", NEW_YORK, [1, 2, 3], "weekly_cap", 165),
)


# Paraguay: one more on the day of an answer. The same columns, and hours ago of it.
ANSWERED = (
    ("paraguay_fourth_answered", PARAGUAY, [24, 48, 72], [1], "", 0),
    ("paraguay_fifth_answered", PARAGUAY, [2, 24, 48, 72], [1], "weekly_cap", 120),
    ("paraguay_answered_at_midnight", PARAGUAY, [24, 48, 72], [10], "", 0),
    (
        "paraguay_answered_a_second_before_midnight",
        PARAGUAY,
        [24, 48, 72],
        [10 + SECOND],
        "weekly_cap",
        96,
    ),
    ("paraguay_answered_yesterday", PARAGUAY, [24, 48, 72], [20], "weekly_cap", 96),
    ("paraguay_third_answered", PARAGUAY, [24, 48], [1], "", 0),
    ("paraguay_fifth_room_today", PARAGUAY, [2, 24, 48, 160], [1], "weekly_cap", 8),
    ("paraguay_old_and_new_answer", PARAGUAY, [24, 48, 72], [50, 3], "", 0),
    ("guatemala_answered", GUATEMALA, [1, 2], [1], "daily_cap", 14),
    ("chile_answered", CHILE, [50, 100], [1], "weekly_cap", 68),
)


def ask(permitted, history, now=NOW, zones=BOGOTA, answered=()):
    contacts = tuple(
        Contact(now - timedelta(hours=ago), channel)
        for ago, channel in (
            one if isinstance(one, tuple) else (one, "whatsapp") for one in history
        )
    )
    return rules.decide(
        rules.Situation(
            now_utc=now,
            channel="whatsapp",
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
            history=contacts,
            answers=tuple(now - timedelta(hours=ago) for ago in answered),
        )
    )


def test_there_are_enough_histories():
    assert len(CASES) >= 60
    assert len({case[0] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("permitted", "history", "code", "wait_hours"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_history(permitted, history, code, wait_hours):
    decision = ask(permitted, history)

    if not code:
        assert decision == rules.Decision("allowed")
    else:
        assert (decision.outcome, decision.code) == ("later", code)
        expected = NOW + timedelta(hours=wait_hours)
        assert abs(decision.not_before_utc - expected) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("permitted", "history", "answered", "code", "wait_hours"),
    [case[1:] for case in ANSWERED],
    ids=[case[0] for case in ANSWERED],
)
def test_history_with_an_answer(permitted, history, answered, code, wait_hours):
    decision = ask(permitted, history, answered=answered)

    if not code:
        assert decision == rules.Decision("allowed")
        return
    assert (decision.outcome, decision.code) == ("later", code)
    expected = NOW + timedelta(hours=wait_hours)
    assert abs(decision.not_before_utc - expected) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("own", "week", "extra"),
    [
        (Limits(OPEN), 3, 1),
        (Limits(OPEN, max_per_7_days=2), 2, 0),
        (Limits(OPEN, max_per_7_days=2, answered_extra=1), 2, 1),
        (Limits(OPEN, max_per_7_days=2, answered_extra=5), 2, 2),
        (Limits(OPEN, max_per_7_days=9, answered_extra=1), 3, 1),
        (Limits(OPEN, max_per_7_days=4), 3, 1),
    ],
)
def test_answer_never_gives_more_than_the_law(own, week, extra):
    both = limits.narrower(own, PARAGUAY)

    assert (both.max_per_7_days, both.answered_extra) == (week, extra)


def test_company_s_stricter_limit_holds_before_the_law_s():
    own = Limits(OPEN, max_per_7_days=1, min_gap_hours=1)
    both = limits.narrower(own, CHILE)

    assert ask(both, [100]).code == "weekly_cap"
    assert ask(CHILE, [100]).outcome == "allowed"
    assert ask(both, [20]).not_before_utc == NOW + timedelta(hours=148)


def test_full_day_in_one_of_two_zones_waits_for_its_midnight():
    """It is 7:00 in Tijuana: 9 hours ago was yesterday there, but not in Madrid."""
    zones = ("America/Tijuana", "Europe/Madrid")

    decision = ask(DAY_1, [9], zones=zones)

    assert decision == rules.Decision("later", "daily_cap", NOW + timedelta(hours=8))


def test_gap_over_a_change_of_the_clock_is_real_hours():
    """Madrid goes back an hour on 25 October 2026: 48 hours are 47 on the wall."""
    sent = datetime(2026, 10, 24, 10, 0, tzinfo=timezone.utc)  # 12:00 there
    before = sent + timedelta(hours=48, seconds=-1)
    history = [(before - sent) / timedelta(hours=1)]

    decision = ask(GAP_48, history, now=before, zones=("Europe/Madrid",))

    assert decision.not_before_utc == sent + timedelta(hours=48)  # 11:00 there


def test_cap_that_ends_at_night_waits_for_the_window():
    night = datetime(2026, 11, 26, 5, 0, tzinfo=timezone.utc)  # midnight in Bogotá
    day = replace(DAY_1, windows=contact.FALLBACK_WINDOWS)

    assert ask(day, [2]).not_before_utc == night + timedelta(hours=9)


def test_window_that_opens_while_a_cap_still_holds_waits_for_both():
    gap = replace(GAP_48, windows=contact.FALLBACK_WINDOWS)
    friday = NOW + timedelta(days=2)

    # 47 hours since the last on Friday 10:00; on Friday 17:00 it would be 54.
    assert ask(gap, [47], now=friday).not_before_utc == friday + timedelta(hours=1)
    # 38 hours: free on Friday 20:00, closed until Monday 9:00.
    later = ask(gap, [38], now=friday)
    assert later == rules.Decision("later", "gap", friday + timedelta(hours=71))
