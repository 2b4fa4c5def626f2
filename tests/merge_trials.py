"""Random three-way merges of CSV, YAML, JSON and JSON Lines by the merge driver, against an oracle of rows and cells.

`python -m tests.merge_trials COUNT [SEED]` runs many; the tests run some.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from mdtables.commands.merge_driver import merge_driver
from mdtables.workspace.config import Projects
from tests.trials import run_many

Rows = dict[str, dict[str, str]]
COLUMNS = ("id", "b", "c")
VALUES = ["x", "y", "a, b", "007", "no", "it's", "é", "z|z", "w w", ""]


def run(seed: int, folder: Path) -> str:
    """Merge once; return "merged", or "conflict" after checking that each side's changes are still there."""
    chance = random.Random(seed)
    base: Rows = {f"r{n}": new_row(chance, f"r{n}") for n in range(chance.randint(2, 7))}
    ours, theirs = changed(chance, base, "o"), changed(chance, base, "t")
    suffix = chance.choice([".csv", ".yaml", ".json", ".jsonl", ".flow.yaml", ".named.yaml"])
    style = chance.randrange(4)
    texts = [_text(rows, suffix, style) for rows in (base, ours, theirs)]
    names = [str(folder / name) for name in ("base", "ours", "theirs")]
    for name, text in zip(names, texts, strict=True):
        Path(name).write_bytes(text.encode())
    result = merge_driver(names[0], names[1], names[2], f"d{suffix}", lambda: Projects(str(folder)))
    merged = Path(names[1]).read_bytes().decode()
    why = (seed, suffix, *texts, merged)
    assert not result.problems, (result.problems, why)
    wanted, conflict = oracle(base, ours, theirs)
    if result.clean:
        assert not conflict, why
        found = _read(merged, suffix)
        assert len(found) == len(wanted), why
        assert {row["id"]: row for row in found} == wanted, why
        for side in (ours, theirs):
            kept = [key for key in side if key in wanted and (key in base or not (key in ours and key in theirs))]
            assert [row["id"] for row in found if row["id"] in kept] == kept, why
        return "merged"
    assert "<<<<<<<" in merged, why
    for rows, other in ((ours, theirs), (theirs, ours)):
        for key, row in rows.items():
            values = [row[c] for c in COLUMNS if row[c] and key in base and row[c] not in (base[key][c], "")]
            assert key in merged or key not in other, why
            assert all(v in merged or json.dumps(v)[1:-1] in merged for v in values), why
    return "conflict" if conflict else "conflict without need"


def oracle(base: Rows, ours: Rows, theirs: Rows) -> tuple[Rows, bool]:
    """Return the merged rows, and True if both sides changed something differently."""
    merged: Rows = {}
    conflict = False
    for key in dict.fromkeys([*base, *ours, *theirs]):
        was, one, other = base.get(key), ours.get(key), theirs.get(key)
        if other in (one, was):
            row = one
        elif one == was:
            row = other
        elif was is None or one is None or other is None:
            conflict, row = True, one
        else:
            row = {}
            for column in COLUMNS:
                a, b, c = was[column], one[column], other[column]
                conflict |= a != b != c != a
                row[column] = b if c in (a, b) else c
        if row is not None:
            merged[key] = row
    return merged, conflict


def new_row(chance: random.Random, key: str) -> dict[str, str]:
    return {"id": key, "b": chance.choice(VALUES), "c": chance.choice(VALUES)}


def changed(chance: random.Random, base: Rows, side: str) -> Rows:
    rows = {key: dict(row) for key, row in base.items()}
    for number in range(chance.randint(0, 3)):
        kind = chance.random()
        if kind < 0.5 and rows:
            rows[chance.choice(list(rows))][chance.choice("bc")] = chance.choice([*VALUES, f"new {side}{number}"])
        elif kind < 0.8:
            key = f"{side}{number}" if chance.random() < 0.9 else "both"
            items = [*rows.items()]
            items.insert(chance.choice([len(items), chance.randint(0, len(items))]), (key, new_row(chance, key)))
            rows = dict(items)
        elif len(rows) > 1:
            del rows[chance.choice(list(rows))]
    return rows


def _text(rows: Rows, suffix: str, style: int) -> str:
    if suffix == ".csv":
        file = io.StringIO(newline="")
        writer = csv.writer(
            file,
            quoting=csv.QUOTE_ALL if style == 0 else csv.QUOTE_MINIMAL,
            lineterminator="\r\n" if style == 1 else "\n",
        )
        writer.writerows([COLUMNS, *(row.values() for row in rows.values())])
        return file.getvalue() if style != 2 else file.getvalue().rstrip("\n")
    if suffix == ".jsonl":
        return "".join(json.dumps(row, ensure_ascii=style == 1) + "\n" for row in rows.values())
    if suffix == ".json":
        return json.dumps(list(rows.values()), indent=2 if style < 3 else None, ensure_ascii=style == 1) + "\n"
    values = [[json.dumps(value, ensure_ascii=False) for value in row.values()] for row in rows.values()]
    if suffix == ".flow.yaml":
        return "".join(f"- {{id: {i}, b: {b}, c: {c}}}\n" for i, b, c in values)
    if suffix == ".named.yaml":
        return "# head\n" + "".join(f"{i}:\n  id: {i}\n  b: {b}\n  c: {c}\n" for i, b, c in values)
    blank = "\n" if style == 0 else ""
    return "top:\n" + "".join(f"  - id: {i}\n    b: {b}\n    c: {c}\n{blank}" for i, b, c in values) + "end: 1\n"


def _read(text: str, suffix: str) -> list[dict[str, Any]]:
    if suffix == ".csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
    if suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line]
    if suffix == ".json":
        return list(json.loads(text))
    data = YAML(typ="safe", pure=True).load(text)
    if suffix == ".named.yaml":
        return list(data.values())
    return list(data if suffix == ".flow.yaml" else data["top"])


if __name__ == "__main__":
    sys.exit(run_many(run))
