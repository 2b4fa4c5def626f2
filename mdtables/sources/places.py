"""Where the rows and cells of a table are in the tree of its file. Knows no syntax but that of lists in brackets.

The shapes are those that `tree_table` makes tables of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NoReturn, Protocol

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.names import keys_of
from mdtables.model.options import BREAK, Options
from mdtables.model.table import Changes, Row, Table
from mdtables.records import NamedTuple
from mdtables.sources.nodes import NULLS, Node
from mdtables.sources.tree_table import is_index
from mdtables.text.edits import Edit, line_at

_HINT = "make the edit here, then fix the document"


class PlacedRow(NamedTuple):
    """A row: the key that it has in a mapping, and its value, which in most shapes is a mapping or a list."""

    key: Node | None
    node: Node

    @property
    def start(self) -> int:
        return (self.key or self.node).start

    @property
    def column(self) -> int:
        return (self.key or self.node).column


class Places:
    """The rows of a table in a tree, and on demand its cells. Raises MdtablesError for what cannot be edited there."""

    def __init__(
        self,
        text: str,
        path: str,
        root: Node,
        table: Table,
        options: Options,
        *,
        new_columns: Sequence[str] = (),
        above: int = 0,
        is_record: bool = False,
    ) -> None:
        """Find the rows. `above` is the number of lines of the file above the text."""
        self.header = [*table.header, *new_columns]
        self.text, self.path, self.table, self.separator, self.above = text, path, table, options.list, above
        self.node = self._part(root, options.source.part if options.source else ())
        self._named: dict[int, dict[str, Node]] = {}  # the values of a row by their keys, for rows that were asked for
        self.rows = self._rows(is_record=is_record)
        self.own = len(table.header) - table.named_only
        if len(self.rows) != len(table.rows):
            self.refuse(self.node, "its rows come from a merge key")

    def _rows(self, *, is_record: bool) -> list[PlacedRow]:
        node = self.node
        self.are_pairs = self.are_values = False
        if is_record and node.kind == "mapping":
            return [PlacedRow(None, node)]
        if node.kind == "mapping":
            rows = [PlacedRow(*pair) for pair in node.pairs]
            self.are_pairs = not all(_target(row.node).kind == "mapping" for row in rows)
            return rows
        rows = [PlacedRow(None, item) for item in node.items]
        first = _target(rows[0].node).kind if rows else ""
        self.are_values = first == "scalar"
        return rows[1:] if first == "list" else rows

    def _part(self, node: Node, keys: Sequence[str]) -> Node:
        """Return the node that the keys lead to, unless an alias stands for what it is in."""
        for key in keys:
            self.check_own(node)
            if node.kind == "list" and is_index(key) and int(key) < len(node.items):
                node = node.items[int(key)]
                continue
            found = next((value for name, value in node.pairs if name.value == key), None)
            if found is None:
                self.refuse(node, f'"{key}" comes from a merge key')
            node = found
        self.check_own(node)
        return node

    def refuse(self, at: Node | int, why: str) -> NoReturn:
        """Raise MdtablesError at a node or an offset."""
        offset = at if isinstance(at, int) else at.start
        line = line_at(self.text[:offset]) + self.above
        column = offset - max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset))
        raise failure("cannot-pull", f"cannot edit: {why}", at=Location(self.path, line, column), hint=_HINT)

    def check_own(self, node: Node) -> None:
        if node.kind == "alias" or node.is_shared:
            self.refuse(node, "an alias repeats this")

    def field(self, row: PlacedRow, column: int) -> Node | None:
        """Return the node of a cell; None if the row's mapping does not have this key itself."""
        if self.are_values or (self.are_pairs and column == 1):
            return row.node
        if row.key is not None and column == 0:
            return row.key
        self.check_own(row.node)
        if row.node.kind == "list":
            return row.node.items[column]
        return self._pairs_of(row.node).get(self.header[column])

    def _pairs_of(self, node: Node) -> dict[str, Node]:
        named = self._named.get(id(node))
        if named is None:
            pairs = [(own.value.strip(), value) for own, value in node.pairs]
            named = self._named[id(node)] = dict(reversed(pairs))
        return named

    @cached_property
    def spellings(self) -> dict[str, str]:
        """The text of each key of the rows, by its name, as the first row that has it spells it."""
        found: dict[str, str] = {}
        for key in (key for row in self.rows for key, _ in row.node.pairs if key.kind == "scalar"):
            found.setdefault(key.value.strip(), self.text[key.start : key.end])
        return found

    def is_reached(self, column: int) -> bool:
        """Return True for a column with a dotted name."""
        return self.own <= column < len(self.table.header)

    def reached(self, row: PlacedRow, column: int) -> Node | Sequence[Node]:
        """Return the node that the dotted name of a column leads to, or those in each mapping of a list."""
        found: list[Node] = []
        is_spread = self._reach(row.node, keys_of(self.table.header[column]), found)
        if not found and not is_spread:
            self.refuse(row.node, f'there is no "{self.table.header[column]}" here')
        return found if is_spread else found[0]

    def _reach(self, node: Node, keys: Sequence[str], found: list[Node]) -> bool:
        """Add the nodes that keys lead to; return True if a list of mappings was on the way."""
        for depth, key in enumerate(keys):
            self.check_own(node)
            if node.kind == "list" and not is_index(key):
                for each in node.items:
                    self._reach(each, keys[depth:], found)
                return True
            if node.kind == "list":
                below = node.items[int(key)] if int(key) < len(node.items) else None
            else:
                below = next((value for name, value in node.pairs if name.value == key), None)
            if below is None:
                return False
            node = below
        self.check_own(node)
        found.append(node)
        return False

    def span(self, number: int, column: int) -> tuple[int, int]:
        """Return the offsets of a cell's value; those of its row if the row's mapping does not have it."""
        row = self.rows[number]
        found = self.reached(row, column) if self.is_reached(column) else self.field(row, column)
        nodes = [found] if isinstance(found, Node) else list(found or ())
        return (nodes[0].start, nodes[-1].end) if nodes else (row.start, row.node.end)

    def gap(self, node: Node) -> str:
        """Return what is between two items of a collection in brackets: as between its first two."""
        spans = [(key.start, value.end) for key, value in node.pairs] or [(item.start, item.end) for item in node.items]
        between = self.text[spans[0][1] : spans[1][0]] if len(spans) > 1 else ""
        if between.strip() == ",":
            return between
        before = self.text[node.start + 1 : spans[0][0]] if spans and node.is_flow else ""
        return "," + (before if before.isspace() else " ")

    def flow_removals(self, removed: Sequence[int]) -> Iterator[Edit]:
        """Yield the edits that remove rows in brackets, each with the comma below it, else with the one above it."""
        self.check_gaps()
        gone = set(removed)
        last_kept = next((index for index in reversed(range(len(self.rows))) if index not in gone), -1)
        for number in removed:
            row = self.rows[number]
            if number < last_kept:
                yield row.start, self.rows[number + 1].start, ""
            else:
                yield self.rows[number - 1].node.end if number else row.start, row.node.end, ""

    def check_gaps(self) -> None:
        """Raise MdtablesError unless rows in brackets have commas alone between them: a comment belongs to either."""
        for above, below in pairwise(self.rows):
            gap = self.text[above.node.end : below.start]
            if "#" in gap:
                self.refuse(above.node.end, "there is a comment between these rows in brackets")
            if below.start < above.node.end or gap.strip() != ("" if self.node.style else ","):
                self.refuse(above.node, "there is something else than a comma between these rows")
        first, last = self.rows[0].start, self.rows[-1].node.end
        if "#" in self.text[self.node.start : first] and self.node.items[:1] in ([], [self.rows[0].node]):
            self.refuse(self.node, "there is a comment between these rows in brackets")
        if "#" in self.text[last : self.node.end]:
            self.refuse(last, "there is a comment between these rows in brackets")

    def check_alone(self, start: int, at: Node, *, dash: str = "") -> None:
        """Raise MdtablesError if something else than blanks, and its own dash, precedes an offset in its line."""
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        if before.strip(" \t\ufeff") not in ("", dash):
            self.refuse(at, "this shares its line with something else")

    def check_new(self, rows: Sequence[Row]) -> None:
        """Raise MdtablesError if a new row has a value for a dotted name: which values are around it is not known."""
        for column in range(self.own, len(self.table.header)):
            if any(row[column] for row in rows):
                name = self.table.header[column]
                self.refuse(
                    self.node, f'a new row has a value for "{name}", but what else is nested there is not known'
                )

    def means_list(self, nodes: Sequence[Node], value: str) -> bool:
        """Return True if a new value in a column with these values is a list."""
        lists = sum(node.kind == "list" for node in nodes)
        return lists > 0 and (self.separator in value or 2 * lists > len(nodes))

    def elements(self, node: Node, value: str) -> list[str]:
        """Return the elements that the text of a list means. Raise MdtablesError where that is in doubt."""
        self.check_elements([self.text_of(each) for each in node.items], node)
        return self.split(node, value)

    def check_elements(self, elements: Sequence[str], at: Node) -> None:
        """Raise MdtablesError if an element contains what stands between elements."""

        def has_separator(text: str) -> bool:
            if not self.separator.strip():  # any blank shows as one
                return any(character.isspace() for character in text)
            return self.separator in text or bool(BREAK.search(self.separator) and "\n" in text)

        if any(map(has_separator, elements)):
            self.refuse(at, f'an element of this list contains "{self.separator}" itself')

    def split(self, at: Node, value: str) -> list[str]:
        """Return the elements in a text."""
        if not self.separator:
            self.refuse(at, "the elements have no separator: set list=… on the marker")
        parts = value.split(self.separator) if value else []
        mark = self.separator.strip()
        if mark and any(mark in part or part != part.strip() or not part for part in parts):
            self.refuse(at, f'it is not clear where elements end: they are separated by "{self.separator}"')
        return parts

    def text_of(self, node: Node) -> str:
        """Return the text of an element of a list."""
        self.check_own(node)
        if node.kind != "scalar":
            self.refuse(node, "a list of other values than single ones")
        if not node.style and node.value in NULLS:
            self.refuse(node, "a list with a missing value in it")
        return node.value

    def spread_edits(
        self, nodes: Sequence[Node], value: str, row: PlacedRow, write: Callable[[Node, str], Edit]
    ) -> Iterator[Edit]:
        """Yield the edits of values that are each in another mapping of a list."""
        old = [self.text_of(node) for node in nodes]
        self.check_elements(old, row.node)
        new = self.split(row.node, value)
        if len(new) != len(nodes):
            self.refuse(row.node, f"a list of {len(nodes)} mappings, to which {len(new)} values were written")
        yield from (write(node, text) for node, before, text in zip(nodes, old, new, strict=True) if before != text)


