"""What every rule says, and that the decision agrees with it."""

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import contact, rules
from odoo.addons.cobranza_whatsapp.core.limits import Contact, Limits

START = datetime(2026, 10, 1, tzinfo=timezone.utc)
ZONES = ("America/Mexico_City", "America/Tijuana", "America/Santiago", "Europe/Madrid")
MOMENTS = st.integers(0, 200 * 86400).map(lambda s: START + timedelta(seconds=s))
PROBLEMS = st.sampled_from(["", "", "", "", "phone_invalid"])


@st.composite
def windows(draw):
    items = []
    for weekday in draw(st.sets(st.integers(0, 6))):
        opens, closes = sorted(
            draw(st.sets(st.integers(0, 48), min_size=2, max_size=2))
        )
        items.append(contact.Window(weekday, opens * 30, closes * 30))
    days = draw(st.sets(st.integers(0, 220), max_size=20))
    holidays = frozenset((START + timedelta(days=day)).date() for day in days)
    return contact.ContactWindows(tuple(items), holidays)


LIMITS = st.builds(
    Limits,
    windows=windows(),
    max_per_day=st.integers(0, 3),
    max_per_7_days=st.integers(0, 4),
    max_per_30_days=st.integers(0, 8),
    min_gap_hours=st.sampled_from([0, 0, 1, 24, 48]),
    one_channel_per_week=st.booleans(),
    guarantors=st.booleans(),
    consent_bases=st.sampled_from([frozenset(), frozenset({"form"})]),
)
CHANNELS = st.sampled_from(["whatsapp", "sms", "email"])


@st.composite
def situations(draw):
    now = draw(MOMENTS)
    ago = st.integers(0, 32 * 86400).map(lambda s: now - timedelta(seconds=s))
    return rules.Situation(
        now_utc=now,
        channel=draw(CHANNELS),
        started=draw(st.sampled_from([True] * 9 + [False])),
        stopped=draw(st.sampled_from([False] * 9 + [True])),
        phone_problem=draw(PROBLEMS),
        consent=draw(st.sampled_from(["granted"] * 4 + ["none", "withdrawn"])),
        blocked_number=False,
        shared_number=draw(st.sampled_from([False] * 9 + [True])),
        account_problem="",
        template_problem="",
        zones=tuple(draw(st.lists(st.sampled_from(ZONES), max_size=2, unique=True))),
        limits=draw(LIMITS),
        history=tuple(
            draw(st.lists(st.builds(Contact, ago, CHANNELS), max_size=8)),
        ),
        role=draw(st.sampled_from(["debtor"] * 4 + ["guarantor"])),
        consent_basis=draw(st.sampled_from(["", "contract", "form", "form"])),
    )


@settings(max_examples=400, deadline=None)
@given(situations())
def test_decision_is_the_first_objection_of_the_explanation(situation):
    steps = rules.explain(situation)
    decision = rules.decide(situation)

    assert tuple(step.rule for step in steps) == rules.RULES
    refused = [step for step in steps if step.outcome == "refused"]
    later = [step for step in steps if step.outcome == "later"]
    if refused:
        assert decision == rules.Decision("refused", refused[0].code)
    elif later:
        assert (decision.outcome, decision.code) == ("later", later[0].code)
        alone = [step.not_before_utc for step in later]
        assert decision.not_before_utc >= max(alone) > situation.now_utc
    else:
        assert decision == rules.Decision("allowed")
    assert {step.code for step in steps} <= {"", *rules.CODES}


@settings(max_examples=400, deadline=None)
@given(situations())
def test_values_of_a_step_fill_its_sentence(situation):
    """What `models/reasons.py` puts in: a missing word would break a screen."""
    values = {step.rule: step.values for step in rules.explain(situation)}

    for rule in ("daily_cap", "weekly_cap", "monthly_cap"):
        assert {"count", "limit"} <= set(values[rule])
    assert "hours" in values["gap"]
    assert "asked" in values["channel_week"]
    assert values["person"]["role"] == situation.role
