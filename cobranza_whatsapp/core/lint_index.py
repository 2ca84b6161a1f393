"""Look for many wordings at once, quickly: by the two letters that they begin with.

A text has some thirty words and there are hundreds of wordings. At each word only
those are tried that can begin as it does; an expression is made when a text needs it.
"""

import re
from collections.abc import Iterable, Iterator

_SIZE = 2
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz") | _DIGITS
_NOTHING = frozenset([""])
_WORD_START = re.compile(r"\b\w")
# What stands for no letter of its own.
_AROUND = ("(?<!", "(?<=", "(?!", "(?=")
_EDGES = ("^", "$", r"\b")


class Index:
    """Wordings, which are regular expressions of whole words, ready to be found."""

    def __init__(self, wordings: Iterable[str]) -> None:
        found: dict[str, list[str]] = {}
        for wording in wordings:
            for start in starts(wording):
                found.setdefault(start, []).append(wording)
        self._wordings = {start: tuple(lines) for start, lines in found.items()}
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}

    def find(self, sentence: str) -> Iterator[re.Match[str]]:
        """Yield the wordings in a sentence of plain words, none within another."""
        end = 0
        for word in _WORD_START.finditer(sentence):
            start = word.start()
            wordings = self._wordings.get(sentence[start : start + _SIZE].ljust(_SIZE))
            if start < end or not wordings:
                continue
            match = self._pattern(wordings).match(sentence, start)
            if match and match.end() > start:
                end = match.end()
                yield match

    def _pattern(self, wordings: tuple[str, ...]) -> re.Pattern[str]:
        pattern = self._patterns.get(wordings)
        if not pattern:
            pattern = re.compile(rf"(?:{'|'.join(wordings)})(?<! )(?!\w)")
            self._patterns[wordings] = pattern
        return pattern


def starts(wording: str) -> frozenset[str]:
    """Return the two letters with which a match may begin; "a " for a word "a"."""
    return frozenset(start.ljust(_SIZE) for start in _starts(wording) if start)


def _starts(wording: str) -> frozenset[str]:
    """Return the first letters of a wording, "" if it may be empty."""
    return frozenset().union(*map(_starts_of_branch, _branches(wording)))


def _starts_of_branch(branch: str) -> frozenset[str]:
    found = _NOTHING
    while branch and any(len(start) < _SIZE for start in found):
        atom, branch = _atom(branch)
        own = _starts_of_atom(atom)
        repeat = re.match(r"[?*+]|\{(\d*),?\d*\}", branch)
        if repeat:
            branch = branch[repeat.end() :]
            if repeat[0] != "?":
                own |= _joined(own, own)
            if repeat[0] in "?*" or repeat[1] == "0":
                own |= _NOTHING
        found = _joined(found, own)
    return found


def _joined(firsts: frozenset[str], nexts: frozenset[str]) -> frozenset[str]:
    return frozenset((first + after)[:_SIZE] for first in firsts for after in nexts)


def _starts_of_atom(atom: str) -> frozenset[str]:
    if atom.startswith(_AROUND) or atom in _EDGES:
        return _NOTHING
    if atom.startswith("(?:"):
        return _starts(atom[3:-1])
    if atom == r"\d":
        return _DIGITS
    if atom == " " or atom in _LETTERS:
        return frozenset([atom])
    return _LETTERS


def _atom(branch: str) -> tuple[str, str]:
    """Split the first letter, class or group from what comes after it."""
    if branch[0] == "\\":
        size = 2
    elif branch[0] == "[":
        size = branch.index("]") + 1
    elif branch[0] == "(":
        size = _group_size(branch)
    else:
        size = 1
    return branch[:size], branch[size:]


def _group_size(branch: str) -> int:
    depth = 0
    for place, char in enumerate(branch):
        depth += (char == "(") - (char == ")")
        if not depth:
            return place + 1
    raise ValueError(branch)


def _branches(wording: str) -> list[str]:
    """Split a wording at the bars outside of groups and classes."""
    branches, depth = [""], 0
    for char in wording:
        if char == "|" and not depth:
            branches.append("")
            continue
        depth += (char in "([") - (char in ")]")
        branches[-1] += char
    return branches