def span_in(data: bytes, places_of: Callable[[str], Places], row: int, column: int) -> tuple[int, int]:
    """Return the offsets of a cell's value in the text of a file, given what finds places below a byte order mark."""
    text = data.decode()
    mark = text.startswith("\ufeff")
    start, end = places_of(text[mark:]).span(row, column)
    return start + mark, end + mark


class Writer(Protocol):
    """What a format knows of edits: how values, keys and rows are written. All raise MdtablesError."""

    def cell(self, node: Node, value: str | None, column: int, /) -> Iterator[Edit]:
        """Yield the edits that give the value at a node another text."""

    def scalar(self, node: Node, value: str, column: int, /) -> Edit:
        """Return the edit of a single value."""

    def new_pairs(self, row: PlacedRow, pairs: Sequence[tuple[int, str | None]], /) -> Iterator[Edit]:
        """Yield the edits that add keys, those of some columns, to a row's mapping."""

    def removals(self, removed: Sequence[int], /) -> Iterator[Edit]:
        """Yield the edits that remove rows."""

    def new_rows(self, below: int, rows: Sequence[Row], /) -> Edit:
        """Return the edit that adds rows below the one with this index, for -1 above all."""


def edits_of(places: Places, changes: Changes, writer: Writer) -> Iterator[Edit]:
    """Yield the edits of the text that make these changes to its table."""
    if changes.removed and len(changes.removed) == len(places.rows):
        places.refuse(places.node, "this would remove all rows")
    new_pairs: dict[int, list[tuple[int, str | None]]] = {}
    for (number, column), value in changes.cells.items():
        row = places.rows[number]
        if places.is_reached(column):
            yield from _reached_edits(places, row, column, value, writer)
        elif (found := places.field(row, column)) is not None:
            yield from writer.cell(found, value, column)
        else:
            new_pairs.setdefault(number, []).append((column, value))
    for number, pairs in new_pairs.items():
        yield from writer.new_pairs(places.rows[number], pairs)
    if changes.removed:
        yield from writer.removals(sorted(changes.removed))
    added: dict[int, list[Row]] = {}
    for below, values in changes.added:
        added.setdefault(below, []).append(values)
    for below, rows in sorted(added.items()):
        places.check_new(rows)
        yield writer.new_rows(below, rows)


