"""YAML -> table, from libyaml's events: scalars as written, with their lines. Builds no objects, executes nothing.

Knows three shapes of table: a list of mappings, a list of lists, and a mapping of mappings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, NamedTuple, NoReturn

import yaml

from mdtables.model.diagnostics import Code, Diagnostic, Location
from mdtables.model.failures import Collector, failure
from mdtables.model.options import Options, Source
from mdtables.model.suggestions import did_you_mean
from mdtables.model.table import Changes, Table
from mdtables.sources import yaml_edit
from mdtables.sources.decode import decode
from mdtables.sources.yaml_scalar import LOADER, NULLS, scalar
from mdtables.text.edits import line_at

_MOST_CELLS = 1_000_000  # in a table made from far fewer values, by aliases or by keys that few rows have
_MERGE = "\0<<"  # cannot be a key of a document: NUL is refused before
_SHAPES = "expected a list of mappings, a list of lists with the header first, or a mapping of mappings"


class _Tagged(NamedTuple):
    """A node with an explicit tag, which gives it a type that a table cannot show."""

    tag: str
    line: int


class _List:
    __slots__ = ("items", "line", "lines")

    def __init__(self, line: int) -> None:
        self.line = line
        self.items: list[_Node] = []
        self.lines: list[int] = []


class _Mapping:
    """Items by key, in order, and the lines of the keys. The value of a merge key `<<` is under _MERGE."""

    __slots__ = ("items", "line", "lines")

    def __init__(self, line: int) -> None:
        self.line = line
        self.items: dict[str, _Node] = {}
        self.lines: dict[str, int] = {}


_Node = str | None | _Tagged | _List | _Mapping
_OPENING: Mapping[type[yaml.Event], type[_List | _Mapping]]
_OPENING = {yaml.SequenceStartEvent: _List, yaml.MappingStartEvent: _Mapping}
_NODES = frozenset({yaml.ScalarEvent, yaml.AliasEvent, *_OPENING})
_ENDING = frozenset({yaml.SequenceEndEvent, yaml.MappingEndEvent})
_SCALARS = frozenset({str, type(None)})


def read(data: bytes, path: str, options: Options, _most: int | None = None) -> Table:
    """Return the table in a YAML file, or in the part of it that `options.source` names, with the lines of its rows.

    Raise MdtablesError if it is not UTF-8 or not well formed, has a second document or a duplicate key, if there is no
    such part or no table in it, and for rows of another length. Nested values and tags make their column unusable.
    """
    root, line, scalars = _root(data, path)
    source = options.source or Source(path)
    node, line = _part(root, line, source.part, path)
    return _Reader(path, source, scalars).table(node, line, options.key)


@lru_cache(maxsize=1)  # regions that show parts of one file ask for it one after the other
def _root(data: bytes, path: str) -> tuple[_Node, int, int]:
    """Return the root node of a file, its line and the number of scalars in the file. Raise MdtablesError."""
    text = decode(data, path, "utf-8", "save it as UTF-8")
    try:
        builder = _Builder(path)
        root, line = builder.build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
        message = " ".join(f"{error.context or ''} {error.problem or 'not well-formed YAML'}".split())
        raise failure("source-syntax", message, at=at, hint="a YAML linter may show more") from None
    except yaml.reader.ReaderError as error:  # a character that YAML does not allow
        at = error.position  # in characters, but libyaml counts bytes
        before = text[:at] if error.encoding == "unicode" else text.encode()[:at].decode(errors="ignore")
        message = f"a character that YAML does not allow: {error.reason}"
        hint = 'write it as an escape in double quotes, like "\\x07", or remove it'
        raise failure("source-syntax", message, at=Location(path, line_at(before)), hint=hint) from None
    return root, line, builder.scalars


def edit(data: bytes, path: str, options: Options, changes: Changes) -> bytes:
    """Return the file with these changes, and everything else byte for byte. Raise MdtablesError if it cannot be."""
    table = read(data, path, options)
    return yaml_edit.edit(data, path, table, options, changes)


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

    def __init__(self, path: str) -> None:
        self.path = path
        self.anchors: dict[str, _Node] = {}
        self.scalars = 0
        self.line_ends: list[int] | None = None
        self.documents = 0

    def build(self, text: str) -> tuple[_Node, int]:
        """Return the root node (None for an empty file) and its line."""
        # only libyaml takes these for line ends: in a file that contains them, lines are counted by offsets
        if any(character in text for character in "\x85\u2028\u2029"):
            self.line_ends = [found.end() for found in re.finditer(r"\r\n|\n|\r", text)]
        root: _Node = None
        node: _Node
        root_line, key, key_line = 1, None, 0
        parents: list[_List | _Mapping | None] = []
        parent: _List | _Mapping | None = None
        events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        for event in events:
            kind, opened = type(event), None
            if kind in _ENDING:
                parent = parents.pop()
                continue
            line = event.start_mark.line + 1 if self.line_ends is None else self._line(event)
            if kind is yaml.ScalarEvent and event.tag is None and event.anchor is None:
                node = self._scalar(event, line)
            elif kind in _NODES:
                node, opened = self._node(event, kind, line)
            else:
                self._count_documents(kind, line)
                continue
            if parent is None:
                root, root_line = node, line
            elif isinstance(parent, _List):
                parent.items.append(node)
                parent.lines.append(line)
            elif key is None:
                key, key_line = self._key(event, node, line, parent), line
            else:
                parent.items[key] = node
                parent.lines[key] = key_line
                key = None
            if opened is not None:
                parents.append(parent)
                parent = opened
        return root, root_line

    def _line(self, event: Any) -> int:
        return bisect_right(self.line_ends or (), event.start_mark.index) + 1

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

    def _node(self, event: Any, kind: type[yaml.Event], line: int) -> tuple[_Node, _List | _Mapping | None]:
        """Return the node of any other event, and again if it is a collection, whose children follow."""
        if kind is yaml.AliasEvent:
            if event.anchor not in self.anchors:
                message = f"there is no anchor &{event.anchor} above the alias *{event.anchor}"
                _fail("source-syntax", message, Location(self.path, line), f"add &{event.anchor} to what it refers to")
            return self.anchors[event.anchor], None
        opened = _OPENING[kind](line) if kind in _OPENING else None
        node: _Node = opened if opened is not None else self._scalar(event, line)
        if event.tag is not None:
            node = _Tagged(event.tag.replace("tag:yaml.org,2002:", "!!"), line)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node, opened

    def _key(self, event: Any, node: _Node, line: int, mapping: _Mapping) -> str:
        if isinstance(node, _Tagged):
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
        if key in mapping.items:
            message = f'the key "{"<<" if key == _MERGE else key}" is given twice in one mapping'
            _fail("source-syntax", message, Location(self.path, line), "keep one of them")
        return key


def _part(node: _Node, line: int, keys: Sequence[str], path: str) -> tuple[_Node, int]:
    """Return the node that the keys lead to, and its line. Raise MdtablesError if there is none."""
    merges = _Merges(path)
    for depth, key in enumerate(keys):
        within = f' in "{".".join(keys[:depth])}"' if depth else ""
        if not isinstance(node, _Mapping):
            _fail("source-missing", f'there is no part "{key}"{within}, which is not a mapping', Location(path, line))
        items = merges.flat(node)
        if key not in items:
            message = f'there is no part "{key}"{within}'
            _fail("source-missing", message, Location(path, line), did_you_mean(key, items, what="parts"))
        line = node.lines.get(key, line)
        node = items[key]
    return node, line


_MOST_MERGED = 500_000


class _Merges:
    """Resolves merge keys, once for each mapping however often it is merged."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.done: dict[int, dict[str, _Node]] = {}
        self.copied = 0
        self.open: set[int] = set()

    def flat(self, mapping: _Mapping) -> dict[str, _Node]:
        """Return the items of a mapping: merged ones in the place of its `<<`, overridden by its own."""
        if _MERGE not in mapping.items:
            return mapping.items
        if id(mapping) not in self.done:
            self.done[id(mapping)] = self._merge(mapping)
            self.copied += len(self.done[id(mapping)])
            if self.copied > _MOST_MERGED:
                message = f"merge keys (<<) that make more than {_MOST_MERGED} items of far fewer"
                _fail("source-shape", message, Location(self.path, mapping.lines[_MERGE]), "merge smaller mappings")
        return self.done[id(mapping)]

    def _merge(self, mapping: _Mapping) -> dict[str, _Node]:
        place = Location(self.path, mapping.lines[_MERGE])
        if id(mapping) in self.open or len(self.open) > 100:
            message = "circular merge keys (<<), or more than 100 nested ones"
            _fail("source-syntax", message, place, "remove the cycle, or nest less deeply")
        self.open.add(id(mapping))
        items: dict[str, _Node] = {}
        for key, value in mapping.items.items():
            if key != _MERGE:
                items[key] = value
                continue
            merges = value.items if isinstance(value, _List) else [value]
            for merged in {id(merged): merged for merged in merges}.values():
                if not isinstance(merged, _Mapping):
                    message = "a merge key << requires a mapping, or a list of mappings"
                    _fail("source-syntax", message, place, "did you mean an alias (*name)?")
                for name, inherited in self.flat(merged).items():
                    if name not in mapping.items:
                        items.setdefault(name, inherited)
        self.open.discard(id(mapping))
        return items


