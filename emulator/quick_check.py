"""Schemas as plain functions that only answer yes or no, some twenty times quicker.

A request that such a function accepts needs no further look; for any other one
jsonschema says what is wrong, and has the last word. A keyword that is not known
here refuses everything, so that it can cost time but never let a fault pass.
"""

import re
from collections.abc import Callable
from typing import Any

from jsonschema import FormatChecker

Schema = dict[str, Any]
Check = Callable[[Any], bool]

ANNOTATIONS = {
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES: dict[str, Check] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == int(value),
    "null": lambda value: value is None,
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}
# keyword: (type it looks at, makes the check from the keyword's value)
LIMITS: dict[str, tuple[type | tuple[type, ...], Callable[[Any], Check]]] = {
    "minLength": (str, lambda limit: lambda value: len(value) >= limit),
    "maxLength": (str, lambda limit: lambda value: len(value) <= limit),
    "minItems": (list, lambda limit: lambda value: len(value) >= limit),
    "maxItems": (list, lambda limit: lambda value: len(value) <= limit),
    "minProperties": (dict, lambda limit: lambda value: len(value) >= limit),
    "minimum": ((int, float), lambda limit: lambda value: value >= limit),
    "maximum": ((int, float), lambda limit: lambda value: value <= limit),
    "required": (
        dict,
        lambda names: lambda value: all(name in value for name in names),
    ),
}


class QuickChecks:
    """Makes the functions of one document; a schema used twice is made once."""

    def __init__(self, formats: FormatChecker) -> None:
        self._formats = formats
        # By identity; the entry keeps the schema alive.
        self._made: dict[int, tuple[Schema, list[Check]]] = {}

    def compile(self, schema: Any) -> Check:
        """Return a function that tells if a value suits ``schema``."""
        if isinstance(schema, bool):
            return lambda _: schema
        known = self._made.get(id(schema))
        if known is None:
            checks: list[Check] = []
            known = self._made[id(schema)] = (schema, checks)
            made = [self._keyword(name, one, schema) for name, one in schema.items()]
            checks += [check for check in made if check is not _accept]
        checks = known[1]

        def check(value: Any) -> bool:
            return all(one(value) for one in checks)

        return check

    def _keyword(self, name: str, given: Any, schema: Schema) -> Check:
        if name in ANNOTATIONS or name.startswith("x-"):
            return _accept
        if name in LIMITS:
            kind, make = LIMITS[name]
            return _only_for(kind, make(given))
        maker = getattr(self, "_" + name, None)
        return maker(given, schema) if maker else _refuse

    def _type(self, given: Any, _: Schema) -> Check:
        checks = [TYPES[one] for one in ([given] if isinstance(given, str) else given)]
        if len(checks) == 1:
            return checks[0]
        return lambda value: any(check(value) for check in checks)

    def _enum(self, given: list[Any], _: Schema) -> Check:
        return lambda value: any(_equal(value, one) for one in given)

    def _const(self, given: Any, _: Schema) -> Check:
        return lambda value: _equal(value, given)

    def _pattern(self, given: str, _: Schema) -> Check:
        search = re.compile(given).search
        return _only_for(str, lambda value: search(value) is not None)

    def _format(self, given: str, _: Schema) -> Check:
        return lambda value: self._formats.conforms(value, given)

    def _properties(self, given: Schema, _: Schema) -> Check:
        checks = [(name, self.compile(one)) for name, one in given.items()]

        def check(value: dict[str, Any]) -> bool:
            for name, one in checks:
                if name in value and not one(value[name]):
                    return False
            return True

        return _only_for(dict, check)

    def _additionalProperties(self, given: Any, schema: Schema) -> Check:  # noqa: N802
        known = set(schema.get("properties", ()))
        one = self.compile(given)
        return _only_for(
            dict,
            lambda value: all(one(value[name]) for name in value if name not in known),
        )

    def _propertyNames(self, given: Any, _: Schema) -> Check:  # noqa: N802
        one = self.compile(given)
        return _only_for(dict, lambda value: all(one(name) for name in value))

    def _items(self, given: Any, _: Schema) -> Check:
        one = self.compile(given)
        return _only_for(list, lambda value: all(one(item) for item in value))

    def _allOf(self, given: list[Any], _: Schema) -> Check:  # noqa: N802
        checks = [self.compile(one) for one in given]
        return lambda value: all(check(value) for check in checks)

    def _anyOf(self, given: list[Any], _: Schema) -> Check:  # noqa: N802
        checks = [self.compile(one) for one in given]
        return lambda value: any(check(value) for check in checks)

    def _oneOf(self, given: list[Any], _: Schema) -> Check:  # noqa: N802
        checks = [self.compile(one) for one in given]
        return lambda value: sum(check(value) for check in checks) == 1

    def _not(self, given: Any, _: Schema) -> Check:
        one = self.compile(given)
        return lambda value: not one(value)


def _accept(_: Any) -> bool:
    return True


def _refuse(_: Any) -> bool:
    return False


def _equal(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _only_for(kind: type | tuple[type, ...], check: Check) -> Check:
    """Let values of other types pass, as JSON Schema's keywords do."""

    def only(value: Any) -> bool:
        if not isinstance(value, kind) or isinstance(value, bool):
            return True
        return check(value)

    return only
