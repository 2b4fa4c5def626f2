"""The way in: a hand-written table -> data, and a sourced region that shows the same cells.

Knows documents and tables; not where the data goes, nor in which format.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mdtables.cells.canonical import canonical
from mdtables.cells.values import show_same, value_of
from mdtables.document import marker
from mdtables.document.parse import Document, Region, only_table, parse, tables_of
from mdtables.document.region_options import locate_on, read_options
from mdtables.model.diagnostics import Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import DEFAULTS, Column, columns_word
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.candidates import HandWritten
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.regenerate import regenerate_one
from mdtables.tables.shape import alignments
from mdtables.text.code_spans import code_spans
from mdtables.text.edits import splice

_TEMPLATE = re.compile(r"\{[{%]|\{#.*#\}")


class Extraction(NamedTuple):
    """A table as values, and the outcome for the document that now generates it from a source."""

    table: Table
    outcome: Outcome


class _Alone(NamedTuple):
    """A hand-written table that is alone in a bare region of a document."""

    document: Document
    region: Region
    candidate: HandWritten


def extract(candidate: HandWritten, source: str, policy: Policy) -> Extraction:
    """Return a table as data, and the document with a region generated from `source` in its place.

    A bare region with other tables or text is divided: each table in it gets a pair of markers of its own. Raise
    MdtablesError if the cells would not be the same, or the table itself has a problem.
    """
    alone = _alone(candidate)
    document, start = alone.document, alone.region.start
    table, columns, keep = _data(candidate)
    options = _options(alone, source, table, policy, columns=columns, keep=keep)
    text = splice(
        document.text,
        [(start.start, start.end, marker.comment(marker.START, options, mdx=start.opening.startswith("{")))],
    )
    sourced = parse(text, document.path)
    region = next(region for region in sourced.regions if region.start.start == start.start)
    outcome = regenerate_one(sourced, region, lambda _, __: (table, ()), policy._replace(force=True))
    _check(alone, outcome)
    return Extraction(table, outcome)


def _alone(candidate: HandWritten) -> _Alone:
    """Return the document with the table alone in a bare region. Raise MdtablesError if it cannot be."""
    document = candidate.document
    if broken := [problem for problem in candidate.current.problems if problem.is_error]:
        raise MdtablesError(*broken)
    if candidate.text_below:
        message = "text directly below the table is a row of it to GitHub, but not to other renderers"
        at = Location(document.path, candidate.text_below)
        raise failure("cannot-extract", message, at=at, hint="put a blank line between them, or make it a row")
    number = bisect_left([region.start.place.line for region in document.regions], candidate.first)
    if candidate.region is None:
        document = parse(splice(document.text, candidate.marked()), document.path)
    elif only_table(document, candidate.region):
        number -= 1
    else:
        number += candidate.number - 1
        document = parse(splice(document.text, candidate.divided()), document.path)
    region = document.regions[number] if number < len(document.regions) else None
    current = region and only_table(document, region)
    if region is None or current is None or current.table.rows != candidate.current.table.rows:
        message = "with markers around it, this would not be the same table"
        at = Location(candidate.document.path, candidate.first)
        raise failure(
            "cannot-extract", message, at=at, hint="put blank lines around the table, and markers around those"
        )
    return _Alone(document, region, candidate)


def _data(candidate: HandWritten) -> tuple[Table, Sequence[Column], bool]:
    """Return the table as values, what it shows of them, and whether its cells contain templates.

    Repeated headers get numbers in the data, where a name must be unique, and are shown as they are. Raise
    MdtablesError.
    """
    path, current = candidate.document.path, candidate.current
    rows = [[cell or "" for cell in row] for row in current.table.rows]
    if marker.is_mdx(path):
        _check_expressions(path, candidate.first, [current.table.header, *rows])
    keep = any(_TEMPLATE.search(cell) for row in [current.table.header, *rows] for cell in row)
    line = current.table.lines.start - 2 if isinstance(current.table.lines, range) else candidate.first
    header = [_value(cell, Location(path, line), keep=keep) for cell in current.table.header]
    values = [
        [_value(cell, Location(path, number), keep=keep) for cell in row]
        for number, row in zip(current.table.lines, rows, strict=True)
    ]
    names = _unique(header)
    columns = [Column(name, shown) for name, shown in zip(names, header, strict=True)] if names != header else []
    return Table(names, [list(row) for row in values]), columns, keep


def _check_expressions(path: str, line: int, rows: Sequence[Sequence[str | None]]) -> None:
    """Raise MdtablesError for a cell with an expression of MDX's, which would become text."""
    for cell in (cell or "" for row in rows for cell in row):
        spans = [(start, end, "") for start, end in code_spans(cell)]
        if re.search(r"(?<!\\)\{", splice(cell, spans)):
            message = f"a value cannot contain an expression of MDX: {cell}"
            raise failure("cannot-extract", message, at=Location(path, line), hint="do not extract this table")


