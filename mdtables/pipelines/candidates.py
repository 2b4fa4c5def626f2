"""The hand-written tables of a document, which can become data: in bare regions, and outside all regions and code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from mdtables.document import marker
from mdtables.document.candidates import Lines
from mdtables.document.parse import (
    Document,
    Region,
    delimiter_rows,
    extents_of,
    front_matter,
    live_rows,
    parse,
)
from mdtables.document.region_options import read_options
from mdtables.document.structure import classify
from mdtables.document.table import (
    CurrentTable,
    Extent,
    extents,
    is_caption,
    is_text_below,
    prefix_of,
    read_table,
    with_own_lines,
)
from mdtables.model.options import DEFAULTS
from mdtables.text.edits import END_OF_LINE, Edit

_HEADING = re.compile(r"(?:\A|(?<=[\r\n]))[ \t>]*#{1,6}[ \t]+([^\r\n]*[^ \t#\r\n])")


class HandWritten(NamedTuple):
    """A hand-written table: its lines, with the caption and the attribute lines that belong to it, and its cells.

    `heading` is the nearest heading above it. `text_below` is the number of a line directly below it that only some
    renderers take for a row, 0 if there is none. `region` is the bare region that it is in, None outside of regions;
    `lines_of_all` are the lines of all tables there, of which it is the one with index `number`.
    """

    document: Document
    lines: Lines
    first: int
    last: int
    current: CurrentTable
    heading: str
    text_below: int
    region: Region | None = None
    number: int = 0
    lines_of_all: Sequence[tuple[int, int]] = ()

    def marked(self) -> list[Edit]:
        """Return the edits that put bare markers around the table."""
        return list(self._markers(self.first, self.last, "", blank=False))

    def divided(self) -> list[Edit]:
        """Return the edits that put markers around each table of its region, instead of around all of them."""
        assert self.region
        start, end = self.region.start, self.region.end
        edits: list[Edit] = [
            (self.lines.start(first), self.lines.start(last + 1), "")
            for first, last in ((start.place.line, start.last_line), (end.place.line, end.last_line))
        ]
        for first, last in self.lines_of_all:
            edits += self._markers(first, last, start.text.strip(), blank=True)
        return edits

    def _markers(self, first: int, last: int, options: str, *, blank: bool) -> Iterator[Edit]:
        """Yield the edits that put a pair of markers around some lines, and a blank line between if that is wanted."""
        line = self.lines[first]
        prefix = prefix_of(line) if self.region else self.current.prefix
        found = END_OF_LINE.search(line)
        ending = found[0] if found else "\n"
        empty = prefix[: prefix.rfind(">") + 1] + ending if blank else ""
        above, below = self.lines.start(first), self.lines.start(last + 1)
        mdx = self.region.start.opening.startswith("{") if self.region else marker.is_mdx(self.document.path)
        yield above, above, prefix + marker.comment(marker.START, options, mdx=mdx) + ending + empty
        end = empty + prefix + marker.comment(marker.END, mdx=mdx)
        if END_OF_LINE.search(self.lines[last]):
            yield below, below, end + ending
        else:
            yield below, below, ending + end


def hand_written(text: str, path: str) -> Iterator[HandWritten]:
    """Yield every hand-written table of a document: those in bare regions, then those outside of regions and code."""
    document, lines = parse(text, path), Lines(text, path)
    headings = _headings(lines)
    inside: set[int] = set()
    for region in document.regions:
        inside.update(range(region.start.place.line, region.end.place.line + 1))
        if read_options(region.start, DEFAULTS)[0].source is None:
            found = list(_tables(region.body, extents_of(region), region.first_line, document, lines, headings))
            lines_of_all = [(table.first, table.last) for table in found]
            for number, table in enumerate(found):
                yield table._replace(region=region, number=number, lines_of_all=lines_of_all)
    body = lines.between(1, len(lines.starts) + 1)
    rows = delimiter_rows(lines, 1, len(lines.starts) + 1)
    around = classify(text, [place for _, place in rows], front_matter(text))
    tables = [
        extent
        for extent in extents(body, 1, live_rows(lines, rows, around))
        if not inside & {extent.top + 1, extent.bottom}
    ]
    yield from _tables(body, tables, 1, document, lines, headings)


def _tables(
    body: Sequence[str],
    tables: Sequence[Extent],
    first_line: int,
    document: Document,
    lines: Lines,
    headings: Sequence[tuple[int, str]],
) -> Iterator[HandWritten]:
    """Yield the tables that are in these lines, the first of which has the number `first_line`."""
    floor = 0
    for extent, following in pairwise([*tables, None]):
        assert extent
        ceiling = following.top if following else len(body)
        first, last = with_own_lines(body[:ceiling], extent.top, extent.bottom, floor)
        floor = last
        below = extent.bottom
        is_text = below < len(body) and is_text_below(body[below], prefix_of(body[extent.top + 1]).count(">"))
        text_below = first_line + below if is_text and not is_caption(body[below]) else 0
        current = read_table(body, extent, first_line, document.path)
        heading = next((text for number, text in reversed(headings) if number < first_line + first), "")
        yield HandWritten(document, lines, first_line + first, first_line + last - 1, current, heading, text_below)


def _headings(lines: Lines) -> list[tuple[int, str]]:
    """Return the line and the text of every heading that begins with #, except in code and front matter."""
    found = list(_HEADING.finditer(lines.text))
    around = classify(lines.text, [heading.start(1) for heading in found], front_matter(lines.text))
    live = (heading for heading, place in zip(found, around, strict=True) if place.kind == "text")
    return [(lines.number(heading.start(1)), heading[1]) for heading in live]
