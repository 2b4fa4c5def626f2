"""The way in: a hand-written table becomes data, and the region shows the same as before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdtables.cells.meaning import meaning
from mdtables.document.parse import parse, tables_of
from mdtables.model.diagnostics import MdtablesError
from mdtables.model.policy import Policy
from mdtables.pipelines.extract import choices, move
from tests.conftest import BARE, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
TABLE = "| a | b |\n|:--|---|\n| 1 | x |\n"


def test_the_table_of_a_bare_region_becomes_its_source(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("posts/a.md", "# Best Courses, 2021\n\n" + BARE.format(TABLE))
    ran = run("extract", "posts/a.md")
    assert ran.out == "extracted posts/a.md:4 to data/best-courses-2021.csv\n"
    assert (tmp_path / "data/best-courses-2021.csv").read_text() == "a,b\n1,x\n"
    assert (
        'START source="../data/best-courses-2021.csv" align="left, none" -->\n\n| a   | b   |' in document.read_text()
    )
    assert run("check").status == 0
    assert run("extract", "posts/a.md").status == 2


def test_beside_jekylls_configuration_the_data_goes_to_its_data_folder(run: Run, write: Write, tmp_path: Path) -> None:
    write("_config.yml", "")
    write("a.md", BARE.format(TABLE))
    assert run("extract", "a.md", "--format", "yaml").status == 0
    assert (tmp_path / "_data/a.yaml").read_text() == "- a: 1\n  b: x\n"
    assert run("check").status == 0


def test_any_table_can_be_named_by_its_line_or_its_heading(run: Run, write: Write) -> None:
    document = write(
        "a.md", f"# One\n\n{TABLE}\n```\n{TABLE}```\n\n## Two\n\n- x\n\n  " + TABLE.replace("\n|", "\n  |")
    )
    assert run("extract", "a.md").status == 2
    assert "line 3 below" in run("extract", "a.md", "--table", "8").err
    assert run("extract", "a.md", "--table", "two").out == "extracted a.md:17 to data/two.csv\n"
    assert run("extract", "a.md", "--table", "4").out == "extracted a.md:3 to data/one.csv\n"
    assert document.read_text().count("  <!-- TABLE_GENERATE_START") == 1
    assert run("check").status == 0


def test_an_existing_file_is_never_overwritten(run: Run, write: Write, tmp_path: Path) -> None:
    kept = write("data/a.csv", "mine\n")
    write("a.md", BARE.format(TABLE) + "\n" + BARE.format(TABLE))
    assert run("extract", "a.md").out == "extracted a.md:2 to data/a-2.csv\nextracted a.md:10 to data/a-3.csv\n"
    assert kept.read_text() == "mine\n"


def test_other_regions_are_left_as_they_are(run: Run, write: Write) -> None:
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
    ("document", "words", "says"),
    [
        (BARE.format("|a|b|\n|-|-|\n|1|2|3|\n"), [], "long-row"),
        (BARE.format("|a|a|\n|-|-|\n|1|2|\n"), [], "repeated-column"),
        (BARE.format(TABLE), ["--to", ".."], "source-outside"),
        (BARE.format("text\n\n" + TABLE), [], "no table in a bare region"),
        ("text\n", ["--table", "1"], "there is no hand-written table in it"),
    ],
)
def test_what_cannot_be_moved_is_told_and_nothing_is_written(
    document: str, words: list[str], says: str, run: Run, write: Write, tmp_path: Path
) -> None:
    path = write("a.md", document)
    ran = run("extract", "a.md", *words)
    assert ran.status == 2
    assert says in ran.err
    assert path.read_text() == document
    assert not (tmp_path / "data").exists()


def test_a_document_that_is_not_there_is_told(run: Run) -> None:
    assert run("extract", "nowhere.md").err == "mdtables extract: nowhere.md: No such file or directory\n"


CELL = st.text(st.sampled_from("ab1 *_`\\|&;#<>{}%$[]()~=:-\u00a0é"), max_size=8)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_the_reader_sees_the_same_or_nothing_is_moved(rows: list[tuple[str, str]]) -> None:
    body = "| k | v |\n|---|---|\n" + "".join(f"| {a.replace('|', '')} | {b.replace('|', '')} |\n" for a, b in rows)
    chosen = next((choice for choice in choices(BARE.format(body), "a.md") if choice.marked), None)
    if chosen is None:
        return
    try:
        moved = move(chosen, "d.csv", Policy())
    except MdtablesError:
        return
    document = parse(moved.outcome.new, "a.md")
    (shown,) = tables_of(document, document.regions[0])
    said = [[meaning((cell or "").replace("\\|", "|")) for cell in row] for row in shown.table.rows]
    stood = [[meaning((cell or "").replace("\\|", "|")) for cell in row] for row in chosen.standing.table.rows]
    assert said == stood


def test_a_comment_in_code_is_no_heading(run: Run, write: Write) -> None:
    document = "---\n# front: matter\n---\n\n## Books ##\n\n```sh\n# install\n```\n\n    # indented\n\n" + BARE.format(
        TABLE
    )
    write("a.md", document)
    assert run("extract", "a.md").out == "extracted a.md:14 to data/books.csv\n"


def test_what_the_configuration_says_of_other_tables_changes_nothing_in_this_one(run: Run, write: Write) -> None:
    write("mdtables.toml", 'cells = "text"\nnull = "—"\nalign = "center"\n')
    document = write("a.md", BARE.format("| a | b |\n|:--|---|\n| *1* | |\n"))
    assert run("extract", "a.md").status == 0
    assert (
        'align="left, none" cells="markdown" null="" -->\n\n| a   | b   |\n| :-- | --- |\n| *1* |     |'
        in document.read_text()
    )
    assert run("check").status == 0


def test_a_table_that_would_not_say_the_same_stays(run: Run, write: Write) -> None:
    document = write("a.md", BARE.format("| |\n|---|\n| x |\n"))  # without a text in its header Pandoc drops it
    assert "error[no-value]: the table would not say the same when it is generated" in run("extract", "a.md").err
    assert document.read_text() == BARE.format("| |\n|---|\n| x |\n")
