"""YAML -> table, from libyaml's events: scalars as written, with their lines. Builds no objects, executes nothing.

Knows the syntax; which values are tables is known elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

import yaml

from mdtables.model.diagnostics import Code, Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.sources import yaml_edit, yaml_tree
from mdtables.sources.decode import decode
from mdtables.sources.nodes import NULLS
from mdtables.sources.places import span_in
from mdtables.sources.three_way import Block, Blocks
from mdtables.sources.tree_blocks import tree_blocks
from mdtables.sources.tree_table import table_of
from mdtables.sources.values import LinedList, LinedMapping, Tagged, Tree, Value
from mdtables.sources.yaml_scalar import LOADER, scalar
from mdtables.text.edits import line_at

_MERGE = "\0<<"  # cannot be a key of a document: NUL is refused before
_OPENING: Mapping[type[yaml.Event], type[LinedList | LinedMapping]]
_OPENING = {yaml.SequenceStartEvent: LinedList, yaml.MappingStartEvent: LinedMapping}
_NODES = frozenset({yaml.ScalarEvent, yaml.AliasEvent, *_OPENING})
_ENDING = frozenset({yaml.SequenceEndEvent, yaml.MappingEndEvent})


def read(data: bytes, path: str, options: Options, _most: int | None = None, *, is_record: bool = False) -> Table:
    """Return the table in a YAML file, or in the part of it that `options.source` names, with the lines of its rows.

    Raise MdtablesError if it is not UTF-8 or not well formed, has a second document or a duplicate key, if there is no
    such part or no table in it, and for rows of another length. Nested values and tags make their column unusable.
    """
    tree = merged(_file(data, path), path)
    part = options.source.part if options.source else ()
    return table_of(tree, part, path, options, is_record=is_record)


@lru_cache(maxsize=1)  # regions that show parts of one file ask for it one after the other
def _file(data: bytes, path: str) -> Tree:
    return parse(decode(data, path, "utf-8", "save it as UTF-8"), path)


def parse(text: str, path: str, above: int = 0) -> Tree:
    """Return the values of a YAML text, which begins below that many lines of a file. Raise MdtablesError.

    Merge keys are not resolved before `merged` is called on the tree.
    """
    try:
        builder = _Builder(path, above)
        root, line = builder.build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Location(path, mark.line + 1 + above, mark.column + 1) if mark else Location(path)
        message = " ".join(f"{error.context or ''} {error.problem or 'not well-formed YAML'}".split())
        raise failure("source-syntax", message, at=at, hint=_hint(error.problem or "")) from None
    except yaml.reader.ReaderError as error:  # a character that YAML does not allow
        at = error.position  # in characters, but libyaml counts bytes
        before = text[:at] if error.encoding == "unicode" else text.encode()[:at].decode(errors="ignore")
        message = f"a character that YAML does not allow: {error.reason}"
        hint = 'write it as an escape in double quotes, like "\\x07", or remove it'
        raise failure("source-syntax", message, at=Location(path, line_at(before) + above), hint=hint) from None
    return Tree(root, line, builder.scalars)


def merged(tree: Tree, path: str) -> Tree:
    """Return a tree in which merge keys are resolved."""
    return tree._replace(flat=_Merges(path).flat)


def edit(data: bytes, path: str, options: Options, changes: Changes, *, is_record: bool = False) -> bytes:
    """Return the file with these changes, and everything else byte for byte. Raise MdtablesError if it cannot be."""
    table = read(data, path, options, is_record=is_record)
    text = data.decode()
    at = 1 if text.startswith("\ufeff") else 0
    return (text[:at] + yaml_edit.edit_text(text[at:], path, table, options, changes, is_record=is_record)).encode()


def span(
    data: bytes, path: str, options: Options, row: int, column: int, *, is_record: bool = False
) -> tuple[int, int]:
    """Return the offsets of a cell's value in the text of the file. Raise MdtablesError if it is not in one place."""
    table = read(data, path, options, is_record=is_record)
    return span_in(data, lambda text: yaml_edit.places_in(text, path, table, options, is_record=is_record), row, column)


def merger(path: str, uses: Sequence[Options]) -> Blocks:  # noqa: ARG001  # any path is YAML
    """Return what finds the tables in a version of a file."""

    def blocks(text: str) -> list[Block]:
        try:
            return tree_blocks(text, yaml_tree.tree(text), uses)
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from None

    return blocks


def write(table: Table) -> bytes:
    """Return a new YAML file: a list of mappings, with scalars that every reader takes for text."""
    rows = [
        "".join(
            f"{'  ' if index else '- '}{scalar(name)}: {'null' if value is None else scalar(value)}\n"
            for index, (name, value) in enumerate(zip(table.header, row, strict=True))
        )
        for row in table.rows
    ]
    return "".join(rows).encode()


def _fail(code: Code, message: str, at: Location, hint: str = "") -> NoReturn:
    raise failure(code, message, at=at, hint=hint)


