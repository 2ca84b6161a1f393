"""What people really write back, by what it must do."""

import time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import optout, reply_words

REPLIES = Path(__file__).parent / "payloads" / "replies"


def texts(kind):
    """Return the labelled replies of a kind, one in each line of its file."""
    return (REPLIES / f"{kind}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", texts("opt_out"))
def test_withdraws(text):
    assert optout.is_opt_out(text)
    assert not optout.is_opt_in(text)
    assert optout.reply_kind(text) == "opt_out"


@pytest.mark.parametrize("text", texts("not_opt_out"))
def test_does_not_withdraw(text):
    assert not optout.is_opt_out(text)
    assert optout.reply_kind(text) != "opt_out"


@pytest.mark.parametrize("word", sorted(reply_words.OPT_OUT_WORDS))
@pytest.mark.parametrize(
    "shape", ["{}", "{}.", " ¡{}! ", "Hola, {} por favor", "{} {}"]
)
def test_each_keyword_withdraws_in_any_dress(word, shape):
    for text in (word, word.upper(), word.title()):
        assert optout.is_opt_out(shape.format(text, text))


@pytest.mark.parametrize("word", sorted(reply_words.OPT_OUT_WORDS))
def test_letters_written_apart_are_one_word(word):
    assert optout.is_opt_out(" ".join(word))
    assert optout.is_opt_out(".".join(word.upper()) + ".")


@pytest.mark.parametrize("word", sorted(reply_words.NOT_TYPOS))
def test_real_words_are_no_slips(word):
    assert not optout.is_opt_out(word)


@pytest.mark.parametrize("word", ["baja", "stop", "alto", "cancelar", "unsubscribe"])
def test_a_keyword_inside_a_sentence_says_nothing(word):
    assert not optout.is_opt_out(f"la entrega del {word} llega el martes a la obra")


OTHER_WORDS = (
    "caja paja faja raja baja2026 bajo baje vaya bala rebaja salto asalto acto auto "
    "pato top stock step shop spot salio sale sal basto pasta casta pagar parece pero"
)


@pytest.mark.parametrize("word", OTHER_WORDS.split())
def test_other_short_words_are_no_slips_by_rule(word):
    assert word not in reply_words.NOT_TYPOS or word == "salto"
    assert not optout.is_opt_out(word)


def test_a_slip_counts_only_alone_and_not_as_a_question():
    assert optout.is_opt_out("vaja")
    assert not optout.is_opt_out("vaja?")
    assert not optout.is_opt_out("la vaja")
    assert optout.is_opt_out("baja?")


@pytest.mark.parametrize(
    "text",
    [
        "ALTA",
        "alta",
        "Alta.",
        "¡ALTA!",
        "A L T A",
        "alta por favor",
        "START",
        "start please",
        "UNSTOP",
        "quiero darme de alta",
        "denme de alta por favor",
    ],
)
def test_opts_in(text):
    assert optout.is_opt_in(text)
    assert optout.reply_kind(text) == "opt_in"


@pytest.mark.parametrize(
    "text",
    [
        "alta demanda",
        "la cuenta está muy alta",
        "altas",
        "alto",
        "stat",
        "restart",
        "no quiero darme de alta",
        "start the service",
        "BAJA",
        "baja y alta",
        "",
        "sí",
    ],
)
def test_does_not_opt_in(text):
    assert not optout.is_opt_in(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (text, kind)
        for kind in ("paid", "promise", "dispute", "talk", "other")
        for text in texts(kind)
    ]
    + [(text, "other") for text in ("", "   ", "\n", "👍", "|", "\u200b")],
)
def test_reply_kind(text, kind):
    assert optout.reply_kind(text) == kind


@pytest.mark.parametrize(
    ("payload", "text", "kind"),
    [
        ("PAID:3f1c", "Ya pagué", "paid"),
        ("paid:3f1c", "", "paid"),
        ("PAID", "BAJA", "opt_out"),
        ("TALK:3f1c", "Hablar con alguien", "talk"),
        ("STOP:3f1c", "No recibir", "opt_out"),
        ("OPT_OUT:x:y", "", "opt_out"),
        (" BAJA :x", "", "opt_out"),
        ("ALTA:x", "", "opt_in"),
        ("START", "", "opt_in"),
        ("OTHER:x", "ya pagué", "paid"),
        ("UNPAID:x", "hola", "other"),
        (":PAID", "hola", "other"),
        ("", "BAJA", "opt_out"),
        ("'; DROP TABLE", "asesor", "talk"),
    ],
)
def test_a_known_button_decides_before_the_text(payload, text, kind):
    assert optout.reply_kind(text, payload) == kind


def test_withdrawal_wins_over_payment_in_one_text():
    assert optout.reply_kind("ya pagué, no me escriban más") == "opt_out"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_gets_one_of_the_kinds(text, payload):
    kind = optout.reply_kind(text, payload)

    assert kind in get_args(optout.ReplyKind)
    assert not (optout.is_opt_out(text) and optout.is_opt_in(text))


@settings(deadline=None)
@given(
    st.sampled_from(["BAJA", "stop", "Alto", "sair"]),
    st.text("🛑👍 .,!¡*_-~\n", max_size=20),
)
def test_signs_around_a_keyword_change_nothing(word, signs):
    assert optout.is_opt_out(f"{signs}{word}{signs}")


LONG = [
    "a " * 50_000,
    "no me " * 30_000,
    "ya lo la " * 20_000,
    "no quiero recibir " * 9_000,
    "de baja a el la " * 9_000,
    "x" * 100_000,
    "baja de la el mi " * 9_000,
    "no quiero los las el la envio de " * 5_000,
    "\u0301" * 100_000,
    "a," * 50_000,
    "+ no " * 20_000,
]


@pytest.mark.parametrize("text", LONG)
def test_a_flood_of_text_costs_little(text):
    start = time.process_time()

    optout.reply_kind(text)

    assert time.process_time() - start < 0.1
