"""Git conflicts in a text. Knows how git writes them, and nothing of what they contain."""

from __future__ import annotations

import re
from typing import NamedTuple

from mdtables.text.edits import END_OF_LINE

# Text, which `re` compiles at its first use: hardly any document is in conflict.
_OPENS_OR_CLOSES = r"(?:\A|(?<=[\r\n]))(?:<{7}|>{7})(?=[ \t\r\n]|\Z)"
_SEPARATOR = r"(?<=[\r\n])={7}[ \t]*(?:\r\n|\n|\r)"
_BASE = r"(?<=[\r\n])\|{7}(?=[ \t\r\n])"


class Conflict(NamedTuple):
    """One conflict: the offsets of its opening and its closing line, and of the line after it.

    An opening or closing line without its partner is a conflict of its own. `sides` are the texts of ours and theirs,
    or None where the two cannot be distinguished.
    """

    start: int
    closing: int
    end: int
    sides: tuple[str, str] | None = None


def conflicts(text: str) -> list[Conflict]:
    """Return every conflict in a text, in order."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    found: list[Conflict] = []
    opened: int | None = None
    for line in re.finditer(_OPENS_OR_CLOSES, text):
        if line[0][0] == "<":
            if opened is not None:
                found.append(_unpaired(opened, text))
            opened = line.start()
        elif opened is None:
            found.append(_unpaired(line.start(), text))
        else:
            sides = _sides(text[opened : line.start()])
            found.append(Conflict(opened, line.start(), _next_line(text, line.start()), sides))
            opened = None
    return found if opened is None else [*found, _unpaired(opened, text)]


def _unpaired(at: int, text: str) -> Conflict:
    return Conflict(at, at, _next_line(text, at))


def _next_line(text: str, at: int) -> int:
    found = END_OF_LINE.search(text, at)
    return found.end() if found else len(text)


def _sides(inside: str) -> tuple[str, str] | None:
    """Split what is between the opening and the closing line into ours and theirs; a common base is left out."""
    separators = list(re.finditer(_SEPARATOR, inside))
    if len(separators) != 1:
        return None
    separator = separators[0]
    base = re.search(_BASE, inside[: separator.start()])
    ours = inside[_next_line(inside, 0) : base.start() if base else separator.start()]
    return ours, inside[separator.end() :]
