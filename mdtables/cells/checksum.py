"""The checksum by which mdtables recognises a table that it wrote. Knows canonical text, not how cells are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mdtables.cells.canonical import VERSION, canonical_table
from mdtables.cells.jsx import with_live_marks
from mdtables.document.marker import is_mdx
from mdtables.model.table import Table
from mdtables.tables.packed import Rows
from mdtables.text.blake2 import blake2b

_BYTES = 6  # 12 hexadecimal digits: enough to notice an edit, short enough for a marker


def is_comparable(recorded: str) -> bool:
    """Return True if a checksum is of the version of canonical text that this code computes."""
    return recorded.startswith(f"{VERSION}:")


def canonical_in(path: str, table: Table, known: Mapping[int, Iterator[Sequence[str] | None]] | None = None) -> Table:
    """Return the canonical table of the cells in a document: in MDX, a brace that is live is not one that is text.

    `known` has the canonical text of some columns: see `canonical_table`.
    """
    if not is_mdx(path):
        return canonical_table(table, known)
    rows = Rows.view(len(table.header), table.rows).map_cells(with_live_marks, unchanged=_has_no_jsx)
    return canonical_table(
        table._replace(
            header=list(map(with_live_marks, table.header)),
            rows=rows,
            headings=list(map(with_live_marks, table.headings)),
            caption=with_live_marks(table.caption),
            note=with_live_marks(table.note),
        )
    )


def _has_no_jsx(text: str, _count: int) -> bool:
    return "{" not in text and "<" not in text


def checksum(canonical: Table) -> str:
    """Return the checksum of a table: the version of canonical text, and a digest of alignments and canonical cells.

    In the digest, U+001F ends each cell, which canonical text never contains. The number of rows is included because
    cells alone do not show where a ragged row ends. The heading of each row, the caption and the note come last.
    """
    width = len(canonical.header)
    digest = blake2b(f"{len(canonical.rows)} {','.join(canonical.align)}\n".encode(), digest_size=_BYTES)
    for cells in ([*canonical.header], *Rows.view(width, canonical.rows).chunks()):
        digest.update("\x1f".join([*cells, ""]).encode("utf-8", "surrogatepass"))
    if canonical.headings or canonical.caption or canonical.note:
        texts = "\x1d".join([canonical.caption, canonical.note, *canonical.headings])
        digest.update(texts.encode("utf-8", "surrogatepass"))
    return f"{VERSION}:{digest.hexdigest()}"
