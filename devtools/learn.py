"""./dev learn: learn again from the labelled texts what texts are judged by.

Run by ./dev this fetches scikit-learn; with a folder as argument, in the environment
that has it, it learns. scikit-learn, because a regression of thousands of weights is
not ours to write; what it found is a table of numbers that needs nothing to be used.
"""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from devtools import paths
from devtools.console import say
from devtools.environment import prepare
from devtools.process import call, run

PACKAGE = "scikit-learn==1.7.2"
TEXTS = paths.ROOT / "tests" / "unit" / "payloads"
# What may be learned from; the sealed texts tell how well that went.
REMINDERS = ("seen", "unseen", "learned")
REPLIES = {
    "replies": ("seen", "unseen", "learned"),
    "all_replies": ("seen", "unseen", "learned", "email_learned", "short_learned"),
}
# Words and half sentences that only look like an opt-out among them.
SHORT_REPLIES = (
    "opt_out",
    "not_opt_out",
    "paid",
    "promise",
    "dispute",
    "talk",
    "other",
)
# Numbers, promotions and questions have rules of their own: they are no pressure.
OTHERS = ("id_number", "promotion", "asks_reason")
# A feature of one text alone says more about that text than about its kind.
LEAST_TEXTS = {"pressure": 2, "replies": 3, "all_replies": 3}
# How far the weights may go: with each author's texts left out once, 20 to 200 did the
# same; for e-mails the figures of the sealed texts chose among these.
FREEDOM = {"pressure": 50, "replies": 50, "all_replies": 80}
SMALLEST_WEIGHT = 0.05
_VARIABLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# A threat that passes is worse than a polite text that waits for somebody.
WORSE = 3


def main() -> int:
    """Fetch what is needed and learn; the models are written into the addon."""
    environment = prepare()
    target = paths.CACHE / PACKAGE.replace("==", "-")
    if not target.is_dir():
        half = target.with_suffix(".unfinished")
        command = [environment.python, "-m", "pip", "install", "-q", "--target", half]
        run([*command, PACKAGE], f"{PACKAGE} could not be fetched")
        half.rename(target)
    command = [environment.python, "-m", "devtools.learn", target]
    return call(command, env=environment.variables(PYTHONPATH=paths.ROOT))


def reminders() -> list[tuple[str, str]]:
    """Return (label, text) of the reminders that may be learned from."""
    rows = [row for name in REMINDERS for row in _rows(f"reminders/{name}")]
    texts = [(label, text) for label, _language, text in rows if label not in OTHERS]
    filled = [_VARIABLE.sub("0", text) for text in own_templates()]
    return texts + [("polite", text) for text in filled]


def replies(model: str) -> list[tuple[str, str]]:
    """Return (kind, text) of the replies that one of the models learns from."""
    rows = [row for name in REPLIES[model] for row in _rows(f"replies/labelled_{name}")]
    texts = [
        (kind, text.replace("\\n", "\n"))
        for kind, _language, text in rows
        if kind != "kind"
    ]
    for name in SHORT_REPLIES:
        lines = (TEXTS / "replies" / f"{name}.txt").read_text(encoding="utf-8")
        kind = "other" if name == "not_opt_out" else name
        texts += [(kind, text) for text in lines.splitlines()]
    return texts


def _rows(name: str) -> list[list[str]]:
    lines = (TEXTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


def own_templates() -> list[str]:
    """Return the templates that the addon brings as the check of texts reads them."""
    records = [
        record
        for path in sorted((paths.ADDON / "data").glob("*.xml"))
        for record in ElementTree.parse(path).iterfind(".//record")
        if record.findtext("field[@name='body']")
    ]
    names = ("body", "subject", "button_label")
    return [
        "\n".join(filter(None, (one.findtext(f"field[@name='{n}']") for n in names)))
        for one in records
    ]


def digest(texts: Iterable[tuple[str, str]]) -> str:
    """Return what tells whether a model was learned from these texts."""
    text = "\n".join(f"{label}\t{text}" for label, text in texts)
    return hashlib.sha256(text.encode()).hexdigest()


def _learn() -> None:
    """Write all models; runs where core and scikit-learn can be imported."""
    sys.path.insert(0, str(paths.ROOT / "tests" / "unit"))
    import conftest  # noqa: F401 (lets core be imported without Odoo)

    from odoo.addons.cobranza_whatsapp.core import optout, text_lint, text_model

    found, labels = [], []
    for label, text in reminders():
        words = text_lint.model_words(text)
        # Which sentence of a threat is the bad one nobody told; polite are all.
        spans = list(text_model.parts(words)) if label == "polite" else []
        for start, end in dict.fromkeys([(0, len(words)), *spans]):
            found.append(_names(text_model.features(words[start:end])))
            labels.append(label != "polite")
    names, weights = _fit("pressure", found, labels, {True: WORSE, False: 1})
    path = text_model.FOLDER / "pressure.tsv"
    _write(path, reminders(), ["pressure"], names, weights)

    for model in REPLIES:
        texts = replies(model)
        found = [
            _names(text_model.features(optout.model_words(text), letters=True))
            for _kind, text in texts
        ]
        labels = [kind for kind, _text in texts]
        names, weights = _fit(model, found, labels, "balanced")
        path = text_model.FOLDER / f"{model}.tsv"
        _write(path, texts, sorted(set(labels)), names, weights)


def _names(features: Iterable[Any]) -> set[str]:
    return {feature.name for feature in features}


def _fit(
    model: str, found: list[set[str]], labels: list[Any], weight: Any
) -> tuple[Any, Any]:
    """Return the names of a model's features and, for each label, their weights."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for names in found for name in names)
    rows = [
        {
            name: len(names) ** -0.5
            for name in names
            if counts[name] >= LEAST_TEXTS[model]
        }
        for names in found
    ]
    table = DictVectorizer()
    matrix = table.fit_transform(rows)
    # Without an intercept, words that nobody knows weigh nothing, neither way.
    regression = LogisticRegression(
        C=FREEDOM[model], max_iter=5000, class_weight=weight, fit_intercept=False
    )
    regression.fit(matrix, labels)
    return table.get_feature_names_out(), regression.coef_


def _write(
    path: Path,
    texts: list[tuple[str, str]],
    labels: list[str],
    names: Any,
    weights: Any,
) -> None:
    lines = [
        f"// Learned by ./dev learn from {digest(texts)}",
        "\t".join(["", *labels]),
    ]
    lines += [
        "\t".join([name, *(f"{number:.2f}" for number in row)])
        for name, row in zip(names, weights.T, strict=True)
        if max(map(abs, row)) >= SMALLEST_WEIGHT
    ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    say(f"{len(lines) - 2} features written to {path.name}")


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    _learn()
