"""The value that a cell somebody wrote stands for: the one that is written as a cell saying the same.

Knows what cells say and how values are encoded; no tables.
"""

from __future__ import annotations

from typing import Literal

from mdtables.cells.decode import values_of
from mdtables.cells.encode import encode
from mdtables.cells.meaning import meaning


def value_of(cell: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]) -> str | None:
    """The most readable value for a cell; None where no value is written so that it says the same."""
    for value in values_of(cell):
        try:
            if said(encode(value, cells, templates)) == said(cell):
                return value
        except ValueError:  # a pipe in a template that must stay live
            continue
    return None


def said(cell: str) -> str:
    """What a cell says on GitHub, where a row is split first and its escaped pipes are pipes then, in code too."""
    return meaning(cell.replace("\\|", "|"))
