"""Third parties: the debtor, a guarantor where both laws allow it, nobody else."""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
import test_rules

from odoo.addons.cobranza_whatsapp.core import contact, limits, rules
from odoo.addons.cobranza_whatsapp.core.limits import Contact, Limits
from odoo.addons.cobranza_whatsapp.core.situation import Role

# A Monday, 10:00 in Mexico City.
MONDAY_10 = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
DEBTOR = Limits(
    contact.FALLBACK_WINDOWS, max_per_day=2, guarantors=True, version="debtor"
)
GUARANTOR = Limits(
    contact.FALLBACK_WINDOWS, max_per_day=1, guarantors=True, version="guarantor"
)


def decide(**changes):
    """Return what the rules say of a guarantor who may be written to."""
    both = limits.for_guarantor(DEBTOR, GUARANTOR)
    wanted = {"limits": both, "role": "guarantor", **changes}
    return rules.decide(test_rules.situation(**wanted))


def test_guarantor_who_consented_is_allowed():
    assert decide().outcome == "allowed"


def test_nobody_but_debtor_and_guarantor_has_a_role():
    assert set(get_args(Role)) == {"debtor", "guarantor"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"limits": replace(DEBTOR, guarantors=False)}, "guarantor_forbidden"),
        ({"person_problem": "guarantor_ended"}, "guarantor_ended"),
        ({"person_problem": "guarantor_archived"}, "guarantor_archived"),
        ({"consent": "none"}, "guarantor_no_consent"),
        ({"consent": "withdrawn"}, "opted_out"),
        ({"blocked_number": True}, "number_blocked"),
        ({"shared_number": True}, "number_shared"),
        ({"phone_problem": "number_dead"}, "number_dead"),
    ],
)
def test_what_stands_in_his_way(changes, code):
    assert decide(**changes) == rules.Decision("refused", code)


@pytest.mark.parametrize("which", ["debtor", "guarantor"])
def test_both_laws_must_allow_it(which):
    policies = {"debtor": DEBTOR, "guarantor": GUARANTOR}
    policies[which] = replace(policies[which], guarantors=False)

    assert not limits.for_guarantor(**policies).guarantors


def test_hours_are_his_caps_are_the_stricter_of_both():
    early = contact.ContactWindows((contact.Window(0, 7 * 60, 9 * 60),))
    strict = replace(DEBTOR, max_per_7_days=1, min_gap_hours=48)

    both = limits.for_guarantor(strict, replace(GUARANTOR, windows=early))

    assert both.windows == early
    assert (both.max_per_day, both.max_per_7_days, both.min_gap_hours) == (1, 1, 48)
    assert both.version == "debtor guarantor"


def test_message_to_the_debtor_counts_for_the_guarantor():
    decision = decide(history=(Contact(MONDAY_10 - HOUR, "sms"),))

    assert (decision.outcome, decision.code) == ("later", "daily_cap")


def test_his_zone_decides():
    night_in_madrid = datetime.combine(
        MONDAY_10.date(), time(23), ZoneInfo("Europe/Madrid")
    )

    decision = decide(now_utc=night_in_madrid, zones=("Europe/Madrid",))

    assert (decision.outcome, decision.code) == ("later", "outside_window")
