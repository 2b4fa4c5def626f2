"""TOML -> its nodes with their places in the text, as for YAML. Knows no tables.

Reads what the standard library has read before, so that it need not find out whether it is TOML.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from mdtables.sources.nodes import Kind, Node

_BLANKS = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}' + r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}" + r'|"(?:[^"\\]|\\.)*"' + "|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[^\s,\]}#]+|[^\s,\]}#]+")


def toml_tree(text: str) -> Node:
    """Return the root of a text that is TOML.

    A table with a header of its own starts with the header, and ends with its last value; tables inside it are not in
    this span. Raise RecursionError if values are nested too deeply.
    """
    return _Parser(text).root()


def string_of(token: str) -> str:
    """Return what a string means."""
    if token[0] == "'" and not token.startswith("'''"):
        return token[1:-1]
    if token[0] == '"' and "\\" not in token and not token.startswith('"""'):
        return token[1:-1]
    value: str = tomllib.loads(f"x = {token}")["x"]
    return value


class _Parser:
    """Reads from `self.at` on, and moves it."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.tree = Node("mapping", 0, 0)
        self.named: dict[int, dict[str, Node]] = {}  # what each table contains, so that many keys take linear time

    def root(self) -> Node:
        current = self.tree
        self._skip(_BLANKS)
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                current = self._header()
            else:
                self._pair(current)
            self._skip(_BLANKS)
        return self.tree

    def _header(self) -> Node:
        """Read `[a.b]` or `[[a.b]]`, and return its table."""
        start, double = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        *above, last = self._keys()
        self.at += 2 if double else 1
        inside = self._descend(self.tree, above)
        known = self._inside(inside, last.value)
        if double:
            if known is None:
                known = Node("list", start, start)
                self._add(inside, last, known)
            table = Node("mapping", start, self.at)
            known.items.append(table)
        elif known is None:
            table = Node("mapping", start, self.at)
            self._add(inside, last, table)
        else:  # the tables inside it came first
            table = known
            table.start, table.end = start, self.at
        return table

    def _pair(self, table: Node) -> None:
        """Read `a.b = value` into a table."""
        *above, last = self._keys()
        self._skip(_SPACES)
        self.at += 1  # the sign
        self._skip(_SPACES)
        value = self._value()
        inside = table
        for key in above:
            below = self._inside(inside, key.value)
            if below is None:
                below = Node("mapping", above[0].start, above[0].start)
                below.style = "."
                self._add(inside, key, below)
            inside = below
            inside.end = self.at
        self._add(inside, last, value)
        table.end = self.at

    def _keys(self) -> list[Node]:
        keys = []
        while True:
            self._skip(_SPACES)
            start = self.at
            found = _BARE_KEY.match(self.text, start) or _STRING.match(self.text, start)
            assert found
            self.at = found.end()
            key = Node("scalar", start, self.at)
            key.style = found[0][0] if found[0][0] in "\"'" else ""
            key.value = string_of(found[0]) if key.style else found[0]
            keys.append(key)
            self._skip(_SPACES)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _value(self) -> Node:
        start, character = self.at, self.text[self.at]
        if character in "\"'":
            found = _STRING.match(self.text, start)
            assert found
            self.at = found.end()
            node = Node("scalar", start, self.at)
            node.value, node.style = string_of(found[0]), found[0][:3] if found[0][:3] in ('"""', "'''") else character
            return node
        if character == "[":
            return self._collection("list", "]")
        if character == "{":
            return self._collection("mapping", "}")
        found = _SCALAR.match(self.text, start)
        assert found
        self.at = found.end()
        node = Node("scalar", start, self.at)
        node.value = found[0]
        return node

    def _collection(self, kind: Kind, closing: str) -> Node:
        """Read an array or an inline table."""
        node = Node(kind, self.at, self.at, is_flow=True)
        self.at += 1
        self._skip(_BLANKS)
        while self.text[self.at] != closing:
            if kind == "list":
                node.items.append(self._value())
            else:
                self._pair(node)
            self._skip(_BLANKS)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANKS)
        self.at += 1
        node.end = self.at
        return node

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _inside(self, table: Node, key: str) -> Node | None:
        return self.named.get(id(table), {}).get(key)

    def _add(self, table: Node, key: Node, value: Node) -> None:
        table.pairs.append((key, value))
        self.named.setdefault(id(table), {})[key.value] = value

    def _descend(self, node: Node, keys: Sequence[Node]) -> Node:
        """Return the table that keys of a header lead to; of a list of tables, they mean the last one."""
        for key in keys:
            below = self._inside(node, key.value)
            if below is None:
                below = Node("mapping", key.start, key.start)
                self._add(node, key, below)
            node = below.items[-1] if below.kind == "list" else below
        return node
