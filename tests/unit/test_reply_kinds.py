"""How well replies are understood: labelled texts in two halves, by language.

Both halves were written before the rules. The seen half served to write them; the
unseen half only measures.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from odoo.addons.cobranza_whatsapp.core import optout

REPLIES = Path(__file__).parent / "payloads" / "replies"
KINDS = ("opt_out", "opt_in", "paid", "promise", "dispute", "talk", "other")


def labelled(half):
    """Return the rows of a half: {kind, language, text}."""
    with (REPLIES / f"labelled_{half}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def figures(half):
    """Return {language: {kind: (found, wanted, false alarms, others)}}."""
    counts = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    for row in labelled(half):
        found = optout.reply_kind(row["text"])
        for kind in KINDS:
            mine = counts[row["language"]][kind]
            if row["kind"] == kind:
                mine[0] += found == kind
                mine[1] += 1
            else:
                mine[2] += found == kind
                mine[3] += 1
    return counts


def show(half, counts):
    """Print recall and false alarms, a line for each language and kind."""
    print(f"\n{half}: language kind found/wanted false-alarms/others")
    for language, kinds in sorted(counts.items()):
        for kind, (found, wanted, alarms, others) in kinds.items():
            print(f"  {language} {kind:8} {found}/{wanted} {alarms}/{others}")


def test_there_are_enough_texts():
    rows = labelled("seen") + labelled("unseen")
    assert len({row["text"].casefold() for row in rows}) >= 80
    assert {row["kind"] for row in rows} == set(KINDS)
    assert {row["language"] for row in rows} == {"es", "pt", "en"}


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_withdrawals_are_found_and_none_is_invented(half, capsys):
    counts = figures(half)
    with capsys.disabled():
        show(half, counts)
    for language, kinds in counts.items():
        found, wanted, alarms, _others = kinds["opt_out"]
        assert found == wanted, language
        assert alarms == 0, language


@pytest.mark.parametrize(("half", "least"), [("seen", 0.95), ("unseen", 0.75)])
@pytest.mark.parametrize("kind", ["opt_in", "paid", "promise", "dispute", "talk"])
def test_other_kinds_are_mostly_found(half, least, kind):
    rows = [row for row in labelled(half) if row["kind"] == kind]
    found = [row for row in rows if optout.reply_kind(row["text"]) == kind]
    assert len(found) >= least * len(rows)
