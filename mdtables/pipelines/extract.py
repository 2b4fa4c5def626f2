"""The way in, pure: a hand-written table becomes data and a sourced region that shows the same cells.

Knows documents and tables; not where the data goes, nor in which format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.cells.values import said, value_of
from mdtables.document import marker
from mdtables.document.candidates import Lines
from mdtables.document.parse import Document, Region, front_matter, options_of, parse, tables_of
from mdtables.document.structure import classify
from mdtables.document.table import Standing, find_tables, is_delimiter_row, only_table
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import DEFAULTS
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.regenerate import regenerate_one
from mdtables.tables.shape import alignments
from mdtables.text.edits import END_OF_LINE, splice

_HEADING = re.compile(r"(?:\A|(?<=[\r\n]))[ \t>]*#{1,6}[ \t]+([^\r\n]*[^ \t#\r\n])")
_TEMPLATE = re.compile(r"\{[{%]")


class Choice(NamedTuple):
    """A table that can be moved: a bare region of `document`, whose markers may have been put round it just now.

    `first` and `last` are the table's lines in the text as it was, `heading` is the nearest one above it.
    """

    document: Document
    region: Region
    standing: Standing
    first: int
    last: int
    heading: str
    marked: bool


class Moved(NamedTuple):
    """The data, and the document that shows it from its source."""

    table: Table
    outcome: Outcome


def choices(text: str, path: str) -> Iterator[Choice]:
    """Every hand-written table of a document: alone in a bare region, or outside of all regions and of code."""
    document, lines = parse(text, path), Lines(text, path)
    headings = _headings(lines)
    inside: set[int] = set()
    for region in document.regions:
        inside.update(range(region.start.place.line, region.end.place.line + 1))
        table, odd = only_table(region.body, tables_of(document, region))
        if table and odd is None and options_of(document, region, DEFAULTS)[0].source is None:
            first, last = region.first_line + table.top, region.first_line + table.bottom - 1
            yield Choice(document, region, table, first, last, _above(headings, first), marked=True)
    body = lines.between(1, len(lines.starts) + 1)
    live = frozenset(n for n, line in enumerate(body, 1) if is_delimiter_row(line.lstrip(" \t>")))
    for standing in find_tables(body, 1, live, path, None):
        if not inside & {standing.top + 1, standing.bottom}:
            yield from _with_markers(document, lines, standing, _above(headings, standing.top + 1))


def _with_markers(document: Document, lines: Lines, table: Standing, heading: str) -> Iterator[Choice]:
    """A table with bare markers round it, if it is one and no code: then a region begins there."""
    first, last = table.top + 1, table.bottom
    eol = END_OF_LINE.search(lines[first])
    ending = eol[0] if eol else "\n"
    start, end = (table.prefix + marker.comment(name) + ending for name in (marker.START, marker.END))
    below = end if END_OF_LINE.search(lines[last]) else ending + end.rstrip("\r\n")
    edits = [(lines.start(first), lines.start(first), start), (lines.start(last + 1), lines.start(last + 1), below)]
    marked = parse(splice(document.text, edits), document.path)
    region = next((r for r in marked.regions if r.start.place.line == first), None)
    if region is not None:
        standing, odd = only_table(region.body, tables_of(marked, region))
        if standing and odd is None:
            yield Choice(marked, region, standing, first, last, heading, marked=False)


def _headings(lines: Lines) -> list[tuple[int, str]]:
    """The line and the text of every heading that begins with a #, but for comments in code and front matter."""
    found = list(_HEADING.finditer(lines.text))
    around = classify(lines.text, [heading.start(1) for heading in found], front_matter(lines.text))
    live = (heading for heading, place in zip(found, around, strict=True) if place.kind == "text")
    return [(lines.number(heading.start(1)), heading[1]) for heading in live]


def _above(headings: Sequence[tuple[int, str]], line: int) -> str:
    """The nearest heading above a line."""
    return next((text for number, text in reversed(headings) if number < line), "")


def move(choice: Choice, source: str, policy: Policy) -> Moved:
    """The table as data, and the document with a region that names `source`, generated from it.

    Raises MdtablesError where the cells would not be the same, or the table has a problem of its own.
    """
    document, start = choice.document, choice.region.start
    table, keep = _data(choice)
    options = _options(choice, source, table, policy, keep=keep)
    text = splice(document.text, [(start.start, start.end, marker.comment(marker.START, options))])
    sourced = parse(text, document.path)
    region = next(region for region in sourced.regions if region.start.start == start.start)
    outcome = regenerate_one(sourced, region, lambda _, __: (table, ()), policy._replace(force=True))
    _check(choice, outcome)
    return Moved(table, outcome)


def _data(choice: Choice) -> tuple[Table, bool]:
    """The table as values, and whether there are templates in its cells. Raises MdtablesError."""
    path, standing = choice.document.path, choice.standing
    if broken := [problem for problem in standing.problems if problem.severity == "error"]:
        raise MdtablesError(*broken)
    rows = [[cell or "" for cell in row] for row in standing.table.rows]
    keep = any(_TEMPLATE.search(cell) for row in [standing.table.header, *rows] for cell in row)
    header = [_value(cell, Location(path, choice.first), keep=keep) for cell in standing.table.header]
    values = [
        [_value(cell, Location(path, choice.first + 2 + index), keep=keep) for cell in row]
        for index, row in enumerate(rows)
    ]
    return Table(header, [list(row) for row in values]), keep


def _options(choice: Choice, source: str, table: Table, policy: Policy, *, keep: bool) -> str:
    """What the start marker says: the source, what it said before, and what the table would not have without saying."""
    standing = choice.standing.table.align
    options, problems = options_of(choice.document, choice.region, DEFAULTS)
    if problems:
        raise MdtablesError(*problems)
    words = [f'source="{source}"', choice.region.start.text.strip()]
    if not options.align and list(standing) != alignments(table, policy.defaults.align):
        words.append(f'align="{", ".join(standing if len(set(standing)) > 1 else standing[:1])}"')
    if policy.defaults.cells != "markdown":
        words.append('cells="markdown"')
    if policy.defaults.null:
        words.append('null=""')
    if keep:
        words.append('templates="keep"')
    return " ".join(filter(None, words))


def _value(cell: str, place: Location, *, keep: bool) -> str:
    value = value_of(cell, "markdown", "keep" if keep else "escape")
    if value is None:
        message = f"no value is written as this cell: {cell}"
        hint = "write it otherwise, or leave this table where it is"
        raise MdtablesError(Diagnostic("no-value", message, place, hint))
    return value


def _check(choice: Choice, outcome: Outcome) -> None:
    """Raises MdtablesError unless the region now shows the cells that it showed."""
    if outcome.failed:
        raise MdtablesError(*(d for d in outcome.diagnostics if d.severity == "error"))
    new = parse(outcome.new, outcome.path)
    region = next(r for r in new.regions if r.start.place == choice.region.start.place)
    (shown,) = (standing.table for standing in tables_of(new, region))
    if _said(shown) != _said(choice.standing.table) or list(shown.align) != list(choice.standing.table.align):
        message = "the table would not say the same when it is generated"
        raise MdtablesError(Diagnostic("no-value", message, Location(outcome.path, choice.first), "leave it by hand"))


def _said(table: Table) -> list[Sequence[str]]:
    return [[said(cell or "") for cell in row] for row in [table.header, *table.rows]]
