"""What a cell says: cells that need no parser, and many looked at together, say the same."""

from __future__ import annotations

import mistune
from hypothesis import given
from hypothesis import strategies as st

from mdtables.document.meaning import meaning, meanings

CELLS = st.text(st.sampled_from("ab1é_ .*`&<>[]()~\\|#;"), max_size=8)


@given(st.text(st.sampled_from("ab1éß_ "), min_size=1, max_size=12).map(str.strip).filter(bool))
def test_an_underscore_between_letters_is_only_itself(cell: str) -> None:
    rendered = str(mistune.html(cell)).strip().removeprefix("<p>").removesuffix("</p>")
    assert meaning(cell) in (cell, rendered)
    assert rendered == cell or meaning(cell) == rendered


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_rows_say_what_their_cells_say_one_by_one(rows: list[tuple[str, str]]) -> None:
    assert [tuple(row) for row in meanings(rows)] == [tuple(meaning(cell) for cell in row) for row in rows]
