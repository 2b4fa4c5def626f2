"""A document in conflict -> one side of it, where both sides differ only in what sourced regions generate.

Knows how a conflict is cut into its sides, and nothing of data: whoever asks generates those regions anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mdtables.document.candidates import END_OF_LINE
from mdtables.document.parse import Document, options_of, parse, tables_of
from mdtables.document.table import is_blank
from mdtables.model import Location
from mdtables.options import DEFAULTS
from mdtables.patch import splice

_SEPARATOR = re.compile(r"(?<=[\r\n])={7}[ \t]*(?=[\r\n])")
_BASE = re.compile(r"(?<=[\r\n])\|{7}(?=[ \t\r\n])")


@dataclass(frozen=True, slots=True)
class Resolution:
    """Our side of a document, the indexes of its regions that were in conflict, and where lines were left out.

    Each of `left_out` is a line of `document` and how many lines of the text in conflict stood before it.
    """

    document: Document
    regions: frozenset[int]
    left_out: Sequence[tuple[int, int]]

    def original(self, place: Location) -> Location:
        """A place in `document` as one in the text in conflict; any other stays."""
        if place.path != self.document.path or not place.line:
            return place
        return replace(place, line=place.line + sum(lines for at, lines in self.left_out if place.line >= at))


@dataclass(frozen=True, slots=True)
class _Conflict:
    start: int
    end: int
    ours: str
    theirs: str


def resolve(document: Document) -> Resolution | None:
    """Our side, if all conflicts lie in sourced regions. An end marker may lie in a conflict, if it ends both sides."""
    found = list(_cut(document))
    if len(found) != len(document.conflicts):
        return None
    ours = parse(splice(document.text, [(c.start, c.end, c.ours) for c in found]), document.path)
    theirs = parse(splice(document.text, [(c.start, c.end, c.theirs) for c in found]), document.path)
    if ours.conflicts or len(ours.regions) != len(theirs.regions) or _frame(ours) != _frame(theirs):
        return None
    spans, left_out, shorter = [], [], 0
    for conflict in found:
        start = conflict.start - shorter
        end = start + len(conflict.ours)
        shorter += conflict.end - conflict.start - len(conflict.ours)
        spans.append((start, end))
        whole, kept = (_lines(text) for text in (document.text[conflict.start : conflict.end], conflict.ours))
        left_out += [(_lines(ours.text[:start]) + 1, 1), (_lines(ours.text[:end]) + 1, whole - kept - 1)]
    touched = {
        index
        for index, region in enumerate(ours.regions)
        if any(start < region.end.end and region.start.end < end for start, end in spans)
    }
    return Resolution(ours, frozenset(touched), left_out)


def _lines(text: str) -> int:
    return sum(1 for _ in END_OF_LINE.finditer(text))


def _cut(document: Document) -> Iterator[_Conflict]:
    """Every conflict that has two sides, and perhaps their common base between them."""
    starts = [0, *(found.end() for found in END_OF_LINE.finditer(document.text))]
    for first, last in document.conflicts:
        start, closing = starts[first - 1], starts[last - 1]
        end = starts[last] if last < len(starts) else len(document.text)
        inside = document.text[start:closing]
        separators = list(_SEPARATOR.finditer(inside))
        opening = END_OF_LINE.search(inside)
        if len(separators) != 1 or opening is None:
            continue
        below = END_OF_LINE.match(inside, separators[0].end())
        base = _BASE.search(inside, 0, separators[0].start())
        ours = inside[opening.end() : base.start() if base else separators[0].start()]
        theirs = inside[below.end() if below else separators[0].end() :]
        yield _Conflict(start, end, ours, theirs)


def _frame(document: Document) -> list[str]:
    """The text round the tables of sourced regions, their end markers left out: what nobody can generate."""
    pieces, at = [], 0
    for region in document.regions:
        if options_of(document, region, DEFAULTS)[0].source is not None:
            tables = tables_of(document, region)
            inside = range(tables[0].top, tables[0].bottom) if tables else ()
            besides = [line for n, line in enumerate(region.body) if n not in inside and not is_blank(line)]
            pieces += [document.text[at : region.body_at], *besides]
            at = region.end.end
    return [*pieces, document.text[at:]]
