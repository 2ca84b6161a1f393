"""What a debtor's reply means: stop, start, paid, promise, dispute, talk or other.

Spanish, Portuguese and English. A missed "stop" breaks the law, an invented one
silences a debtor: a single word counts even with a typing mistake, a longer message
only by wording that leaves no doubt. Texts are untrusted and only looked at.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, get_args

from .email_reply import without_courtesies
from .reply_debt_words import (
    DISPUTE_PHRASES,
    NO_PROMISE_PHRASES,
    PROMISE_PHRASES,
)
from .reply_words import (
    NEIGHBOURS,
    NOT_TYPOS,
    OPT_IN_PHRASES,
    OPT_IN_WORDS,
    OPT_OUT_PHRASES,
    OPT_OUT_WORDS,
    PAID_PHRASES,
    PAYLOADS,
    PLEASE,
    POLITE,
    REFUSED_OPT_OUT,
    SHORT_FORMS,
    SOUNDS,
    STRONG_WORDS,
    SUBJECTS,
    TALK_PHRASES,
    UNPAID_PHRASES,
    same_sound,
)
from .text_model import TextModel, load, scores

ReplyKind = Literal[
    "opt_out", "opt_in", "paid", "promise", "dispute", "talk", "unclear", "other"
]
_KIND_OF: Mapping[str, ReplyKind] = {kind: kind for kind in get_args(ReplyKind)}

MAX_TEXT_CHARS = 2000
_QUESTION = re.compile(r"[¿\s]*[^¿?,.;!]+\?+\s*")
# A promise may end with "ok?"; that asks nothing.
_TAG = re.compile(
    r"\b(?:ok|blz|beleza|ta|vale|sale|va|de acuerdo|certo)\s*\?+\W*$", re.I
)


class _Register(NamedTuple):
    """What replies of one kind of writing mean, and when an opt-out is doubtful.

    ``doubt``: so near to the kind that it is most like, an opt-out cannot be told from
    it. ``sure``: when another kind is as near as this, it is no opt-out for sure.
    """

    models: Mapping[str, TextModel]
    doubt: float
    sure: float


# What nobody put into a wording, as many people's replies have taught it (./dev learn).
_CHAT = _Register(load("replies", letters=True), doubt=0.5, sure=0.0)
# Learned from these, from e-mails and from short texts, which are written otherwise.
_ALL = _Register(load("all_replies", letters=True), doubt=1.0, sure=0.3)
SHORT_WORDS = 7
# Fewer words say too little.
LEAST_WORDS = 3
# One sign alone may mean anything; who repeats it means it.
_STOP_SIGNS = re.compile(r"[\s\ufe0f]*(?:[🛑🚫⛔🔕][\s\ufe0f]*){2,}")
_LEET = str.maketrans("013457", "oieast")


def is_opt_out(text: str) -> bool:
    """Tell whether the text withdraws consent: BAJA, STOP, SAIR, "no me escriban"…"""
    if _STOP_SIGNS.fullmatch(text[:MAX_TEXT_CHARS]):
        return True
    words = _words(text)
    if not words or _is_keyword(words, OPT_IN_WORDS):
        return False
    if _is_keyword(words, OPT_OUT_WORDS) or _is_about_messages(words):
        return True
    if len(words) == 1 and "?" not in text and _is_typo(words[0]):
        return True
    if _begins_or_ends_with_keyword(text):
        return True
    sentence = _sentence(words)
    return not _any(REFUSED_OPT_OUT, sentence) and _any(OPT_OUT_PHRASES, sentence)


def is_opt_in(text: str) -> bool:
    """Tell whether the text asks for messages again: ALTA, START. No slips allowed."""
    if is_opt_in_keyword(text):
        return True
    return _any(OPT_IN_PHRASES, _sentence(_words(text))) and not is_opt_out(text)


def is_opt_in_keyword(text: str) -> bool:
    """Tell whether the text is nothing but ALTA or START: plain enough to be proof."""
    return _is_keyword(_words(text), OPT_IN_WORDS)


def reply_kind(
    text: str, button_payload: str = "", is_email: bool = False
) -> ReplyKind:
    """Return what the reply asks for: by a known button ("PAID:…"), else by the text.

    A text that withdraws consent counts whatever the button says. The payload's part
    after the colon is not looked at: whoever acts on it checks it. What no wording
    knows is judged by what others meant with such words.
    """
    kind = said_kind(text, button_payload)
    return _learned_kind(text, is_email) if kind == "other" else kind


def _learned_kind(text: str, is_email: bool) -> ReplyKind:
    """Return what a reply is most like, "other" when that is not sure enough.

    "unclear" when it may be an opt-out as well: of e-mails and texts by people whom the
    model had not read, that left 10 of 760 opt-outs unseen instead of 26, and doubted
    one in thirty of the others.
    """
    words = model_words(text)
    if sum(map(str.isalpha, words)) < LEAST_WORDS:
        return "other"
    is_short = len(_words(text)) <= SHORT_WORDS
    register = _ALL if is_email or is_short else _CHAT
    kind, second, score = _ranked(register, words)
    if score[kind] <= 0:
        return "other"
    if kind == "opt_out":
        if _any(REFUSED_OPT_OUT, _sentence(_words(text))):
            return "other"  # "please do not unsubscribe me"
        is_sure = score[second] <= score[kind] - register.sure
        # What has read all kinds of texts must see one too.
        return "opt_out" if is_sure and _ranked(_ALL, words)[0] == kind else "unclear"
    if score["opt_out"] > max(0.0, score[kind] - register.doubt):
        return "unclear"
    if kind in ("paid", "promise") and "?" in text[:MAX_TEXT_CHARS]:
        return "other"  # asks whether it is paid, or whether he may pay later
    return _KIND_OF[kind]


def _ranked(register: _Register, words: list[str]) -> tuple[str, str, dict[str, float]]:
    """Return what the words are most like, what next, and the scores of all."""
    found = scores(register.models, words)
    first, second = sorted(found, key=lambda one: found[one], reverse=True)[:2]
    return first, second, found


def model_words(text: str) -> list[str]:
    """Return the words of a reply as the model reads them, learning and judging."""
    text = without_courtesies(text[:MAX_TEXT_CHARS])
    asks = ["?"] if "?" in text else []
    words = [word for word in _words(text) if word not in PLEASE]
    return ["^", *words, *asks, "$"] if words else []


def said_kind(text: str, button_payload: str = "") -> ReplyKind:
    """Return what a known button or wording says, "other" for all else."""
    if is_opt_out(text):
        return "opt_out"
    button = PAYLOADS.get(button_payload.partition(":")[0].strip().upper())
    if button:
        return button
    if is_opt_in(text):
        return "opt_in"
    sentence = _sentence(_words(text))
    for kind, says in _KINDS:
        if says(text, sentence):
            return kind
    return "other"


def _sentence(words: list[str]) -> str:
    """Return the words as the wordings of reply_words expect them."""
    return same_sound(" ".join(SHORT_FORMS.get(word, word) for word in words))


def _says_paid(text: str, sentence: str) -> bool:
    if _QUESTION.fullmatch(text[:MAX_TEXT_CHARS]):  # "¿ya está pagado?"
        return False
    return _any(PAID_PHRASES, sentence) and not _any(UNPAID_PHRASES, sentence)


def _disputes(_text: str, sentence: str) -> bool:
    return _any(DISPUTE_PHRASES, sentence)


def _promises(text: str, sentence: str) -> bool:
    if "?" in _TAG.sub("", text[:MAX_TEXT_CHARS]):  # "¿puedo pagar el viernes?" asks
        return False
    return _any(PROMISE_PHRASES, sentence) and not _any(NO_PROMISE_PHRASES, sentence)


def _asks_for_person(_text: str, sentence: str) -> bool:
    return _any(TALK_PHRASES, sentence)


# The first that fits: who has paid or disputes does not promise.
_KINDS: tuple[tuple[ReplyKind, Callable[[str, str], bool]], ...] = (
    ("paid", _says_paid),
    ("dispute", _disputes),
    ("promise", _promises),
    ("talk", _asks_for_person),
)


def _words(text: str) -> list[str]:
    """Return bare lower-case words, without accents, punctuation and emoji.

    Letters written apart are one word: "B A J A", "S.T.O.P".
    """
    plain = unicodedata.normalize("NFKD", text[:MAX_TEXT_CHARS]).casefold()
    plain = re.sub(r"\bno \+ ", "no mas ", plain)
    plain = "".join(
        char
        for char in plain
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    words = [_unleet(word) for word in re.findall(r"[a-z0-9]+", plain)]
    together = "".join(words)
    if len(words) > 2 and all(len(word) == 1 for word in words):
        return [together]  # also ALTA, also with a slip
    if 2 <= len(words) <= 4 and len(together) <= 6 and together in OPT_OUT_WORDS:
        return [together]
    return words


def _unleet(word: str) -> str:
    """Read B4JA as baja, but leave amounts and invoice numbers alone."""
    digits = sum(char.isdigit() for char in word)
    return word.translate(_LEET) if 0 < digits <= len(word) / 2 else word


def _is_keyword(words: list[str], keywords: frozenset[str]) -> bool:
    """Tell whether a keyword is all that is left without courtesies and repetition."""
    left = {
        word if word in NOT_TYPOS else _squeeze(word)
        for word in words
        if word not in POLITE and not _is_number(word)
    }
    return len(left) == 1 and left <= {_squeeze(word) for word in keywords}


def _begins_or_ends_with_keyword(text: str) -> bool:
    """Tell whether the first or last clause is a strong keyword: "Baja, soy Ana".

    Or a line of several: above a keyword stand greetings, below it names.
    """
    text = text[:MAX_TEXT_CHARS]
    lines = [words for words in map(_words, text.splitlines()) if words]
    if len(lines) > 1 and any(_is_keyword(words, STRONG_WORDS) for words in lines):
        return True
    parts = re.split(r"[,.;:()!\n]", text)
    clauses = [words for words in map(_words, parts) if words]
    return len(clauses) > 1 and (
        _is_keyword(clauses[0], STRONG_WORDS) or _is_keyword(clauses[-1], STRONG_WORDS)
    )


def _is_number(word: str) -> bool:
    """Tell a telephone number, which people add to "BAJA", from an amount."""
    return word.isdigit() and len(word) >= 10


def _is_about_messages(words: list[str]) -> bool:
    """Tell whether only a keyword and its object are there: "cancelar mensajes"."""
    found = set(words)
    left = found - OPT_OUT_WORDS - SUBJECTS - POLITE - {"de", "del", "los", "las", "la"}
    return not left and bool(found & OPT_OUT_WORDS) and bool(found & SUBJECTS)


def _is_typo(word: str) -> bool:
    if word in NOT_TYPOS or len(word) < 3:
        return False
    return any(
        _one_slip(word, keyword) for keyword in OPT_OUT_WORDS if len(keyword) >= 4
    )


def _squeeze(word: str) -> str:
    """Write every run of one letter once: "bajaaaa", "stoopp"."""
    return re.sub(r"(.)\1+", r"\1", word)


def _one_slip(word: str, keyword: str) -> bool:
    """Tell whether one letter is missing, added, swapped or mistaken.

    In words of up to five letters a mistaken or added letter must lie beside the right
    one on the keyboard or sound like it, and the first is not missing: "caja", "salto"
    and "top" are other words.
    """
    strict = len(keyword) <= 5
    start = _common_prefix(word, keyword)
    rest, wanted = word[start:], keyword[start:]
    if len(word) == len(keyword):
        if rest[2:] == wanted[2:] and rest[:2] == wanted[1::-1]:
            return True
        return rest[1:] == wanted[1:] and (not strict or _alike(rest[:1], wanted[:1]))
    if len(word) + 1 == len(keyword):
        return rest == wanted[1:] and not (strict and start == 0)
    if len(word) == len(keyword) + 1:
        beside = keyword[max(start - 1, 0) : start + 1]
        return rest[1:] == wanted and (
            not strict or any(_alike(rest[0], char) for char in beside)
        )
    return False


def _common_prefix(first: str, second: str) -> int:
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return index
    return min(len(first), len(second))


def _alike(typed: str, meant: str) -> bool:
    return (
        typed == meant
        or typed in NEIGHBOURS.get(meant, "")
        or any(typed in sound and meant in sound for sound in SOUNDS)
    )


def _any(patterns: tuple[re.Pattern[str], ...], sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in patterns)
