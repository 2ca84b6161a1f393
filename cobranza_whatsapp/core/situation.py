"""What the rules look at, and what one of them says. Plain data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from .limits import Contact, Limits
from .types import ADDRESS_KINDS, AddressKind, Channel

ConsentState = Literal["granted", "withdrawn", "none"]
Role = Literal["debtor", "guarantor"]


_NO_VALUES: Mapping[str, Any] = MappingProxyType({})


# A tuple: a plan of thousands makes sixteen for each customer.
class Step(NamedTuple):
    """What one rule says: ``passed``, ``later`` or ``refused`` with its reason code.

    ``not_before_utc`` is the first moment that suits this rule alone. ``values`` fill
    its sentence: numbers, dates, aware moments, windows.
    """

    rule: str
    outcome: Literal["passed", "later", "refused"] = "passed"
    code: str = ""
    not_before_utc: datetime | None = None
    values: Mapping[str, Any] = _NO_VALUES


@dataclass(frozen=True)
class Situation:
    """Everything the rules look at, for one customer, channel and moment.

    ``phone_problem`` (of the number or e-mail address), ``account_problem`` and
    ``template_problem`` are reason codes or "". ``blocked_number`` and
    ``shared_number`` speak of what the channel writes to. ``zones`` are IANA names:
    the debtor may be in any of them, so a moment must be allowed in all. ``history``
    are the messages to this debtor by any channel or hand of the last
    `limits.HISTORY_HOURS`. ``consent_basis`` is "" when nobody
    told; ``consent_at_utc`` is when it was given. ``role`` is that of the person who
    would be written to; ``person_problem`` is a reason code why he must not be, or "".
    ``answers`` are the aware moments at which he answered. ``has_opt_out`` tells
    whether the text says how to get no more messages.
    """

    now_utc: datetime
    channel: Channel
    started: bool
    stopped: bool
    phone_problem: str
    consent: ConsentState
    blocked_number: bool
    shared_number: bool
    account_problem: str
    template_problem: str
    zones: tuple[str, ...]
    limits: Limits
    history: tuple[Contact, ...] = ()
    role: Role = "debtor"
    person_problem: str = ""
    consent_basis: str = ""
    consent_at_utc: datetime | None = None
    has_opt_out: bool = True
    answers: tuple[datetime, ...] = ()

    @property
    def address_kind(self) -> AddressKind:
        """Return what the channel writes to: a number or an e-mail address."""
        return ADDRESS_KINDS[self.channel]


Rule = Callable[[Situation], Step]


def refused(rule: str, code: str, **values: Any) -> Step:
    """Return the step of a rule that a person must mend."""
    return Step(rule, "refused", code, values=values)


def permitted_from(rule: str, now: datetime, moment: datetime, **values: Any) -> Step:
    """Return the step of a rule that permits from a moment on; its code is its name."""
    if moment <= now:
        return Step(rule, values=values)
    return Step(rule, "later", rule, moment, values)
