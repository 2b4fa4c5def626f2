"""A hand-written cell -> the value that is encoded as a cell with the same canonical text. Knows no tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from mdtables.cells.canonical import canonical
from mdtables.cells.decode import edited_values, values_of
from mdtables.cells.encode import encode

_WORD = re.compile(r"[^\W_]+|.", re.DOTALL)

Cells = Literal["markdown", "text"]
Templates = Literal["escape", "keep"]


class Before(NamedTuple):
    """The value that an edited cell had, and the cell that it was encoded as."""

    value: str
    cell: str


def value_of(cell: str, cells: Cells, templates: Templates, before: Before | None = None) -> str | None:
    """Return the value for a cell; None if no value is encoded as a cell that shows the same.

    For an edited cell, that is the value `before` with just the edit applied, if there is one: what was not edited
    stays as it is spelled in the data. Otherwise it is the most readable value.
    """
    wanted = canonical(cell)
    if before and (found := list(_shown_as(wanted, edited_values(*before, cell), cells, templates))):
        return min(found, key=lambda value: _distance(before.value, value))
    return next(_shown_as(wanted, values_of(cell), cells, templates), None)


def _shown_as(wanted: str, values: Iterable[str], cells: Cells, templates: Templates) -> Iterator[str]:
    """Yield those values that are encoded as a cell with this canonical text."""
    for value in values:
        try:
            if canonical(encode(value, cells, templates)) == wanted:
                yield value
        except ValueError:  # a pipe in a template that must stay live
            continue


def _distance(old: str, new: str) -> int:
    """Return how many words and marks were removed from one text and added to it to make the other."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return len(before) + len(after) - 2 * sum(block.size for block in matcher.get_matching_blocks())
