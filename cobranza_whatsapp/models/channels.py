"""The channels, as people read them: the one list of every selection of a channel.

The codes are those of core.types.CHANNELS; a unit test compares them.
"""

CHANNELS = [("whatsapp", "WhatsApp"), ("sms", "SMS"), ("email", "E-mail")]


def label(env, channel):
    """Return the name of a channel in the user's language."""
    selection = env["cobranza.message"]._fields["channel"]._description_selection(env)
    return dict(selection).get(channel, channel or "")
