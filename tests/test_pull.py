"""The way back: a hand edit in a generated table becomes an edit of its source, and nothing else in it changes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mdtables.model.options import DEFAULTS
from mdtables.model.table import Changes
from mdtables.sources.csv_file import edit, read
from mdtables.workspace import writing
from tests import trials
from tests.conftest import Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]

CSV = b'\xef\xbb\xbfcourse,year,"note",who\r\n"DL for Coders",2021,"a",x\r\nCS50,2007,"b|c",y\r\n\r\nML,2011,"*d*",z'
SHOWN = 'source="d.csv" columns="course as Course, note as Note"'


def edited(
    run: Run, write: Write, data: str | bytes, options: str, *swaps: tuple[str, str], name: str = "d.csv"
) -> Path:
    """A document whose table was generated from this data and then edited by hand."""
    write(name, data)
    document = write("a.md", sourced(options))
    assert run("fix", "a.md").status == 0
    text = document.read_text()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    document.write_text(text)
    assert run("check").status == 2
    return document


def test_cells_and_new_rows_change_only_their_lines_of_the_csv(run: Run, write: Write, tmp_path: Path) -> None:
    swaps = [("b\\|c ", "b\\|e "), ("*d* ", "**q** "), ("| ML ", "| New, one | _x_ |\n| ML ")]
    edited(run, write, CSV, SHOWN, *swaps)
    ran = run("pull")
    assert ran.out.startswith('pulled d.csv\n  row "CS50" (d.csv:3): Note: b\\|c -> b\\|e\n')
    expected = CSV.replace(b'"b|c"', b'"b|e"').replace(b'"*d*"', b'"**q**"')
    expected = expected.replace(b"y\r\n", b'y\r\n"New, one",,"_x_",\r\n')
    assert (tmp_path / "d.csv").read_bytes() == expected
    assert run("check").status == 0
    assert run("pull").err == "no table was edited by hand, nothing to pull\n"


def test_dollar_sign_that_is_escaped_because_of_other_cells_stays_one(run: Run, write: Write, tmp_path: Path) -> None:
    data = "key,a,b\n1,see https://a.b/$x old,US$ 5\n2,$5 old,5$\n"
    edited(run, write, data, "source=d.csv", ("%24x old", "%24x new"), ("&#36;5 old", "&#36;5 new"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == data.replace("old", "new")


def test_missing_value_is_recognised_with_an_escaped_dollar_sign(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.yaml", "- {key: a, b: x$}\n- {key: b, b: }\n- {key: c, b: y$}\n")
    document = write("a.md", sourced('source=d.yaml null="$x"'))
    run("fix")
    text = document.read_text()
    row = next(line for line in text.splitlines() if "&#36;x" in line)
    document.write_text(text.replace(row, f"{row}\n{row.replace('| b ', '| d ')}"))
    assert run("pull").status == 0
    assert "$x" not in (tmp_path / "d.yaml").read_text()
    assert run("check").status == 0


def test_row_added_below_the_last_and_row_removed(run: Run, write: Write, tmp_path: Path) -> None:
    row = "| CS50          | 2007 |\n"
    edited(run, write, "course,year\nDL for Coders,2021\nCS50,2007", "source=d.csv", (row, row + "| ML | 2011 |\n"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "course,year\nDL for Coders,2021\nCS50,2007\nML,2011"
    document = tmp_path / "a.md"
    document.write_text(document.read_text().replace(row, ""))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "course,year\nDL for Coders,2021\nML,2011"
    assert run("check").status == 0


def test_rows_beyond_the_limit_stay(run: Run, write: Write, tmp_path: Path) -> None:
    edited(run, write, "a,b\n1,x\n2,y\n3,z\n", "source=d.csv limit=1", ("| x   |", "| new |"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,new\n2,y\n3,z\n"


def test_renamed_row_keeps_its_line_and_its_comments(run: Run, write: Write, tmp_path: Path) -> None:
    data = "- a: one # first\n  b: x   # bee\n- a: three\n  b: y\n"
    edited(run, write, data, "source=d.yaml", ("| one   |", "| two   |"), name="d.yaml")
    assert run("pull").out == 'pulled d.yaml\n  row "one" (d.yaml:1): a: one -> two\n'
    assert (tmp_path / "d.yaml").read_text() == data.replace("one", "two")


def test_diff_shows_the_change_to_the_data_and_writes_nothing(run: Run, write: Write, tmp_path: Path) -> None:
    document = edited(run, write, CSV, SHOWN, ("*d* ", "x   "))
    before = document.read_bytes()
    ran = run("pull", "--diff")
    assert ran.status == 1
    assert '-ML,2011,"*d*",z' in ran.out
    assert '+ML,2011,"x",z' in ran.out
    assert (tmp_path / "d.csv").read_bytes() == CSV
    assert document.read_bytes() == before


YAML = """# courses
- course: DL   # fine
  year: '2021'
  note: "x"

# about CS50
- course: CS50
  year: 2007
- course: ML
  note: |
    block
