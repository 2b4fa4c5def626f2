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


def values_of(cell: str) -> Iterator[str]:
    """Yield what a cell may be the encoding of, the most readable value first.

    These are: the cell with its pipes as characters; unchanged; with all escapes and character references resolved; and
    with its line breaks resolved as well.
    """
    yield _PIPE.sub("|", cell)
    yield cell
    yield _resolved(cell)
    yield "\n".join(map(_resolved, _BREAK.split(cell)))


def _resolved(cell: str) -> str:
    return _ENCODED.sub(lambda found: found[0][1] if found[0][0] == "\\" else unescape(found[0]), cell)
