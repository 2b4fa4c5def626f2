"""The rows of a table in little memory: some hundred of them in one text, cut apart when they are looked at.

Knows rows and cells; not where they come from, and not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import overload

from mdtables.model.table import Row

SEPARATOR = "\x1f"
"""What stands between two cells of a piece that is a text."""

PIECE = 256
"""Rows in a piece: many, since a look at all of them takes a tenth of the time of one at each; but so few that they fit
into a processor's cache."""

Piece = str | Sequence[Row]
"""Some rows: a text of all their cells; or the rows, where a cell is missing or holds the separator."""


class Rows(Sequence[Row]):
    """Rows of so many columns, all pieces but the last of PIECE rows. A text takes a tenth of what its cells would."""

    def __init__(self, columns: int, pieces: Sequence[Piece]) -> None:
        self.columns, self.pieces = columns, pieces
        self._cut: tuple[int, Sequence[Row]] = -1, ()
        self._length = PIECE * (len(pieces) - 1) + self._rows_in(pieces[-1]) if pieces else 0

    def _rows_in(self, piece: Piece) -> int:
        return (piece.count(SEPARATOR) + 1) // self.columns if isinstance(piece, str) else len(piece)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(map(self._unpacked, self.pieces))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """A slice is a list of what it takes. For a single row its whole piece is cut apart, and kept for the next."""
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step < 1:
                return list(self)[index]
            before = start // PIECE * PIECE
            rows = chain.from_iterable(map(self._unpacked, self.pieces[start // PIECE : -(-stop // PIECE)]))
            return list(islice(rows, start - before, max(start, stop) - before, step))
        at = range(len(self))[index]
        if at // PIECE != self._cut[0]:
            self._cut = at // PIECE, self._unpacked(self.pieces[at // PIECE])
        return self._cut[1][at % PIECE]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Rows | list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as of any list

    def __repr__(self) -> str:
        return repr(list(self))

    def _unpacked(self, piece: Piece) -> Sequence[Row]:
        return list(rows_of(cells_of(piece), self.columns)) if isinstance(piece, str) else piece


def packed(columns: int, rows: Iterable[Row]) -> Rows:
    """These rows, each of so many columns, in pieces."""
    rows, pieces = iter(rows), []
    while some := list(islice(rows, PIECE)):
        pieces.append(piece_of(some, columns))
    return Rows(columns, pieces)


def piece_of(rows: Sequence[Row], columns: int) -> Piece:
    """Some rows as one text, if that can be: if each has so many cells, and none is missing or holds the separator."""
    try:
        text = SEPARATOR.join(map(SEPARATOR.join, rows))  # type: ignore[arg-type]  # of a missing cell it is told
    except TypeError:
        return rows
    return text if text.count(SEPARATOR) + 1 == len(rows) * columns and set(map(len, rows)) == {columns} else rows


def pieces_of(rows: Sequence[Row]) -> Iterable[Piece]:
    """Any rows in pieces."""
    return rows.pieces if isinstance(rows, Rows) else (rows[at : at + PIECE] for at in range(0, len(rows), PIECE))


def rows_of(cells: Sequence[str], columns: int) -> Iterator[Sequence[str]]:
    """Cells in a row of their own, for so many columns each."""
    return (cells[at : at + columns] for at in range(0, len(cells), columns))


def cells_of(piece: Piece) -> list[str]:
    """The cells of a piece, row by row; one that is missing is empty."""
    if isinstance(piece, str):
        return piece.split(SEPARATOR)
    return [cell or "" for cell in chain.from_iterable(piece)]


def ragged_row(rows: Sequence[Row], columns: int) -> int | None:
    """The index of the first row that is not of so many columns."""
    if isinstance(rows, Rows):
        return 0 if rows and rows.columns != columns else None
    return next((index for index, row in enumerate(rows) if len(row) != columns), None)