"""


def test_yaml_keeps_its_comments_quotes_and_order(run: Run, write: Write, tmp_path: Path) -> None:
    swaps = [("2021 ", "it's "), ("2007 |      ", "2008 | n: 1 "), ("| ML ", "| New | 1 | ok |\n| ML ")]
    edited(run, write, YAML, "source=d.yaml", *swaps, name="d.yaml")
    assert run("pull").status == 0
    expected = YAML.replace("'2021'", "'it''s'").replace(
        "2007\n", '2008\n  note: "n: 1"\n- course: New\n  year: 1\n  note: "ok"\n'
    )
    assert (tmp_path / "d.yaml").read_text() == expected
    assert run("check").status == 0


def test_row_removed_from_yaml_leaves_the_others(run: Run, write: Write, tmp_path: Path) -> None:
    edited(run, write, YAML, "source=d.yaml", ("| CS50   | 2007 |       |\n", ""), name="d.yaml")
    assert run("pull").status == 0
    assert (tmp_path / "d.yaml").read_text() == YAML.replace("- course: CS50\n  year: 2007\n", "")


@pytest.mark.parametrize(
    ("data", "swap", "pulled"),
    [
        ("- [a, b]\n- [1, x]  # y\n", ("| x   |", "| z   |\n| 2 | w |"), "- [a, b]\n- [1, z]  # y\n- [2, w]\n"),
        ("k1: {b: 1}\nk2: {b: 2}\n", ("| k1  |   1 |", "| k1  |   3 |"), "k1: {b: 3}\nk2: {b: 2}\n"),
        (
            "k1:\n  b: 1\nk2:\n  b: 2\n",
            ("| k2  |   2 |", "| k2 | 2 |\n| k3 | 4 |"),
            "k1:\n  b: 1\nk2:\n  b: 2\nk3:\n  b: 4\n",
        ),
        ("- a: x\n  b: |\n    y\n", ("| y   |", "| z   |"), "- a: x\n  b: |\n    z\n"),
        ("- a: x\n  b: >\n    y\n    z\n", ("| y z ", "| z   "), "- a: x\n  b: >\n    z\n"),
        ("- a: x\n  b: &m y\n- a: z\n  b: *m\n", ("| z   | y ", "| z   | w "), "- a: x\n  b: &m y\n- a: z\n  b: w\n"),
        ("-\n  a: 1\n  b: x\n-\n  a: 2\n  b: y\n", ("|   2 | y   |\n", ""), "-\n  a: 1\n  b: x\n"),
        ("- a: x\n  b: z\n", ("| z   |", "| no  |"), '- a: x\n  b: "no"\n'),
        ("- a: x\n  b: 'y'\n", ("| y   |", "| no  |"), "- a: x\n  b: 'no'\n"),
        ("[{a: x, b: y}, {a: z}]\n", ("| z   |", "| w   |"), "[{a: x, b: y}, {a: w}]\n"),
        ("[{a: x, b: y}, {a: z}]\n", ("| z   |     |\n", "| z   | q   |\n"), "[{a: x, b: y}, {a: z, b: q}]\n"),
        ("[{a: x, b: y}, {a: z}]\n", ("| z   |     |\n", ""), "[{a: x, b: y}]\n"),
        ("- {a: x, b: y}\n", ("| y   |", "| y   |\n| z | 1 |"), '- {a: x, b: y}\n- {a: z, b: "1"}\n'),
    ],
)
def test_every_shape_of_yaml_can_be_edited(
    data: str, swap: tuple[str, str], pulled: str, run: Run, write: Write, tmp_path: Path
) -> None:
    edited(run, write, data, "source=d.yaml", swap, name="d.yaml")
    assert run("pull").out.startswith("pulled d.yaml")
    assert (tmp_path / "d.yaml").read_text() == pulled
    assert run("check").status == 0


@pytest.mark.parametrize(
    ("data", "options", "swap", "reason"),
    [
        ("a,b\n1,x\n2,y\n", "source=d.csv", ("|   a |", "|   c |"), "the columns were edited"),
        ("a,b\n1,x\n2,y\n", "source=d.csv", ("| --: | --- |", "| --: | :-- |"), "the alignment was edited"),
        (
            "a,b\n1,x\n2,y\n",
            "source=d.csv limit=1",
            ("|   1 | x   |\n", "|   1 | x   |\n|   3 | z   |\n"),
            "shows only some of them (limit=1)",
        ),
        (
            "a,b\n1,x\n2,y\n",
            "source=d.csv columns=b",
            ("| x   |", "| z   |"),
            "values of its hidden columns would have to be guessed",
        ),
        ("a,b\n1,x\n1,y\n", "source=d.csv", ("|   1 | y   |\n", ""), "no column identifies rows uniquely"),
        (
            "a,b\n1,x\n2,y\n",
            "source=d.csv cells=text",
            ("| x   |", "| *x* |"),
            "this cell cannot be stored as a value: *x*",
        ),
        ("a\nx\n", "source=d.csv encoding=latin-1", ("| x   |", "| 漢  |"), "漢 cannot be encoded as iso8859-1"),
        ("- a: x\n  b: >\n    y\n\n    z\n", "source=d.yaml", ("| y ", "| w "), "d.yaml:2:6: error[cannot-pull]"),
        (
            "- a: x\n  b: &m y\n- a: z\n  b: *m\n",
            "source=d.yaml",
            ("| x   | y   |", "| x   | w   |"),
            "d.yaml:2:6: error[cannot-pull]: cannot edit: an alias repeats this value",
        ),
    ],
)
def test_edit_that_cannot_be_inverted_is_refused(
    data: str, options: str, swap: tuple[str, str], reason: str, run: Run, write: Write, tmp_path: Path
) -> None:
    name = "d.yaml" if "yaml" in options else "d.csv"
    document = edited(run, write, data, options, swap, name=name)
    before = document.read_bytes()
    ran = run("pull")
    assert ran.status == 2
    assert reason in ran.out
    assert "hint: " in ran.out
    assert (tmp_path / name).read_text() == data
    assert document.read_bytes() == before


def test_equal_edits_are_one_and_different_ones_conflict(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "a,b\n1,x\n2,y\n")
    document = write("a.md", sourced("source=d.csv") + sourced("source=d.csv columns='b, a' key=a"))
    run("fix")
    fixed = document.read_text()
    document.write_text(fixed.replace("| x   |", "| z   |"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,z\n2,y\n"
    fixed = document.read_text()
    document.write_text(fixed.replace("|   1 | z   |", "|   1 | p   |").replace("| z   |   1 |", "| q   |   1 |"))
    ran = run("pull")
    assert ran.status == 2
    assert "this edit conflicts with the edit at a.md:1:1 to the same source" in ran.out
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,z\n2,y\n"


def test_every_edit_that_cannot_be_pulled_is_reported_at_once(run: Run, write: Write) -> None:
    data = "a,b\n1,x\n2,y\n"
    for name in ("d", "e", "f"):
        write(f"{name}.csv", data)
    region = "source={}.csv columns='{}'"
    document = write(
        "a.md",
        "\n".join(sourced(region.format(name, columns)) for name in "def" for columns in ("a, b", "b, a")),
    )
    run("fix")
    text = document.read_text()
    renamed = text.replace("|   a | b   |", "|   q | b   |", 1)  # in the first region only
    edited_twice = renamed.replace("|   1 | x   |", "|   1 | p   |").replace("| x   |   1 |", "| r   |   1 |")
    document.write_text(edited_twice)
    ran = run("pull")
    assert ran.status == 2
    assert ran.out.count("the columns were edited") == 1
    assert ran.out.count("this edit conflicts with the edit at") == 2


def test_edit_is_refused_if_the_source_changed_too(run: Run, write: Write, tmp_path: Path) -> None:
    """The table shows neither the new value nor the new row, and that is nobody's edit."""
    document = edited(run, write, "a,b,c\n1,x,p\n2,y,q\n", "source=d.csv columns='a, b'", ("| x   |", "| z   |"))
    newer = "a,b,c\n1,x,p\n2,NEW,q\n3,w,s\n"
    before = document.read_bytes()
    write("d.csv", newer)
    ran = run("pull")
    assert ran.status == 2
    assert "the source or the options changed since mdtables wrote this table" in ran.out
    assert (tmp_path / "d.csv").read_text() == newer
    assert document.read_bytes() == before
    write("d.csv", "a,b,c\n1,x,CHANGED\n2,y,q\n")  # which the table does not show
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b,c\n1,z,CHANGED\n2,y,q\n"


def test_edit_that_would_show_another_row_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    data = "a,b\nx,1\ny,2\n"
    edited(run, write, data, "source=d.csv sort=b limit=1", ("| x   |   1 |", "| x   |   3 |"))
    ran = run("pull")
    assert "would not reproduce the edited table:\n  row " in ran.out
    assert (tmp_path / "d.csv").read_text() == data


