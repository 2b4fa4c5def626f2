"""Random edits of random tables, pulled into every format: what other libraries then read is the data and the edit.

`python -m tests.trials COUNT [SEED]` runs many; the tests run some. Every trial is a real run of `pull` over files.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ruamel.yaml import YAML

from mdtables.cells.encode import encode
from mdtables.commands.pull import pull
from mdtables.commands.session import start

WORDS = ["alpha", "beta", "gamma", "delta", "é", "日本", "x-1", "v2", "ok", "Zoë"]
ODD = [
    "C:\\dir", "a|b", "`a|b`", "costs $5", "if a < b", "{{ x }}", "[open", "two  blanks", "line\nbreak", "*em*", "a_b",
    "yes", "no", "off", "1.10", "0755", "2021-05-20", "null", "~", "12:30", "1e5", "0x1F", "1_000", "#5", "a: b", "- x",
    '"q"', "it's", "a, b", "&amp;", "<b>t</b>", "https://a.b/c?d=1|2", "!x", "@y", "%z", "tab\there", "", "true", "=",
]  # fmt: skip


class Trial(NamedTuple):
    """A file with a table, what it holds by row and column, and how it is named."""

    name: str
    text: str
    header: list[str]
    rows: list[list[str]]
    options: str


class Edited(NamedTuple):
    """An edit: the rows of cells after it, the rows of values, and the lines of the file that it may take out."""

    cells: list[list[str]]
    values: list[list[str]]
    lines: int


def run_many(run: Callable[[int, Path], str]) -> int:
    """Run as many trials as the command line says, from a seed on, and count what came of them."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    outcomes = Counter[str]()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        for number in range(count):
            outcomes[run(seed * 1_000_000 + number, Path(folder))] += 1
            if number % 5000 == 4999:
                print(number + 1, dict(outcomes), flush=True)
    print(dict(outcomes))
    return 0


def run(seed: int, folder: Path) -> str:
    """Run one trial; return "pulled", or "refused" after checking that nothing changed."""
    chance = random.Random(seed)
    trial = random_file(chance)
    data, document = folder / trial.name, folder / "a.md"
    data.write_bytes(trial.text.encode())
    (folder / "mdtables.toml").touch()
    source = f"{trial.name}#t" if trial.name.endswith(".toml") else trial.name
    document.write_text(f"<!-- TABLE_GENERATE_START source={source} {trial.options} -->\n<!-- TABLE_GENERATE_END -->\n")
    fixed = start(str(folder)).check(str(document), document.read_bytes())
    assert not fixed.failed, (seed, trial, fixed.diagnostics)
    edited = random_edit(chance, trial)
    document.write_text(with_rows(fixed.new, trial, edited.cells))
    pulled, outcomes = pull([str(document)], start(str(folder)), write=True)
    after = data.read_bytes().decode()
    why = (seed, trial.text, edited, after, [o.diagnostics for o in outcomes])
    if not pulled:
        assert after == trial.text, why
        found = [problem for outcome in outcomes for problem in outcome.diagnostics if problem.is_error]
        assert found or edited.values == trial.rows, why
        assert all(_is_right_refusal(problem.message, trial, edited) for problem in found), why
        return "refused" if found else "nothing to pull"
    check(trial, edited, after, why)
    assert not start(str(folder)).check(str(document), document.read_bytes()).stale, why
    return "pulled"


def _is_right_refusal(message: str, trial: Trial, edited: Edited) -> bool:
    """Return True if a refusal has one of the few reasons that such an edit can have, and this one has it."""
    keys = [[row[0] for row in rows] for rows in (trial.rows, edited.values)]
    if "no column identifies rows uniquely" in message:
        return any(len(set(each)) < len(each) for each in keys)
    if "would remove all rows" in message:
        return set(keys[0]).isdisjoint(keys[1])
    has_twice = len(set(keys[1])) < len(keys[1])  # which a mapping cannot have
    return "cannot be edited in place" in message and has_twice and "key=id" in trial.options


