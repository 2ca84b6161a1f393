"""The packed laws and the moments at which each policy is asked.

A moment is written in the debtor's local time; what is expected is the next permitted
moment in the same way, or "open". Taken from the laws' tables, not from the program.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from odoo.addons.cobranza_whatsapp.core import contact_laws, limits, public_holidays

ADDON = Path(__file__).resolve().parents[2] / "cobranza_whatsapp"
LAWS = {
    law.code: law
    for law in contact_laws.read(
        (ADDON / "data" / "contact_policies.json").read_text(encoding="utf-8")
    )
}
# Policy: a zone of the debtor, opening and closing hour of its weekdays. Saturday and
# Sunday are closed in all defaults.
HOURS = {
    "XX": ("America/Tegucigalpa", 9, 18),
    "MX-COM": ("America/Mexico_City", 8, 20),
    "MX-FIN": ("America/Tijuana", 8, 20),
    "CO": ("America/Bogota", 8, 19),
    "PE": ("America/Lima", 8, 20),
    "CL": ("America/Santiago", 8, 20),
    "AR": ("America/Argentina/Cordoba", 9, 20),
    "AR-C": ("America/Argentina/Buenos_Aires", 9, 20),
    "EC": ("America/Guayaquil", 8, 20),
    "CR": ("America/Costa_Rica", 8, 18),
    "PA": ("America/Panama", 8, 18),
    "DO": ("America/Santo_Domingo", 8, 20),
    "GT": ("America/Guatemala", 8, 18),
    "UY": ("America/Montevideo", 8, 20),
    "PY": ("America/Asuncion", 8, 18),
    "BO": ("America/La_Paz", 9, 18),
    "BR": ("America/Manaus", 9, 19),
    "BR-SP": ("America/Sao_Paulo", 8, 20),
    "BR-RJ": ("America/Sao_Paulo", 9, 19),
    "BR-ES": ("America/Sao_Paulo", 8, 19),
    "BR-AM": ("America/Manaus", 8, 19),
    "BR-AL": ("America/Maceio", 8, 20),
    "BR-PR": ("America/Sao_Paulo", 8, 18),
    "ES": ("Europe/Madrid", 9, 20),
    "US": ("America/Chicago", 9, 20),
    "US-NYC": ("America/New_York", 9, 20),
    "US-MA": ("America/New_York", 9, 20),
}
# Holidays: policy, state, local moment, next permitted local moment.
HOLIDAYS = (
    ("MX-COM", "", "2026-09-16 10:00:00", "2026-09-17 08:00:00"),
    ("MX-FIN", "", "2026-11-16 10:00:00", "2026-11-17 08:00:00"),
    ("CO", "", "2026-12-08 10:00:00", "2026-12-09 08:00:00"),
    ("CO", "", "2026-07-13 10:00:00", "2026-07-14 08:00:00"),  # Ley 2578/2026
    ("PE", "", "2026-07-28 12:00:00", "2026-07-30 08:00:00"),
    ("CL", "CL-RM", "2026-09-18 12:00:00", "2026-09-21 08:00:00"),
    ("CL", "CL-NB", "2026-08-20 12:00:00", "2026-08-21 08:00:00"),
    ("CL", "CL-RM", "2026-08-20 12:00:00", "open"),
    ("CL", "", "2026-08-20 12:00:00", "2026-08-21 08:00:00"),  # may live there
    ("AR", "", "2026-05-25 12:00:00", "2026-05-26 09:00:00"),
    ("AR-C", "C", "2026-07-09 12:00:00", "2026-07-13 09:00:00"),
    ("EC", "", "2026-08-10 12:00:00", "2026-08-11 08:00:00"),
    ("CR", "", "2026-09-15 12:00:00", "2026-09-16 08:00:00"),
    ("CR", "", "2026-12-01 12:00:00", "2026-12-02 08:00:00"),  # optional day
    ("PA", "", "2026-11-03 12:00:00", "2026-11-04 08:00:00"),
    ("DO", "", "2026-01-21 12:00:00", "2026-01-22 08:00:00"),
    ("GT", "", "2026-09-15 12:00:00", "2026-09-16 08:00:00"),
    ("UY", "", "2026-08-25 12:00:00", "2026-08-26 08:00:00"),
    ("PY", "", "2026-05-14 12:00:00", "2026-05-18 08:00:00"),
    ("BO", "S", "2026-09-24 12:00:00", "2026-09-25 09:00:00"),  # Santa Cruz
    ("BO", "L", "2026-09-24 12:00:00", "open"),
    ("BR", "", "2026-02-16 12:00:00", "2026-02-19 09:00:00"),  # Carnival, optional
    ("BR-SP", "SP", "2026-07-09 12:00:00", "2026-07-10 08:00:00"),
    ("BR-RJ", "RJ", "2026-04-23 12:00:00", "2026-04-24 09:00:00"),
    ("BR-RJ", "RJ", "2026-07-09 12:00:00", "open"),
    ("BR-AL", "AL", "2026-06-24 12:00:00", "2026-06-25 08:00:00"),
    ("BR-PR", "PR", "2026-09-07 12:00:00", "2026-09-08 08:00:00"),
    ("BR-ES", "ES", "2026-11-02 12:00:00", "2026-11-03 08:00:00"),
    ("BR-AM", "AM", "2026-09-05 12:00:00", "2026-09-08 08:00:00"),
    ("ES", "M", "2026-10-12 12:00:00", "2026-10-13 09:00:00"),
    ("ES", "B", "2026-09-11 12:00:00", "2026-09-14 09:00:00"),  # Catalonia
    ("ES", "M", "2026-09-11 12:00:00", "open"),
    ("US", "TX", "2026-11-26 12:00:00", "2026-11-30 09:00:00"),
    ("US-NYC", "NY", "2026-07-03 12:00:00", "2026-07-06 09:00:00"),
    ("US-MA", "MA", "2026-04-20 12:00:00", "2026-04-21 09:00:00"),  # Patriots' Day
    ("US-NYC", "NY", "2026-04-20 12:00:00", "open"),
)
# Changes of the clock and zones that are not the policy's usual one.
CLOCKS = (
    ("CL", "America/Santiago", "2026-04-06 07:59:59", "2026-04-06 08:00:00"),
    ("CL", "America/Santiago", "2026-09-07 07:59:59", "2026-09-07 08:00:00"),
    ("CL", "Pacific/Easter", "2026-07-15 07:59:59", "2026-07-15 08:00:00"),
    ("CL", "America/Punta_Arenas", "2026-07-15 19:59:59", "open"),
    ("ES", "Europe/Madrid", "2026-03-30 08:59:59", "2026-03-30 09:00:00"),
    ("ES", "Europe/Madrid", "2026-10-26 08:59:59", "2026-10-26 09:00:00"),
    ("ES", "Europe/Madrid", "2026-03-27 20:00:00", "2026-03-30 09:00:00"),
    ("ES", "Europe/Madrid", "2026-10-23 20:00:00", "2026-10-26 09:00:00"),
    ("ES", "Atlantic/Canary", "2026-10-26 08:59:59", "2026-10-26 09:00:00"),
    ("US", "America/New_York", "2026-03-06 20:00:00", "2026-03-09 09:00:00"),
    ("US", "America/New_York", "2026-10-30 20:00:00", "2026-11-02 09:00:00"),
    ("US", "Pacific/Honolulu", "2026-07-15 08:59:59", "2026-07-15 09:00:00"),
    ("US", "America/Phoenix", "2026-07-15 19:59:59", "open"),
    ("MX-COM", "America/Tijuana", "2026-03-09 07:59:59", "2026-03-09 08:00:00"),
    ("MX-COM", "America/Tijuana", "2026-11-02 07:59:59", "2026-11-02 08:00:00"),
    ("MX-COM", "America/Cancun", "2026-07-15 20:00:00", "2026-07-16 08:00:00"),
    ("EC", "Pacific/Galapagos", "2026-07-15 07:59:59", "2026-07-15 08:00:00"),
    ("BR", "America/Rio_Branco", "2026-07-15 08:59:59", "2026-07-15 09:00:00"),
    ("BR", "America/Noronha", "2026-07-15 19:00:00", "2026-07-16 09:00:00"),
    ("PY", "America/Asuncion", "2026-10-05 07:59:59", "2026-10-05 08:00:00"),
)


def local(text, zone):
    """Return a local time, "2026-07-15 08:00:00", as an aware moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def limits_of(code, state="", country=""):
    """Return what applies under a policy in its debtor's state, 2025 to 2027."""
    law = LAWS[code]
    days = frozenset()
    country = country or law.country
    if law.holidays and country:
        everywhere = law.law_holidays and not public_holidays.subdivision(
            country, state
        )
        for year in (2025, 2026, 2027):
            days |= (
                public_holidays.anywhere(country, law.holiday_categories, year)
                if everywhere
                else {
                    day
                    for day, _name in public_holidays.of_year(
                        country, state, law.holiday_categories, year
                    )
                }
            )
    windows = replace(law.applied.windows, holidays=days)
    return limits.narrower(replace(law.applied, windows=windows), law.law)


