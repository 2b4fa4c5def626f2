"""The layout equals tabulate's, and that of many chunks equals that of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from tabulate import DataRow, TableFormat, tabulate

import mdtables.tables.packed
from mdtables.cells.layout import lay_out, lines_of
from mdtables.cells.width import width
from mdtables.model.table import Alignment, Row
from mdtables.tables.packed import Rows

ALIGNMENTS: list[Alignment] = ["none", "left", "right", "center"]
CELL = st.text(st.sampled_from("ab |漢é👩"), max_size=9).map(lambda text: text.strip())
ROWS = DataRow("|", "|", "|")
REFERENCE = TableFormat(
    lineabove=None,
    linebelowheader=None,
    linebetweenrows=None,
    linebelow=None,
    headerrow=None,
    datarow=ROWS,
    padding=1,
    with_header_hide=None,
)


def by_tabulate(header: Sequence[str], rows: Sequence[Sequence[str]], align: Sequence[Alignment]) -> list[str]:
    """Return tabulate's lines, with a row of dashes instead of the delimiter row."""
    names = ["left" if a == "none" else a for a in align]
    text = tabulate(
        [header, ["---"] * len(header), *rows],
        tablefmt=REFERENCE,
        disable_numparse=True,
        colalign=names,
    )
    return text.split("\n")


def laid_out(
    header: Sequence[str],
    rows: Sequence[Row],
    align: Sequence[Alignment],
    style: Literal["aligned", "compact"] = "aligned",
) -> list[str]:
    return lines_of(lay_out(header, rows, align, style))


def table(columns: int) -> st.SearchStrategy[tuple[list[str], list[list[str]], list[Alignment]]]:
    row = st.lists(CELL, min_size=columns, max_size=columns)
    align = st.lists(st.sampled_from(ALIGNMENTS), min_size=columns, max_size=columns)
    return st.tuples(row, st.lists(row, max_size=5), align)


@given(st.integers(1, 4).flatmap(table))
def test_layout_equals_tabulate(made: tuple[list[str], list[list[str]], list[Alignment]]) -> None:
    header, rows, align = made
    ours, theirs = laid_out(header, rows, align), by_tabulate(header, rows, align)
    assert [ours[0], *ours[2:]] == [theirs[0], *theirs[2:]]
    assert {width(line) for line in ours} == {width(theirs[0])}


@given(st.integers(1, 3).flatmap(table))
def test_many_chunks_are_laid_out_like_one(made: tuple[list[str], list[list[str]], list[Alignment]]) -> None:
    header, rows, align = made
    whole = laid_out(header, rows, align)
    with patch.object(mdtables.tables.packed, "CHUNK_ROWS", 2):
        assert laid_out(header, Rows.pack(len(header), rows), align) == whole


def test_delimiters_fill_their_column_and_show_its_alignment() -> None:
    lines = laid_out(["aaaaa", "b", "c", "d"], [], ["none", "left", "right", "center"])
    assert lines[1] == "| ----- | :-- | --: | :-: |"


def test_centered_cells_lean_to_the_left_like_prettier() -> None:
    lines = laid_out(["header"], [["x"], ["xx"]], ["center"])
    assert lines[2:] == ["|   x    |", "|   xx   |"]


def test_compact_style_has_one_blank_of_padding() -> None:
    assert laid_out(["a", "b"], [["1", ""]], ["right", "none"], "compact") == ["| a | b |", "| --: | --- |", "| 1 |  |"]


def test_many_rows_are_laid_out_like_few() -> None:
    rows = [[f"{n}", "x" * (n % 7)] for n in range(5000)]
    lines = laid_out(["n", "x"], Rows.pack(2, rows), ["right", "none"])
    assert len({len(line) for line in lines}) == 1
    assert lines[-1] == "| 4999 | x      |"
    rows[2500][1] = "漢"
    wide = laid_out(["n", "x"], Rows.pack(2, rows), ["right", "none"])
    assert wide[2502] == "| 2500 | 漢     |"
    assert [line for n, line in enumerate(wide) if n != 2502] == [line for n, line in enumerate(lines) if n != 2502]
