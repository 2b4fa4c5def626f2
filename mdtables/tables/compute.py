"""The cells of columns: values, texts instead of them, and lists as one text. Knows no Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mdtables.model.table import Row, ShownColumn, Table
from mdtables.tables.packed import CHUNK_ROWS, Rows
from mdtables.tables.texts import Columns, Misfit, mapped


def computed(inputs: Table, columns: Sequence[ShownColumn], joined: str, misfits: list[Misfit]) -> Rows:
    """Return the rows of these columns; the elements of lists are joined by a text.

    Values that the format of a template is not for are added to `misfits`.
    """
    pick = [column.inputs[0] for column in columns if column.is_plain]
    if len(pick) == len(columns) and not set(pick).intersection(inputs.lists):
        if pick == list(range(len(inputs.header))):
            return Rows.view(len(pick), inputs.rows)
        return Rows.pack(len(pick), ([row[index] for index in pick] for row in inputs.rows))
    return Rows.pack(len(columns), _rows(inputs, columns, joined, misfits))


def _rows(inputs: Table, columns: Sequence[ShownColumn], joined: str, misfits: list[Misfit]) -> Iterator[Row]:
    for start, cells in chunks_of(inputs):
        made = [_cells(column, cells, inputs.lists, joined, start, misfits) for column in columns]
        yield from map(list, zip(*made, strict=True))


def chunks_of(inputs: Table) -> Iterator[tuple[int, Columns]]:
    """Yield the index of the first row of each chunk, and the cells of every column."""
    rows = inputs.rows
    for start in range(0, len(rows), CHUNK_ROWS):
        yield start, list(zip(*rows[start : start + CHUNK_ROWS], strict=True))


def _cells(
    column: ShownColumn, cells: Columns, lists: Collection[int], joined: str, start: int, misfits: list[Misfit]
) -> Sequence[str | None]:
    if column.template is None:
        return mapped(cells[column.inputs[0]], column.maps[0], joined if column.inputs[0] in lists else None)
    from mdtables.tables.fill import plain_texts  # most columns are those of the source

    texts, found = plain_texts(column, cells, lists, joined, start)
    misfits += found
    return texts
