"""MDX documents: markers in comments of MDX's, and values in which no brace begins an expression."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
EMPTY = '{/* TABLE_GENERATE_START source="d.csv" */}\n{/* TABLE_GENERATE_END */}\n'


def test_region_between_comments_of_mdx_is_generated(run: Run, write: Write) -> None:
    write("d.csv", 'a,b\n{x},"`{a: 1}` <https://a.b/c?d=1|2> <!-- c -->"\n')
    document = write("a.mdx", EMPTY)
    assert run("fix").status == 0
    cells = "| &#123;x} | `{a: 1}` https://a.b/c?d=1%7C2 {/* c */} |\n"
    assert 'source="d.csv" */}\n\n| a        | b  ' in document.read_text()
    assert cells in document.read_text()
    assert '{/* TABLE_GENERATE_END checksum="1:' in document.read_text()
    assert run("check").status == 0
    assert "a.mdx:1" in run("list").out


def test_comments_of_mdx_are_text_in_other_documents(run: Run, write: Write) -> None:
    document = write("a.md", EMPTY)
    assert run("fix", "a.md").status == 0
    assert document.read_text() == EMPTY


def test_hand_edit_in_mdx_is_pulled(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "a,b\n1,{x} old\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    document.write_text(document.read_text().replace("old", "new"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,{x} new\n"


def test_extract_writes_markers_that_compile(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.mdx", "Text.\n\n| a |\n|---|\n| `{x}` |\n| \\{y} |\n")
    assert run("extract", "a.mdx", "--all").status == 0
    assert document.read_text().startswith('Text.\n\n{/* TABLE_GENERATE_START source="data/a.csv" */}\n\n| a ')
    assert run("check").status == 0


@pytest.mark.parametrize("cell", ["{props.x}", "text {1 + 1} more"])
def test_expression_in_a_hand_written_table_is_not_extracted(cell: str, run: Run, write: Write) -> None:
    write("a.mdx", f"| a |\n|---|\n| {cell} |\n")
    ran = run("extract", "a.mdx", "--all")
    assert ran.status == 2
    assert f"a value cannot contain an expression of MDX: {cell}" in ran.err


def test_unclosed_comment_of_mdx_is_reported(run: Run, write: Write) -> None:
    write("a.mdx", "{/* TABLE_GENERATE_START source=d.csv\n")
    assert "this start marker is not closed by */}" in run("check").out


def test_tags_in_mdx_are_closed_or_text(run: Run, write: Write) -> None:
    write("d.csv", "a\n<b>x</b> <br> <img src=a.png> <p>y </i> <Foo/>\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    assert '| <b>x</b> <br /> <img src="a.png" /> &lt;p>y &lt;/i> <Foo/> |' in document.read_text()


def test_misspelled_marker_in_mdx_is_reported(run: Run, write: Write) -> None:
    write("a.mdx", "{/* table_generate_start */}\n")
    assert "warning[misspelled-marker]" in run("check").out
