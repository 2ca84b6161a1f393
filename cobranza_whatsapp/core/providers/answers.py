"""Reading what a gateway answered by rules that an administrator wrote.

Paths are names and list positions joined by dots: ``messages.0.status``. Patterns are
regular expressions of a small kind, so that none can run for ever.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from ..types import ErrorClass

# A pattern of this kind over a text of this length ends within a second.
MAX_PATTERN_LENGTH = 200
MAX_REPEATS = 3
MAX_TEXT_LENGTH = 200
_MAX_GROUPS = 3
_MAX_COUNT = 50
_TOKEN = re.compile(
    r"""(?P<escape>\\.)
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<count>\{(?P<low>\d*)(?P<comma>,?)(?P<high>\d*)\})
      | (?P<repeat>[*+?])
      | (?P<open>\((?:\?:|\?i\))?)
      | (?P<close>\))
      | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def value_at(content: Any, path: str) -> str | None:
    """Return the value at a path as text, None if it is not there.

    True, false and null are written so; a list or an object is no value.
    """
    for step in path.split("."):
        if isinstance(content, dict) and step in content:
            content = content[step]
        elif isinstance(content, list) and step.isdecimal() and len(step) < 4:
            if int(step) >= len(content):
                return None
            content = content[int(step)]
        else:
            return None
    if isinstance(content, str):
        return content
    return None if isinstance(content, dict | list) else json.dumps(content)


def is_safe_pattern(pattern: str) -> bool:
    """Tell whether a regular expression is valid and surely ends soon.

    Groups are not repeated and do not look around, there are at most MAX_REPEATS
    repeats, and no references back.
    """
    if len(pattern) > MAX_PATTERN_LENGTH:
        return False
    repeats = groups = 0
    after_group = False
    for token in _TOKEN.finditer(pattern):
        kind = token.lastgroup if token.lastgroup not in ("low", "high") else "count"
        repeated = token["repeat"] or token["count"]
        if (
            (repeated and (after_group or not _is_short(token)))
            or (token["escape"] and token["escape"][1] in "123456789gkAZ")
            or (kind == "open" and pattern[token.end() : token.end() + 1] == "?")
        ):
            return False
        repeats += bool(repeated)
        groups += bool(token["open"])
        after_group = bool(token["close"])
    return repeats <= MAX_REPEATS and groups <= _MAX_GROUPS and _compiles(pattern)


def search(pattern: str, text: str) -> re.Match[str] | None:
    """Look for a safe pattern in the beginning of a text; others match nothing."""
    if not pattern or not is_safe_pattern(pattern):
        return None
    return re.search(pattern, text[:MAX_TEXT_LENGTH])


def table(text: str) -> dict[str, str]:
    """Read lines ``word = meaning``; words in lower case, incomplete lines left out."""
    found = {}
    for line in text.splitlines():
        word, equals, meaning = line.partition("=")
        if equals and word.strip() and meaning.strip():
            found[word.strip().lower()] = meaning.strip().lower()
    return found


def error_classes(text: str) -> Mapping[str, ErrorClass]:
    """Read lines ``code = class``; what is no class of ours is left out."""
    classes: dict[str, ErrorClass] = {name: name for name in get_args(ErrorClass)}
    return {
        code: classes[name] for code, name in table(text).items() if name in classes
    }


def _is_short(token: re.Match[str]) -> bool:
    counts = [int(token[name] or 0) for name in ("low", "high")]
    return max(counts) <= _MAX_COUNT


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
