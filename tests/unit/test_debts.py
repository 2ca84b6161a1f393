"""Which debts are chased, at which stage, for how much."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import debts
from odoo.addons.cobranza_whatsapp.core.types import Debt, Stage

TODAY = date(2026, 11, 22)
STAGES = (
    Stage(1, -3, 0),
    Stage(2, 0, 7),
    Stage(3, 7, 15),
    Stage(4, 15, 45),
    Stage(5, 45, None, action="activity"),
)


def make_debt(days_overdue=8, amount="100", move_id=1, hold=""):
    """Return a debt, or a credit if the amount is negative."""
    due = TODAY - timedelta(days=days_overdue)
    return Debt(move_id, due, Decimal(amount), f"FAC/{move_id}", hold)


def claim(*lines):
    return debts.claim(lines, STAGES, TODAY)


# --- days and stages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "stage_id"),
    [
        (-4, None),
        (-3, 1),
        (-1, 1),
        (0, 2),
        (6, 2),
        (7, 3),
        (14, 3),
        (15, 4),
        (44, 4),
        (45, 5),
        (9999, 5),
    ],
)
def test_stage_is_a_half_open_range_of_days(days, stage_id):
    stage = debts.stage_of(days, STAGES)

    assert (stage and stage.id) == stage_id


def test_no_stages_hold_no_day():
    assert debts.stage_of(5, ()) is None


def test_first_stage_may_begin_after_the_due_date():
    assert debts.stage_of(0, [Stage(1, 5, None)]) is None


@pytest.mark.parametrize(("due", "days"), [(TODAY, 0), (date(2026, 11, 21), 1)])
def test_days_overdue_are_whole_days(due, days):
    assert debts.days_overdue(due, TODAY) == days


def test_days_overdue_are_negative_before_the_due_date():
    assert debts.days_overdue(date(2026, 12, 2), TODAY) == -10


@pytest.mark.parametrize(
    ("days", "in_days"), [(-30, 27), (-3, 3), (-1, 1), (0, 7), (44, 1), (45, None)]
)
def test_next_stage_begins_on_its_first_day(days, in_days):
    found = debts.next_stage_date(make_debt(days), STAGES, TODAY)

    assert found == (in_days and TODAY + timedelta(days=in_days))


# --- credits --------------------------------------------------------------------------


def test_credit_reduces_the_oldest_debt_first():
    lines = [make_debt(5, "100", 2), make_debt(20, "60", 1), make_debt(0, "-90", 3)]

    remaining, used = debts.apply_credits(lines)

    assert [(d.move_id, d.amount) for d in remaining] == [(2, Decimal(70))]
    assert used == 90


def test_credit_beyond_the_debts_is_not_used():
    remaining, used = debts.apply_credits([make_debt(amount="40"), make_debt(0, "-99")])

    assert (remaining, used) == ([], Decimal(40))


def test_credit_pays_a_disputed_debt_too():
    lines = [
        make_debt(20, "50", 1, hold="dispute"),
        make_debt(5, "50", 2),
        make_debt(0, "-50", 3),
    ]

    remaining, _used = debts.apply_credits(lines)

    assert [d.move_id for d in remaining] == [2]


def test_debts_of_the_same_day_are_ordered_by_invoice():
    lines = [make_debt(move_id=7), make_debt(move_id=3), make_debt(0, "-100", 9)]

    remaining, _used = debts.apply_credits(lines)

    assert [d.move_id for d in remaining] == [7]


def test_what_is_left_of_a_debt_keeps_its_hold_and_number():
    lines = [make_debt(5, "100", 4, hold="hold"), make_debt(0, "-30", 5)]

    [left], _used = debts.apply_credits(lines)

    assert (left.amount, left.hold, left.number) == (70, "hold", "FAC/4")


AMOUNTS = st.integers(-5000, 5000).filter(bool).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(
    st.builds(
        make_debt,
        st.integers(-60, 60),
        AMOUNTS,
        st.integers(1, 9),
        st.sampled_from(["", "hold", "blocked"]),
    ),
    max_size=12,
)


@given(LINES)
def test_no_cent_appears_or_disappears(lines):
    remaining, used = debts.apply_credits(lines)

    owed = sum(line.amount for line in lines if line.amount > 0)
    credit = -sum(line.amount for line in lines if line.amount < 0)
    assert sum(debt.amount for debt in remaining) + used == owed
    assert 0 <= used <= credit
    assert used == min(owed, credit)
    assert all(debt.amount > 0 for debt in remaining)


@given(LINES)
def test_claim_never_exceeds_what_is_due_and_names_no_held_debt(lines):
    outcome = debts.claim(lines, STAGES, TODAY)

    if isinstance(outcome, debts.Nothing):
        return
    assert all(not debt.hold for debt in outcome.debts)
    owed = sum(line.amount for line in lines if line.amount > 0 and not line.hold)
    assert 0 < outcome.total <= owed
    dates = [debt.date_maturity for debt in outcome.debts]
    assert dates == sorted(dates)
    worst = debts.days_overdue(dates[0], TODAY)
    assert outcome.stage == debts.stage_of(worst, STAGES)


# --- claims ---------------------------------------------------------------------------


def test_worst_debt_decides_the_stage_of_all():
    outcome = claim(make_debt(2, "10", 1), make_debt(20, "30", 2))

    assert outcome.stage.id == 4
    assert [d.move_id for d in outcome.debts] == [2, 1]
    assert outcome.cycle.move_id == 2
    assert outcome.total == 40


def test_debts_not_yet_due_are_not_named_with_overdue_ones():
    outcome = claim(make_debt(8, move_id=1), make_debt(-1, move_id=2))

    assert [d.move_id for d in outcome.debts] == [1]


def test_preventive_reminder_names_what_falls_due_within_its_range():
    outcome = claim(
        make_debt(-3, move_id=1), make_debt(-2, move_id=2), make_debt(-4, move_id=3)
    )

    assert outcome.stage.id == 1
    assert [d.move_id for d in outcome.debts] == [2, 1]


def test_credit_is_shown_with_the_claim():
    outcome = claim(make_debt(8, "100"), make_debt(0, "-30", 2))

    assert (outcome.total, outcome.credit) == (70, 30)


def test_credit_that_pays_the_worst_debt_lowers_the_stage():
    outcome = claim(
        make_debt(20, "50", 1), make_debt(2, "80", 2), make_debt(0, "-50", 3)
    )

    assert outcome.stage.id == 2
    assert outcome.cycle.move_id == 2


def test_held_debt_leaves_the_others_claimed():
    outcome = claim(make_debt(20, "50", 1, hold="dispute"), make_debt(2, "80", 2))

    assert outcome.stage.id == 2
    assert outcome.total == 80


@pytest.mark.parametrize(
    ("lines", "code", "in_days"),
    [
        ((), "no_debt", None),
        ((make_debt(0, "-10"),), "no_debt", None),
        ((make_debt(8, "50"), make_debt(0, "-50", 2)), "covered_by_credit", None),
        ((make_debt(8, hold="hold"),), "all_on_hold", None),
        ((make_debt(-20),), "not_yet", 17),
    ],
)
def test_nothing_is_claimed_for_a_reason(lines, code, in_days):
    outcome = claim(*lines)

    assert isinstance(outcome, debts.Nothing)
    assert outcome.code == code
    assert outcome.next_date == (in_days and TODAY + timedelta(days=in_days))


def test_policy_without_stages_claims_nothing_ever():
    outcome = debts.claim([make_debt(8)], [], TODAY)

    assert outcome == debts.Nothing("not_yet", None)
