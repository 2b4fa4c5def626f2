"""A hand-written cell -> the values that it may be the encoding of.

Knows spellings; the caller decides which is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_ENCODED = re.compile(r"\\[!-/:-@\[-`{-~]|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);")
_BREAK = re.compile(r" ?<br ?/?> ?", re.IGNORECASE)
_PIPE = re.compile(r"\\\||&#124;|&vert;")
_TOKEN = re.compile(rf"{_BREAK.pattern}|{_ENCODED.pattern}|[^\W_]+|.", re.DOTALL | re.IGNORECASE)
_MOST_TOKENS = 2000  # in a cell whose edit is looked for
_MOST_COMPARED = 40_000  # pairs of tokens: comparing takes time quadratic in them


def values_of(cell: str) -> Iterator[str]:
    """Yield what a cell may be the encoding of, the most readable value first.

    These are: the cell with its pipes as characters; unchanged; with all escapes and character references resolved; and
    with its line breaks resolved as well.
    """
    yield from _spellings(cell)
    yield "\n".join(map(_resolved, _BREAK.split(cell)))


def edited_values(value: str, old_cell: str, new_cell: str) -> Iterator[str]:
    """Yield a value with the edit that turns its cell into another one applied to it, for each reading of the edit.

    So what was not edited stays as it is spelled in the data. Yield nothing for cells of thousands of words.
    """
    core = value.strip(" \t")  # blanks at its ends do not show, and stay there
    lead, trail = value[: value.index(core)], value[value.index(core) + len(core) :]
    tokens = [_TOKEN.findall(text) for text in (core, old_cell, new_cell)]
    if max(map(len, tokens)) > _MOST_TOKENS or not all(tokens):
        return
    edits = list(_edits(*tokens))
    for readings in zip(*(values_of(new) for _, _, new in edits), strict=True):
        edited, at = "", 0
        for (start, end, _), new in zip(edits, readings, strict=True):
            edited += "".join(tokens[0][at:start]) + new
            at = end
        yield lead + edited + "".join(tokens[0][at:]) + trail


def _edits(value: list[str], old: list[str], new: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the tokens of the value that each edit of its cell replaces, and the text of the new cell for them.

    What differs between a value and its cell, like an escape, is replaced as a whole or not at all.
    """
    in_value, in_new = _boundaries(old, value), _boundaries(old, new)
    before: int | None = None
    for at in sorted(in_value.keys() & in_new.keys()):
        if before is not None and old[before:at] != new[in_new[before][1] : in_new[at][0]]:
            yield in_value[before][1], in_value[at][0], "".join(new[in_new[before][1] : in_new[at][0]])
        inserted = "".join(new[slice(*in_new[at])])
        if inserted:
            yield in_value[at][1], in_value[at][1], inserted
        before = at


def _boundaries(tokens: list[str], other: list[str]) -> dict[int, tuple[int, int]]:
    """Return the boundaries between tokens that have a counterpart in other tokens, with that.

    A counterpart is the first and the last boundary there; what is between them has no counterpart here.
    """
    found = {0: (0, 0)}
    for start, start_other, size in _matches(tokens, other):
        for index in range(size + 1):
            at = start_other + index
            found[start + index] = found.get(start + index, (at, at))[0], at
    found[len(tokens)] = found[len(tokens)][0], len(other)
    return found


def _matches(tokens: list[str], other: list[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the start in both lists and the length of each run that they share; of long ones, only at their ends."""
    most = min(len(tokens), len(other))
    first = next((index for index in range(most) if tokens[index] != other[index]), most)
    last = next((index for index in range(most - first) if tokens[-1 - index] != other[-1 - index]), most - first)
    if (len(tokens) - first - last) * (len(other) - first - last) <= _MOST_COMPARED:
        from difflib import SequenceMatcher  # 4 ms, and only where a table was edited

        yield from SequenceMatcher(None, tokens, other, autojunk=False).get_matching_blocks()
        return
    yield 0, 0, first
    yield len(tokens) - last, len(other) - last, last


def _spellings(cell: str) -> Iterator[str]:
    """Yield a cell with its pipes as characters; unchanged; and with all escapes and references resolved."""
    yield _PIPE.sub("|", cell)
    yield cell
    yield _resolved(cell)


def _resolved(cell: str) -> str:
    return _ENCODED.sub(lambda found: found[0][1] if found[0][0] == "\\" else unescape(found[0]), cell)
