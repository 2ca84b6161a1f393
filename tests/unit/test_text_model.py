"""What stands behind the wordings: a model that learned from texts of several authors.

The sealed texts are those of two authors that nobody looked at and nothing was learned
from before the model was finished. At that moment:

===============  ============  ============  ===========  ===========
sealed texts     threats past  other missed  marked       refused
===============  ============  ============  ===========  ===========
wordings alone   26 of 72      18 of 104     3 of 88      2 of 88
with the model   0 of 72       5 of 104      5 of 88      2 of 88
===============  ============  ============  ===========  ===========

"Marked" and "refused" are about polite texts: a mark of the model is a warning, which
an administrator can overrule. Two sealed halves before, which are learned from now,
met a model that judged whole texts only: one threat of 72 passed in each, and a threat
among friendly lines passed nearly always.
"""

from collections import Counter
from pathlib import Path

import pytest

from odoo.addons.cobranza_whatsapp.core import lint_names, text_lint, text_model

from devtools import learn

FOLDER = Path(__file__).parent / "payloads" / "reminders"
LANGUAGES = ("es", "pt", "en")
HALVES = ("learned", "sealed")
LEAST_RECALL = 0.9
MOST_REFUSED = 0.03
MOST_MARKED = 0.06


def texts(half):
    lines = (FOLDER / f"{half}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


def counted(half, language):
    """Return how many texts of each label there are, and how many have findings."""
    there, found = Counter(), Counter()
    for label, tongue, text in texts(half):
        if tongue == language:
            there[label] += 1
            found[label] += bool(text_lint.check_rendered(text))
    return there, found


@pytest.mark.parametrize("half", HALVES)
def test_no_threat_passes_and_few_polite_texts_are_marked(half, capsys):
    there, found = Counter(), Counter()
    for language in LANGUAGES:
        own, marked = counted(half, language)
        harmful = sum(own.values()) - own["polite"]
        with capsys.disabled():
            print(
                f"\n{half} {language}: threats past {own['threat'] - marked['threat']} "
                f"of {own['threat']}, recall {sum(marked.values()) - marked['polite']} "
                f"of {harmful}, polite marked {marked['polite']} of {own['polite']}"
            )
        there.update(own)
        found.update(marked)
    refused = sum(
        any(item.is_error for item in text_lint.check_rendered(text))
        for label, _language, text in texts(half)
        if label == "polite"
    )

    assert found["threat"] == there["threat"]
    assert refused <= MOST_REFUSED * there["polite"]
    assert found["polite"] <= MOST_MARKED * there["polite"]
    harmful = sum(there.values()) - there["polite"]
    assert sum(found.values()) - found["polite"] >= LEAST_RECALL * harmful


def test_the_halves_are_large_enough_and_share_nothing():
    learned, sealed = (
        {text for _label, _language, text in texts(half)} for half in HALVES
    )

    assert len(sealed) >= 150
    assert not learned & sealed


def test_was_learned_from_the_texts_that_are_there():
    """If this fails: ./dev learn."""
    taught = {model: learn.replies(model) for model in learn.REPLIES}
    for name, texts in {"pressure": learn.reminders(), **taught}.items():
        first = (text_model.FOLDER / f"{name}.tsv").read_text().splitlines()[0]

        assert learn.digest(texts) in first


def test_no_template_of_ours_reads_like_pressure():
    for body in learn.own_templates():
        assert not [f for f in text_lint.check_source(body, ()) if f.code == "pressure"]


def test_marks_the_sentence_that_tipped_the_scales():
    text = "Cuídese mucho, don Julio, y cuide a sus niñas. Aún puede pagar su préstamo."
    [finding] = text_lint.check_rendered(text)

    assert (finding.code, finding.is_error) == ("pressure", False)
    assert finding.words == "Cuídese mucho, don Julio, y cuide a sus niñas"
    assert text[finding.start : finding.end] == finding.words


@pytest.mark.parametrize("text", ["", "?", "Hola", "{{ cliente }}", "qwr zxc " * 9])
def test_what_it_does_not_know_weighs_nothing(text):
    assert not [f for f in text_lint.check_source(text, ()) if f.code == "pressure"]


def test_a_threat_among_friendly_lines_is_one():
    kind = (
        "Hola {{ cliente }}, le escribe {{ empresa }} por la factura {{ factura }} de "
        "{{ monto }}, vencida el {{ vencimiento }}. %s Contacto: {{ contacto }}. "
        "Responda BAJA para no recibir más avisos."
    )
    for threat in (
        "Cuídese mucho, don Julio, y cuide a sus niñas.",
        "Si no paga, mañana pasan los muchachos por su casa.",
    ):
        found = text_lint.check_source(kind % threat, ())
        assert [f for f in found if f.code == "pressure"], threat
    friendly = text_lint.check_source(kind % "Puede pagar en línea o en la tienda.", ())
    assert not [f for f in friendly if f.code == "pressure"]


@pytest.mark.parametrize(
    ("words", "is_name"),
    [
        ("Cárcel", True),
        ("Last Chance", True),
        ("Abogado y Asociados", True),
        ("EMBARGO", False),
        ("aviso a policía", False),
        ("de la", False),
        ("", False),
    ],
)
def test_names_are_capitalised_and_not_shouted(words, is_name):
    assert lint_names.is_capitalised(words) is is_name


def test_a_name_among_friendly_words_is_no_threat():
    text = (
        "Hola, te escribe la Veterinaria Canina de Av. Tribunal 220. Queda por pagar "
        "la consulta de Rocky: $28.000. Saludos y cariños al Rocky."
    )

    assert not text_lint.check_rendered(text)


def test_a_capital_letter_hides_no_threat():
    text = "Señora, mañana llega el Actuario con la Policía a sacar sus muebles."

    assert text_lint.check_rendered(text)
