"""Who may see collection data: one list for all fields added to Odoo's models."""

READER_GROUPS = (
    "account.group_account_invoice",
    "account.group_account_readonly",
    "cobranza_whatsapp.group_user",
)
READERS = ",".join(READER_GROUPS)


def is_reader(user):
    """Return whether the user may read collection notes and their PDFs."""
    return any(user.has_group(group) for group in READER_GROUPS)
