"""How the values of options spell names: separated, in quotes where they must be, dotted where they reach in.

Knows no option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from mdtables.records import NamedTuple

_QUOTED_OR_SEPARATOR = r"""(?<![^\s,.:-])(?:"[^"]*"|'[^']*')|[,.]"""
_NESTED = r"""(?<![^\s,;:.=(|{-])(?:"[^"]*"|'[^']*')|\{\{|\}\}|[{}()]|[,;]"""
_PLAIN_NAME = r"\w(?:[\w ./()+-]*[\w)])?"


class Item(NamedTuple):
    """A part of a value, without the blanks at its ends, and its offset in the value."""

    text: str
    at: int


def split_outside_quotes(text: str, separator: Literal[",", "."] = ",") -> list[str]:
    """Split a text at separators outside quotes, and strip the parts."""
    parts, start = [], 0
    for found in re.finditer(_QUOTED_OR_SEPARATOR, text):
        if found[0] == separator:
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [*parts, text[start:].strip()]


def items_of(text: str, separator: Literal[",", ";"] = ",", *, brackets: str = "") -> Iterator[Item]:
    """Yield the parts of a text between separators outside quotes and outside pairs of these brackets.

    Two braces in a row outside of such a pair are one brace as text.
    """
    depth = start = 0
    for found in re.finditer(_NESTED, text):
        mark = found[0]
        if mark == separator and not depth:
            yield _item(text, start, found.start())
            start = found.end()
        elif mark in ("{{", "}}"):
            depth = max(depth - 1, 0) if depth and mark == "}}" else depth
        elif mark in brackets:
            opens = mark in "({"
            is_order = mark != "(" or text[: found.start()][-1:].strip() != ""  # a blank before it: part of a name
            depth = depth + is_order if opens else max(depth - 1, 0)
    yield _item(text, start, len(text))


def _item(text: str, start: int, end: int) -> Item:
    part = text[start:end]
    return Item(part.strip(), start + len(part) - len(part.lstrip()))


def unquote(name: str) -> str:
    """Return a name without the quotes that it is in, if it is."""
    quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" and name[0] not in name[1:-1]
    return name[1:-1] if quoted else name


def quoted(name: str) -> str:
    """Return the name in quotes that `unquote` removes.

    Single ones by preference, as values are mostly in double quotes.
    """
    return f'"{name}"' if "'" in name else f"'{name}'"


def in_quotes(name: str, quote: str) -> str | None:
    """Return a name as it is written in a list of names, in quotes where it has to be; None if it cannot be."""
    if re.fullmatch(_PLAIN_NAME, name) and " as " not in name:
        return name
    if "{" in name or "}" in name:
        return None if quote in name or "\n" in name else f"{{{quote}{name}{quote}}}"
    return None if quote in name or "\n" in name else f"{quote}{name}{quote}"


def keys_of(name: str) -> tuple[str, ...]:
    """Return the keys in a dotted name; a key with a dot in it is in quotes."""
    return tuple(unquote(key) for key in split_outside_quotes(name, "."))
