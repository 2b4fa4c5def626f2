"""What a table is, and what a change to one is. Knows no text format, no disk and no terminal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from mdtables.model.diagnostics import Diagnostic

Alignment = Literal["none", "left", "right", "center"]
Row = Sequence[str | None]


class Table(NamedTuple):
    """A header and its rows; every row is as long as the header. A cell is text, or None where the value is missing.

    `align` has one entry per column, or is empty while alignments are undecided. `lines` has the line of each row in
    the file it came from, or is empty; `path` is that file, as diagnostics name it, `paths` those of the rows if they
    come from several. `unusable` has what is wrong with a
    column, by its index: an error where the column is used; its cells may be missing. `folders` are those of the source
    and of the document, below one they have in common, where links have to be rebased. The last `named_only` columns
    are shown only where an option names them. `lists` are the columns in which cells are lists, joined to one text.
    """

    header: Sequence[str]
    rows: Sequence[Row]
    align: Sequence[Alignment] = ()
    lines: Sequence[int] = ()
    unusable: Mapping[int, Sequence[Diagnostic]] = {}
    folders: tuple[str, str] = ("", "")
    path: str = ""
    named_only: int = 0
    paths: Sequence[str] = ()
    lists: Collection[int] = ()


class Shaped(NamedTuple):
    """A table as a region shows it, with its provenance: which row and column of the source each cell came from.

    `rows` and `columns` are indexes in the source's table, one for each row and column of `table`. `hides_columns` is
    true if not every column of the source is shown. `key` is the index in `table` of the column that identifies rows.
    """

    table: Table
    rows: Sequence[int]
    columns: Sequence[int]
    hides_columns: bool = False
    key: int = 0


class Changes(NamedTuple):
    """What to change in a source: cells by row and column, rows to remove, and rows to add.

    Rows and columns are indexes in the source's table. A new row is inserted below the row with that index; -1 inserts
    it above all rows. None is a missing value; in a new row, also one that is left to the source, like that of a hidden
    column. Columns beyond those of the table are those with the names in `new_columns`, which no row has yet.
    """

    cells: Mapping[tuple[int, int], str | None]
    removed: Sequence[int]
    added: Sequence[tuple[int, Row]]
    new_columns: Sequence[str] = ()
