"""extract: a hand-written table becomes data, and its region shows the same as before."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdtables.cells.values import show_same
from mdtables.document.hand_written import hand_written
from mdtables.document.parse import parse, tables_of
from mdtables.model.options import Options
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.extract import extract
from tests.conftest import BARE, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
TABLE = "| a | b |\n|:--|---|\n| 1 | x |\n"


def test_table_of_a_bare_region_becomes_its_source(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    document = write("posts/a.md", "# Best Courses, 2021\n\n" + BARE.format(TABLE))
    ran = run("extract", "posts/a.md")
    assert ran.out == "extracted posts/a.md:4 to data/best-courses-2021.csv\n"
    assert (tmp_path / "data/best-courses-2021.csv").read_text() == "a,b\n1,x\n"
    assert (
        'START source="../data/best-courses-2021.csv" align="left, none" -->\n\n| a   | b   |' in document.read_text()
    )
    assert run("check").status == 0
    assert run("extract", "posts/a.md").status == 2


def test_jekyll_project_gets_its_data_in_the_data_folder(run: Run, write: Write, tmp_path: Path) -> None:
    write("_config.yml", "")
    write("a.md", BARE.format(TABLE))
    assert run("extract", "a.md", "--format", "yaml").status == 0
    assert (tmp_path / "_data/a.yaml").read_text() == '- a: "1"\n  b: x\n'


def test_table_moves_into_json_and_back(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", BARE.format('| a | b |\n|---|---|\n| 1.10 | é \\| "q" |\n'))
    assert run("extract", "a.md", "--format", "json").status == 0
    assert json.loads((tmp_path / "data/a.json").read_text()) == [{"a": "1.10", "b": 'é | "q"'}]
    assert run("check").status == 0
    before = document.read_text()
    document.write_text(before.replace("é", "ü"))
    assert run("pull").status == 0
    assert (tmp_path / "data/a.json").read_text() == '[\n  {\n    "a": "1.10",\n    "b": "ü | \\"q\\""\n  }\n]\n'
    line = next(n for n, text in enumerate(document.read_text().splitlines(), 1) if "START" in text)
    assert run("extract", "a.md", "--table", str(line), "--format", "csv").status == 0
    assert (tmp_path / "data/a.csv").read_text() == 'a,b\n1.10,"ü | ""q"""\n'
    assert run("check").status == 0
    assert run("check").status == 0


def test_table_is_named_by_line_or_heading(run: Run, write: Write) -> None:
    document = write(
        "a.md", f"# One\n\n{TABLE}\n```\n{TABLE}```\n\n## Two\n\n- x\n\n  " + TABLE.replace("\n|", "\n  |")
    )
    assert run("extract", "a.md").status == 2
    assert "there are tables at line 3, 17;" in run("extract", "a.md", "--table", "8").err
    assert run("extract", "a.md", "--table", "two").out == "extracted a.md:17 to data/two.csv\n"
    assert run("extract", "a.md", "--table", "4").out == "extracted a.md:3 to data/one.csv\n"
    assert document.read_text().count("  <!-- TABLE_GENERATE_START") == 1
    assert run("check").status == 0


def test_existing_file_is_never_overwritten(run: Run, write: Write, tmp_path: Path) -> None:
    kept = write("data/a.csv", "mine\n")
    write("a.md", BARE.format(TABLE) + "\n" + BARE.format(TABLE))
    assert run("extract", "a.md").out == "extracted a.md:2 to data/a-2.csv\nextracted a.md:8 to data/a-3.csv\n"
    assert kept.read_text() == "mine\n"


def test_other_regions_are_unchanged(run: Run, write: Write) -> None:
    write("d.csv", "k\nnew\n")
    other = sourced("source=d.csv", "\n| k   |\n| --- |\n| old |\n\n")
    document = write("a.md", other + "\n" + BARE.format(TABLE))
    assert run("extract", "a.md").status == 0
    assert document.read_text().startswith(other)


