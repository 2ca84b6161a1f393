"""IANA time zones of countries and of their states, by Odoo's state codes.

States from the comments of tzdata's zone1970.tab and zone.tab (2026a), codes from
Odoo's res.country.state.csv; read 2026-11-22. A state that spans several zones lists
all of them, small islands included: a moment must then suit every one. Countries come
from pytz, which ships the same tables.
"""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz


def _each(codes: str, *zones: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(codes.split(), zones)


_MEXICO = {
    **_each(
        "AGU CHP CMX COL GRO GUA HID JAL MEX MIC MOR OAX PUE QUE SLP TAB TLA VER ZAC",
        "America/Mexico_City",
    ),
    **_each("CAM YUC", "America/Merida"),
    **_each("ROO", "America/Cancun"),
    **_each("DUR", "America/Monterrey"),
    **_each("COA NLE TAM", "America/Monterrey", "America/Matamoros"),
    **_each("CHH", "America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga"),
    **_each("BCS SIN", "America/Mazatlan"),
    **_each("NAY", "America/Mazatlan", "America/Bahia_Banderas"),
    **_each("SON", "America/Hermosillo"),
    **_each("BCN", "America/Tijuana"),
}
_BRAZIL = {
    **_each("DF ES GO MG PR RJ RS SC SP", "America/Sao_Paulo"),
    **_each("CE MA PB PI RN", "America/Fortaleza"),
    **_each("PE", "America/Recife", "America/Noronha"),
    **_each("AL SE", "America/Maceio"),
    **_each("BA", "America/Bahia"),
    **_each("TO", "America/Araguaina"),
    **_each("AP", "America/Belem"),
    **_each("PA", "America/Belem", "America/Santarem"),
    **_each("MS", "America/Campo_Grande"),
    **_each("MT", "America/Cuiaba"),
    **_each("RO", "America/Porto_Velho"),
    **_each("RR", "America/Boa_Vista"),
    **_each("AM", "America/Manaus", "America/Eirunepe"),
    **_each("AC", "America/Rio_Branco"),
}
_UNITED_STATES = {
    **_each(
        "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV", "America/New_York"
    ),
    **_each("AL AR IA IL LA MN MO MS OK WI", "America/Chicago"),
    **_each("CO MT NM UT WY", "America/Denver"),
    **_each("CA WA", "America/Los_Angeles"),
    **_each("AZ", "America/Phoenix", "America/Denver"),
    **_each("FL TN", "America/New_York", "America/Chicago"),
    **_each("ID", "America/Boise", "America/Los_Angeles"),
    **_each("KS NE ND SD TX", "America/Chicago", "America/Denver"),
    **_each("NV", "America/Los_Angeles", "America/Denver"),
    **_each("OR", "America/Los_Angeles", "America/Boise"),
    **_each("MI", "America/Detroit", "America/Menominee"),
    **_each("IN", "America/Indiana/Indianapolis", "America/Chicago"),
    **_each("KY", "America/Kentucky/Louisville", "America/Chicago"),
    **_each("AK", "America/Anchorage", "America/Metlakatla", "America/Adak"),
    **_each("HI", "Pacific/Honolulu"),
    **_each("PR", "America/Puerto_Rico"),
    **_each("VI", "America/St_Thomas"),
    **_each("AS", "Pacific/Pago_Pago"),
    **_each("GU", "Pacific/Guam"),
    **_each("MP", "Pacific/Saipan"),
    **_each("PW", "Pacific/Palau"),
    **_each("MH", "Pacific/Majuro"),
    **_each("FM", "Pacific/Chuuk", "Pacific/Pohnpei"),
}
_CANADA = {
    **_each("NL", "America/St_Johns", "America/Goose_Bay"),
    **_each("NS PE", "America/Halifax"),
    **_each("NB", "America/Moncton"),
    **_each("QC", "America/Toronto", "America/Halifax", "America/Puerto_Rico"),
    **_each("ON", "America/Toronto", "America/Winnipeg", "America/Panama"),
    **_each("MB", "America/Winnipeg"),
    **_each("SK", "America/Regina", "America/Edmonton"),
    **_each("AB", "America/Edmonton"),
    **_each(
        "BC",
        "America/Vancouver",
        "America/Dawson_Creek",
        "America/Fort_Nelson",
        "America/Edmonton",
    ),
    **_each("YT", "America/Whitehorse"),
    **_each("NT", "America/Edmonton", "America/Inuvik"),
    **_each(
        "NU",
        "America/Iqaluit",
        "America/Rankin_Inlet",
        "America/Cambridge_Bay",
        "America/Panama",
    ),
}
_ARGENTINA = {
    **_each("B C", "America/Argentina/Buenos_Aires"),
    **_each("E G H N P S W X", "America/Argentina/Cordoba"),
    **_each("A L Q R", "America/Argentina/Salta"),
    **_each("Y", "America/Argentina/Jujuy"),
    **_each("T", "America/Argentina/Tucuman"),
    **_each("K U", "America/Argentina/Catamarca"),
    **_each("F", "America/Argentina/La_Rioja"),
    **_each("J", "America/Argentina/San_Juan"),
    **_each("M", "America/Argentina/Mendoza"),
    **_each("D", "America/Argentina/San_Luis"),
    **_each("Z", "America/Argentina/Rio_Gallegos"),
    **_each("V", "America/Argentina/Ushuaia"),
}
_CHILE = {
    **_each(
        "CL-AN CL-AP CL-AR CL-AT CL-BI CL-CO CL-LI CL-LL CL-LR CL-ML CL-NB CL-RM CL-TA",
        "America/Santiago",
    ),
    **_each("CL-VS", "America/Santiago", "Pacific/Easter"),
    **_each("CL-AI", "America/Coyhaique"),
    **_each("CL-MA", "America/Punta_Arenas"),
}
_ECUADOR = {
    **_each(
        "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 21 22 23 24",
        "America/Guayaquil",
    ),
    **_each("20", "Pacific/Galapagos"),
}
_SPAIN = {
    **_each(
        "A AB AL AV B BA BI BU C CA CC CO CR CS CU GI GR GU H HU J L LE LO LU M MA MU "
        "NA O OR P PM PO S SA SE SG SO SS T TE TO V VA VI Z ZA",
        "Europe/Madrid",
    ),
    **_each("CE ME", "Africa/Ceuta"),
    **_each("GC TF", "Atlantic/Canary"),
}
_PORTUGAL = {
    **_each("01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18", "Europe/Lisbon"),
    **_each("20", "Atlantic/Azores"),
    **_each("30", "Atlantic/Madeira"),
}

STATE_ZONES: dict[str, dict[str, tuple[str, ...]]] = {
    "AR": _ARGENTINA,
    "BR": _BRAZIL,
    "CA": _CANADA,
    "CL": _CHILE,
    "EC": _ECUADOR,
    "ES": _SPAIN,
    "MX": _MEXICO,
    "PT": _PORTUGAL,
    "US": _UNITED_STATES,
}

# Where address and area code of the telephone may disagree, a moment must suit both
# (US Regulation F, 12 CFR 1006.6(b)(1)).
AREA_CODE_COUNTRIES = frozenset({"US"})

# Old names that phonenumbers' prefix table still uses (tzdata "backward").
_RENAMED = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Mendoza": "America/Argentina/Mendoza",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Louisville": "America/Kentucky/Louisville",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Rangoon": "Asia/Yangon",
    "Europe/Kiev": "Europe/Kyiv",
}


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Tell whether this machine's time zone data know the name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def current_name(name: str) -> str:
    """Return today's IANA name of a zone that was renamed, else the name itself."""
    return _RENAMED.get(name, name)


@lru_cache(maxsize=512)
def country_zones(country_code: str) -> tuple[str, ...]:
    """Return all zones of a country by ISO code, () for an unknown one."""
    found = pytz.country_timezones.get(country_code.upper()) or ()
    return tuple(name for name in found if is_zone(name))


@lru_cache(maxsize=1024)
def state_zones(country_code: str, state_code: str) -> tuple[str, ...]:
    """Return the zones of a state by Odoo's code, () when the table has none.

    Also () when one of them is missing on this machine: then nothing is certain.
    """
    found = STATE_ZONES.get(country_code.upper(), {}).get(state_code.upper(), ())
    return found if all(is_zone(name) for name in found) else ()
