"""Text -> Document: the regions in it, and what is wrong with its markers.

Knows how markers are found and paired; not what options mean, and not what a table is (a delimiter row apart).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mdtables.document import marker
from mdtables.document.table import Standing, find_tables, indentation, is_delimiter_row
from mdtables.model import Diagnostic, Location
from mdtables.options import Options

END_OF_LINE = re.compile(r"\r\n|\n|\r")
_FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")


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
class Region:
    """From a start marker to its end marker. `body` are the lines between, with their endings.

    `body_at` is the offset of the first, `first_line` its number; `live` the numbers of those delimiter rows that lie
    neither in code nor in raw HTML.
    """

    start: Marker
    end: Marker
    body: Sequence[str]
    body_at: int
    first_line: int
    live: frozenset[int]
    in_list: bool


@dataclass(frozen=True, slots=True)
class Document:
    path: str
    text: str
    regions: Sequence[Region]
    diagnostics: Sequence[Diagnostic]


@dataclass(frozen=True, slots=True)
class _Candidate:
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


def parse(text: str, path: str) -> Document:
    """The regions of a document. Markers in code are text; every other marker must be paired."""
    if marker.PREFIX not in text:
        return Document(path, text, (), ())
    lines = Lines(text, path)
    candidates = list(_candidates(lines))
    if not candidates:
        return Document(path, text, (), ())
    from mdtables.document.structure import classify  # mistune, only where there is something to ask

    rows = _delimiter_rows(lines, candidates)
    places = classify(text, [c.inside for c in candidates] + [span for _, span in rows], _front_matter(text))
    kept = [(c, place) for c, place in zip(candidates, places, strict=False) if place.kind != "code"]
    row_places = places[len(candidates) :]
    live = [number for (number, _), place in zip(rows, row_places, strict=True) if place.kind == "text"]

    problems = [c.problem for c, _ in kept if c.problem]
    in_list = {c.start: place.in_list for c, place in kept}
    pairs, unpaired = _pair([c for c, _ in kept if c.kind], lines)
    regions = [
        _region(lines, start.marker, end.marker, live, in_list[start.start])
        for start, end in pairs
        if start.marker and end.marker
    ]
    problems += unpaired + [problem for region in regions for problem in _container_problems(region)]
    return Document(path, text, regions, sorted(problems, key=lambda p: (p.location.line, p.location.column)))


def options_of(document: Document, region: Region, defaults: Options) -> tuple[Options, list[Diagnostic]]:
    """What a region's start marker asks for, over these defaults, and what is wrong with it."""
    start = region.start

    def place(offset: int) -> Location:
        before = END_OF_LINE.sub("\n", document.text[start.start : start.text_at + offset])
        line = start.place.line + before.count("\n")
        after_break = before.rpartition("\n")[2]
        return Location(document.path, line, len(after_break) + (start.place.column if after_break == before else 1))

    return marker.read_options(start.text, place, defaults)


def tables_of(document: Document, region: Region) -> list[Standing]:
    """Every table that stands in a region."""
    list_indent = indentation(region.start.prefix) if region.in_list else None
    return list(find_tables(region.body, region.first_line, region.live, document.path, list_indent))


def _candidates(lines: Lines) -> Iterator[_Candidate]:
    text, close = lines.text, -1
    for found in marker.NAME.finditer(text):
        if close < found.end():
            close = text.find("-->", found.end())
            close = len(text) if close < 0 else close
        yield _candidate(lines, found, close)
    for found in marker.LOOKALIKE.finditer(text):
        if not marker.NAME.match(text, found.start()):
            message = f"this looks like a marker, but is not spelled {marker.START} or {marker.END}"
            yield _Candidate(found.start(), problem=Diagnostic("lookalike", message, lines.place(found.start())))


def _candidate(lines: Lines, found: re.Match[str], close: int) -> _Candidate:
    text, start = lines.text, found.start()
    place = lines.place(start)
    kind: Literal["start", "end"] = "start" if found[1] == marker.START else "end"
    prefix = text[start - place.column + 1 : start].removeprefix("\ufeff")
    last_line = lines.number(close)
    after = lines[last_line][close + len("-->") - lines.start(last_line) :]
    options = text[found.end() : close]

    def broken(message: str, hint: str) -> _Candidate:
        return _Candidate(start, kind, problem=Diagnostic("marker", message, place, hint))

    def shared() -> _Candidate:
        message = f"this {kind} marker shares its line with text, so it is none"
        hint = "put it on a line of its own; only its indentation and > may stand before it"
        return _Candidate(start, problem=Diagnostic("shared-line", message, place, hint))

    if prefix.strip(" \t>"):
        if prefix.lstrip(" \t>").startswith("|"):
            return _Candidate(start)  # in a cell: nobody takes that for a marker
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
    return _Candidate(start, kind, whole)


def _delimiter_rows(lines: Lines, candidates: Sequence[_Candidate]) -> list[tuple[int, tuple[int, int]]]:
    """Number and span of every line between the first and the last candidate that could be a delimiter row."""
    first, last = (lines.number(f(c.start for c in candidates)) for f in (min, max))
    rows = []
    for number in range(first, last):
        line = lines[number]
        content = line.lstrip(" \t>")
        if content[:1] in ("|", ":", "-") and is_delimiter_row(content):
            at = lines.start(number) + len(line) - len(content)
            rows.append((number, (at + content.startswith("|"), at + len(content.rstrip()))))
    return rows


def _front_matter(text: str) -> int:
    """The length of the YAML or TOML front matter, its fences included."""
    opening = _FRONT_MATTER.match(text)
    if opening is None:
        return 0
    fence = r"---|\.\.\." if opening[1] == "---" else r"\+\+\+"
    closing = re.compile(rf"^(?:{fence})[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE).search(text, opening.end())
    return closing.end() if closing else 0


def _pair(
    candidates: Sequence[_Candidate], lines: Lines
) -> tuple[list[tuple[_Candidate, _Candidate]], list[Diagnostic]]:
    pairs, problems = [], []
    start: _Candidate | None = None

    def unpaired(code: str, message: str, candidate: _Candidate) -> None:
        hint = f"every {marker.START} needs a {marker.END} after its table"
        if candidate.marker:
            problems.append(Diagnostic(code, message, candidate.marker.place, hint))

    for found in candidates:
        if found.kind == "start":
            if start is not None:
                unpaired("unclosed-region", f"no {marker.END} before the next {marker.START}", start)
                unpaired("nested-region", f"the region from line {lines.number(start.start)} is still open", found)
            start = found
        elif start is None:
            unpaired("unopened-region", f"no {marker.START} before it", found)
        else:
            pairs.append((start, found))
            start = None
    if start is not None:
        unpaired("unclosed-region", f"no {marker.END} after it", start)
    return pairs, problems


def _region(lines: Lines, start: Marker, end: Marker, live: Sequence[int], in_list: bool) -> Region:
    first, last = start.last_line + 1, end.place.line
    body = [lines[number] for number in range(first, last)]
    inside = frozenset(number for number in live if first <= number < last)
    return Region(start, end, body, lines.start(first), first, inside, in_list)


def _container_problems(region: Region) -> Iterator[Diagnostic]:
    if region.start.prefix.count(">") != region.end.prefix.count(">"):
        yield Diagnostic(
            "container",
            f"the start marker on line {region.start.place.line} lies in another block quote",
            region.end.place,
            "write as many > before the end marker as before the start marker",
        )
