"""What a person reads about each rule."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from ..core import contact, rules
from ..core.limits import Contact, Limits
from ..models import reasons
from .common import CobranzaCase

MONDAY_10 = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)  # in Mexico City
WEEK = tuple(contact.Window(day, 7 * 60, 19 * 60) for day in range(5)) + (
    contact.Window(5, 8 * 60, 15 * 60 + 30),
)
ALLOWED = rules.Situation(
    now_utc=MONDAY_10,
    channel="whatsapp",
    started=True,
    stopped=False,
    phone_problem="",
    consent="granted",
    blocked_number=False,
    shared_number=False,
    account_problem="",
    template_problem="",
    zones=("America/Mexico_City",),
    limits=Limits(contact.ContactWindows(WEEK), max_per_day=2, min_gap_hours=1),
    history=(Contact(MONDAY_10 - timedelta(hours=2), "sms"),),
    consent_basis="contract",
    consent_at_utc=datetime(2026, 5, 3, 15, 0, tzinfo=timezone.utc),
)


@tagged("post_install", "-at_install")
class TestReasons(CobranzaCase):
    def sentences(self, **changes):
        english = self.env(context={"lang": "en_US"})
        steps = rules.explain(replace(ALLOWED, **changes))
        return {step.rule: reasons.step_sentence(english, step) for step in steps}

    def test_every_rule_that_passes_says_what_it_found(self):
        found = self.sentences()

        self.assertEqual(
            found["outside_window"],
            "Inside the permitted hours: Mon–Fri 7–19, Sat 8–15:30.",
        )
        self.assertEqual(found["daily_cap"], "Messages today: 1 of at most 2.")
        self.assertEqual(
            found["weekly_cap"], "The contact policy sets no limit of this kind."
        )
        self.assertEqual(found["gap"], "At least 1 hours since the last message.")
        self.assertRegex(
            found["consent"], r"^Consent of .*2026 by: Contract or terms of sale\.$"
        )
        self.assertEqual(list(found), list(rules.RULES))

    def test_objections_have_the_sentence_of_their_code(self):
        found = self.sentences(
            consent="none", now_utc=MONDAY_10 - timedelta(days=1), history=()
        )

        self.assertEqual(
            found["consent"],
            reasons.sentence(self.env(context={"lang": "en_US"}), "no_consent"),
        )
        self.assertEqual(
            found["outside_window"],
            reasons.sentence(self.env(context={"lang": "en_US"}), "outside_window"),
        )

    def test_guarantor_is_named(self):
        allowed = replace(ALLOWED.limits, guarantors=True)

        self.assertIn(
            "guarantor", self.sentences(role="guarantor", limits=allowed)["person"]
        )
