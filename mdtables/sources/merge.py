"""Three versions of a data file -> the same three with their rows merged, as its format finds them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

from mdtables.model.options import Options
from mdtables.sources import FORMATS
from mdtables.sources.three_way import Blocks, merge_rows, rows_in

Three = tuple[bytes, bytes, bytes]


class MergedData:
    """Three versions with merged rows. `has_all` checks that a merge of their texts has these rows."""

    def __init__(self, versions: Three, blocks: Blocks, encoding: str) -> None:
        texts = versions[0].decode(encoding), versions[1].decode(encoding), versions[2].decode(encoding)
        blocks = lru_cache(maxsize=8)(blocks)  # each text is asked for several times
        self._encoding, self._blocks = encoding, blocks
        self._merged = merge_rows(texts, blocks)
        self._blocks_of_all = set.intersection(*({block.path for block in blocks(text)} for text in texts))
        base, ours, theirs = (text.encode(encoding) for text in self._merged.texts)
        self.versions = base, ours, theirs

    def has_all(self, merged: bytes) -> bool:
        """Return True if this merge, which has no conflicts, has exactly the merged rows."""
        try:
            rows = rows_in(merged.decode(self._encoding), self._blocks)
        except ValueError:
            return False
        return self._merged.rows is not None and all(
            rows.get(path) == found for path, found in self._merged.rows.items()
        )

    def is_sound(self, merged: bytes) -> bool:
        """Return True if a merge of the texts has each table that all versions have, with no key in it twice."""
        try:
            return self._blocks_of_all <= rows_in(merged.decode(self._encoding), self._blocks).keys()
        except ValueError:
            return False


def merge_data(path: str, versions: Three, uses: Sequence[Options]) -> MergedData | None:
    """Merge the rows of three versions of a file; None if they cannot be merged by rows.

    `uses` are the options of the regions that use the file; without any, those of the configuration. Of several, the
    first tells how a CSV is read and which column is the key.
    """
    found = FORMATS.get(os.path.splitext(path)[1].lower())
    if found is None or not found.merges:
        return None
    module = found.load()
    encoding = uses[0].encoding if "encoding" in found.own_options else "utf-8"
    try:
        return MergedData(versions, module.merger(path, uses), encoding)
    except (ValueError, RecursionError, LookupError):
        return None
