"""Text that travels to and from providers: cleaned, shortened, redacted."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from ..rendering import parameter_text


def printable(text: str) -> str:
    """Drop what neither PostgreSQL nor UTF-8 can hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def clean_json(value: Any) -> Any:
    """Apply ``printable`` to every string of a JSON value."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [clean_json(one) for one in value]
    if isinstance(value, dict):
        return {printable(str(key)): clean_json(one) for key, one in value.items()}
    return value


def template_parameter(text: str) -> str:
    """Make a text acceptable as a template parameter, by the rule of the rendering.

    Meta and Twilio refuse newlines, tabs, more than four spaces and empty texts
    (Meta error 132018, Twilio 63013). A text that was rendered comes out unchanged.
    """
    return parameter_text(text)


def safe_filename(filename: str) -> str:
    """Return an ASCII file name without separators, at most 100 characters."""
    folded = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    stem, dot, suffix = re.sub(r"[^A-Za-z0-9._-]+", "_", folded).rpartition(".")
    if not dot:
        stem, suffix = suffix, "pdf"
    return f"{stem.strip('._')[:90] or 'document'}.{suffix[:8] or 'pdf'}"


def redact(text: str, secrets: Iterable[str], numbers: Iterable[str] = ()) -> str:
    """Replace secrets by ``***`` and telephone numbers by their last four digits."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        if len(digits) >= 7:
            text = text.replace(digits, f"…{digits[-4:]}")
    return re.sub(r"\+\d{3,14}(\d{4})", r"+…\1", printable(text))
