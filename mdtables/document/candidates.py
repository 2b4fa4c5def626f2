"""Comments in a text that may be markers, and what is wrong with them.

Knows where on its line a marker must be; not whether it is in code, nor how markers are paired.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, count, pairwise
from operator import add
from typing import Literal

from mdtables.document import marker
from mdtables.model.diagnostics import Diagnostic, Fix, Location
from mdtables.records import NamedTuple
from mdtables.text.edits import END_OF_LINE

_BEFORE_CONTENT = re.compile(r"\ufeff?[ \t>]*")
_AFTER = re.compile(r"(?P<blank>[^\S\r\n]*(?P<eol>\r\n|\n|\r|\Z))?")


class Marker(NamedTuple):
    """One marker: the offsets, the span and the text of its comment.

    `opening` is the comment up to and including the marker's name, `text` what follows the name, `last_line` the line
    on which the comment ends, `prefix` its indentation and `>`, `eol` the ending of its last line.
    """

    kind: Literal["start", "end"]
    start: int
    end: int
    opening: str
    text: str
    place: Location
    last_line: int
    prefix: str
    eol: str


class Candidate(NamedTuple):
    """A comment that is a marker unless it is in code; or the problem with it.

    A broken one has a `kind` but no marker: it takes part in pairing, so that its partner is not reported as well.
    """

    start: int
    kind: Literal["start", "end", ""] = ""
    marker: Marker | None = None
    problem: Diagnostic | None = None

    @property
    def inside(self) -> int:
        """An offset inside the comment, to see what surrounds it."""
        return self.start + len("<!--")


class Lines:
    """The lines of a text: their numbers, which count from 1, and their offsets.

    The offsets of lines from that at `first` to that at `last` are known; those of others are counted when asked for.
    """

    def __init__(self, text: str, path: str, first: int = 0, last: int | None = None) -> None:
        self.text, self.path, self._is_whole = text, path, last is None
        self._above = 0  # lines
        if text.count("\r") == text.count("\r\n"):  # takes a sixth of the time of searching for three endings
            begin = text.rfind("\n", 0, first) + 1
            end = text.find("\n", last) + 1 if last is not None else 0
            lengths = map(len, text[begin : end or len(text)].split("\n"))
            self.starts: list[int] = [begin, *map(add, accumulate(lengths), count(begin + 1))][:-1]
            self._above = text.count("\n", 0, begin)
        else:
            self.starts = [0, *(found.end() for found in END_OF_LINE.finditer(text))]
        self._contents: dict[int, int] = {}  # a line may hold thousands of markers

    def number(self, offset: int) -> int:
        if offset < self.starts[0]:
            return self.text.count("\n", 0, offset) + 1
        index = bisect_right(self.starts, offset)
        is_below = index == len(self.starts) and not self._is_whole
        below = self.text.count("\n", self.starts[-1], offset) if is_below else 0
        return self._above + index + below

    def start(self, number: int) -> int:
        index = number - self._above - 1
        if 0 <= index < len(self.starts):
            return self.starts[index]
        at = self.starts[-1] if index > 0 else 0
        for _ in range(index - len(self.starts) + 1 if index > 0 else number - 1):
            at = self.text.find("\n", at) + 1 or len(self.text)
        return at

    def place(self, start: int, end: int) -> Location:
        """Return the span between two offsets. Editors do not count a byte order mark as a column."""
        line, column = self._position(start)
        return Location(self.path, line, column, *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        number = self.number(offset)
        return number, offset - self.start(number) + (number > 1 or not self.text.startswith("\ufeff"))

    def between(self, first: int, last: int) -> list[int]:
        """Return the offsets of the known lines from number `first` up to, but not including, `last`."""
        return self.starts[max(first - self._above - 1, 0) : max(last - self._above - 1, 0)]

    def texts(self, first: int, last: int) -> list[str]:
        """Return these lines, with their endings."""
        edges = [*self.between(first, last), self.start(last)]
        return [self.text[start:end] for start, end in pairwise(edges)]

    def content(self, number: int) -> int:
        """Return the offset of a line's content, after its indentation, its > and a byte order mark."""
        if number not in self._contents:
            found = _BEFORE_CONTENT.match(self.text, self.start(number))
            assert found
            self._contents[number] = found.end()
        return self._contents[number]

    def __getitem__(self, number: int) -> str:
        return self.text[self.start(number) : self.start(number + 1)]


