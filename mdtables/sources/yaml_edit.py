"""Changes to the table in a YAML file, spliced in at its nodes: comments, order, quotes and all other lines stay.

Knows where nodes are in the text, and relies on the reader for which shapes are tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from mdtables.model.options import Options
from mdtables.model.table import Changes, Row, Table
from mdtables.records import NamedTuple
from mdtables.sources.nodes import Node
from mdtables.sources.places import ListChange, PlacedRow, Places, edits_of, list_changes, list_edits
from mdtables.sources.yaml_scalar import can_be_plain, double_quoted, kind_of, scalar
from mdtables.sources.yaml_tree import dash_of, tree
from mdtables.text.edits import Edit, splice

_QUOTES = ("'", '"')
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]*)*")
_BLOCK_HEADER = re.compile(r"([|>])([-+0-9]*)([^\r\n]*)")


def edit_text(
    text: str, path: str, table: Table, options: Options, changes: Changes, *, above: int = 0, is_record: bool = False
) -> str:
    """Return the text of a file, or of a part of it below that many lines, with these changes.

    Raise MdtablesError, with the line, for what cannot be changed in place without changing anything else.
    """
    root = tree(text)
    assert root is not None  # the reader found a table in it
    places = Places(text, path, root, table, options, new_columns=changes.new_columns, above=above, is_record=is_record)
    return splice(text, edits_of(places, changes, _Editor(places, options)))


def places_in(text: str, path: str, table: Table, options: Options, *, is_record: bool = False) -> Places:
    """Return where the rows and cells of a file, or of a part of it, are."""
    root = tree(text)
    assert root is not None  # the reader found a table in it
    return Places(text, path, root, table, options, is_record=is_record)


class _Style(NamedTuple):
    """How a column is written: the most common quote, the kinds of plain and of quoted scalars, its key, its values."""

    quote: str
    plain: set[str]
    quoted: set[str]
    key: str
    nodes: list[Node]


class _Editor:
    """The edits to one file: finds the nodes of cells and rows, and writes new ones like those of their column."""

    def __init__(self, places: Places, options: Options) -> None:
        self.places, self.text, self.node, self.rows = places, places.text, places.node, places.rows
        self.ending = "\r\n" if "\r\n" in self.text else "\n"
        self.shows_missing = bool(options.null)

    def cell(self, node: Node, value: str | None, column: int) -> Iterator[Edit]:
        if node.kind == "list" and value is not None:
            self.places.check_own(node)
            yield from self._list(node, value, column)
        else:
            yield self.scalar(node, value, column)

    def _list(self, node: Node, value: str, column: int) -> Iterator[Edit]:
        """Yield the edits of a list of single values: in brackets, or with a line for each of them."""

        def write(like: Node | None, text: str) -> str:
            style = like.style if like is not None and like.style in _QUOTES else ""
            is_like = like is not None and not like.style and kind_of(like.value) == kind_of(text)
            return self._written(text, style, is_like=is_like, in_brackets=node.is_flow)

        if node.is_flow:
            yield from list_edits(self.places, node, value, write)
            return
        found = list_changes(self.places, node, value)

        def written(like: Node, text: str) -> str:
            moved = found.taken(text)
            if moved is None:
                return write(like, text)
            if moved.style in ("|", ">") or "#" in self.text[moved.end : self._line_end(moved)]:
                self.places.refuse(moved, "this element was moved, but not what belongs to it: move it here")
            return self.text[moved.start : moved.end]

        for change in found.changes:
            for item, text in change.replaced:
                moved = found.moved.get(text)
                yield (item.start, item.end, written(item, text)) if moved else self.scalar(item, text, column)
            if len(change.removed) == len(node.items):
                self.places.refuse(node, "this would remove all of a list")
            for item in change.removed:
                self.places.check_alone(item.start, item, dash="-")
                start = self.text.rfind("\n", 0, dash_of(self.text, item)) + 1
                yield start, min(self._line_end(item) + len(self.ending), len(self.text)), ""
            if change.added:
                model = node.items[max(change.below, 0)]
                yield self._new_items(change, model, [written(model, each) for each in change.added])

    def _new_items(self, change: ListChange, model: Node, written: Sequence[str]) -> Edit:
        """Return the edit that adds elements to a list with a line for each, next to one of them."""
        start = self.text.rfind("\n", 0, dash_of(self.text, model)) + 1
        margin = self.text[start : model.start]
        if margin.strip(" -"):
            self.places.refuse(model, "this element of a list shares its line with something else")
        if change.below < 0:
            return start, start, "".join(f"{margin}{each}{self.ending}" for each in written)
        end = self._line_end(model)
        return end, end, "".join(f"{self.ending}{margin}{each}" for each in written)

    def _or_missing(self, value: str | None) -> str | None:
        """Return None for an empty value of a new row, which shows the same, unless the region tells them apart."""
        return value if value or self.shows_missing else None

    def scalar(self, node: Node, value: str | None, column: int) -> Edit:
        """Return the edit that replaces a scalar, in its own style."""
        if node.is_shared:
            self.places.refuse(node, "an alias repeats this value")
        start = node.start
        if node.kind == "scalar":
            properties = _PROPERTIES.match(self.text, node.start)
            start = properties.end() if properties and properties.end() <= node.end else node.start
        if node.start < start >= node.end:  # nothing but an anchor
            return node.end, node.end, " " + self._like_column(value, column, None)
        if start >= node.end:  # an empty value
            before = self.text[start - 1 : start]
            if before not in " \t:-":
                self.places.refuse(node, "this key has no colon")
            return start, start, ("" if before in " \t" else " ") + self._like_column(value, column, None)
        if node.kind == "alias" or value is None or (not node.style and kind_of(node.value) == "null"):
            return start, node.end, self._like_column(value, column, None)
        if node.kind != "scalar" or self.text[node.start] == "!":
            self.places.refuse(node, "this value is not a single one, or has a tag")
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
            self.places.refuse(node, "this value is a block scalar with blank or indented lines, or a folded one")
        body = "".join(f"{self.ending}{indent}{line}" for line in lines)
        trailing = self.text[start : node.end]
        return f"{header[1]}{strips}{header[3]}{body}{trailing[len(trailing.rstrip()) :]}"

    def _like_column(self, value: str | None, column: int, model: Node | None) -> str:
        """Write a value where there was none, like those in its column."""
        if value is None:
            return "null"
        column_style = self._columns[column]
        if self.places.means_list(column_style.nodes, value):
            parts = self.places.split(self.node, value)
            kinds = {kind_of(item.value) for node in column_style.nodes for item in node.items if not item.style}
            return f"[{', '.join(self._element(part, kinds) for part in parts)}]"
        style = column_style.quote if model is None else model.style if model.style in _QUOTES else ""
        kind = kind_of(value)
        if model and kind_of(model.value) == kind:
            return self._written(value, style, is_like=not model.style)
        return self._written(value, style, is_like=kind in column_style.plain and kind not in column_style.quoted)

    def _element(self, value: str, kinds: set[str]) -> str:
        """Write an element of a new list like those of other lists, of which these kinds are plain."""
        return self._written(value, "", is_like=kinds == {kind_of(value)}, in_brackets=True)

    @cached_property
    def _columns(self) -> list[_Style]:
        """The styles of the scalars in each column, and the spelling of its key."""
        header = self.places.header
        quotes = [Counter[str]() for _ in header]
        styles = [_Style("", set(), set(), scalar(name), []) for name in header]
        indexes = {name: index for index, name in enumerate(header)}
        for row in (row for row in self.rows if row.node.kind != "alias" and not row.node.is_shared):
            for column, found in enumerate(styles):
                node = None if self.places.is_reached(column) else self.places.field(row, column)
                if node and node.kind == "scalar" and node.end > node.start and kind_of(node.value) != "null":
                    (found.quoted if node.style else found.plain).add(kind_of(node.value))
                    quotes[column][node.style if node.style in _QUOTES else ""] += 1
                found.nodes.extend([node] if node else [])
        for key in (key for row in reversed(self.rows) for key, _ in row.node.pairs if key.kind == "scalar"):
            index = indexes.get(key.value.strip())
            if index is not None:
                styles[index] = styles[index]._replace(key=self.text[key.start : key.end])
        most = (counted.most_common(1)[0][0] if counted else "" for counted in quotes)
        return [style._replace(quote=quote) for style, quote in zip(styles, most, strict=True)]

    def _written(self, value: str, style: str, *, is_like: bool, in_brackets: bool = False) -> str:
        """Write a value in a style; plain only if all readers take it for text, or if plain ones are `is_like` it."""
        if style == "'" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        is_plain = not style and (kind_of(value) == "text" or (is_like and kind_of(value) != "null"))
        if is_plain and can_be_plain(value, in_brackets=in_brackets or self._in_brackets):
            return value
        return double_quoted(value)

    @cached_property
    def _in_brackets(self) -> bool:
        return self.node.is_flow or any(row.node.is_flow for row in self.rows)

    def new_pairs(self, row: PlacedRow, pairs: Sequence[tuple[int, str | None]]) -> Iterator[Edit]:
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
                self.places.refuse(row.node, "this row ends with a comma")
            yield end, end, (", " if row.node.pairs else "") + ", ".join(written)
            return
        end = self._line_end(row.node)
        yield end, end, "".join(f"{self.ending}{' ' * row.node.column}{pair}" for pair in written)

    def removals(self, removed: Sequence[int]) -> Iterator[Edit]:
        """Yield the edits that remove rows."""
        for row in (self.rows[number] for number in removed):
            if row.node.has_shared() or (row.key and row.key.has_shared()):
                self.places.refuse(row.node, "an alias repeats this row, or a part of it")
        if self.node.is_flow:
            self.places.check_gaps()
            yield from self.places.flow_removals(removed)
            return
        for number in removed:
            row = self.rows[number]
            self.places.check_alone(row.start, row.node, dash="" if row.key else "-")
            end = self._line_end(row.node)
            yield self._row_start(number), min(end + len(self.ending), len(self.text)), ""

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
                self.places.refuse(last, "this block scalar keeps the blank lines below it")
            end = last.start + len(self.text[last.start : end].rstrip())
        found = self.text.find("\n", end)
        end = len(self.text) if found < 0 else found
        return end - (self.text[end - 1 : end] == "\r" and found >= 0)

    def new_rows(self, below: int, rows: Sequence[Row]) -> Edit:
        if not self.rows:
            self.places.refuse(self.node, "the list has no rows")
        rows = [[self._or_missing(value) for value in row] for row in rows]
        number = max(below, 0)
        model = self.rows[number]
        if self.node.is_flow:
            self.places.check_gaps()
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
            for column, value in enumerate(values[: self.places.own])
        ]
        if self.places.are_pairs:
            return f"{shown[0]}: {shown[1] or 'null'}"
        if self.places.are_values:
            return f"{'' if self.node.is_flow else '- '}{shown[0] or 'null'}"
        key = "" if model.key is None else f"{shown[0]}:"
        first = 0 if model.key is None else 1
        if model.node.kind == "list":
            pairs = [value or '""' for value in shown]
        else:
            named = zip(self._columns[first : self.places.own], shown[first:], strict=True)
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

    def _model(self, row: PlacedRow, column: int) -> Node | None:
        node = None if row.node.kind == "alias" or row.node.is_shared else self.places.field(row, column)
        return node if node and node.kind == "scalar" and node.end > node.start else None
