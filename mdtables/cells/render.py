"""A shaped table -> its cells, laid out and read back. Knows neither documents nor where the data is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mdtables.cells.encode import encode_table
from mdtables.cells.layout import PaddingError, lay_out, lines_of
from mdtables.cells.links import rebased
from mdtables.cells.verify import first_misread
from mdtables.model.diagnostics import Locate, Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Row, Shaped, Table
from mdtables.records import NamedTuple

if TYPE_CHECKING:
    from mdtables.cells.composed import ComposedColumn


class Part(NamedTuple):
    """One table of a region: the heading above it, "" for none, and its text in pieces of some lines each."""

    heading: str
    texts: Sequence[str]


class Rendered(NamedTuple):
    """A table as Markdown: its cells, and the tables under headings that it is shown in, mostly one without.

    `canonical` has the canonical text of columns that templates make, as far as it is known, in chunks of rows.
    """

    cells: Table
    parts: Sequence[Part]
    canonical: Mapping[int, Iterator[Sequence[str] | None]] = {}


def render(shaped: Shaped, options: Options, locate: Locate, ambiguous_width: int = 1, indent: int = 0) -> Rendered:
    """Encode a shaped table, lay it out and read it back; its lines are indented by some columns.

    Raise MdtablesError for what no table can contain.
    """
    cells, known = _encoded(shaped, options, locate)
    if not shaped.groups:
        return Rendered(cells, [Part("", _checked(cells, options, ambiguous_width, locate(), indent))], known)
    from mdtables.cells.composed import headings_of  # most regions show one table

    headings = headings_of(shaped, options, locate)
    ends = [*(group.first for group in shaped.groups), len(cells.rows)]
    parts = []
    for heading, (start, end) in zip(headings, pairwise(ends), strict=True):
        own = cells._replace(rows=cells.rows[start:end])
        parts.append(Part(heading, _checked(own, options, ambiguous_width, locate(), indent)))
    every = [heading for heading, (start, end) in zip(headings, pairwise(ends), strict=True) for _ in range(start, end)]
    return Rendered(cells._replace(headings=every), parts, known)


def _checked(cells: Table, options: Options, ambiguous_width: int, at: Location, indent: int) -> list[str]:
    """Lay out a table and read it back. Raise MdtablesError."""
    texts = laid_out(cells, options, ambiguous_width, at, indent)
    misread = first_misread(texts, cells.header, cells.rows)
    if misread is not None:
        lines = lines_of(texts)
        shown = [*lines[:2], *(lines[misread + 1 : misread + 2] if misread else [])]
        details = tuple(f"  {line}" for line in shown)
        hint = "this is a bug in mdtables: please report it, with these lines"
        raise failure("self-check", "a row does not read back as its cells:", at=at, details=details, hint=hint)
    return texts


def laid_out(cells: Table, options: Options, ambiguous_width: int, at: Location, indent: int = 0) -> list[str]:
    """Lay out a table of cells that is indented by some columns. Raise MdtablesError if it would be mostly blanks."""
    most = options.max_width
    try:
        texts = lay_out(cells.header, cells.rows, cells.align, options.style, ambiguous_width)
        if most is not None and options.style == "aligned" and len(texts[1]) + indent > most:
            return lay_out(cells.header, cells.rows, cells.align, "compact", ambiguous_width)
    except PaddingError as error:
        if most is not None:
            return lay_out(cells.header, cells.rows, cells.align, "compact", ambiguous_width)
        hint = "shorten the longest cell, or choose the style compact: style=compact"
        raise failure("table-size", f"the table would have {error}", at=at, hint=hint) from None
    return texts


def _rebased(table: Table) -> Sequence[Row]:
    return [[cell and rebased(cell, *table.folders) for cell in row] for row in table.rows]


def _encoded(
    shaped: Shaped, options: Options, locate: Locate
) -> tuple[Table, dict[int, Iterator[Sequence[str] | None]]]:
    """Return the cells, and the canonical text of columns that templates make. Raise MdtablesError."""
    values = shaped.table
    if any(values.folders) and options.cells == "markdown":
        values = values._replace(rows=_rebased(values))
    try:
        composed: dict[int, ComposedColumn] = {}
        if any(column.template for column in shaped.columns):
            from mdtables.cells.composed import composed_columns  # most tables have no templates

            composed = composed_columns(shaped, options, locate)
        cells = encode_table(values, options.cells, options.templates, options.null, composed)
        return cells, {index: column.canonical() for index, column in composed.items()}
    except ValueError as error:
        hint = "remove the pipe from the data, or set templates=escape on the marker"
        raise failure("template-pipe", f"a table cannot contain {error}", at=locate(), hint=hint) from None
