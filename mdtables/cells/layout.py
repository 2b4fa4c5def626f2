"""Encoded cells -> the lines of a table: widths, padding, delimiter row. Knows nothing of what cells mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal

from mdtables.cells.width import is_plain, width
from mdtables.model.table import Alignment, Row
from mdtables.tables.packed import SEPARATOR, Piece, cells_of, pieces_of, rows_of

NARROWEST = 3
"""Columns of the narrowest cell: md4c, lowdown and showdown want three dashes in a delimiter cell."""

_MOST_FITTING = 100  # columns: beyond that making the expression takes longer than it saves
_ENDS: dict[Alignment, tuple[str, str]] = {
    "none": ("-", "-"),
    "left": (":", "-"),
    "right": ("-", ":"),
    "center": (":", ":"),
}


def lay_out(
    header: Sequence[str],
    rows: Sequence[Row],
    align: Sequence[Alignment],
    style: Literal["aligned", "compact"] = "aligned",
    ambiguous: int = 1,
) -> list[str]:
    """Header, delimiter row and rows: a line each of the first two, then a text of many lines for each piece of rows.

    No text has a line ending behind it. Every row is as long as the header, and no cell is missing. `ambiguous`: see
    `width`.
    """
    pieces = list(pieces_of(rows))
    if style == "compact":
        delimiters = [first + "-" + last for first, last in (_ENDS[a] for a in align)]
        return [_compact(cells, len(header)) for cells in (header, delimiters, *map(cells_of, pieces))]
    measured = partial(width, ambiguous=ambiguous)
    widths, plain = _measure(header, pieces, measured)
    # cut apart here once more, since all cells at once would take ten times the memory
    texts = [_padded(cells_of(piece), widths, align, each, measured) for piece, each in zip(pieces, plain, strict=True)]
    return [_padded(header, widths, align, False, measured), _delimiter_row(widths, align), *texts]


def _measure(
    header: Sequence[str], pieces: Sequence[Piece], measured: Callable[[str], int]
) -> tuple[list[int], list[bool]]:
    """The width of each column, and for each piece whether all of its characters are one column wide."""
    widths = [max(NARROWEST, measured(name)) for name in header]
    plain: list[bool] = []
    fitting = None
    for piece in pieces:
        if fitting and isinstance(piece, str) and fitting.fullmatch(piece + SEPARATOR):
            plain.append(True)
            continue
        cells = cells_of(piece)
        plain.append(is_plain("".join(cells)))
        before, widths = widths, list(map(max, widths, _widths(cells, len(header), measured)))
        if len(pieces) > 1 and len(header) <= _MOST_FITTING and (fitting is None or widths != before):
            fitting = _fitting(widths)
    return widths, plain


def _fitting(widths: Sequence[int]) -> re.Pattern[str]:
    """What rows of plain characters are whose cells are no wider than these: found out in a seventh of the time."""
    return re.compile("(?:" + "".join(f"[ -~]{{0,{width}}}+{SEPARATOR}" for width in widths) + ")*+")


def _widths(cells: Sequence[str], columns: int, measured: Callable[[str], int]) -> Iterator[int]:
    for column in (cells[index::columns] for index in range(columns)):
        yield max(map(len if is_plain("".join(column)) else measured, column))


def lines_of(texts: Iterable[str]) -> list[str]:
    """Each line of a table that is laid out, without an ending."""
    return "\n".join(texts).split("\n")


def _compact(cells: Sequence[str], columns: int) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows_of(cells, columns))


def _delimiter_row(widths: Sequence[int], align: Sequence[Alignment]) -> str:
    cells = [_ENDS[a][0] + "-" * (w - 2) + _ENDS[a][1] for w, a in zip(widths, align, strict=True)]
    return f"| {' | '.join(cells)} |"


def _padded(
    cells: Sequence[str],
    widths: Sequence[int],
    align: Sequence[Alignment],
    plain: bool,
    measured: Callable[[str], int],
) -> str:
    """Rows as lines. Rows in which characters and columns are the same go through one `%`, together if all are so."""
    shape = " | ".join(f"%{'' if a == 'right' else '-'}{w}s" for w, a in zip(widths, align, strict=True))
    template = f"| {shape} |"
    if plain and "center" not in align:
        return "\n".join([template] * (len(cells) // len(widths))) % tuple(cells)
    return "\n".join(
        template % tuple(row)
        if "center" not in align and is_plain("".join(row))
        else f"| {' | '.join(map(_pad, row, _spaces(row, widths, measured), align))} |"
        for row in rows_of(cells, len(widths))
    )


def _spaces(row: Sequence[str], widths: Sequence[int], measured: Callable[[str], int]) -> Iterator[int]:
    return (columns - measured(cell) for cell, columns in zip(row, widths, strict=True))


def _pad(cell: str, space: int, align: Alignment) -> str:
    before = space if align == "right" else space // 2 if align == "center" else 0
    return " " * before + cell + " " * (space - before)
