"""Changes to the table in a JSON or JSON Lines file, spliced in at its values: every other byte stays.

New values are written like those around them: indentation, order of keys, escapes. Relies on the reader for which
shapes are tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from mdtables.model.options import Options
from mdtables.model.table import Changes, Row
from mdtables.sources.nodes import Node
from mdtables.sources.places import PlacedRow, Places, edits_of, list_edits
from mdtables.text.edits import Edit

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = frozenset({"true", "false"})


def edits(places: Places, options: Options, changes: Changes) -> Iterator[Edit]:
    """Yield the edits of the text that make these changes. Raise MdtablesError for what cannot be changed in place."""
    return edits_of(places, changes, _Editor(places, options))


class _Editor:
    """Writes values, rows and keys like those that are there."""

    def __init__(self, places: Places, options: Options) -> None:
        self.places, self.text, self.node, self.rows = places, places.text, places.node, places.rows
        self.shows_missing = bool(options.null)
        self.escapes = self.text.isascii() and "\\u" in self.text

    def cell(self, node: Node, value: str | None, column: int) -> Iterator[Edit]:
        if node.kind == "list" and value is not None:
            yield from list_edits(
                self.places, node, value, lambda like, text: self._like(like, text) if like else self._string(text)
            )
            return
        if node.kind != "scalar":
            self.places.refuse(node, "this value is not a single one")
        is_null = not node.style and node.value == "null"
        yield node.start, node.end, self._new(value, column) if is_null else self._like(node, value)

    def scalar(self, node: Node, value: str, _column: int) -> Edit:
        """Return the edit of a single value."""
        return node.start, node.end, self._like(node, value)

    def _like(self, node: Node, value: str | None) -> str:
        """Return a value in place of another: a number or a word stays one where it can."""
        if value is None or (not value and not node.style and not self.shows_missing):
            return "null"
        if not node.style and _kind(node.value) == _kind(value):
            return value
        return self._string(value)

    def _new(self, value: str | None, column: int) -> str:
        """Return a value where there was none, like those in its column."""
        if value is None:
            return "null"
        nodes = self._columns[column] if column < self.places.own else []
        if self.places.means_list(nodes, value):
            elements = [item for node in nodes for item in node.items]
            return f"[{', '.join(self._like_most(part, elements) for part in self.places.split(self.node, value))}]"
        return self._like_most(value, [node for node in nodes if node.kind == "scalar"])

    def _like_most(self, value: str, nodes: Sequence[Node]) -> str:
        """Return a value like others: a number or a word only if all of them are."""
        kinds = {"text" if node.style else _kind(node.value) for node in nodes} - {"null"}
        return value if kinds == {_kind(value)} and _kind(value) != "text" else self._string(value)

    @cached_property
    def _columns(self) -> list[list[Node]]:
        """The values in each column."""
        own = range(self.places.own)
        return [[node for row in self.rows if (node := self.places.field(row, column))] for column in own]

    def _string(self, value: str) -> str:
        return json.dumps(value, ensure_ascii=self.escapes)

    def _pair(self, column: int, value: str, model: Node | None) -> str:
        """Return a key and its value, with the key spelled as in a row that has it."""
        name = self.places.header[column]
        return f"{self.places.spellings.get(name) or self._string(name)}{self._colon(model)}{value}"

    def _colon(self, model: Node | None) -> str:
        """Return what is between a key and its value."""
        pairs = model.pairs if model else next((row.node.pairs for row in self.rows if row.node.pairs), [])
        pairs = pairs or self.node.pairs
        return self.text[pairs[0][0].end : pairs[0][1].start] if pairs else ": "

    def new_pairs(self, row: PlacedRow, pairs: Sequence[tuple[int, str | None]]) -> Iterator[Edit]:
        """Yield the edit that adds keys to a row's mapping."""
        node = row.node
        written = [self._pair(column, self._new(value, column), node) for column, value in pairs if value is not None]
        if not node.pairs:
            yield node.start + 1, node.end - 1, ", ".join(written)
            return
        end, gap = node.pairs[-1][1].end, self.places.gap(node)
        yield end, end, "".join(gap + each for each in written)

    def removals(self, removed: Sequence[int]) -> Iterator[Edit]:
        """Yield the edits that remove rows; of JSON Lines, the lines."""
        return self.places.flow_removals(removed)

    def new_rows(self, below: int, rows: Sequence[Row]) -> Edit:
        if not self.rows:
            self.places.refuse(self.node, "the list has no rows")
        model = self.rows[max(below, 0)]
        between = self.places.gap(self.node) if not self.node.style else self._ending
        written = [self._row(model, values) for values in rows]
        if below < 0:
            return model.start, model.start, "".join(row + between for row in written)
        return model.node.end, model.node.end, "".join(between + row for row in written)

    @property
    def _ending(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _row(self, model: PlacedRow, values: Row) -> str:
        """Return a new row, laid out like another one."""
        own = [value if value or self.shows_missing else None for value in values[: self.places.own]]
        if self.places.are_values:
            return self._new(own[0], 0)
        key = "" if model.key is None else self._string(own[0] or "") + self._colon(self.node)
        if self.places.are_pairs:
            return key + self._new(own[1], 1)
        node = model.node
        if node.kind == "list":
            parts = [self._new(value, column) for column, value in enumerate(own)]
        else:
            columns = self._in_order(node, range(0 if model.key is None else 1, len(own)))
            named = [column for column in columns if own[column] is not None]
            parts = [self._pair(column, self._new(own[column], column), node) for column in named]
        items = node.items or [value for _, value in node.pairs]
        if not items or not parts:
            return f"{key}{self.text[node.start]}{', '.join(parts)}{self.text[node.end - 1]}"
        first_item = node.items[0] if node.items else node.pairs[0][0]
        opening, closing = self.text[node.start : first_item.start], self.text[items[-1].end : node.end]
        return f"{key}{opening}{self.places.gap(node).join(parts)}{closing}"

    def _in_order(self, node: Node, columns: range) -> list[int]:
        """Return columns in the order of the keys in a row; those that it does not have come last."""
        places = {key.value.strip(): index for index, (key, _) in enumerate(node.pairs)}
        header = self.places.header
        return sorted(columns, key=lambda column: places.get(header[column], len(places)))


def _kind(text: str) -> str:
    if text == "null":
        return "null"
    return "bool" if text in _WORDS else "number" if _NUMBER.fullmatch(text) else "text"
