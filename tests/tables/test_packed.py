"""Rows in pieces are what the list of them is, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import mdtables.tables.packed
from mdtables.model.table import Row
from mdtables.tables.packed import Rows, cells_of, packed, pieces_of, ragged_row

CELL = st.none() | st.text("a\x1f", max_size=2)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=9)
BOUND = st.none() | st.integers(-11, 11)


@pytest.fixture(autouse=True, scope="module")
def _small_pieces() -> Iterator[None]:
    with patch.object(mdtables.tables.packed, "PIECE", 3):
        yield


@given(ROWS)
def test_they_are_as_many_and_the_same(rows: list[Row]) -> None:
    made = packed(2, rows)
    assert len(made) == len(rows)
    assert made == rows
    assert rows == made
    assert made == packed(2, made)
    assert made != [*rows, ["b", "b"]]
    assert bool(made) is bool(rows)
    assert [cell for piece in pieces_of(made) for cell in cells_of(piece)] == [c or "" for row in rows for c in row]


@given(ROWS, BOUND, BOUND, st.none() | st.sampled_from([-2, -1, 1, 2, 3]))
@example([["", ""]] * 9, 6, 0, None)
def test_a_slice_is_that_of_the_list(rows: list[Row], start: int | None, stop: int | None, step: int | None) -> None:
    assert packed(2, rows)[start:stop:step] == rows[start:stop:step]


@given(ROWS, st.lists(st.integers(-10, 10), max_size=5))
def test_a_single_row_is_that_of_the_list(rows: list[Row], indexes: list[int]) -> None:
    made = packed(2, rows)
    for index in indexes:
        if -len(rows) <= index < len(rows):
            assert made[index] == rows[index]
        else:
            with pytest.raises(IndexError):
                made[index]


def test_a_row_of_another_length_is_found() -> None:
    assert ragged_row([["a", "b"], ["c"]], 2) == 1
    assert ragged_row(packed(2, [["a", "b"], ["c", "d"]]), 2) is None
    assert ragged_row(packed(2, [["a", "b"], ["c", "d"]]), 3) == 0


def test_they_are_equal_to_rows_alone() -> None:
    assert Rows(1, []) != 0
    assert packed(1, [["a"]]) != "a"
