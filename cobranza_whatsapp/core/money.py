"""Amounts and dates as the customer's language writes them, without a database.

The rules of the language come from the caller (Odoo's res.lang and res.currency). No
result holds a non-breaking space: one of them doubles the price of an SMS.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal


@dataclass(frozen=True)
class NumberFormat:
    """How a language writes numbers. ``grouping`` as in res.lang: (3, 0) repeats 3."""

    decimal_point: str = "."
    thousands_sep: str = ","
    grouping: tuple[int, ...] = (3, 0)


@dataclass(frozen=True)
class CurrencyFormat:
    """How a currency is shown. ``code`` "" leaves the ISO code out."""

    code: str
    symbol: str
    position: Literal["before", "after"] = "before"
    decimal_places: int = 2


def format_amount(
    amount: Decimal, currency: CurrencyFormat, number: NumberFormat
) -> str:
    """Return the amount with symbol and code, e.g. "$1,234.00 MXN".

    Rounded half up to the currency's places. A symbol of several letters is parted by a
    space ("S/ 50.00"); a code equal to the symbol is shown once. Raises ValueError for
    NaN and infinity.
    """
    if not amount.is_finite():
        raise ValueError(f"not an amount: {amount}")
    places = Decimal(1).scaleb(-currency.decimal_places)
    rounded = amount.quantize(places, rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    digits = _group(whole, number.grouping, _plain(number.thousands_sep))
    if fraction:
        digits += number.decimal_point + fraction
    symbol = _plain(currency.symbol).strip()
    space = "" if len(symbol) <= 1 and currency.position == "before" else " "
    shown = f"{symbol}{space}{digits}"
    if currency.position == "after":
        shown = f"{digits}{space}{symbol}"
    shown = ("-" if rounded < 0 else "") + shown.strip()
    return shown if currency.code in ("", symbol) else f"{shown} {currency.code}"


def format_date(value: date, pattern: str = "%d/%m/%Y") -> str:
    """Return the date by a language's pattern of %d, %m, %Y, %y; else dd/mm/yyyy.

    Names of months are refused: they would come in the server's language.
    """
    if not re.fullmatch(r"(%[dmYy]|[^%\w])+", pattern):
        pattern = "%d/%m/%Y"
    return _plain(value.strftime(pattern))


def _group(whole: str, grouping: Sequence[int], separator: str) -> str:
    """Insert separators from the right: 0 repeats the size before it, -1 stops."""
    groups: list[str] = []
    size = 0
    sizes = list(grouping)
    while whole:
        step = sizes.pop(0) if sizes else size
        size = step or size
        if size <= 0 or len(whole) <= size:
            break
        groups.insert(0, whole[-size:])
        whole = whole[:-size]
        sizes = sizes or [0]
    return separator.join([whole, *groups])


def _plain(text: str) -> str:
    return re.sub(r"\s", " ", text)
