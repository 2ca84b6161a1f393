"""Look for many wordings at once, quickly: by the letter that they begin with.

A text has some thirty words and there are hundreds of wordings. At each word only
those are tried that can begin with its first letter.
"""

import re
from collections.abc import Iterable, Iterator

_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz") | _DIGITS
_WORD_START = re.compile(r"\b\w")
# What stands for no letter of its own: a look around, the beginning of the text.
_AROUND = ("(?<!", "(?<=", "(?!", "(?=")


class Index:
    """Wordings, which are regular expressions of whole words, ready to be found."""

    def __init__(self, wordings: Iterable[str]) -> None:
        by_letter: dict[str, list[str]] = {letter: [] for letter in _LETTERS}
        for wording in wordings:
            for letter in first_letters(wording):
                by_letter[letter].append(wording)
        self._patterns = {
            letter: re.compile(rf"(?:{'|'.join(lines)})(?<! )(?!\w)")
            for letter, lines in by_letter.items()
            if lines
        }

    def find(self, sentence: str) -> Iterator[re.Match[str]]:
        """Yield the wordings in a sentence of plain words, none within another."""
        end = 0
        for word in _WORD_START.finditer(sentence):
            start = word.start()
            pattern = self._patterns.get(word[0])
            if start < end or not pattern:
                continue
            match = pattern.match(sentence, start)
            if match and match.end() > start:
                end = match.end()
                yield match


def first_letters(wording: str) -> frozenset[str]:
    """Return the letters and digits with which a match of the wording may begin."""
    return _first(wording)[0]


def _first(wording: str) -> tuple[frozenset[str], bool]:
    """Return the first letters of a wording and whether it may be empty."""
    letters: frozenset[str] = frozenset()
    may_be_empty = False
    for branch in _branches(wording):
        own, empty = _first_of_branch(branch)
        letters |= own
        may_be_empty |= empty
    return letters, may_be_empty


def _first_of_branch(branch: str) -> tuple[frozenset[str], bool]:
    letters: frozenset[str] = frozenset()
    while branch:
        atom, rest = _atom(branch)
        own, empty = _first_of_atom(atom)
        repeat = re.match(r"[?*+]|\{(\d*),?\d*\}", rest)
        if repeat:
            rest = rest[repeat.end() :]
            empty = empty or repeat[0] in "?*" or repeat[1] == "0"
        letters |= own
        if not empty:
            return letters, False
        branch = rest
    return letters, True


def _first_of_atom(atom: str) -> tuple[frozenset[str], bool]:
    if atom.startswith(_AROUND) or atom in ("^", "$", r"\b"):
        return frozenset(), True
    if atom.startswith("(?:"):
        return _first(atom[3:-1])
    if atom == r"\d":
        return _DIGITS, False
    if atom in _LETTERS:
        return frozenset(atom), False
    if atom == " ":
        return frozenset(), False
    return _LETTERS, False


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
