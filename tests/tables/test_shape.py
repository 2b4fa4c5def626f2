"""Shaping: which columns are numeric, and the provenance of rows and columns."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.model.diagnostics import Location
from mdtables.model.option_values import AlignRule
from mdtables.model.options import SPECS, Options
from mdtables.model.table import Table
from mdtables.tables.numbers import is_missing, strict_number, written_number
from mdtables.tables.shape import alignments, shape

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
VALUES = st.from_regex(NUMBER, fullmatch=True) | st.text("0123.e+-x\n\u0663", max_size=4) | st.none()


def is_huge(value: str) -> bool:
    """Return True for a number whose exponent no program computes with."""
    return bool(NUMBER.fullmatch(value)) and strict_number(value) is None


def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
    return Location("a.md", 1)


@given(st.lists(VALUES, max_size=5))
@example(["1", "2\n3"])
@example(["12", "\u0663"])
@example(["", None])
def test_column_is_right_aligned_if_all_its_values_are_numbers(values: list[str | None]) -> None:
    present = [value for value in values if not is_missing(value or "")]
    right = bool(present) and all(written_number(value or "") is not None or is_huge(value or "") for value in present)
    table = Table(["n"], [[value] for value in values])
    assert alignments(table, (AlignRule(None, "auto"),), locate) == ["right" if right else "none"]


def test_one_word_among_thousands_of_numbers_is_found() -> None:
    rows: list[list[str | None]] = [[str(number), str(number)] for number in range(5000)]
    rows[4321][1] = "x"
    assert alignments(Table(["n", "m"], rows), (), locate) == ["right", "none"]


SHAPES = st.sampled_from(["", "b", "*", "b, a", "c, *", "*, a as x"])
SORTS = st.sampled_from(["", "a", "-b", "c, -a"])


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "1", "02", "x"])] * 3), max_size=5),
    SHAPES,
    SORTS,
    st.none() | st.integers(1, 4),
)
def test_shaped_rows_and_columns_point_to_source_cells(
    rows: list[tuple[str, ...]], columns: str, sort: str, limit: int | None
) -> None:
    texts = {name: text for name, text in (("columns", columns), ("sort", sort)) if text}
    options = Options(limit=limit, **{name: SPECS[name].parse(text) for name, text in texts.items()})
    table = Table(["a", "b", "c"], rows, lines=range(2, len(rows) + 2))
    shaped = shape(table, options, locate)
    expected = [[rows[row][column.inputs[0]] for column in shaped.columns] for row in shaped.rows]
    assert [list(row) for row in shaped.table.rows] == expected
    assert list(shaped.table.lines) == [row + 2 for row in shaped.rows]
    assert len(shaped.columns) == len(shaped.table.header)
