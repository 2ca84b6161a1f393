"""May this message go out now? One chain of rules on plain data.

Every send, by hand or by a scheduled action, passes `decide`. The first rule that
refuses gives the reason, else the first that puts off; `explain` tells what every
rule says. Codes are words for a program; the sentences that people read stand in
`models/reasons.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .situation import Rule, Situation, Step, refused
from .timing import TIMING, next_moment

__all__ = ["CHAIN", "CODES", "RULES", "Decision", "Situation", "Step"]
Outcome = Literal["allowed", "later", "refused"]


@dataclass(frozen=True)
class Decision:
    """The rules say: ``allowed`` now, ``later`` at ``not_before_utc``, ``refused``.

    ``code`` names the reason ("" when allowed at once). The moment suits all rules.
    """

    outcome: Outcome
    code: str = ""
    not_before_utc: datetime | None = None


def _started(situation: Situation) -> Step:
    if situation.stopped:
        return refused("started", "stopped_all")
    if not situation.started:
        return refused("started", "not_started")
    return Step("started")


def _number(situation: Situation) -> Step:
    if situation.phone_problem:
        return refused("number", situation.phone_problem)
    return Step("number")


def _shared_number(situation: Situation) -> Step:
    if situation.shared_number:
        return refused("shared_number", f"{situation.address_kind}_shared")
    return Step("shared_number")


def _person(situation: Situation) -> Step:
    """Ask who it is: the debtor, or a guarantor where the law names him (legal.md §3).

    There is no third role: references, employers and relatives cannot be written to.
    """
    values = {"role": situation.role}
    if situation.role == "guarantor" and not situation.limits.guarantors:
        return refused("person", "guarantor_forbidden", **values)
    if situation.person_problem:
        return refused("person", situation.person_problem, **values)
    return Step("person", values=values)


def _opt_out(situation: Situation) -> Step:
    # A withdrawal puts the number into the blacklist too: say what the customer said.
    if situation.consent == "withdrawn":
        return refused("opt_out", "opted_out")
    if situation.blocked_number:
        return refused("opt_out", f"{situation.address_kind}_blocked")
    return Step("opt_out")


def _consent(situation: Situation) -> Step:
    if situation.consent != "granted":
        own = situation.role == "guarantor"
        return refused("consent", "guarantor_no_consent" if own else "no_consent")
    values = {"basis": situation.consent_basis, "given_at": situation.consent_at_utc}
    enough = situation.limits.consent_bases
    if enough and situation.consent_basis and situation.consent_basis not in enough:
        return refused("consent", "consent_basis", **values)
    return Step("consent", values=values)


def _account(situation: Situation) -> Step:
    if situation.account_problem:
        return refused("account", situation.account_problem)
    return Step("account")


def _template(situation: Situation) -> Step:
    if situation.template_problem:
        return refused("template", situation.template_problem)
    return Step("template")


def _way_out(situation: Situation) -> Step:
    asked = situation.limits.opt_out_in_message
    if asked and not situation.has_opt_out:
        return refused("way_out", "no_opt_out")
    return Step("way_out", values={"asked": asked})


# The order decides which reason a person reads first (legal.md §7 F): what only he
# can mend comes before what time mends by itself.
REFUSING: tuple[Rule, ...] = (
    _started,
    _number,
    _shared_number,
    _person,
    _opt_out,
    _consent,
    _account,
    _template,
    _way_out,
)
CHAIN = REFUSING + TIMING


def explain(situation: Situation) -> tuple[Step, ...]:
    """Return what every rule of the chain says, in its order.

    `decide` agrees: refused by the first step that refuses, else put off with the
    code of the first that puts off, else allowed.
    """
    steps = tuple(rule(situation) for rule in CHAIN)
    outcomes = {step.outcome for step in steps}
    if outcomes != {"passed", "later"} or next_moment(situation) is not None:
        return steps
    # Each rule has a moment of its own, but there is none for all.
    never = refused("outside_window", "never_open")
    return tuple(never if step.rule == never.rule else step for step in steps)


def decide(situation: Situation) -> Decision:
    """Return the first objection of the chain, or ``allowed``."""
    later = ""
    for rule in CHAIN:
        step = rule(situation)
        if step.outcome == "refused":
            return Decision("refused", step.code)
        if step.outcome == "later":
            later = later or step.code
    if not later:
        return Decision("allowed")
    moment = next_moment(situation)
    if moment is None:
        return Decision("refused", "never_open")
    return Decision("later", later, moment)


def decide_confirmation(account_problem: str) -> Decision:
    """Return whether the one confirmation of a withdrawal may go out.

    It skips consent, window and cap, but never an account that may not send
    (design decision 7).
    """
    if account_problem:
        return Decision("refused", account_problem)
    return Decision("allowed")


# Names of the rules as `Step.rule` has them; a test demands a sentence for each.
RULES = (
    "started",
    "number",
    "shared_number",
    "person",
    "opt_out",
    "consent",
    "account",
    "template",
    "way_out",
    "holiday",
    "outside_window",
    "daily_cap",
    "weekly_cap",
    "monthly_cap",
    "gap",
    "channel_week",
)

# Why a template that exists here cannot be sent at the provider now; each may mend
# itself or wait for a person.
TEMPLATE_PROBLEMS = (
    "template_not_approved",
    "template_pending",
    "template_rejected",
    "template_paused",
    "template_disabled",
    "template_deleted",
    "template_category",
)

# Codes that `decide` or the callers of the chain can give; a test demands a
# sentence for each.
CODES = (
    "not_started",
    "stopped_all",
    "phone_missing",
    "phone_invalid",
    "phone_not_mobile",
    "number_dead",
    "number_shared",
    "guarantor_forbidden",
    "guarantor_ended",
    "guarantor_archived",
    "guarantor_no_consent",
    "guarantor_template",
    "number_blocked",
    "email_missing",
    "email_invalid",
    "email_dead",
    "email_shared",
    "email_blocked",
    "opted_out",
    "no_consent",
    "no_marketing_consent",
    "consent_basis",
    "account_missing",
    "account_on_hold",
    "account_copied_database",
    "template_missing",
    *TEMPLATE_PROBLEMS,
    "template_warned",
    "no_opt_out",
    "holiday",
    "outside_window",
    "daily_cap",
    "weekly_cap",
    "monthly_cap",
    "gap",
    "channel_week",
    "never_open",
)
