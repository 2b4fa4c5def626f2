"""The way back: hand edits in a generated table -> changes to its source, by the provenance of its cells.

What cannot be inverted is refused, never guessed.
"""

from __future__ import annotations

from mdtables.cells.values import show_same
from mdtables.model.conditions import pinned
from mdtables.model.diagnostics import Diagnostic, Fix, Location, Related, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector, failure
from mdtables.model.names import keys_of
from mdtables.model.table import Changes, Row, Shaped, Table
from mdtables.pipelines.drift import to_keep
from mdtables.pipelines.invert import RefusedEditError
from mdtables.pipelines.inverted_edit import inverted_edit, refusal_of_query
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.tables.columns import Names
from mdtables.tables.diff import Difference
from mdtables.tables.pivot import unpivoted
from mdtables.tables.rebase import Conflict, rebase
from mdtables.tables.texts import with_joined_lists
from mdtables.tables.where import meets, names_of


def invert(source: Table, path: str, region: RegionOutcome) -> Changes:
    """Return what to change in the source, the file `path`, for the edit in the current table of a drifted region.

    If the source changed since mdtables wrote the table, that is the edit's part of a three-way merge. Raise
    MdtablesError for an edit that cannot be inverted, or that is in conflict with the source.
    """
    joined = region.options.list
    source = with_joined_lists(source, joined)
    if region.base == "generated":
        assert region.shaped
        assert region.difference
        return _inverted(source, region.shaped, region.difference, region)
    if region.options.query:
        raise _refused(*refusal_of_query(region.options), region)
    if region.earlier is None:
        raise _unknown_base(region)
    earlier = region.earlier
    base = with_joined_lists(earlier.source, joined)
    changes = _inverted(base, earlier.shaped, earlier.edit, region)
    rebased = rebase(changes, base, source, region.options.key)
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
        hint = "make the edit in the source, then discard it here; data that is committed can be merged with edits"
        return _refused(message, hint, region)
    message = "no comparable checksum shows what mdtables wrote here, so what was edited is unknown"
    return _refused(message, "", region, to_keep(region.at.path))


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
    options = region.options
    try:
        changes = inverted_edit(edit, shaped, options)
    except RefusedEditError as error:
        raise _refused(error.message, error.hint, region) from None
    rows_in_all = len(shaped.pivoted.rows) if shaped.pivoted else len(source.rows)
    changes = changes._replace(added=[(min(below, rows_in_all - 1), row) for below, row in changes.added])
    if shaped.pivoted:
        inputs = with_joined_lists(shaped.inputs, options.list)
        rows = dict(zip(shaped.rows, inputs.rows, strict=True))
        changes = unpivoted(changes, shaped.pivoted, inputs.header, rows, len(source.header))
    _check_computed(source, changes, region)
    _check_hidden(source, shaped, changes, region)
    return _with_pinned(source, changes, region)


def _check_hidden(source: Table, shaped: Shaped, changes: Changes, region: RegionOutcome) -> None:
    """Raise MdtablesError if a row would get the key, or the place in a pivot, of a row that is not shown."""
    options, pivoted = region.options, shaped.pivoted
    if options.where is None and options.limit is None:
        return
    columns = [*pivoted.columns, pivoted.names] if pivoted else [shaped.identity]
    changed = {row for row, column in changes.cells if column in columns}
    new = [[changes.cells.get((row, column), source.rows[row][column]) or "" for column in columns] for row in changed]
    new += [[row[column] or "" for column in columns] for _, row in changes.added]
    gone = {*changes.removed, *changed}
    known = {tuple(row[column] or "" for column in columns): number for number, row in enumerate(source.rows)
             if number not in gone}  # fmt: skip
    for values in map(tuple, new):
        if values in known:
            place = source.place_of(known[values], region.at)
            message = f'there is a row "{", ".join(values)}" in the source that is not shown here'
            raise _refused(message, f"make the edit there: {place}", region)


def _check_computed(source: Table, changes: Changes, region: RegionOutcome) -> None:
    """Raise MdtablesError if a column was edited that is made of the files themselves."""
    own = len(source.header) - source.named_only
    names = {source.header[column] for _, column in changes.cells if column >= own}
    if about := {name for name in names if name.startswith("@")}:
        hint = "rename the file, or change its heading, then fix this document"
        raise _refused(f'"{min(about)}" was edited, which is computed from the file', hint, region)


