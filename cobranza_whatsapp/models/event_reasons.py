"""What an event of a provider was about or why it changed nothing; see `reasons`.

The names of fields are those of Meta's "Webhooks reference" (docs in core/providers).
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

EVENT_SENTENCES = {
    "unknown_message": _lt("It speaks of a message that this database never sent."),
    "late": _lt("It came late or twice: the message was already further."),
    "late_delivery": _lt(
        "It arrived after all, but the reminder went by another channel meanwhile."
    ),
    "message_template_status_update": _lt("The provider decided about a template."),
    "message_template_quality_update": _lt("The provider rated a template."),
    "message_template_components_update": _lt("The text of a template changed there."),
    "template_category_update": _lt("The provider changed the category of a template."),
    "phone_number_quality_update": _lt("The provider rated the number of the account."),
    "phone_number_name_update": _lt("The provider decided about the shown name."),
    "account_update": _lt("Something changed in the account at the provider."),
    "account_alerts": _lt("The provider warns about the account."),
    "account_review_update": _lt("The provider reviewed the account."),
    "user_preferences": _lt("A customer changed what he wants to receive."),
    "errors": _lt("The provider reports a problem of the account."),
}
OTHER_SENTENCE = _lt("It is news of a kind that changes nothing here.")
MALFORMED_SENTENCE = _lt(
    "It is not written as the provider describes it, so nothing was changed."
)
