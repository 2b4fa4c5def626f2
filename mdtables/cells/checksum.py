"""The checksum by which mdtables knows its own table again. Knows what cells say, not how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from mdtables.cells.digest import blake2b
from mdtables.model.table import Table

_BYTES = 6  # 12 hexadecimal digits: enough to notice an edit, short enough for a marker
_BATCH = 2048
_BLANKS = re.compile(r"[ \t]+")
_LOOSE = ("  ", "\t", " \x1f", "\x1f ", " \n", "\n ", "<br>", "\x1e")
_ESCAPED = str.maketrans({"\x1e": "\x1e0", "\x1f": "\x1e1", "\n": "\x1e2"})


def checksum(says: Table) -> str:
    """A digest of what a table's cells mean, header first, and of its alignments.

    Runs of blanks count as one, and blanks round a line break (`<br>`) as none.
    """
    digest = blake2b(",".join(says.align).encode(), digest_size=_BYTES)
    rows: Iterator[Sequence[str]] = chain([says.header], says.rows)  # type: ignore[arg-type]  # no cell is missing
    while batch := list(islice(rows, _BATCH)):
        text = _joined(batch)
        cells = sum(map(len, batch))
        if text.count("\x1f") + text.count("\n") != cells + 1 or any(loose in text for loose in _LOOSE):
            text = _joined([[_collapsed(cell).translate(_ESCAPED) for cell in row] for row in batch])
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _joined(rows: Sequence[Sequence[str]]) -> str:
    """Each row on a line of its own, a separator between its cells."""
    return "".join(["\n" + "\x1f".join(row) for row in rows]) + "\n"


def _collapsed(cell: str) -> str:
    return _BLANKS.sub(" ", cell).replace(" <br>", "<br>").replace("<br> ", "<br>").strip(" ")
