"""Packed rows behave like the list of the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import mdtables.tables.packed
from mdtables.model.table import Row
from mdtables.tables.packed import Rows, ragged_row

CELL = st.none() | st.text("a\x1f", max_size=2)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=9)
BOUND = st.none() | st.integers(-11, 11)


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    with patch.object(mdtables.tables.packed, "CHUNK_ROWS", 3):
        yield


@given(ROWS)
def test_packed_rows_equal_the_list(rows: list[Row]) -> None:
    packed = Rows.pack(2, rows)
    assert len(packed) == len(rows)
    assert packed == rows
    assert rows == packed
    assert packed == Rows.pack(2, packed)
    assert packed != [*rows, ["b", "b"]]
    assert bool(packed) is bool(rows)


@given(ROWS)
def test_chunks_and_columns_have_every_cell(rows: list[Row]) -> None:
    for packed in (Rows.pack(2, rows), Rows.view(2, rows)):
        assert [cell for chunk in packed.chunks() for cell in chunk] == [c or "" for row in rows for c in row]
        assert packed.columns_at([1, 0]) == [[row[n] or "" for row in rows] for n in (1, 0)]


@given(ROWS, st.sampled_from(["", "null", "\x1f"]))
def test_map_cells_changes_each_cell_by_itself(rows: list[Row], null: str) -> None:
    def unchanged(joined: str, count: int) -> bool:
        return "a" not in joined

    mapped = Rows.view(2, rows).map_cells(lambda cell: cell.replace("a", "b\x1f"), unchanged=unchanged, null=null)
    expected = [[(null if c is None else c).replace("a", "b\x1f") for c in row] for row in rows]
    assert [list(row) for row in mapped] == expected


@given(ROWS, BOUND, BOUND, st.none() | st.sampled_from([-2, -1, 1, 2, 3]))
@example([["", ""]] * 9, 6, 0, None)
def test_slice_equals_that_of_the_list(rows: list[Row], start: int | None, stop: int | None, step: int | None) -> None:
    assert Rows.pack(2, rows)[start:stop:step] == rows[start:stop:step]


@given(ROWS, st.lists(st.integers(-10, 10), max_size=5))
def test_single_row_equals_that_of_the_list(rows: list[Row], indexes: list[int]) -> None:
    packed = Rows.pack(2, rows)
    for index in indexes:
        if -len(rows) <= index < len(rows):
            assert packed[index] == rows[index]
        else:
            with pytest.raises(IndexError):
                packed[index]


def test_ragged_row_is_found() -> None:
    assert ragged_row([["a", "b"], ["c"]], 2) == 1
    assert ragged_row(Rows.pack(2, [["a", "b"], ["c", "d"]]), 2) is None
    assert ragged_row(Rows.pack(2, [["a", "b"], ["c", "d"]]), 3) == 0


def test_rows_equal_only_rows() -> None:
    assert Rows(1, []) != 0
    assert Rows.pack(1, [["a"]]) != "a"


@given(ROWS)
@example([["a\x1f", None], ["", "a"]])
def test_cells_with_a_character_are_found_in_reading_order(rows: list[Row]) -> None:
    found = [(n, column, cell) for n, row in enumerate(rows) for column, cell in enumerate(row) if cell and "a" in cell]
    assert list(Rows.pack(2, rows).cells_with("a", "\x02")) == found
    assert list(Rows.view(2, rows).cells_with("a", "\x02")) == found
