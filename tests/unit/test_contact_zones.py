"""Where the debtor's clock stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import zones
from odoo.addons.cobranza_whatsapp.core.contact import zones_for

MEXICO = ("America/Mexico_City",)
BOGOTA = ("America/Bogota",)
TIJUANA = ("America/Tijuana",)


@pytest.mark.parametrize(
    ("country", "state", "number", "override", "partner_tz", "expected"),
    [
        # his own override beats all
        ("MX", "CMX", "+525512345678", "Europe/Madrid", "", ("Europe/Madrid",)),
        ("", "", "", "Europe/Madrid", "", ("Europe/Madrid",)),
        ("MX", "CMX", "", "Mars/Base", "", MEXICO),
        # the state
        ("MX", "BCN", "+525512345678", "", "America/Mexico_City", TIJUANA),
        ("MX", "ROO", "", "", "", ("America/Cancun",)),
        ("US", "TX", "+12125551234", "", "", ("America/Chicago", "America/Denver")),
        ("ES", "GC", "+34612345678", "", "Europe/Madrid", ("Atlantic/Canary",)),
        # a country with one zone, whatever number and user say
        ("CO", "", "+525512345678", "", "Europe/Madrid", BOGOTA),
        ("CO", "ANT", "", "", "", BOGOTA),
        ("co", "", "", "", "", BOGOTA),
        # the number's prefix, if it lies in the country
        ("MX", "", "+526641234567", "", "America/Mexico_City", TIJUANA),
        ("MX", "XXX", "+526641234567", "", "", TIJUANA),
        ("BR", "", "+5569987654321", "", "", ("America/Manaus",)),
        ("US", "", "+18085551234", "", "", ("Pacific/Honolulu",)),
        ("US", "", "+19075551234", "", "", ("America/Adak", "America/Anchorage")),
        ("ES", "", "+34922123456", "", "", ("Atlantic/Canary",)),
        ("AR", "", "+541123456789", "", "", ("America/Argentina/Buenos_Aires",)),
        # a number from elsewhere says nothing
        ("MX", "", "+12125551234", "", "", zones.country_zones("MX")),
        ("MX", "", "+18005551234", "", "", zones.country_zones("MX")),
        ("US", "", "+18005551234", "", "", zones.country_zones("US")),
        ("MX", "", "5512345678", "", "", zones.country_zones("MX")),
        # the contact's own zone, if it lies in the country
        ("MX", "", "", "", "America/Cancun", ("America/Cancun",)),
        ("MX", "", "+12125551234", "", "America/Cancun", ("America/Cancun",)),
        (
            "AR",
            "",
            "",
            "",
            "America/Buenos_Aires",
            ("America/Argentina/Buenos_Aires",),
        ),
        ("MX", "", "", "", "Europe/Madrid", zones.country_zones("MX")),
        ("MX", "", "", "", "UTC", zones.country_zones("MX")),
        # without a country, the number's country
        ("", "", "+573001234567", "", "", BOGOTA),
        ("", "CMX", "+526641234567", "", "", TIJUANA),
        ("", "", "+528001234567", "", "", zones.country_zones("MX")),
        ("XX", "", "+573001234567", "", "", BOGOTA),
        # nothing known: nothing open
        ("", "", "", "", "America/Bogota", ()),
        ("", "", "5512345678", "", "", ()),
        ("XX", "", "", "", "", ()),
        ("", "", "+8001234567890", "", "", ()),
    ],
)
def test_zones_for(country, state, number, override, partner_tz, expected):
    assert zones_for(country, state, number, override, partner_tz) == expected


@settings(deadline=None)
@given(
    st.sampled_from(["MX", "BR", "CO", "US", "ES", "CL", "", "XX"]),
    st.sampled_from(["", "CMX", "SP", "TX", "M", "CL-VS", "?"]),
    st.sampled_from(["", "+525512345678", "+12125551234", "+5511987654321", "x"]),
    st.sampled_from(["", "America/Cancun", "x"]),
    st.sampled_from(["", "America/Cancun", "Europe/Madrid", "x"]),
)
def test_zones_for_names_only_zones_that_exist(country, state, number, override, tz):
    found = zones_for(country, state, number, override, tz)

    assert all(zones.is_zone(name) for name in found)
    assert len(set(found)) == len(found)
