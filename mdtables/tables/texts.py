"""What is shown instead of values: the texts of a map, and the elements of a list as one text."""

from __future__ import annotations

from collections.abc import Sequence

from mdtables.model.table import LIST_SEPARATOR, NO_ELEMENT, Table, TextMap

Misfit = tuple[int, int, str]
"""The row, the column and the value of what a format is not for."""

Columns = Sequence[Sequence[str | None]]
"""Cells, column by column."""


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


def joined_list(cell: str | None, joined: str) -> str | None:
    """Return the elements of a list as one text."""
    if not cell or not (LIST_SEPARATOR in cell or NO_ELEMENT in cell):
        return cell
    return joined.join(each for each in cell.split(LIST_SEPARATOR) if each != NO_ELEMENT)


def elements_of(cell: str | None) -> list[str]:
    """Return the elements of a list; of a value that is not one, that value."""
    return [each for each in (cell or "").split(LIST_SEPARATOR) if each != NO_ELEMENT]


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
