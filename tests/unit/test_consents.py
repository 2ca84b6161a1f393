"""What holds now, from the rows of the ledger."""

from datetime import datetime, timedelta, timezone

from odoo.addons.cobranza_whatsapp.core import consents

NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
ANA, LUIS = 1, 2
KEY = "525512345678"


def row(number, granted=True, days_ago=0, customer=ANA, channel="sms", basis="form"):
    moment = NOW - timedelta(days=days_ago)
    return consents.Row(customer, KEY, channel, granted, moment, number, basis)


def state(rows, customer=ANA, channel="sms", keys=(KEY,)):
    found = consents.standings(rows, {customer: keys}).get((customer, channel))
    return found and (found.state, found.consent_id)


def test_nothing_recorded_is_absent():
    assert state([]) is None
    assert state([row(1)], keys=("other", "")) is None
    assert state([row(1)], channel="whatsapp") is None


def test_newest_row_holds_and_is_named():
    assert state([row(1)]) == ("granted", 1)
    assert state([row(1), row(2, granted=False)]) == ("withdrawn", 2)
    assert state([row(3), row(1), row(2, granted=False)]) == ("granted", 3)


def test_its_date_counts_before_its_place():
    rows = [row(1, granted=False, days_ago=1), row(2, days_ago=300)]

    assert state(rows) == ("withdrawn", 1)


def test_permission_is_personal_and_refusal_is_the_number_s():
    assert state([row(1)], customer=LUIS) is None
    assert state([row(1, granted=False)], customer=LUIS) == ("withdrawn", 1)


def test_basis_is_told():
    found = consents.standings([row(1, basis="contract")], {ANA: [KEY]})

    assert found[ANA, "sms"].basis == "contract"


def test_each_channel_is_found_by_its_own_address():
    mail = consents.Row(ANA, "a@b.mx", "email", True, NOW, 9, "web")

    found = consents.standings([row(1), mail], {ANA: [KEY, "a@b.mx"]})

    assert set(found) == {(ANA, "sms"), (ANA, "email")}
