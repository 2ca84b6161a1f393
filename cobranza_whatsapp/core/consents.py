"""What the consent ledger says now, from its rows.

A permission counts for the customer who gave it; a withdrawal counts for the number,
whoever's it is: the person who holds the telephone refused. The later of both holds:
by its date, then by its place in the ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal, NamedTuple

Purpose = Literal["collection", "marketing"]
PURPOSES: tuple[Purpose, ...] = ("collection", "marketing")


class Row(NamedTuple):
    """A row of the ledger, as far as it decides. ``basis`` is "" for a withdrawal."""

    customer_id: int
    number_key: str
    channel: str
    granted: bool
    given_at: datetime
    id: int
    basis: str


@dataclass(frozen=True)
class Standing:
    """What holds for one customer and channel, and the row that says so."""

    state: Literal["granted", "withdrawn"]
    consent_id: int
    basis: str
    given_at_utc: datetime | None = None


def standings(
    rows: Iterable[Row], keys_by_customer: Mapping[int, Iterable[str]]
) -> dict[tuple[int, str], Standing]:
    """Return {(customer id, channel): Standing}; a pair without a row is absent.

    ``keys_by_customer`` are the present keys of a customer's number and address; a
    channel is found by whichever of them it was recorded for.
    """
    given: dict[tuple[int, str, str], Row] = {}
    refused: dict[tuple[str, str], Row] = {}
    channels: dict[str, set[str]] = {}
    for row in rows:
        channels.setdefault(row.number_key, set()).add(row.channel)
        if row.granted:
            place = (row.customer_id, row.number_key, row.channel)
            given[place] = _later(given.get(place), row)
        else:
            spot = (row.number_key, row.channel)
            refused[spot] = _later(refused.get(spot), row)
    found: dict[tuple[int, str], Standing] = {}
    for customer_id, keys in keys_by_customer.items():
        for key in keys:
            for channel in channels.get(key, ()):
                yes = given.get((customer_id, key, channel))
                no = refused.get((key, channel))
                if yes or no:
                    found[customer_id, channel] = _standing(yes, no)
    return found


def _standing(yes: Row | None, no: Row | None) -> Standing:
    if yes and (no is None or _later(yes, no) is yes):
        given_at = yes.given_at.replace(tzinfo=timezone.utc)
        return Standing("granted", yes.id, yes.basis, given_at)
    assert no is not None  # noqa: S101 (one of both is there)
    return Standing("withdrawn", no.id, no.basis)


def _later(first: Row | None, second: Row) -> Row:
    if first is None:
        return second
    return max(first, second, key=lambda row: (row.given_at, row.id))
