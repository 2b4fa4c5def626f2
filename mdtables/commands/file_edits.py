"""Changes to the sources of regions -> new bytes of their files, which are read back. Writes nothing.

A source may be several files, and a file the source of several regions, each of another part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from mdtables.model.diagnostics import Diagnostic, Fix, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.option_values import Column, Source
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.pipelines.pull import combine, is_applied
from mdtables.records import NamedTuple
from mdtables.workspace.load import LoadedFile, LoadedSource

_TYPED = re.compile(r"[\d.,:+_/TZeE -]*|true|false|yes|no|on|off|null|~", re.IGNORECASE)
"""What may be meant as a number, a date or a word with a type."""

Named = Mapping[str, str | None]


class FileEdit(NamedTuple):
    """What a drifted region changes in one file: cells by row and name of the column, rows to remove, rows to add."""

    region: RegionOutcome
    file: LoadedFile
    cells: Mapping[tuple[int, str], str | None]
    removed: Sequence[int] = ()
    added: Sequence[tuple[int, Named]] = ()


def file_edits(region: RegionOutcome, loaded: LoadedSource, changes: Changes) -> list[FileEdit]:
    """Return what changes to a region's source change in each of its files. Raise MdtablesError if they cannot be."""
    header = loaded.table.header
    if not loaded.is_pattern:
        file = loaded.files[0]
        if file.format is None:
            _refuse(region, f"this table comes from {file.shown}", "make the edit there, then fix this document")
        cells = {(row, header[column]): value for (row, column), value in changes.cells.items()}
        added = [(below, _named(header, values)) for below, values in changes.added]
        return [FileEdit(region, file, cells, changes.removed, added)]
    if changes.removed:
        first = _file_of(changes.removed[0], loaded)
        hint = f"delete {first.shown}" if first.is_record else f"remove the row from {first.shown}"
        _refuse(region, "a row was removed, which is a file or a part of one", f"{hint}, then fix this document")
    if changes.added:
        source = region.options.source
        hint = f"create a file that matches {source.path if source else ''}, then fix this document"
        _refuse(region, "a row was added, but it is not clear to which file", hint)
    by_file: dict[int, dict[tuple[int, str], str | None]] = {}
    for (row, column), value in changes.cells.items():
        file = _file_of(row, loaded)
        if file.format is None:
            _refuse(region, f"this row comes from {file.shown}", "make the edit there, then fix this document")
        is_nested = column >= len(header) - loaded.table.named_only
        if header[column] not in file.table.header and (is_nested or not file.table.header):
            hint = f"add it to {file.shown}, then fix this document"
            _refuse(region, f'{file.shown} has no "{header[column]}" of its own', hint)
        if header[column] not in file.table.header and (column in loaded.table.lists or _TYPED.fullmatch(value or "")):
            hint = f"add it to {file.shown}, then fix this document"
            message = f'{file.shown} has no "{header[column]}" yet, and which type it would have is not known'
            _refuse(region, message, hint)
        by_file.setdefault(file.first, {})[row - file.first, header[column]] = value
    return [FileEdit(region, _file_of(first, loaded), cells) for first, cells in by_file.items()]


def changes_for(region: RegionOutcome, loaded: LoadedSource, edits: Sequence[FileEdit]) -> Changes:
    """Return all of these edits as changes to the source of one region, as far as they are to its files."""
    indexes = {name: index for index, name in reversed(list(enumerate(loaded.table.header)))}
    cells: dict[tuple[int, int], str | None] = {}
    removed: set[int] = set()
    added: list[tuple[int, Sequence[str | None]]] = []
    for file in loaded.files:
        for edit in (each for each in edits if _read_the_same(each, FileEdit(region, file, {}))):
            for (row, name), value in edit.cells.items():
                if name in indexes:
                    cells[row + file.first, indexes[name]] = value
            removed.update(row + file.first for row in edit.removed)
            rows = ([values.get(name) for name in loaded.table.header] for _, values in edit.added)
            added = added or [(below, row) for (below, _), row in zip(edit.added, rows, strict=True)]
    return Changes(cells, sorted(removed), added)


def edited(edits: Sequence[FileEdit]) -> bytes:
    """Return the bytes of one file with the edits of all regions. Raise MdtablesError if some disagree."""
    groups: list[list[FileEdit]] = []
    for edit in edits:
        known = next((group for group in groups if _read_the_same(group[0], edit)), None)
        if known is None:
            groups.append([edit])
        else:
            known.append(edit)
    data = edits[0].file.data
    for group in groups:
        data = _edited(data, group)
    return data


