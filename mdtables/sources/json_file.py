"""JSON and JSON Lines -> table, and the way back. Numbers, `true` and `false` are text, as they are written.

The decoder of the standard library reads row by row, as it is written in C; where a row begins, and with that its line,
is known between two of them. What is wrong with a text, and where, is found out once something is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NoReturn, overload

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector, failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.sources import json_edit
from mdtables.sources.decode import decode
from mdtables.sources.json_tree import JSONError, json_tree
from mdtables.sources.nodes import Node
from mdtables.sources.places import Places, span_in
from mdtables.sources.three_way import Blocks
from mdtables.sources.tree_blocks import tree_blocks
from mdtables.sources.tree_table import is_index, table_of
from mdtables.sources.values import LinedList, Tree
from mdtables.text.edits import line_at, splice

_BLANKS = re.compile(r"[ \t\r\n]*")
_NEXT = re.compile(r"[ \t\r\n]*(,?)[ \t\r\n]*")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_DOUBTFUL_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_LINE = re.compile(r"[^\r\n]+")


def read(data: bytes, path: str, options: Options, _most: int | None = None, *, is_record: bool = False) -> Table:
    """Return the table in a JSON file, or in the part of it that `options.source` names, with the lines of its rows.

    In JSON Lines every line is a row. Raise MdtablesError if it is not UTF-8 or not JSON, has a key twice in a mapping
    or an unpaired surrogate, is nested too deeply, or if there is no such part or no table in it.
    """
    text = decode(data, path, "utf-8", "save it as UTF-8")
    if is_lines(path):
        return table_of(_rows_of_lines(text, path), (), path, options)
    keys = options.source.part if options.source else ()
    try:
        walk = _Walk(text, keys)
        if _DOUBTFUL_ESCAPE.search(text):
            json_tree(text)  # or an unpaired surrogate would be shown
    except (ValueError, RecursionError, StopIteration) as error:
        raise _problem(text, path, error) from None
    part = walk.part
    lines = _Lines(text, walk.start, len(part)) if isinstance(part, list | dict) else ()
    tree = Tree(part, line_at(text[: walk.start]), len(text), lines)
    return table_of(tree, walk.left, path, options, is_record=is_record)


def edit(data: bytes, path: str, options: Options, changes: Changes, *, is_record: bool = False) -> bytes:
    """Return the file with these changes, and everything else byte for byte. Raise MdtablesError if it cannot be."""
    table = read(data, path, options, is_record=is_record)
    text = data.decode()
    at = 1 if text.startswith("\ufeff") else 0
    try:
        root = nodes_of(text[at:], path)
    except JSONError as error:  # deeper than what can be edited
        raise failure("cannot-pull", error.message, at=Location(path), hint=error.hint) from None
    new = changes.new_columns
    places = Places(text[at:], path, root, table, options, new_columns=new, is_record=is_record)
    return (text[:at] + splice(text[at:], json_edit.edits(places, options, changes))).encode()


def span(
    data: bytes, path: str, options: Options, row: int, column: int, *, is_record: bool = False
) -> tuple[int, int]:
    """Return the offsets of a cell's value in the text of the file. Raise MdtablesError if it is not in one place."""
    table = read(data, path, options, is_record=is_record)
    return span_in(
        data, lambda text: Places(text, path, nodes_of(text, path), table, options, is_record=is_record), row, column
    )


def nodes_of(text: str, path: str) -> Node:
    """Return the root node of a file; of JSON Lines, a list of what is on its lines. Raise JSONError."""
    if not is_lines(path):
        return json_tree(text)
    root = Node("list", 0, len(text), is_flow=True)
    root.style = "\n"
    root.items = [json_tree(text, start, end) for start, end in _lines(text)]
    return root


def merger(path: str, uses: Sequence[Options]) -> Blocks:
    """Return what finds the tables in a version of a file."""
    return lambda text: tree_blocks(text, nodes_of(text, path), uses)


def write(table: Table) -> bytes:
    """Return a new JSON file: a list of mappings, whose values are strings or null."""
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    return (json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode()


def is_lines(path: str) -> bool:
    return path.lower().endswith((".jsonl", ".ndjson"))


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_constant, object_pairs_hook=_mapping)
_scan: Callable[[str, int], tuple[Any, int]] = vars(_DECODER)["scan_once"]


def _through(text: str, at: int, visit: Callable[[str, int], int]) -> int:
    """Go through the collection that begins at an offset, and return the offset of its end.

    `visit` is called with the key of each item, or its index in a list, and its offset, and returns where it ends.
    """
    is_list = text[at] == "["
    names: set[str] = set()
    end = _end(_BLANKS, text, at + 1)
    closing = "]" if is_list else "}"
    if text[end : end + 1] == closing:
        return end + 1
    separator = None
    while separator is None or separator[1]:
        name = str(len(names))
        if not is_list:
            name, end = _key(text, end)
        if name in names:
            raise ValueError("a key is given twice")
        names.add(name)
        separator = _NEXT.match(text, visit(name, end))
        assert separator
        end = separator.end()
    if text[end : end + 1] != closing:
        raise ValueError(f"{closing} is expected")
    return end + 1


