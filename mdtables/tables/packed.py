"""The rows of a table in little memory. Knows rows and cells; not where they come from, nor what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from typing import overload

from mdtables.model.table import Row

CHUNK_ROWS = 256
"""Rows per chunk: enough that work done once per chunk costs little per row, few enough to fit into a CPU's cache."""

_SEPARATOR = "\x1f"
_Chunk = str | Sequence[Row]  # all cells joined by the separator; or the rows, if one is missing or contains it


class Rows(Sequence[Row]):
    """A sequence of rows with a number of columns, kept in chunks of CHUNK_ROWS. Hand-written rows may be ragged.

    A packed chunk takes a tenth of the memory of its cells. Work on whole chunks (`map_cells`, `columns_at`, `chunks`)
    takes a tenth of the time of work on single rows.
    """

    def __init__(self, columns: int, chunks: Sequence[_Chunk]) -> None:
        """Store chunks. Every chunk but the last must have CHUNK_ROWS rows; `pack` and `view` ensure that."""
        self.columns = columns
        self._chunks = chunks
        self._unpacked: tuple[int, Sequence[Row]] = -1, ()  # the index and the rows of the chunk used last
        self._length = CHUNK_ROWS * (len(chunks) - 1) + self._rows_in(chunks[-1]) if chunks else 0

    @classmethod
    def pack(cls, columns: int, rows: Iterable[Row]) -> Rows:
        """Return these rows, each of that many columns, packed."""
        iterator, chunks = iter(rows), []
        while some := list(islice(iterator, CHUNK_ROWS)):
            chunks.append(_pack(some, columns))
        return cls(columns, chunks)

    @classmethod
    def view(cls, columns: int, rows: Sequence[Row]) -> Rows:
        """Return a view of these rows, without packing them."""
        if isinstance(rows, Rows):
            return rows
        return cls(columns, [rows[at : at + CHUNK_ROWS] for at in range(0, len(rows), CHUNK_ROWS)])

    def map_cells(
        self,
        function: Callable[[str], str],
        *,
        unchanged: Callable[[str, int], bool],
        null: str = "",
        instead: Mapping[int, Iterator[Sequence[str] | None]] | None = None,
    ) -> Rows:
        """Return the rows with `function` applied to every cell; a missing cell counts as `null`.

        `unchanged` is a quick check of many cells at once, joined by line feeds, and their number: if true, `function`
        returns each of them unchanged. It is called for each chunk, then for each column of a chunk. `instead` has the
        cells of some columns, in chunks; None for one that it leaves to `function`.
        """
        if instead:
            return Rows(
                self.columns, [self._with_columns(chunk, function, unchanged, null, instead) for chunk in self._chunks]
            )
        return Rows(self.columns, [self._map_chunk(chunk, function, unchanged, null) for chunk in self._chunks])

    def _with_columns(
        self,
        chunk: _Chunk,
        function: Callable[[str], str],
        unchanged: Callable[[str, int], bool],
        null: str,
        instead: Mapping[int, Iterator[Sequence[str] | None]],
    ) -> _Chunk:
        if isinstance(chunk, str):
            cells = _cells(chunk)
        else:
            cells = [null if cell is None else cell for cell in chain.from_iterable(chunk)]
        columns: list[Sequence[str]] = []
        for index in range(self.columns):
            column = next(instead[index]) if index in instead else None
            if column is None:
                column = cells[index :: self.columns]
                column = column if unchanged("\n".join(column), len(column)) else list(map(function, column))
            columns.append(column)
        return _pack(list(map(list, zip(*columns, strict=True))), self.columns)

    def _map_chunk(
        self, chunk: _Chunk, function: Callable[[str], str], unchanged: Callable[[str, int], bool], null: str
    ) -> _Chunk:
        if not isinstance(chunk, str):
            chunk = _pack([[null if cell is None else cell for cell in row] for row in chunk], self.columns)
        if not isinstance(chunk, str):  # a ragged row, or a cell with the separator in it
            return _pack([[function(cell or "") for cell in row] for row in chunk], self.columns)
        if unchanged(chunk.replace(_SEPARATOR, "\n"), chunk.count(_SEPARATOR) + 1):  # without unpacking it
            return chunk
        cells = _cells(chunk)
        columns = (cells[index :: self.columns] for index in range(self.columns))
        mapped = (
            column if unchanged("\n".join(column), len(column)) else list(map(function, column)) for column in columns
        )
        return _pack(list(map(list, zip(*mapped, strict=True))), self.columns)

    def at(self, indexes: Sequence[int]) -> Rows:
        """Return the rows with these indexes, in this order."""
        if any(one >= other for one, other in pairwise(indexes)):
            every = list(self)
            return Rows.pack(self.columns, (every[index] for index in indexes))
        return Rows.pack(self.columns, map(self.__getitem__, indexes))  # in order, so each chunk is unpacked once

    def columns_at(self, indexes: Sequence[int]) -> list[list[str]]:
        """Return the cells of several columns; a missing one is empty."""
        found: list[list[str]] = [[] for _ in indexes]
        for cells in self.chunks():
            for values, index in zip(found, indexes, strict=True):
                values.extend(cells[index :: self.columns])
        return found

    def chunks(self) -> Iterator[list[str]]:
        """Yield the cells of each chunk, row by row in one list; a missing one is empty."""
        return map(_cells, self._chunks)

    def joined(self) -> Iterator[str]:
        """Yield the cells of each chunk joined by line feeds; a missing one is empty. Chunks need not be unpacked."""
        for chunk in self._chunks:
            yield chunk.replace(_SEPARATOR, "\n") if isinstance(chunk, str) else "\n".join(_cells(chunk))

    def cells_with(self, *marks: str) -> Iterator[tuple[int, int, str]]:
        """Yield the row, the column and the text of each cell that contains one of these characters."""
        for number, chunk in enumerate(self._chunks):
            text = chunk if isinstance(chunk, str) else _SEPARATOR.join(_cells(chunk))
            found = [mark for mark in marks if mark in text]
            for index, cell in enumerate(_cells(chunk)) if found else ():  # most chunks need not be unpacked
                if any(mark in cell for mark in found):
                    yield number * CHUNK_ROWS + index // self.columns, index % self.columns, cell

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(map(self._rows_of, self._chunks))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """Return a row, or the list of rows of a slice. The chunk of a single row is kept for the next one."""
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step < 1:
                return list(self)[index]
            before = start // CHUNK_ROWS * CHUNK_ROWS
            chunks = self._chunks[start // CHUNK_ROWS : -(-stop // CHUNK_ROWS)]
            rows = chain.from_iterable(map(self._rows_of, chunks))
            return list(islice(rows, start - before, max(start, stop) - before, step))
        at = range(len(self))[index]
        if at // CHUNK_ROWS != self._unpacked[0]:
            self._unpacked = at // CHUNK_ROWS, self._rows_of(self._chunks[at // CHUNK_ROWS])
        return self._unpacked[1][at % CHUNK_ROWS]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Rows | list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return repr(list(self))

    def _rows_in(self, chunk: _Chunk) -> int:
        return (chunk.count(_SEPARATOR) + 1) // self.columns if isinstance(chunk, str) else len(chunk)

    def _rows_of(self, chunk: _Chunk) -> Sequence[Row]:
        return list(rows_of(_cells(chunk), self.columns)) if isinstance(chunk, str) else chunk


def rows_of(cells: Sequence[str], columns: int) -> Iterator[Sequence[str]]:
    """Yield the rows of a flat list of cells."""
    return (cells[at : at + columns] for at in range(0, len(cells), columns))


def ragged_row(rows: Sequence[Row], columns: int) -> int | None:
    """Return the index of the first row that does not have that many columns."""
    if isinstance(rows, Rows):
        return 0 if rows and rows.columns != columns else None
    return next((index for index, row in enumerate(rows) if len(row) != columns), None)


def _pack(rows: Sequence[Row], columns: int) -> _Chunk:
    try:
        text = _SEPARATOR.join(map(_SEPARATOR.join, rows))  # type: ignore[arg-type]  # a missing cell is a TypeError
    except TypeError:
        return rows
    return text if text.count(_SEPARATOR) + 1 == len(rows) * columns and set(map(len, rows)) == {columns} else rows


def _cells(chunk: _Chunk) -> list[str]:
    if isinstance(chunk, str):
        return chunk.split(_SEPARATOR)
    return [cell or "" for cell in chain.from_iterable(chunk)]
