"""Seals: what they prove, and that nothing gets past them."""

import json
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.cobranza_whatsapp.core import evidence

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def leaves(count):
    return [
        evidence.leaf_digest("message", n, {"body": f"{n:064x}"}) for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 33, 100])
def test_every_leaf_is_proved_by_its_path(count):
    own = leaves(count)
    root = evidence.merkle_root(own)

    for place, path in enumerate(evidence.merkle_paths(own, range(count))):
        assert evidence.root_from_path(own[place], path) == root
        assert len(path) <= 8


@given(st.integers(2, 40), st.data())
def test_another_leaf_leads_to_another_root(count, data):
    own = leaves(count)
    place = data.draw(st.integers(0, count - 1))
    [path] = evidence.merkle_paths(own, [place])
    other = evidence.leaf_digest("message", place, {"body": "f" * 64})

    assert evidence.root_from_path(other, path) != evidence.merkle_root(own)
    changed = [*own[:place], other, *own[place + 1 :]]
    assert evidence.merkle_root(changed) != evidence.merkle_root(own)
    assert evidence.merkle_root(own[:-1]) != evidence.merkle_root(own)


def test_a_tree_needs_leaves():
    with pytest.raises(ValueError, match="leaves"):
        evidence.merkle_root([])


@given(VALUES, VALUES)
def test_a_field_is_what_was_sealed(value, other):
    digests = {"body": evidence.field_digest("salt", value)}

    assert evidence.check_fields({"body": value}, digests, {"body": "salt"}) == []
    same = evidence.canonical(value) == evidence.canonical(other)
    wrong = evidence.check_fields({"body": other}, digests, {"body": "salt"})
    assert wrong == ([] if same else ["body"])


def test_a_blanked_field_must_be_gone():
    digests = {"body": evidence.field_digest("salt", "Hola")}

    assert evidence.check_fields({"body": None}, digests, {}) == []
    assert evidence.check_fields({"body": "Hola"}, digests, {}) == ["body"]
    assert evidence.check_fields({"body": None}, digests, {"body": "salt"}) == ["body"]


# --- an export ------------------------------------------------------------------------


def export(runs=3, rows=5):
    """Return a whole export of so many runs with so many rows each."""
    batches, exported, previous = [], [], evidence.GENESIS
    for number in range(1, runs + 1):
        sealed = []
        for place in range(rows):
            values = {"body": f"text {number}.{place}", "amount": 10.5}
            salts = {name: f"salt{place}" for name in values}
            digests = {n: evidence.field_digest(salts[n], v) for n, v in values.items()}
            row = {"kind": "message", "id": number * 100 + place, "batch": number}
            sealed.append(row | {"values": values, "salts": salts, "digests": digests})
        own = [evidence.leaf_digest(r["kind"], r["id"], r["digests"]) for r in sealed]
        for row, path in zip(
            sealed, evidence.merkle_paths(own, range(rows)), strict=True
        ):
            row["path"] = path
        root, at = evidence.merkle_root(own), f"2026-11-0{number}T00:00:00Z"
        digest = evidence.batch_digest(previous, number, rows, root, at)
        batches.append(
            {"number": number, "count": rows, "root": root, "previous": previous}
            | {"digest": digest, "at": at}
        )
        previous, exported = digest, exported + sealed
    return {"version": 1, "batches": batches, "rows": exported, "files": []}


def test_a_whole_export_holds():
    assert evidence.check_export(export()) == []


@pytest.mark.parametrize("field", ["body", "amount"])
def test_a_changed_value_is_named(field):
    made = export()
    made["rows"][7]["values"][field] = "x"

    [problem] = evidence.check_export(made)

    assert problem == f"message 202 was changed: {field}."


@pytest.mark.parametrize("name", ["count", "root", "at", "digest"])
def test_a_changed_run_is_named(name):
    made = export()
    made["batches"][1][name] = 7 if name == "count" else "0" * 64

    assert any("Run 2" in p or "Run 3" in p for p in evidence.check_export(made))


def test_a_missing_run_is_named():
    made = export()
    del made["batches"][1]

    assert any("missing or out of order" in p for p in evidence.check_export(made))


def test_a_forged_seal_does_not_belong_to_its_run():
    made = export()
    row = made["rows"][3]
    row["values"]["body"] = "forged"
    row["digests"]["body"] = evidence.field_digest(row["salts"]["body"], "forged")

    assert evidence.check_export(made) == [
        "message 103: its seal does not belong to run 1."
    ]


def verify(folder, made, *arguments):
    """Run the script alone, as somebody without Odoo does."""
    path = folder / "evidence.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    script = folder / "verify.py"
    shutil.copy(evidence.__file__, script)
    return subprocess.run(  # noqa: S603
        [sys.executable, "-I", str(script), str(path), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_script_stands_alone(tmp_path):
    made = export()
    good = verify(tmp_path, made, made["batches"][-1]["digest"])
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Everything holds." in good.stdout

    assert verify(tmp_path, made, "f" * 64).returncode == 1
    made["rows"][0]["values"]["body"] = "x"
    bad = verify(tmp_path, made)
    assert bad.returncode == 1
    assert "message 100 was changed: body." in bad.stdout


def test_the_script_checks_attachments(tmp_path):
    made = export()
    made["files"] = [{"name": "F-1.pdf", "sha256": "0" * 64}]
    (tmp_path / "files").mkdir()
    assert "F-1.pdf is missing" in verify(tmp_path, made).stdout

    (tmp_path / "files" / "F-1.pdf").write_bytes(b"%PDF")
    assert "F-1.pdf was changed" in verify(tmp_path, made).stdout
