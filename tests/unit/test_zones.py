"""Zones of states and countries."""

import pytest

from odoo.addons.cobranza_whatsapp.core import zones

EVERY_STATE = [
    (country, state, names)
    for country, states in zones.STATE_ZONES.items()
    for state, names in states.items()
]


@pytest.mark.parametrize(("country", "state", "names"), EVERY_STATE)
def test_every_zone_of_the_table_exists(country, state, names):
    assert names
    assert len(set(names)) == len(names)
    assert all(zones.is_zone(name) for name in names)


# base/data/res.country.state.csv of Odoo 19.0, read 2026-11-22.
ODOO_STATES = {
    "AR": "C B K H U X W E P Y L F M N Q R A J D Z S G V T",
    "BR": (
        "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC "
        "SP SE TO"
    ),
    "CA": "AB BC MB NB NL NT NS NU ON PE QC SK YT",
    "CL": (
        "CL-TA CL-AN CL-AT CL-CO CL-VS CL-LI CL-ML CL-BI CL-AR CL-LL CL-AI CL-MA "
        "CL-RM CL-LR CL-AP CL-NB"
    ),
    "EC": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24",
    "ES": (
        "C VI AB A AL O AV BA PM B BU CC CA S CS CE CR CO CU GI GR GU SS H HU J "
        "LO GC LE L LU M MA ME MU NA OR P PO SA TF SG SE SO T TE TO V VA BI ZA Z"
    ),
    "MX": (
        "AGU BCN BCS CHH COL CAM COA CHP CMX DUR GRO GUA HID JAL MIC MOR MEX NAY "
        "NLE OAX PUE ROO QUE SIN SLP SON TAB TLA TAM VER YUC ZAC"
    ),
    "PT": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 20 30",
    "US": (
        "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MT NE NV NH "
        "NJ NM NY NC ND OH OK OR MD MA MI MN MS MO PA RI SC SD TN TX UT VT VA WA "
        "WV WI WY AS FM GU MH MP PW PR VI AA AE AP"
    ),
}
# Odoo counts the armed forces as states; where they are nobody knows.
ABROAD = {"AA", "AE", "AP"}


@pytest.mark.parametrize("country", ODOO_STATES)
def test_codes_are_those_of_odoo(country):
    known = set(ODOO_STATES[country].split())

    assert set(zones.STATE_ZONES[country]) == known - (
        ABROAD if country == "US" else set()
    )


def test_every_country_of_the_table_is_checked():
    assert set(ODOO_STATES) == set(zones.STATE_ZONES)


@pytest.mark.parametrize(
    ("country", "state", "expected"),
    [
        ("MX", "CMX", ("America/Mexico_City",)),
        ("MX", "ROO", ("America/Cancun",)),
        ("MX", "SON", ("America/Hermosillo",)),
        ("MX", "BCN", ("America/Tijuana",)),
        ("MX", "SIN", ("America/Mazatlan",)),
        ("MX", "NAY", ("America/Mazatlan", "America/Bahia_Banderas")),
        ("MX", "TAM", ("America/Monterrey", "America/Matamoros")),
        ("mx", "cmx", ("America/Mexico_City",)),
        ("BR", "SP", ("America/Sao_Paulo",)),
        ("BR", "AC", ("America/Rio_Branco",)),
        ("US", "TX", ("America/Chicago", "America/Denver")),
        ("US", "AZ", ("America/Phoenix", "America/Denver")),
        ("US", "PR", ("America/Puerto_Rico",)),
        ("US", "AE", ()),
        ("CL", "CL-MA", ("America/Punta_Arenas",)),
        ("CL", "CL-VS", ("America/Santiago", "Pacific/Easter")),
        ("EC", "20", ("Pacific/Galapagos",)),
        ("EC", "17", ("America/Guayaquil",)),
        ("ES", "TF", ("Atlantic/Canary",)),
        ("ES", "M", ("Europe/Madrid",)),
        ("PT", "20", ("Atlantic/Azores",)),
        ("CA", "NL", ("America/St_Johns", "America/Goose_Bay")),
        ("AR", "X", ("America/Argentina/Cordoba",)),
        ("CO", "ANT", ()),
        ("MX", "", ()),
        ("MX", "XXX", ()),
        ("", "CMX", ()),
        ("XX", "CMX", ()),
    ],
)
def test_state_zones(country, state, expected):
    assert zones.state_zones(country, state) == expected


def test_a_state_with_a_zone_that_this_machine_lacks_is_not_guessed(monkeypatch):
    monkeypatch.setitem(zones.STATE_ZONES, "XY", {"A": ("Europe/Madrid", "Mars/Base")})

    assert zones.state_zones("XY", "A") == ()


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("CO", ("America/Bogota",)),
        ("co", ("America/Bogota",)),
        ("PE", ("America/Lima",)),
        ("EC", ("America/Guayaquil", "Pacific/Galapagos")),
        ("XK", ()),
        ("XX", ()),
        ("", ()),
    ],
)
def test_country_zones(country, expected):
    assert zones.country_zones(country) == expected


@pytest.mark.parametrize("country", ["MX", "BR", "US", "CL", "ES", "CA", "AR", "PT"])
def test_big_countries_have_several_zones(country):
    assert len(zones.country_zones(country)) > 1


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "America", "\0"])
def test_is_no_zone(name):
    assert not zones.is_zone(name)


def test_old_names_become_current_ones():
    assert (
        zones.current_name("America/Buenos_Aires") == "America/Argentina/Buenos_Aires"
    )
    assert zones.current_name("America/Lima") == "America/Lima"
    assert all(zones.is_zone(name) for name in zones._RENAMED.values())