def test_two_documents_edit_different_cells_of_one_source(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "a,b\n1,x\n2,y\n")
    documents = [write(name, sourced("source=d.csv")) for name in ("a.md", "b.md", "c.md")]
    run("fix")
    for document, old, new in zip(documents, ("| x   |", "| y   |"), ("| xx  |", "| yy  |"), strict=False):
        document.write_text(document.read_text().replace(old, new))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,xx\n2,yy\n"
    assert "| yy  |" in documents[2].read_text()
    assert run("check").status == 0


def test_row_removed_by_one_region_and_edited_by_another_conflicts(run: Run, write: Write, tmp_path: Path) -> None:
    data = "a,b,c\n1,x,p\n2,y,q\n"
    write("d.csv", data)
    document = write("a.md", sourced("source=d.csv columns='a, b'") + sourced("source=d.csv columns='a, c'"))
    run("fix")
    text = document.read_text()
    document.write_text(text.replace("|   1 | x   |\n", "").replace("| p   |", "| pp  |"))
    assert "this edit conflicts with the edit at a.md:1:1 to the same source" in run("pull").out
    assert (tmp_path / "d.csv").read_text() == data


@pytest.mark.parametrize(
    ("data", "swap"),
    [
        ("- [a, b]\n", ("| --- |\n", "| --- |\n| 1 | 2 |\n")),
        ("- [a, b]\n- [1, x]\n", ("|   1 | x   |\n", "")),
        ("- a: 1\n  b: &k x\n- a: 2\n  b: *k\n", ("|   1 | x   |\n", "")),
        ("- a: 1\n  b: x\n", ("|   1 | x   |\n", "|   1 | x   |\n|  |  |\n")),
    ],
)
def test_yaml_that_cannot_be_edited_in_place_is_refused(
    data: str, swap: tuple[str, str], run: Run, write: Write, tmp_path: Path
) -> None:
    edited(run, write, data, "source=d.yaml", swap, name="d.yaml")
    ran = run("pull")
    assert ran.status == 2
    assert "error[cannot-pull]" in ran.out
    assert "source-" not in ran.out
    assert (tmp_path / "d.yaml").read_text() == data


FIELD = st.text(st.sampled_from("ab,;\"\n 'é"), max_size=4)


@given(
    st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.booleans(),
    st.data(),
)
def test_edited_csv_reads_as_before_except_for_the_edit(
    rows: list[tuple[str, str]], eol: str, quoting: int, whole: bool, data: st.DataObject
) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator=eol, quoting=quoting).writerows([("k", "v"), *rows])  # type: ignore[arg-type]
    old = file.getvalue().removesuffix("" if whole else eol).encode()
    table = read(old, "d.csv", DEFAULTS)
    row, new = data.draw(st.integers(0, len(rows) - 1)), data.draw(FIELD)
    below, column = data.draw(st.integers(-1, len(rows) - 1)), data.draw(st.sampled_from([0, 1]))
    edited = edit(old, "d.csv", DEFAULTS, Changes({(row, column): new}, (), [(below, ["x", new])]))
    wanted = [list(each) for each in table.rows]
    wanted[row][column] = new
    wanted.insert(below + 1, ["x", new])
    assert read(edited, "d.csv", DEFAULTS).rows == wanted
    gone = edit(old, "d.csv", DEFAULTS, Changes({}, [row], ()))
    assert read(gone, "d.csv", DEFAULTS).rows == [each for n, each in enumerate(table.rows) if n != row]


def test_blank_line_of_a_file_with_one_column_is_a_cell(run: Run, write: Write, tmp_path: Path) -> None:
    edited(run, write, "a\nx\n\ny\n", "source=d.csv", ("| x   |\n|     |", "| x   |\n| new |"))
    ran = run("pull")
    assert (tmp_path / "d.csv").read_text() == "a\nx\nnew\ny\n", ran.out
    assert run("check").status == 0


def test_last_row_is_replaced_without_a_last_line_break(run: Run, write: Write, tmp_path: Path) -> None:
    rows = ("| r0    | a   |\n", "| r0    | a   |\n| zz | q |\n"), ("| r1    | b   |\n", "")
    edited(run, write, "keyed,B\nr0,a\nr1,b", 'source="d.csv" key="keyed" sort="keyed"', *rows)
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "keyed,B\nr0,a\nzz,q"


def test_yaml_with_a_repeated_anchor_is_edited(run: Run, write: Write, tmp_path: Path) -> None:
    data = "- key: r0\n  B: &x an\n- key: r1\n  B: &x an\n"
    edited(run, write, data, "source=d.yaml", ("| r1  |", "| r2  |"), name="d.yaml")
    assert run("pull").status == 0
    assert (tmp_path / "d.yaml").read_text() == data.replace("r1", "r2")


def test_key_without_a_colon_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    data = "- {k: x, v}\n- {k: y, v: z}\n"
    edited(run, write, data, "source=d.yaml", ("| x   |     |", "| x   | new |"), name="d.yaml")
    assert "d.yaml:1:11: error[cannot-pull]: cannot edit: this key has no colon" in run("pull").out
    assert (tmp_path / "d.yaml").read_text() == data


@pytest.mark.parametrize("empty", ["b:", "b: ", "b: # none yet", "b: ''", "b: ~"])
def test_empty_value_in_the_middle_of_yaml_is_filled_in(empty: str, run: Run, write: Write, tmp_path: Path) -> None:
    data = f"- a: one\n  {empty}\n- a: two\n  b: y\n"
    edited(run, write, data, "source=d.yaml", ("| one |     |", "| one | new |"), name="d.yaml")
    assert run("pull").status == 0
    lines = (tmp_path / "d.yaml").read_text().splitlines()
    assert [lines[0], *lines[2:]] == ["- a: one", "- a: two", "  b: y"]
    assert lines[1].startswith("  b: ")
    assert "new" in lines[1]
    assert ("# none yet" in lines[1]) == ("#" in empty)
    assert run("check").status == 0


@pytest.mark.parametrize(
    ("options", "swap", "hint"),
    [
        ("", ("|   2 | y   |\n", ""), "mdtables pull a.md"),
        ("limit=2", ("|   2 | y   |\n", ""), "add or remove them in the source"),
        ("columns=b", ("| y   |\n", ""), "name a column with unique values on the marker: key=…"),
        ("columns=a", ("|   2 |\n", "|   3 |\n"), "make the edit in the source"),
        ("", ("| --: | --- |\n|   1 | x   |", "| :-- | --- |\n|   1 | z   |"), "make the edit in the source"),
        ("columns='b as a'", ("| a   |", "| c   |"), "change columns=… on the marker"),
    ],
)
def test_hint_of_an_edit_suggests_pull_only_if_pull_takes_it(
    run: Run, write: Write, options: str, swap: tuple[str, str], hint: str
) -> None:
    edited(
        run, write, "a,b\n1,y\n2,y\n" if options == "columns=b" else "a,b\n1,x\n2,y\n", f"source=d.csv {options}", swap
    )
    shown = run("check", "a.md").out
    assert f"to keep the edit, {hint}" in shown or (f": {hint}" in shown and "to keep the edit" in shown)
    assert (run("pull", "a.md").status == 0) == ("mdtables pull" in shown)


