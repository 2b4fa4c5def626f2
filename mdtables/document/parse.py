"""Text -> Document: its regions, and what is wrong with its markers.

Knows how markers are paired; not what options mean, nor what a table is, except for delimiter rows.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mdtables.document import marker
from mdtables.document.candidates import Candidate, Lines, Marker, candidates
from mdtables.document.structure import Surroundings, classify
from mdtables.document.table import (
    CurrentTable,
    Extent,
    Paragraph,
    extents,
    foreign_line,
    indentation,
    is_delimiter_row,
    read_table,
)
from mdtables.model.diagnostics import Code, Diagnostic, Fix, Location
from mdtables.records import NamedTuple
from mdtables.text.conflicts import conflicts

_LIKE_A_DELIMITER_ROW = re.compile(r"[ \t>]*(?:\|[ \t]*)?:?-")
_CODE_INDENT = 4
_FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")


class Region(NamedTuple):
    """A start marker, its end marker, and the lines between them, with their endings.

    `body_at` is the offset of the first of these lines, `first_line` its number. `live` are the delimiter rows that are
    neither in code nor in raw HTML, by their line numbers.
    """

    start: Marker
    end: Marker
    body: Sequence[str]
    body_at: int
    first_line: int
    live: Mapping[int, Paragraph]


class Document(NamedTuple):
    """A text with its regions. `conflicts` are the first and the last line of each git conflict in it.

    `in_code` are the places of markers that are text because they are in code.
    """

    path: str
    text: str
    regions: Sequence[Region]
    diagnostics: Sequence[Diagnostic]
    conflicts: Sequence[tuple[int, int]] = ()
    in_code: Sequence[Location] = ()


def parse(text: str, path: str) -> Document:
    """Find the regions of a document. Markers in code are text; every other marker must have its partner."""
    lines, found = candidates(text, path)
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
    in_code = [
        candidate.marker
        for candidate, surroundings in zip(found, around[: len(found)], strict=True)
        if surroundings.kind == "code" and candidate.marker
    ]
    live = live_rows(lines, rows, around_rows)

    problems = [c.problem for c, _ in kept if c.problem]
    numbers = list(live)
    pairs, unpaired = _pair([c for c, _ in kept if c.kind], lines, in_code)
    regions = [
        _region(lines, start.marker, end.marker, live, numbers) for start, end in pairs if start.marker and end.marker
    ]
    problems += [*unpaired, *_indented(in_code, numbers)]
    problems += [problem for region in regions for problem in _container_problems(region)]
    problems.sort(key=lambda problem: (problem.at.line, problem.at.column))
    in_conflict = list(_conflicts(lines, regions))
    return Document(path, text, regions, problems, in_conflict, [found.place for found in in_code])


def _conflicts(lines: Lines, regions: Sequence[Region]) -> Iterator[tuple[int, int]]:
    """Yield the lines of each git conflict, without those in code outside regions: a document may explain git."""
    found = conflicts(lines.text)
    around = classify(lines.text, [each.start for each in found], front_matter(lines.text)) if found else []
    for each, surroundings in zip(found, around, strict=True):
        first, last = lines.number(each.start), lines.number(each.closing)
        if surroundings.kind != "code" or touches_region(regions, first, last):
            yield first, last


def touches_region(regions: Sequence[Region], first: int, last: int) -> bool:
    """Return True if a region has one of these lines, its markers included."""
    nearest = bisect_left(regions, first, key=lambda region: region.end.place.line)
    return nearest < len(regions) and regions[nearest].start.place.line <= last


def tables_of(document: Document, region: Region) -> list[CurrentTable]:
    """Read every table in a region."""
    return [read_table(region.body, found, region.first_line, document.path) for found in extents_of(region)]


def extents_of(region: Region) -> list[Extent]:
    """Find every table in a region, without reading its cells."""
    return list(extents(region.body, region.first_line, region.live))


def only_table(document: Document, region: Region) -> CurrentTable | None:
    """Read the table of a region that contains nothing else; None if it contains anything else, or no table."""
    extent = next(iter(extents_of(region)), None)
    if extent is None or foreign_line(region.body, extent) is not None:
        return None
    return read_table(region.body, extent, region.first_line, document.path)


def live_rows(lines: Lines, rows: Sequence[tuple[int, int]], around: Sequence[Surroundings]) -> dict[int, Paragraph]:
    """Return the paragraphs of the delimiter rows that are in one, by their line numbers."""
    return {
        number: Paragraph(lines.number(row.start), row.quotes, row.indent)
        for (number, _), row in zip(rows, around, strict=True)
        if row.kind == "text"
    }


def _delimiter_rows(lines: Lines, found: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Return number and offset of every line from the first to the last marker that could be a delimiter row."""
    numbers = [each.marker.place.line for each in found if each.marker]
    return delimiter_rows(lines, numbers[0], numbers[-1]) if numbers else []


