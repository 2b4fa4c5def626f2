"""Encoded cells -> the lines of a table: widths, padding, delimiter row. Knows nothing of what cells mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Literal

from mdtables.model import Alignment
from mdtables.render.width import is_plain, width

NARROWEST = 3
"""Columns of the narrowest cell: md4c, lowdown and showdown want three dashes in a delimiter cell."""

_BATCH = 2048
_AT_ONCE = 64  # rows: less than that or more takes longer
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
    ambiguous: int = 1,
) -> list[str]:
    """Header, delimiter row and rows, each a line without an ending. Every row is as long as the header.

    `ambiguous`: see `width`.
    """
    if style == "compact":
        delimiters = [first + "-" + last for first, last in (_ENDS[a] for a in align)]
        return [f"| {' | '.join(row)} |" for row in (header, delimiters, *rows)]
    batches = [[header], *(rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH))]
    measured = partial(width, ambiguous=ambiguous)
    plain = [is_plain("".join(map("".join, batch))) for batch in batches]
    widths = [NARROWEST] * len(header)
    for batch, all_plain in zip(batches, plain, strict=True):
        found = _plain_widths(batch, len(header)) if all_plain else _widths(batch, measured)
        widths = list(map(max, widths, found))
    lines = [line for b, p in zip(batches, plain, strict=True) for line in _padded(b, widths, align, p, measured)]
    return [lines[0], _delimiter_row(widths, align), *lines[1:]]


def _plain_widths(rows: Sequence[Sequence[str]], columns: int) -> Iterator[int]:
    lengths = list(map(len, chain.from_iterable(rows)))
    return (max(lengths[column::columns]) for column in range(columns))


def _widths(rows: Sequence[Sequence[str]], measured: Callable[[str], int]) -> Iterator[int]:
    for column in zip(*rows, strict=True):
        yield max(map(len if is_plain("".join(column)) else measured, column))


def _delimiter_row(widths: Sequence[int], align: Sequence[Alignment]) -> str:
    cells = [_ENDS[a][0] + "-" * (w - 2) + _ENDS[a][1] for w, a in zip(widths, align, strict=True)]
    return f"| {' | '.join(cells)} |"


def _padded(
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    align: Sequence[Alignment],
    plain: bool,
    measured: Callable[[str], int],
) -> Iterable[str]:
    """Rows as lines. A row in which characters and columns are the same goes through one `%`, of many such rows."""
    shape = " | ".join(f"%{'' if a == 'right' else '-'}{w}s" for w, a in zip(widths, align, strict=True))
    template = f"| {shape} |"
    if plain and "center" not in align:
        some = (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE))
        texts = ("\n".join([template] * len(batch)) % tuple(chain.from_iterable(batch)) for batch in some)
        return chain.from_iterable(text.split("\n") for text in texts)
    return (
        template % tuple(row)
        if "center" not in align and is_plain("".join(row))
        else f"| {' | '.join(map(_pad, row, _spaces(row, widths, measured), align))} |"
        for row in rows
    )


def _spaces(row: Sequence[str], widths: Sequence[int], measured: Callable[[str], int]) -> Iterator[int]:
    return (columns - measured(cell) for cell, columns in zip(row, widths, strict=True))


def _pad(cell: str, space: int, align: Alignment) -> str:
    before = space if align == "right" else space // 2 if align == "center" else 0
    return " " * before + cell + " " * (space - before)
