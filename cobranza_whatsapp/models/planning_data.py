"""Plain data that planning hands around within one transaction; holds recordsets."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core import debts, rules
from ..core.consents import Standing
from ..core.limits import Contact, Limits
from ..core.types import AddressKind, Debt


@dataclass
class Choice:
    """A channel with the records that it would use and what the rules say about it."""

    channel: str
    recipient: dict[str, Any]
    account: Any
    template: Any
    decision: rules.Decision
    situation: rules.Situation


@dataclass
class Candidate:
    """One customer in one currency: what he owes and what happens about it.

    ``reminder_id`` is the reminder that exists for this stage and debt; ``reminded``
    means that nothing more is sent for it by planning; ``all_failed`` that a person
    may still send it again, because no message left or may leave. ``options`` are the
    channels of the stage that were asked about, in their order, ``choice`` is the one
    that is used. ``wanted`` is the template that a person chose, if any. ``guarantor``
    is the row of `cobranza.guarantor` that it is for, None if it is for the debtor.
    """

    partner_id: int
    currency_id: int
    policy_id: int | None
    lines: tuple[Debt, ...]
    outcome: debts.Claim | debts.Nothing
    reminder_id: int | None = None
    reminded: bool = False
    all_failed: bool = False
    choice: Choice | None = None
    options: tuple[Choice, ...] = ()
    wanted: Any = None
    guarantor: Any = None

    @property
    def key(self) -> tuple[int, int, int]:
        """Return what tells it apart: customer, currency and guarantor, 0 for none."""
        guarantor_id = self.guarantor.id if self.guarantor else 0
        return self.partner_id, self.currency_id, guarantor_id

    @property
    def refusal(self) -> str:
        """Return the code why a person cannot send this now or later, "" if he can."""
        if not self.policy_id and self.outcome != debts.Nothing("no_debt"):
            return "no_policy"
        if not self.claim:
            held = {line.hold for line in self.lines if line.amount > 0}
            only_held = self.outcome.code == "all_on_hold" and len(held) == 1
            return held.pop() if only_held else self.outcome.code
        if self.claim.stage.action == "activity":
            return "escalated"
        if self.choice and self.choice.decision.outcome == "refused":
            return self.choice.decision.code
        return "already_reminded" if self.reminded and not self.all_failed else ""

    @property
    def claim(self) -> debts.Claim | None:
        """Return what is claimed, None when nothing is."""
        return self.outcome if isinstance(self.outcome, debts.Claim) else None

    @property
    def escalates(self) -> bool:
        """Return whether a person must take over now."""
        return bool(
            self.claim and self.claim.stage.action == "activity" and not self.reminded
        )


@dataclass(frozen=True)
class Simulation:
    """Another situation than the present one, to ask what would happen in it.

    ``at`` is a moment, naive UTC, None for now. ``assume_started`` asks as if nobody
    had stopped anything. ``wanted`` are templates by `Candidate.key` that a person
    has chosen on his screen. ``guarantors`` asks about them too: only a person may
    write to them. ``every_channel`` asks about the channels behind the first that is
    allowed too.
    """

    at: datetime | None = None
    assume_started: bool = False
    wanted: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    guarantors: bool = False
    every_channel: bool = False


@dataclass
class Desk:
    """What the rules look at, for a batch of customers of one company.

    ``guarantors`` is the same of their guarantors, where somebody asks for them. There
    ``link_limits`` and ``link_history`` are by row of `cobranza.guarantor`. ``chosen``
    remembers the template of each stage, channel, shape, language and account.
    """

    now_utc: datetime
    started: bool
    stopped: bool
    customers: Any
    recipients: dict[AddressKind, dict[int, dict[str, Any]]]
    consents: dict[tuple[int, str], Standing]
    promotions: dict[tuple[int, str], Standing]
    blocked_numbers: set[str]
    shared_keys: set[str]
    unreachable: set[tuple[str, str]]
    accounts: dict[str, tuple[Any, str]]
    templates: dict[tuple[int, str, str], dict[str, Any]]
    limits: dict[int, Limits]
    history: dict[int, tuple[Contact, ...]]
    answers: dict[int, tuple[datetime, ...]]
    guarantors: "Desk | None" = None
    link_limits: dict[int, Limits] = field(default_factory=dict)
    link_history: dict[int, tuple[Contact, ...]] = field(default_factory=dict)
    chosen: dict[tuple[Any, ...], tuple[Any, str]] = field(default_factory=dict)

    def of(self, candidate: Candidate) -> tuple[Any, "Desk"]:
        """Return whom a candidate would be written to, and the desk about him."""
        if candidate.guarantor and self.guarantors:
            people = self.guarantors.customers
            return people.browse(candidate.guarantor.guarantor_id.id), self.guarantors
        return self.customers.browse(candidate.partner_id), self

    def limits_of(self, candidate: Candidate) -> Limits:
        """Return what is permitted towards whom the candidate is for."""
        if candidate.guarantor:
            return self.link_limits[candidate.guarantor.id]
        return self.limits[candidate.partner_id]

    def history_of(self, candidate: Candidate) -> tuple[Contact, ...]:
        """Return the contacts that count for whom the candidate is for."""
        if candidate.guarantor:
            return self.link_history.get(candidate.guarantor.id, ())
        return self.history.get(candidate.partner_id, ())

    def answers_of(self, candidate: Candidate) -> tuple[datetime, ...]:
        """Return when the debtor answered; his guarantor has not."""
        if candidate.guarantor:
            return ()
        return self.answers.get(candidate.partner_id, ())

    def consent_state(self, customer_id: int, channel: str) -> str:
        """Return what the ledger says about a customer and channel."""
        standing = self.consents.get((customer_id, channel))
        return standing.state if standing else "none"
