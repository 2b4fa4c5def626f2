"""A document with git conflicts -> its two sides, if they differ only in the tables of sourced regions.

Knows documents and regions; the caller generates the tables that are in conflict.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from mdtables.document.candidates import Lines
from mdtables.document.marker import option_names
from mdtables.document.parse import Document, extents_of, parse
from mdtables.document.table import is_blank
from mdtables.model.diagnostics import Location
from mdtables.records import NamedTuple
from mdtables.text.conflicts import conflicts
from mdtables.text.edits import line_at, splice


class Resolution(NamedTuple):
    """Both sides of a document, the indexes of the regions in conflict, and what is needed to map lines back.

    Each of `left_out` is a line of `ours`, in order, and how many lines of the text with conflicts precede it that are
    not in `ours`. `bases` are the texts of common bases that git wrote between the sides.
    """

    ours: Document
    theirs: Document
    regions: frozenset[int]
    left_out: Sequence[tuple[int, int]]
    bases: Sequence[str]

    def original(self, place: Location) -> Location:
        """Map a place in `ours` to the text with conflicts; a place in another file stays."""
        if place.path != self.ours.path or not place.line:
            return place
        index = bisect_right(self.left_out, place.line, key=lambda each: each[0])
        shift = self.left_out[index - 1][1] if index else 0
        return place._replace(line=place.line + shift, end_line=place.end_line and place.end_line + shift)


def resolve(document: Document) -> Resolution | None:
    """Return both sides if all conflicts are in sourced regions, whose end markers may be part of them; else None."""
    edits: list[list[tuple[int, int, str]]] = [[], []]
    spans, left_out, bases, shorter, missing = [], [], [], 0, 0
    for conflict in conflicts(document.text):
        if conflict.sides is None:
            return None
        for side, text in zip(edits, conflict.sides, strict=True):
            side.append((conflict.start, conflict.end, text))
        kept, whole = conflict.sides[0], document.text[conflict.start : conflict.end]
        start = conflict.start - shorter
        shorter += len(whole) - len(kept)
        spans.append((start, start + len(kept)))
        bases.append(conflict.base)
        left_out.append((start, missing + 1))
        missing += line_at(whole) - line_at(kept)
        left_out.append((start + len(kept), missing))
    ours, theirs = (parse(splice(document.text, side), document.path) for side in edits)
    if len(ours.regions) != len(theirs.regions) or _frame(ours) != _frame(theirs):
        return None
    touched = set()
    for index, region in enumerate(ours.regions):
        nearest = bisect_right(spans, region.start.end, key=lambda span: span[1])
        if nearest < len(spans) and spans[nearest][0] < region.end.end:
            touched.add(index)
    lines = Lines(ours.text, ours.path)
    numbers = [(lines.number(at), before) for at, before in left_out]
    return Resolution(ours, theirs, frozenset(touched), numbers, bases)


def _frame(document: Document) -> list[str]:
    """Return the text around the tables of sourced regions, without their end markers: all that is not generated."""
    pieces, at = [], 0
    for region in document.regions:
        if "source" in option_names(region.start.text):
            tables = extents_of(region)
            inside = range(tables[0].top, tables[0].bottom) if tables else ()
            around = [line for n, line in enumerate(region.body) if n not in inside and not is_blank(line)]
            pieces += [document.text[at : region.body_at], *around]
            at = region.end.end
    return [*pieces, document.text[at:]]
