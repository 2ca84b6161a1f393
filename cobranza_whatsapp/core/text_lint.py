"""Look through a reminder for what the law or WhatsApp forbids, and for what it lacks.

Spanish, Portuguese and English at once: people mix them. Case, accents, invisible
characters, look-alike letters, digits for letters and letters written apart hide
nothing. A finding names the place in the text as it was given, so that a screen can
mark it. Errors stop a text; a warning stops it until an administrator says why it may
stay. Nothing here is a lawyer: a text without findings can still be wrong.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from . import lint_names, lint_numbers
from .lint_words import ALLOWED, ERRORS, SHORT_FORMS, SOURCES, WARNINGS
from .text_model import STOP, load

MAX_TEXT_CHARS = 5000
# Never part of a name.
OFFERS = frozenset({"promotion", "asks_reason"})

# What a reminder must say, and by which variables it can be said.
REQUIRED: dict[str, frozenset[str]] = {
    "creditor": frozenset({"empresa"}),
    "amount": frozenset({"monto", "total", "facturas", "enlace"}),
    "due_date": frozenset(
        {"vencimiento", "dias_vencidos", "dias_para_vencer", "enlace"}
    ),
    "contact": frozenset({"contacto", "enlace"}),
}

# Behind the wordings, which know only what somebody thought of.
_PRESSURE = load("pressure")["pressure"]
_VARIABLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\S+")
# "24hs" is a number and a word; a sign inside a word stands for a letter.
_TOKEN = re.compile(
    r"\d+(?=h(?:[o0]?r[a4]?s?|s)?\b)|[^\W_]+(?:[@$!][^\W_]+)*|[%.!?;\n…]"
)
_BREAKS = frozenset(".!?;\n…")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
# Cyrillic and Greek letters that look like Latin ones.
_LOOK_ALIKES = str.maketrans("аеорсухіјѕԁοαεικν", "aeopcyxijsdoaeikv")
# The word to answer with stands in capitals, or behind one that asks to write it.
_ANSWER = re.compile(r"\b(?:BAJA|STOP|SAIR|PARAR|CANCELAR|DETENER)\b")
_OPT_OUT = re.compile(
    r"\b(?:(?:respond\w*|contest\w*|envi\w*|escrib\w*|escrev\w*|mand\w*|reply|text|"
    r"send|answer|write) (?:con |com |with |a |la palabra |a palavra |the word )*"
    r"(?:baja|stop|sair|parar|cancelar|detener)|(?:darse|darme|dar) de baja|"
    r"unsubscribe|desuscribir\w*|cancelar suscripcion|opt out|"
    r"descadastrar\w*|no recibir mas|dejar de recibir|parar de receber|"
    r"nao receber mais)\b"
)
_OPT_OUT_LINK = re.compile(r"unsubscribe|opt-?out|[/_.-]baja\b|descadastr", re.I)


@dataclass(frozen=True)
class Finding:
    """One objection: ``code`` is a stable word, [start, end) the place in the text.

    ``words`` is what stands there, "" for something that is missing (start = end = 0).
    ``source`` names the law or rule behind it.
    """

    code: str
    is_error: bool
    start: int = 0
    end: int = 0
    words: str = ""

    @property
    def source(self) -> str:
        """Return the law or rule behind the finding."""
        return SOURCES[self.code]


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def check_source(
    source: str,
    variables: Collection[str],
    needs_opt_out: bool = False,
    footer: str = "",
) -> tuple[Finding, ...]:
    """Return the findings of a template as it is written.

    ``variables`` are those that the template names. ``needs_opt_out``: the country or
    the channel wants the way out in the message.
    """
    blank = _VARIABLE.sub(lambda match: " " * len(match[0]), source)
    filled = _VARIABLE.sub(lambda match: "0".ljust(len(match[0])), source)
    found = [*_judged(blank, filled), *lint_findings(blank)]
    found += missing(variables)
    if needs_opt_out and not (has_opt_out(source) or has_opt_out(footer)):
        found.append(Finding("opt_out", is_error=False))
    return tuple(found) + tuple(
        Finding(item.code, item.is_error, 0, 0, item.words)
        for item in _wordings(footer)
    )


def check_rendered(text: str, values: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return the findings of a finished text.

    ``values`` are the texts that replaced variables: a customer may be called Cárcel,
    so what lies wholly inside one of them is not the writer's.
    """
    spans = _spans(text, values)
    return tuple(
        item
        for item in (*_judged(text, text), *lint_findings(text))
        if not _lies_in(item.start, item.end, spans)
    )


