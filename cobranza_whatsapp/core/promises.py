"""When and how much a debtor promises to pay, read from his own words.

Only what leaves no doubt is read: a promise without a date is for a person. Days are
the debtor's; "today" is an argument.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

_WEEKDAYS = {
    "lunes": 0, "martes": 1, "miercoles": 2, "jueves": 3, "viernes": 4, "sabado": 5,
    "domingo": 6,
    "segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4,
    "saturday": 5, "sunday": 6,
}  # fmt: skip
_MONTHS = {
    "enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6,
    "julio": 7, "agosto": 8, "septiembre": 9, "setiembre": 9, "octubre": 10,
    "noviembre": 11, "diciembre": 12,
    "janeiro": 1, "fevereiro": 2, "maio": 5, "junho": 6, "julho": 7, "setembro": 9,
    "outubro": 10, "novembro": 11, "dezembro": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6,
    "july": 7, "august": 8, "september": 9, "october": 10, "november": 11,
    "december": 12,
}  # fmt: skip
_TODAY = re.compile(r"\b(?:hoy|hoje|today|tonight)\b")
_AFTER_TOMORROW = re.compile(
    r"\b(?:pasado manana|depois de amanha|day after tomorrow)\b"
)
_TOMORROW = re.compile(r"\b(?:manana|amanha|tomorrow)\b")
# "en la mañana", "de hoy por la mañana": the morning, not tomorrow.
_MORNING = re.compile(r"\b(?:por|en|de) la manana\b")
_NAMED = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)? (?:de |of )?(" + "|".join(_MONTHS) + r")\b"
)
_NAMED_EN = re.compile(r"\b(" + "|".join(_MONTHS) + r") (\d{1,2})(?:st|nd|rd|th)?\b")
_SLASHED = re.compile(r"\b(\d{1,2})[/-](\d{1,2})(?:[/-](\d{2,4}))?\b")
_DAY = re.compile(
    r"\b(?:el dia|dia|el|para el|antes del|on the|the) (\d{1,2})(?:st|nd|rd|th)?\b"
    r"(?! ?(?:%|por ciento|pesos|reais|dolares|horas|hrs|[.,:]\d))"
)
_MONTH_END = re.compile(
    r"\b(?:fin(?:es|ales)? de mes|fi[mn](?:al)? do mes|end of (?:the )?month)\b"
)
_AMOUNT = re.compile(
    r"(?:\$|r\$|mxn|cop|usd) ?(\d[\d.,]*)"
    r"|\b(\d[\d.,]*) ?(?:pesos|reais|dolares|usd|mxn)\b"
)


def promise_date(text: str, today: date) -> date | None:
    """Return the day that the text names, never before today; None if unclear.

    A weekday is its next one (today's name means a week from now), a day of the month
    the next such day, 10/12 is the tenth of December.
    """
    plain = _plain(text)
    if _AFTER_TOMORROW.search(plain):
        return today + timedelta(days=2)
    for written in (_NAMED, _NAMED_EN, _SLASHED):
        if written.search(plain):  # in full: nothing else is guessed
            found = _calendar_date(plain, today)
            return found if found and found >= today else None
    for read in (_month_end, _relative_date, _weekday, _day_of_month):
        found = read(plain, today)
        if found is not None:
            return found if found >= today else None
    return None


def promise_amount(text: str) -> Decimal | None:
    """Return the amount that the text names with its currency; None if unclear."""
    match = _AMOUNT.search(_plain(text))
    if match is None:
        return None
    digits = (match[1] or match[2]).rstrip(".,")
    cents = re.search(r"[.,](\d{2})$", digits)
    whole = digits[: cents.start()] if cents else digits
    number = re.sub(r"\D", "", whole) + (f".{cents[1]}" if cents else "")
    return Decimal(number) if len(number) <= 15 else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text[:2000]).casefold()
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(kept.split())


def _calendar_date(plain: str, today: date) -> date | None:
    named = _NAMED.search(plain)
    if named:
        return _next(today, int(named[1]), _MONTHS[named[2]])
    english = _NAMED_EN.search(plain)
    if english:
        return _next(today, int(english[2]), _MONTHS[english[1]])
    slashed = _SLASHED.search(plain)
    if not slashed:
        return None
    day, month, year = int(slashed[1]), int(slashed[2]), slashed[3]
    if not year:
        return _next(today, day, month)
    full = int(year) + (2000 if len(year) == 2 else 0)
    return _date(full, month, day)


def _relative_date(plain: str, today: date) -> date | None:
    if _TOMORROW.search(_MORNING.sub("", plain)):
        return today + timedelta(days=1)
    return today if _TODAY.search(plain) else None


def _weekday(plain: str, today: date) -> date | None:
    for word in re.findall(r"[a-z]+", plain):
        if word in _WEEKDAYS:
            ahead = (_WEEKDAYS[word] - today.weekday() - 1) % 7 + 1
            return today + timedelta(days=ahead)
    return None


def _month_end(plain: str, today: date) -> date | None:
    if not _MONTH_END.search(plain):
        return None
    first = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first - timedelta(days=1)


def _day_of_month(plain: str, today: date) -> date | None:
    match = _DAY.search(plain)
    if not match:
        return None
    day, year, month = int(match[1]), today.year, today.month
    for _try in range(12):
        found = _date(year, month, day)
        if found and found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def _next(today: date, day: int, month: int) -> date | None:
    """Return the next such day, None if there is none within the year to come."""
    this_year = _date(today.year, month, day)
    if this_year is None or this_year >= today:
        return this_year
    # "el 15 de noviembre" said on the 25th of November is a slip, not next year.
    recent = today - this_year < timedelta(days=90)
    return None if recent else _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
