"""The way back from a cell that somebody wrote to the values it may stand for. Knows spellings, and guesses nothing.

Which of them is right, whoever asks finds out by encoding it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_ENCODED = re.compile(r"\\[!-/:-@\[-`{-~]|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);")
_BREAK = re.compile(r" ?<br ?/?> ?", re.IGNORECASE)
_PIPE = re.compile(r"\\\||&#124;|&vert;")


def values_of(cell: str) -> Iterator[str]:
    """What a cell may be the encoding of, the most readable first.

    With its pipes as characters; as it stands; with every escape and character reference resolved, and then every line
    break too.
    """
    yield _PIPE.sub("|", cell)
    yield cell
    yield _resolved(cell)
    yield "\n".join(map(_resolved, _BREAK.split(cell)))


def _resolved(cell: str) -> str:
    return _ENCODED.sub(lambda found: found[0][1] if found[0][0] == "\\" else unescape(found[0]), cell)