def delimiter_rows(lines: Lines, first: int, last: int) -> list[tuple[int, int]]:
    """Return number and offset of every line from `first` up to, but not including, `last` that could be one."""
    rows, text, is_like = [], lines.text, _LIKE_A_DELIMITER_ROW.match
    starts = lines.between(first, last)
    for number in [number for number, start in enumerate(starts, first) if is_like(text, start)]:
        line = lines[number]
        content = line.lstrip(" \t>")
        if is_delimiter_row(content):
            rows.append((number, lines.start(number) + len(line) - len(content)))
    return rows


def front_matter(text: str) -> int:
    """Return the length of the YAML or TOML front matter, including its fences."""
    opening = _FRONT_MATTER.match(text)
    if opening is None:
        return 0
    fence = r"---|\.\.\." if opening[1] == "---" else r"\+\+\+"
    closing = re.compile(rf"(?<=[\r\n])(?:{fence})[ \t]*(?:\r\n|\n|\r|\Z)").search(text, opening.end())
    return closing.end() if closing else 0


def _indented(in_code: Sequence[Marker], rows: Sequence[int]) -> Iterator[Diagnostic]:
    """Yield a warning for a pair of markers that are code because of their indentation, around a table that is not."""
    for start, end in pairwise(in_code):
        if (start.kind, end.kind) == ("start", "end") and indentation(start.prefix) >= _CODE_INDENT:
            between = bisect_left(rows, start.place.line)
            if between < len(rows) and rows[between] < end.place.line:
                message = "these markers are ignored: indented by four columns, they are code, but the table is not"
                hint = "indent the markers as the table is"
                yield Diagnostic("marker-in-code", message, at=start.place, hint=hint)


def _pair(
    found: Sequence[Candidate], lines: Lines, in_code: Sequence[Marker]
) -> tuple[list[tuple[Candidate, Candidate]], list[Diagnostic]]:
    pairs, problems = [], []
    start: Candidate | None = None

    def unpaired(code: Code, message: str, candidate: Candidate) -> None:
        hint = f"every {marker.START} needs a {marker.END} after its table"
        if candidate.marker:
            wanted = "end" if candidate.kind == "start" else "start"
            lines_in_code = [str(found.place.line) for found in in_code if found.kind == wanted]
            if lines_in_code:
                hint += f"; the one on line {', '.join(lines_in_code[:3])} is in code, so it is text"
            problems.append(Diagnostic(code, message, at=candidate.marker.place, hint=hint))

    for candidate in found:
        if candidate.kind == "start":
            if start is not None:
                next_line = lines.number(candidate.start)
                message = f"there is no {marker.END} before the next {marker.START}, on line {next_line}"
                unpaired("unclosed-region", message, start)
            start = candidate
        elif start is None:
            unpaired("unopened-region", f"there is no {marker.START} before this {marker.END}", candidate)
        else:
            pairs.append((start, candidate))
            start = None
    if start is not None:
        unpaired("unclosed-region", f"there is no {marker.END} after this {marker.START}", start)
    return pairs, problems


def _region(lines: Lines, start: Marker, end: Marker, live: Mapping[int, Paragraph], numbers: Sequence[int]) -> Region:
    first, last = start.last_line + 1, end.place.line
    body = lines.texts(first, last)
    inside = {number: live[number] for number in numbers[bisect_left(numbers, first) : bisect_left(numbers, last)]}
    return Region(start, end, body, lines.start(first), first, inside)


def _container_problems(region: Region) -> Iterator[Diagnostic]:
    wanted, found = region.start.prefix.count(">"), region.end.prefix.count(">")
    if wanted != found:
        message = f"the start marker on line {region.start.place.line} is in another block quote"
        hint = "write as many > before the end marker as before the start marker"
        at, marks = region.end.place, "> " * wanted
        before = at._replace(column=1, end_line=at.line, end_column=at.column)
        fix = Fix(hint, edits=((before, marks),))
        yield Diagnostic("mismatched-container", message, at=at, fixes=(fix,))
