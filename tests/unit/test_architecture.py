"""The rules of the layout, read from the source: who may know whom, and how much."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from odoo.addons.cobranza_whatsapp.core import debts, rules
from odoo.addons.cobranza_whatsapp.core.providers import base
from odoo.addons.cobranza_whatsapp.core.types import (
    ADDRESS_KINDS,
    CHANNELS,
    ErrorClass,
    MessageState,
)

ADDON = Path(__file__).resolve().parents[2] / "cobranza_whatsapp"
FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 400
HTTP = {"requests", "urllib", "urllib3", "http", "httpx", "socketserver", "aiohttp"}


def sources(*folders):
    """Return {path below the addon: syntax tree} of the program, without its tests."""
    files = [path for folder in folders for path in (ADDON / folder).rglob("*.py")]
    assert files, f"no file in {folders}"
    return {
        str(path.relative_to(ADDON)): ast.parse(path.read_text(encoding="utf-8"))
        for path in files
        if "tests" not in path.relative_to(ADDON).parts
    }


def imported(tree):
    """Yield the top-level names of absolute imports, and relative ones with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield "." * node.level + module if node.level else module.partition(".")[0]


def functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# --- who knows whom -------------------------------------------------------------------


def test_core_knows_neither_odoo_nor_the_models():
    for path, tree in sources("core").items():
        # core/providers may reach core, but nothing reaches out of core.
        depth = len(Path(path).parts) - 1
        for name in imported(tree):
            assert name != "odoo", path
            assert len(name) - len(name.lstrip(".")) <= depth, f"{path}: {name}"


def test_only_core_knows_http_and_jinja():
    for path, tree in sources("models", "controllers").items():
        names = set(imported(tree))
        assert "jinja2" not in names, path
        assert not names & (HTTP - {"http"}), path


def test_only_providers_know_requests():
    users = {
        path for path, tree in sources(".").items() if "requests" in imported(tree)
    }

    assert users
    assert all(path.startswith("core/providers/") for path in users), users


def test_core_reads_no_clock():
    """ "Now" and "today" are arguments; pace and deadlines use a monotonic clock."""
    for path, tree in sources("core").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "utcnow", "today"}, (
                    f"{path}:{node.lineno}"
                )


def test_controllers_call_no_provider_but_to_verify_and_split():
    for path, tree in sources("controllers").items():
        called = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & {"send", "upload_media", "create_template"}, path


# --- one writer of the state ----------------------------------------------------------


def _writes_state(call):
    """Tell whether a call of ``write`` sets a state that is one of a message."""
    for argument in call.args:
        if not isinstance(argument, ast.Dict):
            continue
        for key, value in zip(argument.keys, argument.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "state":
                constant = value.value if isinstance(value, ast.Constant) else None
                yield constant


def test_one_place_writes_the_state_of_a_message():
    writers = set()
    for path, tree in sources("models", "controllers").items():
        for function in functions(tree):
            for node in ast.walk(function):
                if not isinstance(node, ast.Call | ast.Assign):
                    continue
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "write"
                    and any(True for _state in _writes_state(node))
                ):
                    writers.add((path, function.name))
                if isinstance(node, ast.Assign) and any(
                    isinstance(target, ast.Attribute) and target.attr == "state"
                    for target in node.targets
                ):
                    writers.add((path, function.name))

    # Events and promises have states of their own.
    assert writers == {
        ("models/cobranza_message.py", "_cobranza_advance"),
        ("models/cobranza_event_apply.py", "_cobranza_close"),
        ("models/cobranza_promise.py", "_cobranza_decide"),
    }


def test_no_sql_writes_the_state_of_a_message():
    for path, tree in sources("models", "controllers").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = " ".join(node.value.upper().split())
                assert "UPDATE COBRANZA_MESSAGE" not in words, f"{path}:{node.lineno}"


# --- words ----------------------------------------------------------------------------


def assigned(path, name):
    """Return the syntax of what a module assigns to a name."""
    tree = ast.parse((ADDON / path).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return node.value
    raise AssertionError(f"no {name} in {path}")


def _keys_of(name, file="reasons"):
    """Return the keys of a dict of sentences, of models/reasons.py by default."""
    return {key.value for key in assigned(f"models/{file}.py", name).keys}


def _holds():
    holds = ast.literal_eval(assigned("models/cobranza_debt.py", "HOLDS"))
    return {code for code, _label in holds}


def _advance_reasons():
    """Return the codes that models give as reasons of a state, or of a hold."""
    found = set()
    for tree in sources("models").values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(
                node.func, ast.Attribute
            ):
                continue
            position = {"_cobranza_advance": 1, "sentence": 1, "_cobranza_fail": 1}
            index = position.get(node.func.attr)
            if node.func.attr == "_cobranza_set_hold":
                index = 0
            arguments = node.args[index : index + 1] if index is not None else []
            found |= {
                argument.value
                for argument in arguments
                if isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
            }
    return found


@pytest.mark.parametrize(
    ("what", "codes"),
    [
        ("rules", set(rules.CODES)),
        ("nothing to claim", set(get_args(debts.NothingCode)) - {""}),
        ("holds", _holds()),
        (
            "error classes",
            {"provider_hold" if one == "hold" else one for one in get_args(ErrorClass)},
        ),
        ("reasons of states", _advance_reasons()),
    ],
)
def test_every_reason_has_a_sentence(what, codes):
    missing = codes - _keys_of("SENTENCES")

    assert codes, what
    assert not missing, f"{what}: no sentence for {sorted(missing)}"


def test_every_rule_that_passes_has_a_sentence():
    assert _keys_of("PASSED") == set(rules.RULES)


def test_every_connection_check_has_a_sentence():
    codes = {
        node.args[0].value
        for tree in sources("core/providers").values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "CheckItem"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    } | set(base._REACH_STEPS)

    assert not codes - _keys_of("CHECKS", "check_reasons")


def test_channels_are_the_same_in_database_and_core():
    channels = ast.literal_eval(assigned("models/channels.py", "CHANNELS"))

    assert tuple(code for code, _label in channels) == CHANNELS
    assert set(ADDRESS_KINDS) == set(CHANNELS)


def test_channels_are_listed_in_one_place():
    """A selection with its own list of channels would miss the next one."""
    own = {
        f"{path}:{node.lineno}"
        for path, tree in sources("models", "wizard").items()
        if path != "models/channels.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "WhatsApp"
    }

    assert not own


def test_words_of_states_are_the_same_in_database_and_core():
    states = ast.literal_eval(assigned("models/cobranza_message.py", "STATES"))

    assert sorted(code for code, _label in states) == sorted(get_args(MessageState))


# --- size -----------------------------------------------------------------------------


def test_files_are_short():
    long = {}
    for path in ADDON.rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES_MAX and "tests" not in path.parts:
            long[path.name] = lines

    assert not long


def test_functions_are_short():
    """A docstring does not count: it only says what the lines below it do."""
    long = {}
    for path, tree in sources(".").items():
        for function in functions(tree):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = function.end_lineno - body[0].lineno + 1 if body else 0
            if lines > FUNCTION_LINES_MAX:
                long[f"{path}:{function.lineno} {function.name}"] = lines

    assert not long
