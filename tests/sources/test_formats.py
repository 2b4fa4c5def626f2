"""Every format of the registry through the same tests: what a table looks like in it is all that differs.

A new format is one more entry of SAMPLES; `test_every_format_has_a_sample` fails without it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
import yaml

from mdtables.model.errors import MdtablesError
from mdtables.model.option_values import Column, Source
from mdtables.model.options import SPECS, Options
from mdtables.model.table import LIST_SEPARATOR, Changes, Table
from mdtables.pipelines.pull import is_applied
from mdtables.sources import FORMATS, FRONT_MATTER, NEW_FILES, Format

TEXTS = [
    "007",
    "1.10",
    "1e5",
    "2021-05-20",
    "no",
    "NA",
    "é ☃ 日本",
    "a, b: c",
    'say "hi"',
    "it's",
    "C:\\dir",
    "- x",
    "{y}",
]


class Sample(NamedTuple):
    """How a format writes rows of two columns, and what another reader makes of a file: a list of mappings."""

    write: Callable[[Sequence[Mapping[str, str]]], str]
    read: Callable[[str], Any]
    header_only: str = ""
    repeated: str = ""
    nested: Callable[[int], str] | None = None
    part: str = ""


def as_csv(rows: Sequence[Mapping[str, str]], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def as_toml(rows: Sequence[Mapping[str, str]]) -> str:
    return "\n".join(
        "[[rows]]\n" + "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in row.items())
        for row in rows
    )


def as_yaml(rows: Sequence[Mapping[str, str]]) -> str:
    return yaml.safe_dump([dict(row) for row in rows], allow_unicode=True, sort_keys=False)


def as_json(rows: Sequence[Mapping[str, str]]) -> str:
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2) + "\n"


def as_lines(rows: Sequence[Mapping[str, str]]) -> str:
    return "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows)


def from_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


CSV = Sample(as_csv, lambda text: list(csv.DictReader(io.StringIO(text, newline=""))), "a,b\n", "a,a\n1,2\n")
TSV = Sample(
    lambda rows: as_csv(rows, "\t"),
    lambda text: list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")),
    "a\tb\n",
    "a\ta\n1\t2\n",
)
YAML = Sample(as_yaml, yaml.safe_load, "[]\n", "- {a: 1, a: 2}\n", lambda n: "[" * n + "]" * n)
JSON = Sample(as_json, json.loads, "[]\n", '[{"a": 1, "a": 2}]\n', lambda n: "[" * n + "]" * n)
LINES = Sample(as_lines, from_lines, "", '{"a": 1, "a": 2}\n', lambda n: '{"a": ' * n + "1" + "}" * n + "\n")
TOML = Sample(
    as_toml,
    lambda text: tomllib.loads(text)["rows"],
    "rows = []\n",
    "[[rows]]\na = 1\na = 2\n",
    lambda n: "rows = " + "[" * n + "]" * n,
    part="rows",
)
SAMPLES = {
    **dict.fromkeys((".csv",), CSV),
    ".tsv": TSV,
    ".yaml": YAML,
    ".yml": YAML,
    ".json": JSON,
    ".jsonl": LINES,
    ".ndjson": LINES,
    ".toml": TOML,
}
each_format = pytest.mark.parametrize("suffix", SAMPLES)
each_tree = pytest.mark.parametrize("suffix", [suffix for suffix, sample in SAMPLES.items() if sample.nested])


def options_for(suffix: str, **values: Any) -> Options:
    part = SAMPLES[suffix].part
    return Options(source=Source(f"d{suffix}", (part,) if part else ()), **values)


def read(suffix: str, text: str | bytes, **values: Any) -> Table:
    data = text.encode() if isinstance(text, str) else text
    return FORMATS[suffix].load().read(data, f"d{suffix}", options_for(suffix, **values), None)


def edit(suffix: str, text: str, changes: Changes, **values: Any) -> str:
    return FORMATS[suffix].load().edit(text.encode(), f"d{suffix}", options_for(suffix, **values), changes).decode()


def rows_of(count: int) -> list[dict[str, str]]:
    return [{"a": f"row {number}", "b": TEXTS[number % len(TEXTS)]} for number in range(count)]


def refused(call: Callable[[], object]) -> str:
    """Return the code and the place of the first diagnostic."""
    with pytest.raises(MdtablesError) as error:
        call()
    found = error.value.diagnostics[0]
    assert found.message
    return f"{found.code} {found.at}"


def all_used(table: Table) -> None:
    """Raise MdtablesError if a column cannot be used."""
    if table.unusable:
        raise MdtablesError(*(found for problems in table.unusable.values() for found in problems))


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMATS)


@each_format
def test_text_is_read_as_it_is_written(suffix: str) -> None:
    table = read(suffix, SAMPLES[suffix].write(rows_of(len(TEXTS))))
    assert list(table.header) == ["a", "b"]
    assert [row[1] for row in table.rows] == TEXTS


@each_format
def test_lines_are_those_of_the_rows(suffix: str) -> None:
    text = SAMPLES[suffix].write(rows_of(4))
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "row " in line]
    at_or_above = {".json": 1, ".toml": 1}.get(suffix, 0)  # a row begins with its bracket or header
    assert [line + at_or_above for line in read(suffix, text).lines] == lines


@each_format
def test_a_byte_order_mark_is_no_text(suffix: str) -> None:
    text = "\ufeff" + SAMPLES[suffix].write(rows_of(2))
    assert list(read(suffix, text).header) == ["a", "b"]
    edited = edit(suffix, text, Changes({(0, 1): "new"}, [], []))
    assert edited[0] == "\ufeff"
    assert edited.count("\ufeff") == 1


@each_format
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff\xfe\0\0", "source-encoding"),
        ("a: 1\n".encode("utf-16"), "source-encoding"),
        (b"a\xff", "source-encoding"),
        (b"a\0b", "nul"),
        (b"<<<<<<< a\n=======\n>>>>>>> b\n", "conflict"),
    ],
)
def test_what_is_no_text_is_refused(suffix: str, data: bytes, place: str) -> None:
    assert refused(lambda: read(suffix, data)).startswith(f"{place} d{suffix}")


@each_format
def test_an_empty_file_is_refused(suffix: str) -> None:
    with pytest.raises(MdtablesError):
        all_used(read(suffix, ""))  # JSON Lines without a line are a list without an item, which has no columns


@each_format
def test_rows_can_be_missing(suffix: str) -> None:
    assert not read(suffix, SAMPLES[suffix].header_only).rows


@each_format
def test_a_repeated_name_is_refused(suffix: str) -> None:
    with pytest.raises(MdtablesError):
        all_used(read(suffix, SAMPLES[suffix].repeated))


@each_tree
@pytest.mark.parametrize("depth", [1_000, 200_000])
def test_hostile_nesting_is_refused_quickly(suffix: str, depth: int) -> None:
    nested = SAMPLES[suffix].nested
    assert nested
    depth = min(depth, 10_000) if suffix in (".yaml", ".yml") else depth  # PyYAML may be without libyaml
    start = time.monotonic()
    with pytest.raises(MdtablesError):
        all_used(read(suffix, nested(depth)))
    assert time.monotonic() - start < 10  # a second on an idle machine; for ever if it were quadratic


@each_format
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_span_of_a_value_is_where_an_edit_of_it_changes_the_file(suffix: str, mark: str) -> None:
    text = mark + SAMPLES[suffix].write(rows_of(len(TEXTS)))
    for row in range(len(TEXTS)):
        for column in range(2):
            span = FORMATS[suffix].load().span(text.encode(), f"d{suffix}", options_for(suffix), row, column)
            edited = edit(suffix, text, Changes({(row, column): "<changed>"}, [], []))
            assert edited.startswith(text[: span[0]])
            assert edited.endswith(text[span[1] :])
            assert "<changed>" in edited[span[0] : len(edited) - len(text) + span[1]]


@each_format
def test_an_edit_changes_one_value_and_no_other_byte(suffix: str) -> None:
    sample, rows = SAMPLES[suffix], rows_of(len(TEXTS))
    text = sample.write(rows)
    for number, value in enumerate([*TEXTS[1:], "x"]):
        edited = edit(suffix, text, Changes({(number, 1): value}, [], []))
        assert [list(row.values()) for row in sample.read(edited)] == [
            [row["a"], value if index == number else row["b"]] for index, row in enumerate(rows)
        ]
        before, after = text.split("\n"), edited.split("\n")
        assert len(before) == len(after)
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


@each_format
def test_rows_are_added_and_removed(suffix: str) -> None:
    sample, rows = SAMPLES[suffix], rows_of(4)
    changes = Changes({}, [1], [(-1, ["first", "1"]), (2, ["new", 'a "b"']), (2, ["next", "-"]), (3, ["last", "2"])])
    edited = sample.read(edit(suffix, sample.write(rows), changes))
    values = [list(row.values()) for row in edited]
    kept = [list(row.values()) for row in rows]
    assert [[str(each) for each in row] for row in values] == [
        ["first", "1"],
        kept[0],
        kept[2],
        ["new", 'a "b"'],
        ["next", "-"],
        kept[3],
        ["last", "2"],
    ]


@each_format
def test_an_edit_reads_back_as_itself(suffix: str) -> None:
    text = SAMPLES[suffix].write(rows_of(5))
    table = read(suffix, text)
    changes = Changes({(0, 0): "x", (4, 1): ""}, [2], [(3, ["y", "z"])])
    assert is_applied(read(suffix, edit(suffix, text, changes)), table, changes, ", ")


@pytest.mark.parametrize("name", NEW_FILES)
def test_what_is_written_reads_back(name: str) -> None:
    suffix = f".{name}"
    table = Table(["a", "b c"], [[f"{number}", text] for number, text in enumerate(TEXTS)])
    data = FORMATS[suffix].load().write(table)
    again = read(suffix, data)
    assert (list(again.header), list(map(list, again.rows))) == (table.header, table.rows)
    assert [list(row.values()) for row in SAMPLES[suffix].read(data.decode())] == table.rows


@pytest.mark.slow
@pytest.mark.parametrize("suffix", sorted({found.module: suffix for suffix, found in FORMATS.items()}.values()))
def test_fifty_megabytes_are_read(suffix: str) -> None:
    count = {".toml": 20_000, ".yml": 50_000}.get(suffix, 300_000)
    text = SAMPLES[suffix].write([{"a": f"{number}", "b": "x" * (50_000_000 // count)} for number in range(count)])
    assert len(read(suffix, text).rows) == count


# --- what formats of nested values have in common ---------------------------------------------------------------------

NESTED = {
    ".yaml": "- name: a\n  n: {x: 1, 'y.z': 2}\n  tags: [p, q]\n  by: [{who: A}, {who: B}]\n- name: b\n  tags: []\n",
    ".json": '[{"name": "a", "n": {"x": 1, "y.z": 2}, "tags": ["p", "q"], "by": [{"who": "A"}, {"who": "B"}]},\n'
    ' {"name": "b", "tags": []}]\n',
    ".jsonl": '{"name": "a", "n": {"x": 1, "y.z": 2}, "tags": ["p", "q"], "by": [{"who": "A"}, {"who": "B"}]}\n'
    '{"name": "b", "tags": []}\n',
    ".toml": '[[rows]]\nname = "a"\nn = {x = 1, "y.z" = 2}\ntags = ["p", "q"]\nby = [{who = "A"}, {who = "B"}]\n'
    '\n[[rows]]\nname = "b"\ntags = []\n',
}
each_nested = pytest.mark.parametrize("suffix", NESTED)
DOTTED = SPECS["columns"].parse("name, n.x, n.'y.z', tags, tags.1, by.who, by.1.who")


@each_nested
def test_dotted_names_reach_into_nested_values(suffix: str) -> None:
    table = read(suffix, NESTED[suffix], columns=DOTTED)
    shown = {name: [row[index] for row in table.rows] for index, name in enumerate(table.header)}
    assert {name: shown[name] for name in ("n.x", "n.'y.z'", "tags", "tags.1", "by.who", "by.1.who")} == {
        "n.x": ["1", None],
        "n.'y.z'": ["2", None],
        "tags": ["p" + LIST_SEPARATOR + "q", ""],
        "tags.1": ["q", None],
        "by.who": ["A" + LIST_SEPARATOR + "B", None],
        "by.1.who": ["B", None],
    }


@each_nested
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("n.x", "7", {"n": {"x": 7, "y.z": 2}}),
        ("n.'y.z'", "text", {"n": {"x": 1, "y.z": "text"}}),
        ("tags", "p, new, q", {"tags": ["p", "new", "q"]}),
        ("tags", "q", {"tags": ["q"]}),
        ("tags", "p, q, r, s", {"tags": ["p", "q", "r", "s"]}),
        ("tags.1", "z", {"tags": ["p", "z"]}),
        ("by.who", "A, C", {"by": [{"who": "A"}, {"who": "C"}]}),
        ("by.1.who", "D", {"by": [{"who": "A"}, {"who": "D"}]}),
    ],
)
def test_an_edit_of_a_nested_value_keeps_all_others(
    suffix: str, name: str, value: str, expected: dict[str, object]
) -> None:
    read_by_others = SAMPLES[suffix].read
    columns = (Column(name, name),)
    table = read(suffix, NESTED[suffix], columns=columns)
    edited = edit(
        suffix, NESTED[suffix], Changes({(0, list(table.header).index(name)): value}, [], []), columns=columns
    )
    before = read_by_others(NESTED[suffix])
    assert read_by_others(edited) == [before[0] | expected, before[1]]


@each_nested
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("tags", "p,q", "it is not clear where elements end"),
        ("by.who", "A", "a list of 2 mappings, to which 1 values were written"),
    ],
)
def test_an_edit_of_a_list_that_is_in_doubt_is_refused(suffix: str, name: str, value: str, message: str) -> None:
    columns = (Column(name, name),)
    table = read(suffix, NESTED[suffix], columns=columns)
    with pytest.raises(MdtablesError, match=re.escape(message)):
        edit(suffix, NESTED[suffix], Changes({(0, list(table.header).index(name)): value}, [], []), columns=columns)


@each_nested
def test_a_dotted_name_into_a_single_value_is_refused_at_its_row(suffix: str) -> None:
    columns = SPECS["columns"].parse("name, n.x")
    text = {
        ".yaml": "- {name: a, n: {x: 1}}\n- {name: b, n: text}\n",
        ".toml": '[[rows]]\nname = "a"\nn = {x = 1}\n[[rows]]\nname = "b"\nn = "text"\n',
        ".json": '[{"name": "a", "n": {"x": 1}},\n{"name": "b", "n": "text"}]',
        ".jsonl": '{"name": "a", "n": {"x": 1}}\n{"name": "b", "n": "text"}\n',
    }[suffix]
    table = read(suffix, text, columns=columns)
    (found,) = table.unusable[list(table.header).index("n.x")]
    assert found.at.line == (4 if suffix == ".toml" else 2)
    assert found.message == '"n.x" leads into a single value'


def test_front_matter_is_a_row() -> None:
    module: Format = FRONT_MATTER
    data = b"---\ntitle: T\ntags: [a]\n---\n# H\n"
    table = module.load().read(data, "a.md", Options(), None)
    assert (list(table.header), [list(row) for row in table.rows], list(table.lines)) == (
        ["title", "tags"],
        [["T", "a"]],
        [1],
    )
    edited = module.load().edit(data, "a.md", Options(), Changes({(0, 1): "a, b"}, [], []))
    assert edited == b"---\ntitle: T\ntags: [a, b]\n---\n# H\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [[]]),
        ("# H\n", [[]]),
        ("---\n---\n", [[]]),
        ("---\n\n# a rule above\n", [[]]),
        ("---\na: |\n  x\n  ---\n  y\n---\n", [["x\n---\ny\n"]]),
        ("+++\r\na = 1_0\r\n+++\r\n", [["1_0"]]),
        ("\ufeff---\na: 1\n...\n", [["1"]]),
    ],
)
def test_front_matter_ends_where_other_tools_end_it(text: str, rows: list[list[str]]) -> None:
    table = FRONT_MATTER.load().read(text.encode(), "a.md", Options(), None)
    assert [list(row) for row in table.rows] == rows


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("---\ntitle: T\n\n# H\n", "source-syntax a.md:1"),
        ("---\na:\n\tb: 1\n---\n", "source-syntax a.md:3"),
        ("---\n- a\n---\n", "source-shape a.md:2"),
        ("+++\na = \n+++\n", "source-syntax a.md:2"),
    ],
)
def test_wrong_front_matter_is_refused_at_its_line(text: str, place: str) -> None:
    assert refused(lambda: FRONT_MATTER.load().read(text.encode(), "a.md", Options(), None)).startswith(place)


# --- lists: what was not edited stays, with its type and its comment --------------------------------------------------

LISTS = {
    ".yaml": ("- k: a\n  l: [x, 1, 2.5, y]\n", "- k: a\n  l: [{}]\n"),
    ".json": ('[{"k": "a", "l": ["x", 1, 2.5, "y"]}]\n', '[{"k": "a", "l": [{}]}]\n'),
    ".toml": ('[[rows]]\nk = "a"\nl = ["x", 1, 2.5, "y"]\n', '[[rows]]\nk = "a"\nl = [{}]\n'),
}


@pytest.mark.parametrize("suffix", LISTS)
@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        ("n, x, 1, 2.5, y", ["n", "x", 1, 2.5, "y"]),
        ("x, 1, y", ["x", 1, "y"]),
        ("1, 2.5", [1, 2.5]),
        ("n, x, 1, y, m", ["n", "x", 1, "y", "m"]),
        ("2.5", [2.5]),
        ("x, 1, m, 2.5, y", ["x", 1, "m", 2.5, "y"]),
        ("", []),
    ],
)
def test_elements_that_were_not_edited_are_not_touched(suffix: str, edited: str, expected: list[object]) -> None:
    after = edit(suffix, LISTS[suffix][0], Changes({(0, 1): edited}, [], []))
    ((_, values),) = (row.values() for row in SAMPLES[suffix].read(after))
    assert [(type(value), value) for value in values] == [(type(value), value) for value in expected]


def test_lines_of_a_block_list_keep_their_comments() -> None:
    text = "- k: a\n  l:\n  - x # one\n  # between\n  - y # two\n  - 3 # three\n"
    assert edit(".yaml", text, Changes({(0, 1): "y, 3"}, [], [])) == (
        "- k: a\n  l:\n  # between\n  - y # two\n  - 3 # three\n"
    )
    assert edit(".yaml", text, Changes({(0, 1): "new, x, y, more, 3"}, [], [])) == (
        "- k: a\n  l:\n  - new\n  - x # one\n  # between\n  - y # two\n  - more\n  - 3 # three\n"
    )


@pytest.mark.parametrize(
    ("suffix", "text", "message"),
    [
        (".json", '[{"k": "a", "l": ["x", null, "y"]}]', "a list with a missing value in it"),
        (".yaml", "- {k: a, l: [x, ~, y]}\n", "a list with a missing value in it"),
        (".toml", '[[rows]]\nk = "a"\nl = ["x", "y", # why\n "z"]\n', "there is a comment in this list"),
        (".json", '[{"k": "a", "l": ["x y", "z"]}]', "an element of this list contains"),
    ],
)
def test_lists_in_which_something_would_be_lost_are_refused(suffix: str, text: str, message: str) -> None:
    with pytest.raises(MdtablesError, match=message):
        edit(suffix, text, Changes({(0, 1): "x"}, [], []), list=" ")


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_value_in_the_place_of_null_is_a_single_one(suffix: str) -> None:
    text = '{"a": null, "l": ["p"], "b": 1}\n'
    assert SAMPLES[suffix].read(edit(suffix, text, Changes({(0, 1): "x"}, [], [(2, ["n", "v"])]))) == {
        "a": "x",
        "l": ["p"],
        "b": 1,
        "n": "v",
    }


@pytest.mark.parametrize(
    ("suffix", "text"),
    [(".json", '[{"k": 1, "a": {"b": null}}]'), (".yaml", "- {k: 1, a: {b: }}\n"), (".yaml", "- k: 1\n  a:\n    b:\n")],
)
def test_an_empty_value_under_a_dotted_name_can_be_filled(suffix: str, text: str) -> None:
    columns = (Column("k", "k"), Column("a.b", "a.b"))
    after = edit(suffix, text, Changes({(0, 2): "x"}, [], []), columns=columns)
    assert SAMPLES[suffix].read(after) == [{"k": 1, "a": {"b": "x"}}]


# --- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "text", "columns", "line"),
    [
        (".toml", "a = 1\nb = " + "1" * 4301, (), 2),
        (".toml", ".".join(["a"] * 200_000) + " = 1", (), 1),
        (".jsonl", "x\n" * 100_000, (), 1),
        (
            ".yaml",
            "a: &a {m: ["
            + "{n: x}, " * 10
            + "]}\n"
            + "".join(f"{b}: &{b} {{m: [{f'*{a}, ' * 10}]}}\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
            + "rows: [{z: *h}]\n",
            (Column("z.m.m.m.m.m.m.m.m.n", "x"),),
            9,
        ),
    ],
    ids=["digits", "dots", "lines", "aliases"],
)
def test_hostile_data_is_refused_quickly_at_its_line(
    suffix: str, text: str, columns: tuple[Column, ...], line: int
) -> None:
    part = {".toml": (), ".yaml": ("rows",)}.get(suffix, ())
    options = Options(source=Source(f"d{suffix}", part), columns=columns)
    start = time.monotonic()
    with pytest.raises(MdtablesError) as error:
        all_used(FORMATS[suffix].load().read(text.encode(), f"d{suffix}", options, None))
    assert time.monotonic() - start < 10
    assert error.value.diagnostics[0].at.line == line


@pytest.mark.parametrize(
    ("suffix", "text", "rows"),
    [
        (".jsonl", '{"a": 1}\n' + " " * 300_000 + "\n" + '{"a": 2}\n', 2),
        (".toml", "".join(f"[rows.a{number}]\nx = 1\n" for number in range(30_000)), 30_000),
    ],
    ids=["blank line", "tables"],
)
def test_large_data_is_read_in_linear_time(suffix: str, text: str, rows: int) -> None:
    start = time.monotonic()
    assert len(read(suffix, text).rows) == rows
    assert time.monotonic() - start < 10


def test_both_keys_of_a_dotted_name_may_be_in_quotes() -> None:
    columns = SPECS["columns"].parse("'a.b'.'c.d' as x")
    table = read(".json", '[{"a.b": {"c.d": 1}}]', columns=columns)
    assert [row[-1] for row in table.rows] == ["1"]


def test_conflict_markers_below_front_matter_may_be_an_example() -> None:
    text = "---\ntitle: T\n---\n```\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n```\n"
    assert FRONT_MATTER.load().read(text.encode(), "a.md", Options(), None).rows == [["T"]]
    conflict = "---\n<<<<<<< a\ntitle: T\n=======\ntitle: U\n>>>>>>> b\n---\n"
    assert refused(lambda: FRONT_MATTER.load().read(conflict.encode(), "a.md", Options(), None)) == "conflict a.md:2"


def test_front_matter_may_have_any_line_ends() -> None:
    for ending in ("\r", "\r\n"):
        text = ending.join(["---", "title: T", "---", "# H", ""])
        assert FRONT_MATTER.load().read(text.encode(), "a.md", Options(), None).rows == [["T"]]


@pytest.mark.parametrize(
    ("suffix", "text", "edited", "expected"),
    [
        (".json", '[{"k": "a", "l": ["x", 1]}]', "1, x", [1, "x"]),
        (".json", '[{"k": "a", "l": [5, "7"]}]', "7, 7", [7, "7"]),
        (".json", '[{"k": "a", "l": ["x", 1, true]}]', "true, x, 1", [True, "x", 1]),
        (".yaml", "- k: a\n  l:\n  - a\n  - 2\n  - c\n", "2, a, c", [2, "a", "c"]),
        (".yaml", "- k: a\n  l: [a, '2', 3]\n", "3, 2, a", [3, "2", "a"]),
        (".toml", '[[rows]]\nk = "a"\nl = ["x", 1, true]\n', "1, x, true", [1, "x", True]),
    ],
)
def test_elements_that_move_keep_their_types(suffix: str, text: str, edited: str, expected: list[object]) -> None:
    after = edit(suffix, text, Changes({(0, 1): edited}, [], []))
    ((_, values),) = (row.values() for row in SAMPLES[suffix].read(after))
    assert [(type(value), value) for value in values] == [(type(value), value) for value in expected]


def test_a_comment_of_another_element_stays() -> None:
    text = "- k: a\n  l:\n  - dev # needs review\n  - prod # live\n"
    after = edit(".yaml", text, Changes({(0, 1): "prod, prod"}, [], []))
    assert after == text.replace("dev", "prod")
    with pytest.raises(MdtablesError, match="this element was moved"):
        edit(".yaml", text, Changes({(0, 1): "prod, dev"}, [], []))


@pytest.mark.parametrize(
    ("suffix", "text", "part", "changes"),
    [
        (".toml", "w = { a.v = 1, b.v = 2, a.n = {x = 1}, c.v = 4 }\n", ("w",), Changes({}, [1], [])),
        (".yaml", "- z: 9\n- a: 1\n  b: 2\n- b: 2\n", ("1",), Changes({}, [0], [])),
        (".yaml", "- - z\n- - a\n  - b\n- - b\n", ("1",), Changes({}, [0], [])),
        (
            ".toml",
            'rows = [\n {k="p", w.a = 1, w.b = 2},\n {k="q", w.b = 2},\n]\n',
            ("rows", "0", "w"),
            Changes({}, [0], []),
        ),
    ],
)
def test_a_row_that_shares_its_line_with_something_else_is_not_removed(
    suffix: str, text: str, part: tuple[str, ...], changes: Changes
) -> None:
    options = Options(source=Source(f"d{suffix}", part))
    with pytest.raises(MdtablesError, match="cannot edit"):
        FORMATS[suffix].load().edit(text.encode(), f"d{suffix}", options, changes)


def test_endless_keys_with_escapes_are_refused_quickly() -> None:
    start = time.monotonic()
    refused(lambda: read(".toml", '"\\"".' * 60_000 + "a = 1\n"))
    assert time.monotonic() - start < 10
