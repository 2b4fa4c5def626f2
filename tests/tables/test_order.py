"""The orders that `sort` knows, and numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdtables.model.diagnostics import Location
from mdtables.model.options import SPECS, Options
from mdtables.model.table import Table
from mdtables.tables.shape import alignments, shape
from tests.numbers import EXAMPLES, Example


def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
    return Location("a.md", 1)


def in_order(values: list[str], sort: str) -> list[str]:
    options = Options(sort=SPECS["sort"].parse(sort))
    return [row[0] or "" for row in shape(Table(["v"], [[value] for value in values]), options, locate).table.rows]


EXAMPLE = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.values[0])


@EXAMPLE
def test_column_of_numbers_as_people_write_them_is_aligned_right(example: Example) -> None:
    rows = [[value] for value in [*example.values, "", "–"]]
    assert alignments(Table(["v"], rows), (), locate) == ["right" if example.are_numbers else "none"]


@EXAMPLE
def test_natural_order_puts_missing_values_last_in_both_directions(example: Example) -> None:
    if example.is_for_script:
        pytest.skip("a date that is not written as 2026-01-31")
    values = [*example.values[1::2], "–", *example.values[::2], ""]
    assert in_order(values, "v:natural") == [*example.values, "–", ""]
    assert in_order(values, "-v:natural") == [*reversed(example.values), "–", ""]


def test_default_order_has_not_changed() -> None:
    values = ["b", "10", "9", "B", "1,5", "a", "é", "", "-1", "1e1000000000000000000"]
    assert in_order(values, "v") == ["-1", "9", "10", "1,5", "1e1000000000000000000", "B", "a", "b", "é", ""]


def test_order_without_case_ignores_accents_too() -> None:
    assert in_order(["Zoe", "école", "Eclair", "zoë", "10", "ÉCOLE", "9"], "v:i") == [
        *("9", "10", "Eclair", "ÉCOLE", "école", "Zoe", "zoë")
    ]


def test_own_order_puts_other_values_where_the_star_is() -> None:
    values = ["fixed", "x", "open", "", "a", "wontfix"]
    assert in_order(values, "v(open, fixed)") == ["open", "fixed", "a", "wontfix", "x", ""]
    assert in_order(values, "v(open, *, fixed)") == ["open", "a", "wontfix", "x", "fixed", ""]
    assert in_order(values, "-v(open, *, fixed)") == ["fixed", "x", "wontfix", "a", "open", ""]


@given(st.lists(st.text("0123456789aA.,-% e", max_size=6)), st.sampled_from(["v:i", "v:natural", "v(a, *, 1)"]))
def test_every_order_keeps_all_rows_and_reverses(values: list[str], sort: str) -> None:
    ordered = in_order(values, sort)
    assert sorted(ordered) == sorted(values)
    assert in_order(ordered, sort) == ordered
    assert sorted(in_order(values, f"-{sort}")) == sorted(values)


def test_number_of_any_length_has_a_place() -> None:
    assert in_order(["9" * 20_000 + "x", "1" * 20_000 + "x"], "v:natural") == ["1" * 20_000 + "x", "9" * 20_000 + "x"]
