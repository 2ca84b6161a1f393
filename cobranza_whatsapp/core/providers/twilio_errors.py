"""Twilio's words in ours: statuses and error codes, SMS and WhatsApp.

Sources: https://www.twilio.com/docs/api/errors (one page for each code) and "Message
status values", https://www.twilio.com/docs/messaging/api/message-resource, seen
2026-11.
"""

from collections.abc import Mapping

from ..types import ErrorClass, MessageState

STATUSES: Mapping[str, MessageState | None] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "sent",  # some parts of a long text arrived
    "read": "read",  # WhatsApp
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
    "receiving": None,  # these two are about messages to us
    "received": None,
}

ERROR_CODES: Mapping[str, ErrorClass] = {
    "20003": "hold",  # authentication failed
    "20404": "hold",  # account or number not found
    "20429": "retry",  # too many requests, never processed
    "21211": "dead",  # To is invalid
    "21265": "dead",  # To is a short code
    "21266": "dead",  # To and From are the same
    "21408": "hold",  # region not enabled in the account
    "21603": "fix",  # From missing
    "21604": "fix",  # To missing
    "21606": "hold",  # From is not ours or cannot send
    "21608": "hold",  # trial account, unverified To
    "21609": "fix",  # StatusCallback invalid
    "21610": "optout",  # recipient answered STOP
    "21611": "retry",  # queue of the sender full
    "21612": "hold",  # this From cannot reach this To
    "21614": "dead",  # To is not a mobile
    "21619": "fix",  # body, media or content required
    "21623": "fix",  # too many media
    "21656": "fix",  # ContentVariables invalid
    "21910": "fix",  # From and To on different channels
    "30001": "retry",  # queue overflow
    "30002": "hold",  # account suspended
    "30003": "retry",  # handset unreachable
    "30004": "dead",  # message blocked
    "30005": "dead",  # handset unknown
    "30006": "dead",  # landline, or the carrier cannot
    "30007": "template",  # content filtered by the carrier
    "30008": "retry",  # unknown delivery error
    "30017": "retry",  # carrier congested
    "30018": "hold",  # sender must be registered
    "30024": "hold",  # sender must be registered
    "30032": "hold",  # toll-free number not verified
    "30034": "hold",  # number not registered for A2P
    "30040": "hold",  # sender must be registered
    "30410": "uncertain",  # carrier timed out; Twilio does not repeat it either
    "30450": "retry",  # temporary
    "30453": "retry",  # temporary
    "30485": "retry",  # temporary
    "30500": "retry",  # internal
    "63003": "dead",  # To is not on WhatsApp
    "63005": "fix",  # content rejected
    "63013": "fix",  # a parameter is empty or has newlines
    "63014": "optout",  # blocked by the recipient
    "63015": "hold",  # sandbox not joined
    "63016": "window",  # outside the 24 hours without a template
    "63018": "retry",  # rate or messaging limit
    "63021": "fix",  # content rejected
    "63024": "dead",  # To is invalid
    "63027": "template",  # template missing in this language
    "63032": "cap",  # recipient is part of an experiment of Meta's
    "63033": "optout",  # recipient stopped marketing
    "63034": "media",  # media could not be fetched
    "63037": "media",  # media format
    "63049": "cap",  # Meta protects this recipient
    "63062": "hold",  # terms of the Marketing Messages API not accepted
    "63119": "retry",  # rate limit of Meta
}
