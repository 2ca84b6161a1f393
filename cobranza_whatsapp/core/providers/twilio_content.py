"""WhatsApp templates at Twilio: a Content of the type whatsapp/card and its approval.

Sources: https://www.twilio.com/docs/content/whatsappcard, "Content API resources" and
Twilio's OpenAPI file content_v1, seen 2026-11. Variables are numbers: those of the body
in the order in which they appear, then the token of the URL button, then the end of the
PDF's address.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..types import Document, TemplateCall, TemplateDefinition, TemplateStatus
from .texts import template_parameter

CARD = "whatsapp/card"
# What the quick replies of a reminder say; they follow one another in this order.
REPLY_IDS = ("PAID", "TALK")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Twilio's words for an approval in Meta's, which the models know.
APPROVALS: Mapping[str, str] = {
    "unsubmitted": "PENDING",
    "received": "PENDING",
    "pending": "PENDING",
    "approved": "APPROVED",
    "rejected": "REJECTED",
    "paused": "PAUSED",
    "disabled": "DISABLED",
}


def content_payload(definition: TemplateDefinition) -> dict[str, Any]:
    """Return the body of ``POST /v1/Content``."""
    names = list(dict.fromkeys(_VARIABLE.findall(definition.body)))
    samples = [template_parameter(definition.examples.get(name, "")) for name in names]
    numbers = {name: str(place) for place, name in enumerate(names, start=1)}
    card: dict[str, Any] = {
        "body": _VARIABLE.sub(
            lambda match: _numbered(numbers[match[1]]), definition.body
        )
    }
    if definition.footer:
        card["footer"] = definition.footer
    actions = []
    if definition.url:
        samples.append(definition.url_example.removeprefix(definition.url) or "abc123")
        url = definition.url + _numbered(str(len(samples)))
        actions.append({"type": "URL", "title": definition.url_label, "url": url})
    if definition.document_url:
        samples.append(definition.document_example)
        card["media"] = [definition.document_url + _numbered(str(len(samples)))]
    for label, uid in zip(definition.quick_replies, REPLY_IDS, strict=False):
        actions.append({"type": "QUICK_REPLY", "title": label, "id": uid})
    if actions:
        card["actions"] = actions
    return {
        "friendly_name": definition.name,
        "language": definition.language,
        "variables": {str(n): sample for n, sample in enumerate(samples, start=1)},
        "types": {CARD: card},
    }


def _numbered(number: str) -> str:
    return "{{" + number + "}}"


def content_variables(call: TemplateCall) -> dict[str, str]:
    """Return ``ContentVariables``: parameters by their number, else by position.

    The token of the URL button takes the next number, the PDF the one after. Texts
    obey Twilio 63013.
    """
    numbered = all(name.isdigit() for name, _text in call.parameters)
    variables = {
        name if numbered else str(position): template_parameter(text)
        for position, (name, text) in enumerate(call.parameters, start=1)
    }
    last = max((int(name) for name in variables), default=0)
    more = [] if call.button_token is None else [template_parameter(call.button_token)]
    if call.document and call.document.link:
        more.append(document_end(call.document))
    for place, text in enumerate(more, start=last + 1):
        variables[str(place)] = text
    return variables


def document_end(document: Document) -> str:
    """Return the last two steps of a PDF's address: its token and its file name."""
    return "/".join(document.link.rsplit("/", 2)[1:])


def status_of(content: dict[str, Any]) -> TemplateStatus:
    """Read one entry of the list of contents; what is missing becomes ""."""
    approval = content.get("approval_requests")
    approval = approval if isinstance(approval, dict) else {}
    variables = content.get("variables")
    words = {name: str(content.get(name) or "") for name in ("sid", "language")}
    return TemplateStatus(
        uid=words["sid"],
        name=str(content.get("friendly_name") or ""),
        language=words["language"],
        status=_approval_status(approval),
        category=str(approval.get("category") or ""),
        rejected_reason=str(approval.get("rejection_reason") or ""),
        parameter_names=tuple(variables) if isinstance(variables, dict) else (),
    )


def _approval_status(approval: dict[str, Any]) -> str:
    word = str(approval.get("status") or "").lower()
    return APPROVALS.get(word, word.upper())