def _reached_edits(places: Places, row: PlacedRow, column: int, value: str | None, writer: Writer) -> Iterator[Edit]:
    found = places.reached(row, column)
    if isinstance(found, Node):
        yield from writer.cell(found, value, column)
    else:
        yield from places.spread_edits(found, value or "", row, lambda node, text: writer.scalar(node, text, column))


def _target(node: Node) -> Node:
    return node.alias if node.alias is not None else node


class ListChange(NamedTuple):
    """What becomes of some elements of a list: the items that new texts replace, one by one; what is left of either.

    New texts are to be inserted below the item with the index `below`, which is -1 at the top.
    """

    replaced: Sequence[tuple[Node, str]]
    removed: Sequence[Node]
    added: Sequence[str]
    below: int


class ListChanges(NamedTuple):
    """All changes of a list. `moved` are the items that are taken away, by their texts."""

    changes: Sequence[ListChange]
    moved: dict[str, list[Node]]

    def taken(self, text: str) -> Node | None:
        """Return an item with this text that moved, once."""
        return self.moved[text].pop(0) if self.moved.get(text) else None


def list_changes(places: Places, node: Node, value: str) -> ListChanges:
    """Return what turns a list into the elements that a text means: elements that stay the same are not touched."""
    from difflib import SequenceMatcher  # 4 ms, and only where a list was edited

    new, items = places.elements(node, value), node.items
    old = [places.text_of(item) for item in items]
    changes = []
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            both = min(end - start, last - first)
            replaced = list(zip(items[start : start + both], new[first : first + both], strict=True))
            removed, added = items[start + both : end], new[first + both : last]
            changes.append(ListChange(replaced, removed, added, start + both - 1))
    in_place = [(index, item) for index, item in enumerate(items) if len(old) == len(new) and old[index] != new[index]]
    if len(old) == len(new) and len(in_place) <= sum(len(c.replaced) + len(c.removed) + len(c.added) for c in changes):
        changes = [ListChange([(item, new[index])], [], [], index) for index, item in in_place]
    moved: dict[str, list[Node]] = {}
    for item in (each for change in changes for each in [*(pair[0] for pair in change.replaced), *change.removed]):
        moved.setdefault(item.value, []).append(item)
    return ListChanges(changes, moved)


