"""Values of one column become columns, those of another their cells; what is left tells rows apart. And back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from mdtables.model.diagnostics import Diagnostic, Locate, Related
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.table import Changes, Pivoted, Row, Table


def pivot(
    table: Table, rows: Sequence[int], rest: Sequence[int], names: int, values: int, locate: Locate
) -> tuple[Table, Pivoted]:
    """Return these rows of a table with a column for each value of the column `names`; `rest` are the first columns.

    Rows with the same values there become one, columns and rows in the order in which they first appear. Raise
    MdtablesError for two values for one place, and for a row without a name.
    """
    columns, pivoted = _pivoted(table, rows, rest, names, values, locate)
    header = [*(table.header[index] for index in rest), *columns]
    twice = next((name for name in columns if name in header[: len(rest)]), None)
    if twice is not None:
        message = f'pivot: "{twice}" is a value of "{table.header[names]}", and a column of its own'
        raise failure("repeated-column", message, at=locate("pivot"), hint="rename one of them in the data")
    first = [group[0] for group in pivoted.rows]
    lists = {place for place, index in enumerate(rest) if index in table.lists}
    lists |= set(range(len(rest), len(header))) if values in table.lists else set()
    wide = Table(
        header,
        list(_cells(table, pivoted, len(header))),
        lines=[table.lines[row] for row in first] if table.lines else (),
        path=table.path,
        folders=table.folders,
        paths=[table.paths[row] for row in first] if table.paths else (),
        lists=lists,
    )
    return wide, pivoted


def _pivoted(
    table: Table, rows: Sequence[int], rest: Sequence[int], names: int, values: int, locate: Locate
) -> tuple[Sequence[str], Pivoted]:
    """Return the names of the new columns, and which rows and cells belong together."""
    every = list(table.rows)
    columns: dict[str, int] = {}
    places: dict[tuple[str | None, ...], int] = {}
    members: list[list[int]] = []
    cells: dict[tuple[int, int], int] = {}
    for row in rows:
        name = " ".join((every[row][names] or "").split())
        if not name:
            _fail(table, row, f'no value in "{table.header[names]}", which names a column', locate)
        column = columns.setdefault(name, len(rest) + len(columns))
        place = places.setdefault(tuple(every[row][index] or "" for index in rest), len(places))
        if place == len(members):
            members.append([])
        members[place].append(row)
        if (place, column) in cells:
            _fail_twice(table, cells[place, column], row, name, rest, locate)
        cells[place, column] = row
    return list(columns), Pivoted(members, rest, cells, names, values)


def _cells(table: Table, pivoted: Pivoted, width: int) -> Iterator[Row]:
    every = list(table.rows)
    for place, group in enumerate(pivoted.rows):
        found = (pivoted.cells.get((place, column)) for column in range(len(pivoted.columns), width))
        values = (None if row is None else every[row][pivoted.values] for row in found)
        yield [*(every[group[0]][index] for index in pivoted.columns), *values]


def _fail(table: Table, row: int, message: str, locate: Locate) -> NoReturn:
    hint = "leave these rows out with where=… is not empty, or fill in the data"
    found = Diagnostic("source-shape", message, at=table.place_of(row, locate("pivot")), hint=hint)
    raise MdtablesError(found.used_at(locate("pivot")))


def _fail_twice(table: Table, one: int, other: int, name: str, rest: Sequence[int], locate: Locate) -> NoReturn:
    row = ", ".join(table.rows[other][index] or "" for index in rest)
    message = f'a second value for "{name}" in the row "{row}"'
    hint = "leave one of them out with where=…, or tell the rows apart by another column"
    found = Diagnostic("repeated-value", message, at=table.place_of(other, locate("pivot")), hint=hint)
    first = Related(table.place_of(one, locate("pivot")), "the first value")
    raise MdtablesError(found._replace(related=(first,)).used_at(locate("pivot")))


def unpivoted(
    changes: Changes, pivoted: Pivoted, header: Sequence[str], rows: Mapping[int, Row], width: int
) -> Changes:
    """Return changes to a pivoted table as changes to its source, which has that many columns.

    `header` and `rows` are those of the pivoted table.
    """
    cells: dict[tuple[int, int], str | None] = {}
    added: list[tuple[int, Row]] = []
    first = len(pivoted.columns)

    def add(own: Row, column: int, value: str | None, below: int) -> None:
        row: list[str | None] = [None] * width
        for index, cell in zip(pivoted.columns, own, strict=True):
            row[index] = cell
        row[pivoted.names], row[pivoted.values] = header[column], value
        added.append((below, row))

    for (row, column), value in changes.cells.items():
        if column < first:
            cells.update(((each, pivoted.columns[column]), value) for each in pivoted.rows[row])
        elif (row, column) in pivoted.cells:
            cells[pivoted.cells[row, column], pivoted.values] = value
        elif value:
            own = [changes.cells.get((row, index), rows[row][index]) for index in range(first)]
            add(own, column, value, pivoted.rows[row][-1])
    for below, values in changes.added:
        under = pivoted.rows[below][-1] if below >= 0 else -1
        for column in (each for each in range(first, len(header)) if values[each]):
            add(values[:first], column, values[column], under)
    removed = sorted(each for row in changes.removed for each in pivoted.rows[row])
    return Changes(cells, removed, added)
