"""The dollar signs that Pandoc would pair across cells: it reads formulas before it looks for the ends of cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from mdtables.records import NamedTuple
from mdtables.text.code_spans import code_spans

_BLANKS = (" ", "\t", "\n", "")  # the end of a cell is one, too
_TAG = r"<!--.{0,1000}?-->|</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>"
_TOKENS = rf"(?as)\\.|(?P<tag>{_TAG})|(?P<run>\$\$?)"
_NEXT = r"(?s)[^\\$]*(?:\\.[^\\$]*)*"


class _Reading(NamedTuple):
    """What Pandoc makes of the dollar signs of a cell.

    `breaks` is true if it pairs one with one in code or in a tag, and so leaves half of that. `opens` is true if the
    last one may begin a formula that ends in a later cell, `closes` if the first one may end one that began earlier;
    that is None if there is none.
    """

    breaks: bool
    opens: bool
    closes: bool | None


def kept_apart(cells: Sequence[str], escaped: Callable[[int], str]) -> dict[int, str]:
    """Return the cells that have to be written with their dollar signs escaped, by their index.

    The cells are in reading order. `escaped` returns the cell with an index with its dollar signs escaped, except for
    those of formulas.
    """
    written: dict[int, str] = {}
    closes: bool | None = False  # whether the next dollar sign to the right may end a formula
    for index in range(len(cells) - 1, -1, -1):
        found = _read(cells[index])
        if found.breaks or (found.opens and closes):
            written[index] = escaped(index)
            found = _read(written[index])
        closes = closes if found.closes is None else found.closes
    return written


def _read(cell: str) -> _Reading:
    """Pair a dollar sign that no blank follows with the next one, if no blank precedes and no digit follows that."""
    spans = code_spans(cell) if "`" in cell else []
    ends, tokens, at = [end for _, end in spans], re.compile(_TOKENS), 0
    breaks = opens = False
    while found := tokens.search(cell, at):
        span = bisect_right(ends, found.start())
        at = found.end()
        if span < len(spans) and spans[span][0] <= found.start():
            opens, at = opens and "$" not in cell[slice(*spans[span])], ends[span]
        elif found["tag"]:
            opens = opens and "$" not in found[0]
        elif found["run"]:
            end = _end_of_formula(cell, found["run"], at)
            opens = not end and len(found["run"]) == 1 and cell[at : at + 1] not in _BLANKS
            breaks = breaks or bool(re.search("[`<]", cell[at:end]))
            at = end or at
    first = cell.find("$")
    closes = first > 0 and cell[first - 1] not in _BLANKS and not cell[first + 1 : first + 2].isdigit()
    return _Reading(breaks, opens, closes if first >= 0 else None)


def _end_of_formula(cell: str, run: str, at: int) -> int:
    """Return the end of the formula that begins with a run of dollar signs; 0 if none begins there."""
    found = re.compile(_NEXT).match(cell, at)
    end = found.end() if found else at
    if not cell.startswith(run, end) or end == at:
        return 0
    is_display = len(run) > 1
    is_formula = cell[at] not in _BLANKS and cell[end - 1] not in _BLANKS and not cell[end + 1 : end + 2].isdigit()
    return end + len(run) if is_display or is_formula else 0