def lint_findings(text: str) -> list[Finding]:
    """Return the identity, card and account numbers that stand in a text in full."""
    return [
        Finding(item.code, True, item.start, item.end, text[item.start : item.end])
        for item in lint_numbers.find(text)
    ]


def missing(variables: Collection[str]) -> list[Finding]:
    """Return one finding for each thing that a reminder must say and does not."""
    return [
        Finding(code, is_error=False)
        for code, names in REQUIRED.items()
        if names.isdisjoint(variables)
    ]


@lru_cache(maxsize=1024)
def has_opt_out(text: str) -> bool:
    """Tell whether the text says how to get no more messages, by a word or a link.

    What stands in a variable of a template does not count.
    """
    blank = _VARIABLE.sub(lambda match: " " * len(match[0]), text)
    return bool(
        _ANSWER.search(blank)
        or _OPT_OUT.search(_sentence(_words(blank)))
        or any(map(_OPT_OUT_LINK.search, _ADDRESS.findall(blank)))
    )


# --- wordings -------------------------------------------------------------------------


def _wordings(text: str) -> list[Finding]:
    """Return forbidden wordings, each place once, errors before warnings.

    What is part of a proper name only sounds alike.
    """
    words = _words(text[:MAX_TEXT_CHARS])
    sentence = _without_allowed(_sentence(words))
    starts = _starts(words)
    found: list[Finding] = []
    for indexes, is_error in ((ERRORS, True), (WARNINGS, False)):
        for code, index in indexes.items():
            for match in index.find(sentence):
                start, end = _place(words, starts, match.start(), match.end())
                if not any(f.start < end and start < f.end for f in found):
                    found.append(Finding(code, is_error, start, end, text[start:end]))
    names = lint_names.spans(text) if found else []
    return [
        item
        for item in found
        if item.code not in lint_names.CODES
        or not _lies_in(item.start, item.end, names)
    ]


def _judged(text: str, filled: str) -> list[Finding]:
    """Return the forbidden wordings, or else what reads as if there were some.

    ``filled`` is the text with something, of the same length, in place of variables.
    """
    words = _words(filled[:MAX_TEXT_CHARS])
    worst = _PRESSURE.worst(_unlike(words))
    found = _wordings(text)
    if worst.score < 0:
        # Among friendly words it is a name: the vet's in Tribunal Street.
        return [item for item in found if not _may_be_a_name(item)]
    if worst.score == 0 or any(item.is_error for item in found):
        return found
    said = [word for word in words[worst.start : worst.end] if word.text != STOP]
    start, end = said[0].start, said[-1].end
    return [*found, Finding("pressure", False, start, end, text[start:end])]


def _may_be_a_name(item: Finding) -> bool:
    """Tell whether a finding only names somebody: an offer is one in capitals too."""
    return item.code not in OFFERS and lint_names.is_capitalised(item.words)


def model_words(text: str) -> list[str]:
    """Return the words of a text as the model reads them, learning and judging."""
    return _unlike(_words(text[:MAX_TEXT_CHARS]))


def _unlike(words: list[_Word]) -> list[str]:
    """Return the words, "|" for a full stop and for what only sounds forbidden."""
    sentence = _without_allowed(_sentence(words))
    plain = [
        sentence[start : start + len(word.text)]
        for word, start in zip(words, _starts(words), strict=True)
    ]
    return ["|" if "|" in word else word for word in plain]


