"""Request bodies: read form, multipart and JSON bytes into plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message as HeaderParser
from typing import Any
from urllib.parse import parse_qsl


class BodyError(ValueError):
    """The bytes are not what the Content-Type says."""


@dataclass
class Part:
    """One part of a multipart body."""

    name: str
    filename: str
    content_type: str
    content: bytes


def media_type(content_type: str) -> str:
    """Return the type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def header_parameters(value: str) -> dict[str, str]:
    """Read ``form-data; name="file"; filename*=UTF-8''x`` into a mapping."""
    parser = HeaderParser()
    parser["Content-Disposition"] = value
    found = parser.get_params(header="content-disposition", failobj=[])
    read: dict[str, str] = {}
    for name, raw in found[1:]:
        if isinstance(raw, tuple):
            raw = str(bytes(raw[2], "latin-1"), raw[0] or "utf-8", "replace")
        read[name] = raw
    return read


def parse_multipart(body: bytes, content_type: str) -> list[Part]:
    """Split a multipart/form-data body; raise BodyError when it is malformed."""
    boundary = header_parameters("x; " + content_type.partition(";")[2]).get("boundary")
    if not boundary:
        raise BodyError("multipart body without boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise BodyError("multipart body is not terminated")
    return [_parse_part(piece) for piece in pieces[1:-1]]


def _parse_part(piece: bytes) -> Part:
    head, separator, content = piece.lstrip(b" \t").partition(b"\r\n\r\n")
    if not separator:
        raise BodyError("part of a multipart body without headers")
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    names = header_parameters(headers.get("content-disposition", ""))
    if "name" not in names:
        raise BodyError("part of a multipart body without a name")
    return Part(
        names["name"],
        names.get("filename", ""),
        headers.get("content-type", ""),
        content,
    )


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """Read a urlencoded body, blank values kept, in the order sent."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError as err:
        raise BodyError("form body is not UTF-8") from err


def parse_json(body: bytes) -> Any:
    """Read a JSON body; raise BodyError when it is not JSON."""
    try:
        return json.loads(body)
    except ValueError as err:
        raise BodyError(f"body is not valid JSON: {err}") from err


def form_object(
    pairs: list[tuple[str, str]], schema: Mapping[str, Any]
) -> dict[str, Any]:
    """Give form fields the types that ``schema`` declares, to check them by it.

    Text that cannot be converted stays text, so that the check reports it.
    """
    properties = schema.get("properties", {})
    found: dict[str, Any] = {}
    for name, text in pairs:
        declared = properties.get(name, {})
        if declared.get("type") == "array":
            found.setdefault(name, []).append(text)
        elif name in found:
            found[name] = [found[name], text]
        else:
            found[name] = coerce(text, declared)
    return found


def coerce(text: str, schema: Mapping[str, Any]) -> Any:
    """Read a text value (form field, query) as the type ``schema`` declares."""
    wanted = schema.get("type")
    if wanted == "integer" and text.lstrip("-").isdigit():
        return int(text)
    if wanted == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if wanted == "number":
        try:
            return float(text)
        except ValueError:
            return text
    return text
