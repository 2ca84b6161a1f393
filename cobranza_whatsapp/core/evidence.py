"""Seals of the evidence: what a row said when it was sealed can be proved later.

Each field of a row has a digest of its own, made with a salt, so that a single field
can be blanked (its salt is thrown away) and all the rest still proves. The digests of
a row make its leaf, the leaves of a run make the root of a Merkle tree, and each run's
digest holds the one before: one number, kept outside, vouches for everything.

Every export carries this file as `verify.py`: it needs nothing but Python 3.10 and
checks an export by itself:

    python verify.py evidence.json [another.json …] [ANCHOR]

SHA-256 (FIPS 180-4); inner nodes and leaves are told apart by a prefix (RFC 6962).
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
_LEAF, _NODE, _BATCH = b"\x00", b"\x01", b"\x02"


def canonical(value: Any) -> bytes:
    """Return a JSON value as bytes that depend on nothing but the value."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def field_digest(salt: str, value: Any) -> str:
    """Return the digest of one field's JSON value, as hexadecimal."""
    return hmac.new(salt.encode(), canonical(value), hashlib.sha256).hexdigest()


def leaf_digest(kind: str, row_id: int, digests: Mapping[str, str]) -> str:
    """Return the digest of a row: what it is, its id and its fields' digests."""
    content = canonical([kind, row_id, dict(digests)])
    return hashlib.sha256(_LEAF + content).hexdigest()


def _parent(left: str, right: str) -> str:
    content = bytes.fromhex(left) + bytes.fromhex(right)
    return hashlib.sha256(_NODE + content).hexdigest()


def _levels(leaves: Sequence[str]) -> Iterator[list[str]]:
    """Yield the levels of the tree from the leaves up; an odd node goes up alone."""
    level = list(leaves)
    while len(level) > 1:
        yield level
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [_parent(*pair) for pair in pairs] + level[len(level) // 2 * 2 :]
    yield level


def merkle_root(leaves: Sequence[str]) -> str:
    """Return the root over leaves in order. Raises ValueError without leaves."""
    if not leaves:
        raise ValueError("a tree needs leaves")
    return list(_levels(leaves))[-1][0]


def merkle_paths(leaves: Sequence[str], places: Sequence[int]) -> list[list[str]]:
    """Return, for each place, what proves its leaf: "L" or "R" and a digest a level."""
    levels = list(_levels(leaves))
    return [_path(levels, place) for place in places]


def _path(levels: list[list[str]], place: int) -> list[str]:
    path = []
    for level in levels[:-1]:
        sibling = place ^ 1
        if sibling < len(level):
            path.append(("L" if sibling < place else "R") + level[sibling])
        place //= 2
    return path


def root_from_path(leaf: str, path: Sequence[str]) -> str:
    """Return the root to which a leaf and its path lead."""
    for step in path:
        side, digest = step[0], step[1:]
        leaf = _parent(digest, leaf) if side == "L" else _parent(leaf, digest)
    return leaf


def batch_digest(previous: str, number: int, count: int, root: str, at: str) -> str:
    """Return the digest of a run of sealing, which holds the one before it.

    ``at`` is its UTC moment as ISO 8601.
    """
    content = canonical([previous, number, count, root, at])
    return hashlib.sha256(_BATCH + content).hexdigest()


def check_fields(
    values: Mapping[str, Any], digests: Mapping[str, str], salts: Mapping[str, str]
) -> list[str]:
    """Return the fields that are not what was sealed.

    A field without salt was blanked on purpose: its value must be gone.
    """
    wrong = []
    for name, digest in digests.items():
        salt = salts.get(name)
        if salt is None:
            is_right = values.get(name) in (None, False)
        else:
            is_right = hmac.compare_digest(field_digest(salt, values.get(name)), digest)
        if not is_right:
            wrong.append(name)
    return wrong


# --- an export, checked without the database ------------------------------------------


def check_export(export: Mapping[str, Any], folder: Path | None = None) -> list[str]:
    """Return what does not hold in an export, as sentences; nothing: all is proved.

    ``folder`` holds the attachments that the export names.
    """
    problems = _check_batches(export["batches"])
    roots = {batch["number"]: batch["root"] for batch in export["batches"]}
    for row in export["rows"]:
        problems += _check_row(row, roots)
    if folder is not None:
        problems += _check_files(export.get("files", []), folder)
    return problems


def _check_batches(batches: Sequence[Mapping[str, Any]]) -> list[str]:
    problems, previous = [], GENESIS
    for number, batch in enumerate(batches, start=1):
        digest = batch_digest(
            previous, batch["number"], batch["count"], batch["root"], batch["at"]
        )
        if batch["number"] != number or batch["previous"] != previous:
            problems.append(f"Run {number} is missing or out of order.")
        elif digest != batch["digest"]:
            problems.append(f"Run {number} was changed.")
        previous = batch["digest"]
    return problems


def _check_row(row: Mapping[str, Any], roots: Mapping[int, str]) -> list[str]:
    name = f"{row['kind']} {row['id']}"
    leaf = leaf_digest(row["kind"], row["id"], row["digests"])
    problems = []
    if root_from_path(leaf, row["path"]) != roots.get(row["batch"]):
        problems.append(f"{name}: its seal does not belong to run {row['batch']}.")
    wrong = check_fields(row["values"], row["digests"], row["salts"])
    if wrong:
        problems.append(f"{name} was changed: {', '.join(wrong)}.")
    return problems


def _check_files(files: Sequence[Mapping[str, str]], folder: Path) -> list[str]:
    problems = []
    for item in files:
        path = folder / Path(item["name"]).name
        if not path.is_file():
            problems.append(f"The file {item['name']} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != item["sha256"]:
            problems.append(f"The file {item['name']} was changed.")
    return problems


def main(arguments: Sequence[str]) -> int:
    """Check the exports named on the command line; 0 if everything holds."""
    paths = [Path(item) for item in arguments if item.endswith(".json")]
    anchors = {item for item in arguments if not item.endswith(".json")}
    if not paths:
        sys.stdout.write(f"{__doc__}\n")
        return 2
    return max(_check_path(path, anchors) for path in paths)


def _check_path(path: Path, anchors: set[str]) -> int:
    """Print what one export proves; 0 if everything holds and every anchor is in it."""
    export = json.loads(path.read_text(encoding="utf-8"))
    problems = check_export(export, path.parent / "files")
    digests = [batch["digest"] for batch in export["batches"]]
    if not anchors <= set(digests):
        problems.append("The anchor that you gave is not in this chain.")
    lines = [f"WRONG  {problem}" for problem in problems]
    lines += [
        f"{path}: {len(export['rows'])} rows, {len(digests)} runs, "
        f"head {digests[-1] if digests else GENESIS}",
        "Not everything holds." if problems else "Everything holds.",
    ]
    sys.stdout.write("\n".join([*lines, ""]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
