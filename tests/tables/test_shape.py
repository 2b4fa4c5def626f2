"""Shaping beyond the cases: what counts as a column of numbers, however it is found out."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.model.options import AlignRule
from mdtables.model.table import Table
from mdtables.tables.shape import alignments

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
VALUES = st.from_regex(NUMBER, fullmatch=True) | st.text("0123.e+-x\n\u0663", max_size=4) | st.none()


@given(st.lists(VALUES, max_size=5))
@example(["1", "2\n3"])
@example(["12", "\u0663"])
@example(["", None])
def test_a_column_is_right_aligned_if_all_that_is_in_it_is_a_number(values: list[str | None]) -> None:
    there = [value for value in values if value]
    right = bool(there) and all(map(NUMBER.fullmatch, there))
    table = Table(["n"], [[value] for value in values])
    assert alignments(table, (AlignRule(None, "auto"),)) == ["right" if right else "none"]


def test_a_column_is_no_number_for_one_word_among_thousands() -> None:
    rows: list[list[str | None]] = [[str(number), str(number)] for number in range(5000)]
    rows[4321][1] = "x"
    assert alignments(Table(["n", "m"], rows), ()) == ["right", "none"]