def _unique(header: Sequence[str]) -> list[str]:
    """Return names that differ, apart from blanks: the second `x` becomes `x 2`, an empty one of several `column 1`."""
    trimmed = [" ".join(name.split()) for name in header]
    names: list[str] = []
    for index, name in enumerate(trimmed):
        repeated = trimmed.count(name) > 1
        wanted = name or f"column {index + 1}" if repeated else header[index]
        number = 2
        while wanted in names or (wanted != name and wanted in trimmed):
            wanted, number = f"{name or 'column'} {number}", number + 1
        names.append(wanted)
    return names


def _options(alone: _Alone, source: str, table: Table, policy: Policy, *, columns: Sequence[Column], keep: bool) -> str:
    """Return the new text of the start marker: the source, its old options, and what keeps the table the same."""
    start, path = alone.region.start, alone.document.path
    current = alone.candidate.current.table.align
    options, problems = read_options(start, DEFAULTS)
    if problems:
        raise MdtablesError(*problems)
    words = [f'source="{source}"', start.text.strip()]
    if columns:
        word = columns_word(columns)
        if word is None:
            hint = "rename the headers so that each is there once"
            message = "the headers are repeated, and no option can name them"
            raise failure("cannot-extract", message, at=Location(path, alone.candidate.first), hint=hint)
        words.append(word)
    if not options.align and list(current) != alignments(table, policy.defaults.align, locate_on(start)):
        words.append(f'align="{", ".join(current if len(set(current)) > 1 else current[:1])}"')
    words += _against_configuration(policy, source)
    if keep:
        words.append('templates="keep"')
    return " ".join(filter(None, words))


def _against_configuration(policy: Policy, source: str) -> Iterable[str]:
    """Yield the options that a new source needs where the configuration has other defaults."""
    if policy.defaults.cells != "markdown":
        yield 'cells="markdown"'
    if policy.defaults.null:
        yield 'null=""'
    if source.endswith(".csv"):
        if policy.defaults.delimiter not in ("", ","):
            yield 'delimiter=","'
        if policy.defaults.encoding != "utf-8":
            yield 'encoding="utf-8"'


def _value(cell: str, at: Location, *, keep: bool) -> str:
    value = value_of(cell, "markdown", "keep" if keep else "escape")
    if value is None:
        hint = "rewrite the cell, or do not extract this table"
        raise failure("cannot-extract", f"no value is encoded as this cell: {cell}", at=at, hint=hint)
    return value


def _check(alone: _Alone, outcome: Outcome) -> None:
    """Raise MdtablesError unless the region now shows the cells that it showed before."""
    if outcome.failed:
        raise MdtablesError(*(found for found in outcome.diagnostics if found.is_error))
    new = parse(outcome.new, outcome.path)
    line = alone.region.start.place.line
    region = next(r for r in new.regions if r.start.place.line == line)
    (shown,) = (current.table for current in tables_of(new, region))
    current = alone.candidate.current.table
    different = next(_differences(current, shown), "" if list(shown.align) == list(current.align) else "its alignment")
    if different:
        at = Location(outcome.path, alone.candidate.first)
        message = f"the generated table would differ from this one: {different}"
        raise failure("cannot-extract", message, at=at, hint="rewrite that, or do not extract this table")


def _differences(before: Table, after: Table) -> Iterator[str]:
    """Yield a description of each cell that would show something else."""
    if len(before.rows) != len(after.rows):
        yield f"{len(after.rows)} rows instead of {len(before.rows)}"
    for row, new in zip([before.header, *before.rows], [after.header, *after.rows], strict=False):
        for cell, other in zip(row, new, strict=True):
            if not show_same(cell or "", other or "") and not _are_empty(cell, other):
                yield f'"{other or ""}" instead of "{cell or ""}"'


def _are_empty(cell: str | None, other: str | None) -> bool:
    """Return True if one is empty and the other the no-break space that stands for an empty header."""
    return not canonical(cell or "") and not canonical(other or "")
