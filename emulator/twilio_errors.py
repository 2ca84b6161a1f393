"""Twilio's errors (reference/providers.md 2.4)."""

from typing import Any

CODES: dict[int, tuple[int, str]] = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number"),
    21265: (400, "'To' number cannot be a Short Code"),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21408: (400, "Permission to send an SMS has not been enabled for the region"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid, SMS-capable Twilio number"),
    21608: (400, "The number is unverified. Trial accounts cannot send to it"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (
        429,
        "This 'From' number has exceeded the maximum number of queued messages",
    ),
    21612: (400, "The 'To' number is not currently reachable using this 'From'"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21619: (400, "A text message body or media urls must be specified"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21656: (400, "The ContentVariables parameter is invalid"),
    21910: (400, "Invalid 'From' and 'To' pair, both must be of the same channel"),
    63013: (
        400,
        "This message send failed because it violates Channel provider's policy",
    ),
    63027: (400, "Template does not exist for a language and locale"),
}


class TwilioError(Exception):
    """A refusal with its code."""

    def __init__(self, code: int, details: str = "", status: int | None = None) -> None:
        known = CODES.get(code, (400, f"Error {code}"))
        self.code = code
        self.status = status or known[0]
        self.message = f"{known[1]}: {details}" if details else known[1]
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
