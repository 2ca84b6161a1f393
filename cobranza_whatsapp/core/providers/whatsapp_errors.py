"""Meta's words in ours: statuses and error codes of the WhatsApp Cloud API.

Sources: "Error codes" and "Status messages webhook reference" of Meta's WhatsApp
documentation, https://developers.facebook.com/documentation/business-messaging/
whatsapp/support/error-codes, seen 2026-11. Meta asks to branch on the code, never on
titles; HTTP statuses differ between its own pages.
"""

from collections.abc import Mapping

from ..types import ErrorClass, MessageState

STATUSES: Mapping[str, MessageState | None] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",  # a voice message was listened to
    "failed": "failed",
}

OBJECT_NOT_FOUND_SUBCODE = "33"

_PERMISSION_CODES: dict[str, ErrorClass] = {
    str(code): "hold" for code in (10, *range(200, 300))
}

ERROR_CODES: Mapping[str, ErrorClass] = {
    **_PERMISSION_CODES,  # permission missing or removed
    "0": "hold",  # cannot authenticate
    "1": "retry",  # unknown, possibly a server error
    "2": "retry",  # service temporarily down
    "3": "hold",  # capability or permission of the app
    "4": "retry",  # call rate of the app
    "17": "retry",  # call rate of the user
    "33": "hold",  # the business number was deleted
    "100": "fix",  # invalid parameter; see whatsapp_cloud about subcode 33
    "104": "hold",  # token missing
    "190": "hold",  # token expired or invalid
    "368": "hold",  # blocked for a policy violation
    "80007": "retry",  # rate of the business account
    "130429": "retry",  # throughput reached
    "130472": "cap",  # recipient is part of an experiment of Meta's
    "130497": "dead",  # the account may not message that country
    "131000": "retry",  # unknown error
    "131005": "hold",  # access denied
    "131008": "fix",  # required parameter missing
    "131009": "fix",  # parameter value invalid
    "131016": "retry",  # service unavailable
    "131021": "dead",  # sender and recipient are the same
    "131026": "dead",  # not on WhatsApp, terms not accepted, old client
    "131030": "hold",  # test number: recipient not in its list
    "131031": "hold",  # account locked
    "131037": "hold",  # display name not approved
    "131042": "hold",  # payment method
    "131044": "hold",  # payment for calls
    "131045": "hold",  # certificate or registration
    "131047": "window",  # more than 24 hours since the recipient wrote
    "131048": "hold",  # limited for low quality: do not hammer
    "131049": "cap",  # Meta protects this recipient
    "131050": "optout",  # recipient stopped marketing from this business
    "131051": "fix",  # message type unsupported
    "131052": "fix",  # download of incoming media failed
    "131053": "media",  # upload or fetch of our media failed
    "131056": "pair",  # too many messages to this recipient
    "131057": "retry",  # maintenance or throughput upgrade
    "131062": "fix",  # user id instead of a number not supported here
    "131063": "template",  # marketing templates disabled
    "131064": "hold",  # limited for wrong template categories
    "132000": "template",  # number of parameters differs: synchronise templates
    "132001": "template",  # missing or not approved in that language
    "132005": "fix",  # text too long after substitution
    "132007": "template",  # content policy
    "132008": "fix",  # parameter value
    "132012": "fix",  # parameter format
    "132015": "template",  # paused for quality
    "132016": "template",  # disabled for good
    "132018": "fix",  # newline, tab or spaces in a parameter
    "132068": "template",  # its flow is blocked
    "132069": "template",  # its flow is throttled
    "133006": "hold",  # number must be verified
    "133010": "hold",  # number not registered
    "133016": "hold",  # too many registrations
    "135000": "fix",  # generic, often parameters
    "137000": "fix",  # identity hash
    "139200": "window",  # Direct Send blocked: send a template
}
