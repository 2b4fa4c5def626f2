"""YAML -> its nodes with their places in the text, from libyaml's events. Knows no tables.

Unlike PyYAML's own tree, it has a node for each alias, at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import yaml

from mdtables.sources.yaml_scalar import LOADER


_ENDING = frozenset({yaml.SequenceEndEvent, yaml.MappingEndEvent})
_NODES = frozenset({yaml.ScalarEvent, yaml.AliasEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent})


class Node:
    """One node: its span, in characters, the column on which it starts, and what is in it.

    `items` are those of a list; `pairs` the keys and values of a mapping. `style` is a scalar's quote, `|`, `>` or "".
    `alias` is the node that an alias stands for; `is_shared` is true for a node that an alias stands for somewhere.
    """

    __slots__ = ("alias", "column", "end", "is_flow", "is_shared", "items", "kind", "pairs", "start", "style", "value")

    def __init__(self, kind: Literal["scalar", "list", "mapping", "alias"], event: Any) -> None:
        self.kind = kind
        self.start: int = event.start_mark.index
        self.end: int = event.end_mark.index
        self.column: int = event.start_mark.column
        self.is_flow = bool(getattr(event, "flow_style", False))
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.value: str = getattr(event, "value", "")
        self.style: str = getattr(event, "style", None) or ""
        self.alias: Node | None = None
        self.is_shared = False

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


def tree(text: str) -> Node | None:
    """Return the root of the document; None if it is empty. The text must be one that the reader accepts."""
    anchors: dict[str, Node] = {}
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    root: Node | None = None
    events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
    for event in events:
        if type(event) in _ENDING:
            closed = open_nodes.pop()
            keys.pop()
            closed.end = event.end_mark.index if closed.is_flow else closed.last().end
        elif type(event) in _NODES:
            node = _node(event, anchors)
            if open_nodes:
                _add(open_nodes[-1], keys, node)
            else:
                root = node
            if node.kind in ("list", "mapping"):
                open_nodes.append(node)
                keys.append(None)
    return root


def _node(event: Any, anchors: dict[str, Node]) -> Node:
    if isinstance(event, yaml.AliasEvent):
        node = Node("alias", event)
        node.alias = anchors[str(event.anchor)]
        node.alias.is_shared = True
        return node
    kinds: dict[type, Literal["scalar", "list", "mapping"]]
    kinds = {yaml.ScalarEvent: "scalar", yaml.SequenceStartEvent: "list", yaml.MappingStartEvent: "mapping"}
    node = Node(kinds[type(event)], event)
    if event.anchor is not None:
        anchors[str(event.anchor)] = node
    return node


def _add(parent: Node, keys: list[Node | None], node: Node) -> None:
    key = keys[-1]
    if parent.kind == "list":
        parent.items.append(node)
    elif key is None:
        keys[-1] = node
    else:
        parent.pairs.append((key, node))
        keys[-1] = None
