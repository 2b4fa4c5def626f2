"""The values for the placeholders of templates, and the plain text that these make. Knows no Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mdtables.model.table import LIST_SEPARATOR, NO_ELEMENT, ShownColumn, TextMap
from mdtables.model.templates import Placeholder, Template
from mdtables.records import NamedTuple
from mdtables.tables.formats import formatter, shows_all
from mdtables.tables.texts import Columns, Misfit, mapped


class Filled(NamedTuple):
    """The values for each placeholder of a template, for some rows in order: a list for each placeholder.

    Where a template names a list, there are several values for a row: `elements` has their number for each row, and is
    empty if there is one for each. `misfits` are values that the format of a placeholder is not for.
    """

    values: Sequence[Sequence[str]]
    elements: Sequence[int] = ()
    misfits: Sequence[Misfit] = ()


def fill(column: ShownColumn, cells: Columns, lists: Collection[int], start: int) -> Filled:
    """Return the values for the placeholders of a column's template. `start` is the index of the first row."""
    assert column.template
    rows = len(cells[0]) if cells else 0
    own = iter(zip(column.inputs, column.maps, strict=True))
    several = [column for column in column.inputs if column in lists]
    elements = [max(1, *(_count(cells[each][row]) for each in several)) for row in range(rows)] if several else []
    values: list[Sequence[str]] = []
    odd: list[Misfit] = []
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
    return Filled(values, elements, [(start + row, column, value) for row, column, value in odd])


def _formatted(
    raw: Sequence[str], shown: Sequence[str], placeholder: Placeholder, column: int, odd: list[Misfit]
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


def plain_texts(
    column: ShownColumn, cells: Columns, lists: Collection[int], joined: str, start: int
) -> tuple[Sequence[str | None], Sequence[Misfit]]:
    """Return what a template makes, as formats other than Markdown show it, and what its formats are not for.

    A text is None where all values are missing.
    """
    assert column.template
    filled = fill(column, cells, lists, start)
    shape = "".join(
        "%s" if isinstance(part, Placeholder) else part.replace("%", "%%") for part in column.template.parts
    )
    texts = [shape % each for each in zip(*filled.values, strict=True)]
    texts_or_none = _none_where_empty(texts, filled, column.template)
    joined_texts = rejoined(texts_or_none, filled.elements, joined) if filled.elements else texts_or_none
    return joined_texts, filled.misfits
