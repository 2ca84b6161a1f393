"""What Meta shows of numbers and WABAs; ``fields`` are comma lists."""

from typing import Any

from .models import Json, MetaAccount

TIER_NAMES = {"UNLIMITED": "TIER_UNLIMITED", "TIER_2K": "TIER_1K"}


def phone_info(account: MetaAccount, fields: str | None) -> Json:
    """Return what GET /{phone} shows; ``fields`` is a comma list."""
    tier = account.messaging_tier
    level = "HIGH" if account.throughput_mps > 80 else "STANDARD"
    found: dict[str, Any] = {
        "id": account.phone_number_id,
        "display_phone_number": account.display_phone_number,
        "verified_name": account.verified_name,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": level},
        "whatsapp_business_manager_messaging_limit": tier,
        "health_status": {"can_send_message": "AVAILABLE", "entities": []},
    }
    default = "verified_name,code_verification_status,display_phone_number,"
    default += "quality_rating,platform_type,throughput"
    wanted = {name.strip() for name in (fields or default).split(",")} | {"id"}
    return {name: value for name, value in found.items() if name in wanted}


def waba_phone(account: MetaAccount) -> Json:
    """Return a number as GET /{waba}/phone_numbers lists it."""
    tier = account.messaging_tier
    return {
        "id": account.phone_number_id,
        "display_phone_number": account.display_phone_number,
        "verified_name": account.verified_name,
        "status": "LINKED",
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "host_platform": "CLOUD_API",
        "messaging_limit_tier": TIER_NAMES.get(tier, tier),
    }


def waba_info(account: MetaAccount, fields: str | None) -> Json:
    """Return what GET /{waba} shows."""
    found: dict[str, Any] = {
        "id": account.waba_id,
        "name": account.verified_name,
        "timezone_id": "1",
        "currency": "MXN",
        "account_review_status": "APPROVED",
        "business_verification_status": "VERIFIED",
        "ownership_type": "SELF_OWNED",
    }
    wanted = {name.strip() for name in (fields or "id,name,timezone_id").split(",")}
    return {
        name: value for name, value in found.items() if name in wanted | {"id", "name"}
    }
