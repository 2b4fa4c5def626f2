"""The way back: hand edits in a generated table -> changes to its source, by the provenance of its cells.

What cannot be inverted is refused, never guessed.
"""

from __future__ import annotations

from bisect import bisect_left

from mdtables.cells.values import value_of
from mdtables.model.diagnostics import Fix, Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.pipelines.refusal import refusal
from mdtables.tables.diff import Difference


def invert(source: Table, region: RegionOutcome) -> Changes:
    """Return what to change in the source so that it makes the current table of a drifted region.

    Raise MdtablesError for an edit that cannot be inverted.
    """
    assert region.shaped
    assert region.difference
    options, at, found = region.options, region.at, region.difference
    rows, columns = region.shaped.rows, region.shaped.columns
    refused = refusal(found, options, hidden=len(columns) < len(source.header))
    if region.source_changed:
        message = "the source or the options changed since mdtables wrote this table, so what was edited is unknown"
        refused = message, "make the edit in the source, then discard it here"
    if refused:
        message, hint = refused
        force = ("fix", "--force", at.path)
        fixes = (Fix("to discard the edit, let the source overwrite the table", command=force),)
        raise failure("cannot-pull", message, at=at, hint=hint, fixes=fixes)
    cells = {
        (rows[changed.old], columns[column]): _value(found.new.rows[changed.new][column], options, at)
        for changed in found.changed
        for column in changed.columns
    }
    added = []
    kept = {new: old for old, new in found.pairs}
    in_order = sorted(kept)
    for new in found.added:
        values = [""] * len(source.header)
        for column, cell in zip(columns, found.new.rows[new], strict=True):
            values[column] = _value(cell, options, at)
        index = bisect_left(in_order, new)
        below = rows[kept[in_order[index - 1]]] if index else -1
        added.append((len(source.rows) - 1 if options.sort else below, values))
    return Changes(cells, sorted(rows[row] for row in found.removed), added)


def combine(one: Changes, other: Changes) -> Changes | None:
    """Return both changes to one source as one; None if they disagree on a cell, or on a row that one removes.

    If both add rows, these must be the same: two different ones may mean the same row.
    """
    disagree = any(one.cells.get(at, value) != value for at, value in other.cells.items())
    removed_here, removed_there = set(one.removed), set(other.removed)
    gone = any(row in removed_there for row, _ in one.cells) or any(row in removed_here for row, _ in other.cells)
    if disagree or gone or (one.added and other.added and list(one.added) != list(other.added)):
        return None
    return Changes({**one.cells, **other.cells}, sorted(removed_here | removed_there), one.added or other.added)


def is_applied(table: Table, before: Table, changes: Changes) -> bool:
    """Return True if a source that was read again has the rows it had before, with these changes and no others."""
    rows = [["" if cell is None else cell for cell in row] for row in before.rows]
    for (row, column), value in changes.cells.items():
        rows[row][column] = value
    added: dict[int, list[list[str]]] = {}
    for below, values in changes.added:
        added.setdefault(max(below, -1), []).append(list(values))
    removed = set(changes.removed)
    wanted = added.get(-1, [])
    for number, row_cells in enumerate(rows):
        wanted += [] if number in removed else [row_cells]
        wanted += added.get(number, [])
    return list(table.header) == list(before.header) and [[c or "" for c in row] for row in table.rows] == wanted


def is_reproduced(region: RegionOutcome, again: Difference, changes: Changes) -> bool:
    """Return True if the changed source reproduces every edit of a drifted region.

    `changes` are all changes to the source, including those from other regions. `again` is the difference between the
    region's current table and the table that the changed source makes. Cells and rows in it must come from the changes
    of other regions. The order of rows and the alignments may differ: they can depend on values (`sort`, `auto`).
    """
    assert region.shaped
    assert region.difference
    rows, columns = region.shaped.rows, region.shaped.columns
    source_rows = {new: rows[old] for old, new in region.difference.pairs}
    edited = {(changed.new, column) for changed in region.difference.changed for column in changed.columns}
    cells = [(changed.old, column) for changed in again.changed for column in changed.columns]
    removed = set(changes.removed)
    others_added = len(changes.added) - len(region.difference.added)
    return (
        not again.columns
        and edited.isdisjoint(cells)
        and all((source_rows.get(row), columns[column]) in changes.cells for row, column in cells)
        and all(source_rows.get(row) in removed for row in again.removed)
        and len(again.added) <= others_added
    )


def _value(cell: str | None, options: Options, at: Location) -> str:
    if not cell or (cell == options.null and options.null):
        return ""
    value = value_of(cell, options.cells, options.templates)
    if value is None:
        hint = "edit the source itself"
        if options.cells == "text":
            hint = 'with cells="text" a cell shows its characters; write \\* for a star'
        raise failure("cannot-pull", f"no value is encoded as this cell: {cell}", at=at, hint=hint)
    return value
