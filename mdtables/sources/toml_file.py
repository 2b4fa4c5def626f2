"""TOML -> table, and the way back. Numbers, dates and times are text, as they are written.

The standard library tells whether a text is TOML; what its values were written as is found in the text.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.sources import toml_edit
from mdtables.sources.decode import decode
from mdtables.sources.nodes import Node
from mdtables.sources.places import span_in
from mdtables.sources.toml_tree import toml_tree
from mdtables.sources.tree_table import table_of
from mdtables.sources.values import LinedList, LinedMapping, Tree, Value
from mdtables.text.edits import END_OF_LINE, line_at
from mdtables.text.toml_text import MOST_PARTS, endless_key, error_of

_LONG_NUMBER = re.compile(r"[0-9_]{4301}")


def read(data: bytes, path: str, options: Options, _most: int | None = None, *, is_record: bool = False) -> Table:
    """Return the table in a TOML file, or in the part of it that `options.source` names, with the lines of its rows.

    Raise MdtablesError if it is not UTF-8 or not TOML, or if there is no such part or no table in it.
    """
    tree = parse(decode(data, path, "utf-8", "save it as UTF-8"), path)
    part = options.source.part if options.source else ()
    return table_of(tree, part, path, options, is_record=is_record)


def edit(data: bytes, path: str, options: Options, changes: Changes, *, is_record: bool = False) -> bytes:
    """Return the file with these changes, and everything else byte for byte. Raise MdtablesError if it cannot be."""
    table = read(data, path, options, is_record=is_record)
    text = data.decode()
    at = 1 if text.startswith("\ufeff") else 0
    return (text[:at] + toml_edit.edit_text(text[at:], path, table, options, changes, is_record=is_record)).encode()


def span(
    data: bytes, path: str, options: Options, row: int, column: int, *, is_record: bool = False
) -> tuple[int, int]:
    """Return the offsets of a cell's value in the text of the file. Raise MdtablesError if it is not in one place."""
    table = read(data, path, options, is_record=is_record)
    return span_in(data, lambda text: toml_edit.places_in(text, path, table, options, is_record=is_record), row, column)


def parse(text: str, path: str, above: int = 0) -> Tree:
    """Return the values of a text, which begins below that many lines of a file. Raise MdtablesError."""
    endless = endless_key(text)
    if endless is not None:
        at = Location(path, line_at(text[:endless]) + above)
        raise failure("source-syntax", f"a key with more than {MOST_PARTS} parts", at=at, hint="shorten it")
    try:
        tomllib.loads(text)
        value = _Values(text, above).of(toml_tree(text))
    except tomllib.TOMLDecodeError as error:
        message, line, column = error_of(str(error))
        at = Location(path, (line or line_at(text)) + above, column)
        raise failure("source-syntax", f"not TOML: {message}", at=at) from None
    except RecursionError:
        at = Location(path, above + 1)
        raise failure("source-syntax", "nested too deeply", at=at, hint="a table needs few levels") from None
    except ValueError:  # Python reads no longer integers
        digits = _LONG_NUMBER.search(text)
        at = Location(path, line_at(text[: digits.start()]) + above if digits else above + 1)
        raise failure("source-syntax", "a number of more than 4300 digits", at=at, hint="write it in quotes") from None
    return Tree(value, above + 1, len(text))


class _Values:
    """Turns nodes into values that know their lines."""

    def __init__(self, text: str, above: int) -> None:
        self.ends = [found.end() for found in END_OF_LINE.finditer(text)]
        self.first = above + 1

    def of(self, node: Node) -> Value:
        line = self.line(node)
        if node.kind == "scalar":
            return node.value
        if node.kind == "list":
            values = LinedList(line)
            for item in node.items:
                values.append(self.of(item))
                values.lines.append(self.line(item))
            return values
        named = LinedMapping(line)
        for key, value in node.pairs:
            named[key.value] = self.of(value)
            named.lines[key.value] = self.line(key)
        return named

    def line(self, node: Node) -> int:
        return bisect_right(self.ends, node.start) + self.first
