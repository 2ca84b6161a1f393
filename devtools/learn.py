"""./dev learn: learn again from the labelled texts what the texts are judged by.

Run by ./dev this fetches scikit-learn; with a folder as argument, in the environment
that has it, it learns. scikit-learn, because a regression of thousands of weights is
not ours to write; what it found is a table of numbers that needs nothing to be used.
"""

import hashlib
import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from devtools import paths
from devtools.console import say
from devtools.environment import prepare
from devtools.process import call, run

PACKAGE = "scikit-learn==1.7.2"
TEXTS = paths.ROOT / "tests" / "unit" / "payloads" / "reminders"
# What may be learned from; the sealed texts tell how well that went.
KNOWN = ("seen", "unseen", "learned")
# Numbers, promotions and questions have rules of their own: they are no pressure.
OTHERS = ("id_number", "promotion", "asks_reason")
# A feature of one text alone says more about that text than about pressure.
LEAST_TEXTS = 2
# How far the weights may go: with each author's texts left out once, 20 to 200 did the
# same.
FREEDOM = 50
SMALLEST_WEIGHT = 0.05
# A threat that passes is worse than a polite text that waits for somebody.
WORSE = 3


def main() -> int:
    """Fetch what is needed and learn; the model is written into the addon."""
    environment = prepare()
    target = paths.CACHE / PACKAGE.replace("==", "-")
    if not target.is_dir():
        half = target.with_suffix(".unfinished")
        command = [environment.python, "-m", "pip", "install", "-q", "--target", half]
        run([*command, PACKAGE], f"{PACKAGE} could not be fetched")
        half.rename(target)
    command = [environment.python, "-m", "devtools.learn", target]
    return call(command, env=environment.variables(PYTHONPATH=paths.ROOT))


def known_texts() -> list[tuple[str, str]]:
    """Return (label, text) of everything that may be learned from."""
    rows = [
        line.split("\t")
        for name in KNOWN
        for line in (TEXTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    ]
    texts = [(label, text) for label, _language, text in rows if label not in OTHERS]
    return texts + [("polite", text) for text in own_templates()]


def own_templates() -> list[str]:
    """Return the texts that the addon brings, any number for what is filled in."""
    bodies = [
        body.text
        for path in sorted((paths.ADDON / "data").glob("*.xml"))
        for body in ElementTree.parse(path).iterfind(".//field[@name='body']")
        if body.text
    ]
    return [re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "0", body) for body in bodies]


def digest() -> str:
    """Return what tells whether the model was learned from the present texts."""
    text = "\n".join(f"{label}\t{text}" for label, text in known_texts())
    return hashlib.sha256(text.encode()).hexdigest()


def _learn() -> None:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    sys.path.insert(0, str(paths.ROOT / "tests" / "unit"))
    import conftest  # noqa: F401 (lets core be imported without Odoo)

    from odoo.addons.cobranza_whatsapp.core import text_lint, text_model

    found, labels = [], []
    for label, text in known_texts():
        words = text_lint.model_words(text)
        # Which sentence of a threat is the bad one nobody told; polite are all.
        spans = list(text_model.parts(words)) if label == "polite" else []
        for start, end in dict.fromkeys([(0, len(words)), *spans]):
            names = {item.name for item in text_model.features(words[start:end])}
            found.append(names)
            labels.append(label != "polite")
    counts = Counter(name for names in found for name in names)
    rows = [
        {name: len(names) ** -0.5 for name in names if counts[name] >= LEAST_TEXTS}
        for names in found
    ]
    table = DictVectorizer()
    matrix = table.fit_transform(rows)
    model = LogisticRegression(
        C=FREEDOM,
        max_iter=5000,
        class_weight={True: WORSE, False: 1},
        # Words that nobody knows weigh nothing, neither way.
        fit_intercept=False,
    )
    model.fit(matrix, labels)
    weights = dict(zip(table.get_feature_names_out(), model.coef_[0], strict=True))
    _write(text_model.FOLDER / "pressure.tsv", weights)


def _write(path: Path, weights: dict[str, float]) -> None:
    lines = [f"// Learned by ./dev learn from {digest()}"]
    lines += [
        f"{name}\t{weight:.2f}"
        for name, weight in sorted(weights.items())
        if abs(weight) >= SMALLEST_WEIGHT
    ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    say(f"{len(lines) - 1} weights written to {path.name}")


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    _learn()
