"""The headings of a document, except in code and front matter: their texts, and the levels of those around a line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from mdtables.document.candidates import Lines
from mdtables.document.parse import Document, front_matter
from mdtables.document.structure import classify

_ATX = re.compile(r"#{1,6}[ \t]+([^\r\n]+)")
_ATTRIBUTES = re.compile(r"[ \t]*\{[:#.][^{}]*\}$")  # as kramdown, Pandoc and Python-Markdown read them
_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?:[ \t]+|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*[\r\n]*")


def headings_in(lines: Lines) -> list[tuple[int, str]]:
    """Return the line and the text of every heading, except in code and front matter."""
    found = list(_headings(lines))
    around = classify(lines.text, [place for _, place, _ in found], front_matter(lines.text))
    return [
        (number, heading)
        for (number, _, heading), surroundings in zip(found, around, strict=True)
        if surroundings.kind == "text"
    ]


class HeadingLevels:
    """The levels of the headings of a document that are in no region; they are looked for once, when asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def at(self, line: int) -> int:
        """Return the level of a heading below the nearest one above a line.

        In a document without one it is 2, as its title is not in its text.
        """
        above = bisect_right(self._found, line, key=lambda heading: heading[0])
        return min(self._found[above - 1][1] + 1, 6) if above else 2

    @cached_property
    def _found(self) -> list[tuple[int, int]]:
        lines = Lines(self.document.text, self.document.path)
        starts = [region.start.place.line for region in self.document.regions]
        found = []
        for number, _ in headings_in(lines):
            region = bisect_right(starts, number) - 1
            if region < 0 or self.document.regions[region].end.place.line < number:
                underline = 1 if lines[number + 1].lstrip(" \t>").startswith("=") else 2
                found.append((number, level_of(lines[number].lstrip(" \t>")) or underline))
        return found


def level_of(heading: str) -> int:
    """Return how many number signs a line begins with."""
    return len(heading) - len(heading.lstrip("#"))


def _headings(lines: Lines) -> Iterator[tuple[int, int, str]]:
    """Yield line, offset and text of what may be a heading: it begins with `#`, or the next line underlines it."""
    above = ""
    for number, start in enumerate(lines.starts, 1):
        line = lines[number]
        content = line.lstrip(" \t>")
        if found := _ATX.match(content):
            if heading := _ATTRIBUTES.sub("", found[1].rstrip(" \t#")):
                yield number, start + len(line) - len(content) + found.start(1), heading
        elif _is_paragraph(above) and _UNDERLINE.fullmatch(content) and _are_in_one_container(lines[number - 1], line):
            before = lines[number - 1]
            yield (
                number - 1,
                lines.start(number - 1) + len(before) - len(before.lstrip(" \t>")),
                _ATTRIBUTES.sub("", above),
            )
        above = content.rstrip()


def _is_paragraph(line: str) -> bool:
    return line[:1] not in ("", "#", "|", "=", "-") and "|" not in line


def _are_in_one_container(line: str, below: str) -> bool:
    """Return True if a line of dashes underlines the one above it: below a quote or a list item it does not."""
    one, other = (each[: len(each) - len(each.lstrip(" \t>"))] for each in (line, below))
    item = _ITEM.match(line[len(one) :])
    return one.count(">") == other.count(">") and (item is None or len(other) >= len(one) + len(item[0]))


def heading_above(headings: Sequence[tuple[int, str]], line: int) -> str:
    """Return the text of the nearest heading above a line, "" if there is none."""
    at = bisect_right(headings, line, key=lambda heading: heading[0])
    return headings[at - 1][1] if at else ""
