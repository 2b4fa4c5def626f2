"""Two tables -> what differs, row by row. Knows cells as texts to compare, and not how they are written or stored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise, zip_longest
from typing import NamedTuple

from mdtables.model.table import Alignment, Row, Table


class Changed(NamedTuple):
    """A row that both tables have, by its index in each, and the indexes of the columns whose cells differ."""

    old: int
    new: int
    columns: Sequence[int]


class Difference(NamedTuple):
    """What makes one table of another: rows by their index, those removed in the old, those added in the new.

    `columns` says whether the headers differ, `by_key` whether rows were told apart by their key and not by where they
    stand; `moved` whether rows that both have come in another order.
    """

    old: Table
    new: Table
    key: int
    changed: Sequence[Changed] = ()
    removed: Sequence[int] = ()
    added: Sequence[int] = ()
    columns: bool = False
    by_key: bool = True
    moved: bool = False

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed or self.added or self.columns or self.moved or self.aligned)

    @property
    def aligned(self) -> Sequence[tuple[str, Alignment, Alignment]]:
        """The columns that are aligned otherwise: their headers, the old alignment and the new one."""
        if self.columns:
            return ()
        pairs = zip(self.new.header, self.old.align, self.new.align, strict=True)
        return [(name, old, new) for name, old, new in pairs if old != new]

    def name(self, row: int, *, new: bool) -> str:
        """What a row is called: its key."""
        return ((self.new if new else self.old).rows[row][self.key]) or ""


_Rows = Sequence[Row]


def difference(old: Table, new: Table, old_says: Table, new_says: Table, key: str = "") -> Difference:
    """What differs between two tables. `old_says` and `new_says` are what their cells say.

    Rows are told apart by the column headed `key`, or the first, where its cells are all different in both tables, and
    one that differs in nothing else from the one in its place was renamed. Where the column tells no rows apart, the
    same rows are found first, and the others compared in the order in which they stand.
    """
    if list(old_says.header) != list(new_says.header):
        return Difference(old, new, 0, columns=True)
    column = list(old.header).index(key) if key in old.header else 0
    old_rows, new_rows = list(map(tuple, old_says.rows)), list(map(tuple, new_says.rows))
    old_keys, new_keys = ([row[column] for row in rows] for rows in (old_rows, new_rows))
    by_key = len(set(old_keys)) == len(old_keys) and len(set(new_keys)) == len(new_keys)
    if by_key:
        pairs = _by_key(old_keys, new_keys)
        pairs += _renamed(pairs, old_rows, new_rows, column)
    else:
        pairs = _by_place(old_rows, new_rows)
    changed = []
    for before, after in pairs:
        cells = zip_longest(old_rows[before], new_rows[after])  # somebody may have typed a cell too many
        columns = [index for index, (old_cell, new_cell) in enumerate(cells) if old_cell != new_cell]
        if columns:
            changed.append(Changed(before, after, columns))
    kept_old, kept_new = {before for before, _ in pairs}, {after for _, after in pairs}
    order = [before for before, _ in sorted(pairs, key=lambda pair: pair[1])]
    return Difference(
        old,
        new,
        column,
        changed,
        removed=[row for row in range(len(old_rows)) if row not in kept_old],
        added=[row for row in range(len(new_rows)) if row not in kept_new],
        by_key=by_key,
        moved=order != sorted(order),
    )


def _by_key(old: Row, new: Row) -> list[tuple[int, int]]:
    place = {key: index for index, key in enumerate(old)}
    return [(place[key], index) for index, key in enumerate(new) if key in place]


def _renamed(pairs: Sequence[tuple[int, int]], old: _Rows, new: _Rows, key: int) -> list[tuple[int, int]]:
    """Rows that stand in the same place between the same neighbours and differ in nothing but their key."""
    ends = list(pairwise(sorted([(-1, -1), *pairs, (len(old), len(new))])))
    if any(new_end < new_start for (_, new_start), (_, new_end) in ends):
        return []  # in another order no row has a place of its own
    return [
        (before, after)
        for (old_start, new_start), (old_end, new_end) in ends
        if old_end - old_start == new_end - new_start > 0
        for before, after in zip(range(old_start + 1, old_end), range(new_start + 1, new_end), strict=True)
        if len(old[before]) > 1 and _without(old[before], key) == _without(new[after], key)
    ]


def _without(row: Row, column: int) -> Row:
    return [*row[:column], *row[column + 1 :]]


def _by_place(old: _Rows, new: _Rows) -> list[tuple[int, int]]:
    """Rows that are the same, the first with the first; then what is left over, in order."""
    places: dict[Row, list[int]] = {}
    for index in reversed(range(len(old))):
        places.setdefault(old[index], []).append(index)
    pairs = [(places[row].pop(), index) for index, row in enumerate(new) if places.get(row)]
    paired = {index for _, index in pairs}
    left_old = sorted(index for indexes in places.values() for index in indexes)
    left_new = [index for index in range(len(new)) if index not in paired]
    return pairs + list(zip(left_old, left_new, strict=False))


_MOST_LINES = 20


def in_words(found: Difference, path: str) -> list[str]:
    """A line for each row and column that differs, at most twenty; old rows with their lines in the file `path`."""
    if found.columns:
        return [f"columns: {', '.join(found.old.header)} -> {', '.join(found.new.header)}"]

    def old_row(row: int) -> str:
        place = f" ({path}:{found.old.lines[row]})" if found.old.lines else ""
        return f'row "{found.name(row, new=False)}"{place}'

    lines = [f'column "{name}": aligned {new}, was {old}' for name, old, new in found.aligned]
    lines += [f"{old_row(changed.old)}: {', '.join(_cells(found, changed))}" for changed in found.changed]
    lines += [f'row "{found.name(row, new=True)}" added' for row in found.added]
    lines += [f"{old_row(row)} removed" for row in found.removed]
    lines += ["the rows stand in another order"] if found.moved else []
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [f"and {len(lines) - _MOST_LINES + 1} more"]
    return lines


def in_short(found: Difference) -> str:
    """One line: how many rows and cells, and the first few cells."""
    if found.columns:
        return in_words(found, "")[0]
    count = sum(len(changed.columns) for changed in found.changed)
    cells = list(islice((cell for changed in found.changed for cell in _cells(found, changed)), 3))
    shown = f" ({', '.join(cells)}{', …' if count > 3 else ''})" if cells else ""
    added, removed = len(found.added), len(found.removed)
    line = f"+{added} row{'s' * (added != 1)}, -{removed} row{'s' * (removed != 1)}, "
    line += f"{count} cell{'s' * (count != 1)}{shown}"
    line += "".join(f', column "{name}" aligned {new}' for name, _, new in found.aligned)
    return line + (", another order" if found.moved else "")


def _cells(found: Difference, changed: Changed) -> list[str]:
    old, new, header = found.old.rows[changed.old], found.new.rows[changed.new], found.new.header

    def shown(row: Row, column: int) -> str:
        return (row[column] if column < len(row) else "nothing") or "empty"

    def name(column: int) -> str:
        return header[column] if column < len(header) else f"cell {column + 1}"

    return [f"{name(column)}: {shown(old, column)} -> {shown(new, column)}" for column in changed.columns]
