"""Spanish and Portuguese are complete, and no string of the sources is forgotten.

After a change of strings, ./dev i18n refreshes the files that are read here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from lxml import etree

from odoo.addons.cobranza_whatsapp.core.sms_text import sms_parts

from devtools.i18n import SAME, stays

ADDON = Path(__file__).resolve().parents[2] / "cobranza_whatsapp"
LANGUAGES = ("es", "pt_BR")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%](?![a-z])|\{\{.*?\}\}|</?\w+[^>]*>")
# Field types whose first argument is the label.
LABELLED = {
    "Boolean", "Char", "Date", "Datetime", "Float", "Html", "Integer", "Text",
}  # fmt: skip
VIEW_ATTRIBUTES = ("string", "placeholder", "help", "title", "sum", "confirm")


def read(name: str) -> polib.POFile:
    return polib.pofile(str(ADDON / "i18n" / name))


@pytest.fixture(scope="module")
def template() -> polib.POFile:
    return read("cobranza_whatsapp.pot")


@pytest.fixture(scope="module", params=LANGUAGES)
def translation(request: pytest.FixtureRequest) -> polib.POFile:
    return read(f"{request.param}.po")


# --- the files ------------------------------------------------------------------------


def test_has_the_strings_of_the_template_in_its_order(template, translation):
    found = [(entry.msgid, entry.occurrences) for entry in translation]

    assert found == [(entry.msgid, entry.occurrences) for entry in template]


def test_translates_every_string(translation):
    language = translation.metadata["Language"]

    left = [entry.msgid for entry in translation if not entry.msgstr.strip()]

    assert not [msgid for msgid in left if not stays(msgid, language)]


def test_repeats_no_source_string(translation):
    repeated = [entry.msgid for entry in translation if entry.msgstr == entry.msgid]

    assert repeated == []


def test_names_only_existing_strings_as_the_same(template):
    known = {entry.msgid for entry in template}

    assert set().union(*SAME.values()) <= known


def test_has_nothing_fuzzy_or_obsolete(translation):
    assert translation.fuzzy_entries() == []
    assert translation.obsolete_entries() == []


def test_keeps_placeholders_and_tags(translation):
    changed = [
        entry.msgid
        for entry in translation.translated_entries()
        if sorted(PLACEHOLDER.findall(entry.msgid))
        != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]

    assert changed == []


def test_keeps_how_a_sentence_ends(translation):
    """A label stays a label, a sentence a sentence."""
    changed = [
        entry.msgid
        for entry in translation.translated_entries()
        if entry.msgid.endswith(".") != entry.msgstr.endswith(".")
    ]

    assert changed == []


def test_confirms_an_opt_out_within_one_sms(translation):
    """A letter outside the SMS alphabet would double the price of the message."""
    start = "%(company)s: you will get no more reminders"
    text = next(e.msgstr for e in translation if e.msgid.startswith(start))
    values = {"company": "Ferretera del Valle SA de CV", "contact": "+525512345678"}

    encoding, _units, parts = sms_parts(text % values)

    assert (encoding, parts) == ("gsm7", 1)


# --- the sources ----------------------------------------------------------------------


def text_of(node: ast.AST | None) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value.strip() if is_text else ""


def name_of(function: ast.AST) -> str:
    if isinstance(function, ast.Attribute):
        return f"{name_of(function.value)}.{function.attr}".lstrip(".")
    return function.id if isinstance(function, ast.Name) else ""


def second_of_pairs(node: ast.AST) -> Iterator[str]:
    for pair in ast.walk(node):
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            yield text_of(pair.elts[1])


def strings_of_call(call: ast.Call) -> Iterator[str]:
    """Yield what one call shows to people: sentences, labels, help, selections."""
    name = name_of(call.func)
    first = call.args[0] if call.args else None
    if name == "_lt" or name.split(".")[-1] == "_":
        yield text_of(first)
    elif name in ("models.Constraint", "models.UniqueIndex"):
        yield from map(text_of, call.args[1:])
    elif name.startswith("fields."):
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        yield from (text_of(keywords.get(key)) for key in ("string", "help"))
        if name.removeprefix("fields.") in LABELLED:
            yield text_of(first)
        for node in (first, keywords.get("selection_add")):
            if isinstance(node, ast.List):
                yield from second_of_pairs(node)


def automatic_label(field: str, call: ast.Call) -> str:
    """Return the label that Odoo makes from the name of a field without one."""
    given = {keyword.arg for keyword in call.keywords}
    labelled = name_of(call.func).removeprefix("fields.") in LABELLED and call.args
    if labelled or given & {"string", "related", "selection_add"}:
        return ""
    return re.sub(r"_ids?$", "", field).replace("_", " ").title()


def strings_of_class(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if not isinstance(statement, ast.Assign):
            continue
        target, value = statement.targets[0], statement.value
        if name_of(target) == "_description":
            yield text_of(value)
        elif isinstance(value, ast.Call) and name_of(value.func).startswith("fields."):
            yield automatic_label(name_of(target), value)


def strings_of_module(tree: ast.Module) -> Iterator[str]:
    selections = {
        name_of(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and name_of(node.func) == "fields.Selection"
        and node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from strings_of_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from strings_of_class(node)
    for node in tree.body:
        if isinstance(node, ast.Assign) and name_of(node.targets[0]) in selections:
            yield from second_of_pairs(node.value)


def strings_of_view(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        yield from (element.get(name, "").strip() for name in VIEW_ATTRIBUTES)
        if element.tag == "menuitem":
            yield element.get("name", "")
        if element.get("model") == "ir.actions.act_window":
            yield element.findtext("field[@name='name']", "")


def demand_known(strings: Iterator[str], template: polib.POFile) -> None:
    known = {entry.msgid for entry in template}
    forgotten = sorted({text for text in strings if text} - known)

    assert forgotten == [], "not in the .pot: run ./dev i18n and translate"


@pytest.mark.parametrize("folder", ["models", "controllers"])
def test_finds_the_strings_of_python_in_the_template(folder, template):
    trees = [ast.parse(p.read_text()) for p in sorted((ADDON / folder).rglob("*.py"))]

    demand_known((s for tree in trees for s in strings_of_module(tree)), template)


def test_finds_the_strings_of_views_in_the_template(template):
    roots = [etree.parse(p).getroot() for p in sorted(ADDON.glob("views/*.xml"))]

    demand_known((s for root in roots for s in strings_of_view(root)), template)


def test_finds_the_strings_of_the_browser_in_the_template(template):
    sources = [p.read_text() for p in sorted(ADDON.glob("static/src/**/*.js"))]

    found = (s for text in sources for s in re.findall(r'\b_t\(\s*"([^"]+)"', text))

    demand_known(found, template)


def test_sees_every_kind_of_string():
    """Guard the walk itself: a walk that finds nothing would let everything pass."""
    source = """
KINDS = [("a", "Kind A")]
class Thing(models.Model):
    _description = "A Thing"
    kind_id = fields.Many2one("other.model", help="Kind help")
    label = fields.Char("Given label")
    choice = fields.Selection(KINDS, string="Choice label")
    inline = fields.Selection([("b", "Kind B")])
    _check = models.Constraint("CHECK(true)", "Constraint text.")
    def act(self):
        raise UserError(self.env._("Say %(x)s", x=1) + _lt("Lazy"))
"""

    found = {text for text in strings_of_module(ast.parse(source)) if text}

    assert found == {
        "Kind A", "A Thing", "Kind", "Kind help", "Given label", "Choice label",
        "Inline", "Kind B", "Constraint text.", "Say %(x)s", "Lazy",
    }  # fmt: skip