def list_edits(places: Places, node: Node, value: str, write: Callable[[Node | None, str], str]) -> Iterator[Edit]:
    """Yield the edits that turn a list in brackets into one with the elements that a text means.

    `write` returns the text of an element, written like another one.
    """
    items, text, found = node.items, places.text, list_changes(places, node, value)
    gap = text[items[0].end : items[1].start] if len(items) > 1 else ", "
    gap = gap if gap.strip() == "," else ", "

    def written(like: Node | None, new: str) -> str:
        moved = found.taken(new)
        return text[moved.start : moved.end] if moved else write(like, new)

    for change in found.changes:
        for item, new in change.replaced:
            yield item.start, item.end, written(item, new)
        added = [written(items[max(change.below, 0)] if items else None, each) for each in change.added]
        if added and change.below >= 0:
            yield items[change.below].end, items[change.below].end, "".join(gap + each for each in added)
        elif added and items:
            yield items[0].start, items[0].start, "".join(each + gap for each in added)
        elif added:
            yield node.start + 1, node.start + 1, gap.join(added)
        if change.removed:
            yield _removed(places, node, change)


def _removed(places: Places, node: Node, change: ListChange) -> Edit:
    """Return the edit that removes elements, with the comma below them, else with the one above them."""
    items, above, following = node.items, change.below, change.below + 1 + len(change.removed)
    start, end = change.removed[0].start, change.removed[-1].end
    if len(change.removed) == len(items):
        start, end = node.start + 1, node.end - 1
    elif following < len(items):
        end = items[following].start
    else:
        start = items[above].end
    at = start
    for item in change.removed:
        if "#" in places.text[at : item.start]:
            places.refuse(node, "there is a comment in this list")
        at = item.end
    if "#" in places.text[at:end]:
        places.refuse(node, "there is a comment in this list")
    return start, end, ""
