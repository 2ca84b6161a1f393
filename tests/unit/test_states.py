"""The life of a message."""

from typing import get_args

import pytest

from odoo.addons.cobranza_whatsapp.core import states
from odoo.addons.cobranza_whatsapp.core.types import MessageState

ALL = get_args(MessageState)
# How far a message has come; a change to a lower number would be a step back.
PROGRESS = {
    "proposed": 0,
    "queued": 1,
    "sending": 2,
    "uncertain": 3,
    "sent": 4,
    "failed": 5,
    "delivered": 6,
    "read": 7,
    "cancelled": 8,
}


def test_every_state_has_a_row():
    assert set(states.TRANSITIONS) == set(ALL)


def test_every_step_leads_to_a_known_state():
    for following in states.TRANSITIONS.values():
        assert following <= set(ALL)


@pytest.mark.parametrize(
    ("current", "incoming", "result"),
    [
        ("queued", "sending", "sending"),
        ("sending", "sent", "sent"),
        ("sent", "delivered", "delivered"),
        ("delivered", "read", "read"),
        # events come unordered and repeated
        ("read", "delivered", None),
        ("delivered", "sent", None),
        ("delivered", "delivered", None),
        ("sent", "sent", None),
        ("delivered", "failed", None),
        # a late success overrides a failure, never the other way
        ("failed", "delivered", "delivered"),
        ("failed", "read", "read"),
        ("failed", "sent", None),
        ("read", "failed", None),
        # only a provable refusal may be tried again
        ("sending", "queued", "queued"),
        ("uncertain", "queued", None),
        ("sent", "queued", None),
        ("failed", "queued", None),
        # an event resolves doubt
        ("uncertain", "sent", "sent"),
        ("uncertain", "delivered", "delivered"),
        ("uncertain", "failed", "failed"),
        # nothing leaves the queue unsent without a word
        ("queued", "sent", None),
        ("queued", "cancelled", "cancelled"),
        ("sending", "cancelled", None),
        ("sent", "cancelled", None),
        ("cancelled", "queued", None),
        ("proposed", "sending", None),
        ("received", "read", None),
    ],
)
def test_change(current, incoming, result):
    assert states.advance(current, incoming) == result


def test_only_a_refused_send_goes_back():
    steps_back = {
        (current, following)
        for current, allowed in states.TRANSITIONS.items()
        for following in allowed
        if PROGRESS[following] < PROGRESS.get(current, 99)
    }

    assert steps_back == {("sending", "queued")}


def test_every_message_can_end():
    for state in ALL:
        reachable, todo = {state}, [state]
        while todo:
            new = states.TRANSITIONS[todo.pop()] - reachable
            reachable |= new
            todo += new
        assert reachable & states.FINAL


def test_final_states_lead_nowhere():
    assert {"read", "cancelled", "received"} == states.FINAL


def test_live_states_are_those_that_left_or_may_still_leave():
    assert {
        "proposed",
        "queued",
        "sending",
        "uncertain",
        "sent",
        "delivered",
        "read",
    } == states.LIVE
