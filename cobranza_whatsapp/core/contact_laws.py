"""Reads the packed file of contact laws (data/contact_policies.json) as plain data.

Compiled from published sources, which each policy names; reviewed on the date that it
carries. Not legal advice.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from .contact import ContactWindows, Window
from .limits import Limits

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Law:
    """One policy of the file: what the law permits, and what the addon does by default.

    ``country`` and ``state`` are Odoo's codes, "" for any. ``law_holidays`` and
    ``holidays`` tell whether holidays are without contact by law and by default;
    ``holiday_country`` and ``holiday_categories`` name them in the `holidays` library.
    ``consent`` is "contract", "documented" or "express". ``retention_months`` is 0
    where the law names none.
    """

    code: str
    name: str
    country: str
    state: str
    regime: str
    force: str
    law: Limits
    law_holidays: bool
    applied: Limits
    holidays: bool
    holiday_country: str
    holiday_categories: tuple[str, ...]
    guarantors: bool
    contactable: str
    consent: str
    consent_note: str
    opt_out_in_message: bool
    opt_out_note: str
    caps_note: str
    retention_months: int
    confidence: str
    sources: tuple[str, ...]
    notes: str
    reviewed_on: date
    valid_from: date | None
    valid_to: date | None


def read(text: str) -> tuple[Law, ...]:
    """Return all policies of the file.

    Raises KeyError, TypeError or ValueError for a file of another shape.
    """
    return tuple(_law(entry) for entry in json.loads(text)["policies"])


def _law(entry: dict[str, Any]) -> Law:
    law, applied, ours = entry["law"], entry["addon_default"], entry["program"]
    days = entry["holidays"] or {"code": "", "categories": ["public"]}
    return Law(
        code=entry["code"],
        name=entry["name"],
        country=entry["country"] or "",
        state=entry["state"] or "",
        regime=ours["regime"],
        force=ours["force"],
        law=_limits(law, law["one_channel_per_week"], ours["opt_out_in_message"]),
        law_holidays=bool(law["holidays_forbidden"]),
        applied=_limits(
            applied, law["one_channel_per_week"], ours["opt_out_in_message"]
        ),
        holidays=bool(applied["holidays_forbidden"]),
        holiday_country=days["code"],
        holiday_categories=tuple(days["categories"]),
        guarantors=ours["guarantors"],
        contactable=", ".join(law["contactable"]),
        consent=ours["consent"],
        consent_note=law["consent"] or "",
        opt_out_in_message=ours["opt_out_in_message"],
        opt_out_note=law["opt_out"] or "",
        caps_note=(law["caps"] or {}).get("other") or "",
        retention_months=law["record_retention_months"] or 0,
        confidence=entry["confidence"],
        sources=tuple(entry["sources"]),
        notes=entry["notes"].strip(),
        reviewed_on=date.fromisoformat(entry["reviewed_on"]),
        valid_from=_date(ours["valid_from"]),
        valid_to=_date(ours["valid_to"]),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _limits(
    part: dict[str, Any], one_channel_per_week: bool, opt_out_in_message: bool
) -> Limits:
    """Return hours and caps of one part.

    Caps that count calls only do not bind messages. A cap per debt or account counts
    as one per debtor, which is stricter.
    """
    caps = part["caps"] or {}
    counts = {} if caps.get("channels") == "calls" else caps
    return Limits(
        windows=ContactWindows(_windows(part["windows"] or {})),
        max_per_day=counts.get("per_day") or 0,
        max_per_7_days=counts.get("per_7_days") or 0,
        answered_extra=counts.get("answered_extra") or 0,
        min_gap_hours=counts.get("min_gap_hours") or 0,
        one_channel_per_week=one_channel_per_week,
        opt_out_in_message=opt_out_in_message,
    )


def _windows(week: dict[str, list[list[str]]]) -> tuple[Window, ...]:
    return tuple(
        Window(_WEEKDAYS.index(day), _minutes(opens), _minutes(closes))
        for day, hours in week.items()
        for opens, closes in hours
    )


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
