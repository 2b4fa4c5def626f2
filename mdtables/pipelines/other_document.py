"""A table in a document -> the source of a region in another one. Knows no disk: the text is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mdtables.document.hand_written import HandWritten, hand_written
from mdtables.model.diagnostics import Locate, Location, located_at
from mdtables.model.failures import failure
from mdtables.model.names import keys_of
from mdtables.model.options import Options
from mdtables.model.policy import Policy
from mdtables.model.suggestions import did_you_mean
from mdtables.model.table import Table
from mdtables.pipelines.convert import Sourced, sourced_regions
from mdtables.pipelines.extract import data_of
from mdtables.tables.shape import shape

Load = Callable[[Options, Locate], Table]
"""The options of a region in the other document -> the table of its source. Raises MdtablesError."""


def table_in(text: str, path: str, heading: Sequence[str], policy: Policy, load: Load) -> Table:
    """Return the table below a heading, or without one the only table of a document, as values.

    A generated table is what its source makes, whatever is there now, so that it does not matter which document is
    fixed first. `heading` is given as the keys that a dotted name of it has. Raise MdtablesError.
    """
    tables: list[HandWritten | Sourced] = [*hand_written(text, path), *sourced_regions(text, path)]
    found = [each for each in tables if not heading or keys_of(each.heading) == tuple(heading)]
    if len(found) != 1:
        where = f'below the heading "{".".join(heading)}"' if heading else "in this document"
        message = f"there are {len(found)} tables {where}" if found else f"there is no table {where}"
        names = dict.fromkeys(each.heading for each in tables if each.heading)
        hint = did_you_mean(".".join(heading), names, what="headings above tables")
        if found or not heading:
            hint = 'name a heading above one table: source="other.md#Heading"'
        raise failure("source-missing", message, at=Location(path), hint=hint)
    one = found[0]
    if isinstance(one, HandWritten):
        return data_of(one)._replace(lines=one.current.table.lines)
    options = one.options(policy)
    locate = located_at(Location(path, one.first))
    shown = shape(load(options, locate), options, locate).table
    return Table(shown.header, shown.rows, lines=shown.lines, path=shown.path, paths=shown.paths)
