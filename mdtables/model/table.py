"""What a table is, and what a change to one is. Knows no text format, no disk and no terminal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from mdtables.model.diagnostics import Location
from mdtables.records import NamedTuple

if TYPE_CHECKING:
    from mdtables.model.diagnostics import Diagnostic
    from mdtables.model.templates import Template

Alignment = Literal["none", "left", "right", "center"]
Row = Sequence[str | None]
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
"""A number as `sort` and `where` know it, in ASCII digits."""


class Table(NamedTuple):
    """A header and its rows; every row is as long as the header. A cell is text, or None where the value is missing.

    `align` has one entry per column, or is empty while alignments are undecided. `lines` has the line of each row in
    the file it came from, or is empty; `path` is that file, as diagnostics name it, `paths` those of the rows if they
    come from several. `unusable` has what is wrong with a column, by its index: an error where the column is used; its
    cells may be missing. `folders` are those of the source and of the document, below one they have in common, where
    links have to be rebased. The last `named_only` columns are shown only where an option names them. `lists` are the
    columns in which cells are lists, whose elements are joined by LIST_SEPARATOR, in a shaped table by the text of the
    option `list`.

    Of a table that is shown in several under headings, `headings` has the line of the heading above each row. `caption`
    and `note` are the paragraphs above and below.
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
    headings: Sequence[str] = ()
    caption: str = ""
    note: str = ""

    def place_of(self, row: int, otherwise: Location) -> Location:
        """Return the place of a row in the file it came from, or another one if that is not known."""
        if not self.lines:
            return otherwise
        return Location(self.paths[row] if self.paths else self.path, self.lines[row])


LIST_SEPARATOR = "\udc1e"
"""What separates the elements of a list in a cell of a source: half of a surrogate pair, which no value contains."""

NO_ELEMENT = "\udc1f"
"""In a list of what mappings have under a name, what stands for one that does not have it; it is not shown."""


class TextMap(NamedTuple):
    """Texts to show instead of values, and the one for all other values, None where these stay."""

    texts: Mapping[str, str]
    rest: str | None = None


class ShownColumn(NamedTuple):
    """How a column is made: of one column, or by a template of several. `inputs` are their indexes.

    `maps` has the texts that are shown instead of the values of each of them, None where there are none.
    """

    inputs: Sequence[int]
    maps: Sequence[TextMap | None]
    template: Template | None = None

    @property
    def is_plain(self) -> bool:
        """True if its cells are the values of one column as they are."""
        return self.template is None and self.maps[0] is None

    @property
    def has_row_number(self) -> bool:
        """True if its cells depend on the place of their row."""
        return self.template is not None and any(each.is_row_number for each in self.template.placeholders)


class Group(NamedTuple):
    """The rows from `first` on that have one heading: the value they share, and the values in their heading."""

    first: int
    value: str | None
    values: Sequence[str]


class Pivoted(NamedTuple):
    """How a pivoted table is made of its source.

    `rows` are the rows of the source for each row of the table, `cells` the one with the value for each row and column
    that has one. `columns` are those of the source for the first columns; the others have the values of the column
    `values`, and their names are the values of the column `names`.
    """

    rows: Sequence[Sequence[int]]
    columns: Sequence[int]
    cells: Mapping[tuple[int, int], int]
    names: int
    values: int


class Shaped(NamedTuple):
    """A table as a region shows it, with its provenance: which row and columns each cell came from.

    `inputs` has the same rows with all columns that they are made of, as in the source or pivoted; `rows` are the
    indexes of these rows there, `columns` tell how each column of `table` is made of them. `hides_columns` is true if
    not every column is shown. `key` is the index in `table` of the column that identifies rows, -1 if none can, and
    `identity` that of the column which it shows in `inputs`. `groups` are those that have headings, made by the
    template `heading` at this `level`; `group` is the column of their values. `whole` is the table that `inputs` are
    rows of.
    """

    table: Table
    inputs: Table
    rows: Sequence[int]
    columns: Sequence[ShownColumn]
    hides_columns: bool = False
    key: int = 0
    identity: int = 0
    whole: Table = Table((), ())
    pivoted: Pivoted | None = None
    groups: Sequence[Group] = ()
    group: int = -1
    heading: Template | None = None
    level: int = 0
    warnings: Sequence[Diagnostic] = ()

    @property
    def numbered(self) -> Sequence[int]:
        """The indexes of columns that have the numbers of rows in their cells."""
        return [index for index, column in enumerate(self.columns) if column.has_row_number]


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