def cases():
    """Yield (policy, state, zone, local moment, next local moment or "open")."""
    for code, (zone, opens, closes) in HOURS.items():
        state = LAWS[code].state
        wednesday, thursday = "2026-06-10", "2026-06-11"
        start = f"{wednesday} {opens:02}:00:00"
        yield code, state, zone, f"{wednesday} {opens - 1:02}:59:59", start
        yield code, state, zone, start, "open"
        yield code, state, zone, f"{wednesday} {closes - 1:02}:59:59", "open"
        yield (
            code,
            state,
            zone,
            f"{wednesday} {closes:02}:00:00",
            f"{thursday} {opens:02}:00:00",
        )
        monday = _workday(code, state, "2026-08-31")
        yield code, state, zone, "2026-08-29 12:00:00", f"{monday} {opens:02}:00:00"
        yield code, state, zone, "2026-08-30 12:00:00", f"{monday} {opens:02}:00:00"
        if code != "XX":  # New Year is a Friday, the next workday the Monday
            new_year = _workday(code, state, "2027-01-04")
            yield (
                code,
                state,
                zone,
                "2026-12-31 23:59:59",
                f"{new_year} {opens:02}:00:00",
            )
    for code, state, moment, expected in HOLIDAYS:
        yield code, state, HOURS[code][0], moment, expected
    for code, zone, moment, expected in CLOCKS:
        yield code, LAWS[code].state, zone, moment, expected


def _workday(code, state, text):
    """Return the first day that is no holiday of the place, from a Monday on."""
    day = datetime.fromisoformat(text).date()
    while day in limits_of(code, state).windows.holidays or day.weekday() > 4:
        day += timedelta(days=1)
    return day.isoformat()
