"""Meta's errors: what each code answers (reference/providers.md 1.8)."""

import secrets
from typing import Any

# code: (HTTP status, text after the number)
CODES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (500, "An unknown error occurred"),
    2: (503, "Service temporarily unavailable"),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    33: (400, "The business phone number has been deleted"),
    100: (400, "Invalid parameter"),
    104: (401, "An access token is required to request this resource"),
    190: (401, "Error validating access token"),
    368: (403, "Temporarily blocked for policies violations"),
    2500: (400, "Unknown path components"),
    80007: (429, "Rate limit issues"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users here"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (503, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Business Account locked"),
    131037: (400, "Display name is not approved"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "Not delivered to maintain healthy ecosystem engagement"),
    131050: (400, "User has stopped receiving marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (503, "Account in maintenance mode"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "Issue with the parameters of the template"),
    133010: (400, "Phone number not registered"),
    135000: (400, "Generic user error"),
}
TRANSIENT = {2, 131016, 131057}


class MetaError(Exception):
    """A refusal, with everything the error envelope needs."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        message: str = "",
        subcode: int | None = None,
        status: int | None = None,
        user_message: str = "",
    ) -> None:
        known = CODES.get(code, (400, "Error"))
        self.code = code
        self.details = details
        self.subcode = subcode
        self.status = status or known[0]
        self.message = message or f"(#{code}) {known[1]}"
        self.user_message = user_message
        super().__init__(self.message)

    def envelope(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "is_transient": self.code in TRANSIENT,
            "fbtrace_id": "A" + secrets.token_urlsafe(12),
        }
        if self.details:
            error["error_data"] = {
                "messaging_product": "whatsapp",
                "details": self.details,
            }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.user_message:
            error["error_user_title"] = "Invalid parameter"
            error["error_user_msg"] = self.user_message
        return {"error": error}


def webhook_error(code: int, details: str = "") -> dict[str, Any]:
    """Return one entry of ``statuses[].errors`` for an asynchronous failure."""
    title = CODES.get(code, (400, "Message undeliverable"))[1]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api"
        "/support/error-codes/",
    }


def unknown_object(identifier: str, method: str = "POST") -> MetaError:
    """Return the refusal of an id that does not exist or belongs to another."""
    return MetaError(
        100,
        message=f"Unsupported {method.lower()} request. Object with ID"
        f" '{identifier}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation",
        subcode=33,
    )
