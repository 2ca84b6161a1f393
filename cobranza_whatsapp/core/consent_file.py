"""Consents in a table: which column is what, and what its words mean.

Headers and values are recognised in Spanish, Portuguese and English, whatever their
accents and case.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .consents import Purpose
from .types import CHANNELS, Channel

HEADERS: Mapping[str, str] = {
    "customer": "cliente|nombre|nombre del cliente|razon social|deudor|empresa|customer"
    "|customer name|name|company|nome|nome do cliente|razao social|devedor",
    "reference": "referencia|ref|codigo|codigo de cliente|codigo cliente|clave"
    "|numero de cliente|id cliente|reference|customer code|customer number|customer id"
    "|codigo do cliente",
    "vat": "rfc|nit|rut|ruc|cuit|rnc|cnpj|cpf|vat|tax id|nif|id fiscal"
    "|identificacion fiscal|cedula",
    "email": "correo|correo electronico|email|e mail|mail",
    "number": "telefono|celular|movil|numero|numero de telefono|telefono celular"
    "|whatsapp|phone|mobile|cell|telephone|number|phone number|telefone|fone",
    "channel": "canal|canales|medio|channel|channels|canais|meio",
    "purpose": "finalidad|proposito|purpose|finalidade|proposito de uso",
    "basis": "base|base legal|fundamento|basis|legal basis|tipo de consentimiento"
    "|tipo de consentimento",
    "date": "fecha|fecha de consentimiento|fecha del consentimiento"
    "|date|consent date|given on|data|data do consentimento",
    "text": "texto|texto mostrado|aviso mostrado|text|text shown|texto exibido",
    "proof": "prueba|evidencia|soporte|observaciones|notas|proof|evidence|notes|prova"
    "|observacoes",
}
_CHANNELS: Mapping[str, str] = {
    "whatsapp": "whatsapp|whats|whats app|wa|wpp|wsp|wasap|zap",
    "sms": "sms|mensaje de texto|mensajes de texto|texto|text|text message|torpedo",
    "email": "email|e mail|correo|correo electronico|mail",
}
_PURPOSES: Mapping[Purpose, str] = {
    "collection": "cobranza|cobro|cobros|recordatorio|recordatorios|pagos|collection"
    "|recordatorios de pago|payment reminders|reminders|cobranca|lembretes",
    "marketing": "marketing|promocion|promociones|publicidad|promotions|promotion"
    "|promocoes|propaganda",
}
_BASES: Mapping[str, str] = {
    "contract": "contrato|terminos|terminos y condiciones|condiciones de venta|contract"
    "|terms|terms of sale|termos",
    "form": "formulario|formulario firmado|firmado|firma|form|signed form|signed"
    "|formulario assinado|assinado",
    "web": "web|portal|sitio|sitio web|pagina|website|site",
    "message": "mensaje|whatsapp|message|mensagem|respuesta|reply",
    "verbal": "verbal|oral|telefono|llamada|phone|call|por telefone",
    "law": "ley|la ley|legal|law|lei",
}


@dataclass(frozen=True)
class Grant:
    """One row as it was understood. ``channels`` is () when ``problem`` says why.

    ``problem`` is a code or "": what is wrong with the row's own words. Who the
    customer is and whose the number is only the database knows.
    """

    line: int
    cells: Mapping[str, str] = field(repr=False)
    channels: tuple[Channel, ...] = ()
    purpose: Purpose = "collection"
    basis: str = ""
    given_on: date | None = None
    problem: str = ""


def columns(header: Sequence[str]) -> dict[str, int]:
    """Return {meaning: position} of the headers that are known, the first of each."""
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        meaning = _lookup(HEADERS, cell)
        if meaning:
            found.setdefault(meaning, position)
    return found


def read_row(
    line: int, cells: Sequence[str], places: Mapping[str, int], today: date
) -> Grant:
    """Return what a row says; the first thing that is wrong with it as its problem."""
    named = {
        meaning: cells[position] if position < len(cells) else ""
        for meaning, position in places.items()
    }
    channels = _channels(named.get("channel", ""))
    purpose = _lookup(_PURPOSES, named.get("purpose", "") or "cobranza")
    basis = _lookup(_BASES, named.get("basis", ""))
    given_on = read_date(named.get("date", ""))
    problem = ""
    if not any(named.get(name) for name in ("customer", "reference", "vat", "email")):
        problem = "row_no_customer"
    elif not named.get("channel"):
        problem = "row_no_channel"
    elif not channels:
        problem = "row_unknown_channel"
    elif not purpose:
        problem = "row_unknown_purpose"
    elif not basis:
        problem = "row_unknown_basis"
    elif given_on is None:
        problem = "row_bad_date"
    elif given_on > today:
        problem = "row_future_date"
    return Grant(
        line,
        named,
        channels,
        "marketing" if purpose == "marketing" else "collection",
        basis,
        given_on,
        problem,
    )


def read_date(text: str) -> date | None:
    """Return 2026-11-25, 25/11/2026 or 25-11-26 as a date; None if it is none.

    A day and a month that could change places are read as day first.
    """
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text.strip())
    if iso:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    common = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", text.strip())
    if not common:
        return None
    year = int(common[3]) + (2000 if len(common[3]) == 2 else 0)
    return _date(year, int(common[2]), int(common[1]))


def plain(text: str) -> str:
    """Return lower-case words without accents and signs, for comparing."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", kept))


def _channels(text: str) -> tuple[Channel, ...]:
    """Return the channels of "WhatsApp y SMS", () if one of them is unknown."""
    if plain(text) in ("todos", "todas", "all", "ambos", "both", "todos os canais"):
        return CHANNELS
    parts = re.split(r"[,;/+|&]|\s(?:y|e|and)\s", text)
    found = [_lookup(_CHANNELS, part) for part in parts if plain(part)]
    if not all(found):
        return ()
    return tuple(channel for channel in CHANNELS if channel in found)


def _lookup(words: Mapping[str, str] | Mapping[Purpose, str], text: str) -> str:
    """Return the meaning of a cell, "" if it is not known."""
    wanted = plain(text)
    for meaning, known in words.items():
        if wanted and (wanted == meaning or wanted in known.split("|")):
            return meaning
    return ""


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
