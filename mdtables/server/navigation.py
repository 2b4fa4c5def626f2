"""Where things are: the value behind a cell, the regions that use a file, the regions of a document as an outline."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from mdtables.document import marker
from mdtables.document.parse import parse
from mdtables.document.region_options import read_options
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.options import sources_read
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.server.actions import has_way_back
from mdtables.server.cells import cell_at, origins_of, region_at
from mdtables.server.markers import pairs
from mdtables.server.open_texts import OpenText, uri_of
from mdtables.server.positions import Positions
from mdtables.server.workspace import Workspace
from mdtables.workspace import files
from mdtables.workspace.context import context_of, resolve
from mdtables.workspace.dependents import paths_of
from mdtables.workspace.glob import Pattern

_TOP = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
_FILE_SYMBOL, _ARRAY_SYMBOL = 1, 18

LspLocation = dict[str, Any]


def definition(text: OpenText, outcome: Outcome, offset: int, workspace: Workspace) -> list[LspLocation]:
    """Return where the values of a cell are, or the source that a marker names. Raise MdtablesError."""
    index = region_at(text.document, offset)
    if index is None or index >= len(outcome.regions):
        return []
    region, found = text.document.regions[index], outcome.regions[index]
    if found.options.source is None:
        return []
    if cell := cell_at(region, offset):
        places = origins_of(cell, found, text, workspace)
        return [{"uri": uri_of(each.path), "range": each.range} for each in places]
    return [{"uri": uri_of(path), "range": _TOP} for path in sources_of_region(text, found, workspace)]


def sources_of_region(text: OpenText, region: RegionOutcome, workspace: Workspace) -> list[str]:
    """Return the real paths of the files that a region reads, as far as they can be found."""
    context, paths = workspace.context(text.path), dict[str, None]()
    for source in sources_read(region.options):
        try:
            paths[resolve(source.path, context, located_at(region.at))] = None
        except MdtablesError:
            continue
    return [path for path in paths if os.path.isfile(path)]


def references(path: str, workspace: Workspace) -> list[LspLocation]:
    """Return the start markers of all regions, in open documents and in others, that use a file."""
    path = os.path.realpath(path)
    session = workspace.session(path)
    try:
        users, _ = session.users_of([path])
    except MdtablesError:
        return []
    open_texts = {text.real: text for text in workspace.documents()}
    found: list[LspLocation] = []
    for user in dict.fromkeys([*(os.path.realpath(workspace.absolute(each, session)) for each in users), *open_texts]):
        text = open_texts[user].text if user in open_texts else _read(user)
        if marker.PREFIX in text:
            positions = Positions(text, workspace.encoding)
            uri = open_texts[user].uri if user in open_texts else uri_of(user)
            found += [{"uri": uri, "range": positions.of(at)} for at in _uses(text, user, path, workspace)]
    return found


def _uses(text: str, document: str, path: str, workspace: Workspace) -> Iterator[Location]:
    try:
        context = context_of(document, workspace.session(document).projects)
    except MdtablesError:
        return
    for region in parse(text, document).regions:
        options, _ = read_options(region.start, context.settings.defaults)
        for each in paths_of(options, context):
            if each.matches(path) if isinstance(each, Pattern) else each == path:
                yield region.start.place
                break


def _read(path: str) -> str:
    try:
        return files.read(path).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def links(text: OpenText, workspace: Workspace) -> Iterator[dict[str, Any]]:
    """Yield the files that markers name, at their paths."""
    context = workspace.context(text.path)
    for region in text.document.regions:
        at = region.start.start + len(region.start.opening)
        for name, value, _, start, end in pairs(region.start.text):
            if name not in ("source", "query"):
                continue
            path = value.partition("#")[0]
            try:
                real = resolve(path, context, located_at(region.start.place))
            except MdtablesError:
                continue
            if os.path.isfile(real):
                last = at + start + len(path) if "#" in value else at + end
                yield {"range": text.positions.range(at + start, last), "target": uri_of(real)}


def symbols(text: OpenText, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield the regions of a document, for its outline."""
    for region, found in zip(text.document.regions, outcome.regions, strict=False):
        yield {
            "name": str(found.options.source) if found.options.source else "table",
            "detail": description(found),
            "kind": _FILE_SYMBOL if found.options.source else _ARRAY_SYMBOL,
            "range": text.positions.range(region.start.start, region.end.end),
            "selectionRange": text.positions.of(region.start.place),
        }


def folds(text: OpenText) -> Iterator[dict[str, Any]]:
    """Yield the lines of each region, which an editor can fold."""
    for region in text.document.regions:
        first, last = region.start.place.line - 1, region.end.place.line - 1
        if last > first:
            yield {"startLine": first, "endLine": last, "kind": "region"}


def lenses(text: OpenText, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield a line above each sourced region: what it shows, and what to do about it."""
    for index, (region, found) in enumerate(zip(text.document.regions, outcome.regions, strict=False)):
        if found.options.source is None:
            continue
        command = "mdtables.pull" if has_way_back(found) else ""
        if found.state == "stale" and not outcome.failed:
            command = "mdtables.regenerate"
        title = description(found)
        arguments = [text.uri, index, text.version] if command else []
        yield {
            "range": text.positions.of(region.start.place),
            "command": {"title": title, "command": command, "arguments": arguments},
        }


_STATES = {"stale": "stale", "drifted": "edited by hand", "broken": "has an error"}


def description(region: RegionOutcome) -> str:
    """Return what a region shows, and its state: `12 rows from data/x.csv · stale`."""
    table = region.generated or region.current
    rows = f"{len(table.rows)} row{'s' * (len(table.rows) != 1)}" if table else ""
    source = f"from {region.options.source}" if region.options.source else ""
    parts = [" ".join(filter(None, [rows, source])), _STATES.get(region.state, "")]
    return " · ".join(filter(None, parts))
