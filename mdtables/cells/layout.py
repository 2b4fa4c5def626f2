"""Encoded cells -> the lines of a table: widths, padding, delimiter row. Knows nothing of what cells mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal

from mdtables.cells.width import is_plain, width
from mdtables.model.table import Alignment, Row
from mdtables.tables.packed import Rows, rows_of

Style = Literal["aligned", "compact"]

NARROWEST = 3
"""The least width of a column: md4c, lowdown and showdown want three dashes in a delimiter cell."""

_MOST_FITTING = 100  # columns: for more, compiling the expression takes longer than it saves
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
    style: Style = "aligned",
    ambiguous: int = 1,
) -> list[str]:
    """Return the table as texts of whole lines, without a final line ending.

    The first two are the header and the delimiter row, then there is one for each chunk of rows. Every row must
    be as long as the header. For `ambiguous`, see `width`. Raise PaddingError for a table that is mostly blanks.
    """
    packed = Rows.view(len(header), rows)
    if style == "compact":
        delimiters = [first + "-" + last for first, last in (_ENDS[a] for a in align)]
        return [_compact(cells, len(header)) for cells in (header, delimiters, *packed.chunks())]
    measure = partial(width, ambiguous=ambiguous)
    widths, plain = _widths(header, packed, measure)
    check_padding(widths, packed)
    # the chunks are unpacked twice, since all cells at once would take ten times the memory
    texts = [_aligned(c, widths, align, measure, plain=p) for c, p in zip(packed.chunks(), plain, strict=True)]
    return [_aligned(header, widths, align, measure, plain=False), _delimiter_row(widths, align), *texts]


class PaddingError(ValueError):
    """A table that would be many times as large as its cells: one of them is very long, and rows are many."""


_MOST_PADDED = 20_000_000  # characters, of which most are blanks
_MOST_BLANKS = 20  # for each character of a cell


def check_padding(widths: Sequence[int], rows: Rows) -> None:
    """Raise PaddingError if columns of these widths make a table need far more memory than its cells."""
    padded = sum(widths) * len(rows)
    if padded > _MOST_PADDED and padded > _MOST_BLANKS * sum(
        len("".join(cells)) + len(cells) for cells in rows.chunks()
    ):
        raise PaddingError(f"{len(rows)} rows of {sum(widths)} characters each, most of which are blanks")


def _widths(header: Sequence[str], rows: Rows, measure: Callable[[str], int]) -> tuple[list[int], list[bool]]:
    """Return the width of each column, and for each chunk whether all its characters are one column wide."""
    widths = [max(NARROWEST, measure(name)) for name in header]
    plain: list[bool] = []
    fitting = None
    for text in rows.joined():
        if fitting and fitting.fullmatch(f"{text}\n"):
            plain.append(True)
            continue
        plain.append(is_plain(text.replace("\n", "")))
        before, widths = widths, list(map(max, widths, _widest(text.split("\n"), len(header), measure)))
        if len(header) <= _MOST_FITTING and len(plain) > 1 and (fitting is None or widths != before):
            fitting = _fitting(widths)
    return widths, plain


def _fitting(widths: Sequence[int]) -> re.Pattern[str]:
    """Return what matches rows of plain cells no wider than these: takes a third of the time of measuring each cell."""
    return re.compile("(?:" + "".join(f"[ -~]{{0,{width}}}\n" for width in widths) + ")*")


def _widest(cells: Sequence[str], columns: int, measure: Callable[[str], int]) -> Iterator[int]:
    for column in (cells[index::columns] for index in range(columns)):
        yield max(map(len if is_plain("".join(column)) else measure, column))


def lines_of(texts: Iterable[str]) -> list[str]:
    """Return the lines of a table that `lay_out` made, without endings."""
    return "\n".join(texts).split("\n")


def _compact(cells: Sequence[str], columns: int) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows_of(cells, columns))


def _delimiter_row(widths: Sequence[int], align: Sequence[Alignment]) -> str:
    cells = [_ENDS[a][0] + "-" * (w - 2) + _ENDS[a][1] for w, a in zip(widths, align, strict=True)]
    return f"| {' | '.join(cells)} |"


def _aligned(
    cells: Sequence[str],
    widths: Sequence[int],
    align: Sequence[Alignment],
    measure: Callable[[str], int],
    *,
    plain: bool,
) -> str:
    """Pad rows into lines. Where every character is one column wide, one `%` pads a row, or all rows together."""
    shape = " | ".join(f"%{'' if a == 'right' else '-'}{w}s" for w, a in zip(widths, align, strict=True))
    template = f"| {shape} |"
    if plain and "center" not in align:
        return "\n".join([template] * (len(cells) // len(widths))) % tuple(cells)
    return "\n".join(
        template % tuple(row)
        if "center" not in align and is_plain("".join(row))
        else f"| {' | '.join(map(_pad, row, _spaces(row, widths, measure), align))} |"
        for row in rows_of(cells, len(widths))
    )


def _spaces(row: Sequence[str], widths: Sequence[int], measure: Callable[[str], int]) -> Iterator[int]:
    return (columns - measure(cell) for cell, columns in zip(row, widths, strict=True))


def _pad(cell: str, space: int, align: Alignment) -> str:
    before = space if align == "right" else space // 2 if align == "center" else 0
    return " " * before + cell + " " * (space - before)