def _without_allowed(sentence: str) -> str:
    """Blank what only sounds forbidden."""
    for match in ALLOWED.find(sentence):
        blank = "|" * len(match[0])
        sentence = sentence[: match.start()] + blank + sentence[match.end() :]
    return sentence


def _sentence(words: list[_Word]) -> str:
    return " ".join(word.text for word in words)


def _starts(words: list[_Word]) -> list[int]:
    """Return where each word begins in the sentence."""
    starts, position = [], 0
    for word in words:
        starts.append(position)
        position += len(word.text) + 1
    return starts


def _place(
    words: list[_Word], starts: list[int], first: int, last: int
) -> tuple[int, int]:
    """Return the place in the text of a place in the sentence."""
    inside = [
        word
        for word, start in zip(words, starts, strict=True)
        if start < last and first < start + len(word.text)
    ]
    return inside[0].start, inside[-1].end


def _words(text: str) -> list[_Word]:
    """Return the plain words of a text with their places; "|" is a full stop."""
    plain, places = _plain(_ADDRESS.sub(lambda m: " " * len(m[0]), text))
    words = []
    for match in _TOKEN.finditer(plain):
        start, end = places[match.start()], places[match.end() - 1] + 1
        token = match[0]
        words.append(_Word("|" if token in _BREAKS else _unleet(token), start, end))
    return [
        word._replace(text=SHORT_FORMS.get(word.text, word.text))
        for word in _join_letters(words)
    ]


def _plain(text: str) -> tuple[str, list[int]]:
    """Return lower case without accents or invisible characters, with their places."""
    chars, places = [], []
    for place, char in enumerate(text):
        for part in _plain_char(char):
            chars.append(part)
            places.append(place)
    return "".join(chars).translate(_LOOK_ALIKES), places


# Every message is looked at before it leaves: each character is worked out once.
@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    """Return what is left of a character, "" of one that nobody sees."""
    if unicodedata.category(char) == "Cf":
        return ""
    parts = unicodedata.normalize("NFKD", char).casefold()
    return "".join(part for part in parts if not unicodedata.combining(part))


@lru_cache(maxsize=8192)
def _unleet(token: str) -> str:
    """Read 3mb4rgo as embargo and embaaargo as embargo; leave numbers alone."""
    letters = sum(char.isalpha() for char in token)
    if letters and letters * 2 >= len(token):
        token = token.translate(_LEET)
    return re.sub(r"(.)\1{2,}", r"\1", token)


def _join_letters(words: list[_Word]) -> list[_Word]:
    """Make one word of letters written apart: "e m b a r g o", "e.m.b.a.r.g.o"."""
    joined: list[_Word] = []
    run: list[_Word] = []
    for word in [*words, _Word("", 0, 0)]:
        is_letter = len(word.text) == 1 and word.text.isalpha()
        if is_letter or (run and word.text == "|"):
            run.append(word)
        else:
            joined += _joined(run)
            run = []
            joined.append(word)
    return joined[:-1]


def _joined(run: list[_Word]) -> list[_Word]:
    letters = [word for word in run if word.text != "|"]
    if len(letters) < 4:
        return run
    text = "".join(word.text for word in letters)
    whole = _Word(text, letters[0].start, letters[-1].end)
    tail = [word for word in run if word.start > letters[-1].start]
    # "a e m b a r g a r": its first letter may be a word of its own.
    return [whole, _Word(text[1:], letters[1].start, letters[-1].end), *tail]


def _lies_in(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _spans(text: str, values: Iterable[str]) -> list[tuple[int, int]]:
    spans = []
    for value in filter(None, values):
        start = text.find(value)
        while start >= 0:
            spans.append((start, start + len(value)))
            start = text.find(value, start + 1)
    return spans
