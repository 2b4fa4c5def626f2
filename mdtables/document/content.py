"""What is between the markers of a sourced region: a caption, tables with or without headings, a note.

Knows the shapes that mdtables writes; not which of them the options ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mdtables.document.blocks import interrupts_table
from mdtables.document.parse import Document, Region, extents_of
from mdtables.document.table import (
    CurrentTable,
    Extent,
    indentation,
    is_blank,
    prefix_of,
    read_table,
    with_own_lines,
)
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.records import NamedTuple

HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")


class Section(NamedTuple):
    """A table: the line of the heading above it, "" for none, its extent, and the lines that belong to it.

    These are those between `first` and `last`, of which attribute lines and a caption of Pandoc's are not part of the
    table itself.
    """

    heading: str
    extent: Extent
    first: int
    last: int


class Content(NamedTuple):
    """The sections of a region, and the text of the paragraphs above and below them, "" for none.

    `odd` is the index of the first line that has no place in this, None if there is none. `text_at` is that of the
    first line that only some options ask for: a heading, a caption, a note, or a second table.
    """

    sections: Sequence[Section]
    caption: str = ""
    note: str = ""
    odd: int | None = None
    text_at: int | None = None


def content_of(region: Region) -> Content:
    """Read what is in a region, without the cells of its tables."""
    body, found = region.body, extents_of(region)
    sections: list[Section] = []
    caption = note = ""
    floor, text_at = 0, None
    for number, (extent, following) in enumerate(pairwise([*found, None])):
        assert extent
        first, last = with_own_lines(body, extent, floor, following.top if following else len(body))
        paragraphs = list(_paragraphs(body, floor, first))
        heading = ""
        if paragraphs and _is_heading(body, paragraphs[-1]):
            start, _ = paragraphs.pop()
            heading = body[start].strip()
            text_at = start if text_at is None else text_at
        if paragraphs and not number and _is_text(body, paragraphs[-1]):
            caption, text_at = _joined(body, paragraphs[-1]), paragraphs[-1][0]
            paragraphs.pop()
        if paragraphs:
            return Content(sections, caption, odd=paragraphs[0][0], text_at=text_at)
        if number and not (heading and sections[0].heading):
            return Content(sections, caption, odd=extent.top, text_at=text_at)
        sections.append(Section(heading, extent, first, last))
        floor = last
    paragraphs = list(_paragraphs(body, floor, len(body)))
    if sections and paragraphs and _is_text(body, paragraphs[0]):
        start = paragraphs[0][0]
        note, text_at = _joined(body, paragraphs.pop(0)), start if text_at is None else text_at
    odd = paragraphs[0][0] if paragraphs else None
    return Content(sections, caption, note, odd, text_at)


def read_content(document: Document, region: Region, content: Content) -> CurrentTable | None:
    """Read the tables in a region as one, with headings, a caption and a note; None if there is none."""
    tables = _tables(document, region, content)
    if not tables:
        return None
    first, problems = tables[0], [problem for table in tables for problem in table.problems]
    whole = first.table
    if len(tables) > 1:
        rows = [row for table in tables for row in table.table.rows]
        whole = whole._replace(rows=rows, lines=[line for table in tables for line in table.table.lines])
    if content.sections[0].heading:
        sections = zip(content.sections, tables, strict=True)
        whole = whole._replace(headings=[section.heading for section, table in sections for _ in table.table.rows])
    whole = whole._replace(caption=content.caption, note=content.note)
    return CurrentTable(first.top, tables[-1].bottom, first.prefix, whole, problems)


def _tables(document: Document, region: Region, content: Content) -> list[CurrentTable]:
    return [read_table(region.body, section.extent, region.first_line, document.path) for section in content.sections]


def unlike(document: Document, region: Region, content: Content) -> Iterator[Diagnostic]:
    """Yield what keeps sections from being one table: columns that differ, or a heading without rows."""
    if not content.sections or not content.sections[0].heading:
        return
    tables = _tables(document, region, content)
    first = tables[0].table
    for section, current in zip(content.sections, tables, strict=True):
        at = Location(document.path, region.first_line + current.top)
        if not current.table.rows:
            message = f'there are no rows below "{section.heading}"'
            hint = "remove the heading and the header of its table, or add rows"
            yield Diagnostic("region-content", message, at=at, hint=hint)
        elif list(current.table.header) != list(first.header) or list(current.table.align) != list(first.align):
            message = f'the columns below "{section.heading}" are not those of the first table'
            hint = "give all tables of this region the same header and the same alignments"
            yield Diagnostic("region-content", message, at=at, hint=hint)


def _paragraphs(body: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each run of lines that are not blank; a heading is a run by itself."""
    first = None
    for index in range(start, end + 1):
        is_end = index == end or is_blank(body[index])
        heading = not is_end and bool(HEADING.match(body[index].lstrip(" \t>")))
        if first is not None and (is_end or heading):
            yield first, index
            first = None
        if heading:
            yield index, index + 1
        elif not is_end and first is None:
            first = index


def _is_heading(body: Sequence[str], lines: tuple[int, int]) -> bool:
    line = body[lines[0]]
    prefix = prefix_of(line)
    return ">" not in prefix and indentation(prefix) < 4 and bool(HEADING.match(line[len(prefix) :]))


def _is_text(body: Sequence[str], lines: tuple[int, int]) -> bool:
    """Return True for the lines of a paragraph."""
    return not any(interrupts_table(body[index].lstrip(" \t>")) for index in range(*lines))


def _joined(body: Sequence[str], lines: tuple[int, int]) -> str:
    return " ".join(" ".join(body[index].strip(" \t>\r\n").split()) for index in range(*lines))
