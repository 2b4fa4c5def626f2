"""The checksum by which mdtables knows its own table again. Knows what cells say, not how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from mdtables.model import Alignment

_BYTES = 6  # 12 hexadecimal digits: enough to notice an edit, short enough for a marker
_BLANKS = re.compile(r"[ \t]+")


def checksum(rows: Iterable[Sequence[str]], align: Sequence[Alignment]) -> str:
    """A digest of what a table's cells mean, header first, and of its alignments.

    Runs of blanks count as one, and blanks round a line break (`<br>`) as none.
    """
    digest = blake2b(",".join(align).encode(), digest_size=_BYTES)
    for row in rows:
        cells = row if _has_no_loose_blanks("|".join(row)) else [_collapsed(cell) for cell in row]
        # with their lengths in front, so that no cell can be taken for two, and no row either
        lengths = ",".join([str(len(cell)) for cell in cells])
        digest.update(f"\n{lengths}:{''.join(cells)}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _collapsed(cell: str) -> str:
    return _BLANKS.sub(" ", cell).replace(" <br>", "<br>").replace("<br> ", "<br>").strip(" ")


def _has_no_loose_blanks(line: str) -> bool:
    """Whether collapsing the blanks of these cells would change nothing, as far as one look at all of them tells."""
    loose = "  " in line or " |" in line or "| " in line or "<br>" in line
    return line.isprintable() and not loose and line == line.strip(" ")
