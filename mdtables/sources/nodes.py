"""A node of a YAML, a JSON or a TOML file, with its place in the text. Knows no format and no tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

Kind = Literal["scalar", "list", "mapping", "alias"]


NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""Scalars without quotes that are null in YAML. JSON has `null` alone, and TOML none."""


class Node:
    """One node: its span, in characters, the column on which it starts, and what is in it.

    `items` are those of a list; `pairs` the keys and values of a mapping. `style` is a scalar's quote, `|`, `>` or "";
    for the lines of JSON Lines, which are a list without brackets, a line feed; for a mapping without a header in TOML,
    a dot. `alias` is the node that an alias stands for. `has_anchor` is true for a node that an alias
    can stand for, `is_shared` for one that an alias does stand for.
    """

    __slots__ = (
        "alias",
        "column",
        "end",
        "has_anchor",
        "is_flow",
        "is_shared",
        "items",
        "kind",
        "pairs",
        "start",
        "style",
        "value",
    )

    def __init__(self, kind: Kind, start: int, end: int, column: int = 0, *, is_flow: bool = False) -> None:
        self.kind, self.start, self.end, self.column, self.is_flow = kind, start, end, column, is_flow
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.value = self.style = ""
        self.alias: Node | None = None
        self.is_shared = self.has_anchor = False

    def children(self) -> Iterator[Node]:
        yield from self.items
        for pair in self.pairs:
            yield from pair

    def last(self) -> Node:
        """Return the last node in the text that is in this one, or this one."""
        node = self
        while node.kind in ("list", "mapping") and not node.is_flow and (node.items or node.pairs):
            node = node.items[-1] if node.items else node.pairs[-1][1]
        return node

    def has_shared(self) -> bool:
        """Return True if an alias stands for this node, or for one in it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.is_shared:
                return True
            waiting += node.children()
        return False
