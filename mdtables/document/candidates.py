"""Every comment in a text that may be a marker, and what is wrong with it as one.

Knows how a marker stands on its line; not whether it lies in code, and not which marker belongs to which.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mdtables.document import marker
from mdtables.model import Diagnostic, Location

END_OF_LINE = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Marker:
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comment that may be a marker, if it does not lie in code; or what is wrong with it.

    One with a `kind` and no marker takes part in the pairing, so that its partner is not told it has none.
    """

    start: int
    kind: Literal["start", "end", ""] = ""
    marker: Marker | None = None
    problem: Diagnostic | None = None

    @property
    def inside(self) -> tuple[int, int]:
        return self.start + len("<!--"), self.start + len("<!--")


class Lines:
    """Where the lines of a text begin. Line numbers count from 1."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self.starts = [0, *(found.end() for found in END_OF_LINE.finditer(text))]

    def number(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def start(self, number: int) -> int:
        return self.starts[number - 1] if number <= len(self.starts) else len(self.text)

    def place(self, offset: int) -> Location:
        number = self.number(offset)
        return Location(self.path, number, offset - self.start(number) + 1)

    def __getitem__(self, number: int) -> str:
        return self.text[self.start(number) : self.start(number + 1)]


def candidates(lines: Lines) -> Iterator[Candidate]:
    """Every comment that begins like a marker, in order; then those that only look like one."""
    text, close = lines.text, -1
    for found in marker.NAME.finditer(text):
        if close < found.end():
            close = text.find("-->", found.end())
            close = len(text) if close < 0 else close
        yield _candidate(lines, found, close)
    for found in marker.LOOKALIKE.finditer(text):
        if not marker.NAME.match(text, found.start()):
            message = f"this looks like a marker, but is not spelled {marker.START} or {marker.END}"
            yield Candidate(found.start(), problem=Diagnostic("lookalike", message, lines.place(found.start())))


def _candidate(lines: Lines, found: re.Match[str], close: int) -> Candidate:
    text, start = lines.text, found.start()
    place = lines.place(start)
    kind: Literal["start", "end"] = "start" if found[1] == marker.START else "end"
    prefix = text[start - place.column + 1 : start].removeprefix("\ufeff")
    last_line = lines.number(close)
    after = lines[last_line][close + len("-->") - lines.start(last_line) :]
    options = text[found.end() : close]

    def broken(message: str, hint: str) -> Candidate:
        return Candidate(start, kind, problem=Diagnostic("marker", message, place, hint))

    def shared() -> Candidate:
        message = f"this {kind} marker shares its line with text, so it is none"
        hint = "put it on a line of its own; only its indentation and > may stand before it"
        return Candidate(start, problem=Diagnostic("shared-line", message, place, hint))

    if prefix.strip(" \t>"):
        if prefix.lstrip(" \t>").startswith("|"):
            return Candidate(start)  # in a cell: nobody takes that for a marker
        return shared()
    if close == len(text) or (kind == "end" and last_line != place.line):
        return broken(f"this {kind} marker is not closed by -->", "close it on its own line, or delete it")
    if after.strip():
        if options.count('"') % 2 or options.count("'") % 2:
            return broken("a quote is not closed; --> cannot stand in a value, since it ends the comment", "")
        return shared()
    eol = END_OF_LINE.search(after)
    ending = eol[0] if eol else ""
    whole = Marker(kind, start, close + 3, options, found.end(), place, last_line, prefix, ending)
    return Candidate(start, kind, whole)
