"""Changes to one version of a table -> changes to a later version, by key and cell by cell. Knows no files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mdtables.model.table import Changes, Row, Table
from mdtables.tables.diff import difference


class Conflict(NamedTuple):
    """What both versions changed differently: a cell, with its old value and both new ones, or a whole row.

    `column` is "" for a whole row. `line` is that of the row in the later version, 0 where it has none.
    """

    row: str
    column: str
    base: str | None
    changed: str | None
    later: str | None
    line: int


class Rebased(NamedTuple):
    """Changes to the later version, and what is in conflict with it."""

    changes: Changes
    conflicts: Sequence[Conflict]


def rebase(changes: Changes, base: Table, later: Table, key: str = "") -> Rebased | None:
    """Return changes to `base` as changes to a later version of it; None if no column identifies the rows of both.

    Rows are matched by the column `key`, or by the first one. What the later version has already is left out.
    """
    names = [name for name in base.header if name in later.header]
    if not names:
        return None
    old, new = _only(base, names), _only(later, names)
    found = difference(old, new, old, new, names.index(key) if key in names else 0)
    return _Rebase(base, later, dict(found.pairs), found.key).rebase(changes) if found.by_key else None


def _only(table: Table, names: Sequence[str]) -> Table:
    columns = [list(table.header).index(name) for name in names]
    return Table(names, [[row[column] or "" for column in columns] for row in table.rows], ["none"] * len(names))


class _Rebase:
    """The rows and columns of two versions; `rows` maps those of the base to the later one, `key` is in both."""

    def __init__(self, base: Table, later: Table, rows: dict[int, int], key: int) -> None:
        self.base, self.later, self.rows = base, later, rows
        names = [name for name in base.header if name in later.header]
        places = {name: index for index, name in enumerate(later.header)}
        self.columns = {index: places[name] for index, name in enumerate(base.header) if name in places}
        self.key = list(base.header).index(names[key])
        self.later_keys = {row[places[names[key]]] or "": index for index, row in enumerate(later.rows)}
        self.conflicts: list[Conflict] = []

    def rebase(self, changes: Changes) -> Rebased:
        cells = {}
        for (row, column), value in changes.cells.items():
            if (place := self._cell(row, column, value)) is not None:
                cells[place] = value
        removed = [self.rows[row] for row in changes.removed if self._is_removable(row)]
        kept = sorted(self.rows)
        added = []
        for below, values in changes.added:
            if self._is_new(values):
                above = [self.rows[row] for row in kept if row <= below]
                added.append((above[-1] if above else -1, self._as_later(values)))
        return Rebased(Changes(cells, removed, added), self.conflicts)

    def _cell(self, row: int, column: int, value: str | None) -> tuple[int, int] | None:
        """Return the place of a changed cell in the later version; None if that has the value, or a conflict."""
        old = self.base.rows[row][column]
        if row not in self.rows or column not in self.columns:
            self._conflict(row, column, old, value, None)
            return None
        place = self.rows[row], self.columns[column]
        now = self.later.rows[place[0]][place[1]]
        if (now or "") not in ((old or ""), (value or "")):
            self._conflict(row, column, old, value, now)
        elif column == self.key and self.later_keys.get(value or "", place[0]) != place[0]:
            self._conflict(row, column, old, value, value)
        return place if (now or "") == (old or "") else None

    def _is_removable(self, row: int) -> bool:
        if row not in self.rows:
            return False
        later = self.later.rows[self.rows[row]]
        same = all((self.base.rows[row][old] or "") == (later[new] or "") for old, new in self.columns.items())
        if not same:
            self._conflict(row, None, None, None, None)
        return same

    def _is_new(self, values: Row) -> bool:
        """Return True if the later version has no row with this key; a different one is a conflict."""
        name = values[self.key] or ""
        if name not in self.later_keys:
            return True
        row = self.later_keys[name]
        later = self.later.rows[row]
        cells = [(values[old], later[new]) for old, new in self.columns.items()]
        if any(value is not None and value != (now or "") for value, now in cells):
            line = self.later.lines[row] if self.later.lines else 0
            self.conflicts.append(Conflict(name, "", None, None, None, line))
        return False

    def _as_later(self, values: Row) -> list[str | None]:
        row: list[str | None] = [None] * len(self.later.header)
        for old, new in self.columns.items():
            row[new] = values[old]
        return row

    def _conflict(self, row: int, column: int | None, base: str | None, changed: str | None, later: str | None) -> None:
        line = self.later.lines[self.rows[row]] if row in self.rows and self.later.lines else 0
        name = "" if column is None else self.base.header[column]
        self.conflicts.append(Conflict(self.base.rows[row][self.key] or "", name, base, changed, later, line))
