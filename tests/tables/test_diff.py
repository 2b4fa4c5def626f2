"""The difference between two tables, row by row, and its description."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mdtables.model.table import Table
from mdtables.tables.diff import Difference, describe, difference, summarize


def between(old: list[list[str]], new: list[list[str]], key: int = 0) -> Difference:
    return difference(table(old), table(new), table(old), table(new), key)


def table(rows: list[list[str]]) -> Table:
    return Table(rows[0], [list(row) for row in rows[1:]], ["none"] * len(rows[0]), range(2, len(rows) + 1))


COURSES = [["Course", "Year"], ["DL for Coders", "2021"], ["CS50", "2007"], ["ML", "2011"]]


def test_changed_cell_is_named_by_row_and_column() -> None:
    found = between(COURSES, [COURSES[0], ["DL for Coders", "2022"], *COURSES[2:]])
    assert describe(found, "d.csv") == ['row "DL for Coders" (d.csv:2): Year: 2021 -> 2022']
    assert summarize(found) == "1 cell changed (Year: 2021 -> 2022)"


def test_rows_are_matched_by_their_key() -> None:
    found = between(COURSES, [COURSES[0], ["New", "1"], COURSES[3], ["DL for Coders", ""]])
    assert describe(found, "d.csv") == [
        'row "DL for Coders" (d.csv:2): Year: 2021 -> empty',
        'row "New" added',
        'row "CS50" (d.csv:3) removed',
        "rows in another order",
    ]
    assert summarize(found) == "+1 row, -1 row, 1 cell changed (Year: 2021 -> empty), rows in another order"
    by_year = between(COURSES, [COURSES[0], ["Deep Learning", "2021"], *COURSES[2:]], key=1)
    assert summarize(by_year) == "1 cell changed (Course: DL for Coders -> Deep Learning)"


def test_row_that_differs_only_in_its_key_was_renamed() -> None:
    found = between(COURSES, [COURSES[0], COURSES[1], ["CS51", "2007"], COURSES[3]])
    assert summarize(found) == "1 cell changed (Course: CS50 -> CS51)"
    other_place = between(COURSES, [COURSES[0], ["CS51", "2007"], COURSES[1], COURSES[3]])
    assert summarize(other_place) == "+1 row, -1 row"


def test_without_a_unique_key_equal_rows_are_matched_first() -> None:
    old = [["a", "b"], ["x", "1"], ["x", "2"], ["x", "3"]]
    found = between(old, [["a", "b"], ["x", "0"], ["x", "2"], ["x", "3"], ["x", "4"]])
    assert not found.by_key
    assert summarize(found) == "+1 row, -0 rows, 1 cell changed (b: 1 -> 0)"


def test_other_columns_are_the_whole_description() -> None:
    assert summarize(between(COURSES, [["Course"], ["ML"]])) == "columns: Course, Year -> Course"


def test_summary_of_reordered_rows_is_one_phrase() -> None:
    assert summarize(between(COURSES, [COURSES[0], *reversed(COURSES[1:])])) == "rows in another order"


def test_description_has_at_most_twenty_lines() -> None:
    old = [["a", "b"], *([str(n), "x"] for n in range(50))]
    new = [["a", "b"], *([str(n), "y"] for n in range(50))]
    assert describe(between(old, new), "d.csv")[-2:] == ['row "18" (d.csv:20): b: x -> y', "and 31 more"]


ROWS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("12")).map(list), max_size=6)


@given(ROWS, ROWS)
def test_difference_turns_one_table_into_the_other(old: list[list[str]], new: list[list[str]]) -> None:
    found = between([["k", "v"], *old], [["k", "v"], *new])
    rows = {index: list(row) for index, row in enumerate(old) if index not in found.removed}
    for changed in found.changed:
        for column in changed.columns:
            rows[changed.old][column] = new[changed.new][column]
    assert sorted([*rows.values(), *(new[index] for index in found.added)]) == sorted(new)
    assert found.is_empty == (old == new)
