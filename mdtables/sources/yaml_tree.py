"""YAML -> its nodes with their places in the text, from libyaml's events. Knows no tables.

Unlike PyYAML's own tree, it has a node for each alias, at its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from mdtables.sources.nodes import Kind, Node
from mdtables.sources.yaml_scalar import LOADER

_ENDING = frozenset({yaml.SequenceEndEvent, yaml.MappingEndEvent})
_NODES: Mapping[type, Kind] = {
    yaml.ScalarEvent: "scalar",
    yaml.SequenceStartEvent: "list",
    yaml.MappingStartEvent: "mapping",
    yaml.AliasEvent: "alias",
}


def tree(text: str) -> Node | None:
    """Return the root of the document; None if it is empty.

    Raise ValueError if there is a second document or an alias without its anchor, yaml.YAMLError for what is not YAML.
    """
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
            elif root is not None:
                raise ValueError("a second document")
            else:
                root = node
            if node.kind in ("list", "mapping"):
                open_nodes.append(node)
                keys.append(None)
    return root


def _node(event: Any, anchors: dict[str, Node]) -> Node:
    start, is_flow = event.start_mark, bool(getattr(event, "flow_style", False))
    node = Node(_NODES[type(event)], start.index, event.end_mark.index, start.column, is_flow=is_flow)
    if node.kind == "alias":
        node.alias = anchors.get(str(event.anchor))
        if node.alias is None:
            raise ValueError(f"an alias of {event.anchor}, which is not defined above it")
        node.alias.is_shared = True
        return node
    if node.kind == "scalar":
        node.value, node.style = event.value, event.style or ""
    if event.anchor is not None:
        node.has_anchor = True
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


def dash_of(text: str, item: Node) -> int:
    """Return the offset of the dash of an item in a list in block style; only blanks and comments are in between."""
    end = item.start
    while True:
        start = text.rfind("\n", 0, end) + 1
        dash = text[start:end].partition("#")[0].rfind("-")
        if dash >= 0 or not start:
            return start + max(dash, 0)
        end = start - 1
