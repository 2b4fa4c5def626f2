"""The cells of columns: values, texts instead of them, and lists as one text. Knows no Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mdtables.model.table import LIST_SEPARATOR, NO_ELEMENT, Row, ShownColumn, Table, TextMap
from mdtables.tables.packed import CHUNK_ROWS, Rows

Columns = Sequence[Sequence[str | None]]
"""Cells, column by column."""


def with_joined_lists(table: Table, joined: str) -> Table:
    """Return a table of a source with the elements of its lists joined by a text, as they are shown."""
    if not table.lists:
        return table
    columns = set(table.lists)
    rows = [
        [joined_list(cell, joined) if index in columns else cell for index, cell in enumerate(row)]
        for row in table.rows
    ]
    return table._replace(rows=rows)


def joined_list(cell: str | None, joined: str) -> str | None:
    """Return the elements of a list as one text."""
    if not cell or not (LIST_SEPARATOR in cell or NO_ELEMENT in cell):
        return cell
    return joined.join(each for each in cell.split(LIST_SEPARATOR) if each != NO_ELEMENT)


def elements_of(cell: str | None) -> list[str]:
    """Return the elements of a list; of a value that is not one, that value."""
    return [each for each in (cell or "").split(LIST_SEPARATOR) if each != NO_ELEMENT]


def computed(inputs: Table, columns: Sequence[ShownColumn], joined: str) -> Rows:
    """Return the rows of these columns; the elements of lists are joined by a text."""
    pick = [column.inputs[0] for column in columns if column.is_plain]
    if len(pick) == len(columns) and not set(pick).intersection(inputs.lists):
        if pick == list(range(len(inputs.header))):
            return Rows.view(len(pick), inputs.rows)
        return Rows.pack(len(pick), ([row[index] for index in pick] for row in inputs.rows))
    return Rows.pack(len(columns), _rows(inputs, columns, joined))


def _rows(inputs: Table, columns: Sequence[ShownColumn], joined: str) -> Iterator[Row]:
    for start, cells in chunks_of(inputs):
        made = [_cells(column, cells, inputs.lists, joined, start) for column in columns]
        yield from map(list, zip(*made, strict=True))


def chunks_of(inputs: Table) -> Iterator[tuple[int, Columns]]:
    """Yield the index of the first row of each chunk, and the cells of every column."""
    rows = inputs.rows
    for start in range(0, len(rows), CHUNK_ROWS):
        yield start, list(zip(*rows[start : start + CHUNK_ROWS], strict=True))


def _cells(
    column: ShownColumn, cells: Columns, lists: Collection[int], joined: str, start: int
) -> Sequence[str | None]:
    if column.template is None:
        return mapped(cells[column.inputs[0]], column.maps[0], joined if column.inputs[0] in lists else None)
    from mdtables.tables.fill import plain_texts  # most columns are those of the source

    return plain_texts(column, cells, lists, joined, start)


def mapped(values: Sequence[str | None], texts: TextMap | None, joined: str | None = None) -> Sequence[str | None]:
    """Return the texts to show instead of values; where `joined` is given, they are lists, mapped by elements."""
    if texts is None:
        return values if joined is None else [joined_list(value, joined) for value in values]
    if joined is not None:
        split = (elements_of(value) for value in values)
        return [joined.join(instead(each, texts) or "" for each in elements) for elements in split]
    return [instead(value, texts) for value in values]


def instead(value: str | None, texts: TextMap) -> str | None:
    """Return the text to show instead of a value. The rest does not stand for what is missing."""
    return texts.texts.get(value or "", value if texts.rest is None or not value else texts.rest)
