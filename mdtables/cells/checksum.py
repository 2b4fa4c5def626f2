"""The checksum by which mdtables recognises a table that it wrote. Knows canonical text, not how cells are written."""

from __future__ import annotations

from hashlib import blake2b

from mdtables.cells.canonical import VERSION
from mdtables.model.table import Table
from mdtables.tables.packed import Rows

_BYTES = 6  # 12 hexadecimal digits: enough to notice an edit, short enough for a marker


def checksum(canonical: Table) -> str:
    """Return the version of the canonical text and a digest of a table's alignments and of its canonical cells.

    No cell of canonical text contains the character that ends each cell in what is digested; the number of rows tells
    ragged rows from others.
    """
    width = len(canonical.header)
    digest = blake2b(f"{len(canonical.rows)} {','.join(canonical.align)}\n".encode(), digest_size=_BYTES)
    for cells in ([*canonical.header], *Rows.view(width, canonical.rows).chunks()):
        digest.update("\x1f".join([*cells, ""]).encode("utf-8", "surrogatepass"))
    return f"{VERSION}:{digest.hexdigest()}"
