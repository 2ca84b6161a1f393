"""The life of a message: the only table of state changes.

A message only moves forward. Events come unordered and repeated, so a change that
does not move forward is ignored, never an error.
"""

from .types import MessageState

# From each state, the states it may move to. A late delivered or read overrides
# failed, because providers report a failure before a late success (Meta, status
# webhook reference); `uncertain` is resolved by any event that echoes our uuid.
TRANSITIONS: dict[MessageState, frozenset[MessageState]] = {
    "proposed": frozenset({"queued", "cancelled"}),
    "queued": frozenset({"sending", "failed", "cancelled"}),
    "sending": frozenset(
        {"queued", "sent", "delivered", "read", "failed", "uncertain"}
    ),
    "uncertain": frozenset({"sent", "delivered", "read", "failed", "cancelled"}),
    "sent": frozenset({"delivered", "read", "failed"}),
    "delivered": frozenset({"read"}),
    "failed": frozenset({"delivered", "read"}),
    "read": frozenset(),
    "cancelled": frozenset(),
    "received": frozenset(),
}

# States in which the message counts as sent, for caps and for "once per reminder".
LIVE: frozenset[MessageState] = frozenset(TRANSITIONS) - {
    "failed",
    "cancelled",
    "received",
}
FINAL: frozenset[MessageState] = frozenset(
    state for state, following in TRANSITIONS.items() if not following
)


def advance(current: MessageState, incoming: MessageState) -> MessageState | None:
    """Return ``incoming`` if the message may move there, else None."""
    return incoming if incoming in TRANSITIONS[current] else None
