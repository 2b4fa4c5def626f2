"""The way back, pure: the hand edits in a table that a source made -> changes to that source.

Knows which row and column of the source a cell came from. What cannot be inverted is said, and never guessed.
"""

from __future__ import annotations

from mdtables.cells.values import value_of
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.tables.diff import Difference
from mdtables.tables.shape import origin


def changes(source: Table, region: RegionOutcome, found: Difference) -> Changes:
    """What makes the source say what stands in an edited region. `found` leads from the table it made to that one.

    Raises MdtablesError with what stands in the way.
    """
    options, place = region.options, region.location
    rows, columns = origin(source, options)
    if problem := _in_the_way(region, found, hidden=len(columns) < len(source.header)):
        message, hint = problem
        raise MdtablesError(Diagnostic("not-invertible", message, place, hint))
    cells = {
        (rows[changed.old], columns[column]): _value(found.new.rows[changed.new][column], options, place)
        for changed in found.changed
        for column in changed.columns
    }
    added = []
    kept = _kept(found)
    for new in found.added:
        values = [""] * len(source.header)
        for column, cell in zip(columns, found.new.rows[new], strict=True):
            values[column] = _value(cell, options, place)
        above = max((row for row in kept if row < new), default=None)
        below = -1 if above is None else rows[kept[above]]
        added.append((len(source.rows) - 1 if options.sort else below, values))
    return Changes(cells, sorted(rows[row] for row in found.removed), added)


def combined(one: Changes, other: Changes) -> Changes | None:
    """Both changes of one source; None where they disagree: on a cell, or on a row that one of them takes out.

    Where both put in rows these must be the same: nobody can tell whether two rows mean the same one.
    """
    disagree = any(one.cells.get(at, value) != value for at, value in other.cells.items())
    gone = any(row in other.removed for row, _ in one.cells) or any(row in one.removed for row, _ in other.cells)
    if disagree or gone or (one.added and other.added and list(one.added) != list(other.added)):
        return None
    return Changes({**one.cells, **other.cells}, sorted({*one.removed, *other.removed}), one.added or other.added)


def holds(table: Table, before: Table, asked: Changes) -> bool:
    """Whether a source that was read again has the rows that it had, with these changes and no others."""
    rows = [["" if cell is None else cell for cell in row] for row in before.rows]
    for (row, column), value in asked.cells.items():
        rows[row][column] = value
    wanted = [list(values) for below, values in asked.added if below < 0]
    for number, row_cells in enumerate(rows):
        wanted += [] if number in asked.removed else [row_cells]
        wanted += [list(values) for below, values in asked.added if below == number]
    return list(table.header) == list(before.header) and [[c or "" for c in row] for row in table.rows] == wanted


def _in_the_way(region: RegionOutcome, found: Difference, *, hidden: bool) -> tuple[str, str] | None:
    """What cannot be inverted, and the way out."""
    options = region.options
    rows = bool(found.added or found.removed)
    renamed = "a row was renamed, or one added and another removed: its columns that are not shown would be guessed"
    rekeyed = any(found.key in changed.columns for changed in found.changed)
    limited = f"rows were added or removed where limit={options.limit} shows only some"
    changed = "its source or its options changed since mdtables wrote it, so nobody can tell what was edited here"
    reasons = [
        (region.source_changed, changed, "make the edit in the source, and let it win: mdtables fix --force"),
        (found.columns, "its columns were edited, and a source has only one set of them", "change columns=… instead"),
        (bool(found.aligned), "its alignment was edited, which no source holds", "write align=… on the marker"),
        (
            found.moved and not options.sort,
            "its rows were put in another order",
            "order the rows of the source, or write sort=… on the marker",
        ),
        (rows and options.limit is not None, limited, "edit the source itself"),
        (
            rows and not found.by_key,
            "rows were added or removed, and no column tells the rows apart",
            "name one on the marker: key=…",
        ),
        (
            hidden and found.by_key and (rekeyed or bool(found.added and found.removed)),
            renamed,
            "make the edit in the source",
        ),
    ]
    return next(((what, hint) for stands, what, hint in reasons if stands), None)


def _kept(found: Difference) -> dict[int, int]:
    """For each row of the table as it stands that it had before: its index there."""
    removed, added = set(found.removed), set(found.added)
    old = [row for row in range(len(found.old.rows)) if row not in removed]
    new = [row for row in range(len(found.new.rows)) if row not in added]
    return dict(zip(new, old, strict=True))


def _value(cell: str | None, options: Options, place: Location) -> str:
    if not cell or (cell == options.null and options.null):
        return ""
    value = value_of(cell, options.cells, options.templates)
    if value is None:
        message = f"no value is written as this cell: {cell}"
        hint = (
            'with cells="text" Markdown in a cell is shown as it is; write \\* for a star'
            if options.cells == "text"
            else ""
        )
        raise MdtablesError(Diagnostic("not-invertible", message, place, hint or "edit the source itself"))
    return value
