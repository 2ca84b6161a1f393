"""Which debts of one customer are chased, at which stage, for how much.

One customer here is one commercial partner in one company and one currency. All
functions are pure: the company's date is an argument.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from .types import Debt, Stage

NothingCode = Literal["", "no_debt", "covered_by_credit", "all_on_hold", "not_yet"]


@dataclass(frozen=True)
class Claim:
    """What one reminder would claim.

    ``debts`` are those named in it, oldest first, with credits already deducted;
    ``cycle`` is the oldest of them, which names the reminder together with the stage.
    ``credit`` is the part of credit notes and unallocated payments that was deducted.
    """

    stage: Stage
    debts: tuple[Debt, ...]
    credit: Decimal

    @property
    def cycle(self) -> Debt:
        """Return the debt that put the customer into the stage."""
        return self.debts[0]

    @property
    def total(self) -> Decimal:
        """Return the amount claimed, in the customer's currency."""
        return sum((debt.amount for debt in self.debts), Decimal(0))


@dataclass(frozen=True)
class Nothing:
    """Why nothing is claimed now; ``next_date`` is when a stage begins, if ever."""

    code: NothingCode
    next_date: date | None = None


def days_overdue(date_maturity: date, today: date) -> int:
    """Return whole days since the due date; negative before it, 0 on the day."""
    return (today - date_maturity).days


def stage_of(days: int, stages: Iterable[Stage]) -> Stage | None:
    """Return the stage whose range [day_from, day_to) holds ``days``, or None."""
    for stage in stages:
        if stage.day_from <= days and (stage.day_to is None or days < stage.day_to):
            return stage
    return None


def apply_credits(lines: Iterable[Debt]) -> tuple[list[Debt], Decimal]:
    """Deduct credits from the oldest debts first.

    Returns the debts that remain, oldest first, and the credit that was used. When
    credits cover everything the list is empty. Debts on hold take part: a credit
    pays the oldest debt whether or not somebody disputes it.
    """
    ordered = sorted(lines, key=lambda line: (line.date_maturity, line.move_id))
    credit = -sum((line.amount for line in ordered if line.amount < 0), Decimal(0))
    available = credit
    remaining = []
    for debt in (line for line in ordered if line.amount > 0):
        used = min(available, debt.amount)
        available -= used
        if not used:
            remaining.append(debt)
        elif debt.amount > used:
            remaining.append(replace(debt, amount=debt.amount - used))
    return remaining, credit - available


def claim(
    lines: Iterable[Debt], stages: Sequence[Stage], today: date
) -> Claim | Nothing:
    """Decide what the customer would be reminded of today.

    ``lines`` are all open instalments and credits of the customer, ``stages`` those
    of the policy. The worst debt decides the stage; every other due debt is named
    too. Before the due date the debts of the preventive range are named.
    """
    lines = list(lines)
    if not any(line.amount > 0 for line in lines):
        return Nothing("no_debt")
    remaining, credit = apply_credits(lines)
    if not remaining:
        return Nothing("covered_by_credit")
    chased = [debt for debt in remaining if not debt.hold]
    if not chased:
        return Nothing("all_on_hold")
    stage = stage_of(days_overdue(chased[0].date_maturity, today), stages)
    if stage is None:
        return Nothing("not_yet", next_stage_date(chased[0], stages, today))
    first_day = min(0, stage.day_from)
    named = tuple(
        debt for debt in chased if days_overdue(debt.date_maturity, today) >= first_day
    )
    return Claim(stage, named, credit)


def next_stage_date(debt: Debt, stages: Iterable[Stage], today: date) -> date | None:
    """Return the first day after today on which the debt enters a stage, or None."""
    days = days_overdue(debt.date_maturity, today)
    later = [stage.day_from for stage in stages if stage.day_from > days]
    if not later:
        return None
    return date.fromordinal(debt.date_maturity.toordinal() + min(later))
