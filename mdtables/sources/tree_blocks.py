"""The tables in a tree of YAML or JSON, as rows to be merged: lists of mappings, and mappings of mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mdtables.model.options import Options
from mdtables.sources.nodes import Node
from mdtables.sources.three_way import Block, Record
from mdtables.sources.tree_table import is_index
from mdtables.sources.yaml_tree import dash_of

_DEEPEST = 20  # nested mappings


def tree_blocks(text: str, root: Node | None, uses: Sequence[Options]) -> list[Block]:
    """Return the tables in a tree whose rows have unique keys, or those in the parts that regions use.

    Rows are identified by their value for the `key` of the first region, else by their first value; in a mapping by
    their key there. Raise ValueError if a mapping has a key twice.
    """
    parts = dict.fromkeys(each.source.part for each in uses if each.source and each.source.part)
    key = uses[0].key
    if root is None:
        return []
    _check_keys(root)
    if not parts:
        return list(_blocks(text, root, (), key))
    named = ((part, _part(root, part)) for part in parts)
    return [block for part, node in named if node for block in _blocks(text, node, part, key)]


def _check_keys(root: Node) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        keys = [key.value for key, _ in node.pairs if key.kind == "scalar"]
        if len(set(keys)) < len(keys):
            raise ValueError("a mapping has a key twice")
        waiting += node.children()


def _part(node: Node, keys: Sequence[str]) -> Node | None:
    for key in keys:
        if node.kind == "list" and is_index(key) and int(key) < len(node.items):
            node = node.items[int(key)]
            continue
        found = next((value for name, value in node.pairs if name.value == key), None)
        if found is None:
            return None
        node = found
    return node


def _blocks(text: str, node: Node, path: tuple[str, ...], key: str) -> Iterator[Block]:
    rows = [(None, item) for item in node.items] if node.kind == "list" else list(node.pairs)
    are_rows = bool(rows) and all(row.kind == "mapping" and row.pairs for _, row in rows)
    # without a single value in them they are not rows, but what contains tables
    are_rows = are_rows and any(value.kind == "scalar" for _, row in rows for _, value in row.pairs)
    if are_rows and (block := _block(text, node, rows, path, key)):
        yield block
    elif node.kind == "mapping" and not are_rows and len(path) < _DEEPEST:
        for name, value in node.pairs:
            yield from _blocks(text, value, (*path, name.value), key)


def _block(
    text: str, node: Node, rows: Sequence[tuple[Node | None, Node]], path: tuple[str, ...], key_name: str
) -> Block | None:
    names = [name.value for name, _ in rows[0][1].pairs]
    name = key_name if key_name in names else names[0]
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
    if any(_is_fragile(text, row) for _, row in rows):
        return None
    between = _between(text, node, records) if node.is_flow else ""
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


def _is_fragile(text: str, row: Node) -> bool:
    """Return True for a row whose text means something else in another place.

    That is one with an alias or an anchor, or one that ends with a block scalar which keeps the blank lines below it or
    is ended by the end of the file.
    """
    waiting = [row]
    while waiting:
        node = waiting.pop()
        if node.kind == "alias" or node.has_anchor:
            return True
        waiting += node.children()
    last = row.last()
    if last.style not in ("|", ">"):
        return False
    header = text[last.start : max(text.find("\n", last.start), last.start)]
    return "+" in header or not text.endswith(("\n", "\r"))


def _between(text: str, node: Node, records: Sequence[Record]) -> str:
    """Return what separates all rows in brackets; "" if it is not the same everywhere."""
    gaps = {text[above.end : below.start] for above, below in pairwise(records)}
    gap = gaps.pop() if len(gaps) == 1 else ""
    if node.style:  # of JSON Lines
        return gap if gap in ("\n", "\r\n") else "\n" * (len(records) == 1)
    if len(records) == 1:
        gap = "," + (text[node.start + 1 : records[0].start] or " ")
    return gap if gap.strip() == "," else ""
