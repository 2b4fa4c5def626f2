"""The way back: hand edits in a generated table -> changes to its source, by the provenance of its cells.

What cannot be inverted is refused, never guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from mdtables.cells.encode import encode
from mdtables.cells.values import Before, Spelling, show_same, value_of
from mdtables.model.diagnostics import Diagnostic, Fix, Location, Related
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector, failure
from mdtables.model.options import BREAK, Options, keys_of
from mdtables.model.table import Changes, Shaped, Table
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.pipelines.refusal import refusal
from mdtables.tables.diff import Difference
from mdtables.tables.rebase import Conflict, rebase


def invert(source: Table, path: str, region: RegionOutcome) -> Changes:
    """Return what to change in the source, the file `path`, for the edit in the current table of a drifted region.

    If the source changed since mdtables wrote the table, that is the edit's part of a three-way merge. Raise
    MdtablesError for an edit that cannot be inverted, or that is in conflict with the source.
    """
    if region.base == "generated":
        assert region.shaped
        assert region.difference
        return _inverted(source, region.shaped, region.difference, region)
    if region.earlier is None:
        raise _unknown_base(region)
    earlier = region.earlier
    changes = _inverted(earlier.source, earlier.shaped, earlier.edit, region)
    rebased = rebase(changes, earlier.source, source, region.options.key)
    if rebased is None:
        message = "the source changed too, and no column identifies its rows, now and then"
        raise _refused(message, "name a column with unique values on the marker: key=…", region)
    if rebased.conflicts:
        problems = Collector()
        for conflict in rebased.conflicts:
            problems.add(_conflict(conflict, path, _place(region)))
        problems.raise_any()
    return rebased.changes


def _unknown_base(region: RegionOutcome) -> MdtablesError:
    if region.base == "earlier":
        message = (
            "the source or the options changed since mdtables wrote this table, and git has no version of the source"
            " that made it, so what was edited is unknown"
        )
        return _refused(message, "make the edit in the source, then discard it here", region)
    message = "no comparable checksum shows what mdtables wrote here, so what was edited is unknown"
    title = "to keep the table, remove source=… from the marker, then move the table into a new source"
    return _refused(message, "", region, Fix(title, command=("extract", region.at.path)))


def _refused(message: str, hint: str, region: RegionOutcome, *others: Fix) -> MdtablesError:
    force = Fix("to discard the edit, let the source overwrite the table", command=("fix", "--force", region.at.path))
    return failure("cannot-pull", message, at=_place(region), hint=hint, fixes=(force, *others))


def _place(region: RegionOutcome) -> Location:
    """Return the place of the current table of a drifted region."""
    return region.drift.at if region.drift else region.at


def _conflict(found: Conflict, path: str, at: Location) -> Diagnostic:
    related = (Related(Location(path, found.line), "the row in the source"),) if found.line else ()
    messages = {
        "both edited": f'both this table and its source changed "{found.column}" in row "{found.row}"',
        "edited and removed": f'row "{found.row}" was edited here and removed in the source',
        "removed and edited": f'row "{found.row}" was removed here and changed in the source',
        "column removed": f'"{found.column}" was edited in row "{found.row}", but the source has no such column now',
        "both added": f'both this table and its source added a row "{found.row}", with different values',
    }
    message = messages[found.kind]
    if found.values:
        places = zip(("was", "here", "in the source"), found.values, strict=True)
        message += ": " + ", ".join(f"{where} {_shown(value)}" for where, value in places)
    hint = "make both agree, here or in the source, then pull again"
    if found.kind == "column removed":
        hint = "make the edit in the source, then discard it here"
    return Diagnostic("cannot-pull", message, at=at, hint=hint, related=related)


def _shown(value: str | None) -> str:
    return f'"{value}"' if value else "nothing"


def _inverted(source: Table, shaped: Shaped, edit: Difference, region: RegionOutcome) -> Changes:
    """Return what to change in the source that made a table, for an edit of that table. Raise MdtablesError."""
    options, rows, columns = region.options, shaped.rows, shaped.columns
    edited = {column for changed in edit.changed for column in changed.columns} if source.paths else set()
    own = len(source.header) - source.named_only
    names = {source.header[columns[column]] for column in edited if column < len(columns) and columns[column] >= own}
    if about := {name for name in names if name.startswith("@")}:
        hint = "rename the file, or change its heading, then fix this document"
        raise _refused(f'"{min(about)}" was edited, which is computed from the file', hint, region)
    if refused := refusal(edit, options, shaped):
        raise _refused(*refused, region)
    cells = {}
    for changed in edit.changed:
        for column in changed.columns:
            before = Before(shaped.table.rows[changed.old][column] or "", edit.old.rows[changed.old][column] or "")
            value = _value(edit.new.rows[changed.new][column], options, _place(region), shaped.table.folders, before)
            cells[rows[changed.old], columns[column]] = _elements(value, source, columns[column], options)
    added = []
    kept = {new: old for old, new in edit.pairs}
    in_order = sorted(kept)
    for new in edit.added:
        values: list[str | None] = [None] * len(source.header)
        for column, cell in zip(columns, edit.new.rows[new], strict=True):
            value = _value(cell, options, _place(region), shaped.table.folders)
            values[column] = _elements(value, source, column, options)
        index = bisect_left(in_order, new)
        below = rows[kept[in_order[index - 1]]] if index else -1
        added.append((len(source.rows) - 1 if options.sort else below, values))
    return Changes(cells, sorted(rows[row] for row in edit.removed), added)


def _elements(value: str | None, source: Table, column: int, options: Options) -> str | None:
    """Return a value; of a list that is joined by line breaks, with the text that stands between its elements."""
    if not value or column not in source.lists or not BREAK.search(options.list):
        return value
    before, after = map(re.escape, BREAK.split(options.list, maxsplit=1))
    return re.sub(
        rf"(?:{before})?(?:\n|{BREAK.pattern})(?:{after})?", lambda _: options.list, value, flags=re.IGNORECASE
    )


def combine(one: Changes, other: Changes) -> Changes | None:
    """Return both changes to one source as one; None if they disagree on a cell, or on a row that one removes.

    If both add rows, these must be the same: two different ones may mean the same row.
    """
    disagree = any(one.cells.get(at, value) != value for at, value in other.cells.items())
    removed_here, removed_there = set(one.removed), set(other.removed)
    replaced = not removed_here.isdisjoint(removed_there) and bool(one.added) != bool(other.added)  # or was it renamed?
    gone = any(row in removed_there for row, _ in one.cells) or any(row in removed_here for row, _ in other.cells)
    if disagree or gone or replaced or (one.added and other.added and list(one.added) != list(other.added)):
        return None
    return Changes(
        {**one.cells, **other.cells}, sorted(removed_here | removed_there), one.added or other.added, one.new_columns
    )


def is_applied(table: Table, before: Table, changes: Changes) -> bool:
    """Return True if a source that was read again has the rows it had before, with these changes and no others.

    Columns may have another order, and one that has become empty may be gone. What else shows a part of a nested value
    that was edited changes with it.
    """
    names = [*before.header, *changes.new_columns]
    by_name = {name: index for index, name in enumerate(table.header)}
    if not by_name.keys() <= set(names):
        return False
    places = range(len(names)) if list(table.header) == names else [by_name.get(name, -1) for name in names]
    added: dict[int, list[list[str | None]]] = {}
    for below, values in changes.added:
        added.setdefault(max(below, -1), []).append([*(value or "" for value in values), *_blanks(changes)])
    removed = set(changes.removed)
    wanted = added.get(-1, [])
    for number, cells in enumerate(_changed_rows(before, changes)):
        wanted += [] if number in removed else [cells]
        wanted += added.get(number, [])
    found = [["" if place < 0 else row[place] or "" for place in places] for row in table.rows]
    return len(found) == len(wanted) and all(
        cell in (is_there, None)
        for row, is_row in zip(wanted, found, strict=True)
        for cell, is_there in zip(row, is_row, strict=True)
    )


def _changed_rows(before: Table, changes: Changes) -> list[list[str | None]]:
    """Return the rows of a table with their changes, None for a cell that may be anything: it shows a changed value."""
    names = [*before.header, *changes.new_columns]
    own = len(before.header) - before.named_only
    reached = range(own, len(before.header))
    first = [keys_of(name)[0] if index in reached else name for index, name in enumerate(names)]
    rows: list[list[str | None]] = [[*(cell or "" for cell in row), *_blanks(changes)] for row in before.rows]
    for row, column in changes.cells:
        for other, key in enumerate(first):
            if other != column and key == first[column] and (other in reached or column in reached):
                rows[row][other] = None
    for (row, column), value in changes.cells.items():
        rows[row][column] = value or ""
    return rows


def _blanks(changes: Changes) -> list[str | None]:
    return [""] * len(changes.new_columns)


def is_reproduced(region: RegionOutcome, again: Difference, changes: Changes) -> bool:
    """Return True if the changed source reproduces every edit of a drifted region.

    `changes` are all changes to the source, including those from other regions. `again` is the difference between the
    region's current table and the table that the changed source makes. Cells and rows in it must come from the changes
    of other regions. Alignments may differ, and the order of rows unless it was edited: they can depend on values
    (`auto`, `sort`).
    """
    assert region.shaped
    assert region.difference
    if region.earlier:
        return region.earlier.changed.columns or _keeps_edit(region.earlier.edit, again)
    rows, columns = region.shaped.rows, region.shaped.columns
    source_rows = {new: rows[old] for old, new in region.difference.pairs}
    edited = {(changed.new, column) for changed in region.difference.changed for column in changed.columns}
    cells = _changed_cells(again)
    removed = set(changes.removed)
    others_added = len(changes.added) - len(region.difference.added)
    return (
        not again.columns
        and not (region.difference.moved and again.moved)
        and edited.isdisjoint(cells)
        and all((source_rows.get(row), columns[column]) in changes.cells for row, column in cells)
        and all(source_rows.get(row) in removed for row in again.removed)
        and len(again.added) <= others_added
    )


def _changed_cells(found: Difference) -> list[tuple[int, int]]:
    """Return row in the old table and column of each cell that does not show the same in the new one."""
    cells = ((changed, column) for changed in found.changed for column in changed.columns)
    return [
        (changed.old, column)
        for changed, column in cells
        if not show_same(found.old.rows[changed.old][column] or "", found.new.rows[changed.new][column] or "")
    ]


def _keeps_edit(edit: Difference, again: Difference) -> bool:
    """Return True if an edit is in the table that a source makes, which has changes of its own.

    `again` is the difference between the edited table and that one.
    """
    edited = {(changed.new, column) for changed in edit.changed for column in changed.columns}
    removed = {edit.name(row, new=False) for row in edit.removed}
    return (
        not again.columns
        and not (edit.moved and again.moved)
        and edited.isdisjoint(_changed_cells(again))
        and set(edit.added).isdisjoint(again.removed)
        and removed.isdisjoint(again.name(row, new=True) for row in again.added)
    )


def _value(
    cell: str | None, options: Options, at: Location, folders: tuple[str, str], before: Before | None = None
) -> str | None:
    """Return the value for a cell; None if it shows that the value is missing. Raise MdtablesError."""
    null = options.null
    if null and any(
        cell in (null, encode(null, options.cells, options.templates, dollars=dollars)) for dollars in (True, False)
    ):
        return None
    if not cell:
        return ""
    value = value_of(cell, Spelling(options.cells, options.templates, folders), before)
    if value is None:
        hint = "edit the source itself"
        if options.cells == "text":
            hint = 'with cells="text" a cell shows its characters; write \\* for a star'
        raise failure("cannot-pull", f"this cell cannot be stored as a value: {cell}", at=at, hint=hint)
    return value
