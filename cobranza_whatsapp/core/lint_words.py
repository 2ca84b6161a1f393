"""The wordings that a reminder must not hold, ready to be looked for.

A wording is one line of a language's file (lint_es, lint_pt, lint_en), in lower case
without accents: a regular expression of whole words. ``<name>`` stands for the
fragment of that name, ``…`` for up to four words between. ALLOWED wordings are taken
out before anything is looked for: they only sound like the others.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from . import lint_en, lint_es, lint_pt

LANGUAGES: tuple[ModuleType, ...] = (lint_es, lint_pt, lint_en)
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


def _wordings(language: ModuleType, name: str) -> list[str]:
    """Return the expressions of one list of a language, fragments filled in."""
    wordings = []
    for line in filter(None, map(str.strip, getattr(language, name).splitlines())):
        wording = line.replace(" … ", r" (?:\w+ ){0,4}")
        for _round in range(_NESTING):
            for fragment, expression in language.FRAGMENTS.items():
                wording = wording.replace(f"<{fragment}>", expression)
        wordings.append(wording)
    return wordings


def _compiled(name: str) -> re.Pattern[str]:
    lines = [line for tongue in LANGUAGES for line in _wordings(tongue, name)]
    return re.compile(rf"\b(?:{'|'.join(lines)})(?<! )(?!\w)")


ALLOWED = _compiled("ALLOWED")
# Never, whatever the reason.
ERRORS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        code: _compiled(code.upper())
        for code in ("threat", "court", "shaming", "insult", "third_party")
    }
)
# An administrator may keep the text, with a reason.
WARNINGS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        code: _compiled(code.upper())
        for code in ("ultimatum", "legal_action", "promotion", "asks_reason")
    }
)
