"""What YAML, JSON and TOML have in common when they are read: scalars, lists and mappings, with the lines they are on.

Knows no syntax and no tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mdtables.records import NamedTuple


class Tagged(NamedTuple):
    """A value with an explicit tag of YAML, which gives it a type that a table cannot show."""

    tag: str
    line: int


class LinedList(list[Any]):
    """A list that knows its line, and the line of each of its items."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class LinedMapping(dict[str, Any]):
    """A mapping, in order, that knows its line, and the line of each of its keys."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


Value = str | bool | Tagged | list[Any] | dict[str, Any] | None
"""A scalar as it is written, None for null, or a collection of values. Only JSON has bool: its words are known."""


def _unchanged(mapping: dict[str, Any]) -> Mapping[str, Any]:
    return mapping


class Tree(NamedTuple):
    """The value of a file, or of a part of it, and the line on which it begins.

    `size` is the number of scalars in the file, or a bound of it. `lines` are those of the items of a collection, if it
    does not know them itself. `flat` returns the items of a mapping with what YAML merges into it.
    """

    value: Value
    line: int
    size: int
    lines: Sequence[int] = ()
    flat: Callable[[dict[str, Any]], Mapping[str, Any]] = _unchanged


def lines_of(value: list[Any] | dict[str, Any], items: Iterable[str], line: int) -> Sequence[int]:
    """Return the line of each item of a collection, of a mapping for these of its keys; else its own line for all."""
    if isinstance(value, LinedList):
        return value.lines
    if isinstance(value, LinedMapping):
        return [value.lines.get(key, line) for key in items]
    return [line] * len(value)


def line_of(value: object, otherwise: int) -> int:
    """Return the line of a value; one that does not know its line is on the line of what contains it."""
    return getattr(value, "line", 0) or otherwise


def kind_of(value: Value) -> str:
    """Return what a value is, for messages."""
    if isinstance(value, Tagged):
        return f"the tag {value.tag}"
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "a single value"
