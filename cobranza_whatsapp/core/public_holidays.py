"""Public holidays of a country and its subdivision, from the `holidays` library.

States come by Odoo's codes, the library wants ISO 3166-2 subdivisions. Municipal days
and decrees younger than the library are not known: a company adds them as days of its
own.
"""

from datetime import date
from functools import lru_cache

import holidays

_SPAIN = {
    "AN": "AL CA CO GR H J MA SE",
    "AR": "HU TE Z",
    "AS": "O",
    "CB": "S",
    "CE": "CE",
    "CL": "AV BU LE P SA SG SO VA ZA",
    "CM": "AB CR CU GU TO",
    "CN": "GC TF",
    "CT": "B GI L T",
    "EX": "BA CC",
    "GA": "C LU OR PO",
    "IB": "PM",
    "MC": "MU",
    "MD": "M",
    "ML": "ME",
    "NC": "NA",
    "PV": "BI SS VI",
    "RI": "LO",
    "VC": "A CS V",
}
_COMMUNITY_OF_PROVINCE = {
    province: community
    for community, provinces in _SPAIN.items()
    for province in provinces.split()
}


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


def subdivision(country_code: str, state_code: str) -> str:
    """Return the library's code of a state, "" for one that it does not know."""
    code = state_code.upper().removeprefix(f"{country_code.upper()}-")
    if country_code.upper() == "ES":
        code = _COMMUNITY_OF_PROVINCE.get(code, "")
    return code if code in _supported().get(country_code.upper(), []) else ""


@lru_cache(maxsize=2048)
def of_year(
    country_code: str, state_code: str, categories: tuple[str, ...], year: int
) -> tuple[tuple[date, str], ...]:
    """Return the (day, name) of a year, in order; () for an unknown country.

    Without a state, or with one that the library does not know, the days of the whole
    country. Categories that the country does not have are left out.
    """
    country = country_code.upper()
    if country not in _supported():
        return ()
    known = getattr(holidays, country).supported_categories
    found = holidays.country_holidays(
        country,
        subdiv=subdivision(country, state_code) or None,
        years=year,
        categories=tuple(one for one in categories if one in known) or None,
    )
    return tuple(sorted(found.items()))


@lru_cache(maxsize=512)
def anywhere(
    country_code: str, categories: tuple[str, ...], year: int
) -> frozenset[date]:
    """Return the days that are a holiday in the country or any of its subdivisions."""
    states = _supported().get(country_code.upper(), [])
    return frozenset(
        day
        for state in ("", *states)
        for day, _name in _of_subdivision(country_code, state, categories, year)
    )


def _of_subdivision(
    country_code: str, code: str, categories: tuple[str, ...], year: int
) -> tuple[tuple[date, str], ...]:
    if country_code.upper() == "ES" and code in _SPAIN:
        code = _SPAIN[code].split()[0]
    return of_year(country_code, code, categories, year)