def test_diff_shows_both_files_and_writes_nothing(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", BARE.format(TABLE))
    ran = run("extract", "--diff", "a.md")
    assert ran.status == 1
    assert "+++ data/a.csv\n@@ -0,0 +1,2 @@\n+a,b\n+1,x\n" in ran.out
    assert document.read_text() == BARE.format(TABLE)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("document", "words", "reason"),
    [
        (BARE.format("|a|b|\n|-|-|\n|1|2|3|\n"), [], "long-row"),
        ("|a|a\"b'c|a\"b'c|\n|-|-|-|\n|1|2|3|\n", ["--all"], "the headers are repeated, and no option can name them"),
        (
            "|a|b|\n|-|-|\n|1|2|\nfrom here on\n| 3 | 4 |\n",
            ["--all"],
            "a.md:4: error[cannot-extract]: text directly below",
        ),
        (BARE.format(TABLE) * 2, ["--to", "x.csv"], "x.csv is one file, but there are 2 tables to extract"),
        (BARE.format(TABLE), ["--to", "x.csv", "--format", "yaml"], "x.csv is not a yaml file"),
        (BARE.format(TABLE), ["--table", "1", "--all"], "--all extracts every table, --table just one"),
        (BARE.format(TABLE), ["--to", ".."], "source-outside"),
        (TABLE, [], "a.md:1: 2 columns, 1 row, without markers\n  hint: name one by its line or heading, --table 1,"),
        ("text\n", ["--table", "1"], "there is no table at line 1"),
        (BARE.format(TABLE) * 2, ["--table", "1"], "there are tables at line 2, 7; mdtables extract --list shows"),
        ("# X\n\n" + TABLE + "\n# X\n\n" + TABLE, ["--table", "x"], '2 hand-written tables below the heading "x"'),
    ],
)
def test_refusal_has_a_reason_and_writes_nothing(
    document: str, words: list[str], reason: str, run: Run, write: Write, tmp_path: Path
) -> None:
    path = write("a.md", document)
    ran = run("extract", "a.md", *words)
    assert ran.status == 2
    assert reason in ran.err
    assert path.read_text() == document
    assert not (tmp_path / "data").exists()


def test_missing_document_is_reported(run: Run) -> None:
    ran = run("extract", "nowhere.md")
    assert (ran.status, ran.err) == (2, "nowhere.md: error[no-document]: no such file or folder\n")


def test_document_in_another_encoding_is_reported_with_its_line(run: Run, write: Write) -> None:
    write("a.md", b"one\n\xfc\n")
    assert run("extract", "a.md").err.startswith("a.md:2: error[not-utf8]: not UTF-8 text")


@pytest.mark.parametrize("name", ["d.csv/x.md", "x/y.md"])
def test_path_through_a_file_or_a_missing_folder_is_reported(run: Run, write: Write, name: str) -> None:
    write("d.csv", "a\n1\n")
    assert run("extract", name).err == f"{name}: error[no-document]: no such file or folder\n"


