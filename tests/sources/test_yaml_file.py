"""Hostile and large YAML files."""

from __future__ import annotations

import time

import pytest
import yaml

from mdtables.model.errors import MdtablesError
from mdtables.model.options import SPECS, Options
from mdtables.model.table import Table
from mdtables.sources.yaml_file import read


def table(text: str, part: str = "") -> Table:
    return read(text.encode(), "d.yaml", Options(source=SPECS["source"].parse(f"d.yaml{part}")))


def alias_bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        alias_bomb(50),
        alias_bomb(50) + "\nrows: [*a50]",
        "[" * 10_000 + "]" * 10_000,
        "{a: " * 10_000 + "}" * 10_000,
        "\n".join(" " * n + "- a:" for n in range(0, 4_000, 2)),
        "- &a [*a]",
        "- ? [complex]\n  : 1",
        "- ? {a: 1}\n  : 1",
        "- &a\n  <<: [*a, *a]",
        "\x07",
        "- \t- x",
        "%YAML 9.9\n---\n- a",
        "- &r {" + ", ".join(f"k{n}: x" for n in range(4000)) + "}\n" + "- *r\n" * 4000,
    ],
    ids=range(13),
)
def test_hostile_yaml_is_rejected_quickly(text: str) -> None:
    """As a whole, or, by a libyaml that reads any depth, where the column with the nested value is used."""
    start = time.monotonic()
    try:
        found = [problem for problems in table(text).unusable.values() for problem in problems]
    except MdtablesError as error:
        found = list(error.diagnostics)
    assert time.monotonic() - start < 5  # at most a second on an idle machine
    assert found
    assert all(problem.at.path == "d.yaml" and problem.message for problem in found)


def test_nested_merges_are_each_done_once() -> None:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n + 1}: &a{n + 1} {{<<: [{', '.join([f'*a{n}'] * 9)}], k{n}: 1}}" for n in range(60)]
    assert len(table("\n".join([*lines, "rows: [*a60]"]), "#rows").header) == 61


def test_alias_can_be_a_row_a_value_or_a_key() -> None:
    made = table("- &row {name: &n x, size: 1}\n- *row\n- {name: *n, *n : 2}\n")
    assert made.header == ["name", "size", "x"]
    assert made.rows == [["x", "1", None], ["x", "1", None], ["x", None, "2"]]


def test_rows_have_line_numbers() -> None:
    assert table("# books\n- a: 1\n  b: 2\n\n- a: 3\n").lines == [2, 5]
    assert table("x:\n  a: 1\ny: {a: 2}\n").lines == [1, 3]


def test_own_keys_win_over_merged_keys() -> None:
    made = table("base: &b {a: 1, b: 2}\nrows:\n  - {b: 9, <<: *b}\n  - {<<: *b, b: 8}\n", "#rows")
    assert [dict(zip(made.header, row, strict=True)) for row in made.rows] == [
        {"b": "9", "a": "1"},
        {"b": "8", "a": "1"},
    ]


def test_values_are_the_same_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "- {a: 007, b: ~, c: '~', <<: {d: no}}\n- {a: , b: null, c: |-\n   x}\n"[:-1].replace("|-\n   x", '"x"')
    fast = table(text)
    monkeypatch.setattr("mdtables.sources.yaml_file.LOADER", yaml.SafeLoader)
    assert table(text) == fast
    assert fast.rows[0] == ["007", None, "~", "no"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_invalid_character_is_reported_on_its_line(loader: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdtables.sources.yaml_file.LOADER", getattr(yaml, loader))
    with pytest.raises(MdtablesError) as error:
        table(f"- a: é{end}- a: 漢\x07{end}")
    assert error.value.diagnostics[0].at.line == 2


def test_value_that_contains_itself_is_an_error_where_it_is_used() -> None:
    found = table("- {a: 1, b: &x {c: *x}}")
    assert list(found.rows) == [["1", None]]
    assert [problem.message for problem in found.unusable[1]] == ['a mapping under "b" instead of a single value']