def check(trial: Trial, edited: Edited, after: str, why: object) -> None:
    if trial.name.endswith("csv"):
        header, *rows = csv.reader(io.StringIO(after, newline=""))
        assert header == trial.header, why
        assert len(rows) == len(edited.values), why
        for row, values in zip(rows, edited.values, strict=True):
            is_new = values[0] not in {old[0] for old in trial.rows}
            assert blanks(row) == blanks(values) or (is_new and shown(row, trial) == shown(values, trial)), why
    else:
        for load in _readers(trial.name):
            check_objects(load(trial.text), load(after), trial, edited, (load, why))
    old_lines, new_lines = trial.text.splitlines(True), after.splitlines(True)
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    gone = sum(old_end - old for op, old, old_end, *_ in matcher.get_opcodes() if op in ("replace", "delete"))
    if len(old_lines) == len(new_lines):  # among equal rows, a line may have been matched with another one's
        gone = min(gone, sum(old != new for old, new in zip(old_lines, new_lines, strict=True)))
    is_one_line = "[{" in trial.text or trial.text.startswith("{")  # a list in brackets
    assert gone <= edited.lines + is_one_line + (not trial.text.endswith("\n")), why


def blanks(values: list[str]) -> list[str]:
    """Return values with runs of blanks as one: which of two blanks an edit replaced cannot be told."""
    return [re.sub("[ \t]+", " ", value) for value in values]


def shown(values: list[str], trial: Trial) -> list[str]:
    """Return values as cells: a new row may be spelled in any way that gives them."""
    return [encode(value, "text" if "cells=text" in trial.options else "markdown") for value in values]


def _readers(name: str) -> list[Callable[[str], Any]]:
    """Return other readers of a file than mdtables."""
    if name.endswith(".json"):
        return [json.loads]
    if name.endswith(".jsonl"):
        return [lambda text: [json.loads(line) for line in text.split("\n") if line.strip()]]
    return [lambda text: tomllib.loads(text)["t"]] if name.endswith(".toml") else [_ruamel, yaml.safe_load]


def _ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def check_objects(old: Any, new: Any, trial: Trial, edited: Edited, why: object) -> None:
    """Check that rows that stayed hold the very same objects, and that every new text is a text."""
    before, after = objects(old, trial), objects(new, trial)
    assert len(after) == len(edited.values), why
    keys = Counter(row[0] for row in trial.rows)
    known = {row[0]: (row, objects_of) for row, objects_of in zip(trial.rows, before, strict=True)}
    for values, row in zip(edited.values, after, strict=True):
        as_was, were = known.get(values[0], (None, None))
        if as_was is None:
            like = [trial.rows.index(r) for r in trial.rows if sum(a == b for a, b in zip(r, values, strict=True)) > 1]
            as_was, were = (trial.rows[like[0]], before[like[0]]) if len(like) == 1 else (None, None)
        for column, (value, found) in enumerate(zip(values, row, strict=True)):
            if keys[values[0]] > 1:  # which of the rows this one was cannot be told
                assert not isinstance(found, str) or blanks(shown([found], trial)) == blanks(shown([value], trial)), why
            elif as_was and were and as_was[column] == value:
                assert (type(found), found) == (type(were[column]), were[column]), (column, why)
            elif isinstance(found, str):
                new = shown([found], trial) == shown([value], trial) and not keys[values[0]]
                assert blanks([found.removesuffix("\n")]) == blanks([value]) or new, (column, found, why)
            elif found is None:
                assert value == "", (column, found, why)
            else:
                kinds = {type(each[column]) for each in before}
                assert type(found) in kinds or (isinstance(found, int | float) and kinds & {int, float}), (found, why)


def objects(data: Any, trial: Trial) -> list[list[Any]]:
    if isinstance(data, dict):
        return [[key, *(row.get(name) for name in trial.header[1:])] for key, row in data.items()]
    if isinstance(data[0], list):
        return list(data[1:])
    return [[row.get(name) for name in trial.header] for row in data]


def with_rows(text: str, trial: Trial, rows: list[list[str]]) -> str:
    """Return a fixed document with other rows in its table."""
    lines = text.split("\n")
    top = next(index for index, line in enumerate(lines) if line.startswith("|"))
    bottom = top + 2 + len(trial.rows)
    return "\n".join([*lines[: top + 2], *(f"| {' | '.join(row)} |" for row in rows), *lines[bottom:]])


def random_value(chance: random.Random) -> str:
    if chance.random() < 0.35:
        return chance.choice(ODD)
    return " ".join(chance.choices(WORDS, k=chance.randint(1, 3)))


