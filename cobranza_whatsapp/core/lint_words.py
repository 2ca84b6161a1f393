"""The wordings that a reminder must not hold, ready to be looked for.

They stand in ``wordings``, one file a language, in sections named as their codes. A
wording is one line, in lower case without accents: a regular expression of whole words.
``<name>`` stands for the fragment of that name, ``…`` for up to four words between.
What is ``allowed`` is taken out before anything is looked for: it only sounds alike.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from .lint_index import Index

FOLDER = Path(__file__).parent / "wordings"
LANGUAGES = ("es", "pt", "en")
# A fragment may name others, once.
_NESTING = 2

# Which law or rule is behind a finding; shown to the person who wrote the text.
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "threat": "MX Código Penal Federal 284 Bis; CL Ley 19.496 art. 37; "
        "BR CDC art. 42 y 71; AR Ley 24.240 art. 8 bis; PE Ley 29571 art. 61",
        "court": "PE Ley 29571 art. 62 a; CL Ley 19.496 art. 37; "
        "AR Ley 24.240 art. 8 bis; MX CONDUSEF DOF 7-10-2014",
        "shaming": "BR CDC art. 42; AR CABA Ley 6171 art. 8; "
        "PE Ley 29571 art. 62 c-e; MX CONDUSEF DOF 7-10-2014",
        "insult": "AR Ley 24.240 art. 8 bis; EC LODC art. 49; BR CDC art. 42",
        "third_party": "CO Ley 2300 de 2023; MX PROFECO; CL Ley 19.496 art. 37",
        "pressure": "MX Código Penal Federal 284 Bis; CL Ley 19.496 art. 37; "
        "BR CDC art. 42",
        "ultimatum": "MX Código Penal Federal 284 Bis; BR CDC art. 71",
        "legal_action": "CL SERNAC; MX Código Penal Federal 284 Bis",
        "promotion": "WhatsApp template categories; PE Ley 32323",
        "asks_reason": "CO Ley 2300 de 2023",
        "id_number": "WhatsApp Business Messaging Policy",
        "card_number": "WhatsApp Business Messaging Policy",
        "creditor": "MX CONDUSEF DOF 7-10-2014; CL Ley 21.062; BR CDC art. 42-A",
        "amount": "MX PROFECO; CL Ley 21.062",
        "due_date": "MX PROFECO",
        "contact": "MX CONDUSEF DOF 7-10-2014; BR CDC art. 42-A",
        "opt_out": "CO Ley 2300 de 2023; US Reg F 1006.6(e); "
        "WhatsApp Business Messaging Policy",
    }
)


def sections(name: str) -> dict[str, list[str]]:
    """Return the lines of a file of wordings, such as "es", by section."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


def _wordings(file: Mapping[str, list[str]], name: str) -> list[str]:
    """Return the expressions of one section, fragments filled in."""
    fragments = [line.split(" = ", 1) for line in file["fragments"]]
    wordings = []
    for line in file[name]:
        wording = line.replace(" … ", r" (?:\w+ ){0,4}")
        for _round in range(_NESTING):
            for fragment, expression in fragments:
                wording = wording.replace(f"<{fragment}>", expression)
        wordings.append(wording)
    return wordings


_FILES = tuple(sections(language) for language in LANGUAGES)


def _index(name: str) -> Index:
    return Index(line for file in _FILES for line in _wordings(file, name))


# How people shorten words on a telephone; "_" stands for a space.
SHORT_FORMS: Mapping[str, str] = MappingProxyType(
    {
        short: word.replace("_", " ")
        for line in sections("names")["short"]
        for short, word in (pair.split("=") for pair in line.split())
    }
)
ALLOWED = _index("allowed")
# Never, whatever the reason.
ERRORS: Mapping[str, Index] = MappingProxyType(
    {
        code: _index(code)
        for code in ("threat", "court", "shaming", "insult", "third_party")
    }
)
# An administrator may keep the text, with a reason.
WARNINGS: Mapping[str, Index] = MappingProxyType(
    {
        code: _index(code)
        for code in ("ultimatum", "legal_action", "promotion", "asks_reason")
    }
)
