"""A document in conflict -> its two sides, where these differ only in the tables of sourced regions.

Knows documents; how a conflict is spelled, `conflict` knows, and whoever asks generates those tables anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mdtables.conflict import conflicts
from mdtables.document.parse import Document, options_of, parse, tables_of
from mdtables.document.table import is_blank
from mdtables.model import Location
from mdtables.offsets import line_at, splice
from mdtables.options import DEFAULTS


@dataclass(frozen=True, slots=True)
class Resolution:
    """Both sides of a document, the indexes of the regions that are in conflict, and where lines were left out of ours.

    Each of `left_out` is a line of `ours` and how many lines of the text in conflict stood before it.
    """

    ours: Document
    theirs: Document
    regions: frozenset[int]
    left_out: Sequence[tuple[int, int]]

    def original(self, place: Location) -> Location:
        """A place in `ours` as one in the text in conflict; any other stays."""
        if place.path != self.ours.path or not place.line:
            return place
        return replace(place, line=place.line + sum(lines for at, lines in self.left_out if place.line >= at))


def resolve(document: Document) -> Resolution | None:
    """The sides, if all conflicts lie in sourced regions; an end marker may lie in one, if it ends both sides."""
    edits: list[list[tuple[int, int, str]]] = [[], []]
    spans, left_out, shorter = [], [], 0
    for conflict in conflicts(document.text):
        if conflict.sides is None:
            return None
        for side, text in zip(edits, conflict.sides, strict=True):
            side.append((conflict.start, conflict.end, text))
        kept, whole = conflict.sides[0], document.text[conflict.start : conflict.end]
        start = conflict.start - shorter
        shorter += len(whole) - len(kept)
        spans.append((start, start + len(kept)))
        left_out.append((start, 1))
        left_out.append((start + len(kept), line_at(whole) - line_at(kept) - 1))
    ours, theirs = (parse(splice(document.text, side), document.path) for side in edits)
    if len(ours.regions) != len(theirs.regions) or _frame(ours) != _frame(theirs):
        return None
    touched = {
        index
        for index, region in enumerate(ours.regions)
        if any(start < region.end.end and region.start.end < end for start, end in spans)
    }
    return Resolution(ours, theirs, frozenset(touched), [(line_at(ours.text[:at]), lines) for at, lines in left_out])


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
