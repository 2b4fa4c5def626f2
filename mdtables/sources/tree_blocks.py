"""The tables in a tree of YAML or JSON, as rows to be merged: lists of mappings, and mappings of mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mdtables.sources.nodes import Node
from mdtables.sources.three_way import Block, Record
from mdtables.sources.yaml_tree import dash_of

_DEEPEST = 20  # nested mappings


def tree_blocks(text: str, root: Node | None) -> list[Block]:
    """Return the tables in a tree whose rows have unique keys: their first value, or their key in a mapping."""
    return [] if root is None else list(_blocks(text, root, ()))


def _blocks(text: str, node: Node, path: tuple[str, ...]) -> Iterator[Block]:
    rows = [(None, item) for item in node.items] if node.kind == "list" else list(node.pairs)
    are_rows = bool(rows) and all(row.kind == "mapping" and row.pairs for _, row in rows)
    if are_rows and (block := _block(text, node, rows, path)):
        yield block
    elif node.kind == "mapping" and not are_rows and len(path) < _DEEPEST:
        for key, value in node.pairs:
            yield from _blocks(text, value, (*path, key.value))


def _block(text: str, node: Node, rows: Sequence[tuple[Node | None, Node]], path: tuple[str, ...]) -> Block | None:
    name = rows[0][1].pairs[0][0].value
    records = []
    for key, row in rows:
        own = key or next((value for found, value in row.pairs if found.value == name), None)
        if own is None or own.kind != "scalar":
            return None
        start, end = (key or row).start, row.last().end
        if not node.is_flow:
            start, end = _lines(text, key, row)
        fields = {found.value: (value.start - start, value.last().end - start) for found, value in row.pairs}
        records.append(Record(own.value, start, end, fields))
    if len({record.key for record in records}) < len(records):
        return None
    between = _between(text, records) if node.is_flow else ""
    return Block((*path, name), records, between) if between or not node.is_flow else None


def _lines(text: str, key: Node | None, row: Node) -> tuple[int, int]:
    """Return the span of the lines of a row in block style, without the last line ending."""
    start = text.rfind("\n", 0, dash_of(text, row) if key is None else key.start) + 1
    end = row.last().end
    while text[end - 1].isspace():
        end -= 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    return start, stop - (text[stop - 1 : stop] == "\r")


def _between(text: str, records: Sequence[Record]) -> str:
    """Return what separates all rows in brackets; "" if it is not the same everywhere."""
    gaps = {text[above.end : below.start] for above, below in pairwise(records)}
    gap = gaps.pop() if len(gaps) == 1 else ""
    return gap if gap.strip() == "," else ""