def _read_the_same(one: FileEdit, other: FileEdit) -> bool:
    """Return True if two regions read the same table of a file, though maybe other columns of it."""
    parts = [edit.region.options.source and edit.region.options.source.part for edit in (one, other)]
    is_same = (one.file.real, parts[0], one.file.is_record) == (other.file.real, parts[1], other.file.is_record)
    return is_same and _same_rows(one.file.table, other.file.table)


def _edited(data: bytes, group: Sequence[FileEdit]) -> bytes:
    """Return the bytes of a file with the edits of regions that read the same table of it."""
    first = group[0]
    assert first.file.format
    module, shown = first.file.format.load(), first.file.shown
    if not hasattr(module, "edit"):
        _refuse(first.region, f"{shown} cannot be edited in place", "make the edit there, then fix this document")
    table, options = first.file.table, first.region.options
    if data is not first.file.data or any(edit.file.table.header != table.header for edit in group):
        names = dict.fromkeys(name for edit in group for name in _names(edit))
        options = _with_names(options, list(names))
        table = module.read(data, shown, options, None, is_record=first.file.is_record)
    if not _same_rows(table, first.file.table):
        _refuse(first.region, f"another edit changes the same rows of {shown}", "make both edits agree")
    changes = _together(group, table)
    new = module.edit(data, shown, options, changes, is_record=first.file.is_record)
    try:
        again = module.read(new, shown, options, None, is_record=first.file.is_record)
        applied = is_applied(again, table, changes, options.list)
    except MdtablesError:
        applied = False
    if not applied:
        rows = sorted(
            [*(row for row, _ in changes.cells), *changes.removed, *(max(row, 0) for row, _ in changes.added)]
        )
        at = Location(shown, table.lines[rows[0]]) if table.lines and rows else first.region.at
        message = "this cannot be edited in place so that just this edit is made"
        raise failure("cannot-pull", message, at=at, hint="make the edit here, then discard it in the document")
    return new


def _with_names(options: Options, names: Sequence[str]) -> Options:
    """Return the options with which a file is read so that its table has these columns."""
    columns = tuple(Column(name, name) for name in names)
    return options._replace(columns=columns, sort=(), source=options.source or Source(""))


def _names(edit: FileEdit) -> Iterator[str]:
    yield from (name for name in edit.file.table.header)
    yield from (name for _, name in edit.cells)


def _same_rows(table: Table, other: Table) -> bool:
    """Return True if two readings have the same columns of their own and cells in them; dotted names may differ."""
    own = len(other.header) - other.named_only
    header = list(other.header[:own])
    rows = zip(table.rows, other.rows, strict=False)
    return (
        list(table.header[:own]) == header
        and len(table.rows) == len(other.rows)
        and all(list(row[:own]) == list(before[:own]) for row, before in rows)
    )


def _together(group: Sequence[FileEdit], table: Table) -> Changes:
    """Return the changes of all edits to one table. Raise MdtablesError if two of them disagree."""
    named = dict.fromkeys(name for edit in group for _, name in edit.cells)
    new_columns = [name for name in named if name not in table.header]
    own = [_indexed(edit, table, new_columns) for edit in group]
    together, conflicts = own[0], list[Diagnostic]()
    for number, (edit, changes) in enumerate(zip(group[1:], own[1:], strict=True), 1):
        both = combine(together, changes)
        if both is None:
            pairs = zip(group[:number], own, strict=False)
            against = next((one for one, other in pairs if combine(other, changes) is None), group[0])
            message = f"this edit conflicts with the edit at {against.region.at} to the same source"
            conflicts.append(Diagnostic("cannot-pull", message, at=edit.region.at, hint="make both edits agree"))
        else:
            together = both
    if conflicts:
        raise MdtablesError(*conflicts)
    return together


def _indexed(edit: FileEdit, table: Table, new_columns: Sequence[str]) -> Changes:
    header = [*table.header, *new_columns]
    indexes = {name: index for index, name in reversed(list(enumerate(header)))}
    cells = {(row, indexes[name]): value for (row, name), value in edit.cells.items()}
    added = [(below, [values.get(name) for name in table.header]) for below, values in edit.added]
    return Changes(cells, edit.removed, added, new_columns)


def _named(header: Sequence[str], values: Sequence[str | None]) -> Named:
    return {name: value for name, value in zip(header, values, strict=True) if value is not None}


def _file_of(row: int, loaded: LoadedSource) -> LoadedFile:
    return loaded.files[bisect_right([file.first for file in loaded.files], row) - 1]


def _refuse(region: RegionOutcome, message: str, hint: str) -> NoReturn:
    at = region.drift.at if region.drift else region.at
    force = Fix("to discard the edit, let the source overwrite the table", command=("fix", "--force", region.at.path))
    raise failure("cannot-pull", message, at=at, hint=hint, fixes=(force,))
