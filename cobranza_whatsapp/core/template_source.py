"""Reads a template's source and refuses all but a small, harmless part of Jinja2.

Nothing here compiles or evaluates: Jinja folds constants while it compiles, so that
``9**(9**9)`` hangs there. First the tokens are counted and measured (a deep nest
overflows the parser's stack), then the parsed tree must consist of listed nodes.
Sandbox rules: jinja.palletsprojects.com/en/stable/sandbox, read 2026-11-22.
"""

import re
from collections.abc import Iterator
from typing import Literal

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .errors import TemplateError

Kind = Literal["sms", "email", "text", "whatsapp"]

MAX_SOURCE_CHARS = 4096
MAX_TOKENS = 1200
MAX_EXPRESSION_TOKENS = 60
MAX_NESTING = 8
MAX_ARGUMENT_CHARS = 200

TAGS = frozenset({"if", "elif", "else", "endif"})
OPERATORS = frozenset({"|", "(", ")", ",", "==", "!=", "<", ">", "<=", ">="})
NODES: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Filter,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
)
WHATSAPP_NODES = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
# Filters with the types of the constants that each takes, in order, all optional.
FILTERS: dict[str, tuple[type, ...]] = {
    "upper": (),
    "lower": (),
    "title": (),
    "trim": (),
    "capitalize": (),
    "default": (str, bool),
    "truncate": (int, bool, str, int),
}
COMPARISONS = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq"})

# C0 without tab and newlines, DEL, C1, BOM, bidi controls, lone surrogates. The
# zero width joiner stays: emoji need it.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


