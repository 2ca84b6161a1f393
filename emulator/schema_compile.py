"""Turn schemas of an OpenAPI file into fast validators.

References are resolved once. What ``quick_check`` accepts is right (0.05 ms for a
template message); for the rest jsonschema lists the errors (plain it takes 2 ms).
Its ``oneOf`` goes straight to the only branch whose ``type``, or other constant
property, can match, which also makes the errors readable.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from .quick_check import QuickChecks

Schema = dict[str, Any]

DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)


def is_absolute_url(value: object) -> bool:
    """Accept text with a scheme and a host; other types are not ours to judge."""
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def is_date_time(value: object) -> bool:
    """Accept ISO 8601; a bare date too, which Twilio's own examples use."""
    return not isinstance(value, str) or bool(DATE_TIME.fullmatch(value))


FORMATS = FormatChecker(formats=())
FORMATS.checks("uri")(is_absolute_url)
FORMATS.checks("url")(is_absolute_url)
FORMATS.checks("date-time")(is_date_time)


class SchemaCompiler:
    """Compiles schemas of one OpenAPI document, each reference once."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self._resolved: dict[str, Schema] = {}
        self._quick = QuickChecks(FORMATS)

    def compile(self, schema: Schema) -> "Validator":
        """Return a validator for ``schema``, whose references are in the document."""
        return Validator(self.inline(schema), self._quick)

    def inline(self, node: Any) -> Any:
        """Copy ``node`` with each ``$ref`` replaced by what it names."""
        if isinstance(node, list):
            return [self.inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._resolve(reference)
        return _without_nullable(
            {name: self.inline(value) for name, value in node.items()}
        )

    def _resolve(self, reference: str) -> Schema:
        if reference not in self._resolved:
            # Entered before it is filled, so that a recursive schema ends.
            target: Schema = {}
            self._resolved[reference] = target
            node: Any = self._document
            for part in reference.removeprefix("#/").split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
            target.update(self.inline(node))
        return self._resolved[reference]


class Validator:
    """Checks values against one schema, which has no references left."""

    def __init__(self, schema: Schema, quick: QuickChecks) -> None:
        self.schema = schema
        self.is_valid_quickly = quick.compile(schema)
        self._thorough = ReadableValidator(schema, format_checker=FORMATS)

    def errors(self, value: Any) -> list[ValidationError]:
        """Return what is wrong with ``value``, nothing when it is right."""
        if self.is_valid_quickly(value):
            return []
        return list(self._thorough.iter_errors(value))


def _without_nullable(schema: Schema) -> Schema:
    """Rewrite OpenAPI 3.0's ``nullable`` as a type list, for JSON Schema 2020-12."""
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _constants(schema: Schema) -> dict[str, list[Any]]:
    """Collect the properties that may hold only listed values."""
    found: dict[str, list[Any]] = {}
    for name, value in (schema.get("properties") or {}).items():
        if isinstance(value, dict) and "const" in value:
            found[name] = [value["const"]]
        elif isinstance(value, dict) and "enum" in value:
            found[name] = value["enum"]
    for part in schema.get("allOf", ()):
        found.update(_constants(part))
    return found


# Keyed by the identity of the list of branches, which the entry keeps alive.
_branches: dict[int, tuple[list[Schema], list[dict[str, list[Any]]]]] = {}


def _one_of(
    validator: Any, branches: list[Schema], instance: Any, schema: Schema
) -> Iterator[Any]:
    """Check ``oneOf``, leaving out branches that a constant property excludes."""
    candidates = branches
    if isinstance(instance, dict):
        known = _branches.get(id(branches))
        if known is None:
            known = (branches, [_constants(branch) for branch in branches])
            _branches[id(branches)] = known
        candidates = [
            branch
            for branch, constants in zip(*known, strict=True)
            if all(
                name not in instance or instance[name] in values
                for name, values in constants.items()
            )
        ]
    if len(candidates) == 1:
        yield from validator.descend(instance, candidates[0])
        return
    yield from Draft202012Validator.VALIDATORS["oneOf"](
        validator, candidates or branches, instance, schema
    )


ReadableValidator = extend(Draft202012Validator, {"oneOf": _one_of})
