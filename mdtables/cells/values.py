"""A hand-written cell -> the value that is encoded as a cell with the same canonical text. Knows no tables."""

from __future__ import annotations

from typing import Literal

from mdtables.cells.canonical import canonical
from mdtables.cells.decode import values_of
from mdtables.cells.encode import encode


def value_of(cell: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]) -> str | None:
    """Return the most readable value for a cell; None if no value is encoded as a cell that shows the same."""
    wanted = canonical(cell)
    for value in values_of(cell):
        try:
            if canonical(encode(value, cells, templates)) == wanted:
                return value
        except ValueError:  # a pipe in a template that must stay live
            continue
    return None
