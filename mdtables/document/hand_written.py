"""The hand-written tables of a document, which can become data: in bare regions, and outside all regions and code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mdtables.document import marker
from mdtables.document.candidates import Lines
from mdtables.document.content import content_of, unlike
from mdtables.document.headings import heading_above, headings_in
from mdtables.document.parse import (
    Document,
    Region,
    delimiter_rows,
    extents_of,
    front_matter,
    live_rows,
    only_table,
    parse,
)
from mdtables.document.region_options import read_options
from mdtables.document.structure import classify
from mdtables.document.table import (
    CurrentTable,
    Extent,
    extents,
    is_blank,
    prefix_of,
    read_table,
    text_below,
    with_own_lines,
)
from mdtables.model.options import DEFAULTS
from mdtables.records import NamedTuple
from mdtables.text.edits import END_OF_LINE, Edit


class HandWritten(NamedTuple):
    """A hand-written table: its lines, with the caption and the attribute lines that belong to it, and its cells.

    `heading` is the nearest heading above it. `text_below` is the number of a line directly below it that only some
    renderers take for a row, 0 if there is none. `region` is the bare region that it is in, None outside of regions;
    in it, it is the table with the index `number`.
    """

    document: Document
    first: int
    last: int
    current: CurrentTable
    heading: str
    text_below: int
    region: Region | None = None
    number: int = 0


def hand_written(text: str, path: str) -> Iterator[HandWritten]:
    """Yield every hand-written table of a document: those in bare regions, then those outside of regions and code."""
    document, lines = parse(text, path), Lines(text, path)
    headings = headings_in(lines)
    inside: set[int] = set()
    for region in document.regions:
        inside.update(range(region.start.place.line, region.end.place.line + 1))
        if read_options(region.start, DEFAULTS)[0].source is None:
            found = _tables(region.body, extents_of(region), region.first_line, document, headings)
            yield from (table._replace(region=region, number=number) for number, table in enumerate(found))
    body = lines.texts(1, len(lines.starts) + 1)
    body[0] = body[0].removeprefix("\ufeff")
    rows = delimiter_rows(lines, 1, len(lines.starts) + 1)
    around = classify(text, [place for _, place in rows], front_matter(text))
    every = extents(body, 1, live_rows(lines, rows, around))
    tables = [extent for extent in every if not inside & {extent.top + 1, extent.bottom}]
    yield from _tables(body, tables, 1, document, headings)


def marker_edits(tables: Sequence[HandWritten], markers: Sequence[str]) -> list[Edit]:
    """Return the edits that put each of some tables of one document into a region of its own.

    `markers` are the options of their start markers. A region that contains a table and something else is divided: each
    table in it gets a pair of markers of its own, with the old options if it is not one of these.
    """
    if not tables:
        return []
    document = tables[0].document
    around = _Markers(document)
    edits: list[Edit] = []
    for region in {table.region.start.start: table.region for table in tables if table.region}.values():
        options = {table.number: own for table, own in zip(tables, markers, strict=True) if table.region is region}
        if only_table(document, region) or (len(options) == 1 and _fills(document, region)):
            edits.append((region.start.start, region.start.end, around.start(region, options[0])))
        else:
            edits += around.divided(region, options)
    for table, own in zip(tables, markers, strict=True):
        if table.region is None:
            edits += around.pair(table.first, table.last, own, mdx=marker.is_mdx(document.path))
    return edits


def _fills(document: Document, region: Region) -> bool:
    """Return True if a region has nothing but tables with the same columns under headings."""
    content = content_of(region)
    is_whole = content.odd is None and not (content.caption or content.note) and len(content.sections) > 1
    return is_whole and not any(unlike(document, region, content))


class _Markers:
    """Writes markers into a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = Lines(document.text, document.path)

    def start(self, region: Region, options: str) -> str:
        return marker.comment(marker.START, options, mdx=region.start.opening.startswith("{"))

    def divided(self, region: Region, options: dict[int, str]) -> Iterator[Edit]:
        """Yield the edits that put markers around each table of a region, instead of around all that is in it."""
        start, end = region.start, region.end
        yield self._removed(start.place.line, start.last_line)
        mdx = start.opening.startswith("{")
        tables = _tables(region.body, extents_of(region), region.first_line, self.document, [])
        for number, table in enumerate(tables):
            own = options.get(number, start.text.strip())
            yield from self.pair(table.first, table.last, own, mdx=mdx, blank=True)
        yield self._removed(end.place.line, end.last_line)

    def _removed(self, first: int, last: int) -> Edit:
        """Return the edit that removes a marker; a blank line stays if text would touch other text."""
        touches = first > 1 and not is_blank(self.lines[first - 1]) and not is_blank(self.lines[last + 1] or "\n")
        line = self.lines[last]
        prefix = prefix_of(self.lines[first])
        ending = line[len(line.rstrip("\r\n")) :]
        blank = prefix[: prefix.rfind(">") + 1] + ending if touches else ""
        return self.lines.start(first), self.lines.start(last + 1), blank

    def pair(self, first: int, last: int, options: str, *, mdx: bool, blank: bool = False) -> Iterator[Edit]:
        """Yield the edits that put a pair of markers around some lines, and a blank line between if that is wanted."""
        line = self.lines[first].removeprefix("\ufeff")
        prefix = prefix_of(line)
        found = END_OF_LINE.search(line)
        ending = found[0] if found else "\n"
        empty = prefix[: prefix.rfind(">") + 1] + ending if blank else ""
        above = self.lines.start(first) + len(self.lines[first]) - len(line)
        below = self.lines.start(last + 1)
        yield above, above, prefix + marker.comment(marker.START, options, mdx=mdx) + ending + empty
        end = empty + prefix + marker.comment(marker.END, mdx=mdx)
        yield below, below, end + ending if END_OF_LINE.search(self.lines[last]) else ending + end


def _tables(
    body: Sequence[str],
    tables: Sequence[Extent],
    first_line: int,
    document: Document,
    headings: Sequence[tuple[int, str]],
) -> Iterator[HandWritten]:
    """Yield the tables that are in these lines, the first of which has the number `first_line`."""
    floor = 0
    for extent, following in pairwise([*tables, None]):
        assert extent
        ceiling = following.top if following else len(body)
        first, last = with_own_lines(body, extent, floor, ceiling)
        floor = last
        below = text_below(body, extent)
        current = read_table(body, extent, first_line, document.path)
        heading = heading_above(headings, first_line + first)
        line_below = first_line + below if below else 0
        yield HandWritten(document, first_line + first, first_line + last - 1, current, heading, line_below)