@pytest.mark.parametrize("name", [".", "d.csv"])
def test_only_a_document_can_be_extracted_from(run: Run, write: Write, name: str) -> None:
    write("d.csv", "a,b\n1,2\n")
    write("a.md", BARE)
    ran = run("extract", name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{name}: error[no-document]: not a document")


CELL = st.text(st.sampled_from("ab1 *_`\\|&;#<>{}%$[]()~=:-\u00a0é"), max_size=8)


def stored(table: Table, _source: str, _options: Options) -> Table:
    return table


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
def test_extracted_table_shows_the_same_or_is_refused(rows: list[tuple[str, str]]) -> None:
    body = "| k | v |\n|---|---|\n" + "".join(f"| {a.replace('|', '')} | {b.replace('|', '')} |\n" for a, b in rows)
    chosen = next((found for found in hand_written(BARE.format(body), "a.md") if found.region), None)
    if chosen is None:
        return
    extraction = extract([(chosen, "d.csv")], Policy(), stored)
    if not extraction.moved:
        assert extraction.problems
        return
    document = parse(extraction.outcome.new, "a.md")
    (shown,) = tables_of(document, document.regions[0])
    for row, before in zip(shown.table.rows, chosen.current.table.rows, strict=True):
        assert all(show_same(cell or "", old or "") for cell, old in zip(row, before, strict=True))


def test_comment_in_code_is_not_a_heading(run: Run, write: Write) -> None:
    document = "---\n# front: matter\n---\n\n## Books ##\n\n```sh\n# install\n```\n\n    # indented\n\n" + BARE.format(
        TABLE
    )
    write("a.md", document)
    assert run("extract", "a.md").out == "extracted a.md:14 to data/books.csv\n"


def test_configured_defaults_do_not_change_the_table(run: Run, write: Write) -> None:
    write("mdtables.toml", 'cells = "text"\nnull = "—"\nalign = "center"\n')
    document = write("a.md", BARE.format("| a | b |\n|:--|---|\n| *1* | |\n"))
    assert run("extract", "a.md").status == 0
    assert (
        'align="left, none" cells="markdown" null="" -->\n\n| a   | b   |\n| :-- | --- |\n| *1* |     |'
        in document.read_text()
    )
    assert run("check").status == 0


def test_table_with_a_blank_header_is_extracted(run: Run, write: Write) -> None:
    document = write("a.md", BARE.format("| |\n|---|\n| x |\n"))
    assert run("extract", "a.md").status == 0
    assert "| &nbsp; |" in document.read_text()  # Pandoc drops a table whose header has no text
    assert run("check").status == 0


TWO = "## X\n\n|a|b|\n|-|-|\n|1|2|\n\nText.\n\n## Y\n\n|c|d|\n|-|-|\n|3|4|\n\n[end]: #\n"


def test_region_with_several_tables_is_divided(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", "<!-- TABLE_GENERATE_START style=compact -->\n" + TWO + "<!-- TABLE_GENERATE_END -->\n")
    assert run("extract", "a.md", "--table", "y").out == "extracted a.md:12 to data/y.csv\n"
    assert document.read_text() == (
        "## X\n\n<!-- TABLE_GENERATE_START style=compact -->\n\n|a|b|\n|-|-|\n|1|2|\n\n<!-- TABLE_GENERATE_END -->\n\n"
        'Text.\n\n## Y\n\n<!-- TABLE_GENERATE_START source="data/y.csv" style=compact align="none" -->\n\n'
        '| c | d |\n| --- | --- |\n| 3 | 4 |\n\n<!-- TABLE_GENERATE_END checksum="1:4e248365226a" -->\n\n[end]: #\n'
    )
    assert run("fix").status == 0
    assert run("extract", "a.md").out == "extracted a.md:5 to data/x.csv\n"
    assert run("check").status == 0


def test_all_extracts_tables_with_and_without_markers(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", TWO + "\n" + BARE.format(TABLE) + "\n- item\n\n  |e|\n  |-|\n  |5|\n")
    assert run("extract", "a.md", "--list").out == (
        'a.md:3: below "X": 2 columns, 1 row, without markers\na.md:11: below "Y": 2 columns, 1 row, without markers\n'
        'a.md:18: below "Y": 2 columns, 1 row, between markers\na.md:25: below "Y": 1 column, 1 row, without markers\n'
    )
    ran = run("extract", "a.md", "--all", "--diff")
    assert ran.out.count("+++ data/") == 4
    ran = run("extract", "a.md", "--all")
    assert ran.status == 0
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["x.csv", "y-2.csv", "y-3.csv", "y.csv"]
    assert document.read_text().count("TABLE_GENERATE_START source=") == 4
    assert run("check").status == 0
    assert run("extract", "a.md", "--list").out.count(": generated from data/") == 4


def test_file_can_be_named(run: Run, write: Write, tmp_path: Path) -> None:
    write("a.md", BARE.format(TABLE))
    assert run("extract", "a.md", "--to", "tables/x.yml").out == "extracted a.md:2 to tables/x.yml\n"
    assert (tmp_path / "tables/x.yml").read_text() == '- a: "1"\n  b: x\n'
    write("b.md", BARE.format(TABLE))
    assert "tables/x.yml exists already" in run("extract", "b.md", "--to", "tables/x.yml").err


def test_sourced_region_is_converted(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", b"a;b;c\n1;x\xe9;\n2;y;z\n")
    options = 'source="d.csv" delimiter=";" columns="a, b" encoding=latin-1 limit=1 null="-"'
    document = write("a.md", sourced(options))
    run("fix")
    before = document.read_text()
    ran = run("extract", "a.md", "--table", "1", "--format", "yaml")
    assert ran.out.startswith("converted a.md:1 from d.csv to d.yaml\n  d.csv is left as it is")
    assert document.read_text() == before.replace(options, 'source="d.yaml" columns="a, b" limit=1 null="-"')
    assert (tmp_path / "d.yaml").read_text() == '- a: "1"\n  b: xé\n  c: null\n- a: "2"\n  b: "y"\n  c: z\n'
    assert run("check").status == 0


@pytest.mark.parametrize(
    ("header", "options", "data"),
    [
        ("ico | name | ico", "columns=\"ico, name, 'ico 2' as ico\"", "ico,name,ico 2"),
        (" | | A", "columns=\"'column 1' as '', 'column 2' as '', A\"", "column 1,column 2,A"),
        ("x | x 2 | x", 'columns="x, x 2, x 3 as x"', "x,x 2,x 3"),
        ("a, b | c | c", "columns=\"'a, b', c, c 2 as c\"", '"a, b",c,c 2'),
    ],
)
def test_repeated_headers_get_numbers_in_the_data(
    header: str, options: str, data: str, run: Run, write: Write, tmp_path: Path
) -> None:
    document = write("a.md", BARE.format(f"| {header} |\n|---|---|---|\n| 1 | 2 | 3 |\n"))
    ran = run("extract", "a.md")
    assert ran.status == 0, ran.err
    assert (
        options.replace("'ico 2'", "ico 2").replace("'column 1'", "column 1").replace("'column 2'", "column 2")
        in document.read_text()
    )
    assert (tmp_path / "data/a.csv").read_text() == f"{data}\n1,2,3\n"
    assert run("check").status == 0
    document.write_text(re.sub(r"3( +\|\n\n)", r"4\1", document.read_text()))
    assert run("pull").status == 0
    assert (tmp_path / "data/a.csv").read_text() == f"{data}\n1,2,4\n"


@pytest.mark.parametrize(
    "table",
    [
        "| a |\n|---|\n| 1 |\n{: .wide #id}\n",
        "{: .wide}\n| a |\n|---|\n| 1 |\n",
        "| a |\n|---|\n| 1 |\n\n: The caption {#tbl-x}\n",
        "| a |\n|---|\n| 1 |\n\n: The caption,\n  that goes on\n",
        "Table: The caption\n\n| a |\n|---|\n| 1 |\n",
        "| a |\n|---|\n| 1 |\n{: .wide}\n\nTable: The caption\n",
    ],
)
def test_attributes_and_captions_go_with_their_table(table: str, run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", f"Text.\n\n{table}\nMore.\n")
    ran = run("extract", "a.md", "--all")
    assert ran.status == 0, ran.err
    inside = document.read_text().partition("START")[2].partition("<!-- TABLE_GENERATE_END")[0]
    for line in table.splitlines():
        assert line in inside or line.startswith("|")
    assert (tmp_path / "data/a.csv").read_text() == "a\n1\n"
    assert run("check").status == 0
    (tmp_path / "data/a.csv").write_text("a\n1\nlonger\n")
    assert run("fix").status == 0
    assert run("check").status == 0
    for line in table.splitlines():
        assert line in document.read_text() or line.startswith("|")


def test_caption_belongs_to_the_table_above_it(run: Run, write: Write, tmp_path: Path) -> None:
    table = "| a |\n|---|\n| 1 |\n"
    document = write("a.md", f"{table}\n: First\n\n{table}\n: Second\n")
    assert run("extract", "a.md", "--all").status == 0
    first, second = document.read_text().split("<!-- TABLE_GENERATE_END")[:2]
    assert ": First" in first
    assert ": Second" in second


@pytest.mark.parametrize("indent", ["1. First\n\n    ", "!!! note\n\n    ", "- x\n\n\t", '=== "Tab"\n\n    '])
def test_indented_table_keeps_all_of_its_rows(indent: str, run: Run, write: Write, tmp_path: Path) -> None:
    head, _, margin = indent.rpartition("\n")
    write("a.md", f"{head}\n" + "".join(f"{margin}{line}\n" for line in ("| a |", "|---|", "| 1 |", "| 2 |")))
    ran = run("extract", "a.md", "--all")
    assert ran.status == 0, ran.err
    assert (tmp_path / "data/a.csv").read_text() == "a\n1\n2\n"
    assert run("check").status == 0


@pytest.mark.parametrize("row", ["<kbd>F1</kbd> | help", "```x``` | 1", "<!-- c --> | 1", "<b>x</b> | y"])
def test_row_may_begin_with_inline_html_or_code(row: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("a.md", f"key | does\n--|--\nEsc | leave\n{row}\nF2 | rename\n")
    ran = run("extract", "a.md", "--all")
    if row.startswith("<!--"):  # a comment begins raw HTML
        assert "text directly below" not in ran.err or ran.status == 2
        return
    assert ran.status == 0, ran.err
    assert len((tmp_path / "data/a.csv").read_text().splitlines()) == 4


def test_configured_encoding_and_delimiter_do_not_change_the_table(run: Run, write: Write) -> None:
    write("mdtables.toml", 'encoding = "cp1252"\ndelimiter = ";"\n')
    document = write("a.md", BARE.format("| a | b |\n|---|---|\n| é | x;y |\n"))
    assert run("extract", "a.md").status == 0
    assert 'delimiter="," encoding="utf-8"' in document.read_text()
    assert run("check").status == 0
    assert "| é   | x;y |" in document.read_text()


def test_failed_extraction_leaves_no_folder(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.md", BARE.format(TABLE))

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mdtables.workspace.writing.write", fail)
    assert run("extract", "a.md", "--to", "some/new/folder").status == 2
    assert not (tmp_path / "some").exists()


def test_converted_data_is_read_as_it_was_written_whatever_the_configuration_says(
    run: Run, write: Write, tmp_path: Path
) -> None:
    write("mdtables.toml", 'delimiter = ";"\nencoding = "cp1252"\n')
    write("d.yaml", "- a: é\n  b: x;y\n")
    document = write("a.md", sourced("source=d.yaml"))
    run("fix")
    assert run("extract", "a.md", "--table", "1", "--format", "csv").status == 0
    assert 'source="d.csv" delimiter="," encoding="utf-8"' in document.read_text()
    assert run("check").status == 0
    assert (tmp_path / "d.csv").read_text(encoding="utf-8") == "a,b\né,x;y\n"


def test_data_that_another_format_cannot_hold_is_not_converted(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.yaml", '- {a: 1, b: null}\n- {a: 2, b: ""}\n')
    document = write("a.md", sourced('source=d.yaml null="n/a"'))
    run("fix")
    before = document.read_text()
    ran = run("extract", "a.md", "--table", "1", "--format", "csv")
    assert ran.status == 2
    assert "d.csv cannot store this data: it would read back differently" in ran.err
    assert document.read_text() == before
    assert not (tmp_path / "d.csv").exists()


@pytest.mark.parametrize(
    "below",
    ["{: .x}\n| 3 | 4 |\n", "{: .x}\ntext\n", ": cap\n| 3 | 4 |\n", "{: .x}\n| c | d |\n|---|---|\n| 3 | 4 |\n"],
)
def test_rows_below_an_attribute_line_are_never_cut_off(below: str, run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", f"{TABLE}{below}\ntext\n")
    before = document.read_text()
    ran = run("extract", "a.md", "--all")
    assert ran.status == 2
    assert "text directly below the table" in ran.err
    assert document.read_text() == before


def test_captions_above_belong_to_the_table_below(run: Run, write: Write) -> None:
    document = write("a.md", f"Table: one\n\n{TABLE}\nTable: two\n\n{TABLE}\ntext\n")
    assert run("extract", "a.md", "--table", "7").status == 0
    before, inside = document.read_text().split("<!-- TABLE_GENERATE_START")
    assert "Table: one" in before
    assert "Table: two" in inside


@pytest.mark.parametrize(
    ("document", "kept"),
    [
        ("> | a |\n> |---|\n> | 1 |\n\nTable: other\n", "\n\nTable: other\n"),
        ("- x\n\n  | a |\n  |---|\n  | 1 |\n\nTable: other\n", "\n\nTable: other\n"),
        ("| a |\n|---|\n| 1 |\n\n: cap\n# Head\n", "\n# Head\n"),
        ("| a |\n|---|\n| 1 |\n\nTable: cap\n</details>\n", "\n</details>\n"),
        ("Apple\n\n: A fruit.\n\n| a |\n|---|\n| 1 |\n", "Apple\n\n: A fruit.\n\n<!--"),
    ],
)
def test_paragraph_that_is_not_a_caption_stays_outside(document: str, kept: str, run: Run, write: Write) -> None:
    path = write("a.md", document)
    assert run("extract", "a.md", "--all").status == 0
    text = path.read_text()
    inside = text.partition("START")[2].partition("TABLE_GENERATE_END")[0]
    assert kept in text
    assert kept.strip("\n<!-") not in inside


@pytest.mark.parametrize(
    ("start", "inside", "end"),
    [
        ("", "end\n", "after\n"),
        ("before\n", "hello\n\n", "\nafter\n"),
        ("before\n", "---\n\n", "\nx\n"),
        ("", "- item\n", "after\n"),
    ],
)
def test_markers_of_a_divided_region_leave_a_blank_line_where_they_separated_text(
    start: str, inside: str, end: str, run: Run, write: Write
) -> None:
    body = f"{inside}{TABLE}\n" if start else f"{TABLE}\n{inside}"
    document = write("a.md", start + "<!-- TABLE_GENERATE_START -->\n" + body + f"<!-- TABLE_GENERATE_END -->\n{end}")
    assert run("extract", "a.md").status == 0
    text = document.read_text()
    assert (f"before\n\n{inside}" in text) if start else (f"{inside}\nafter" in text)


@pytest.mark.parametrize(
    "document",
    ["> a\n| b |\n|---|\n| 1 |\n", "1. it\n| a | b |\n|---|---|\n2. it\n", "- a\n| b |\n|---|\n| 1 |\n"],
)
def test_lines_that_continue_the_text_of_a_container_are_not_a_table(document: str, run: Run, write: Write) -> None:
    write("a.md", document)
    assert "has no hand-written table" in run("extract", "a.md", "--all").err


def test_byte_order_mark_stays_above_the_markers(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", f"\ufeff{TABLE}".encode())
    assert run("extract", "a.md", "--all").status == 0
    assert document.read_bytes().startswith("\ufeff<!-- TABLE_GENERATE_START".encode())
    assert (tmp_path / "data/a.csv").read_text() == "a,b\n1,x\n"


@pytest.mark.parametrize(("to", "message"), [("x.tsv", "cannot write x.tsv"), ("x.toml", "cannot write x.toml")])
def test_file_of_another_kind_is_refused(to: str, message: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("a.md", BARE.format(TABLE))
    assert message in run("extract", "a.md", "--to", to).err
    assert not (tmp_path / to).exists()
    assert run("extract", "a.md", "--to", "X.CSV").status == 0


def test_bad_table_does_not_keep_the_others_from_being_extracted(run: Run, write: Write) -> None:
    document = write("a.md", f"{TABLE}\n## Bad\n\n|a|\n|-|\n|1|2|\n\n## Good\n\n{TABLE}")
    ran = run("extract", "a.md", "--all")
    assert ran.status == 2
    assert "a.md:9: error[long-row]" in ran.err
    assert ran.out == "extracted a.md:1 to data/a.csv\nextracted a.md:13 to data/good.csv\n"
    assert document.read_text().count("source=") == 2
    assert run("check").status == 0


def test_heading_may_be_underlined_or_a_number(run: Run, write: Write) -> None:
    write("a.md", f"2024\n====\n\n{TABLE}\nMore to say\n---\n\n{TABLE}")
    assert run("extract", "a.md", "--table", "2024").out == "extracted a.md:4 to data/2024.csv\n"
    assert run("extract", "a.md", "--table", "more to say").status == 0


def test_unclosed_region_is_reported_first(run: Run, write: Write) -> None:
    write("a.md", f"<!-- TABLE_GENERATE_START -->\n{TABLE}")
    assert "error[unclosed-region]" in run("extract", "a.md", "--all").err


def test_tab_after_a_quote_marker_is_not_code(run: Run, write: Write, tmp_path: Path) -> None:
    write("a.md", ">\t| a |\n>\t|---|\n>\t| 1 |\n>\t| 2 |\n")
    assert run("extract", "a.md", "--all").status == 0
    assert (tmp_path / "data/a.csv").read_text() == "a\n1\n2\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "this table already has a source"),
        (["--format", "yaml"], "d.yaml is of this format already"),
        (["--format", "csv"], 'd.yaml has columns that are not a table\'s: "tags"'),
    ],
)
def test_conversion_that_would_lose_data_is_refused(
    words: list[str], reason: str, run: Run, write: Write, tmp_path: Path
) -> None:
    write("d.yaml", "- id: a\n  tags: [p, q]\n")
    write("a.md", "# Top\n\n" + sourced("source=d.yaml columns=id"))
    run("fix")
    assert 'a.md:3: below "Top": generated from d.yaml' in run("extract", "a.md", "--list").out
    ran = run("extract", "a.md", "--table", "top", *words)
    assert ran.status == 2
    assert reason in ran.err
    assert sorted(path.name for path in tmp_path.glob("d*")) == ["d.yaml"]


@pytest.mark.parametrize(
    "document",
    [
        "- | A | B |\n  | --- | --- |\n  | 1 | 2 |\n  | - | - |\n  | 3 | 4 |\n",
        ":-- | ---\n| --: | --- | :-- |\n|x y|B|\n|---|---|\n",
        "para\n|---|---|\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    ],
)
def test_only_the_first_delimiter_row_of_a_paragraph_counts(document: str, run: Run, write: Write) -> None:
    path = write("a.md", document)
    assert "has no hand-written table" in run("extract", "a.md", "--all").err
    assert path.read_text() == document


def test_thousands_of_tables_are_not_made_files_at_once(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    document = write("a.md", "|a|\n|-|\n|1|\n\n" * 1001)
    before = document.read_bytes()
    ran = run("extract", "--all", "a.md")
    assert (ran.status, document.read_bytes(), sorted(os.listdir(tmp_path))) == (2, before, ["a.md", "mdtables.toml"])
    assert "error[cannot-extract]: there are 1001 tables to extract, more than 1000 at once" in ran.err