def test_source_that_cannot_be_written_leaves_the_other_sources_unchanged(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [write(f"{name}.csv", "a,b\n1,x\n") for name in "cd"]
    document = write("a.md", sourced("source=c.csv") + sourced("source=d.csv"))
    run("fix")
    document.write_text(document.read_text().replace("| x", "| y"))
    edited_document = document.read_bytes()
    write_file = writing.write

    def failing(path: str, data: bytes, expected: bytes) -> None:
        if path.endswith("d.csv"):
            raise PermissionError(13, "Permission denied")
        write_file(path, data, expected)

    monkeypatch.setattr(writing, "write", failing)
    ran = run("pull")
    assert (ran.status, ran.out) == (2, "d.csv: error[unwritable]: cannot be written: Permission denied\n")
    assert [source.read_text() for source in sources] == ["a,b\n1,x\n"] * 2
    assert document.read_bytes() == edited_document


def test_every_conflicting_edit_is_reported(run: Run, write: Write) -> None:
    write("d.csv", "a,b\n1,x\n")
    for number in range(3):
        edited_document = write(f"{number}.md", sourced("source=d.csv"))
        run("fix", f"{number}.md")
        edited_document.write_text(edited_document.read_text().replace("| x", f"| {number}"))
    out = run("pull").out
    assert out.count("this edit conflicts with the edit at 0.md:1:1 to the same source") == 2


def test_error_in_the_same_document_is_reported_without_advice_to_pull(run: Run, write: Write) -> None:
    write("d.csv", "a,b\n1,x\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    document.write_text(document.read_text().replace("| x", "| y") + sourced("source=gone.csv"))
    out = run("pull").out
    assert "error[source-missing]" in out
    assert "mdtables pull" not in out


def committed(tmp_path: Path) -> Callable[..., str]:
    """A new repository with everything committed; returns what runs git in it."""

    def git(*words: str) -> str:
        own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]
        return subprocess.run(["git", *own, *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "base")
    return git


def test_table_without_a_checksum_is_never_pulled(run: Run, write: Write, tmp_path: Path) -> None:
    data = "course,year,hours\nDL,2020,70\nML,2011,60\nCS50,2007,100\n"
    write("c.csv", data)
    table = "\n| course | year |\n|---|---:|\n| DL | 2020 |\n| ML | 2011 |\n\n"
    write("a.md", sourced("source=c.csv columns='course, year'", table))
    fixed = run("fix")
    assert "mdtables pull" not in fixed.out
    assert "mdtables fix --force a.md" in fixed.out
    ran = run("pull")
    assert ran.status == 2
    assert "no comparable checksum shows what mdtables wrote here" in ran.out
    assert (tmp_path / "c.csv").read_text() == data


def test_edits_of_both_sides_are_merged_by_key_and_cell_by_cell(run: Run, write: Write, tmp_path: Path) -> None:
    write("c.csv", "course,year,hours\nDL,2020,70\nML,2011,60\nCS50,2007,100\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    committed(tmp_path)
    write("c.csv", "course,year,hours,free\nNew,1999,1,yes\nDL,2020,75,no\nML,2011,60,no\nCS50,2007,100,\n")
    text = document.read_text()
    text = text.replace("| DL     | 2020 |", "| DL     | 2021 |").replace("| CS50   | 2007 |   100 |\n", "")
    document.write_text(text.replace("| ML ", "| Mine | 2 | 3 |\n| ML "))
    checked = run("check")
    assert 'Edited here:\n  row "DL": year: 2020 -> 2021\n  row "Mine" added\n  row "CS50" removed' in checked.out
    assert "Changed in the source:\n  columns: course, year, hours -> course, year, hours, free" in checked.out
    ran = run("pull")
    assert ran.status == 0, ran.out
    assert (tmp_path / "c.csv").read_text() == (
        "course,year,hours,free\nNew,1999,1,yes\nDL,2021,75,no\nMine,2,3,\nML,2011,60,no\n"
    )
    assert run("check").status == 0


@pytest.mark.parametrize(
    ("source", "edit", "message"),
    [
        ("DL,2022\nML,2011\n", ("2020", "2021"), '"year" in row "DL": was "2020", here "2021", in the source "2022"'),
        ("ML,2011\n", ("2020", "2021"), 'row "DL" was edited here and removed in the source'),
        ("DL,2022\nML,2011\n", ("| DL     | 2020 |\n", ""), 'row "DL" was removed here and changed in the source'),
        ("DL,2020\nML,2011\nX,1\n", ("2011 |\n", "2011 |\n| X | 2 |\n"), 'its source added a row "X"'),
        ("DL,2020\nML,2011\nX,1\n", ("| ML ", "| X  "), 'its source added a row "X"'),
    ],
)  # fmt: skip
def test_what_both_sides_changed_differently_is_refused(
    source: str, edit: tuple[str, str], message: str, run: Run, write: Write, tmp_path: Path
) -> None:
    write("c.csv", "course,year\nDL,2020\nML,2011\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    git = committed(tmp_path)
    newer = f"course,year\n{source}"
    write("c.csv", newer)
    document.write_text(document.read_text().replace(*edit))
    git("add", "c.csv")
    git("commit", "-qm", "newer")
    ran = run("pull")
    assert ran.status == 2
    assert message in ran.out
    assert (tmp_path / "c.csv").read_text() == newer


@pytest.mark.parametrize(
    ("options", "now"),
    [
        ("", "k,a,b,c\nk2,q,2,y\nk3,r,3,x\n"),
        ("where=\"c = 'x'\"", "k,a,b,c\nk1,p,1,y\nk2,q,2,y\nk3,r,3,x\n"),
        ('columns="k, {a} as A"', "k,a,b,c\nk3,r,3,x\n"),
        ('group=c columns="k, a"', "k,a,b,c\nk3,r,3,x\n"),
    ],
)
def test_edit_of_a_table_whose_source_lost_rows_is_pulled(
    options: str, now: str, run: Run, write: Write, tmp_path: Path
) -> None:
    write("d.csv", "k,a,b,c\nk1,p,1,x\nk2,q,2,y\nk3,r,3,x\n")
    document = write("a.md", f"# T\n\n{sourced(f'source=d.csv {options}')}")
    run("fix")
    committed(tmp_path)
    write("d.csv", now)
    document.write_text(document.read_text().replace("| r ", "| R "))
    assert "hand-edit" in run("check").out
    ran = run("pull")
    assert ran.status == 0, ran.out
    assert (tmp_path / "d.csv").read_text() == now.replace("r,3", "R,3")


def test_edit_is_pulled_although_the_level_of_its_heading_changed(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "k,c\na,X\nb,Y\n")
    document = write("a.md", f"# T\n\n{sourced('source=d.csv group=c')}")
    run("fix")
    committed(tmp_path)
    document.write_text(document.read_text().replace("# T", "## T", 1).replace("| a ", "| A "))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "k,c\nA,X\nb,Y\n"
    assert "### X" in document.read_text()


def test_hint_names_no_line_of_a_source_that_has_changed_since(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "k,b\nk1,1\nk2,2\n")
    document = write("a.md", sourced('source=d.csv columns="k, {b:.1f} as B"'))
    run("fix")
    committed(tmp_path)
    write("d.csv", "k,b\nk0,0\nk1,1\nk2,2\n")
    document.write_text(document.read_text().replace("2.0", "many"))
    assert 'to keep the edit, edit "b" in the source' in run("check").out


def test_same_change_on_both_sides_is_no_conflict(run: Run, write: Write, tmp_path: Path) -> None:
    write("c.csv", "course,year\nDL,2020\nML,2011\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    committed(tmp_path)
    write("c.csv", "course,year\nDL,2021\nML,2012\n")
    document.write_text(document.read_text().replace("2020", "2021").replace("| ML ", "| M ").replace("2011", "2011"))
    assert run("pull").status == 0
    assert (tmp_path / "c.csv").read_text() == "course,year\nDL,2021\nM,2012\n"


def test_only_the_edited_words_change_in_the_data(run: Run, write: Write, tmp_path: Path) -> None:
    data = (
        'a,b\none,C:\\dir and more\ntwo,"line1\nline2 words"\nthree,costs $5 today\nfour,if a < b then\n'
        "five,`a|b` is or\nsix,{{ x }} here\nseven,[open bracket\neight,two  blanks\tand tab\n"
    )
    words = [("more", "less"), ("words", "nouns"), ("today", "now"), ("then", "else"), ("is or", "is bitwise or"),
             ("here", "there"), ("bracket", "paren"), ("blanks", "spaces")]  # fmt: skip
    edited(run, write, data, "source=d.csv", *words)
    assert run("pull").status == 0
    for old, new in words:
        data = data.replace(old, new)
    assert (tmp_path / "d.csv").read_text() == data


def test_edit_of_one_of_several_equal_rows_changes_just_that_one(run: Run, write: Write, tmp_path: Path) -> None:
    data = "day,who\nMon,Ann\nTue,Bob\nMon,Ann\n"
    edited(run, write, data, "source=d.csv", ("| Mon | Ann |\n| Tue", "| Mon | Eve |\n| Tue"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "day,who\nMon,Eve\nTue,Bob\nMon,Ann\n"


def test_edit_of_an_equal_row_whose_identity_is_hidden_changes_the_row_in_its_place(
    run: Run, write: Write, tmp_path: Path
) -> None:
    data = "id,day,who\n3,Mon,Ann\n1,Mon,Ann\n2,Mon,Ann\n"
    rows = "| Mon | Ann |\n| Mon | Ann |\n", "| Mon | Ann |\n| Mon | Eve |\n"
    edited(run, write, data, "source=d.csv columns='day, who' sort=id", rows)
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "id,day,who\n3,Mon,Eve\n1,Mon,Ann\n2,Mon,Ann\n" or (
        tmp_path / "d.csv"
    ).read_text() == "id,day,who\n3,Mon,Ann\n1,Mon,Ann\n2,Mon,Eve\n"


@pytest.mark.parametrize("options", ["sort=-year", "", "columns=day sort=year"])
def test_rows_in_another_order_are_refused(options: str, run: Run, write: Write, tmp_path: Path) -> None:
    data = "day,year\na,2003\nb,2002\nc,2001\n"
    write("d.csv", data)
    document = write("a.md", sourced(f"source=d.csv {options}"))
    run("fix")
    lines = document.read_text().split("\n")
    lines[5], lines[6] = lines[6], lines[5]
    document.write_text("\n".join(lines))
    ran = run("pull")
    assert ran.status == 2, ran.out
    assert "order" in ran.out
    assert (tmp_path / "d.csv").read_text() == data


def test_row_may_move_to_where_its_new_value_sorts_it(run: Run, write: Write, tmp_path: Path) -> None:
    a, b = "| a   | 2003 |\n", "| b   | 2002 |\n"
    edited(run, write, "day,year\na,2003\nb,2002\n", "source=d.csv sort=-year", (a + b, b.replace("2", "5", 1) + a))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "day,year\na,2003\nb,5002\n"


def test_row_removed_in_one_region_and_replaced_in_another_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    data = "a,b\n1,x\n2,y\n3,z\n"
    write("d.csv", data)
    document = write("a.md", sourced("source=d.csv") + sourced("source=d.csv"))
    run("fix")
    first, second = document.read_text().split("TABLE_GENERATE_END", 1)
    first = first.replace("|   1 | x   |\n|   2 | y   |\n", "")
    second = second.replace("|   1 | x   |\n|   2 | y   |\n", "| 4 | w |\n")
    document.write_text(f"{first}TABLE_GENERATE_END{second}")
    ran = run("pull")
    assert ran.status == 2, ran.out
    assert (tmp_path / "d.csv").read_text() == data


def test_text_for_a_missing_value_becomes_null(run: Run, write: Write, tmp_path: Path) -> None:
    data = "- a: x\n  b: y\n- a: z\n"
    swap = ("| x   | y   |", "| x   | —   |"), ("| z   | —   |", "| z   | w   |\n| v | — |")
    edited(run, write, data, "source=d.yaml null=—", *swap, name="d.yaml")
    assert run("pull").status == 0
    assert (tmp_path / "d.yaml").read_text() == "- a: x\n  b: null\n- a: z\n  b: w\n- a: v\n"


@pytest.mark.parametrize(
    ("data", "swap", "place"),
    [
        ("base: &b\n  x: {v: 1}\nrows:\n  <<: *b\n  y: {v: 2}\n", ("| x   |   1 |", "| x   |   5 |"), "d.yaml:4:7"),
        ("rows: &r\n- {a: p, b: q}\nother: *r\n", ("| q   |", "| w   |"), "d.yaml:1:7"),
        ("rows:\n- &r {a: p, b: q}\n- {a: s, b: t}\nother: [*r]\n", ("| q   |", "| w   |"), "d.yaml:2:3"),
    ],
)  # fmt: skip
def test_edit_that_would_change_what_an_alias_repeats_is_refused(
    data: str, swap: tuple[str, str], place: str, run: Run, write: Write, tmp_path: Path
) -> None:
    edited(run, write, data, "source=d.yaml#rows", swap, name="d.yaml")
    ran = run("pull")
    assert ran.status == 2
    assert f"{place}: error[cannot-pull]: cannot edit: an alias repeats this" in ran.out
    assert (tmp_path / "d.yaml").read_text() == data


def test_row_that_ends_with_a_merge_key_can_be_followed_by_a_new_one(run: Run, write: Write, tmp_path: Path) -> None:
    data = "base: &b {b: 1}\nrows:\n- a: x\n  <<: *b # all\n- a: y\n  b: 2\n"
    edited(run, write, data, "source=d.yaml#rows", ("| x   |   1 |", "| x   |   1 |\n| n | 3 |"), name="d.yaml")
    ran = run("pull")
    assert ran.status == 0, ran.out
    assert (tmp_path / "d.yaml").read_text() == data.replace("# all\n", "# all\n- a: n\n  b: 3\n")


def test_renamed_row_with_another_edited_cell_keeps_its_comments(run: Run, write: Write, tmp_path: Path) -> None:
    data = "- a: one # first\n  b: x   # bee\n- a: three\n  b: y\n"
    edited(run, write, data, "source=d.yaml", ("| one   | x   |", "| two   | z   |"), name="d.yaml")
    assert run("pull").status == 0
    assert (tmp_path / "d.yaml").read_text() == data.replace("one", "two").replace("x ", "z ")


@pytest.mark.parametrize("seed", range(150))
def test_random_edit_is_all_that_other_libraries_find_changed(seed: int, tmp_path: Path) -> None:
    assert trials.run(seed, tmp_path) in ("pulled", "refused", "nothing to pull")


def test_csv_with_a_declared_delimiter_is_edited_in_place(run: Run, write: Write, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfsep=;\r\na;b\r\n1;x\r\n2;y"
    edited(run, write, data, "source=d.csv", ("| y   |", "| z;w |\n| 3 | q |"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_bytes() == data.replace(b"2;y", b'2;"z;w"\r\n3;q')


def test_yaml_with_nested_values_that_are_not_shown_is_edited(run: Run, write: Write, tmp_path: Path) -> None:
    data = "- name: Ann\n  tags:\n    - a\n    - b\n  role: dev\n- name: Bob\n  tags: [c]\n  role: ops\n"
    swap = ("| dev  |", "| lead |"), ("| Bob  | ops  |", "| Bob  | ops  |\n| Eve | sec |")
    edited(run, write, data, "source=d.yaml columns='name, role'", *swap, name="d.yaml")
    assert run("pull").status == 0
    assert (tmp_path / "d.yaml").read_text() == data.replace("dev", "lead") + "- name: Eve\n  role: sec\n"


def test_edit_of_a_table_whose_file_repeats_a_name_changes_the_right_field(
    run: Run, write: Write, tmp_path: Path
) -> None:
    edited(run, write, "x,name,x\n1,a,2\n3,b,4\n", "source=d.csv columns=name", ("| b    |", "| c    |"))
    assert run("pull").status == 2  # a renamed row, whose other columns are hidden
    edited(run, write, "x,k,name,x\n1,p,a,2\n3,q,b,4\n", "source=d.csv columns='k, name'", ("| b    |", "| c    |"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "x,k,name,x\n1,p,a,2\n3,q,c,4\n"


def test_edit_of_a_row_that_the_source_replaced_by_another_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "task,done,who\nA,yes,Ann\nB,no,Bob\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    committed(tmp_path)
    newer = "task,done,who\nA,yes,Ann\nC,no,Cem\n"
    write("d.csv", newer)
    document.write_text(document.read_text().replace("no ", "yes"))
    ran = run("pull")
    assert ran.status == 2
    assert 'row "B" was edited here and removed in the source' in ran.out
    assert (tmp_path / "d.csv").read_text() == newer


def test_row_with_a_new_value_in_a_new_column_is_not_removed(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "name,done\nA,no\nB,no\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    committed(tmp_path)
    newer = "name,done,comment\nA,no,\nB,no,important\n"
    write("d.csv", newer)
    document.write_text(document.read_text().replace("| B    | no   |\n", ""))
    assert run("pull").status == 2
    assert (tmp_path / "d.csv").read_text() == newer


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("08901", "07030", '"07030"'),
        ("08901", "08902", "08902"),
        ("08:30", "12:30", '"12:30"'),
        ("1e5", "1_000", '"1_000"'),
        ("2020-02-28", "2020-02-30", '"2020-02-30"'),
        ("2020-02-28", "2020-03-01", "2020-03-01"),
        ("-5", "-6", "-6"),
        ("-1e5", "-2e5", "-2e5"),
        ("5", "6.5", "6.5"),
        ("yes", "no", "no"),
        ("yes", "maybe", "maybe"),
        ("null", "7", "7"),
        ("null", "false", '"false"'),
        ("~", "null", '"null"'),
        ("&x", "8", "&x 8"),
    ],
)
def test_value_in_yaml_is_of_the_same_type_to_every_reader(
    old: str, new: str, written: str, run: Run, write: Write, tmp_path: Path
) -> None:
    write("d.yaml", f"- n: a\n  v: {old}\n- n: b\n  v: 3\n")
    document = write("a.md", sourced('source=d.yaml align="n: left, v: left"'))
    run("fix")
    lines = document.read_text().split("\n")
    lines[4] = f"| a | {new} |"
    document.write_text("\n".join(lines))
    ran = run("pull")
    assert ran.status == 0, ran.out
    assert (tmp_path / "d.yaml").read_text() == f"- n: a\n  v: {written}\n- n: b\n  v: 3\n"


def test_new_rows_spell_keys_as_the_others_do(run: Run, write: Write, tmp_path: Path) -> None:
    data = '- name: a\n  2019: 5\n  "my key": x\n  no: t\n'
    edited(
        run,
        write,
        data,
        "source=d.yaml",
        ("| x      | t   |\n", "| x      | t   |\n| b | 7 | y | u |\n"),
        name="d.yaml",
    )
    assert run("pull").status == 0
    assert (tmp_path / "d.yaml").read_text() == data + '- name: b\n  2019: 7\n  "my key": "y"\n  no: u\n'


def test_rows_in_brackets_with_comments_between_are_not_added_or_removed(
    run: Run, write: Write, tmp_path: Path
) -> None:
    data = "rows:\n  [\n    {n: a, v: 1}, # one\n    {n: b, v: 2}, # two\n  ]\n"
    edited(run, write, data, "source=d.yaml#rows", ("| b   |   2 |\n", ""), name="d.yaml")
    ran = run("pull")
    assert ran.status == 2
    assert "there is a comment between these rows in brackets" in ran.out
    assert (tmp_path / "d.yaml").read_text() == data


def test_emptied_cell_of_a_csv_with_one_column_is_quoted(run: Run, write: Write, tmp_path: Path) -> None:
    edited(run, write, "n\na\nb\n", "source=d.csv", ("| b   |", "|     |"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == 'n\na\n""\n'


def test_space_after_a_comma_needs_no_quotes(run: Run, write: Write, tmp_path: Path) -> None:
    edited(run, write, "n,v\na, 1\nb, 2\n", "source=d.csv", ("  2 |", "  3 |"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "n,v\na, 1\nb, 3\n"


def test_hand_edit_in_conflict_with_its_source_suggests_no_pull(run: Run, write: Write, tmp_path: Path) -> None:
    write("c.csv", "course,year\nDL,2020\nML,2011\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    committed(tmp_path)
    write("c.csv", "course,year\nDL,2022\nML,2011\n")
    document.write_text(document.read_text().replace("2020", "2021"))
    ran = run("check")
    assert "mdtables pull" not in ran.out
    assert 'changed "year" in row "DL": was "2020", here "2021", in the source "2022"; make both agree' in ran.out


def test_partial_clone_is_not_made_to_fetch_earlier_versions(run: Run, write: Write, tmp_path: Path) -> None:
    write("c.csv", "course,year\nDL,2020\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    git = committed(tmp_path)
    git("config", "remote.origin.promisor", "true")
    write("c.csv", "course,year\nDL,2020\nML,2011\n")
    document.write_text(document.read_text().replace("2020", "2021"))
    assert "git has no version of the source that made it" in run("pull").out


def test_renumbered_rows_are_not_taken_for_those_with_their_old_numbers(run: Run, write: Write, tmp_path: Path) -> None:
    write("c.csv", "no,task,status\n1,Paint,open\n2,Sweep,open\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    committed(tmp_path)
    newer = "no,task,status\n1,Plan,open\n2,Paint,open\n3,Sweep,open\n"
    write("c.csv", newer)
    document.write_text(document.read_text().replace("| Sweep | open   |", "| Sweep | done   |"))
    assert run("pull").status == 2
    assert (tmp_path / "c.csv").read_text() == newer


def test_row_with_nested_values_that_may_have_changed_is_not_removed(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.yaml", "- id: a\n  n: 1\n  t: [p]\n- id: b\n  n: 2\n  t: [q]\n- id: c\n  n: 3\n")
    document = write("a.md", sourced("source=d.yaml columns='id, n'"))
    run("fix")
    committed(tmp_path)
    newer = "- id: a\n  n: 1\n  t: [p]\n- id: b\n  n: 2\n  t: [CHANGED]\n- id: c\n  n: 33\n"
    write("d.yaml", newer)
    document.write_text(document.read_text().replace("| b   |   2 |\n", ""))
    assert run("pull").status == 2
    assert (tmp_path / "d.yaml").read_text() == newer


def test_row_added_on_both_sides_with_an_empty_cell_on_one_is_a_conflict(
    run: Run, write: Write, tmp_path: Path
) -> None:
    write("c.csv", "k,v\na,1\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    committed(tmp_path)
    write("c.csv", "k,v,w\na,1,\nc,9,z\n")
    document.write_text(document.read_text().replace("| a   |   1 |\n", "| a   |   1 |\n| c |  |\n"))
    ran = run("pull")
    assert ran.status == 2
    assert 'its source added a row "c"' in ran.out


def test_row_below_an_empty_last_field_that_is_filled_in(run: Run, write: Write, tmp_path: Path) -> None:
    edited(run, write, "a,b\nx,", "source=d.csv", ("| x   |     |\n", "| x   | y   |\n| z | w |\n"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b\nx,y\nz,w"


def test_blanks_at_the_ends_of_an_old_value_do_not_get_into_a_new_one(run: Run, write: Write, tmp_path: Path) -> None:
    data = 'k,v\na,"a: "\nb," x "\nc," y z "\n'
    edited(
        run, write, data, "source=d.csv", ("| a:  |", "| it: x |"), ("| x   |", "| wholly new |"), ("y z |", "y w z |")
    )
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == 'k,v\na,"it: x "\nb," wholly new "\nc," y w z "\n'


def test_a_pull_that_was_killed_after_writing_the_source_is_finished_by_fix(run: Run, write: Write) -> None:
    data = write("d.csv", "a,b\n1,x\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    document.write_text(document.read_text().replace("| x ", "| y "))
    data.write_text("a,b\n1,y\n")  # where the run was killed
    ran = run("pull")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.endswith("1 document: 1 stale\nrun: mdtables fix a.md\n")
    assert run("fix").status == 0
    assert run("check").status == 0
    assert data.read_text() == "a,b\n1,y\n"


def test_an_edit_of_a_row_that_another_region_takes_out_is_a_conflict(run: Run, write: Write) -> None:
    data = write("d.csv", "k,v\na,1\nb,2\nc,3\n")
    document = write("a.md", sourced("source=d.csv") + sourced("source=d.csv"))
    run("fix")
    first, second = document.read_text().split("END", 1)
    document.write_text(
        first.replace("| b   |   2 |", "| b   |   9 |") + "END" + second.replace("| b   |   2 |\n", "", 1)
    )
    ran = run("pull")
    assert ran.status == 2
    assert "error[cannot-pull]: this edit conflicts with the edit at a.md:1" in ran.out
    assert data.read_text() == "k,v\na,1\nb,2\nc,3\n"


@pytest.mark.parametrize("last", ["text: |\n    two\n    lines\n", "text: >-\n    folded\n", "text: [x]\n"])
def test_rows_of_yaml_are_added_below_and_removed_whatever_a_row_ends_with(last: str, run: Run, write: Write) -> None:
    rows = [f"- k: {key}\n  {last if key == 'b' else 'text: plain'}".rstrip("\n") + "\n" for key in "abc"]
    data = write("d.yaml", "".join(rows))
    document = write("a.md", sourced('source=d.yaml columns="k" key=k'))
    run("fix")
    document.write_text(document.read_text().replace("| b   |\n", ""))
    ran = run("pull")
    assert ran.status == 0, ran.out
    assert data.read_text() == rows[0] + rows[2]
    data.write_text("".join(rows))
    run("fix")
    document.write_text(document.read_text().replace("| c   |\n", ""))
    assert run("pull").status == 0
    assert data.read_text() == rows[0] + rows[1]


def test_a_block_scalar_that_keeps_blank_lines_refuses_a_change_below(run: Run, write: Write) -> None:
    data = write("d.yaml", "- k: a\n  text: |+\n    x\n\n- k: b\n  text: y\n")
    document = write("a.md", sourced('source=d.yaml columns="k" key=k'))
    run("fix")
    document.write_text(document.read_text().replace("| a   |\n", ""))
    before = data.read_text()
    ran = run("pull")
    assert "error[cannot-pull]: cannot edit: this block scalar keeps the blank lines below it" in ran.out
    assert data.read_text() == before


def test_a_row_added_alike_on_both_sides_is_not_added_twice(run: Run, write: Write, tmp_path: Path) -> None:
    write("c.csv", "k,v\na,1\nb,2\n")
    document = write("a.md", sourced("source=c.csv"))
    run("fix")
    committed(tmp_path)
    write("c.csv", "k,v\na,1\nb,2\nc,9\n")
    text = document.read_text().replace("| a   |   1 |\n", "| a   |   5 |\n")
    document.write_text(text.replace("| b   |   2 |\n", "| b   |   2 |\n| c   | 9 |\n"))
    assert run("pull").status == 0
    assert (tmp_path / "c.csv").read_text() == "k,v\na,5\nb,2\nc,9\n"


PARTS = {
    "d.json": '{"rows": [{"name": "a", "n": {"x": 1}},\n  {"name": "b", "n": {"x": 2}}],\n'
    ' "scripts": {"build": "make"}}\n',
    "d.yaml": "rows:\n- name: a # one\n  n: {x: 1}\n- name: b\n  n: {x: 2}\nscripts:\n  build: make # it\n",
    "d.toml": '[[rows]]\nname = "a" # one\nn = {x = 1}\n[[rows]]\nname = "b"\nn.x = 2\n\n'
    '[scripts]\nbuild = "make" # it\n',
}


@pytest.mark.parametrize("name", PARTS)
def test_regions_that_show_parts_of_one_file_are_pulled_together(
    name: str, run: Run, write: Write, tmp_path: Path
) -> None:
    write(name, PARTS[name])
    document = write(
        "a.md",
        sourced(f"source={name}#rows columns=name,n.x")
        + sourced(f"source={name}#rows columns=n.x,name key=name")
        + sourced(f"source={name}#scripts"),
    )
    assert run("fix").status == 0
    text = document.read_text().replace("| a    |   1 |", "| a    |   7 |").replace("|   2 | b    |", "|   8 | b    |")
    document.write_text(text.replace("| build | make  |", "| build | cmake |"))
    assert run("pull").status == 0
    expected = PARTS[name].replace("make", "cmake")
    for old, new in (("x: 1", "x: 7"), ("x: 2", "x: 8"), ('"x": 1', '"x": 7'), ('"x": 2', '"x": 8')):
        expected = expected.replace(old, new)
    assert (tmp_path / name).read_text() == expected.replace("x = 1", "x = 7").replace("x = 2", "x = 8")
    assert run("check").status == 0


def test_front_matter_of_a_document_that_was_edited_too_is_pulled(run: Run, write: Write, tmp_path: Path) -> None:
    """The document is written twice: what its own table says, and what the index says of it."""
    write("mdtables.toml", "")
    write("d.csv", "a,b\n1,x\n")
    page = write("pages/one.md", "---\ntitle: One\n---\n\n" + sourced("source=../d.csv"))
    index = write("index.md", sourced('source="pages/*.md" columns="@stem, title"'))
    assert run("fix").status == 0
    page.write_text(page.read_text().replace("| x ", "| y "))
    index.write_text(index.read_text().replace("| One ", "| Two "))
    assert run("pull").status == 0
    assert page.read_text().startswith("---\ntitle: Two\n---\n")
    assert "| y " in page.read_text()
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,y\n"
    assert run("check").status == 0


def test_table_of_another_document_is_edited_there(run: Run, write: Write) -> None:
    write("other.md", "## H\n\n| a | b |\n|---|---|\n| 1 | x |\n")
    document = write("a.md", sourced("source=other.md#H"))
    run("fix")
    document.write_text(document.read_text().replace("| x ", "| y "))
    ran = run("pull")
    assert ran.status == 2
    assert "this table comes from other.md" in ran.out
    assert "hint: make the edit there, then fix this document" in ran.out


@pytest.mark.parametrize("separator", ["<br>", "<br/>", "<br> ", " · ", "; ", " | ", ","])
def test_elements_of_a_list_are_told_apart_by_any_text(separator: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("d.json", '[{"n": "a", "l": ["x", "y"]}]')
    document = write("a.md", sourced(f'source=d.json list="{separator}"'))
    run("fix")
    text = document.read_text()
    row = next(line for line in text.splitlines() if line.startswith("| a"))
    between = row[row.index("x") + 1 : row.index("y")]
    document.write_text(text.replace(row, row.replace("y", f"q{between}z")))
    assert run("pull").status == 0
    assert json.loads((tmp_path / "d.json").read_text()) == [{"n": "a", "l": ["x", "q", "z"]}]
    assert run("check").status == 0


TYPED: dict[str, tuple[str, Callable[[str], object]]] = {
    "d.json": ('[{"n": "a", "i": 1, "l": [1, 2], "t": true, "y": [1901, 5]}]', json.loads),
    "d.yaml": ("- {n: a, i: 1, l: [1, 2], t: true, y: [1901, 5]}\n", yaml.safe_load),
    "d.toml": (
        'r = [{ n = "a", i = 1, l = [1, 2], t = true, y = [1901, 5] }]',
        lambda text: tomllib.loads(text)["r"],
    ),
}


@pytest.mark.parametrize("name", TYPED)
def test_values_of_an_edit_keep_their_types(name: str, run: Run, write: Write, tmp_path: Path) -> None:
    text, load = TYPED[name]
    write(name, text)
    document = write("a.md", sourced(f"source={name}{'#r' * name.endswith('toml')} columns='n, i, l, t, y.0' key=n"))
    run("fix")
    fixed = document.read_text()
    row = next(line for line in fixed.splitlines() if line.startswith("| a"))
    document.write_text(fixed.replace(row, "| a | 2.5 | 1, 3, 4 | false | 1902 |\n| b | 7 | 8, 9 | true | |"))
    assert run("pull").status == 0
    assert load((tmp_path / name).read_text()) == [
        {"n": "a", "i": 2.5, "l": [1, 3, 4], "t": False, "y": [1902, 5]},
        {"n": "b", "i": 7, "l": [8, 9], "t": True},
    ]


def test_blanks_in_elements_that_are_joined_by_line_breaks_are_not_lost(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.yaml", '- k: a\n  l: ["z", " a", b]\n')
    document = write("a.md", sourced('source=d.yaml list="<br>"'))
    run("fix")
    document.write_text(document.read_text().replace("z<br>", "y<br>"))
    ran = run("pull")
    kept = (tmp_path / "d.yaml").read_text()
    assert (ran.status, kept) in ((2, '- k: a\n  l: ["z", " a", b]\n'), (0, '- k: a\n  l: ["y", " a", b]\n'))


@pytest.mark.parametrize("value", ["3", "x, 3", "true", "2024-01-01"])
def test_a_new_key_whose_type_is_not_known_is_refused(value: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    write("p/a.md", "---\ntitle: A\n---\n")
    write("p/b.md", f"---\ntitle: B\nmore: {[1, 'y'] if ',' in value else 7}\n---\n")
    document = write("a.md", sourced('source="p/*.md" columns="title, more"'))
    run("fix")
    row = next(line for line in document.read_text().splitlines() if line.startswith("| A"))
    document.write_text(document.read_text().replace(row, f"| A | {value} |"))
    ran = run("pull")
    assert ran.status == 2
    assert 'p/a.md has no "more" yet, and which type it would have is not known' in ran.out


def test_other_documents_that_show_the_data_are_named(run: Run, write: Write) -> None:
    write("mdtables.toml", "")
    edited(run, write, "a,b\nx,1\ny,2\n", "source=d.csv", ("|   1 |", "|   3 |"))
    write("docs/b.md", sourced("source=../d.csv"))
    write("docs/c.md", sourced('source="../*.csv"'))
    write("docs/e.md", sourced("source=e.csv"))
    write("docs/e.csv", "a\n1\n")
    ran = run("pull", "a.md")
    assert ran == Ran(
        0,
        'pulled d.csv\n  row "x" (d.csv:2): b: 1 -> 3\n',
        "the same data is shown in docs/b.md, docs/c.md\nrun: mdtables fix d.csv\n",
    )
    assert run("fix", "d.csv").out == "fixed docs/b.md\nfixed docs/c.md\n"
