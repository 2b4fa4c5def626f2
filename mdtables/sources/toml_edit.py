"""Changes to the table in a TOML text, spliced in at its values: comments, order and all other lines stay.

Relies on the reader for which shapes are tables.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cached_property

from mdtables.model.options import Options
from mdtables.model.table import Changes, Row, Table
from mdtables.sources.nodes import Node
from mdtables.sources.places import PlacedRow, Places, edits_of, list_edits
from mdtables.sources.toml_tree import toml_tree
from mdtables.text.edits import Edit, splice

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_MAY_BE_BARE = re.compile(r"[\w.:+-]+(?: [\d:.]+[\w.:+-]*)?", re.ASCII)


def edit_text(
    text: str, path: str, table: Table, options: Options, changes: Changes, *, above: int = 0, is_record: bool = False
) -> str:
    """Return the text of a file, or of a part of it below that many lines, with these changes.

    Raise MdtablesError, with the line, for what cannot be changed in place without changing anything else.
    """
    places = Places(
        text, path, toml_tree(text), table, options, new_columns=changes.new_columns, above=above, is_record=is_record
    )
    return splice(text, edits_of(places, changes, _Editor(places)))


def places_in(text: str, path: str, table: Table, options: Options, *, is_record: bool = False) -> Places:
    """Return where the rows and cells of a file, or of a part of it, are."""
    return Places(text, path, toml_tree(text), table, options, is_record=is_record)


class _Editor:
    """Writes values, keys and rows like those that are there."""

    def __init__(self, places: Places) -> None:
        self.places, self.text, self.node, self.rows = places, places.text, places.node, places.rows
        self.ending = "\r\n" if "\r\n" in self.text else "\n"

    def cell(self, node: Node, value: str | None, column: int) -> Iterator[Edit]:
        if node.kind == "list" and node.is_flow:
            yield from list_edits(
                self.places, node, value or "", lambda like, text: self._like(like, text) if like else _string(text)
            )
        elif node.kind == "scalar" and id(node) in self._keys:
            yield node.start, node.end, _key(value or "")
        elif node.kind == "scalar":
            yield self.scalar(node, value or "", column)
        else:
            self.places.refuse(node, "this value is not a single one")

    def scalar(self, node: Node, value: str, _column: int) -> Edit:
        """Return the edit of a single value."""
        return node.start, node.end, self._like(node, value)

    def _like(self, node: Node, value: str) -> str:
        """Return a value in place of another, quoted like it; a number or a date stays one where it can."""
        if not node.style:
            return value if _kind(value) == _kind(node.value) else _string(value)
        if node.style == "'" and value.isprintable() and "'" not in value:
            return f"'{value}'"
        if len(node.style) == 3 and "\n" in value:
            first = self.text[node.start + 3 : node.start + 5].lstrip("\r")[:1]
            lines = (_string(line)[1:-1] for line in value.split("\n"))
            return '"""' + (self.ending if first == "\n" else "") + self.ending.join(lines) + '"""'
        return _string(value)

    def _new(self, value: str, column: int) -> str:
        """Return a value where there was none, like those in its column."""
        nodes = self._columns[column] if column < self.places.own else []
        if self.places.means_list(nodes, value):
            elements = [item for node in nodes for item in node.items]
            return f"[{', '.join(_like_most(part, elements) for part in self.places.split(self.node, value))}]"
        return _like_most(value, [node for node in nodes if node.kind == "scalar"])

    @cached_property
    def _keys(self) -> set[int]:
        """The identities of the keys of rows."""
        return {id(row.key) for row in self.rows}

    @cached_property
    def _columns(self) -> list[list[Node]]:
        """The values in each column."""
        own = range(self.places.own)
        return [[node for row in self.rows if (node := self.places.field(row, column))] for column in own]

    def new_pairs(self, row: PlacedRow, pairs: Sequence[tuple[int, str | None]]) -> Iterator[Edit]:
        """Yield the edit that adds keys to a row's mapping."""
        node = row.node
        written = [self._pair(column, value) for column, value in pairs if value]
        if node.is_flow and not node.pairs:
            yield node.start + 1, node.end - 1, f" {', '.join(written)} "
        elif node.is_flow:
            end, gap = node.pairs[-1][1].end, self.places.gap(node)
            yield end, end, "".join(gap + each for each in written)
        else:
            self._check_section(node)
            end = self._line_end(node.end)
            margin = self._margin(node.pairs[-1][0].start) if node.pairs else self._margin(node.start)
            yield end, end, "".join(f"{self.ending}{margin}{each}" for each in written)

    def removals(self, removed: Sequence[int]) -> Iterator[Edit]:
        """Yield the edits that remove rows: tables with their headers, lines, or what is between commas."""
        if self.node.is_flow:
            self.places.check_gaps()
            yield from self.places.flow_removals(removed)
            return
        for row in (self.rows[number] for number in removed):
            is_section = row.node.kind == "mapping" and not row.node.is_flow
            if is_section:
                self._check_section(row.node)
            self.places.check_alone(row.node.start if is_section else row.start, row.node)
            start = self.text.rfind("\n", 0, row.node.start if is_section else row.start) + 1
            end = self._after_line(row.node.end)
            if is_section and self._after_line(end) == end + len(self.ending) and start:
                end += len(self.ending)  # with the blank line below it
            yield start, end, ""

    def new_rows(self, below: int, rows: Sequence[Row]) -> Edit:
        """Return the edit that adds rows, laid out like the one above."""
        if not self.rows:
            self.places.refuse(self.node, "the list has no rows")
        model = self.rows[max(below, 0)]
        written = [self._row(model, values) for values in rows]
        if self.node.is_flow:
            self.places.check_gaps()
            gap = self.places.gap(self.node)
            if below < 0:
                return model.start, model.start, "".join(row + gap for row in written)
            return model.node.end, model.node.end, "".join(gap + row for row in written)
        is_section = model.node.kind == "mapping" and not model.node.is_flow
        between = self.ending * (2 if is_section and self._are_apart else 1)
        if is_section:
            self._check_section(model.node)
        if below < 0:
            start = model.node.start if is_section else model.start
            return start, start, "".join(row + between for row in written)
        end = self._line_end(model.node.end)
        return end, end, "".join(between + row for row in written)

    @property
    def _are_apart(self) -> bool:
        """True if there is a blank line between two tables; with a single one there will be."""
        if len(self.rows) < 2:
            return True
        after = self._after_line(self.rows[0].node.end)
        return not self.text[after : self._after_line(after)].strip()

    def _row(self, model: PlacedRow, values: Row) -> str:
        own, node = values[: self.places.own], model.node
        if self.places.are_values:
            return self._new(own[0] or "", 0)
        key = "" if model.key is None else _key(own[0] or "")
        first = 0 if model.key is None else 1
        if self.places.are_pairs:
            return f"{key} = {self._new(own[1] or '', 1)}"
        if node.kind == "list":
            return f"[{', '.join(self._new(value or '', column) for column, value in enumerate(own))}]"
        pairs = [self._pair(column, value) for column, value in enumerate(own) if column >= first and value]
        if node.is_flow:
            return f"{f'{key} = ' if key else ''}{{ {', '.join(pairs)} }}"
        margin = self._margin(node.start)
        if model.key is None:
            header = self.text[node.start : self.text.index("]]", node.start) + 2]
        else:
            header = f"{self.text[node.start : model.key.start]}{key}]"
        return f"{self.ending}{margin}".join([header, *pairs])

    def _pair(self, column: int, value: str) -> str:
        name = self.places.header[column]
        return f"{self.places.spellings.get(name) or _key(name)} = {self._new(value, column)}"

    def _check_section(self, node: Node) -> None:
        """Raise MdtablesError unless a table has a header, or is the file itself, and no tables below it."""
        if node.start != 0 and not self.text.startswith("[", node.start):
            self.places.refuse(node, "this table has no header of its own")
        if node.style == "." or any(_has_header(value) for _, value in node.pairs):
            self.places.refuse(node, "this table has other tables below it")

    def _margin(self, at: int) -> str:
        """Return the blanks before an offset in its line."""
        before = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        return before if before.isspace() else ""

    def _line_end(self, at: int) -> int:
        """Return the offset of the end of a line, without its ending."""
        found = self.text.find("\n", at)
        end = len(self.text) if found < 0 else found
        return end - (self.text[end - 1 : end] == "\r" and found >= 0)

    def _after_line(self, at: int) -> int:
        return min(self._line_end(at) + len(self.ending), len(self.text))


def _has_header(node: Node) -> bool:
    if node.kind == "list":
        return not node.is_flow
    return node.kind == "mapping" and not node.is_flow and node.style != "."


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _like_most(value: str, nodes: Sequence[Node]) -> str:
    """Return a value like others: a number or a date only if all of them are."""
    kinds = {"text" if node.style else _kind(node.value) for node in nodes}
    return value if kinds == {_kind(value)} and _kind(value) != "text" else _string(value)


def _kind(text: str) -> str:
    """Return what a value that is not in quotes is; "text" for what has to be in quotes."""
    if not _MAY_BE_BARE.fullmatch(text):
        return "text"
    try:
        name = type(tomllib.loads(f"x = {text}")["x"]).__name__
    except (tomllib.TOMLDecodeError, ValueError):
        return "text"
    return {"int": "number", "float": "number", "datetime": "date"}.get(name, name)