def _key(text: str, at: int) -> tuple[str, int]:
    """Return the key at an offset, and that of its value."""
    key, end = _scan(text, at) if text[at : at + 1] == '"' else ("", at)
    colon = _COLON.match(text, end)
    if colon is None or end == at:
        raise ValueError("a key and a colon are expected")
    return key, colon.end()


class _Walk:
    """The way to a part of a text; all that is beside the way is read too.

    `part` is the value that was found, `start` its offset, `left` the keys that lead nowhere from there. Raises
    ValueError, RecursionError or StopIteration for what is not JSON, or is nested too deeply.
    """

    def __init__(self, text: str, keys: Sequence[str]) -> None:
        self._text = text
        self.part: Any = None
        self.start, self.left = 0, keys
        if _end(_BLANKS, text, self._value(_end(_BLANKS, text, 0), keys)) != len(text):
            raise ValueError("the text goes on after the end of its value")

    def _value(self, at: int, keys: Sequence[str]) -> int:
        """Follow the keys from the value at an offset, and return the offset of its end."""
        opening = self._text[at : at + 1] if keys else ""
        if opening != "{" and not (opening == "[" and is_index(keys[0])):
            self.part, end = _scan(self._text, at)
            self.start, self.left = at, keys
            return end
        wanted = keys[0] if opening == "{" else str(int(keys[0]))
        names: list[str] = []

        def visit(name: str, start: int) -> int:
            names.append(name)
            return self._value(start, keys[1:]) if name == wanted else _scan(self._text, start)[1]

        end = _through(self._text, at, visit)
        if wanted not in names:
            self.part = dict.fromkeys(names) if opening == "{" else [None] * len(names)
            self.start, self.left = at, keys
        return end


class _Lines(Sequence[int]):
    """The lines of the items of a collection, which are looked for once one is asked for: few tables have problems."""

    def __init__(self, text: str, start: int, count: int) -> None:
        self._text, self._start, self._count = text, start, count

    @cached_property
    def _all(self) -> list[int]:
        lines: list[int] = []
        line, counted = 1, 0
        ending = "\n" if "\n" in self._text else "\r"

        def visit(_: str, start: int) -> int:
            nonlocal line, counted
            line += self._text.count(ending, counted, start)
            counted = start
            lines.append(line)
            end: int = _scan(self._text, start)[1]
            return end

        _through(self._text, self._start, visit)
        return lines

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice) and index.indices(self._count) == (0, self._count, 1):
            return self
        return self._all[index]

    def __eq__(self, other: object) -> bool:
        return self._all == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a list


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _rows_of_lines(text: str, path: str) -> Tree:
    """Return the values on the lines of a text as one list. Raise MdtablesError with all lines that are wrong."""
    values, wrong = LinedList(1), Collector()
    doubtful = bool(_DOUBTFUL_ESCAPE.search(text))
    line, counted = 1, 0
    for start, stop in _lines(text):
        line += line_at(text[counted:start]) - 1
        counted = start
        try:
            value, end = _scan(text, _end(_BLANKS, text, start))
            if end > stop or text[end:stop].strip(" \t") or doubtful:
                json_tree(text, start, stop)
        except (ValueError, RecursionError, StopIteration) as error:
            found = JSONError("not JSON", start) if wrong.is_full else _error(text, start, stop, error)
            at = Location(path, line, found.start - start + 1)
            wrong.add(Diagnostic(found.code, found.message, at=at, hint=found.hint))
            continue
        values.append(value)
        values.lines.append(line)
    wrong.raise_any()
    return Tree(values, 1, len(text), values.lines)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the lines that are not blank, without their ends."""
    for found in _LINE.finditer(text):
        if found[0].strip(" \t"):
            yield found.span()


def _error(text: str, start: int, end: int, error: Exception) -> JSONError:
    """Return what is wrong with a text, which the decoder refused."""
    try:
        json_tree(text, start, end)
    except JSONError as problem:
        return problem
    return JSONError(str(error) or "nested too deeply", start)


def _problem(text: str, path: str, error: Exception) -> MdtablesError:
    """Return the error for a text that is not JSON, with its line and column."""
    found = _error(text, 0, len(text), error)
    before = text[: found.start]
    column = found.start - max(before.rfind("\n"), before.rfind("\r"))
    return failure(found.code, found.message, at=Location(path, line_at(before), column), hint=found.hint)
