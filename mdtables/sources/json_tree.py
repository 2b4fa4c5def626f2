"""JSON -> its nodes with their places in the text, as for YAML, by the standard library's decoder. Knows no tables."""

from __future__ import annotations

import json
import re

from mdtables.sources.nodes import Node

_BLANKS = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_STRING = json.JSONDecoder().raw_decode
_DEEPEST = 500  # nested collections


def json_tree(text: str) -> Node:
    """Return the root of a JSON text. Raise ValueError if it is not well formed, or nested too deeply."""
    json.loads(text)
    return _value(text, _skip(text, 0), 0)[0]


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    """Return the node that begins at an offset, and where it ends."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if text[at] == '"':
        value, end = _STRING(text, at)
        node = Node("scalar", at, end)
        node.value, node.style = value, '"'
        return node, end
    if text[at] not in "[{":
        found = _SCALAR.match(text, at)
        assert found  # the text is well formed
        node = Node("scalar", at, found.end())
        node.value = found[0]
        return node, found.end()
    node = Node("list" if text[at] == "[" else "mapping", at, at, is_flow=True)
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        at = _skip(text, at + (text[at] == ","))
        child, at = _value(text, at, depth + 1)
        at = _skip(text, at)
        if node.kind == "mapping":
            value, at = _value(text, _skip(text, at + 1), depth + 1)
            node.pairs.append((child, value))
            at = _skip(text, at)
        else:
            node.items.append(child)
    node.end = at + 1
    return node, node.end