def _with_pinned(source: Table, changes: Changes, region: RegionOutcome) -> Changes:
    """Return changes with what `where` says of new rows. Raise MdtablesError if a row would not be shown any more."""
    condition = region.options.where
    if condition is None:
        return changes
    names = Names(source, located_at(region.at))
    columns = {name: names.index(name, "where") for name in names_of(condition)}
    added: list[tuple[int, Row]] = []
    for below, row in changes.added:
        known = {columns[name]: value for name, value in pinned(condition)}
        added.append((below, [known.get(i) if cell is None else cell for i, cell in enumerate(row)]))
    joined = region.options.list
    for number in sorted({row for row, _ in changes.cells}):
        values = [changes.cells.get((number, index), cell) for index, cell in enumerate(source.rows[number])]
        if not meets(values, condition, columns, source, joined):
            place = source.place_of(number, Location(""))
            message = "with this edit, a row would not meet where=…, and so disappear from the table"
            where = f"at {place}" if place.path else "in the source"
            raise _refused(message, f"if that is meant, edit it {where}", region)
    if not all(meets(row, condition, columns, source, joined) for _, row in added):
        message = "a new row does not meet where=…, so it would not be shown"
        raise _refused(message, "add it to the source", region)
    return changes._replace(added=added)


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


def is_applied(table: Table, before: Table, changes: Changes, joined: str) -> bool:
    """Return True if a source that was read again has the rows it had before, with these changes and no others.

    In changes, the elements of a list are `joined` as they are shown.

    Columns may have another order, and one that has become empty may be gone. What else shows a part of a nested value
    that was edited changes with it.
    """
    table, before = with_joined_lists(table, joined), with_joined_lists(before, joined)
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


def is_reproduced(region: RegionOutcome, after: RegionOutcome, changes: Changes) -> bool:
    """Return True if the changed source reproduces every edit of a drifted region.

    `changes` are all changes to the source, including those from other regions. `after` is the outcome with the changed
    source, whose difference is that between the region's current table and the one that is made then. Cells and rows in
    it must come from the changes of other regions. Alignments may differ, and the order of rows unless it was edited:
    they can depend on values (`auto`, `sort`); so may counts and the numbers of rows.
    """
    again = after.difference
    assert region.shaped
    assert region.difference
    assert again
    if region.earlier:
        return region.earlier.changed.columns or _keeps_edit(region.earlier.edit, again)
    shaped = region.shaped
    old_rows = {new: old for old, new in region.difference.pairs}
    numbered = set(shaped.numbered)
    edited = {(changed.new, column) for changed in region.difference.changed for column in changed.columns}
    cells = _changed_cells(again)
    removed = set(changes.removed)
    others_added = 0 if shaped.pivoted else len(changes.added) - len(region.difference.added)
    return (
        not again.columns
        and not (region.difference.moved and again.moved)
        and edited.isdisjoint(cells)
        and all(
            column in numbered or not origins(shaped, old_rows.get(row), column).isdisjoint(changes.cells)
            for row, column in cells
        )
        and all(_rows_of(shaped, old_rows.get(row)) <= removed for row in again.removed)
        and len(again.added) <= others_added
        and _has_same_groups(region, after, again)
    )


def _rows_of(shaped: Shaped, row: int | None) -> set[int | None]:
    """Return the rows of the source that a row is made of; for one that it does not have, None."""
    if row is None:
        return {None}
    return set(shaped.pivoted.rows[shaped.rows[row]]) if shaped.pivoted else {shaped.rows[row]}


def origins(shaped: Shaped, row: int | None, column: int) -> set[tuple[int, int]]:
    """Return the row and the column of each value in the source that a cell is made of; none for a new row, None."""
    if row is None:
        return set()
    inputs, pivoted, at = shaped.columns[column].inputs, shaped.pivoted, shaped.rows[row]
    if pivoted is None:
        return {(at, index) for index in inputs}
    first = len(pivoted.columns)
    found = {(each, pivoted.columns[index]) for index in inputs if index < first for each in pivoted.rows[at]}
    return found | {(pivoted.cells[at, i], pivoted.values) for i in inputs if (at, i) in pivoted.cells}


def _has_same_groups(region: RegionOutcome, after: RegionOutcome, again: Difference) -> bool:
    """Return True if every row is below the heading of the same value as in the edited table, whatever that counts."""
    if not (region.shaped and after.shaped and region.difference and region.shaped.groups):
        return True
    values = {region.difference.old.headings[group.first]: group.value for group in region.shaped.groups}
    now = {again.new.headings[group.first]: group.value for group in after.shaped.groups}
    return all(values.get(again.old.headings[old]) == now[again.new.headings[new]] for old, new in again.pairs)


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
