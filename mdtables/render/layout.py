"""Encoded cells -> the lines of a table: widths, padding, delimiter row. Knows nothing of what cells mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from mdtables.model import Alignment
from mdtables.render.width import is_plain, width

NARROWEST = 3
"""Columns of the narrowest cell: md4c, lowdown and showdown want three dashes in a delimiter cell."""

_BATCH = 2048
_ENDS: dict[Alignment, tuple[str, str]] = {
    "none": ("-", "-"),
    "left": (":", "-"),
    "right": ("-", ":"),
    "center": (":", ":"),
}


def lay_out(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: Sequence[Alignment],
    style: Literal["aligned", "compact"] = "aligned",
) -> list[str]:
    """Header, delimiter row and rows, each a line without an ending. Every row is as long as the header."""
    if style == "compact":
        delimiters = [first + "-" + last for first, last in (_ENDS[a] for a in align)]
        return [f"| {' | '.join(row)} |" for row in (header, delimiters, *rows)]
    batches = [[header], *(rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH))]
    plain = [[is_plain("".join(column)) for column in zip(*batch, strict=True)] for batch in batches]
    widths = [NARROWEST] * len(header)
    for batch, column_is_plain in zip(batches, plain, strict=True):
        for index, column in enumerate(zip(*batch, strict=True)):
            widths[index] = max(widths[index], *map(len if column_is_plain[index] else width, column))
    lines = [line for b, p in zip(batches, plain, strict=True) for line in _padded(b, widths, align, all(p))]
    return [lines[0], _delimiter_row(widths, align), *lines[1:]]


def _delimiter_row(widths: Sequence[int], align: Sequence[Alignment]) -> str:
    cells = [_ENDS[a][0] + "-" * (w - 2) + _ENDS[a][1] for w, a in zip(widths, align, strict=True)]
    return f"| {' | '.join(cells)} |"


def _padded(
    rows: Sequence[Sequence[str]], widths: Sequence[int], align: Sequence[Alignment], plain: bool
) -> Iterator[str]:
    """Rows as lines. A row in which characters and columns are the same goes through one `%` of the whole row."""
    shape = " | ".join(f"%{'' if a == 'right' else '-'}{w}s" for w, a in zip(widths, align, strict=True))
    template = f"| {shape} |"
    if plain and "center" not in align:
        yield from (template % tuple(row) for row in rows)
        return
    for row in rows:
        if "center" not in align and is_plain("".join(row)):
            yield template % tuple(row)
        else:
            yield f"| {' | '.join(map(_pad, row, widths, align))} |"


def _pad(cell: str, columns: int, align: Alignment) -> str:
    space = columns - width(cell)
    before = space if align == "right" else space // 2 if align == "center" else 0
    return " " * before + cell + " " * (space - before)
