"""What every provider and sender must do, as one list: the contract's cases.

Pure Python without Odoo: the contract of core's providers (tests/unit/providers) and
that of Odoo's own senders (sender_contract.py) run the same cases by the same names.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One situation. ``statuses``: what a SendResult may say, empty: it is of events.

    ``classes``: the error classes that may go with it, empty: any.
    """

    what: str
    statuses: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


UNCERTAIN = {"statuses": ("uncertain",), "classes": ("uncertain",)}
NOT_SENT = {"statuses": ("rejected",), "classes": ("retry", "hold")}

CASES = {
    # --- sending
    "accepted": Case("It takes the message.", ("accepted",)),
    "error_codes": Case(
        "Each code that it knows has its class.", ("rejected", "uncertain")
    ),
    "unknown_error_code": Case(
        "A code that nobody knows is kept raw.", ("rejected", "uncertain")
    ),
    "connection_refused": Case("Nobody listens.", **NOT_SENT),
    "timeout_before": Case("Connecting never ends.", **NOT_SENT),
    "timeout_after": Case("It has the message and says nothing.", **UNCERTAIN),
    "reset_after": Case("It has the message and cuts the line.", **UNCERTAIN),
    "garbage_answer": Case("Its answer is none of its language.", **UNCERTAIN),
    # --- events
    "bad_signature": Case("Who cannot be proved changes nothing."),
    "malformed_event": Case("What cannot be read says why and blocks nothing."),
    "duplicate_event": Case("The same news twice is one event."),
    "unknown_status": Case("A status that nobody knows moves nothing."),
}
# What becomes of a message by the class of its failure, "" without one.
STATES = {
    "": "sent",
    "retry": "queued",
    "pair": "queued",
    "hold": "queued",
    "cap": "queued",
    "media": "queued",
    "template": "failed",
    "fix": "failed",
    "dead": "failed",
    "window": "failed",
    "optout": "failed",
    "uncertain": "uncertain",
}


def runs(*names):
    """Mark a test as the one of these cases."""
    unknown = set(names) - set(CASES)
    if unknown:
        raise ValueError(f"no case is called {sorted(unknown)}")

    def mark(test):
        test.contract_cases = names
        return test

    return mark


def cases_run_by(contract):
    """Return the names of the cases that the tests of a class run."""
    tests = [getattr(contract, name) for name in dir(contract) if name[:5] == "test_"]
    return {name for test in tests for name in getattr(test, "contract_cases", ())}


def mistakes(contract):
    """Return what a contract class owes, as sentences.

    ``not_applicable`` of the class is {case: why it cannot exist there}, ``in_doubt``
    {case: why this sender can only be uncertain}.
    """
    run, explained = cases_run_by(contract), contract.not_applicable
    name = contract.__name__
    found = [f"{name} runs no {one}." for one in CASES if one not in {*run, *explained}]
    found += [f"{name} explains {one}, but runs it." for one in explained if one in run]
    reasons = explained | getattr(contract, "in_doubt", {})
    found += [f"{name}: no case is {one}." for one in reasons if one not in CASES]
    found += [f"{name}: {one} has no reason." for one in reasons if not reasons[one]]
    return found


def check_result(name, result, in_doubt=False):
    """Raise AssertionError unless a SendResult is what the case asks for.

    ``in_doubt``: this sender cannot tell, so that only "uncertain" is right.
    """
    case = CASES["timeout_after" if in_doubt else name]
    error_class = result.failure.error_class if result.failure else ""
    if result.status not in case.statuses:
        raise AssertionError(f"{name}: {result.status} instead of {case.statuses}")
    if case.classes and error_class not in case.classes:
        raise AssertionError(f"{name}: {error_class} instead of {case.classes}")
