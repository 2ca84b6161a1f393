"""What somebody wrote himself in an e-mail that answers one of ours.

Our own e-mails offer the word BAJA, so a quoted one must never be read as his. Mail
programs quote in a hundred ways, but what we sent is known: lines of it are left out
wherever they stand, however they were broken, and so is what announces a quote. The
text is untrusted; each line is looked at once.
"""

import re
import unicodedata
from collections.abc import Iterator
from email.message import Message

MAX_TEXT_CHARS = 20_000
MAX_COURTESY_CHARS = 60
# Fewer words in a row can be his own by chance: "BAJA" stands in our text too.
LEAST_WORDS = 8
MAX_SUBJECT_CHARS = 300

_WORD = re.compile(r"\w+")
_REPLY_MARK = re.compile(r"\s*(?:re|rv|rm|fw|fwd|res|enc|aw)\s*:\s*", re.IGNORECASE)
# "El jue, 26 nov 2026 a las 9:30, Materiales <cobros@…> escribió:"
_SOMEBODY_WROTE = re.compile(
    r"(?:el|on|em|no dia)\s.{0,300}\d.{0,300}\b(?:escribió|escreveu|wrote)\s*:",
    re.IGNORECASE,
)
_BEGINS_SOMEBODY_WROTE = re.compile(r"(?:el|on|em|no dia)\s", re.IGNORECASE)
WROTE_LINES = 3
# What Outlook writes above a quote without marks; all below is quoted.
_ORIGINAL = re.compile(
    r"\s*-{3,}.{0,60}(?:original|reenviado|forwarded).{0,60}-{3,}", re.I
)
_FROM_LINE = re.compile(r"\s*\*?(?:de|from)\s*:", re.IGNORECASE)
_OTHER_HEADER = re.compile(
    r"\s*\*?(?:enviado(?: el)?|enviada em|fecha|sent|date|data|para|to|asunto|assunto|"
    r"subject)\s*:",
    re.IGNORECASE,
)
HEADER_LINES = 4
BLANK_LINES = 4  # as many as may stand between two
_ADDED_BY_TELEPHONE = re.compile(
    r"\s*(?:enviado (?:desde|do|de|pelo)|sent from)\b.{0,20}\b(?:iphone|ipad|android|"
    r"outlook|yahoo|gmail|mail|correo|galaxy|samsung|xiaomi|redmi|huawei|motorola|moto|"
    r"m[oó]vil|celular|tel[eé]fono|telefone|smartphone|blackberry|dispositivo|device|"
    r"windows|phone)\b.{0,80}"
    r"|\s*(?:get|obtener|descargar|obter o|baixar o) outlook (?:for|para)\b.{0,80}",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"--\s*")
_BLANK_LINES = re.compile(r"\n\s*\n")
_RULE = re.compile(r"\s*[_-]{5,}\s*")

_GREETING = re.compile(
    r"(?:hola|buen[oa]?s?|estimad[oa]s?|apreciad[oa]s?|lic|sr|sra|senor(?:es|a)?|ola|oi|"
    r"bom|boa|prezad[oa]s?|car[oa]s?|hi|hello|hey|dear|good)( \w+){0,6}"
)
_CLOSING = re.compile(
    r"(?:(?:un|muchos|muchas|mil|recib\w+|le|les|te|envio|mis) )*(?:saludos?|gracias|"
    r"atentamente|atte|cordialmente|bendiciones|abrazos?|quedo|quedamos|slds|"
    r"abracos?|abs|att|atenciosamente|cordialmente|obrigad[oa]|grat[oa]|"
    r"(?:best|kind|warm|many)? ?(?:regards|wishes|thanks)|best|sincerely|"
    r"thank you|thx|cheers|respectfully)( \w+){0,4}"
)


def is_automatic(message: Message) -> bool:
    """Tell whether a program answered by itself (RFC 3834, and what came before it)."""
    submitted = str(message["Auto-Submitted"] or "no").partition(";")[0]
    if submitted.strip().lower() != "no":
        return True
    precedence = str(message["Precedence"] or "").strip().lower()
    named = any(message[name] for name in ("X-Autoreply", "X-Autorespond"))
    return named or precedence in ("auto_reply", "bulk", "junk")


