"""The cells of columns: values, texts instead of them, and what templates make of several. Knows no Markdown.

What a template makes is plain text here, as other formats than Markdown show it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from mdtables.model.table import LIST_SEPARATOR, NO_ELEMENT, Row, ShownColumn, Table, TextMap
from mdtables.model.templates import Placeholder, Template
from mdtables.tables.formats import formatter, shows_all
from mdtables.tables.packed import CHUNK_ROWS, Rows

_Columns = Sequence[Sequence[str | None]]


class Filled(NamedTuple):
    """The values for each placeholder of a template, for some rows in order: a list for each placeholder.

    Where a template names a list, there are several values for a row: `elements` has their number for each row, and is
    empty if there is one for each. `unformatted` are the row, the column and the value of what its format does not fit.
    """

    values: Sequence[Sequence[str]]
    elements: Sequence[int] = ()
    unformatted: Sequence[tuple[int, int, str]] = ()


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


def chunks_of(inputs: Table) -> Iterator[tuple[int, _Columns]]:
    """Yield the index of the first row of each chunk, and the cells of every column."""
    rows = inputs.rows
    for start in range(0, len(rows), CHUNK_ROWS):
        yield start, list(zip(*rows[start : start + CHUNK_ROWS], strict=True))


def _cells(
    column: ShownColumn, cells: _Columns, lists: Collection[int], joined: str, start: int
) -> Sequence[str | None]:
    if column.template is None:
        return mapped(cells[column.inputs[0]], column.maps[0], joined if column.inputs[0] in lists else None)
    filled = fill(column, cells, lists, start)
    shape = "".join(
        "%s" if isinstance(part, Placeholder) else part.replace("%", "%%") for part in column.template.parts
    )
    texts = [shape % each for each in zip(*filled.values, strict=True)]
    texts_or_none = _none_where_empty(texts, filled, column.template)
    return rejoined(texts_or_none, filled.elements, joined) if filled.elements else texts_or_none


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


def fill(column: ShownColumn, cells: _Columns, lists: Collection[int], start: int) -> Filled:
    """Return the values for the placeholders of a column's template. `start` is the index of the first row."""
    assert column.template
    rows = len(cells[0]) if cells else 0
    own = iter(zip(column.inputs, column.maps, strict=True))
    several = [column for column in column.inputs if column in lists]
    elements = [max(1, *(_count(cells[each][row]) for each in several)) for row in range(rows)] if several else []
    values: list[Sequence[str]] = []
    odd: list[tuple[int, int, str]] = []
    for placeholder in column.template.placeholders:
        if placeholder.is_row_number:
            numbers = [str(start + row + 1) for row in range(rows)]
            values.append(_spread(numbers, elements))
            continue
        found: list[str] = [""] * (sum(elements) if several else rows)
        for _ in placeholder.names:
            index, texts = next(own)
            raw = _elements(cells[index], elements, is_list=index in lists)
            shown = [each or "" for each in mapped(raw, texts)]
            if placeholder.format:
                shown = _formatted(raw, shown, placeholder, index, odd)
            found = [one or other for one, other in zip(found, shown, strict=True)]
        values.append(found)
    return Filled(values, elements, odd)


def _formatted(
    raw: Sequence[str], shown: Sequence[str], placeholder: Placeholder, column: int, odd: list[tuple[int, int, str]]
) -> list[str]:
    assert placeholder.format
    made = list(map(formatter(placeholder.format), shown))
    for row, (value, text, form) in enumerate(zip(raw, shown, made, strict=True)):
        if form is None:
            odd += [(row, column, value)] if value == text else []  # else a map has another text for it
            made[row] = text
    return made  # type: ignore[return-value]


def _count(cell: str | None) -> int:
    return (cell or "").count(LIST_SEPARATOR) + 1


def _spread(values: Sequence[str], elements: Sequence[int]) -> Sequence[str]:
    """Return a value for each element of each row."""
    return [value for value, count in zip(values, elements, strict=True) for _ in range(count)] if elements else values


def _elements(values: Sequence[str | None], elements: Sequence[int], *, is_list: bool) -> list[str]:
    """Return the values, one for each element: of a list its own, of others always the same."""
    texts = [value or "" for value in values]
    if not elements:
        return texts
    found: list[str] = []
    for text, count in zip(texts, elements, strict=True):
        own = ["" if each == NO_ELEMENT else each for each in text.split(LIST_SEPARATOR)] if is_list else [text] * count
        found += [*own, *[""] * (count - len(own))]
    return found


def wholly_shown(column: ShownColumn) -> Iterator[int]:
    """Yield the columns of whose values a column shows all: no digit is left out, no text stands for several values."""
    own = iter(zip(column.inputs, column.maps, strict=True))
    if column.template is None:
        yield from (index for index, texts in own if _is_injective(texts))
        return
    for placeholder in column.template.placeholders:
        named = [] if placeholder.is_row_number else [next(own) for _ in placeholder.names]
        if len(named) == 1 and _is_injective(named[0][1]) and shows_all(placeholder.format):
            yield named[0][0]


def _is_injective(texts: TextMap | None) -> bool:
    return texts is None or (texts.rest is None and len(set(texts.texts.values())) == len(texts.texts))


def rejoined(cells: Sequence[str | None], elements: Sequence[int], joined: str) -> list[str | None]:
    """Return the cells of rows, of which each has a number of elements; None where all of them are missing."""
    rows, at = [], 0
    for count in elements:
        some = [cell for cell in cells[at : at + count] if cell is not None]
        rows.append(joined.join(some) if some else None)
        at += count
    return rows


def _none_where_empty(texts: Sequence[str], filled: Filled, template: Template) -> list[str | None]:
    """Return texts, None where every placeholder came out empty; the number of a row does not count."""
    of_values = [
        values
        for placeholder, values in zip(template.placeholders, filled.values, strict=True)
        if not placeholder.is_row_number
    ]
    if not of_values:
        return list(texts)
    return [text if any(values) else None for text, values in zip(texts, zip(*of_values, strict=True), strict=True)]
