"""extract: a hand-written table becomes data, and its region shows the same as before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdtables.cells.canonical import canonical_table
from mdtables.document.parse import parse, tables_of
from mdtables.model.errors import MdtablesError
from mdtables.model.policy import Policy
from mdtables.pipelines.extract import extract, hand_written
from tests.conftest import BARE, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
TABLE = "| a | b |\n|:--|---|\n| 1 | x |\n"


def test_table_of_a_bare_region_becomes_its_source(run: Run, write: Write, tmp_path: Path) -> None:
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
    assert run("check").status == 0


def test_table_is_named_by_line_or_heading(run: Run, write: Write) -> None:
    document = write(
        "a.md", f"# One\n\n{TABLE}\n```\n{TABLE}```\n\n## Two\n\n- x\n\n  " + TABLE.replace("\n|", "\n  |")
    )
    assert run("extract", "a.md").status == 2
    assert 'line 3 ("One")' in run("extract", "a.md", "--table", "8").err
    assert run("extract", "a.md", "--table", "two").out == "extracted a.md:17 to data/two.csv\n"
    assert run("extract", "a.md", "--table", "4").out == "extracted a.md:3 to data/one.csv\n"
    assert document.read_text().count("  <!-- TABLE_GENERATE_START") == 1
    assert run("check").status == 0


def test_existing_file_is_never_overwritten(run: Run, write: Write, tmp_path: Path) -> None:
    kept = write("data/a.csv", "mine\n")
    write("a.md", BARE.format(TABLE) + "\n" + BARE.format(TABLE))
    assert run("extract", "a.md").out == "extracted a.md:2 to data/a-2.csv\nextracted a.md:10 to data/a-3.csv\n"
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
        (BARE.format("|a|a|\n|-|-|\n|1|2|\n"), [], "repeated-column"),
        (BARE.format(TABLE), ["--to", ".."], "source-outside"),
        (BARE.format("text\n\n" + TABLE), [], "has no bare region with just one table"),
        ("text\n", ["--table", "1"], "there is no hand-written table at line 1"),
        (BARE.format(TABLE) * 2, ["--table", "1"], "tables in this document: line 2, line 7"),
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


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
def test_extracted_table_shows_the_same_or_is_refused(rows: list[tuple[str, str]]) -> None:
    body = "| k | v |\n|---|---|\n" + "".join(f"| {a.replace('|', '')} | {b.replace('|', '')} |\n" for a, b in rows)
    chosen = next((found for found in hand_written(BARE.format(body), "a.md") if found.marked), None)
    if chosen is None:
        return
    try:
        extraction = extract(chosen, "d.csv", Policy())
    except MdtablesError:
        return
    document = parse(extraction.outcome.new, "a.md")
    (shown,) = tables_of(document, document.regions[0])
    assert canonical_table(shown.table).rows == canonical_table(chosen.current.table).rows


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
