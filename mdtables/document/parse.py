"""Text -> Document: the regions in it, and what is wrong with its markers.

Knows how markers are paired; not what options mean, and not what a table is (a delimiter row apart).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.document import marker
from mdtables.document.candidates import Candidate, Lines, Marker, candidates
from mdtables.document.structure import classify
from mdtables.document.table import Standing, extents, find_tables, indentation, is_delimiter_row
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.options import Options
from mdtables.text.conflicts import conflicts
from mdtables.text.edits import END_OF_LINE

_LIKE_A_DELIMITER_ROW = re.compile(r"[ \t>]*\|?[ \t]*:?-")
_FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")


class Region(NamedTuple):
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


class Document(NamedTuple):
    """A text with its regions. `conflicts` are the first and the last line of each of git's conflicts in it."""

    path: str
    text: str
    regions: Sequence[Region]
    diagnostics: Sequence[Diagnostic]
    conflicts: Sequence[tuple[int, int]] = ()


def parse(text: str, path: str) -> Document:
    """The regions of a document. Markers in code are text; every other marker must be paired."""
    lines = Lines(text, path)
    found = list(candidates(lines))
    if not found:
        return Document(path, text, (), ())
    rows = _delimiter_rows(lines, found)
    around = classify(text, [c.inside for c in found] + [place for _, place in rows], front_matter(text))
    around_rows = around[len(found) :]
    kept = [
        (candidate, surroundings)
        for candidate, surroundings in zip(found, around[: len(found)], strict=True)
        if surroundings.kind != "code"
    ]
    live = [number for (number, _), row in zip(rows, around_rows, strict=True) if row.kind == "text"]

    problems = [c.problem for c, _ in kept if c.problem]
    in_list = {c.start: surroundings.in_list for c, surroundings in kept}
    pairs, unpaired = _pair([c for c, _ in kept if c.kind], lines)
    regions = [
        _region(lines, start.marker, end.marker, live, in_list[start.start])
        for start, end in pairs
        if start.marker and end.marker
    ]
    problems += unpaired + [problem for region in regions for problem in _container_problems(region)]
    problems.sort(key=lambda problem: (problem.location.line, problem.location.column))
    in_conflict = [(lines.number(found.start), lines.number(found.closing)) for found in conflicts(text)]
    return Document(path, text, regions, problems, in_conflict)


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
    return list(find_tables(region.body, region.first_line, region.live, document.path, _list_indent(region)))


def row_counts(region: Region) -> list[int]:
    """How many rows each table has that stands in a region."""
    found = extents(region.body, region.first_line, region.live, _list_indent(region))
    return [bottom - top - 2 for top, bottom, _ in found]


def _list_indent(region: Region) -> int | None:
    return indentation(region.start.prefix) if region.in_list else None


def _delimiter_rows(lines: Lines, found: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Number and offset of every line between the first and the last candidate that could be a delimiter row."""
    first, last = (lines.number(f(c.start for c in found)) for f in (min, max))
    rows = []
    for number, start in enumerate(lines.starts[first - 1 : last - 1], first):
        if _LIKE_A_DELIMITER_ROW.match(lines.text, start):
            line = lines[number]
            content = line.lstrip(" \t>")
            if is_delimiter_row(content):
                rows.append((number, start + len(line) - len(content)))
    return rows


def front_matter(text: str) -> int:
    """The length of the YAML or TOML front matter, its fences included."""
    opening = _FRONT_MATTER.match(text)
    if opening is None:
        return 0
    fence = r"---|\.\.\." if opening[1] == "---" else r"\+\+\+"
    closing = re.compile(rf"(?<=[\r\n])(?:{fence})[ \t]*(?:\r\n|\n|\r|\Z)").search(text, opening.end())
    return closing.end() if closing else 0


def _pair(found: Sequence[Candidate], lines: Lines) -> tuple[list[tuple[Candidate, Candidate]], list[Diagnostic]]:
    pairs, problems = [], []
    start: Candidate | None = None

    def unpaired(code: str, message: str, candidate: Candidate) -> None:
        hint = f"every {marker.START} needs a {marker.END} after its table"
        if candidate.marker:
            problems.append(Diagnostic(code, message, candidate.marker.place, hint))

    for candidate in found:
        if candidate.kind == "start":
            if start is not None:
                unpaired("unclosed-region", f"no {marker.END} before the next {marker.START}", start)
                unpaired("nested-region", f"the region from line {lines.number(start.start)} is still open", candidate)
            start = candidate
        elif start is None:
            unpaired("unopened-region", f"no {marker.START} before it", candidate)
        else:
            pairs.append((start, candidate))
            start = None
    if start is not None:
        unpaired("unclosed-region", f"no {marker.END} after it", start)
    return pairs, problems


def _region(lines: Lines, start: Marker, end: Marker, live: Sequence[int], in_list: bool) -> Region:
    first, last = start.last_line + 1, end.place.line
    body = lines.between(first, last)
    inside = frozenset(live[bisect_left(live, first) : bisect_left(live, last)])
    return Region(start, end, body, lines.start(first), first, inside, in_list)


def _container_problems(region: Region) -> Iterator[Diagnostic]:
    if region.start.prefix.count(">") != region.end.prefix.count(">"):
        yield Diagnostic(
            "container",
            f"the start marker on line {region.start.place.line} lies in another block quote",
            region.end.place,
            "write as many > before the end marker as before the start marker",
        )
