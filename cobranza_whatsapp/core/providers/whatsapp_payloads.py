"""JSON that the WhatsApp Cloud API accepts, built from our plain data.

Source: "Send messages" and "Create templates" of Meta's WhatsApp documentation,
https://developers.facebook.com/documentation/business-messaging/whatsapp/, and its
OpenAPI file v23.0, seen 2026-11. Component types are lower case when sending, upper
case when creating a template; the index of a button is a string.
"""

import re
from typing import Any

from ..types import (
    Document,
    OutgoingMessage,
    TemplateButton,
    TemplateCall,
    TemplateDefinition,
    TemplateStatus,
)
from .texts import printable, safe_filename, template_parameter

MAX_TEMPLATE_BODY_LENGTH = 1024
MAX_TEXT_LENGTH = 4096

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

# --- messages ---------------------------------------------------------------------


def message_payload(message: OutgoingMessage) -> dict[str, Any]:
    """Return the body of ``POST /{phone_number_id}/messages``."""
    payload: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": re.sub(r"\D", "", message.recipient),
        "biz_opaque_callback_data": message.uuid,
    }
    if message.template:
        template = template_payload(message.template)
        return {**payload, "type": "template", "template": template}
    text = {"body": printable(message.body), "preview_url": False}
    return {**payload, "type": "text", "text": text}


def template_payload(call: TemplateCall) -> dict[str, Any]:
    """Return the ``template`` object of a message."""
    payload: dict[str, Any] = {
        "name": call.name,
        "language": {"code": call.language},
    }
    components = [*_header(call.document), *_body(call.parameters), *_buttons(call)]
    if components:
        payload["components"] = components
    return payload


def is_too_long(message: OutgoingMessage) -> bool:
    """Tell whether Meta would refuse the text for its length (error 132005)."""
    if not message.template:
        return len(message.body) > MAX_TEXT_LENGTH
    values = [template_parameter(text) for _name, text in message.template.parameters]
    longest = max(len(message.body), sum(map(len, values)))
    return longest > MAX_TEMPLATE_BODY_LENGTH


def _header(document: Document | None) -> list[dict[str, Any]]:
    if document is None:
        return []
    source = (
        {"id": document.media_uid} if document.media_uid else {"link": document.link}
    )
    content = {**source, "filename": safe_filename(document.filename)}
    return [
        {"type": "header", "parameters": [{"type": "document", "document": content}]}
    ]


def _body(parameters: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """Name the parameters unless all names are digits (a positional template)."""
    if not parameters:
        return []
    positional = all(name.isdigit() for name, _text in parameters)
    values = []
    for name, text in parameters:
        value = {"type": "text", "text": template_parameter(text)}
        values.append(value if positional else {**value, "parameter_name": name})
    return [{"type": "body", "parameters": values}]


def _buttons(call: TemplateCall) -> list[dict[str, Any]]:
    buttons: list[tuple[str, dict[str, str]]] = []
    if call.button_token is not None:
        token = template_parameter(call.button_token)
        buttons.append(("url", {"type": "text", "text": token}))
    for reply in call.quick_replies:
        buttons.append(("quick_reply", {"type": "payload", "payload": reply}))
    places = call.button_places or range(len(buttons))
    return [
        {"type": "button", "sub_type": kind, "index": str(place), "parameters": [value]}
        for place, (kind, value) in zip(places, buttons, strict=True)
    ]


# --- templates --------------------------------------------------------------------


def definition_payload(
    definition: TemplateDefinition, header_handle: str = ""
) -> dict[str, Any]:
    """Return the body of ``POST /{WABA}/message_templates``.

    ``header_handle`` is what the resumable upload of the sample PDF returned.
    """
    components: list[dict[str, Any]] = []
    if header_handle:
        example = {"header_handle": [header_handle]}
        components.append({"type": "HEADER", "format": "DOCUMENT", "example": example})
    components.append(_body_definition(definition))
    if definition.footer:
        components.append({"type": "FOOTER", "text": definition.footer})
    buttons = _button_definitions(definition)
    if buttons:
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "name": definition.name,
        "language": definition.language,
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "message_send_ttl_seconds": definition.ttl_seconds,
        "components": components,
    }


def _body_definition(definition: TemplateDefinition) -> dict[str, Any]:
    text = _VARIABLE.sub(r"{{\1}}", definition.body)
    component: dict[str, Any] = {"type": "BODY", "text": text}
    names = variable_names(text)
    if names:
        component["example"] = {
            "body_text_named_params": [
                {
                    "param_name": name,
                    "example": template_parameter(definition.examples.get(name, "")),
                }
                for name in names
            ]
        }
    return component


def _button_definitions(definition: TemplateDefinition) -> list[dict[str, Any]]:
    buttons: list[dict[str, Any]] = []
    if definition.url:
        sample = definition.url_example or "abc123"
        if not sample.startswith(("http://", "https://")):
            sample = definition.url + sample
        buttons.append(
            {
                "type": "URL",
                "text": definition.url_label,
                "url": definition.url + "{{1}}",  # {{1}} also in NAMED templates
                "example": [sample],
            }
        )
    for label in definition.quick_replies:
        buttons.append({"type": "QUICK_REPLY", "text": label})
    return buttons


def variable_names(text: str) -> tuple[str, ...]:
    """Return the variables of a template text, each once, in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def template_status(entry: dict[str, Any]) -> TemplateStatus:
    """Read one template of Meta's list; what is missing becomes ""."""
    quality = entry.get("quality_score")
    if isinstance(quality, dict):
        quality = quality.get("score")
    words = {
        name: str(entry.get(name) or "")
        for name in ("id", "name", "language", "status", "category")
    }
    parts = _parts(entry)
    body = _word(parts.get("BODY"), "text")
    rejected = str(entry.get("rejected_reason") or "")
    return TemplateStatus(
        uid=words.pop("id"),
        **words,
        quality=str(quality or ""),
        rejected_reason="" if rejected == "NONE" else rejected,
        parameter_names=variable_names(body),
        body=body,
        footer=_word(parts.get("FOOTER"), "text"),
        header=_word(parts.get("HEADER"), "format").lower(),
        header_text=_word(parts.get("HEADER"), "text"),
        buttons=_template_buttons(parts.get("BUTTONS")),
    )


def _parts(entry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the components of a template by their type."""
    components = entry.get("components")
    return {
        _word(component, "type").upper(): component
        for component in (components if isinstance(components, list) else [])
        if isinstance(component, dict)
    }


def _template_buttons(component: Any) -> tuple[TemplateButton, ...]:
    buttons = component.get("buttons") if isinstance(component, dict) else None
    return tuple(
        TemplateButton(
            kind=_word(button, "type").lower(),
            label=_word(button, "text"),
            url=_word(button, "url"),
        )
        for button in (buttons if isinstance(buttons, list) else [])
        if isinstance(button, dict)
    )


def _word(component: Any, name: str) -> str:
    found = component.get(name) if isinstance(component, dict) else None
    return found if isinstance(found, str) else ""