def random_file(chance: random.Random) -> Trial:
    header = ["id", "b", "c d"][: chance.randint(2, 3)]
    rows = []
    for number in range(chance.randint(1, 5)):
        key = f"r{number}" if chance.random() < 0.8 else chance.choice([f"{number + 5}", f"k {number}", f"no{number}"])
        rows.append([key, *(random_value(chance) for _ in header[1:])])
    if chance.random() < 0.1 and len(rows) > 1:
        rows[1] = list(rows[0])
    options = chance.choice(["", "", "cells=text", "style=compact"])
    kind = chance.random()
    if kind < 0.35:
        return _csv(chance, header, rows, options)
    if kind < 0.5:
        return _json(chance, header, rows, options)
    if kind < 0.65:
        return _toml(chance, header, rows, options)
    return _yaml(chance, header, rows, options)


def _csv(chance: random.Random, header: list[str], rows: list[list[str]], options: str) -> Trial:
    ending = chance.choice(["\n", "\r\n"])
    quoted = chance.random() < 0.3

    def field(value: str) -> str:
        if quoted or any(c in value for c in ',"\r\n') or value != value.strip() or chance.random() < 0.1:
            return '"' + value.replace('"', '""') + '"'
        return value

    lines = [",".join(map(field, row)) for row in [header, *rows]]
    text = ending.join(lines) + chance.choice(["", ending])
    return Trial("d.csv", text, header, rows, options)


def _json(chance: random.Random, header: list[str], rows: list[list[str]], options: str) -> Trial:
    objects = [dict(zip(header, map(_typed, row), strict=True)) for row in rows]
    ascii_only = chance.random() < 0.5
    if chance.random() < 0.3:
        lines = [json.dumps(each, ensure_ascii=ascii_only) for each in objects]
        return Trial("d.jsonl", "\n".join(lines) + chance.choice(["\n", ""]), header, rows, options)
    data: Any = objects
    if chance.random() < 0.3 and len({row[0] for row in rows}) == len(rows):
        data = {row[0]: dict(list(each.items())[1:]) for row, each in zip(rows, objects, strict=True)}
        options = f"{options} key=id"
    return Trial(
        "d.json",
        json.dumps(data, indent=chance.choice([None, 1, 2, "\t"]), ensure_ascii=ascii_only),
        header,
        rows,
        options,
    )


def _typed(value: str) -> Any:
    """Return a value as JSON has it: what is spelled like a number or a word is one."""
    words = {"true": True, "1.10": 1.1, "2024": 2024}
    return words[value] if value in words and json.dumps(words[value]) == value else value


def _toml(chance: random.Random, header: list[str], rows: list[list[str]], options: str) -> Trial:
    note = " # note" if chance.random() < 0.3 else ""

    def scalar(value: str) -> str:
        if (
            value == "true"
            or re.fullmatch(r"[1-9]\d*(_\d+)*|0x1F|1\.10|1e5", value)
            or re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        ):
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return f"'{value}'" if chance.random() < 0.5 and value.isprintable() and "'" not in value else quoted

    keys = [name if re.fullmatch(r"\w+", name) else f'"{name}"' for name in header]
    shape = chance.choice(["tables", "tables", "inline", "named"])
    if shape == "named" and len({row[0] for row in rows}) < len(rows):
        shape = "tables"
    lines = ["# head", ""] if chance.random() < 0.3 else []
    if shape == "inline":
        inner = [
            "{ " + ", ".join(f"{key} = {scalar(value)}" for key, value in zip(keys, row, strict=True)) + " }"
            for row in rows
        ]
        lines.append(
            f"t = [{', '.join(inner)}]" if chance.random() < 0.5 else "t = [\n  " + ",\n  ".join(inner) + ",\n]"
        )
    for row in rows if shape != "inline" else ():
        pairs = [f"{key} = {scalar(value)}{note}" for key, value in zip(keys, row, strict=True)]
        lines += (
            [f"[t.{json.dumps(row[0], ensure_ascii=False)}]", *pairs[1:]] if shape == "named" else ["[[t]]", *pairs]
        )
        lines += chance.choice([[], [""], ["# between"]])
    options = f"{options} key=id" if shape == "named" else options
    return Trial("d.toml", "\n".join(lines) + "\n", header, rows, options)


