"""A shaped table -> its cells, laid out and read back: what goes into a region, and what `show` shows.

Knows neither documents nor where data comes from.
"""

from __future__ import annotations

from collections.abc import Sequence

from mdtables.cells import TemplatePipeError
from mdtables.cells.encode import encode, encode_rows
from mdtables.cells.layout import lay_out, lines_of
from mdtables.cells.verify import first_misread
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Table


def laid_out(table: Table, options: Options, place: Location, ambiguous_width: int = 1) -> tuple[Table, Sequence[str]]:
    """A shaped table as cells, and these laid out, read back and found right.

    Raises MdtablesError, at `place`, for what no table can hold.
    """
    cells = _encoded(table, options, place)
    texts = lay_out(cells.header, cells.rows, table.align, options.style, ambiguous_width)
    misread = first_misread(texts, cells.header, cells.rows)
    if misread is not None:
        lines = lines_of(texts)
        shown = [*lines[:2], *(lines[misread + 1 : misread + 2] if misread else [])]
        message = "a row does not read back as the cells it was made of:\n" + "\n".join(f"  {line}" for line in shown)
        hint = "this is a bug in mdtables: please report it, with these lines"
        raise MdtablesError(Diagnostic("read-back", message, place, hint))
    return cells, texts


def _encoded(table: Table, options: Options, place: Location) -> Table:
    """Header and rows as cells. A header without any text gets a no-break space, without which Pandoc drops it."""
    try:
        header = [encode(name, options.cells, options.templates) for name in table.header]
        rows = encode_rows(table.rows, options.cells, options.templates, options.null)
    except TemplatePipeError as error:
        hint = "take the pipe out of the data, or write templates=escape on the marker"
        raise MdtablesError(Diagnostic("template-pipe", f"{error} cannot stand in a table", place, hint)) from None
    if not any(header):
        header[0] = "&nbsp;"
    return table._replace(header=header, rows=rows)
