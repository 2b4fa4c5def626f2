"""The checksum by which mdtables knows its own table again. Knows what cells say, not how they are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from mdtables.model import Alignment

_BYTES = 6  # 12 hexadecimal digits: enough to notice an edit, short enough for a marker


def checksum(rows: Iterable[Sequence[str]], align: Sequence[Alignment]) -> str:
    """A digest of a table's decoded cells, header first, and of its alignments. Runs of blanks count as one."""
    digest = blake2b("\0".join(align).encode(), digest_size=_BYTES)
    for row in rows:
        line = "\0".join(row)
        cells = row if line.isprintable() and "  " not in line else [" ".join(cell.split()) for cell in row]
        digest.update(b"\n" + "\0".join([cell.strip() for cell in cells]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