class _Reader:
    """Nodes -> table, with every problem in its rows."""

    def __init__(self, path: str, source: Source, scalars: int) -> None:
        self.path, self.source = path, source
        self.most_cells = max(_MOST_CELLS, 10 * scalars)
        self.merges = _Merges(path)
        self.problems = Collector()
        self.unusable: dict[int, Collector] = {}

    def table(self, node: _Node, line: int, key: str) -> Table:
        if isinstance(node, _List) and node.items and all(isinstance(row, _Mapping) for row in node.items):
            return self._mappings([(row, line) for row, line in zip(node.items, node.lines, strict=True)], "")
        if isinstance(node, _List) and node.items and all(isinstance(row, _List) for row in node.items):
            return self._lists(node)
        if isinstance(node, _Mapping):
            named = self.merges.flat(node)
            if named and all(isinstance(row, _Mapping) for row in named.values()):
                rows = [(row, node.lines.get(name, line)) for name, row in named.items()]
                return self._mappings(rows, key or "key", list(named))
        if isinstance(node, _List) and not node.items:
            hint = "a table without rows has the columns that the marker names: columns=…"
            problem = Diagnostic("source-shape", "the list is empty", at=Location(self.path, line), hint=hint)
            return Table((), (), unusable={0: [problem]})
        return self._refuse(node, line)

    def _refuse(self, node: _Node, line: int) -> NoReturn:
        place = Location(self.path, line)
        if isinstance(node, _Tagged):
            _fail("source-shape", f"the tag {node.tag} is not supported on a table", place, _SHAPES)
        if isinstance(node, str):
            _fail("source-shape", "a single value is not a table", place, _SHAPES)
        if node is None or not node.items:
            _fail("source-shape", "the file, or this part of it, is empty", place, _SHAPES)
        if isinstance(node, _List):
            first = type(node.items[0])
            odd = next((i for i, row in enumerate(node.items) if type(row) is not first), 0)
            wanted = "of the same kind as the first one" if odd else "a mapping or a list"
            message = f"{_kind(node.items[odd])} instead of a row, which must be {wanted}"
            _fail("source-shape", message, Location(self.path, node.lines[odd]), _SHAPES)
        parts = [name for name, value in node.items.items() if _may_be_table(value)]
        if parts:
            named = self.source._replace(part=(*self.source.part, parts[0]))
            hint = f'name the part on the marker: source="{named}"'
            _fail("source-shape", "this mapping is not a table, but a part of it is one", place, hint)
        _fail("source-shape", "a single flat mapping is not a table", place, _SHAPES)

    def _mappings(self, rows: Sequence[tuple[_Node, int]], key: str, keys: Sequence[str] = ()) -> Table:
        flat = [(self.merges.flat(row), line) for row, line in rows if isinstance(row, _Mapping)]
        columns = list(dict.fromkeys(chain.from_iterable(row for row, _ in flat)))
        first = 1 if key else 0
        self._check_columns(columns, len(flat), rows[0][1])
        if key and key in columns:
            message = f'the keys of the mapping become a column "{key}", but there already is one'
            _fail(
                "repeated-column", message, Location(self.path, rows[0][1]), "choose another name: key=… on the marker"
            )
        cells = [self._row(list(map(row.get, columns)), repeat(line), columns, first) for row, line in flat]
        if key:
            cells = [[name, *row] for name, row in zip(keys, cells, strict=True)]
        header = [name.strip() for name in [*([key] if key else []), *columns]]
        self._check_names(header, "two columns have the name", rows[0][1])
        return self._finish(header, cells, [line for _, line in rows])

    def _check_columns(self, columns: Sequence[str], rows: int, line: int) -> None:
        place = Location(self.path, line)
        if not columns:
            _fail("source-shape", "every mapping is empty, so the table has no columns", place, _SHAPES)
        if len(columns) * rows > self.most_cells:
            message = f"a table of {len(columns)} columns and {rows} rows, made from far fewer values"
            _fail("source-shape", message, place, "is this meant to be one table?")

    def _check_names(self, header: Sequence[str], what: str, line: int) -> None:
        """Note the columns whose name another one has too, apart from blanks."""
        names = [" ".join(name.split()) for name in header]
        times = Counter(names)
        hint = "rename one of them, or name the columns to show, without these: columns=…"
        for index, name in enumerate(names):
            if times[name] > 1:
                at = Location(self.path, line)
                self._note(index, Diagnostic("repeated-column", f'{what} "{name}"', at=at, hint=hint))

    def _note(self, column: int, problem: Diagnostic) -> None:
        self.unusable.setdefault(column, Collector()).add(problem)

    def _lists(self, node: _List) -> Table:
        rows = [row for row in node.items if isinstance(row, _List)]
        names = [self._name(item, line) for item, line in zip(rows[0].items, rows[0].lines, strict=True)]
        header = [name.strip() for name in names]
        if not header:
            _fail("source-shape", "the header is empty", Location(self.path, node.lines[0]))
        self._check_names(header, "the header repeats", node.lines[0])
        cells = [self._row(row.items, row.lines, header) for row in rows[1:]]
        for row, line in zip(cells, node.lines[1:], strict=True):
            if len(row) != len(header):
                message = f"{len(row)} value{'s' * (len(row) != 1)}, but the header has {len(header)}"
                hint = "write null for a missing value" if len(row) < len(header) else ""
                self.problems.add(Diagnostic("row-length", message, at=Location(self.path, line), hint=hint))
        return self._finish(header, cells, node.lines[1:])

    def _name(self, node: _Node, line: int) -> str:
        if node is not None and not isinstance(node, str):
            at = Location(self.path, node.line or line)
            self.problems.add(Diagnostic("source-shape", f"{_kind(node)} in the header", at=at))
            return ""
        return node or ""

    def _row(
        self, nodes: list[_Node], lines: Iterable[int], columns: Iterable[str], first: int = 0
    ) -> list[str | None]:
        """Return the cells of a row. Most rows contain only single values, which is checked for all at once."""
        if _SCALARS.issuperset(map(type, nodes)):
            return nodes  # type: ignore[return-value]
        named = enumerate(zip(nodes, lines, chain(columns, repeat("")), strict=False), first)
        return [self._cell(node, line, name, column) for column, (node, line, name) in named]

    def _cell(self, node: _Node, line: int, name: str, column: int) -> str | None:
        if node is None or isinstance(node, str):
            return node
        where = f' under "{name}"' if name else ""
        if isinstance(node, _Tagged):
            message, hint = (
                f"the tag {node.tag}{where} is not supported",
                "remove the tag; values are shown as they are written",
            )
        else:
            message = f"{_kind(node)}{where} instead of a single value"
            hint = "a cell contains one value; quote it if it is text, or name the columns to show: columns=…"
        self._note(column, Diagnostic("source-shape", message, at=Location(self.path, node.line or line), hint=hint))
        return None

    def _finish(self, header: Sequence[str], rows: list[list[str | None]], lines: Sequence[int]) -> Table:
        self.problems.raise_any()
        unusable = {column: found.diagnostics for column, found in self.unusable.items()}
        return Table(header, rows, lines=list(lines), unusable=unusable)


def _kind(node: _Node) -> str:
    if isinstance(node, _Tagged):
        return f"the tag {node.tag}"
    return {_List: "a list", _Mapping: "a mapping", type(None): "nothing"}.get(type(node), "a single value")


def _may_be_table(node: _Node) -> bool:
    rows = node.items if isinstance(node, _List) else list(node.items.values()) if isinstance(node, _Mapping) else []
    return bool(rows) and isinstance(rows[0], _List | _Mapping)
