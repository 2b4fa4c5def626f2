"""The way in: hand-written tables -> data, and sourced regions that show the same cells.

Knows documents and tables; where the data goes, and in which format, is an argument.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count

from mdtables.cells.canonical import canonical
from mdtables.cells.composed import heading_line
from mdtables.cells.encode import encode
from mdtables.cells.values import Spelling, show_same, value_of
from mdtables.document import marker
from mdtables.document.content import content_of, read_content
from mdtables.document.hand_written import HandWritten, marker_edits
from mdtables.document.headings import HeadingLevels, level_of
from mdtables.document.parse import Document, parse
from mdtables.document.region_options import read_options
from mdtables.model.diagnostics import Diagnostic, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.option_values import Column, columns_word
from mdtables.model.options import DEFAULTS, Options, Templates, in_mdx
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.regenerate import regenerate_some
from mdtables.records import NamedTuple
from mdtables.tables.shape import alignments
from mdtables.text.code_spans import code_spans
from mdtables.text.edits import splice

_TEMPLATE = re.compile(r"\{[{%]|\{#.*#\}")

Store = Callable[[Table, str, Options], Table]
"""Stores a table as the data of a source, and returns it as a region with these options reads it back.

Raises MdtablesError if it cannot be stored.
"""


class Extraction(NamedTuple):
    """The outcome for a document whose tables are generated now, the tables that were moved, and what kept others."""

    outcome: Outcome
    moved: Sequence[HandWritten]
    problems: Sequence[Diagnostic]


class _Prepared(NamedTuple):
    """A table with the source of its data, its values, and the options for its start marker."""

    candidate: HandWritten
    source: str
    table: Table
    options: str


def extract(wanted: Sequence[tuple[HandWritten, str]], policy: Policy, store: Store) -> Extraction:
    """Move tables of one document into sources, whose paths are given; each as a whole or not at all.

    A bare region with other tables or text is divided: each table in it gets a pair of markers of its own.
    """
    problems: list[Diagnostic] = []
    prepared: list[_Prepared] = []
    for candidate, source in wanted:
        try:
            prepared.append(_prepared(candidate, source, policy))
        except MdtablesError as error:
            problems += error.diagnostics
    if not wanted:
        return Extraction(Outcome("", "", ""), (), ())
    document = wanted[0][0].document
    outcome = Outcome(document.path, document.text, document.text)
    while prepared:
        try:
            outcome = _moved(document, prepared, policy, store)
            break
        except MdtablesError as error:
            kept = [one for one in prepared if _is_movable(document, one, policy, store, problems)]
            if len(kept) == len(prepared):  # each by itself, but not together
                return Extraction(outcome, (), [*problems, *error.diagnostics])
            prepared = kept
    return Extraction(outcome, [one.candidate for one in prepared], problems)


def _is_movable(document: Document, one: _Prepared, policy: Policy, store: Store, problems: list[Diagnostic]) -> bool:
    try:
        _moved(document, [one], policy, store)
    except MdtablesError as error:
        problems += error.diagnostics
        return False
    return True


def _moved(document: Document, prepared: Sequence[_Prepared], policy: Policy, store: Store) -> Outcome:
    """Return the outcome for the document with all of these tables generated. Raise MdtablesError."""
    edits = marker_edits([one.candidate for one in prepared], [one.options for one in prepared])
    text = splice(document.text, edits)
    new = parse(text, document.path)
    by_source = {one.source: one for one in prepared}
    chosen: dict[int, _Prepared] = {}
    tables: dict[int, Table] = {}
    for index, region in enumerate(new.regions):
        options, _ = read_options(region.start, policy.defaults)
        one = by_source.pop(options.source.path, None) if options.source else None
        if one is not None:
            chosen[index] = one
            at = Location(document.path, one.candidate.first)
            tables[index] = stored(store, one.table, one.source, options, at)
            _check_stored(one, tables[index])
    if by_source:
        lost = next(iter(by_source.values())).candidate
        message = "with markers around it, this would not be the same table"
        at = Location(document.path, lost.first)
        raise failure("cannot-extract", message, at=at, hint="put blank lines around the table, then markers around it")
    outcome = regenerate_some(new, tables, policy._replace(force=True))
    if outcome.failed:
        raise MdtablesError(*(found for found in outcome.diagnostics if found.is_error))
    _check(outcome, chosen)
    warnings = [found for found in outcome.diagnostics if not found.is_error]
    return outcome._replace(old=document.text, diagnostics=warnings)


def _prepared(candidate: HandWritten, source: str, policy: Policy) -> _Prepared:
    """Return the values of a table and the options that keep it the same. Raise MdtablesError."""
    document = candidate.document
    if broken := [problem for problem in candidate.current.problems if problem.is_error]:
        raise MdtablesError(*broken)
    if candidate.text_below:
        message = "text directly below the table is a row of it to GitHub, but not to other renderers"
        at = Location(document.path, candidate.text_below)
        raise failure("cannot-extract", message, at=at, hint="put a blank line between them, or make it a row")
    table, columns, keep = _data(candidate)
    words = _options(candidate, source, table, policy, columns=columns, keep=keep)
    if candidate.current.table.headings:
        return _with_groups(_Prepared(candidate, source, table, words))
    return _Prepared(candidate, source, table, words)


def _with_groups(one: _Prepared) -> _Prepared:
    """Return several tables as one, with the text of their headings in a first column. Raise MdtablesError."""
    document, current = one.candidate.document, one.candidate.current.table
    name = next(name for name in chain(["section"], map("section {}".format, count(2))) if name not in one.table.header)
    level = level_of(current.headings[0])
    words = [one.options, f'group="{name}"']
    if one.candidate.region or level != HeadingLevels(document).at(one.candidate.first - 1):
        words.append(f'heading="{"#" * level} {{{name}}}"')
    groups = [
        _text_of_heading(heading, Location(document.path, line))
        for heading, line in zip(current.headings, current.lines, strict=True)
    ]
    rows = [[group, *row] for group, row in zip(groups, one.table.rows, strict=True)]
    return one._replace(table=Table([name, *one.table.header], rows), options=" ".join(words))


def _plain(heading: str) -> str:
    """Return a heading without what keeps number signs in it."""
    return heading.replace("\\#", "#")


def _text_of_heading(heading: str, at: Location) -> str:
    """Return the value that is written as this heading. Raise MdtablesError if it would be written differently."""
    templates = in_mdx("escape") if marker.is_mdx(at.path) else "escape"
    level = level_of(heading)
    value = _value(heading.lstrip("#").strip(), at, templates)
    again = heading_line(encode(value, "markdown", templates), level)
    is_closed = heading.rstrip("#").endswith(" ") and heading.endswith("#")
    if is_closed or _plain(again) != _plain(heading):
        message = f'the heading "{heading}" would be written as "{again}"'
        raise failure("cannot-extract", message, at=at, hint="write it so, or extract its table alone")
    return value


def data_of(candidate: HandWritten) -> Table:
    """Return a hand-written table as values. Raise MdtablesError if a cell is not a value, or a row is wrong."""
    if broken := [problem for problem in candidate.current.problems if problem.is_error]:
        raise MdtablesError(*broken)
    return _data(candidate)[0]


def _data(candidate: HandWritten) -> tuple[Table, Sequence[Column], bool]:
    """Return the table as values, what it shows of them, and whether its cells contain templates.

    Repeated headers get numbers in the data, where a name must be unique, and are shown as they are. Raise
    MdtablesError.
    """
    path, current = candidate.document.path, candidate.current
    rows = [[cell or "" for cell in row] for row in current.table.rows]
    is_mdx = marker.is_mdx(path)
    keep = any(_has_template(cell or "", is_mdx=is_mdx) for row in [current.table.header, *rows] for cell in row)
    templates: Templates = "keep" if keep else "escape"
    templates = in_mdx(templates) if is_mdx else templates
    line = current.table.lines.start - 2 if isinstance(current.table.lines, range) else candidate.first
    header = [_value(cell, Location(path, line), templates) for cell in current.table.header]
    values = [
        [_value(cell, Location(path, number), templates) for cell in row]
        for number, row in zip(current.table.lines, rows, strict=True)
    ]
    names = _unique(header)
    columns = [Column(name, shown) for name, shown in zip(names, header, strict=True)] if names != header else []
    return Table(names, [list(row) for row in values]), columns, keep


def _has_template(cell: str, *, is_mdx: bool) -> bool:
    """Return True if a cell contains a template, or in MDX an expression outside of code."""
    if not is_mdx:
        return bool(_TEMPLATE.search(cell))
    spans = [(start, end, "") for start, end in code_spans(cell)]
    return "{" in re.sub(r"\\.", "", splice(cell, spans))


def _unique(header: Sequence[str]) -> list[str]:
    """Return names that differ, apart from blanks: the second `x` becomes `x 2`, an empty one of several `column 1`."""
    trimmed = [" ".join(name.split()) for name in header]
    times = Counter(trimmed)
    names: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for index, name in enumerate(trimmed):
        wanted = name or f"column {index + 1}" if times[name] > 1 else header[index]
        number = numbers.get(name, 2)
        while wanted in names or (wanted != name and wanted in times):
            wanted, number = f"{name or 'column'} {number}", number + 1
        numbers[name] = number
        names[wanted] = None
    return list(names)


def _options(
    candidate: HandWritten, source: str, table: Table, policy: Policy, *, columns: Sequence[Column], keep: bool
) -> str:
    """Return the text of the start marker: the source, its old options, and what keeps the table the same."""
    at, region = Location(candidate.document.path, candidate.first), candidate.region
    current = candidate.current.table.align
    options, problems = read_options(region.start, DEFAULTS) if region else (DEFAULTS, [])
    if problems:
        raise MdtablesError(*problems)
    words = [f'source="{source}"', region.start.text.strip() if region else ""]
    if columns:
        word = columns_word(columns)
        if word is None:
            hint = "rename the headers so that each is there once"
            raise failure("cannot-extract", "the headers are repeated, and no option can name them", at=at, hint=hint)
        words.append(word)
    if options.align:
        if list(current) != alignments(candidate.current.table, options.align, located_at(at)):
            message = "the table is not aligned as its marker says"
            raise failure("cannot-extract", message, at=at, hint="fix the document first")
    elif list(current) != alignments(table, policy.defaults.align, located_at(at)):
        words.append(f'align="{", ".join(current if len(set(current)) > 1 else current[:1])}"')
    words += against_configuration(policy, source)
    if keep:
        words.append('templates="keep"')
    return " ".join(filter(None, words))


def against_configuration(policy: Policy, source: str) -> Iterable[str]:
    """Yield the options that a new source needs where the configuration has other defaults."""
    if policy.defaults.cells != "markdown":
        yield 'cells="markdown"'
    if policy.defaults.null:
        yield 'null=""'
    if policy.defaults.links != "keep":
        yield 'links="keep"'
    yield from format_against_configuration(policy, source)


def format_against_configuration(policy: Policy, source: str) -> Iterable[str]:
    """Yield the options with which a new file is read as it was written, whatever the configuration says."""
    if source.lower().endswith(".csv"):
        if policy.defaults.delimiter not in ("", ","):
            yield 'delimiter=","'
        if policy.defaults.encoding != "utf-8":
            yield 'encoding="utf-8"'


def _value(cell: str, at: Location, templates: Templates) -> str:
    value = value_of(cell, Spelling("markdown", templates))
    if value is None:
        hint = "rewrite the cell, or do not extract this table"
        raise failure("cannot-extract", f"this cell cannot be stored as a value: {cell}", at=at, hint=hint)
    return value


def stored(store: Store, table: Table, source: str, options: Options, at: Location) -> Table:
    """Return a table as it reads back. Raise MdtablesError, at the place in the document, if it cannot be stored."""
    try:
        return store(table, source, options)
    except MdtablesError as error:
        message = f"{source} cannot store this table: {error.diagnostics[0].message}"
        raise failure("cannot-extract", message, at=at, hint="try the other --format") from None


def _check_stored(one: _Prepared, again: Table) -> None:
    """Raise MdtablesError if the data does not read back as the values of the table."""
    rows = [[cell or "" for cell in row] for row in again.rows]
    if list(again.header) != list(one.table.header) or rows != list(one.table.rows):
        message = f"{one.source} cannot store this table: it would read back differently"
        at = Location(one.candidate.document.path, one.candidate.first)
        raise failure("cannot-extract", message, at=at, hint="try the other --format")


def _check(outcome: Outcome, chosen: dict[int, _Prepared]) -> None:
    """Raise MdtablesError unless every region shows the cells that it showed before."""
    new = parse(outcome.new, outcome.path)
    problems: list[Diagnostic] = []
    for index, one in chosen.items():
        content = content_of(new.regions[index])
        shown = getattr(read_content(new, new.regions[index], content), "table", Table((), ()))
        current = one.candidate.current.table
        same_align = list(shown.align) == list(current.align)
        different = next(_differences(current, shown), "" if same_align else "its alignment")
        if different:
            message = f"the generated table would differ from this one: {different}"
            hint = "rewrite that, or do not extract this table"
            at = Location(outcome.path, one.candidate.first)
            problems.append(Diagnostic("cannot-extract", message, at=at, hint=hint))
    if problems:
        raise MdtablesError(*problems)


def _differences(before: Table, after: Table) -> Iterator[str]:
    """Yield a description of each cell or heading that would show something else."""
    if list(map(_plain, before.headings)) != list(map(_plain, after.headings)):
        pairs = zip(before.headings, after.headings, strict=False)
        yield next((f'"{new}" instead of "{old}"' for old, new in pairs if old != new), "other headings")
    if len(before.rows) != len(after.rows):
        yield f"{len(after.rows)} rows instead of {len(before.rows)}"
    for row, new in zip([before.header, *before.rows], [after.header, *after.rows], strict=False):
        for cell, other in zip(row, new, strict=True):
            if not show_same(cell or "", other or "") and not _are_empty(cell, other):
                yield f'"{other or ""}" instead of "{cell or ""}"'


def _are_empty(cell: str | None, other: str | None) -> bool:
    """Return True if one is empty and the other the no-break space that stands for an empty header."""
    return not canonical(cell or "") and not canonical(other or "")
