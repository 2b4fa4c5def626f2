"""A shaped table -> its cells, laid out and read back. Knows neither documents nor where the data is from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mdtables.cells.encode import encode_table
from mdtables.cells.layout import PaddingError, Style, lay_out, lines_of
from mdtables.cells.links import rebased
from mdtables.cells.verify import first_misread
from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Row, Table


class Rendered(NamedTuple):
    """A table as Markdown: its cells, and its text in pieces of some lines each, without a final line ending."""

    cells: Table
    texts: Sequence[str]


def render(table: Table, options: Options, at: Location, ambiguous_width: int = 1) -> Rendered:
    """Encode a shaped table, lay it out and read it back.

    Raise MdtablesError, at `at`, for what no table can contain.
    """
    cells = _encoded(table, options, at)
    texts = laid_out(cells._replace(align=table.align), options.style, ambiguous_width, at)
    misread = first_misread(texts, cells.header, cells.rows)
    if misread is not None:
        lines = lines_of(texts)
        shown = [*lines[:2], *(lines[misread + 1 : misread + 2] if misread else [])]
        details = tuple(f"  {line}" for line in shown)
        hint = "this is a bug in mdtables: please report it, with these lines"
        raise failure("self-check", "a row does not read back as its cells:", at=at, details=details, hint=hint)
    return Rendered(cells, texts)


def laid_out(cells: Table, style: Style, ambiguous_width: int, at: Location) -> list[str]:
    """Lay out a table of cells. Raise MdtablesError, at `at`, if it would be mostly blanks."""
    try:
        return lay_out(cells.header, cells.rows, cells.align, style, ambiguous_width)
    except PaddingError as error:
        hint = "shorten the longest cell, or choose the style compact: style=compact"
        raise failure("table-size", f"the table would have {error}", at=at, hint=hint) from None


def _rebased(table: Table) -> Sequence[Row]:
    return [[cell and rebased(cell, *table.folders) for cell in row] for row in table.rows]


def _encoded(table: Table, options: Options, at: Location) -> Table:
    values = table
    if any(table.folders) and options.cells == "markdown":
        values = table._replace(rows=_rebased(table))
    try:
        return encode_table(values, options.cells, options.templates, options.null)
    except ValueError as error:
        hint = "remove the pipe from the data, or set templates=escape on the marker"
        raise failure("template-pipe", f"a table cannot contain {error}", at=at, hint=hint) from None
