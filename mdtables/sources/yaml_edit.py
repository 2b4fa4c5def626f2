"""Changes to the table in a YAML file, spliced in at libyaml's marks: comments, order, quotes and all other lines stay.

Knows where nodes are in the text, and relies on the reader for which shapes are tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

import yaml

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.sources.yaml_scalar import LOADER, scalar
from mdtables.text.edits import Edit, splice

_Rows = list[tuple[yaml.Node | None, yaml.Node]]


def edit(data: bytes, path: str, table: Table, options: Options, changes: Changes) -> bytes:
    """Return the file with these changes.

    Raise MdtablesError for what cannot be spliced, like block scalars and anchors.
    """
    text = data.decode()
    at = 1 if text.startswith("\ufeff") else 0
    editor = _Editor(text[at:], path, table, options)
    return (text[:at] + splice(text[at:], editor.edits(changes))).encode()


_HINT = "make the edit here, then fix the document"


class _Editor:
    """The edits to one file: finds the nodes of cells and rows, and writes new ones like their neighbors."""

    def __init__(self, text: str, path: str, table: Table, options: Options) -> None:
        self.text, self.path, self.table = text, path, table
        try:
            node = yaml.compose(text, Loader=LOADER)
        except yaml.MarkedYAMLError as error:  # the composer is stricter than the reader
            mark = error.problem_mark
            at = Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
            message = "cannot edit: the file defines an anchor twice"
            raise failure("cannot-pull", message, at=at, hint=_HINT) from None
        for key in options.source.part if options.source else ():
            assert node is not None
            node = next(value for name, value in node.value if name.value == key)
        assert node is not None  # the reader found a table in it
        self.node = node
        self.ending = "\r\n" if "\r\n" in text else "\n"
        self.rows: _Rows = list(node.value) if isinstance(node, yaml.MappingNode) else [(None, n) for n in node.value]
        self.header_row = isinstance(self.rows[0][1], yaml.SequenceNode)
        if self.header_row:
            del self.rows[0]

    def edits(self, changes: Changes) -> Iterator[Edit]:
        for (row, column), value in changes.cells.items():
            yield self._cell(row, column, value)
        if changes.removed and len(changes.removed) == len(self.rows):
            self._refuse(self.node, "this would remove all rows")
        for row in changes.removed:
            yield (*self._extent(row), "")
        for below in sorted({number for number, _ in changes.added}):
            yield self._new_rows(below, [values for number, values in changes.added if number == below])

    def _refuse(self, node: yaml.Node, why: str) -> NoReturn:
        at = Location(self.path, node.start_mark.line + 1, node.start_mark.column + 1)
        raise failure("cannot-pull", f"cannot edit: {why}", at=at, hint=_HINT)

    def _cell(self, number: int, column: int, value: str) -> Edit:
        key, row = self.rows[number]
        if isinstance(row, yaml.SequenceNode):
            return self._scalar(row.value[column], value)
        if key is not None and column == 0:
            return self._scalar(key, value)
        name = self.table.header[column]
        found = next((node for own, node in row.value if own.value.strip() == name), None)
        if found is not None:
            return self._scalar(found, value)
        if _in_brackets(row) or not row.value:
            self._refuse(row, "this row is in braces")
        end = self._line_end(self._last(row))
        new = " " * row.start_mark.column + f"{scalar(name)}: {scalar(value)}"
        return end, end, self.ending + new

    def _scalar(self, node: yaml.Node, value: str) -> Edit:
        start, end = node.start_mark.index, node.end_mark.index
        if start == end:  # an empty value
            before = self.text[start - 1 : start]
            if before not in " :-":
                self._refuse(node, "this key has no colon")
            return start, end, (" " if before != " " else "") + scalar(value)
        if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">") or self.text[start] in "&*!":
            self._refuse(node, "this value is a block scalar, or has an anchor, an alias or a tag")
        if self._anchored(node):
            self._refuse(node, "an alias repeats this value")
        if node.style == "'" and value.isprintable():
            return start, end, "'" + value.replace("'", "''") + "'"
        return start, end, scalar(value, quoted=node.style == '"')

    def _anchored(self, node: yaml.Node) -> bool:
        before = self.text[: node.start_mark.index].rstrip(" ")
        word = before[max(before.rfind(" "), before.rfind("\n")) + 1 :]
        return word.startswith("&")

    def _extent(self, number: int) -> tuple[int, int]:
        """Return the start of a row's first line and the end of its last, including a comment on that line."""
        key, row = self.rows[number]
        self._check_block(row)
        start = self.text.rfind("\n", 0, (key or row).start_mark.index) + 1
        end = self._line_end(self._last(row))
        return start, min(end + len(self.ending), len(self.text))

    def _check_block(self, row: yaml.Node) -> None:
        if _in_brackets(self.node):
            self._refuse(row, "this row is part of a list in brackets")

    def _last(self, node: yaml.Node) -> int:
        while not isinstance(node, yaml.ScalarNode) and node.value and not _in_brackets(node):
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        return int(node.end_mark.index)

    def _line_end(self, at: int) -> int:
        if at and self.text[at - 1] == "\n":  # a block scalar ends where the next line begins
            at -= len(self.ending)
        found = self.text.find("\n", at)
        end = len(self.text) if found < 0 else found
        return end - (self.text[end - 1 : end] == "\r" and found >= 0)

    def _new_rows(self, below: int, rows: Sequence[Sequence[str]]) -> Edit:
        if not self.rows:
            self._refuse(self.node, "the list has no rows")
        key, model = self.rows[max(below, 0)]
        self._check_block(model)
        before = self.text[self.text.rfind("\n", 0, model.start_mark.index) + 1 : model.start_mark.index]
        if key is None and before.strip(" ") != "-":
            self._refuse(model, "this row does not start on the same line as its '-'")
        write = self._writer(key, model, before)
        lines = self.ending.join(write(values) for values in rows)
        if below < 0:
            start = self._extent(0)[0]
            return start, start, lines + self.ending
        end = self._line_end(self._last(model))
        return end, end, self.ending + lines

    def _writer(self, key: yaml.Node | None, model: yaml.Node, before: str) -> Callable[[Sequence[str]], str]:
        """Return what writes a new row in the style of this one."""
        header = self.table.header
        if isinstance(model, yaml.SequenceNode):
            if not _in_brackets(model):
                self._refuse(model, "this row is a list without brackets")
            return lambda values: f"{before}[{', '.join(map(scalar, values))}]"

        def pairs(values: Sequence[str], first: int) -> list[str]:
            named = zip(header[first:], values[first:], strict=True)
            return [f"{scalar(name)}: {scalar(value)}" for name, value in named if value]

        between = self.ending + " " * model.start_mark.column
        if _in_brackets(model):
            opening = before if key is None else " " * key.start_mark.column
            return lambda values: (
                opening
                + ("" if key is None else f"{scalar(values[0])}: ")
                + "{"
                + ", ".join(pairs(values, 0 if key is None else 1))
                + "}"
            )
        if key is None:
            return lambda values: before + between.join(pairs(values, 0))
        indent = " " * key.start_mark.column
        return lambda values: between.join([f"{indent}{scalar(values[0])}:", *pairs(values, 1)])


def _in_brackets(node: yaml.Node) -> bool:
    return bool(getattr(node, "flow_style", False))
