"""JSON -> its nodes with their places in the text, as for YAML; and what is wrong with a text, and where.

Ten times slower than the decoder of the standard library, so it is asked where places matter. Knows no tables.
"""

from __future__ import annotations

import json
import re

from mdtables.model.diagnostics import Code
from mdtables.sources.nodes import Node

DEEPEST = 500
"""How many collections may be nested: the decoder of the standard library reads about twice as many."""

_BLANKS = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])|(?:true|false|null)(?!\w)")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_WORD = re.compile(r"[\w.+-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class JSONError(ValueError):
    """What is wrong with a text, at which offset, what to do about it, and the code of the diagnostic."""

    def __init__(self, message: str, start: int, hint: str = "", code: Code = "source-syntax") -> None:
        super().__init__(message)
        self.message, self.start, self.hint, self.code = message, start, hint, code


def json_tree(text: str, at: int = 0, end: int | None = None) -> Node:
    """Return the root of a JSON text, or of the value that a part of a text contains. Raise JSONError."""
    end = len(text) if end is None else end
    return _Parser(text, at, end).root()


class _Parser:
    """Reads values without recursion. Every method starts at `self.at`, and moves it."""

    def __init__(self, text: str, at: int, end: int) -> None:
        self.text, self.at, self.end = text, at, end
        self.open: list[Node] = []
        self.names: list[set[str]] = []

    def root(self) -> Node:
        self._skip()
        root = node = self._begin()
        while self.open:
            parent = self.open[-1]
            if self._closes(parent):
                continue
            if parent.kind == "mapping":
                key = self._key()
                node = self._begin()
                parent.pairs.append((key, node))
            else:
                node = self._begin()
                parent.items.append(node)
        self._skip()
        if self.at < self.end:
            is_file = self.end == len(self.text)
            hint = "in a .jsonl file every line is a value" if is_file and self.text[self.at] in '{["' else ""
            raise self._wrong("the text goes on after the end of its value", hint)
        return root

    def _closes(self, parent: Node) -> bool:
        """Move to the next item of a collection; return True, and close it, if there is none."""
        self._skip()
        closing = "]" if parent.kind == "list" else "}"
        is_first = not (parent.items or parent.pairs)
        if self._now == closing:
            self.at += 1
            parent.end = self.at
            self.open.pop()
            self.names.pop()
            return True
        if not is_first:
            if self._now != ",":
                raise self._unexpected(f'a comma or "{closing}"')
            comma = self.at
            self.at += 1
            self._skip()
            if self._now == closing:
                raise JSONError("a comma after the last value, which JSON does not allow", comma, "remove the comma")
        return False

    def _key(self) -> Node:
        if self._now != '"':
            raise self._unexpected("a key in double quotes")
        key = self._string()
        if key.value in self.names[-1]:
            message = f'the key "{key.value}" is given twice in one mapping'
            raise JSONError(message, key.start, "keep one of them")
        self.names[-1].add(key.value)
        self._skip()
        if self._now != ":":
            raise self._unexpected("a colon after the key")
        self.at += 1
        self._skip()
        return key

    def _begin(self) -> Node:
        """Return the node that begins here: a whole scalar, or a collection, which is now open."""
        character = self._now
        if character == '"':
            return self._string()
        if character and character in "[{":
            if len(self.open) >= DEEPEST:
                raise self._wrong(f"nested more than {DEEPEST} levels deep", "a table needs a few levels")
            kind = "list" if character == "[" else "mapping"
            node = Node(kind, self.at, self.at, is_flow=True)  # type: ignore[arg-type]
            self.open.append(node)
            self.names.append(set())
            self.at += 1
            return node
        found = _SCALAR.match(self.text, self.at, self.end)
        if found is None:
            raise self._unexpected("a value")
        node = Node("scalar", self.at, found.end())
        node.value = found[0]
        self.at = found.end()
        return node

    def _string(self) -> Node:
        found = _STRING.match(self.text, self.at, self.end)
        if found is None:
            raise self._wrong_string()
        node = Node("scalar", self.at, found.end())
        node.value, node.style = json.loads(found[0]), '"'
        if half := _SURROGATE.search(node.value):
            message = f"unpaired surrogate U+{ord(half[0]):04X}"
            raise JSONError(message, self.at, "write both escapes of the pair, or the character itself")
        if "\0" in node.value:
            raise JSONError("a NUL character, which no renderer shows", self.at, "remove it", "nul")
        self.at = found.end()
        return node

    def _wrong_string(self) -> JSONError:
        at = self.at + 1
        while at < self.end and self.text[at] != '"':
            if self.text[at] < " ":
                return JSONError("a line break or a tab in a string", at, 'write it as "\\n" or "\\t"')
            if self.text[at] == "\\":
                escape = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})').match(self.text, at, self.end)
                if escape is None:
                    shown = self.text[at : at + 2]
                    return JSONError(f"an escape that JSON does not have: {shown}", at, 'a backslash is written "\\\\"')
                at = escape.end()
            else:
                at += 1
        return JSONError("a string that is not closed", self.at)

    @property
    def _now(self) -> str:
        return self.text[self.at] if self.at < self.end else ""

    def _skip(self) -> None:
        found = _BLANKS.match(self.text, self.at, self.end)
        self.at = found.end() if found else self.at

    def _unexpected(self, wanted: str) -> JSONError:
        """Return what is wrong where something else was expected."""
        rest = self.text[self.at : self.at + 2]
        if not rest or self.at >= self.end:
            return self._wrong(f"the text ends where {wanted} is expected")
        if rest in ("//", "/*") or rest[0] == "#":
            return self._wrong("a comment, which JSON does not have", "remove it, or keep the data as YAML")
        if rest[0] == "'":
            return self._wrong("a single quote", "JSON has strings in double quotes only")
        word = _WORD.match(self.text, self.at, self.end)
        found = word[0][:40] if word else rest[0]
        if found.lstrip("+-") in ("NaN", "Infinity", "nan", "inf", "None"):
            return self._wrong(f"{found} is not JSON", f'write null, or "{found}" in quotes')
        if wanted == "a value" and found[0] in "0123456789+-.":
            return self._wrong(f"not a number in JSON: {found}", "write it in quotes to keep it as it is")
        return self._wrong(f"{found} where {wanted} is expected")

    def _wrong(self, message: str, hint: str = "") -> JSONError:
        return JSONError(message, self.at, hint)
