"""Tables of several files -> one table with the rows of all. Knows columns by their names, and no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.table import Table
from mdtables.records import NamedTuple


class Piece(NamedTuple):
    """The table of one file, and the values that all its rows have in further columns, by their names.

    `is_strict` is true if its header lists all of its columns, so that one that others have is missing by mistake.
    """

    table: Table
    about: Mapping[str, str | None]
    is_strict: bool


class Concatenated(NamedTuple):
    """A table, and for each piece the index in it of each column of the piece."""

    table: Table
    columns: Sequence[Sequence[int]]


def concatenate(pieces: Sequence[Piece]) -> Concatenated:
    """Return the rows of all pieces, in order. Columns are in the order in which they first appear.

    What a piece does not have is missing, except in a strict one, where the column is unusable.
    """
    own = [piece.table.header[: len(piece.table.header) - piece.table.named_only] for piece in pieces]
    names = list(dict.fromkeys(name for header in own for name in header))
    others = dict.fromkeys(name for piece in pieces for name in [*piece.table.header, *piece.about])
    header = list(dict.fromkeys([*names, *others]))
    indexes = {name: index for index, name in enumerate(header)}
    columns = [[indexes[name] for name in piece.table.header] for piece in pieces]
    rows: list[list[str | None]] = []
    lines: list[int] = []
    paths: list[str] = []
    unusable: dict[int, list[Diagnostic]] = {}
    lists: set[int] = set()
    for piece, places in zip(pieces, columns, strict=True):
        table = piece.table
        blank: list[str | None] = [piece.about.get(name) for name in header]
        for row in table.rows:
            cells = list(blank)
            for place, cell in zip(places, row, strict=True):
                cells[place] = cell
            rows.append(cells)
        lines += table.lines
        paths += [table.path] * len(table.rows)
        for column, problems in table.unusable.items():
            if table.header or not header:  # else it is an empty list, which has no columns
                unusable.setdefault(places[column] if table.header else 0, []).extend(problems)
        lists.update(places[column] for column in table.lists)
        if piece.is_strict:
            known = set(table.header)
            for name in (name for name in names if name not in known):
                found = Diagnostic("unknown-column", f'there is no column "{name}"', at=Location(table.path, 1))
                unusable.setdefault(indexes[name], []).append(found._replace(hint="other files that match have one"))
    named_only = len(header) - len(names)
    return Concatenated(
        Table(header, rows, lines=lines, unusable=unusable, named_only=named_only, paths=paths, lists=lists), columns
    )