def uuid_of(message_id: str) -> str:
    """Return the part of a Message-Id that is our uuid, if the e-mail is ours."""
    return message_id.strip().strip("<>").partition("@")[0]


def own_text(text: str, sent: str) -> str:
    """Return what the writer of ``text`` added to ``sent``, which he answers.

    ``sent`` is the plain text of our e-mail, "" if it is not known any more.
    """
    lines = list(_unannounced(text[:MAX_TEXT_CHARS].splitlines()))
    quoted = _quoted(lines, _plain(sent))
    own, is_below_quote = [], False
    for position, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line) and not is_below_quote:
            break
        if not _plain(line):
            own.append("")
            continue
        is_below_quote = position in quoted
        if not is_below_quote:
            own.append(line.strip())
    return _BLANK_LINES.sub("\n\n", "\n".join(own)).strip(" \n-")


def without_courtesies(text: str) -> str:
    """Return an e-mail without its greeting and what stands below its closing words.

    Names, offices and addresses say nothing of what is meant. A text of one line, and
    what would be left with nothing, stays as it is.
    """
    lines = [line for line in text.splitlines() if _plain(line)]
    first = 1 if len(lines) > 1 and _is_like(_GREETING, lines[0]) else 0
    for position, line in enumerate(lines[first + 1 :], first + 1):
        if _is_like(_CLOSING, line):
            return "\n".join(lines[first:position])
    return "\n".join(lines[first:])


def _is_like(courtesy: re.Pattern[str], line: str) -> bool:
    plain = unicodedata.normalize("NFKD", line[:MAX_COURTESY_CHARS])
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return len(line) <= MAX_COURTESY_CHARS and bool(
        courtesy.fullmatch(_plain(bare).strip())
    )


def own_subject(subject: str, sent_subject: str) -> str:
    """Return what a subject says beyond the one that it answers, mostly ""."""
    subject = subject[:MAX_SUBJECT_CHARS]
    marked = _REPLY_MARK.match(subject)
    while marked:
        subject = subject[marked.end() :]
        marked = _REPLY_MARK.match(subject)
    if sent_subject:
        subject = subject.replace(sent_subject, " ")
    return subject.strip(" -–:·|")


def _unannounced(lines: list[str]) -> Iterator[str]:
    """Yield the lines without marked quotes, what announces them, and small print."""
    lines = [line for line in lines if not line.lstrip().startswith(">")]
    after = 0
    for position, line in enumerate(lines):
        if position < after or _RULE.fullmatch(line):
            continue
        if _announces_all(lines, position):
            return
        after = position + _announcing_lines(lines, position)
        if after == position and not _ADDED_BY_TELEPHONE.fullmatch(line):
            yield line


def _quoted(lines: list[str], sent: str) -> set[int]:
    """Return the positions of lines that are ours: enough words of ours in a row."""
    quoted: set[int] = set()
    run, so_far = [], ""
    for position, line in enumerate(lines):
        words = _plain(line)
        if not words:
            continue
        longer = so_far + words.lstrip() if so_far else words
        if longer in sent:
            run.append(position)
            so_far = longer
        else:
            run, so_far = ([position], words) if words in sent else ([], "")
        if so_far.count(" ") > LEAST_WORDS:
            quoted.update(run)
    return quoted


def _announces_all(lines: list[str], position: int) -> bool:
    """Tell whether Outlook's header of a quote begins here."""
    line = lines[position]
    if _ORIGINAL.fullmatch(line):
        return True
    below = lines[position + 1 : position + 1 + HEADER_LINES * BLANK_LINES]
    below = [other for other in below if other.strip()]
    others = sum(bool(_OTHER_HEADER.match(other)) for other in below[:HEADER_LINES])
    return bool(_FROM_LINE.match(line)) and others > 1


def _announcing_lines(lines: list[str], position: int) -> int:
    """Return how many lines from here say no more than who wrote what follows."""
    if not _BEGINS_SOMEBODY_WROTE.match(lines[position]):
        return 0
    for count in range(1, WROTE_LINES + 1):
        together = " ".join(lines[position : position + count]).strip()
        if _SOMEBODY_WROTE.fullmatch(together):
            return count
    return 0


def _plain(text: str) -> str:
    """Return the words in lower case, a space around each; "" without words."""
    words = _WORD.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""