def candidates(text: str, path: str) -> tuple[Lines, list[Candidate]]:
    """Return every comment that begins like a marker, in order, then those that only resemble one; and their lines."""
    name = re.compile(marker.MDX_NAME if marker.is_mdx(path) else marker.NAME)
    names = list(name.finditer(text))
    others: list[re.Match[str]] = []
    if text.count("<!--") > len(names) or "{/*" in text:  # else there is no comment that could resemble a marker
        others = [found for found in re.finditer(marker.LOOKALIKE, text) if not name.match(text, found.start())]
    if not (names or others):
        return Lines("", path), []
    closings = _closings(text, names)
    lines = Lines(text, path, names[0].start(), max(closings)) if names else Lines(text, path)
    found = [_named(*each, lines) for each in zip(names, closings, [*names[1:], None], strict=False)]
    return lines, [*found, *(Candidate(other.start(), problem=_misspelled(lines, other)) for other in others)]


def _closings(text: str, names: Sequence[re.Match[str]]) -> list[int]:
    """Return where each comment is closed, the length of the text if it is not."""
    closes: dict[str, int] = {}
    closings = []
    for found in names:
        closing = marker.closing(found[0])
        close = closes.get(closing, -1)
        if close < found.end():
            close = text.find(closing, found.end())
            closes[closing] = close = len(text) if close < 0 else close
        closings.append(close)
    return closings


def _named(found: re.Match[str], close: int, following: re.Match[str] | None, lines: Lines) -> Candidate:
    if following and following.start() < close < len(lines.text):
        at = lines.place(found.start(), found.end())
        message = f"another marker begins before {marker.closing(found[0])} closes this one"
        problem = Diagnostic("marker", message, at=at, hint=f"add {marker.closing(found[0])} at its end")
        return Candidate(found.start(), "start" if found[1] == marker.START else "end", problem=problem)
    return _candidate(lines, found, close)


def _misspelled(lines: Lines, found: re.Match[str]) -> Diagnostic:
    right = marker.START if found[2] else marker.END
    at = lines.place(found.start(1), found.end(1))
    if found[1] == right and found[0].startswith("<"):
        message = f"what follows {right} has to be a blank or the end of the comment"
        return Diagnostic("misspelled-marker", message, at=at, hint=f"write <!-- {right} … -->")
    if found[1] == right and not marker.is_mdx(lines.path):
        message = "markers in comments of MDX are for .mdx documents: here a marker is an HTML comment"
        return Diagnostic("misspelled-marker", message, at=at, hint=f"write <!-- {right} … -->")
    title = f"if it is meant as a marker, spell it {right}"
    message = f"this comment looks like a marker, but is not spelled {marker.START} or {marker.END}"
    return Diagnostic("misspelled-marker", message, at=at, fixes=(Fix(title, edits=((at, right),)),))


def _candidate(lines: Lines, found: re.Match[str], close: int) -> Candidate:
    start = found.start()
    kind: Literal["start", "end"] = "start" if found[1] == marker.START else "end"
    at = lines.place(start, min(close + len("-->"), len(lines.text)))
    content, last_line = lines.content(at.line), lines.number(close)
    after = _AFTER.match(lines.text, close + len("-->"))
    assert after
    is_alone = after["blank"] is not None
    if lines.text.startswith("|", content):
        return Candidate(start)  # in a cell of a table it is not meant as a marker
    if content == start and (problem := _broken(kind, found.end(), close, at, last_line, lines, is_alone=is_alone)):
        return Candidate(start, kind, problem=problem)
    if content != start or not is_alone:
        message = f"this {kind} marker is ignored: it is not alone on its line"
        hint = "put it on a line of its own; only indentation and > may precede it"
        return Candidate(start, problem=Diagnostic("inline-marker", message, at=at, hint=hint))
    prefix = lines.text[lines.start(at.line) : start].removeprefix("\ufeff")
    opening, text = lines.text[start : found.end()], lines.text[found.end() : close]
    whole = Marker(kind, start, close + len("-->"), opening, text, at, last_line, prefix, after["eol"])
    return Candidate(start, kind, whole)


def _broken(
    kind: str, start: int, close: int, at: Location, last_line: int, lines: Lines, *, is_alone: bool
) -> Diagnostic | None:
    """Return what is wrong with a marker at the beginning of a line; its text is that from `start` to `close`."""
    closing = marker.closing(lines.text[lines.content(at.line) :][:1])
    if close == len(lines.text):
        at = at._replace(end_line=0, end_column=0)
        message = f"this {kind} marker is not closed by {closing}"
        return Diagnostic("marker", message, at=at, hint=f"add {closing} at its end")
    if kind == "end" and last_line != at.line:
        return Diagnostic(
            "marker", "an end marker spans several lines", at=at, hint=f"close it with {closing} on its first line"
        )
    if not is_alone and marker.has_open_quote(lines.text[start:close]):
        return Diagnostic("marker", marker.OPEN_QUOTE, at=at, hint=f"write the value without {closing}")
    return None
