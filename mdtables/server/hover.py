"""What an editor shows of the place below the pointer: an option and its meaning, a cell and its source."""

from __future__ import annotations

from typing import Any

from mdtables.model.errors import MdtablesError
from mdtables.model.options import SPECS
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.server.cells import Cell, cell_at, origins_of, region_at, shown
from mdtables.server.markers import pairs
from mdtables.server.navigation import description
from mdtables.server.open_texts import OpenText
from mdtables.server.workspace import Workspace

_LONGEST = 300  # characters of a value


def hover(text: OpenText, outcome: Outcome, offset: int, workspace: Workspace) -> dict[str, Any] | None:
    """Return what to show of a place, in Markdown, and its range; None if there is nothing to say."""
    index = region_at(text.document, offset)
    if index is None or index >= len(outcome.regions):
        return None
    region, found = text.document.regions[index], outcome.regions[index]
    if region.start.start <= offset <= region.start.end:
        at = region.start.start + len(region.start.opening)
        for name, _, begin, start, end in pairs(region.start.text):
            if at + begin <= offset < at + start and name in SPECS:
                return _shown(text, at + begin, at + begin + len(name), _of_option(name))
            if at + start <= offset <= at + end and name in ("source", "query"):
                return _shown(text, at + start, at + end, _of_source(found))
        return None
    cell = cell_at(region, offset)
    if cell is None or found.options.source is None:
        return None
    content = _of_cell(cell, found, text, workspace)
    return _shown(text, cell.start, cell.end, content) if content else None


def _shown(text: OpenText, start: int, end: int, content: str) -> dict[str, Any]:
    return {"contents": {"kind": "markdown", "value": content}, "range": text.positions.range(start, end)}


def _of_option(name: str) -> str:
    spec = SPECS[name]
    return f"**{name}**: {spec.summary}\n\nDefault: {spec.default}"


def _of_source(region: RegionOutcome) -> str:
    lines = [description(region)]
    if region.shaped:
        header = region.shaped.whole.header or region.shaped.inputs.header
        lines.append("Columns: " + ", ".join(f"`{_escaped(name)}`" for name in header))
    return "\n\n".join(lines)


def _of_cell(cell: Cell, region: RegionOutcome, text: OpenText, workspace: Workspace) -> str:
    try:
        places = origins_of(cell, region, text, workspace)
    except MdtablesError:
        return ""
    if not places:
        return "This row is not in the source."
    lines = []
    for each in dict.fromkeys((p.path, p.range["start"]["line"] + 1, p.column) for p in places):
        path, line, column = each
        lines.append(f"`{_escaped(shown(path, text))}:{line}`" + (f", column `{_escaped(column)}`" if column else ""))
    if region.options.query and region.options.query.sql:
        lines.append("selected by the query")
    if key := _key(cell, region):
        lines.append(f"row `{_escaped(key)}`")
    return "\n\n".join(lines)


def _key(cell: Cell, region: RegionOutcome) -> str:
    """Return what identifies the row of a cell."""
    if region.current is None or not 0 <= cell.row < len(region.current.rows):
        return ""
    column = max(region.shaped.key, 0) if region.shaped else 0
    row = region.current.rows[cell.row]
    return (row[column] or "") if column < len(row) else ""


def _escaped(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")[:_LONGEST]
