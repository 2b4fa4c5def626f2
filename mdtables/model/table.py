"""What a table is, and what a change to one is. Knows no text format, no disk and no terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Alignment = Literal["none", "left", "right", "center"]
Row = Sequence[str | None]


class Changes(NamedTuple):
    """What to change in a source: cells by row and column, rows to take out, and rows to put in.

    Rows and columns are indexes in the source's table as it was read. A new row goes below the row of its index; -1 is
    above the first.
    """

    cells: Mapping[tuple[int, int], str]
    removed: Sequence[int]
    added: Sequence[tuple[int, Sequence[str]]]


class Table(NamedTuple):
    """A header and its rows; every row is as long as the header. A cell is text, or None where it is missing.

    `align` has one entry a column, or is empty where nothing is decided yet. `lines` has the line of each row in
    the file it came from, or is empty.
    """

    header: Sequence[str]
    rows: Sequence[Row]
    align: Sequence[Alignment] = ()
    lines: Sequence[int] = ()
