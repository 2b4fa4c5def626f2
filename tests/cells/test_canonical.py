"""What a cell says: cells that need no parser, and many looked at together, say the same."""

from __future__ import annotations

import mistune
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.cells.meaning import meaning, meanings
from mdtables.model.table import Table

CELLS = st.text(st.sampled_from('ab1é_".*`&<>[]()~\\|#;'), max_size=8)


@given(st.text(st.sampled_from("ab1éß_ .,'!?{}$^=@"), min_size=1, max_size=12).map(lambda text: f"a {text} b"))
def test_what_needs_no_parser_says_what_the_parser_says(cell: str) -> None:
    blanks = " ".join(cell.split())
    assert meaning(blanks) == str(mistune.html(blanks)).strip().removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize("said", ["a_b > c", '"a_b"', "a.b > c", '"a.b"', "x > y"])
def test_an_escape_that_was_not_needed_changes_nothing(said: str) -> None:
    escaped = said.replace("_", "\\_").replace(".", "\\.").replace(">", "\\>")
    assert meaning(escaped) == meaning(said)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
@example([("_a_", "b")])
@example([('"', "b"), ("c", "d")])
def test_rows_say_what_their_cells_say_one_by_one(rows: list[tuple[str, str]]) -> None:
    said = meanings(Table(["a", "*b*"], rows))
    assert [tuple(row) for row in said.rows] == [tuple(meaning(cell) for cell in row) for row in rows]
    assert said.header == ["a", "<em>b</em>"]
