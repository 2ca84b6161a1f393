"""What the connection test of a WhatsApp number concludes from Meta's answers."""

import re
from typing import Any

from ..types import CheckItem, Failure


def refused_step(failure: Failure) -> str:
    """Return the step of the connection test that an error belongs to."""
    if failure.code in ("0", "104", "190"):
        return "token"
    if failure.code in ("3", "131005") or re.fullmatch(r"10|2\d\d", failure.code):
        return "permissions"
    if failure.code in ("33", "100"):
        return "phone_number"
    return "answer"


def phone_checks(phone: dict[str, Any]) -> list[CheckItem]:
    quality = str(phone.get("quality_rating") or "UNKNOWN")
    status = str(phone.get("status") or "UNKNOWN")
    limit = phone.get("whatsapp_business_manager_messaging_limit")
    health = phone.get("health_status")
    sendable = str(health.get("can_send_message") if isinstance(health, dict) else "")
    return [
        CheckItem("phone_number", True, str(phone.get("verified_name") or "")),
        CheckItem("quality", quality != "RED", quality),
        CheckItem(
            "phone_status",
            status in ("CONNECTED", "UNKNOWN") and sendable != "BLOCKED",
            status,
        ),
        CheckItem("messaging_limit", True, str(limit or "")),
    ]
