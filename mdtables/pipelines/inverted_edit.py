"""An edit of a generated table -> changes to the table that it is made of, or why there are none.

Knows neither the source that this comes from nor its format.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mdtables.model.options import Options, sources_read
from mdtables.model.queries import Query
from mdtables.model.table import Changes, Row, Shaped
from mdtables.pipelines.invert import Inverter, RefusedEditError, Values
from mdtables.tables.diff import ChangedRow, Difference
from mdtables.tables.texts import elements_of

LAST = sys.maxsize
"""The place of a new row that goes below all rows."""


def inverted_edit(edit: Difference, shaped: Shaped, options: Options) -> Changes:
    """Return what to change in the table that a region is made of; a new row may be LAST. Raise RefusedEditError.

    `edit` turns the generated table, which is `shaped`, into the edited one.
    """
    if refused := _refusal(edit, options, shaped):
        raise RefusedEditError(*refused)
    return _Edit(shaped, edit, options).changes()


def refusal(edit: Difference, options: Options, shaped: Shaped) -> tuple[str, str] | None:
    """Return why an edit cannot be written to the source of its table, and what to do instead; None if it can."""
    try:
        inverted_edit(edit, shaped, options)
    except RefusedEditError as error:
        return error.message, error.hint
    return None


class _Edit:
    """An edit of a table, and the table as it is shaped."""

    def __init__(self, shaped: Shaped, edit: Difference, options: Options) -> None:
        self.shaped, self.edit, self.options = shaped, edit, options
        self.inverter = Inverter(shaped, options)
        self.headings = {edit.old.headings[group.first]: group.value for group in shaped.groups}

    def changes(self) -> Changes:
        """Return the changes to the table that the region is made of. Raise RefusedEditError."""
        edit, shaped = self.edit, self.shaped
        cells: dict[tuple[int, int], str | None] = {}
        for changed in edit.changed:
            own: Values = {}
            for column in changed.columns:
                if not shaped.columns[column].inputs:
                    if not (edit.added or edit.removed or edit.regrouped):
                        raise RefusedEditError(
                            "the number of a row was edited, which is computed", "order the rows instead"
                        )
                    continue
                cell = edit.new.rows[changed.new][column]
                values = self.inverter.changed(changed.old, column, edit.old.rows[changed.old][column] or "", cell)
                self._add(own, values)
            cells.update({(shaped.rows[changed.old], column): value for column, value in own.items()})
        for old, new in edit.regrouped:
            cells[shaped.rows[old], shaped.group] = self._group_of(new)
        return Changes(cells, sorted(shaped.rows[row] for row in edit.removed), list(self._added()))

    def _group_of(self, new: int) -> str | None:
        """Return the value of the group that a row of the edited table is in."""
        shaped, joined = self.shaped, self.options.list
        if shaped.group in shaped.inputs.lists:
            cells = (row[shaped.group] for row in shaped.inputs.rows)
            if any(joined in element for cell in cells for element in elements_of(cell)):
                name = shaped.inputs.header[shaped.group]
                raise RefusedEditError(
                    f'an element of "{name}" contains "{joined}" itself', "make the edit in the source"
                )
        return self.headings[self.edit.new.headings[new]]

    def _added(self) -> Iterator[tuple[int, Row]]:
        edit, shaped = self.edit, self.shaped
        kept = {new: old for old, new in edit.pairs}
        in_order = sorted(kept)
        for new in edit.added:
            own: Values = {}
            for column, cell in enumerate(edit.new.rows[new]):
                self._add(own, self.inverter.added(column, cell))
            if shaped.groups:
                own[shaped.group] = self._group_of(new)
            yield self._place(new, kept, in_order), [own.get(column) for column in range(len(shaped.inputs.header))]

    def _place(self, new: int, kept: Mapping[int, int], in_order: Sequence[int]) -> int:
        """Return the row below which a new one goes: the one above it here, where rows have the order of the source."""
        if self.options.sort:
            return LAST
        index, headings = bisect_left(in_order, new), self.edit.new.headings
        above = in_order[index - 1] if index else None
        if headings and (above is None or headings[above] != headings[new]):
            return LAST
        return self.shaped.rows[kept[above]] if above is not None else -1

    def _add(self, values: Values, found: Values) -> None:
        """Add values of one cell to those of its row. Raise RefusedEditError if they disagree."""
        for column, value in found.items():
            if values.setdefault(column, value) != value:
                name = self.shaped.inputs.header[column]
                hint = f'edit all cells of the row that show "{name}"'
                raise RefusedEditError(f'"{name}" is shown in several cells, which were edited differently', hint)


_Reason = tuple[bool, str, str]
"""Whether a reason applies, what it is, and what to do instead."""


def refusal_of_query(options: Options) -> tuple[str, str]:
    """Return why an edit of what a query made cannot be written to its sources, and the hint."""
    files = ", ".join(source.path for source in sources_read(options) if source.path != (options.query or Query()).path)
    return "a query made this table, and what it does cannot be undone", f"make the edit in the data: {files}"


def _refusal(found: Difference, options: Options, shaped: Shaped) -> tuple[str, str] | None:
    """Return why the kind of an edit cannot be written to any source, and the hint; None if it can."""
    if options.query:
        return refusal_of_query(options)
    reasons = [*_around_rows(found, shaped), *_of_columns(found), *_of_rows(found, options, shaped)]
    return next(((what, hint) for applies, what, hint in reasons if applies), None)


def _around_rows(found: Difference, shaped: Shaped) -> Iterator[_Reason]:
    """Yield what may be wrong with captions, notes and headings."""
    texts = [name for name, _, _ in found.texts]
    yield (
        bool(texts),
        f"the {' and the '.join(texts)} was edited, which is made by an option",
        f"change {', '.join(f'{name}=…' for name in texts)} on the marker",
    )
    new = next((heading for heading in found.new.headings if heading not in found.old.headings), "")
    yield (
        bool(new),
        f'the heading "{new}" was added or edited, and which value it means is not known',
        "make the edit in the source" if shaped.groups else "set group=… on the marker",
    )


def _of_columns(found: Difference) -> Iterator[_Reason]:
    yield (
        bool(found.columns),
        "the columns were edited, but a source has only one set of them",
        "change columns=… on the marker, or the columns of the source",
    )
    yield (
        any(len(row) > len(found.new.header) for row in found.new.rows),
        "a row has more cells than the header",
        "remove the extra cells",
    )
    yield (
        bool(found.realigned),
        "the alignment was edited, which is not part of a source",
        "make the edit in the source" if found.added or found.removed or found.changed else "set align=… on the marker",
    )


def _of_rows(found: Difference, options: Options, shaped: Shaped) -> Iterator[_Reason]:
    rows = bool(found.added or found.removed)
    yield (
        found.moved and not (options.sort and found.by_key),
        "the rows were put in another order",
        "order the rows of the source, or set sort=… on the marker",
    )
    yield (
        rows and options.limit is not None,
        f"rows were added or removed in a table that shows only some of them (limit={options.limit})",
        "add or remove them in the source",
    )
    yield (
        bool(found.regrouped) and not found.by_key,
        "rows were put below another heading, but no column identifies rows uniquely",
        "name a column with unique values on the marker: key=…",
    )
    unclear = f'"{options.key}" is the same in several rows' if options.key else "no column identifies rows uniquely"
    yield (
        rows and not found.by_key,
        f"rows were added or removed, but {unclear}",
        "name a column with unique values on the marker: key=…",
    )
    # rows of several files stay those of their files
    hidden = shaped.hides_columns and not shaped.table.paths and not found.columns
    yield (
        hidden and (bool(found.added and found.removed) or _is_renamed(found, options, shaped)),
        "a row was renamed, or replaced by another one; the values of its hidden columns would have to be guessed",
        "make the edit in the source",
    )


def _is_renamed(found: Difference, options: Options, shaped: Shaped) -> bool:
    """Return True if a row may be another one: its key was edited, and nothing else in it shows which row it is."""
    if found.key < 0:  # with nothing but their numbers to tell rows apart, several edits may be rows that moved
        return len(found.changed) > 1
    renamed = [changed for changed in found.changed if found.key in changed.columns]
    if renamed and not found.by_key:  # by their places, rows may be matched with others
        return True
    return any(not _is_recognised(changed, found, options, shaped) for changed in renamed)


def _is_recognised(changed: ChangedRow, found: Difference, options: Options, shaped: Shaped) -> bool:
    """Return True for a row whose key stays, in a template with other values, or that keeps another unique value."""
    key, inputs = shaped.columns[found.key], shaped.inputs.rows
    if key.template:
        old, new = found.old.rows[changed.old][found.key], found.new.rows[changed.new][found.key]
        try:
            values = Inverter(shaped, options).changed(changed.old, found.key, old or "", new)
        except RefusedEditError:
            return True  # which is a reason of its own
        if options.key and shaped.identity not in values:
            return True
        others = [index for index in key.inputs if index not in values]
        if any(Counter(row[index] or "" for row in inputs)[inputs[changed.old][index] or ""] == 1 for index in others):
            return True
    for column in range(len(found.old.header)):
        if column in changed.columns or shaped.columns[column].has_row_number:
            continue
        cell = found.new.rows[changed.new][column]
        if cell and all(Counter(row[column] for row in rows)[cell] == 1 for rows in (found.old.rows, found.new.rows)):
            return True
    return False
