"""Git conflicts in a text. Knows how git writes them, and nothing of what they contain."""

from __future__ import annotations

import re

from mdtables.records import NamedTuple
from mdtables.text.edits import END_OF_LINE

# Text, which `re` compiles at its first use: hardly any document is in conflict.
# The lines have seven characters, eight where both sides renamed a file, or as many as .gitattributes says.
_SHORTEST = 7
_OPENS_OR_CLOSES = r"(?:\A|(?<=[\r\n]))(?:<{7,}|>{7,})(?=[ \t\r\n]|\Z)"
_SEPARATOR = r"(?<=[\r\n])={%d}[ \t]*(?:\r\n|\n|\r)"
_BASE = r"(?<=[\r\n])\|{%d}(?=[ \t\r\n])"


class Conflict(NamedTuple):
    """One conflict: the offsets of its opening and its closing line, and of the line after it.

    An opening or closing line without its partner is a conflict of its own. `sides` are the texts of ours and theirs,
    or None where the two cannot be distinguished; `base` is the text of their common base, if git wrote it.
    """

    start: int
    closing: int
    end: int
    sides: tuple[str, str] | None = None
    base: str = ""


def conflicts(text: str) -> list[Conflict]:
    """Return every conflict in a text, in order."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    found: list[Conflict] = []
    opened: re.Match[str] | None = None
    for line in re.finditer(_OPENS_OR_CLOSES, text):
        if line[0][0] == "<":
            if opened is not None:
                found.append(_unpaired(opened.start(), text))
            opened = line
        elif opened is not None and len(opened[0]) == len(line[0]):
            start = opened.start()
            sides, base = _sides(text[start : line.start()], len(line[0]))
            found.append(Conflict(start, line.start(), _next_line(text, line.start()), sides, base))
            opened = None
        elif len(line[0]) == _SHORTEST:  # a longer one may be a quote in a quote
            found.append(_unpaired(line.start(), text))
    return found if opened is None else [*found, _unpaired(opened.start(), text)]


def _unpaired(at: int, text: str) -> Conflict:
    return Conflict(at, at, _next_line(text, at))


def _next_line(text: str, at: int) -> int:
    found = END_OF_LINE.search(text, at)
    return found.end() if found else len(text)


def _sides(inside: str, length: int) -> tuple[tuple[str, str] | None, str]:
    """Split what is between the opening and the closing line into ours and theirs, and a common base."""
    separators = list(re.finditer(_SEPARATOR % length, inside))
    if len(separators) != 1:
        return None, ""
    separator = separators[0]
    base = re.search(_BASE % length, inside[: separator.start()])
    ours = inside[_next_line(inside, 0) : base.start() if base else separator.start()]
    common = inside[_next_line(inside, base.start()) : separator.start()] if base else ""
    return (ours, inside[separator.end() :]), common
