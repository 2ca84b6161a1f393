"""Where a message goes, by channel: a telephone number or an e-mail address.

Both are normalised by Odoo before they come here. A key is only for comparing: that
of a number has nothing but digits, that of an e-mail address always has an "@", so
no key of one kind can equal one of the other.
"""

import re

from . import phone
from .types import ADDRESS_KINDS, Channel

# What Odoo's email_normalize returns, without what no mail server takes.
_EMAIL = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]+"
)
# RFC 5321 §4.5.3.1.3: a path of 256 octets with its two brackets.
_EMAIL_CHARS_MAX = 254


def recipient_key(channel: Channel, address: str) -> str:
    """Return the text by which addresses of this channel are compared, "" for none."""
    if ADDRESS_KINDS[channel] == "email":
        return email_key(address)
    return phone.number_key(address)


def email_key(address: str) -> str:
    """Return the address in lower case, "" unless it is one address."""
    key = address.strip().lower()
    return key if is_email(key) else ""


def is_email(text: str) -> bool:
    """Tell whether the text is one bare e-mail address, nothing else."""
    return len(text) <= _EMAIL_CHARS_MAX and bool(_EMAIL.fullmatch(text))


def is_address(channel: Channel, address: str) -> bool:
    """Tell whether the channel could send to this: E.164 or one e-mail address."""
    if ADDRESS_KINDS[channel] == "email":
        return is_email(address)
    return phone.is_e164(address)


def mask(address: str) -> str:
    """Return the address for logs and screens of others: "+52…0659", "a…@x.com"."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if at else phone.mask(address)
