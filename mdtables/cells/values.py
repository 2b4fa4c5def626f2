"""A hand-written cell -> the value that is encoded as a cell with the same canonical text. Knows no tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from mdtables.cells.canonical import canonical
from mdtables.cells.decode import edited_values, values_of
from mdtables.cells.encode import encode
from mdtables.cells.encode_markdown import END_OF_ADDRESS
from mdtables.cells.encode_text import html_code
from mdtables.cells.jsx import NOTHING, with_live_marks
from mdtables.cells.links import rebased
from mdtables.model.options import Templates
from mdtables.records import NamedTuple
from mdtables.text.code_spans import code_spans

_MOST_COMPARED = 250_000  # pairs of words: comparing takes time quadratic in them
_WORD = re.compile(r"[^\W_]+|.", re.DOTALL)

Cells = Literal["markdown", "text"]


class Before(NamedTuple):
    """The value that an edited cell had, and the cell that it was encoded as."""

    value: str
    cell: str


class Spelling(NamedTuple):
    """How the values of a table are encoded: the modes, and the folders of the data and of the document."""

    cells: Cells
    templates: Templates
    folders: tuple[str, str] = ("", "")

    def encode(self, value: str, *, dollars: bool = True) -> str:
        """Return the cell for a value. For `dollars`, see `encode`. Raise ValueError."""
        return encode(self._rebased(value, *self.folders), self.cells, self.templates, dollars=dollars)

    def shows(self, value: str, cell: str) -> bool:
        """Return True if a value is encoded as a cell that shows the same as this one, next to whatever other cells.

        Code, which MDX has in attributes, must be the same to the letter.
        """
        encoded = [self.encode(value, dollars=dollars) for dollars in ((True, False) if "$" in value else (True,))]
        if self.is_mdx and "={" in cell:
            return cell in encoded
        wanted = _shown(cell, is_mdx=self.is_mdx)
        return any(_shown(each, is_mdx=self.is_mdx) == wanted for each in encoded)

    @property
    def is_mdx(self) -> bool:
        return self.templates.startswith("mdx")

    def as_in_data(self, value: str) -> str:
        """Return a value whose links count from the document, with the links as they are in the data."""
        return self._rebased(value, *reversed(self.folders))

    def _rebased(self, value: str, here: str, there: str) -> str:
        return rebased(value, here, there) if self.cells == "markdown" else value  # as text, they are not links


def value_of(cell: str, spelling: Spelling, before: Before | None = None) -> str | None:
    """Return the value for a cell; None if no value is encoded as a cell that shows the same.

    For an edited cell, that is the value `before` with just the edit applied, if there is one: what was not edited
    stays as it is spelled in the data. Otherwise it is the most readable value.
    """
    if before:
        edited = nearest(before.value, edited_values(*before, cell))
        if (found := next(_shown_as(cell, edited, spelling), None)) is not None:
            return found
    values = (
        spelling.as_in_data(value)
        for value in values_of(cell.replace(NOTHING if spelling.is_mdx else END_OF_ADDRESS, ""))
    )
    return next(_shown_as(cell, values, spelling), None)


def nearest(value: str, others: Iterable[str]) -> list[str]:
    """Return values without repetitions, those first that differ least from another one."""
    return sorted(dict.fromkeys(others), key=lambda other: _distance(value, other))


def show_same(cell: str, other: str, *, is_mdx: bool = False) -> bool:
    """Return True if GitHub shows two cells in the same way, although canonical text may tell them apart."""
    return _shown(cell, is_mdx=is_mdx) == _shown(other, is_mdx=is_mdx)


@lru_cache(maxsize=32)  # the same cell is looked at for each value that it may be the encoding of
def _shown(cell: str, *, is_mdx: bool = False) -> str:
    """Return the canonical text of a cell, with a code span that mdtables writes as HTML written so.

    Those are code spans with a pipe, of which only some renderers take the backslash away, and those of blanks. In MDX,
    what is live is told apart from the same characters as text.
    """
    if is_mdx:
        cell = with_live_marks(cell)
    pieces, at = [], 0
    for start, end in code_spans(cell) if "`" in cell else []:
        ticks = len(cell[start:end]) - len(cell[start:end].lstrip("`"))
        code = cell[start + ticks : end - ticks]
        if "|" in code or not code.strip():
            pieces += [cell[at:start], html_code(code.replace("\\|", "|"))]
            at = end
    return canonical("".join([*pieces, cell[at:]]))


def _shown_as(cell: str, values: Iterable[str], spelling: Spelling) -> Iterator[str]:
    """Yield those values that are encoded as a cell that shows the same as this one."""
    for value in values:
        try:
            if spelling.shows(value, cell):
                yield value
        except ValueError:  # a pipe in a template that must stay live
            continue


def _distance(old: str, new: str) -> int:
    """Return how many words and marks were removed from one text and added to it to make the other."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) * len(after) > _MOST_COMPARED:
        return abs(len(before) - len(after)) + sum((Counter(before) - Counter(after)).values())
    from difflib import SequenceMatcher  # 4 ms, and only where a table was edited

    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return len(before) + len(after) - 2 * sum(block.size for block in matcher.get_matching_blocks())
