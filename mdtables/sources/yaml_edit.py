"""Changes to the table in a YAML file, spliced in at its nodes: comments, order, quotes and all other lines stay.

Knows where nodes are in the text, and relies on the reader for which shapes are tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, NoReturn

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Row, Table
from mdtables.sources.nodes import Node
from mdtables.sources.yaml_scalar import can_be_plain, double_quoted, kind_of, scalar
from mdtables.sources.yaml_tree import dash_of, tree
from mdtables.text.edits import Edit, line_at, splice

_QUOTES = ("'", '"')
_HINT = "make the edit here, then fix the document"
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]*)*")
_BLOCK_HEADER = re.compile(r"([|>])([-+0-9]*)([^\r\n]*)")


def edit(data: bytes, path: str, table: Table, options: Options, changes: Changes) -> bytes:
    """Return the file with these changes.

    Raise MdtablesError, with the line, for what cannot be changed in place without changing anything else.
    """
    text = data.decode()
    at = 1 if text.startswith("\ufeff") else 0
    editor = _Editor(text[at:], path, table, options)
    return (text[:at] + splice(text[at:], editor.edits(changes))).encode()


class _Row(NamedTuple):
    """A row: the key that it has in a mapping of mappings, and its mapping or list."""

    key: Node | None
    node: Node

    @property
    def start(self) -> int:
        return (self.key or self.node).start

    @property
    def column(self) -> int:
        return (self.key or self.node).column


class _Style(NamedTuple):
    """How a column is written: the most common quote, the kinds of plain and of quoted scalars, and its key."""

    quote: str
    plain: set[str]
    quoted: set[str]
    key: str


class _Editor:
    """The edits to one file: finds the nodes of cells and rows, and writes new ones like those of their column."""

    def __init__(self, text: str, path: str, table: Table, options: Options) -> None:
        self.text, self.path, self.table = text, path, table
        self.ending = "\r\n" if "\r\n" in text else "\n"
        root = tree(text)
        assert root is not None  # the reader found a table in it
        self.node = self._part(root, options.source.part if options.source else ())
        self.shows_missing = bool(options.null)
        self._named: dict[int, dict[str, Node]] = {}  # the values of a row by their keys, for rows that were asked for
        self.indexes = {name: index for index, name in enumerate(table.header)}
        self.rows = [_Row(None, node) for node in self.node.items] or [_Row(*pair) for pair in self.node.pairs]
        if self.rows and self.rows[0].node.kind == "list":
            del self.rows[0]  # the header
        if len(self.rows) != len(table.rows):
            self._refuse(self.node, "its rows come from a merge key")

    def _part(self, node: Node, keys: Sequence[str]) -> Node:
        """Return the node that the keys lead to, unless an alias stands for what it is in."""
        for key in keys:
            self._check_own(node)
            found = next((value for name, value in node.pairs if name.value == key), None)
            if found is None:
                self._refuse(node, f'"{key}" comes from a merge key')
            node = found
        self._check_own(node)
        return node

    def edits(self, changes: Changes) -> Iterator[Edit]:
        if changes.removed and len(changes.removed) == len(self.rows):
            self._refuse(self.node, "this would remove all rows")
        removed = set(changes.removed)
        last_kept = next((index for index in reversed(range(len(self.rows))) if index not in removed), -1)
        if self.node.is_flow and (changes.removed or changes.added):
            self._check_gaps()
        new_pairs: dict[int, list[tuple[int, str | None]]] = {}
        for (row, column), value in changes.cells.items():
            found = self._field(self.rows[row], column)
            if found is None:
                new_pairs.setdefault(row, []).append((column, value))
            else:
                yield self._scalar(found, value, column)
        for row, pairs in new_pairs.items():
            yield from self._new_pairs(self.rows[row], pairs)
        for row in changes.removed:
            yield self._removal(row, last_kept)
        added: dict[int, list[Row]] = {}
        for number, values in changes.added:
            added.setdefault(number, []).append(values)
        for below, rows in sorted(added.items()):
            yield self._new_rows(below, [[self._or_missing(value) for value in row] for row in rows])

    def _or_missing(self, value: str | None) -> str | None:
        """Return None for an empty value of a new row, which shows the same, unless the region tells them apart."""
        return value if value or self.shows_missing else None

    def _refuse(self, at: Node | int, why: str) -> NoReturn:
        offset = at if isinstance(at, int) else at.start
        line = line_at(self.text[:offset])
        column = offset - max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset))
        raise failure("cannot-pull", f"cannot edit: {why}", at=Location(self.path, line, column), hint=_HINT)

    def _check_own(self, node: Node) -> None:
        if node.kind == "alias" or node.is_shared:
            self._refuse(node, "an alias repeats this")

    def _field(self, row: _Row, column: int) -> Node | None:
        """Return the node of a cell; None if the row's mapping does not have this key itself."""
        self._check_own(row.node)
        if row.node.kind == "list":
            return row.node.items[column]
        if row.key is not None and column == 0:
            return row.key
        named = self._named.get(id(row.node))
        if named is None:
            pairs = [(own.value.strip(), value) for own, value in row.node.pairs]
            named = self._named[id(row.node)] = dict(reversed(pairs))
        return named.get(self.table.header[column])

    def _scalar(self, node: Node, value: str | None, column: int) -> Edit:
        """Return the edit that replaces a scalar, in its own style."""
        if node.is_shared:
            self._refuse(node, "an alias repeats this value")
        start = node.start
        if node.kind == "scalar":
            properties = _PROPERTIES.match(self.text, node.start)
            start = properties.end() if properties and properties.end() <= node.end else node.start
        if node.start < start >= node.end:  # nothing but an anchor
            return node.end, node.end, " " + self._like_column(value, column, None)
        if start >= node.end:  # an empty value
            before = self.text[start - 1 : start]
            if before not in " \t:-":
                self._refuse(node, "this key has no colon")
            return start, start, ("" if before in " \t" else " ") + self._like_column(value, column, None)
        if node.kind == "alias" or value is None or (not node.style and kind_of(node.value) == "null"):
            return start, node.end, self._like_column(value, column, None)
        if node.kind != "scalar" or self.text[node.start] == "!":
            self._refuse(node, "this value is not a single one, or has a tag")
        if node.style in ("|", ">"):
            return start, node.end, self._block_scalar(node, start, value)
        is_like = not node.style and kind_of(node.value) == kind_of(value)
        return start, node.end, self._written(value, node.style, is_like=is_like)

    def _block_scalar(self, node: Node, start: int, value: str) -> str:
        """Write a literal, or a folded one of a single paragraph, with its own indentation."""
        header = _BLOCK_HEADER.match(self.text, start)
        assert header
        lines = value.removesuffix("\n").split("\n")
        first = self.text[header.end() : node.end].lstrip("\r\n")
        indent = first[: len(first) - len(first.lstrip(" "))]
        strips = "-" if not value.endswith("\n") else ""
        simple = (
            header[2] in ("", "-")
            and all(line.isprintable() and line == line.strip() and line for line in lines)
            and (header[1] == "|" or len(lines) == 1)
            and indent
        )
        if not simple:
            self._refuse(node, "this value is a block scalar with blank or indented lines, or a folded one")
        body = "".join(f"{self.ending}{indent}{line}" for line in lines)
        trailing = self.text[start : node.end]
        return f"{header[1]}{strips}{header[3]}{body}{trailing[len(trailing.rstrip()) :]}"

    def _like_column(self, value: str | None, column: int, model: Node | None) -> str:
        """Write a value where there was none, like those in its column."""
        if value is None:
            return "null"
        column_style = self._columns[column]
        style = column_style.quote if model is None else model.style if model.style in _QUOTES else ""
        kind = kind_of(value)
        if model and kind_of(model.value) == kind:
            return self._written(value, style, is_like=not model.style)
        return self._written(value, style, is_like=kind in column_style.plain and kind not in column_style.quoted)

    @cached_property
    def _columns(self) -> list[_Style]:
        """The styles of the scalars in each column, and the spelling of its key."""
        quotes = [Counter[str]() for _ in self.table.header]
        styles = [_Style("", set(), set(), scalar(name)) for name in self.table.header]
        for row in (row for row in self.rows if row.node.kind != "alias" and not row.node.is_shared):
            for column, found in enumerate(styles):
                node = self._field(row, column)
                if node and node.kind == "scalar" and node.end > node.start and kind_of(node.value) != "null":
                    (found.quoted if node.style else found.plain).add(kind_of(node.value))
                    quotes[column][node.style if node.style in _QUOTES else ""] += 1
        for key in (key for row in reversed(self.rows) for key, _ in row.node.pairs if key.kind == "scalar"):
            index = self.indexes.get(key.value.strip())
            if index is not None:
                styles[index] = styles[index]._replace(key=self.text[key.start : key.end])
        most = (counted.most_common(1)[0][0] if counted else "" for counted in quotes)
        return [style._replace(quote=quote) for style, quote in zip(styles, most, strict=True)]

    def _written(self, value: str, style: str, *, is_like: bool) -> str:
        """Write a value in a style; plain only if all readers take it for text, or if plain ones are `is_like` it."""
        if style == "'" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        is_plain = not style and (kind_of(value) == "text" or (is_like and kind_of(value) != "null"))
        if is_plain and can_be_plain(value, in_brackets=self._in_brackets):
            return value
        return double_quoted(value)

    @cached_property
    def _in_brackets(self) -> bool:
        return self.node.is_flow or any(row.node.is_flow for row in self.rows)

    def _new_pairs(self, row: _Row, pairs: Sequence[tuple[int, str | None]]) -> Iterator[Edit]:
        """Yield the edit that adds keys to a row's mapping."""
        written = [
            f"{self._columns[column].key}: {self._like_column(value, column, None)}"
            for column, value in pairs
            if value is not None
        ]
        if row.node.is_flow:
            end = row.node.end - 1
            before = self.text[row.node.start + 1 : end]
            end -= len(before) - len(before.rstrip())
            if before.rstrip().endswith(","):
                self._refuse(row.node, "this row ends with a comma")
            yield end, end, (", " if row.node.pairs else "") + ", ".join(written)
            return
        end = self._line_end(row.node)
        yield end, end, "".join(f"{self.ending}{' ' * row.node.column}{pair}" for pair in written)

    def _removal(self, number: int, last_kept: int) -> Edit:
        """Return the edit that removes a row, in brackets with the comma below it, else above it."""
        row = self.rows[number]
        if row.node.has_shared() or (row.key and row.key.has_shared()):
            self._refuse(row.node, "an alias repeats this row, or a part of it")
        if not self.node.is_flow:
            end = self._line_end(row.node)
            return self._row_start(number), min(end + len(self.ending), len(self.text)), ""
        if number < last_kept:
            return row.start, self.rows[number + 1].start, ""
        start = self.rows[number - 1].node.end if number else row.start
        return start, row.node.end, ""

    def _check_gaps(self) -> None:
        """Refuse to add or remove rows in brackets with comments between them, which may belong to either row."""
        at = self.node.start
        for row in self.rows:
            if "#" in self.text[at : row.start]:
                self._refuse(at, "there is a comment between these rows in brackets")
            at = row.node.end
        if "#" in self.text[at : self.node.end]:
            self._refuse(at, "there is a comment between these rows in brackets")

    def _row_start(self, number: int) -> int:
        """Return the offset of the line on which a row, or its dash, begins."""
        return self.text.rfind("\n", 0, self._dash(number)) + 1

    def _dash(self, number: int) -> int:
        row = self.rows[number]
        if row.key is not None:
            return row.key.start
        return dash_of(self.text, row.node)

    def _line_end(self, node: Node) -> int:
        """Return the offset of the end of the line on which a node ends, without the line ending."""
        last = node.last()
        end = last.end
        if last.style in ("|", ">"):
            header = _BLOCK_HEADER.match(self.text, last.start)
            if header is None or "+" in header[2]:
                self._refuse(last, "this block scalar keeps the blank lines below it")
            end = last.start + len(self.text[last.start : end].rstrip())
        found = self.text.find("\n", end)
        end = len(self.text) if found < 0 else found
        return end - (self.text[end - 1 : end] == "\r" and found >= 0)

    def _new_rows(self, below: int, rows: Sequence[Row]) -> Edit:
        if not self.rows:
            self._refuse(self.node, "the list has no rows")
        number = max(below, 0)
        model = self.rows[number]
        if self.node.is_flow:
            between = ", "
            if len(self.rows) > 1:
                gap = self.text[self.rows[0].node.end : self.rows[1].start]
                between = gap if gap.strip() == "," else between
            written = [self._row(number, values, in_brackets=True) for values in rows]
            if below < 0:
                return model.start, model.start, "".join(f"{row}{between}" for row in written)
            return model.node.end, model.node.end, "".join(f"{between}{row}" for row in written)
        margin = self.text[self._row_start(number) : self._dash(number)]
        lines = self.ending.join(margin + self._row(number, values, in_brackets=model.node.is_flow) for values in rows)
        if below < 0:
            start = self._row_start(0)
            return start, start, lines + self.ending
        end = self._line_end(model.node)
        return end, end, self.ending + lines

    def _row(self, number: int, values: Row, *, in_brackets: bool) -> str:
        """Write a new row like the one with this index, from its dash or its key on."""
        model = self.rows[number]
        shown = [
            None if value is None else self._like_column(value, column, self._model(model, column))
            for column, value in enumerate(values)
        ]
        key = "" if model.key is None else f"{shown[0]}:"
        first = 0 if model.key is None else 1
        if model.node.kind == "list":
            pairs = [value or '""' for value in shown]
        else:
            named = zip(self._columns[first:], shown[first:], strict=True)
            pairs = [f"{style.key}: {value}" for style, value in named if value is not None]
        if in_brackets:
            opening, closing = "[]" if model.node.kind == "list" else "{}"
            dash = "- " if model.key is None and not self.node.is_flow else ""
            return f"{dash}{key}{' ' if key else ''}{opening}{', '.join(pairs)}{closing}"
        width = model.node.column
        if model.key is not None:
            return "".join([key, *(f"{self.ending}{' ' * width}{pair}" for pair in pairs)])
        place = self._dash(number)
        column = place - self.text.rfind("\n", 0, place) - 1
        dash = "-".ljust(max(width - column, 2))
        item = "- " if model.node.kind == "list" else ""
        between = f"{self.ending}{' ' * (column + len(dash))}"
        return dash + between.join(f"{item}{pair}" for pair in pairs)

    def _model(self, row: _Row, column: int) -> Node | None:
        node = None if row.node.kind == "alias" or row.node.is_shared else self._field(row, column)
        return node if node and node.kind == "scalar" and node.end > node.start else None