class _Environment(ImmutableSandboxedEnvironment):
    """No attribute and no call at all, on top of the sandbox."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return False

    def is_safe_callable(self, obj: object) -> bool:
        return False


def _new_environment() -> _Environment:
    environment = _Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.policies["truncate.leeway"] = 0  # truncate(30) is at most 30
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


ENVIRONMENT = _new_environment()


def parse(
    source: str, kind: Kind, variables: frozenset[str], numbers: frozenset[str]
) -> nodes.Template:
    """Return the checked tree of ``source``; ``numbers`` are the numeric variables.

    Raises TemplateError with the line: too_long, empty, control_characters, syntax,
    not_allowed, too_complex, unknown_variable, unknown_filter, bad_argument,
    bad_comparison, missing_else; for WhatsApp also only_variables,
    body_starts_with_variable, body_ends_with_variable.
    """
    _check_text(source)
    try:
        _check_tokens(source, kind)
        tree = ENVIRONMENT.parse(source)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(
            "syntax", error.lineno, _line_of(source, error.lineno)
        ) from error
    except RecursionError as error:
        raise TemplateError("too_complex") from error
    allowed = WHATSAPP_NODES if kind == "whatsapp" else NODES
    for node in _walk(tree):
        _check_node(node, allowed, variables, numbers)
    _check_content(tree, kind)
    return tree


def names(tree: nodes.Template) -> dict[str, int]:
    """Return each variable's first line, in the order of first appearance."""
    found: dict[str, int] = {}
    for node in _walk(tree):
        if isinstance(node, nodes.Name):
            found.setdefault(node.name, node.lineno)
    return found


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the node and all below it in the order in which a person reads them."""
    yield node
    for child in _reading_order(node):
        yield from _walk(child)


def _reading_order(node: nodes.Node) -> list[nodes.Node]:
    if isinstance(node, nodes.CondExpr):  # {{ a if test else b }}
        parts = (node.expr1, node.test, node.expr2)
        return [part for part in parts if part is not None]
    return list(node.iter_child_nodes())


def _check_text(source: str) -> None:
    if len(source) > MAX_SOURCE_CHARS:
        raise TemplateError("too_long", 1, str(len(source)))
    if not source.strip():
        raise TemplateError("empty")
    control = _CONTROL.search(source)
    if control:
        line = source.count("\n", 0, control.start()) + 1
        raise TemplateError("control_characters", line, f"U+{ord(control[0]):04X}")


def _line_of(source: str, line: int) -> str:
    lines = source.split("\n")
    return lines[min(max(line, 1), len(lines)) - 1].strip()[:60]


def _check_tokens(source: str, kind: Kind) -> None:
    """Refuse foreign tags and operators, and nests that could overflow the parser."""
    depth = blocks = expression = 0
    after_tag = False
    for count, (line, symbol, value) in enumerate(ENVIRONMENT.lex(source)):
        if symbol == "whitespace":
            continue
        if symbol.endswith(("_begin", "_end")):
            _check_delimiter(line, symbol, value, kind)
            depth = expression = 0
        expression += 1
        if symbol == "operator":
            depth += _operator_depth(line, value)
        elif after_tag:
            blocks += _tag_depth(line, value)
        after_tag = symbol == "block_begin"
        if (
            max(depth, blocks) > MAX_NESTING
            or expression > MAX_EXPRESSION_TOKENS
            or count > MAX_TOKENS
        ):
            raise TemplateError("too_complex", line)


def _check_delimiter(line: int, symbol: str, value: str, kind: Kind) -> None:
    mark = value.strip()
    if symbol in ("comment_begin", "raw_begin"):
        raise TemplateError("not_allowed", line, mark)
    if kind == "whatsapp" and mark not in ("{{", "}}"):  # {% and {{- change the text
        raise TemplateError("not_allowed", line, mark)


def _operator_depth(line: int, operator: str) -> int:
    if operator not in OPERATORS:
        raise TemplateError("not_allowed", line, operator)
    return {"(": 1, ")": -1}.get(operator, 0)


def _tag_depth(line: int, tag: str) -> int:
    if tag not in TAGS:
        raise TemplateError("not_allowed", line, tag)
    return {"if": 1, "endif": -1}.get(tag, 0)


def _check_node(
    node: nodes.Node,
    allowed: tuple[type[nodes.Node], ...],
    variables: frozenset[str],
    numbers: frozenset[str],
) -> None:
    if not isinstance(node, allowed):
        raise TemplateError("not_allowed", node.lineno, type(node).__name__.lower())
    if isinstance(node, nodes.Name) and node.name not in variables:
        raise TemplateError("unknown_variable", node.lineno, node.name)
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        raise TemplateError("missing_else", node.lineno)
    if isinstance(node, nodes.Const):
        _check_constant(node)
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Compare):
        _check_comparison(node, numbers)


def _check_constant(node: nodes.Const) -> None:
    value = node.value
    short = isinstance(value, str) and len(value) <= MAX_ARGUMENT_CHARS
    small = isinstance(value, int) and 0 <= value <= MAX_SOURCE_CHARS
    if not (short or small):
        raise TemplateError("bad_argument", node.lineno, type(value).__name__)


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise TemplateError("unknown_filter", node.lineno, node.name)
    values = [arg.value for arg in node.args if isinstance(arg, nodes.Const)]
    types = FILTERS[node.name][: len(values)]
    if (
        len(values) < len(node.args)
        or [type(value) for value in values] != list(types)
        or node.dyn_args
        or node.dyn_kwargs
    ):
        raise TemplateError("bad_argument", node.lineno, node.name)
    if node.name == "truncate" and values:  # it must have room for its ellipsis
        ending = values[2] if len(values) > 2 else "..."
        if values[0] < len(ending):
            raise TemplateError("bad_argument", node.lineno, node.name)


def _check_comparison(node: nodes.Compare, numbers: frozenset[str]) -> None:
    """Numbers compare with whole numbers, every other variable only == and != text."""
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    numeric = all(_is_number(side, numbers) for side in sides)
    text = all(_is_text(side, numbers) for side in sides)
    comparisons = COMPARISONS if numeric else {"eq", "ne"}
    for operand in node.ops:
        if operand.op not in comparisons or not (numeric or text):
            raise TemplateError("bad_comparison", node.lineno, operand.op)


def _is_number(node: nodes.Expr, numbers: frozenset[str]) -> bool:
    if isinstance(node, nodes.Const):
        return type(node.value) is int
    return isinstance(node, nodes.Name) and node.name in numbers


def _is_text(node: nodes.Expr, numbers: frozenset[str]) -> bool:
    if isinstance(node, nodes.Filter) and node.node is not None:
        return True
    if isinstance(node, nodes.Const):
        return type(node.value) is str
    return isinstance(node, nodes.Name) and node.name not in numbers


def _check_content(tree: nodes.Template, kind: Kind) -> None:
    parts = [
        part
        for part in _walk(tree)
        if isinstance(part, nodes.Name)
        or (isinstance(part, nodes.TemplateData) and part.data.strip())
    ]
    if not parts:
        raise TemplateError("empty")
    if kind == "whatsapp":
        _check_whatsapp_body(parts)


def _check_whatsapp_body(parts: list[nodes.Name | nodes.TemplateData]) -> None:
    """Refuse what Meta refuses: a variable at the start or the end (2388299)."""
    texts = [part for part in parts if isinstance(part, nodes.TemplateData)]
    for text in texts:
        if "}}" in text.data:
            raise TemplateError("not_allowed", text.lineno, "}}")
    if not any(re.search(r"\w", text.data) for text in texts):
        raise TemplateError("only_variables")
    first, last = parts[0], parts[-1]
    if isinstance(first, nodes.Name):
        raise TemplateError("body_starts_with_variable", first.lineno, first.name)
    if isinstance(last, nodes.Name):
        raise TemplateError("body_ends_with_variable", last.lineno, last.name)
