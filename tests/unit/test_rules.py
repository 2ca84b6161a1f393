"""May this message go out now?"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.cobranza_whatsapp.core import contact, rules
from odoo.addons.cobranza_whatsapp.core.limits import Contact, Limits

# A Monday, 10:00 in Mexico City (UTC-6, no summer time).
MONDAY_10 = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)
MEXICO = ("America/Mexico_City",)
ONE_A_DAY = Limits(contact.FALLBACK_WINDOWS, max_per_day=1)
HOUR = timedelta(hours=1)


def situation(**changes):
    """Return a situation in which everything is allowed, but for the changes."""
    return rules.Situation(
        **{
            "now_utc": MONDAY_10,
            "channel": "whatsapp",
            "started": True,
            "stopped": False,
            "phone_problem": "",
            "consent": "granted",
            "blocked_number": False,
            "shared_number": False,
            "account_problem": "",
            "template_problem": "",
            "zones": MEXICO,
            "limits": ONE_A_DAY,
            "history": (),
            **changes,
        }
    )


def sent(*ago, now=MONDAY_10, channel="whatsapp"):
    """Return the history of messages so long ago."""
    return tuple(Contact(now - one, channel) for one in ago)


REFUSALS = {
    "stopped_all": {"stopped": True},
    "not_started": {"started": False},
    "phone_missing": {"phone_problem": "phone_missing"},
    "number_shared": {"shared_number": True},
    "opted_out": {"consent": "withdrawn"},
    "number_blocked": {"blocked_number": True},
    "no_consent": {"consent": "none"},
    "account_on_hold": {"account_problem": "account_on_hold"},
    "template_missing": {"template_problem": "template_missing"},
}


def test_nothing_objects():
    assert rules.decide(situation()) == rules.Decision("allowed")


@pytest.mark.parametrize("code", REFUSALS)
def test_refusal(code):
    assert rules.decide(situation(**REFUSALS[code])) == rules.Decision("refused", code)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("email_missing", {"phone_problem": "email_missing"}),
        ("email_shared", {"shared_number": True}),
        ("email_blocked", {"blocked_number": True}),
    ],
)
def test_refusal_of_an_address_speaks_of_the_address(code, changes):
    decision = rules.decide(situation(channel="email", **changes))

    assert decision == rules.Decision("refused", code)


def test_first_objection_gives_the_reason():
    changes = {}
    for code in reversed(REFUSALS):
        changes |= REFUSALS[code]
        assert rules.decide(situation(**changes)).code == code


def test_refusal_comes_before_waiting():
    sunday = MONDAY_10 - timedelta(days=1)

    assert rules.decide(situation(now_utc=sunday, consent="none")).code == "no_consent"


@pytest.mark.parametrize(
    ("moment", "wait"),
    [
        (MONDAY_10 - HOUR, None),  # 9:00, the first moment
        (MONDAY_10 - HOUR - timedelta(seconds=1), timedelta(seconds=1)),
        (MONDAY_10 + 8 * HOUR - timedelta(seconds=1), None),  # 17:59:59
        (MONDAY_10 + 8 * HOUR, 15 * HOUR),  # 18:00 is closed
        (MONDAY_10 - 24 * HOUR, 23 * HOUR),  # Sunday
    ],
)
def test_outside_the_window_means_later(moment, wait):
    decision = rules.decide(situation(now_utc=moment))

    if wait is None:
        assert decision.outcome == "allowed"
    else:
        assert decision == rules.Decision("later", "outside_window", moment + wait)


def test_debtor_s_clock_counts():
    tijuana = rules.decide(situation(zones=("America/Tijuana",)))

    assert tijuana.not_before_utc == MONDAY_10 + HOUR  # 8:00 there


def test_every_possible_zone_must_be_open():
    both = rules.decide(situation(zones=("America/Tijuana", "America/Cancun")))

    assert both.not_before_utc == MONDAY_10 + HOUR
    late = MONDAY_10 + 7 * HOUR  # 16:00 in Tijuana, 18:00 in Cancun
    assert (
        rules.decide(
            situation(now_utc=late, zones=("America/Tijuana", "America/Cancun"))
        ).outcome
        == "later"
    )


@pytest.mark.parametrize(
    "changes", [{"zones": ()}, {"limits": Limits(contact.ContactWindows(()))}]
)
def test_without_hours_or_zone_no_moment_is_open(changes):
    assert rules.decide(situation(**changes)) == rules.Decision("refused", "never_open")


def test_second_message_of_a_day_waits_for_the_next_opening():
    decision = rules.decide(situation(history=sent(HOUR)))

    assert decision == rules.Decision("later", "daily_cap", MONDAY_10 + 23 * HOUR)


@pytest.mark.parametrize(
    ("ago", "cap", "outcome"),
    [
        ((), 1, "allowed"),
        ((10 * HOUR,), 1, "later"),  # 0:00 today
        ((10 * HOUR + timedelta(seconds=1),), 1, "allowed"),  # yesterday
        ((HOUR,), 2, "allowed"),
        ((HOUR, 2 * HOUR), 2, "later"),
    ],
)
def test_cap_counts_the_debtor_s_local_day(ago, cap, outcome):
    day = replace(ONE_A_DAY, max_per_day=cap)

    decision = rules.decide(situation(history=sent(*ago), limits=day))

    assert decision.outcome == outcome


def test_cap_on_friday_waits_until_monday():
    friday = MONDAY_10 - timedelta(days=3)

    decision = rules.decide(situation(now_utc=friday, history=sent(HOUR, now=friday)))

    assert decision == rules.Decision("later", "daily_cap", MONDAY_10 - HOUR)


def test_confirmation_looks_at_the_account_only():
    held = rules.decide_confirmation("account_on_hold")

    assert rules.decide_confirmation("") == rules.Decision("allowed")
    assert held == rules.Decision("refused", "account_on_hold")


def test_every_code_of_a_decision_is_listed():
    codes = {rules.decide(situation(**changes)).code for changes in REFUSALS.values()}

    assert codes <= set(rules.CODES)
