"""Judge a text by all its words at once, as people have judged others.

A logistic regression over words, pairs of words and beginnings of words, learned from
labelled texts by `./dev learn`. It stands behind wordings, which know only what
somebody thought of. Every sentence and every two neighbours are judged too, and the
worst counts: a threat among ten friendly lines is one. Plain sums: no library is needed
to use it.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "wordings"
# A longer word is known by its beginning too: "demandaremos" as "dema".
STEM_CHARS = 4
# Fewer words say nothing by themselves.
LEAST_WORDS = 5
STOP = "|"
# Runs of letters, for those who write as they speak: "nomemanden", "pagao".
RUNS = (3, 4)


class Feature(NamedTuple):
    """Something that a model may know, and the places [start, end) of its words."""

    name: str
    start: int
    end: int


class Part(NamedTuple):
    """A part of a text, [start, end) in its words, and what it adds up to."""

    score: float
    start: int
    end: int


def features(words: Sequence[str], letters: bool = False) -> Iterator[Feature]:
    """Yield what words of lower case without accents say to a model.

    Any number is the same word; a full stop is one too. ``letters`` yields runs of
    letters as well.
    """
    plain = ["#" if any(map(str.isdigit, word)) else word for word in words]
    for place, word in enumerate(plain):
        yield Feature(word, place, place + 1)
        if len(word) > STEM_CHARS:
            yield Feature(f"{word[:STEM_CHARS]}*", place, place + 1)
        if place:
            yield Feature(f"{plain[place - 1]} {word}", place - 1, place + 1)
        for run in _runs(word) if letters else ():
            yield Feature(run, place, place + 1)


def _runs(word: str) -> Iterator[str]:
    edged = f"_{word}_"
    for size in RUNS:
        for start in range(len(edged) - size + 1):
            yield f"~{edged[start : start + size]}"


def parts(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield what is long enough to be judged: the whole, one sentence, two of them."""
    edges = [0, *(n + 1 for n, word in enumerate(words) if word == STOP), len(words)]
    sentences = [(start, end) for start, end in pairwise(edges) if end > start]
    pairs = [(first[0], last[1]) for first, last in pairwise(sentences)]
    for start, end in dict.fromkeys([(0, len(words)), *sentences, *pairs]):
        if sum(word != STOP for word in words[start:end]) >= LEAST_WORDS:
            yield start, end


class TextModel:
    """Weights of features; a part whose sum is above 0 is what the model looks for.

    What it does not know weighs nothing.
    """

    def __init__(self, weights: Mapping[str, float], letters: bool = False) -> None:
        self.weights = weights
        self.letters = letters

    def worst(self, words: Sequence[str]) -> Part:
        """Return the part of a text that is most like what the model looks for.

        Its score is the log-odds; 0 when there is too little to judge.
        """
        found = [Part(self.score(words[a:b]), a, b) for a, b in parts(words)]
        return max(found, default=Part(0.0, 0, 0))

    def score(self, words: Sequence[str]) -> float:
        """Return the sum of what each distinct feature weighs.

        Divided by their root: a long text has no louder voice.
        """
        return self.weigh({feature.name for feature in features(words, self.letters)})

    def weigh(self, known: Collection[str]) -> float:
        """Return the score of a text of which these features are known."""
        weight = sum(self.weights.get(name, 0.0) for name in known)
        return weight / math.sqrt(len(known) or 1)


def scores(models: Mapping[str, TextModel], words: Sequence[str]) -> dict[str, float]:
    """Return `TextModel.score` of each model; the words are looked at once."""
    letters = any(model.letters for model in models.values())
    known = {feature.name for feature in features(words, letters)}
    return {kind: model.weigh(known) for kind, model in models.items()}


def load(name: str, letters: bool = False) -> dict[str, TextModel]:
    """Return the models in a file of ``wordings``, by what each looks for.

    Raises OSError, ValueError.
    """
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    _comment, header, *lines = text.splitlines()
    kinds = header.split("\t")[1:]
    weights: dict[str, dict[str, float]] = {kind: {} for kind in kinds}
    for line in lines:
        feature, *numbers = line.split("\t")
        for kind, number in zip(kinds, numbers, strict=True):
            weights[kind][feature] = float(number)
    return {kind: TextModel(own, letters) for kind, own in weights.items()}
