"""Judge a text by all its words at once, as people have judged others.

A logistic regression over words, pairs of words and beginnings of words, learned from
labelled texts by `./dev learn`. It stands behind wordings, which know only what
somebody thought of: each of its words weighs a little, so it can say which sentence
tipped the scales. Plain sums: no library is needed to use it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "wordings"
# A longer word is known by its beginning too: "demandaremos" as "dema".
STEM_CHARS = 4
LEAST_WORDS = 7


class Feature(NamedTuple):
    """Something that a model may know, and the places [start, end) of its words."""

    name: str
    start: int
    end: int


def features(words: Sequence[str]) -> Iterator[Feature]:
    """Yield what words of lower case without accents say to a model.

    Any number is the same word.
    """
    plain = ["#" if any(map(str.isdigit, word)) else word for word in words]
    for place, word in enumerate(plain):
        yield Feature(word, place, place + 1)
        if len(word) > STEM_CHARS:
            yield Feature(f"{word[:STEM_CHARS]}*", place, place + 1)
        if place:
            yield Feature(f"{plain[place - 1]} {word}", place - 1, place + 1)


class TextModel:
    """Weights of features; a text whose sum is above 0 is what the model looks for.

    What it does not know weighs nothing.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.weights = weights

    @classmethod
    def load(cls, name: str) -> "TextModel":
        """Return the model in a file of ``wordings``. Raises OSError, ValueError."""
        weights: dict[str, float] = {}
        text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("//"):
                feature, weight = line.split("\t")
                weights[feature] = float(weight)
        return cls(weights)

    def score(self, words: Sequence[str]) -> float:
        """Return the log-odds that the text is what the model looks for.

        0 for a few words: they are no text.
        """
        if sum(map(str.isalpha, words)) < LEAST_WORDS:
            return 0.0
        return sum(self._shares(words))

    def shares(self, words: Sequence[str]) -> list[float]:
        """Return what each word adds to the score; a pair shares its weight."""
        found = [0.0] * len(words)
        for (_name, start, end), share in zip(
            _distinct(words), self._shares(words), strict=True
        ):
            for place in range(start, end):
                found[place] += share / (end - start)
        return found

    def _shares(self, words: Sequence[str]) -> Iterator[float]:
        """Yield what each distinct feature adds: a long text has no louder voice."""
        known = _distinct(words)
        length = math.sqrt(len(known)) or 1.0
        for feature in known:
            yield self.weights.get(feature.name, 0.0) / length


def _distinct(words: Sequence[str]) -> list[Feature]:
    """Return each feature once, at its first place."""
    first: dict[str, Feature] = {}
    for feature in features(words):
        first.setdefault(feature.name, feature)
    return list(first.values())
