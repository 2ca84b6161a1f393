"""Why an event of a provider changed nothing, as sentences; see `reasons`."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

EVENT_SENTENCES = {
    "unknown_message": _lt("It speaks of a message that this database never sent."),
    "late": _lt("It came late or twice: the message was already further."),
    "late_delivery": _lt(
        "It arrived after all, but the reminder went by another channel meanwhile."
    ),
}
