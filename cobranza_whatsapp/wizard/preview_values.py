"""From what planning says about a customer to one line of a preview."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..core.errors import TemplateError
from ..models import reasons, reminder_text
from ..models.planning_data import Simulation

OUTCOMES = [
    ("now", "Now"),
    ("later", "Later"),
    ("person", "A person takes over"),
    ("refused", "Not sent"),
]
RECIPIENT_REASONS = [
    ("collections", "Collections contact"),
    ("invoice", "Invoice contact"),
    ("customer", "The customer"),
    ("guarantor", "Guarantor"),
]


def nothing(env):
    """Return what is left of a line whose customer owes nothing any more."""
    return {
        "outcome": "refused",
        "code": "no_debt",
        "sentence": reasons.sentence(env, "no_debt"),
        "selected": False,
        "fingerprint": False,
    }


@dataclass(frozen=True)
class Look:
    """What all lines of one look at a company share.

    ``today`` is the date that is looked at, ``prices`` those of `cobranza.price`,
    ``together`` the ids of all partners who are written to.
    """

    env: Any
    company: Any
    today: date
    prices: dict[tuple[int, str], tuple[float, Any]]
    simulation: Simulation
    together: tuple[int, ...]


def of_candidate(look, candidate):
    """Return the values of a preview line for what happens to one candidate."""
    env, code = look.env, candidate.refusal
    values = {
        "company_id": look.company.id,
        "partner_id": candidate.partner_id,
        "guarantor_id": candidate.key[2] or False,
        "currency_id": candidate.currency_id,
        "outcome": "refused",
        "selected": False,
        "code": code,
        "sentence": reasons.sentence(env, code) if code else False,
        "move_names": ", ".join(dict.fromkeys(d.number for d in candidate.lines)),
        "note": False,
        "fingerprint": False,
    }
    if candidate.claim:
        values |= _of_claim(candidate, look.today)
    if code == "escalated" and candidate.escalates:
        values["outcome"] = "person"
    if candidate.choice:
        values |= _of_choice(candidate.choice)
    if candidate.choice and candidate.choice.template:
        values |= _of_text(look, candidate)
    if not code and "text" in values:
        values |= _of_decision(look, candidate)
        values["fingerprint"] = _fingerprint(candidate, values)
    return values


def _of_claim(candidate, today):
    claim = candidate.claim
    names = list(dict.fromkeys(debt.number for debt in claim.debts))
    return {
        "stage_id": claim.stage.id,
        "amount": float(claim.total),
        "debt_count": len(claim.debts),
        "days_overdue": (today - claim.cycle.date_maturity).days,
        "move_names": ", ".join(names),
    }


def _of_choice(choice):
    why = choice.recipient["why"]
    return {
        "channel": choice.channel,
        "recipient_partner_id": choice.recipient["partner_id"],
        "recipient": choice.recipient["number"],
        "recipient_why": why if why in dict(RECIPIENT_REASONS) else False,
        "account_id": choice.account.id,
        "template_id": choice.template.id,
    }


def _of_text(look, candidate):
    """Return the text and its cost, or why it cannot be written."""
    env, choice = look.env, candidate.choice
    try:
        text = reminder_text.of_candidate(
            env, look.company, candidate, look.today, look.together
        )
    except TemplateError:
        return {
            "code": "render_failed",
            "sentence": reasons.sentence(env, "render_failed"),
        }
    cost, currency = env["cobranza.price"]._cobranza_cost(
        look.prices, choice.account, choice.recipient["number"], text.parts
    )
    return {
        "text": reminder_text.shown(text),
        "parts": text.parts,
        "cost": cost,
        "cost_currency_id": currency.id,
    }


def _of_decision(look, candidate):
    """Return when it goes, and why not as the person wanted it."""
    env, decision = look.env, candidate.choice.decision
    later = decision.outcome == "later"
    moment = decision.not_before_utc or candidate.choice.situation.now_utc
    values = {
        "outcome": "later" if later else "now",
        "code": decision.code,
        # A person ticks a guarantor himself, after he has thought of the debtor.
        "selected": not candidate.guarantor,
        "send_at": moment.replace(tzinfo=None),
        "sentence": reasons.sentence(env, decision.code) if later else False,
    }
    wanted = look.simulation.wanted.get(candidate.key)
    if wanted and wanted != candidate.choice.template:
        # The first option is that of the chosen template's channel.
        code = candidate.options[0].decision.code or "template_missing"
        values["note"] = reasons.sentence(env, code)
    return values


def _fingerprint(candidate, values):
    """Return a short text that is the same while nothing of the reminder changed."""
    debts = [(d.move_id, d.date_maturity, d.amount) for d in candidate.claim.debts]
    shown = ("channel", "recipient", "template_id", "text", "outcome", "cost")
    parts = (debts, *(values[name] for name in shown))
    return hashlib.sha256(repr(parts).encode()).hexdigest()
