"""A place in a document -> the region and the cell there, and where in the data its values come from."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mdtables.document.content import content_of
from mdtables.document.parse import Document, Region
from mdtables.document.table import cell_spans, prefix_of
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.pipelines.pull import origins
from mdtables.records import NamedTuple
from mdtables.server.open_texts import OpenText
from mdtables.server.positions import Positions, Range
from mdtables.server.workspace import Workspace
from mdtables.workspace.load import LoadedFile, LoadedSource


class Cell(NamedTuple):
    """A cell of a region's tables: the index of its row, -1 in the header, and of its column; its offsets, its text."""

    row: int
    column: int
    start: int
    end: int
    text: str


class Origin(NamedTuple):
    """A place in a file that a cell is made of: its absolute path, its range, the name of the column there."""

    path: str
    range: Range
    column: str = ""


def region_at(document: Document, offset: int) -> int | None:
    """Return the index of the region that an offset is in, its markers included; None outside."""
    for index, region in enumerate(document.regions):
        if region.start.start <= offset <= region.end.end:
            return index
    return None


def cell_at(region: Region, offset: int) -> Cell | None:
    """Return the cell at an offset; None outside of the tables, and in a delimiter row."""
    at, line = region.body_at, 0
    while line < len(region.body) and at + len(region.body[line]) <= offset:
        at += len(region.body[line])
        line += 1
    above = 0
    for section in content_of(region).sections if line < len(region.body) else ():
        if section.extent.top <= line < section.extent.bottom and line != section.extent.top + 1:
            row = -1 if line == section.extent.top else above + line - section.extent.top - 2
            return _cell_in(region.body[line], row, at, offset)
        above += section.extent.bottom - section.extent.top - 2
    return None


def _cell_in(line: str, row: int, at: int, offset: int) -> Cell | None:
    inside = offset - at
    if inside < len(prefix_of(line)):
        return None
    spans = cell_spans(line)
    column = next((index for index, (_, end) in enumerate(spans) if inside <= _pipe_after(line, end)), len(spans) - 1)
    start, end = spans[column]
    return Cell(row, column, at + start, at + end, line[start:end])


def _pipe_after(line: str, end: int) -> int:
    while end < len(line) and line[end] in " \t":
        end += 1
    return end


def origins_of(cell: Cell, outcome: RegionOutcome, text: OpenText, workspace: Workspace) -> list[Origin]:
    """Return the places that a cell comes from, none if that is not known. Raise MdtablesError if a source is wrong.

    A cell of the header comes from the columns that it is made of, at their first rows.
    """
    loaded = _loaded(outcome, text, workspace)
    if outcome.options.query:
        return [Origin(file.real, _start()) for file in loaded.files]
    shaped = outcome.shaped
    if shaped is None or cell.column >= len(shaped.columns):
        return [Origin(file.real, _start()) for file in loaded.files[:1]]
    row = 0 if cell.row < 0 else _generated_row(outcome, cell.row)
    if row is None or not 0 <= row < len(shaped.rows):
        return []
    found = sorted(origins(shaped, row, cell.column))
    return [origin for each in found for origin in _places(each, loaded, outcome, workspace)]


def _loaded(outcome: RegionOutcome, text: OpenText, workspace: Workspace) -> LoadedSource:
    context = workspace.context(text.path)
    return workspace.session(text.path).loader.load_all(outcome.options, located_at(outcome.at), context)


def _generated_row(outcome: RegionOutcome, row: int) -> int | None:
    """Return the index in the generated table of a row of the current one; None for one that it does not have."""
    if outcome.difference is None or outcome.difference.columns:
        return row
    pairs = outcome.difference.pairs
    if outcome.state == "drifted":
        return next((old for old, new in pairs if new == row), None)
    return next((new for old, new in pairs if old == row), None)


def _places(
    place: tuple[int, int], loaded: LoadedSource, outcome: RegionOutcome, workspace: Workspace
) -> Iterator[Origin]:
    row, column = place
    file = next((each for each in reversed(loaded.files) if each.first <= row), None)
    if file is None:
        return
    name = loaded.table.header[column] if column < len(loaded.table.header) else ""
    own = list(file.columns).index(column) if column in file.columns else -1
    range_ = _span(file, row - file.first, own, outcome, workspace) if own >= 0 and file.format else None
    if range_ is None:
        at = loaded.table.place_of(row, Location(file.shown, 1))
        range_ = _text(file, outcome, workspace).of(at)
    yield Origin(file.real, range_, name)


def _span(file: LoadedFile, row: int, column: int, outcome: RegionOutcome, workspace: Workspace) -> Range | None:
    """Return the range of a value in its file; None if it is not in one place."""
    module = file.format.load() if file.format else None
    if module is None or not hasattr(module, "span"):
        return None
    try:
        start, end = module.span(file.data, file.shown, outcome.options, row, column, is_record=file.is_record)
    except MdtablesError:
        return None
    text = _decoded(file, outcome)
    mark = text.startswith("\ufeff")  # which an editor does not have in its text
    return Positions(text[mark:], workspace.encoding).range(start - mark, end - mark)


def _text(file: LoadedFile, outcome: RegionOutcome, workspace: Workspace) -> Positions:
    return Positions(_decoded(file, outcome).removeprefix("\ufeff"), workspace.encoding)


def _decoded(file: LoadedFile, outcome: RegionOutcome) -> str:
    has_encoding = file.format is not None and "encoding" in file.format.own_options
    return file.data.decode(outcome.options.encoding if has_encoding else "utf-8", "replace")


def _start() -> Range:
    return {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}


def shown(path: str, text: OpenText) -> str:
    """Return a path as a document would name it."""
    return os.path.relpath(path, os.path.dirname(text.path)).replace(os.sep, "/")
