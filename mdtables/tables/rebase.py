"""Changes to one version of a table -> changes to a later version, by key and cell by cell. Knows no files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

from mdtables.model.table import Changes, Row, Table
from mdtables.records import NamedTuple
from mdtables.tables.merge_order import are_renumbered

ConflictKind = Literal["both edited", "edited and removed", "removed and edited", "column removed", "both added"]
"""What the edit did to a row, and what the later version did."""


class Conflict(NamedTuple):
    """What both versions changed differently: the key of the row, and for a cell its column.

    `values` are the old value of a cell that both edited, that of the edit and that of the later version. `line` is the
    line of the row in the later version, 0 where it has none.
    """

    kind: ConflictKind
    row: str
    column: str
    values: Sequence[str | None]
    line: int


class Rebased(NamedTuple):
    """Changes to the later version, and what is in conflict with it."""

    changes: Changes
    conflicts: Sequence[Conflict]


def rebase(changes: Changes, base: Table, later: Table, key: str = "") -> Rebased | None:
    """Return changes to `base` as changes to a later version of it; None if no column identifies the rows of both.

    Rows are matched by the column `key`, or by the first one, and in no other way: a row whose key is gone was removed.
    What the later version has already is left out.
    """
    name = key if key in base.header else base.header[0]
    if name not in later.header:
        return None
    columns = list(base.header).index(name), list(later.header).index(name)
    old, new = ([row[column] or "" for row in table.rows] for table, column in zip((base, later), columns, strict=True))
    places = {value: index for index, value in enumerate(new)}
    if len(set(old)) < len(old) or len(places) < len(new):
        return None
    cells = [
        {row[column] or "": [cell or "" for index, cell in enumerate(row) if index != column] for row in table.rows}
        for table, column in zip((base, later), columns, strict=True)
    ]
    if list(base.header) == list(later.header) and are_renumbered(*cells):
        return None
    rows = {index: places[value] for index, value in enumerate(old) if value in places}
    return _Rebase(base, later, rows, columns[0]).rebase(changes)


class _Rebase:
    """The rows and columns of two versions; `rows` maps those of the base to the later one, `key` is in both."""

    def __init__(self, base: Table, later: Table, rows: dict[int, int], key: int) -> None:
        self.base, self.later, self.rows, self.key = base, later, rows, key
        places = {name: index for index, name in enumerate(later.header)}
        self.columns = {index: places[name] for index, name in enumerate(base.header) if name in places}
        self.later_keys = {row[self.columns[key]] or "": index for index, row in enumerate(later.rows)}
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
                above = bisect_right(kept, below)
                added.append((self.rows[kept[above - 1]] if above else -1, self._as_later(values)))
        return Rebased(Changes(cells, removed, added), self.conflicts)

    def _cell(self, row: int, column: int, value: str | None) -> tuple[int, int] | None:
        """Return the place of a changed cell in the later version; None if that has the value, or a conflict."""
        old = self.base.rows[row][column]
        if row not in self.rows:
            self._conflict("edited and removed", row)
            return None
        if column not in self.columns:
            self._conflict("column removed", row, column)
            return None
        place = self.rows[row], self.columns[column]
        now = self.later.rows[place[0]][place[1]]
        if (now or "") not in ((old or ""), (value or "")):
            self._conflict("both edited", row, column, (old, value, now))
        elif column == self.key and self.later_keys.get(value or "", place[0]) != place[0]:
            self._added_twice(value or "")
        return place if (now or "") == (old or "") else None

    def _is_removable(self, row: int) -> bool:
        if row not in self.rows:
            return False
        later = self.later.rows[self.rows[row]]
        same = all((self.base.rows[row][old] or "") == (later[new] or "") for old, new in self.columns.items())
        known = set(self.columns.values())
        same = same and not (self.base.unusable or self.later.unusable)  # what they hold there cannot be compared
        same = same and not any(cell for column, cell in enumerate(later) if column not in known)
        if not same:
            self._conflict("removed and edited", row)
        return same

    def _is_new(self, values: Row) -> bool:
        """Return True if the later version has no row with this key; a different one is a conflict."""
        name = values[self.key] or ""
        if name not in self.later_keys:
            return True
        later = self.later.rows[self.later_keys[name]]
        cells = [(values[old], later[new]) for old, new in self.columns.items()]
        if any(value is not None and value != (now or "") for value, now in cells):
            self._added_twice(name)
        return False

    def _as_later(self, values: Row) -> list[str | None]:
        row: list[str | None] = [None] * len(self.later.header)
        for old, new in self.columns.items():
            row[new] = values[old]
        return row

    def _conflict(
        self, kind: ConflictKind, row: int, column: int | None = None, values: Sequence[str | None] = ()
    ) -> None:
        line = self.later.lines[self.rows[row]] if row in self.rows and self.later.lines else 0
        name = "" if column is None else self.base.header[column]
        self.conflicts.append(Conflict(kind, self.base.rows[row][self.key] or "", name, values, line))

    def _added_twice(self, name: str) -> None:
        line = self.later.lines[self.later_keys[name]] if self.later.lines else 0
        self.conflicts.append(Conflict("both added", name, "", (), line))