def _yaml(chance: random.Random, header: list[str], rows: list[list[str]], options: str) -> Trial:
    shape = chance.choice(["mappings", "mappings", "named", "lists", "flow", "flow rows", "dashes"])
    if shape == "named":
        keys = Counter(row[0] for row in rows)
        if max(keys.values()) > 1:
            shape = "mappings"
    flow = shape.startswith("flow") or shape == "lists"
    for row in rows:  # what a plain null is to this reader is what an empty cell shows
        row[:] = [value if value not in ("null", "~") else "none" for value in row]
    scalars = [[_scalar(chance, value, flow=flow) for value in row] for row in rows]
    note = "  # note" if chance.random() < 0.3 else ""
    names = [f'"{name}"' if chance.random() < 0.1 else name for name in header]
    lines = ["# head"] if chance.random() < 0.3 else []
    if shape == "flow":
        inner = ", ".join("{" + ", ".join(map(": ".join, zip(names, row, strict=True))) + "}" for row in scalars)
        lines.append(f"[{inner}]")
    elif shape == "flow rows":
        lines += ["- {" + ", ".join(map(": ".join, zip(names, row, strict=True))) + "}" + note for row in scalars]
    elif shape == "lists":
        lines += [f"- [{', '.join(row)}]{note}" for row in [names, *scalars]]
    else:
        for row in scalars:
            pairs = [f"{name}: {value}" for name, value in zip(names, row, strict=True)]
            if shape == "named":
                lines += [f"{row[0]}:{note}", *(f"  {pair}" for pair in pairs[1:])]
            else:
                dash = ["-"] if shape == "dashes" else []
                first = f"  {pairs[0]}" if dash else f"- {pairs[0]}"
                lines += [*dash, first + ("" if "|\n" in first else note), *(f"  {pair}" for pair in pairs[1:])]
            lines += chance.choice([[], [], ["# between"], [""]])
    text = "\n".join(lines) + "\n"
    if shape == "named":
        options = f"{options} key=id"
    return Trial("d.yaml", text, header, rows, options)


def _scalar(chance: random.Random, value: str, *, flow: bool) -> str:
    """Spell a value: plain where that gives this text to mdtables, or in quotes, or as a block."""
    if not flow and "\n" in value and chance.random() < 0.5:
        return "|-\n" + "\n".join(f"    {line}" for line in value.split("\n"))
    if chance.random() < 0.5 and re.fullmatch(r"[\w.][\w. -]*[\w.]|\w", value) and "  " not in value:
        return value
    if chance.random() < 0.5 and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    text = "".join({"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}.get(c, c) for c in value)
    return f'"{text}"'


def random_edit(chance: random.Random, trial: Trial) -> Edited:
    mode = "text" if "cells=text" in trial.options else "markdown"
    values = [list(row) for row in trial.rows]
    cells = [[encode(value, mode) for value in row] for row in values]  # type: ignore[arg-type]
    lines = 0
    for _ in range(chance.randint(1, 3)):
        kind = chance.random()
        row = chance.randrange(len(values)) if values else -1
        if kind < 0.6 and row >= 0:
            column = chance.randrange(len(trial.header)) if chance.random() < 0.2 else len(trial.header) - 1
            lines += values[row][column].count("\n") + 1
            lines += 3 if column == 0 else 0  # a row with another key may be another row
            _edit_cell(chance, values[row], cells[row], column, mode)
        elif kind < 0.8 or row < 0:
            new = [f"new{chance.randrange(1000)}", *(chance.choice(WORDS) for _ in trial.header[1:])]
            at = chance.randint(0, len(values))
            values.insert(at, new)
            cells.insert(at, list(new))
        else:
            lines += sum(value.count("\n") + 1 for value in values[row]) + 3
            del values[row], cells[row]
    return Edited(cells, values, lines)


def _edit_cell(chance: random.Random, values: list[str], cells: list[str], column: int, mode: str) -> None:
    """Replace a word that the value and its cell have once, or the whole cell by words."""
    value, cell = values[column], cells[column]
    words = [word for word in re.findall(r"[^\W\d_]{3,}", value) if value.count(word) == cell.count(word) == 1]
    new = chance.choice(["other", "Ünrelated", "two words", "none", "no", "1.20", "2024"])
    if words and "://" not in value and chance.random() < 0.8:
        word = chance.choice(words)
        values[column], cells[column] = value.replace(word, new), cell.replace(word, new)
    else:
        values[column] = cells[column] = new


if __name__ == "__main__":
    sys.exit(run_many(run))
