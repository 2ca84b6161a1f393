"""Proper names in a reminder: a customer may be called Embargo, a street Prison Lane.

A name is a run of words with a capital letter that a title goes before, that names a
firm, that is the address of a street or to whom the text is addressed ("A la …").
Words in capitals throughout are none: who shouts does not name. The words that tell a
name stand in ``wordings/names.txt``.
"""

import re

from .lint_words import sections

# What a name may sound like; an insult in a name is still an insult.
CODES = frozenset({"threat", "court", "legal_action"})

_WORD = r"(?-i:[A-ZÀ-ÖØ-Þ][a-zß-ÿ]+(?:['’][a-zß-ÿ]*)?)"
_BETWEEN = r"(?: (?:(?:de|da|do|dos|das|del|la|las|los|el|y|e|and|of|the) ){0,2}| ?& ?)"
_MARKS = str.maketrans("áéíóúñüçãõâêôàÁÉÍÓÚÑÀ", "aeiounucaoaeoaAEIOUNA")


def _any_of(section: str) -> str:
    words = " ".join(sections("names")[section]).split()
    return rf"(?:{'|'.join(sorted(set(words), key=len, reverse=True))})"


def _compiled() -> re.Pattern[str]:
    title, firm = _any_of("titles"), _any_of("firms")
    form, street = _any_of("forms"), _any_of("streets")
    run = rf"{_WORD}(?:{_BETWEEN}{_WORD}){{0,4}}"
    few = rf"(?:{_WORD}{_BETWEEN}){{1,4}}?"
    return re.compile(
        rf"(?-i:^(?:Ao?|Al|A la) ){run}"
        rf"|\b(?:{title}\b\.?,?{_BETWEEN}(?:{title}\.?{_BETWEEN})?{run}"
        rf"|{firm}{_BETWEEN}{run}|{street}\.?{_BETWEEN}{run}"
        rf"|{few}(?:{firm}|{street})\b(?:{_BETWEEN}{_WORD}){{0,2}}"
        rf"|(?:{_WORD}(?:{_BETWEEN}| )){{1,5}}?{form}\b)",
        re.IGNORECASE,
    )


_NAME = _compiled()
_LETTERS = re.compile(r"[^\W\d_]+")
# "de", "los" and the like stay small in a name.
LONGER_CHARS = 4


def spans(text: str) -> list[tuple[int, int]]:
    """Return the places [start, end) of proper names in a text."""
    return [match.span() for match in _NAME.finditer(text.translate(_MARKS))]


def is_capitalised(words: str) -> bool:
    """Tell whether all longer words begin with a capital and are not shouted."""
    longer = [word for word in _LETTERS.findall(words) if len(word) >= LONGER_CHARS]
    return bool(longer) and all(w[0].isupper() and not w.isupper() for w in longer)
