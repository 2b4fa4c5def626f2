"""Three versions of a CSV, YAML or JSON file -> the same three with their rows merged, by the format of the file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

import yaml

from mdtables.model.options import Options
from mdtables.sources import csv_blocks
from mdtables.sources.csv_file import delimiter_of
from mdtables.sources.json_tree import json_tree
from mdtables.sources.three_way import Block, Blocks, merge_rows, rows_in
from mdtables.sources.tree_blocks import tree_blocks
from mdtables.sources.yaml_tree import tree

Three = tuple[bytes, bytes, bytes]
SUFFIXES = (".csv", ".tsv", ".yaml", ".yml", ".json")


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


def merge_data(suffix: str, versions: Three, uses: Sequence[Options]) -> MergedData | None:
    """Merge the rows of three versions of a file; None if they cannot be merged by rows.

    `uses` are the options of the regions that use the file; without any, those of the configuration. Of several, the
    first tells how a CSV is read and which column is the key.
    """
    if suffix not in SUFFIXES:
        return None
    encoding, options = "utf-8", uses[0]
    parts = dict.fromkeys(each.source.part for each in uses if each.source and each.source.part)
    if suffix in (".csv", ".tsv"):
        encoding = options.encoding
        blocks: Blocks = partial(_csv_blocks, suffix=suffix, options=options)
    elif suffix == ".json":
        blocks = partial(_json_blocks, parts=list(parts), key=options.key)
    else:
        blocks = partial(_yaml_blocks, parts=list(parts), key=options.key)
    try:
        return MergedData(versions, blocks, encoding)
    except (ValueError, RecursionError, LookupError):
        return None


def _csv_blocks(text: str, suffix: str, options: Options) -> list[Block]:
    delimiter = delimiter_of(options, suffix, text.removeprefix("\ufeff"))
    return csv_blocks.blocks(text, delimiter, options.header, options.key)


def _json_blocks(text: str, parts: Sequence[tuple[str, ...]], key: str) -> list[Block]:
    return tree_blocks(text, json_tree(text), parts, key)


def _yaml_blocks(text: str, parts: Sequence[tuple[str, ...]], key: str) -> list[Block]:
    try:
        return tree_blocks(text, tree(text), parts, key)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