class _Builder:
    """Events -> nodes, without recursion. An alias is the very node that it names: nothing is copied or expanded."""

    def __init__(self, path: str, above: int) -> None:
        self.path, self.above = path, above
        self.anchors: dict[str, Value] = {}
        self.scalars = 0
        self.line_ends: list[int] | None = None
        self.documents = 0

    def build(self, text: str) -> tuple[Value, int]:
        """Return the root node (None for an empty file) and its line."""
        # only libyaml takes these for line ends: in a file that contains them, lines are counted by offsets
        if any(character in text for character in "\x85\u2028\u2029"):
            self.line_ends = [found.end() for found in re.finditer(r"\r\n|\n|\r", text)]
        first = self.above + 1
        root: Value = None
        node: Value
        root_line, key, key_line = self.above + 1, None, 0
        parents: list[LinedList | LinedMapping | None] = []
        parent: LinedList | LinedMapping | None = None
        events: Iterator[Any] = iter(LOADER(text).get_event, None)  # as yaml.parse does, without its own steps
        for event in events:
            kind, opened = type(event), None
            if kind in _ENDING:
                parent = parents.pop()
                continue
            line = event.start_mark.line + first if self.line_ends is None else self._line(event)
            if kind is yaml.ScalarEvent and event.tag is None and event.anchor is None:
                node = self._scalar(event, line)
            elif kind in _NODES:
                node, opened = self._node(event, kind, line)
            else:
                self._count_documents(kind, line)
                continue
            if parent is None:
                root, root_line = node, line
            elif isinstance(parent, LinedList):
                parent.append(node)
                parent.lines.append(line)
            elif key is None:
                key, key_line = self._key(event, node, line, parent), line
            else:
                parent[key] = node
                parent.lines[key] = key_line
                key = None
            if opened is not None:
                parents.append(parent)
                parent = opened
        return root, root_line

    def _line(self, event: Any) -> int:
        return bisect_right(self.line_ends or (), event.start_mark.index) + 1 + self.above

    def _count_documents(self, kind: type[yaml.Event], line: int) -> None:
        self.documents += kind is yaml.DocumentStartEvent
        if self.documents > 1:
            place = Location(self.path, line)
            _fail("source-shape", "a second YAML document in the file", place, "keep one document per file")

    def _scalar(self, event: Any, line: int) -> str | None:
        self.scalars += 1
        value: str = event.value
        if "\0" in value:
            _fail("nul", "a NUL character, which no renderer shows", Location(self.path, line), "remove it")
        return None if value in NULLS and not event.style else value  # the style of a plain scalar is "" or None

    def _node(self, event: Any, kind: type[yaml.Event], line: int) -> tuple[Value, LinedList | LinedMapping | None]:
        """Return the node of any other event, and again if it is a collection, whose children follow."""
        if kind is yaml.AliasEvent:
            if event.anchor not in self.anchors:
                message = f"there is no anchor &{event.anchor} above the alias *{event.anchor}"
                _fail("source-syntax", message, Location(self.path, line), f"add &{event.anchor} to what it refers to")
            return self.anchors[event.anchor], None
        opened = _OPENING[kind](line) if kind in _OPENING else None
        node: Value = opened if opened is not None else self._scalar(event, line)
        if event.tag is not None:
            node = Tagged(event.tag.replace("tag:yaml.org,2002:", "!!"), line)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node, opened

    def _key(self, event: Any, node: Value, line: int, mapping: LinedMapping) -> str:
        if isinstance(node, Tagged):
            _fail(
                "source-shape",
                f"the tag {node.tag} is not supported on a key",
                Location(self.path, line),
                "remove the tag",
            )
        if type(event) is yaml.ScalarEvent:
            key: str = event.value if event.style or event.value != "<<" else _MERGE
        elif isinstance(node, str):
            key = node
        else:
            _fail("source-shape", "a key that is not text", Location(self.path, line), "keys are column names")
        if key in mapping:
            message = f'the key "{"<<" if key == _MERGE else key}" is given twice in one mapping'
            _fail("source-syntax", message, Location(self.path, line), "keep one of them")
        return key


_MOST_MERGED = 500_000


class _Merges:
    """Resolves merge keys, once for each mapping however often it is merged."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.done: dict[int, dict[str, Value]] = {}
        self.copied = 0
        self.open: set[int] = set()

    def flat(self, mapping: dict[str, Any]) -> dict[str, Value]:
        """Return the items of a mapping: merged ones in the place of its `<<`, overridden by its own."""
        if _MERGE not in mapping or not isinstance(mapping, LinedMapping):
            return mapping
        if id(mapping) not in self.done:
            self.done[id(mapping)] = self._merge(mapping)
            self.copied += len(self.done[id(mapping)])
            if self.copied > _MOST_MERGED:
                message = f"merge keys (<<) that make more than {_MOST_MERGED} items of far fewer"
                _fail("source-shape", message, Location(self.path, mapping.lines[_MERGE]), "merge smaller mappings")
        return self.done[id(mapping)]

    def _merge(self, mapping: LinedMapping) -> dict[str, Value]:
        place = Location(self.path, mapping.lines[_MERGE])
        if id(mapping) in self.open or len(self.open) > 100:
            message = "circular merge keys (<<), or more than 100 nested ones"
            _fail("source-syntax", message, place, "remove the cycle, or nest less deeply")
        self.open.add(id(mapping))
        items: dict[str, Value] = {}
        for key, value in mapping.items():
            if key != _MERGE:
                items[key] = value
                continue
            merges = value if isinstance(value, LinedList) else [value]
            for merged in {id(merged): merged for merged in merges}.values():
                if not isinstance(merged, LinedMapping):
                    message = "a merge key << requires a mapping, or a list of mappings"
                    _fail("source-syntax", message, place, "did you mean an alias (*name)?")
                for name, inherited in self.flat(merged).items():
                    if name not in mapping:
                        items.setdefault(name, inherited)
        self.open.discard(id(mapping))
        return items


def _hint(problem: str) -> str:
    """Return what to do about the mistakes that people make in YAML most often."""
    if "mapping values are not allowed" in problem:
        return "put a text with a colon and a blank in it in quotes"
    if "cannot start any token" in problem or "expected alphabetic or numeric character" in problem:
        return "put a text that begins with a sign like ` @ * & % or a tab in quotes"
    return "a YAML linter may show more"
