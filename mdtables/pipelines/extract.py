"""The way in: a hand-written table -> data, and a sourced region that shows the same cells.

Knows documents and tables; not where the data goes, nor in which format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.cells.canonical import canonical_table
from mdtables.cells.values import value_of
from mdtables.document import marker
from mdtables.document.candidates import Lines
from mdtables.document.parse import Document, Region, front_matter, only_table, parse, tables_of
from mdtables.document.region_options import locate_on, read_options
from mdtables.document.structure import classify
from mdtables.document.table import CurrentTable, extents, is_delimiter_row, read_table
from mdtables.model.diagnostics import Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import DEFAULTS
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.regenerate import regenerate_one
from mdtables.tables.shape import alignments
from mdtables.text.edits import END_OF_LINE, splice

_HEADING = re.compile(r"(?:\A|(?<=[\r\n]))[ \t>]*#{1,6}[ \t]+([^\r\n]*[^ \t#\r\n])")
_TEMPLATE = re.compile(r"\{[{%]")


class HandWritten(NamedTuple):
    """A hand-written table that can be extracted: it is alone in a bare region of `document`.

    If the table is not `marked`, `document` is the text with bare markers added around it. `first` and `last` are the
    table's lines in the original text, `heading` is the nearest heading above it.
    """

    document: Document
    region: Region
    current: CurrentTable
    first: int
    last: int
    heading: str
    marked: bool


class Extraction(NamedTuple):
    """A table as values, and the outcome for the document that now generates it from a source."""

    table: Table
    outcome: Outcome


def hand_written(text: str, path: str) -> Iterator[HandWritten]:
    """Yield every hand-written table of a document: alone in a bare region, or outside all regions and all code."""
    document, lines = parse(text, path), Lines(text, path)
    headings = _headings(lines)
    inside: set[int] = set()
    for region in document.regions:
        inside.update(range(region.start.place.line, region.end.place.line + 1))
        table = only_table(document, region)
        if table and read_options(region.start, DEFAULTS)[0].source is None:
            first, last = region.first_line + table.top, region.first_line + table.bottom - 1
            yield HandWritten(document, region, table, first, last, _above(headings, first), marked=True)
    body = lines.between(1, len(lines.starts) + 1)
    live = frozenset(n for n, line in enumerate(body, 1) if is_delimiter_row(line.lstrip(" \t>")))
    for extent in extents(body, 1, live, None):
        if not inside & {extent.top + 1, extent.bottom}:
            table = read_table(body, extent, 1, path)
            yield from _with_markers(document, lines, table, _above(headings, extent.top + 1))


def _with_markers(document: Document, lines: Lines, table: CurrentTable, heading: str) -> Iterator[HandWritten]:
    """Yield a table with bare markers around it, unless it is in code, where no region begins."""
    first, last = table.top + 1, table.bottom
    eol = END_OF_LINE.search(lines[first])
    ending = eol[0] if eol else "\n"
    start, end = (table.prefix + marker.comment(name) + ending for name in (marker.START, marker.END))
    below = end if END_OF_LINE.search(lines[last]) else ending + end.rstrip("\r\n")
    edits = [(lines.start(first), lines.start(first), start), (lines.start(last + 1), lines.start(last + 1), below)]
    marked = parse(splice(document.text, edits), document.path)
    region = next((r for r in marked.regions if r.start.place.line == first), None)
    if region is not None and (current := only_table(marked, region)):
        yield HandWritten(marked, region, current, first, last, heading, marked=False)


def _headings(lines: Lines) -> list[tuple[int, str]]:
    """Return the line and the text of every heading that begins with #, except in code and front matter."""
    found = list(_HEADING.finditer(lines.text))
    around = classify(lines.text, [heading.start(1) for heading in found], front_matter(lines.text))
    live = (heading for heading, place in zip(found, around, strict=True) if place.kind == "text")
    return [(lines.number(heading.start(1)), heading[1]) for heading in live]


def _above(headings: Sequence[tuple[int, str]], line: int) -> str:
    """Return the nearest heading above a line."""
    return next((text for number, text in reversed(headings) if number < line), "")


def extract(candidate: HandWritten, source: str, policy: Policy) -> Extraction:
    """Return a table as data, and the document with a region generated from `source` in its place.

    Raise MdtablesError if the cells would not be the same, or the table itself has a problem.
    """
    document, start = candidate.document, candidate.region.start
    table, keep = _data(candidate)
    options = _options(candidate, source, table, policy, keep=keep)
    text = splice(document.text, [(start.start, start.end, marker.comment(marker.START, options))])
    sourced = parse(text, document.path)
    region = next(region for region in sourced.regions if region.start.start == start.start)
    outcome = regenerate_one(sourced, region, lambda _, __: (table, ()), policy._replace(force=True))
    _check(candidate, outcome)
    return Extraction(table, outcome)


def _data(candidate: HandWritten) -> tuple[Table, bool]:
    """Return the table as values, and whether its cells contain templates. Raise MdtablesError."""
    path, current = candidate.document.path, candidate.current
    if broken := [problem for problem in current.problems if problem.is_error]:
        raise MdtablesError(*broken)
    rows = [[cell or "" for cell in row] for row in current.table.rows]
    keep = any(_TEMPLATE.search(cell) for row in [current.table.header, *rows] for cell in row)
    header = [_value(cell, Location(path, candidate.first), keep=keep) for cell in current.table.header]
    values = [
        [_value(cell, Location(path, candidate.first + 2 + index), keep=keep) for cell in row]
        for index, row in enumerate(rows)
    ]
    return Table(header, [list(row) for row in values]), keep


def _options(candidate: HandWritten, source: str, table: Table, policy: Policy, *, keep: bool) -> str:
    """Return the new text of the start marker: the source, its old options, and what keeps the table the same."""
    current = candidate.current.table.align
    options, problems = read_options(candidate.region.start, DEFAULTS)
    if problems:
        raise MdtablesError(*problems)
    words = [f'source="{source}"', candidate.region.start.text.strip()]
    if not options.align and list(current) != alignments(
        table, policy.defaults.align, locate_on(candidate.region.start)
    ):
        words.append(f'align="{", ".join(current if len(set(current)) > 1 else current[:1])}"')
    if policy.defaults.cells != "markdown":
        words.append('cells="markdown"')
    if policy.defaults.null:
        words.append('null=""')
    if keep:
        words.append('templates="keep"')
    return " ".join(filter(None, words))


def _value(cell: str, at: Location, *, keep: bool) -> str:
    value = value_of(cell, "markdown", "keep" if keep else "escape")
    if value is None:
        hint = "rewrite the cell, or do not extract this table"
        raise failure("cannot-extract", f"no value is encoded as this cell: {cell}", at=at, hint=hint)
    return value


def _check(candidate: HandWritten, outcome: Outcome) -> None:
    """Raise MdtablesError unless the region now shows the cells that it showed before."""
    if outcome.failed:
        raise MdtablesError(*(found for found in outcome.diagnostics if found.is_error))
    new = parse(outcome.new, outcome.path)
    line = candidate.region.start.place.line
    region = next(r for r in new.regions if r.start.place.line == line)
    (shown,) = (current.table for current in tables_of(new, region))
    before, after = canonical_table(candidate.current.table), canonical_table(shown)
    same = list(before.header) == list(after.header) and list(map(list, before.rows)) == list(map(list, after.rows))
    if not same or list(shown.align) != list(candidate.current.table.align):
        message = "the generated table would differ from this one"
        at = Location(outcome.path, candidate.first)
        raise failure("cannot-extract", message, at=at, hint="do not extract this table")
