"""Every comment in a text that may be a marker, and what is wrong with it as one.

Knows how a marker stands on its line; not whether it lies in code, and not which marker belongs to which.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, count, pairwise
from operator import add
from typing import Literal, NamedTuple

from mdtables.document import marker
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.text.edits import END_OF_LINE

_BEFORE_CONTENT = re.compile(r"\ufeff?[ \t>]*")
_BEHIND = re.compile(r"(?P<blank>[^\S\r\n]*(?P<eol>\r\n|\n|\r|\Z))?")


class Marker(NamedTuple):
    """One marker. `start` and `end` are the offsets of its comment, `text` what follows its name in it.

    `line` is where the comment begins, `last_line` where it ends, `prefix` its indentation and `>`, `eol` the ending
    of its last line.
    """

    kind: Literal["start", "end"]
    start: int
    end: int
    text: str
    text_at: int
    place: Location
    last_line: int
    prefix: str
    eol: str


class Candidate(NamedTuple):
    """A comment that may be a marker, if it does not lie in code; or what is wrong with it.

    One with a `kind` and no marker takes part in the pairing, so that its partner is not told it has none.
    """

    start: int
    kind: Literal["start", "end", ""] = ""
    marker: Marker | None = None
    problem: Diagnostic | None = None

    @property
    def inside(self) -> int:
        return self.start + len("<!--")


class Lines:
    """Where the lines of a text begin. Line numbers count from 1."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        if text.count("\r") == text.count("\r\n"):  # a sixth of the time that a search for three endings takes
            self.starts = [0, *map(add, accumulate(map(len, text.split("\n"))), count(1))][:-1]
        else:
            self.starts = [0, *(found.end() for found in END_OF_LINE.finditer(text))]
        self._contents: dict[int, int] = {}  # a line may hold thousands of markers

    def number(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def start(self, number: int) -> int:
        return self.starts[number - 1] if number <= len(self.starts) else len(self.text)

    def place(self, offset: int) -> Location:
        number = self.number(offset)
        return Location(self.path, number, offset - self.start(number) + 1)

    def between(self, first: int, last: int) -> list[str]:
        """The lines from one number up to, not including, another."""
        edges = [*self.starts[first - 1 : last - 1], self.start(last)]
        return [self.text[start:end] for start, end in pairwise(edges)]

    def content(self, number: int) -> int:
        """Where a line's content begins, behind its indentation, its > and the byte order mark."""
        if number not in self._contents:
            found = _BEFORE_CONTENT.match(self.text, self.start(number))
            assert found
            self._contents[number] = found.end()
        return self._contents[number]

    def __getitem__(self, number: int) -> str:
        return self.text[self.start(number) : self.start(number + 1)]


def candidates(lines: Lines) -> Iterator[Candidate]:
    """Every comment that begins like a marker, in order; then those that only look like one."""
    text, close = lines.text, -1
    names = list(re.finditer(marker.NAME, text))
    for found, following in zip(names, [*names[1:], None], strict=False):
        if close < found.end():
            close = text.find("-->", found.end())
            close = len(text) if close < 0 else close
        if following and following.start() < close < len(text):
            place = lines.place(found.start())
            message = "another marker begins before this one is closed by -->"
            problem = Diagnostic("marker", message, place, "close it, or delete it")
            yield Candidate(found.start(), "start" if found[1] == marker.START else "end", problem=problem)
        else:
            yield _candidate(lines, found, close)
    name = re.compile(marker.NAME)
    for found in re.finditer(marker.LOOKALIKE, text):
        if not name.match(text, found.start()):
            message = f"this looks like a marker, but is not spelled {marker.START} or {marker.END}"
            yield Candidate(found.start(), problem=Diagnostic("lookalike", message, lines.place(found.start())))


def _candidate(lines: Lines, found: re.Match[str], close: int) -> Candidate:
    start = found.start()
    place = lines.place(start)
    if lines.text.startswith("\ufeff") and place.line == 1:
        place = Location(place.path, 1, place.column - 1)  # nobody sees a byte order mark
    kind: Literal["start", "end"] = "start" if found[1] == marker.START else "end"
    content, last_line = lines.content(place.line), lines.number(close)
    behind = _BEHIND.match(lines.text, close + len("-->"))
    assert behind
    is_alone = behind["blank"] is not None
    if lines.text.startswith("|", content):
        return Candidate(start)  # in a cell: nobody takes that for a marker
    if content == start and (problem := _broken(kind, found.end(), close, place, last_line, lines, is_alone=is_alone)):
        return Candidate(start, kind, problem=problem)
    if content != start or not is_alone:
        message = f"this {kind} marker shares its line with text, so it is none"
        hint = "put it on a line of its own; only its indentation and > may stand before it"
        return Candidate(start, problem=Diagnostic("shared-line", message, place, hint))
    prefix = lines.text[lines.start(place.line) : start].removeprefix("\ufeff")
    options = lines.text[found.end() : close]
    whole = Marker(kind, start, close + 3, options, found.end(), place, last_line, prefix, behind["eol"])
    return Candidate(start, kind, whole)


def _broken(
    kind: str, start: int, close: int, place: Location, last_line: int, lines: Lines, *, is_alone: bool
) -> Diagnostic | None:
    """What is wrong with a marker that begins a line of its own; its text is that from `start` to `close`."""
    if close == len(lines.text):
        return Diagnostic("marker", f"this {kind} marker is not closed by -->", place, "close it, or delete it")
    if kind == "end" and last_line != place.line:
        return Diagnostic("marker", "an end marker stands on one line", place, "close it by --> where it begins")
    if not is_alone and marker.has_open_quote(lines.text[start:close]):
        return Diagnostic("marker", marker.OPEN_QUOTE, place, "write the value without it")
    return None
