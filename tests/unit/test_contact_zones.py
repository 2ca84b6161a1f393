"""Where the debtor's clock stands."""

from datetime import datetime, timedelta, timezone

import contact_cases
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import timezone as phone_timezone

from odoo.addons.cobranza_whatsapp.core import contact, zones
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
        ("US", "TX", "", "", "", ("America/Chicago", "America/Denver")),
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


START = datetime(2026, 1, 1, tzinfo=timezone.utc)
NEW_YORK = "America/New_York"
CALIFORNIA = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("country", "state", "number", "override", "expected"),
    [
        # both the address and the area code, when they differ (12 CFR 1006.6 b 1)
        ("US", "NY", "+13105551234", "", (NEW_YORK, CALIFORNIA)),
        ("US", "CA", "+12125551234", "", (CALIFORNIA, NEW_YORK)),
        ("us", "ca", "+12125551234", "", (CALIFORNIA, NEW_YORK)),
        ("US", "HI", "+12125551234", "", ("Pacific/Honolulu", NEW_YORK)),
        ("US", "NY", "+14165551234", "", (NEW_YORK, "America/Toronto")),
        ("US", "NY", "+17875551234", "", (NEW_YORK, "America/Puerto_Rico")),
        (
            "US",
            "TX",
            "+12125551234",
            "",
            ("America/Chicago", "America/Denver", NEW_YORK),
        ),
        ("US", "NY", "+18502345678", "", (NEW_YORK, "America/Chicago")),
        # they agree, or the area code lies in one of the state's zones
        ("US", "NY", "+12125551234", "", (NEW_YORK,)),
        ("US", "FL", "+18502345678", "", (NEW_YORK, "America/Chicago")),
        # a toll-free, premium or personal number has no area; nor has one from abroad
        ("US", "NY", "+18005551234", "", (NEW_YORK,)),
        ("US", "NY", "+19005551234", "", (NEW_YORK,)),
        ("US", "NY", "+15005551234", "", (NEW_YORK,)),
        ("US", "NY", "+525512345678", "", (NEW_YORK,)),
        ("US", "NY", "2125551234", "", (NEW_YORK,)),
        ("US", "NY", "+1310555123", "", (NEW_YORK,)),
        # his own override beats both; no state: the area code alone
        ("US", "NY", "+13105551234", "America/Chicago", ("America/Chicago",)),
        ("US", "", "+13105551234", "", (CALIFORNIA,)),
        # the law of other countries asks for no overlap
        ("CA", "ON", "+13105551234", "", zones.state_zones("CA", "ON")),
        ("MX", "CMX", "+13105551234", "", MEXICO),
    ],
)
def test_address_and_area_code(country, state, number, override, expected):
    assert zones_for(country, state, number, override, "") == expected


def test_moment_suits_address_and_area_code():
    """He lives in New York with a Californian number: from 12 to 20 in New York."""
    law = contact.ContactWindows(
        tuple(contact.Window(day, 9 * 60, 20 * 60) for day in range(5))
    )
    both = zones_for("US", "NY", "+13105551234", "", "")
    early = contact_cases.local("2026-11-25 09:00:00", NEW_YORK)
    late = contact_cases.local("2026-11-25 19:59:59", NEW_YORK)

    opening = contact.next_open(early, both, law)

    assert opening == contact_cases.local("2026-11-25 12:00:00", NEW_YORK)
    assert not contact.is_open(opening - timedelta(seconds=1), both, law)
    assert contact.is_open(late, both, law)
    assert not contact.is_open(late + timedelta(seconds=1), both, law)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(zones.STATE_ZONES["US"])),
    st.integers(201, 999),
    st.integers(200, 999),
    st.integers(0, 700 * 24 * 60).map(lambda m: START + timedelta(minutes=m)),
)
def test_what_is_open_is_open_in_both(state, area, exchange, now):
    number = f"+1{area}{exchange}1234"
    there = zones_for("US", state, number, "", "")
    opening = contact.next_open(now, there, contact.FALLBACK_WINDOWS)

    by_address = zones.state_zones("US", state)
    parsed = phonenumbers.parse(number)
    by_number = [
        zones.current_name(name)
        for name in phone_timezone.time_zones_for_geographical_number(parsed)
    ]
    assert there[: len(by_address)] == by_address
    if len(by_number) < 5:  # else the code names no area
        assert set(by_number) <= set(there)
    if opening is not None:
        assert contact.is_open(opening, by_address, contact.FALLBACK_WINDOWS)
        assert contact.is_open(opening, there, contact.FALLBACK_WINDOWS)


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
