"""One operation (method and path) of an API file, and what it asks of a request."""

import functools
import re
from collections.abc import Mapping
from typing import Any

from .bodies import (
    BodyError,
    coerce,
    form_object,
    media_type,
    parse_form,
    parse_json,
    parse_multipart,
)
from .schema_compile import SchemaCompiler

METHODS = ("get", "post", "put", "delete")
PLACEHOLDER = re.compile(r"\{([^}]+)\}")
Query = list[tuple[str, str]]
Node = tuple[SchemaCompiler, dict[str, Any], list[dict[str, Any]]]


class Operation:
    """Checks requests against the official file's operation and against ours.

    :param nodes: the operation in the official and in our own file, each with its
        compiler and the parameters it shares with its path; one may be missing.
    """

    def __init__(self, template: str, method: str, nodes: "list[Node]") -> None:
        self.template = template
        self.method = method.upper()
        self._nodes = nodes
        self._names = PLACEHOLDER.findall(template)
        last = template.rsplit("/", 1)[1]
        self.last_segment = "" if "{" in last else last
        self._pattern = re.compile(
            PLACEHOLDER.sub("([^/]+)", template.replace(".", r"\."))
        )

    @functools.cached_property
    def _halves(self) -> "list[Half]":
        """Compile the schemas, at the first check."""
        halves = [Half(*node) for node in self._nodes]
        for compiler, node, _ in self._nodes:
            if "x-strict" in node:
                halves[0].strict = compiler.compile(node["x-strict"])
                halves[0].body_required = True
        return halves

    def matches(self, path: str) -> bool:
        """Tell if ``path`` has the form of this operation's path."""
        return self._pattern.fullmatch(path) is not None

    def check(
        self, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> list[str]:
        """Return what is wrong with the request; headers have lower-case names."""
        match = self._pattern.fullmatch(path)
        values = dict(zip(self._names, match.groups() if match else (), strict=False))
        errors = self._unknown_query(query)
        for half in self._chosen(body):
            errors += half.check_parameters(values, dict(query), headers)
            errors += half.check_body(headers, body)
        return errors

    def _chosen(self, body: bytes) -> "list[Half]":
        """Leave out the alternative that this body does not mean."""
        for half in self._halves:
            if half.when:
                named = _has_property(body, half.when)
                return [one for one in self._halves if (one is half) == named]
        return self._halves

    def _unknown_query(self, query: Query) -> list[str]:
        known = {name for half in self._halves for name in half.query_names}
        return [
            f"query parameter {name!r} does not exist"
            for name, _ in query
            if name not in known
        ]


class Half:
    """What one file says about an operation.

    ``when``: body property that makes it replace the official half. ``strict``: a
    second validator of the body, which must be there then.
    """

    def __init__(
        self,
        compiler: SchemaCompiler,
        node: Mapping[str, Any],
        shared: list[dict[str, Any]],
    ) -> None:
        self.when: str = node.get("x-when", "")
        self.strict: Any = None
        parameters = compiler.inline([*shared, *node.get("parameters", ())])
        self._parameters = [
            (one, compiler.compile(one.get("schema", {}))) for one in parameters
        ]
        self.query_names = {one["name"] for one in parameters if one["in"] == "query"}
        request_body = node.get("requestBody", {})
        self.body_required = bool(request_body.get("required"))
        self._content = {
            kind: compiler.compile(content.get("schema", {}))
            for kind, content in request_body.get("content", {}).items()
        }

    def check_parameters(
        self,
        path: Mapping[str, str],
        query: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> list[str]:
        """Check path, query and header parameters."""
        places = {"path": path, "query": query, "header": headers}
        errors: list[str] = []
        for parameter, validator in self._parameters:
            name, place = parameter["name"], parameter["in"]
            value = places[place].get(name.lower() if place == "header" else name)
            if value is None:
                if parameter.get("required") and place != "path":
                    errors.append(f"{place} parameter {name!r} is required")
                continue
            if name.lower() == "content-type":
                value = media_type(value)
            if place == "query":
                value = coerce(value, parameter.get("schema", {}))
            errors += [
                f"{place} parameter {name!r}: {error.message}"
                for error in validator.errors(value)
            ]
        return errors

    def check_body(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        """Check the body by its Content-Type."""
        if not self._content or "*/*" in self._content:
            return []
        if not body:
            return ["a body is required"] if self.body_required else []
        kind = media_type(headers.get("content-type", ""))
        if kind not in self._content:
            return [f"Content-Type {kind!r} is not accepted here"]
        validator = self._content[kind]
        try:
            instance = _instance(kind, headers, body, validator.schema)
        except BodyError as err:
            return [str(err)]
        errors = validator.errors(instance)
        if self.strict:
            errors += self.strict.errors(instance)
        return [f"{error.json_path}: {error.message}" for error in errors]


def _has_property(body: bytes, name: str) -> bool:
    if f'"{name}"'.encode() not in body:
        return False
    try:
        found = parse_json(body)
    except BodyError:
        return False
    return isinstance(found, dict) and name in found


def _instance(
    kind: str, headers: Mapping[str, str], body: bytes, schema: Mapping[str, Any]
) -> Any:
    if kind == "multipart/form-data":
        return {
            one.name: one.filename or one.content.decode("utf-8", "replace")
            for one in parse_multipart(body, headers["content-type"])
        }
    if kind == "application/x-www-form-urlencoded":
        return form_object(parse_form(body), schema)
    return parse_json(body)


def compile_operations(
    official: dict[str, Any], extra: dict[str, Any]
) -> dict[tuple[int, str], list[Operation]]:
    """Return the operations of both files, by slashes and last fixed segment."""
    compilers = SchemaCompiler(official), SchemaCompiler(extra)
    found: dict[tuple[int, str], list[Operation]] = {}
    for template in {**official["paths"], **extra["paths"]}:
        items = official["paths"].get(template, {}), extra["paths"].get(template, {})
        for method in METHODS:
            nodes = [
                (compiler, item[method], item.get("parameters", []))
                for compiler, item in zip(compilers, items, strict=True)
                if method in item
            ]
            if nodes:
                operation = Operation(template, method, nodes)
                place = (template.count("/"), operation.last_segment)
                found.setdefault(place, []).append(operation)
    return found
