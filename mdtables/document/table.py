"""The tables that are in a region's lines, read by GitHub's rules.

Knows no markers and no encodings: a cell is the text between two pipes, without the blanks at its ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mdtables.document.blocks import interrupts_table
from mdtables.model.diagnostics import Diagnostic, Fix, Location
from mdtables.model.failures import Collector
from mdtables.model.table import Alignment, Row, Table
from mdtables.records import NamedTuple

_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_UNDERLINE = re.compile(r"(?:=+|(?:-[ \t]*)+|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_CELL_END = re.compile(r"(?<!\\)\|")
_ATTRIBUTE_LINE = r"\{:(?:\\.|[^}|\\])*\}"
_ALIGNMENTS: dict[tuple[bool, bool], Alignment] = {
    (False, False): "none",
    (True, False): "left",
    (False, True): "right",
    (True, True): "center",
}


class Paragraph(NamedTuple):
    """The paragraph that a delimiter row is in: its first line, the quotes it is in, and the column where it begins.

    A line with fewer quotes or less indentation is outside its container, and continues only text there. A line that is
    indented by four columns more is code, unless it continues text.
    """

    first_line: int
    quotes: int
    indent: int

    def has(self, line: str) -> bool:
        """Return True if a line is in the container of this paragraph."""
        prefix = prefix_of(line)
        return prefix.count(">") == self.quotes and indentation(prefix) >= self.indent


class Extent(NamedTuple):
    """Where a table is in a region's lines: from `top` up to, but not including, `bottom`; and its header's cells.

    `paragraph` is the one that its delimiter row is in.
    """

    top: int
    bottom: int
    header: list[str]
    paragraph: Paragraph


class CurrentTable(NamedTuple):
    """A table that is in a region: its extent in the region's lines, the prefix of its lines, and its cells.

    The rows of `table` are as long as its header, except those that have more cells with text in them. Each of
    `problems` names such a row, or something else to look at.
    """

    top: int
    bottom: int
    prefix: str
    table: Table
    problems: Sequence[Diagnostic]


def prefix_of(line: str) -> str:
    """Return the indentation and `>` before a line's content."""
    return line[: len(line) - len(line.lstrip(" \t>"))]


def is_blank(line: str) -> bool:
    return not line.strip(" \t>\r\n")


def is_attribute_line(line: str) -> bool:
    """Return True for kramdown's `{: .class}`, which belongs to the table above it."""
    return bool(re.fullmatch(_ATTRIBUTE_LINE, line.strip(" \t>\r\n")))


def is_delimiter_row(content: str) -> bool:
    """Return True if a line, without its prefix, can be a delimiter row. A leading lone dash makes it a list item."""
    content = content.rstrip(" \t\r\n")
    return "|" in content and content[:2] not in ("- ", "-\t") and bool(_DELIMITER_ROW.fullmatch(content))


def split_row(line: str) -> list[str]:
    """Split a row, without its prefix, into cells. A pipe after a backslash is part of its cell."""
    content = line.strip(" \t\r\n").removeprefix("|")
    if content.endswith("|") and not content.endswith("\\|"):
        content = content[:-1]
    if "\\" in content:
        return [cell.strip(" \t") for cell in _CELL_END.split(content)]
    return [cell.strip(" \t") for cell in content.split("|")]


def cell_spans(line: str) -> list[tuple[int, int]]:
    """Return the offsets of the cells that `split_row` finds in a line, which here has its prefix and its ending."""
    start, end = len(prefix_of(line)), len(line.rstrip(" \t\r\n"))
    start += line.startswith("|", start)
    if end > start and line[end - 1] == "|" and line[end - 2 : end] != "\\|":
        end -= 1
    edges = [start - 1, *(found.start() for found in _CELL_END.finditer(line, start, end)), end]
    return [_without_blanks(line, first + 1, last) for first, last in pairwise(edges)]


def _without_blanks(line: str, start: int, end: int) -> tuple[int, int]:
    content = line[start:end]
    first = start + len(content) - len(content.lstrip(" \t"))
    return (start, start) if first >= end and not content.strip(" \t") else (first, start + len(content.rstrip(" \t")))


def extents(body: Sequence[str], first_line: int, live: Mapping[int, Paragraph]) -> Iterator[Extent]:
    """Find every table in the lines of a region; rows are not read.

    `live` are the lines that can be delimiter rows, by their numbers.
    """
    tried = {live[first_line].first_line} if first_line in live else set()
    index = 0
    while index + 1 < len(body):
        paragraph = live.get(first_line + index + 1)
        header = None
        if paragraph and paragraph.first_line <= first_line + index and paragraph.first_line not in tried:
            header = _header(body, index, paragraph)
        if paragraph:  # GitHub looks for a table at the first delimiter row of a paragraph, and at no other
            tried.add(paragraph.first_line)
        if paragraph and header:
            bottom = _bottom(body, index, paragraph.indent)
            yield Extent(index, bottom, header, paragraph)
            index = _after(body, bottom)
        else:
            index += 1


def _bottom(body: Sequence[str], top: int, lowest: int) -> int:
    prefix = prefix_of(body[top + 1])  # a header that ends a paragraph may have any indentation
    bottom = top + 2
    opening = prefix + "|" if lowest <= indentation(prefix) < lowest + 4 else "\0"  # how most rows begin
    while bottom < len(body) and (body[bottom].startswith(opening) or _is_row(body[bottom], prefix.count(">"), lowest)):
        bottom += 1
    return bottom


def _after(body: Sequence[str], bottom: int) -> int:
    """Return where the next table can begin: to GitHub, whatever touches this table is a row of it."""
    while bottom < len(body) and not is_blank(body[bottom]) and not interrupts_table(body[bottom].lstrip(" \t>")):
        bottom += 1
    return bottom


def why_no_table(body: Sequence[str], first_line: int, live: Mapping[int, Paragraph]) -> str:
    """Return why the lines of a region contain no table, if something in them resembles one; else ""."""
    for index, line in enumerate(body):
        content = line.lstrip(" \t>")
        if is_delimiter_row(content):
            number = first_line + index
            if number not in live:
                return f"the table at line {number} is in code or in raw HTML, which ends at a blank line"
            cells = len(split_row(content))
            above = len(split_row(body[index - 1].lstrip(" \t>"))) if index else 0
            if above == cells:
                return f"the line above the delimiter row on line {number} cannot be a header"
            return f"the delimiter row on line {number} has {cells} cells, the line above it has {above}"
    return ""


def is_caption(line: str, *openings: str) -> bool:
    """Return True for the first line of a paragraph that Pandoc and Quarto take for the caption of a table."""
    content = line.lstrip(" \t>")
    return any(content.startswith((f"{opening} ", f"{opening}\t")) for opening in openings) and not is_blank(line)


def with_own_lines(body: Sequence[str], table: Extent, floor: int = 0, ceiling: int | None = None) -> tuple[int, int]:
    """Return the extent of a table together with the attribute lines and the caption that belong to it.

    These are attribute lines directly above and below, and one caption, above or else below, separated by a blank line,
    as Pandoc reads them. They are in the container of the table. Lines above `floor`, and from `ceiling` on, belong to
    something else.
    """
    inside, stop = table.paragraph.has, len(body) if ceiling is None else ceiling
    first, last = table.top, table.bottom
    while first > floor and is_attribute_line(body[first - 1]) and inside(body[first - 1]):
        first -= 1
    while last < stop and is_attribute_line(body[last]) and inside(body[last]):
        last += 1
    above = first - 1
    while above >= floor and is_blank(body[above]):
        above -= 1
    end = above
    while above > floor and inside(body[above - 1]) and not _ends_paragraph(body[above - 1]):
        above -= 1
    if floor <= above and end < first - 1 and is_caption(body[above], "Table:", "table:") and inside(body[above]):
        return above, last
    below = last
    while below < stop and is_blank(body[below]):
        below += 1
    if last < below < stop and is_caption(body[below], "Table:", "table:", ":") and inside(body[below]):
        last = below + 1
        while last < stop and inside(body[last]) and not _ends_paragraph(body[last]):
            last += 1
    return first, last


def _ends_paragraph(line: str) -> bool:
    return is_blank(line) or interrupts_table(line.lstrip(" \t>"))


def foreign_line(body: Sequence[str], table: Extent | None) -> int | None:
    """Return the index of the first line that is neither blank nor part of the table; None if there is none.

    Attribute lines and a caption belong to the table.
    """
    first, last = with_own_lines(body, table) if table else (len(body), len(body))
    outside = (index for index in (*range(first), *range(last, len(body))) if not is_blank(body[index]))
    return next(outside, None)


def _header(body: Sequence[str], index: int, paragraph: Paragraph) -> list[str] | None:
    """Return the cells of a line that is a header above a delimiter row; None if it cannot be one."""
    line, delimiter = body[index], body[index + 1]
    prefix = prefix_of(line)
    content = line[len(prefix) :]
    if (
        is_blank(line)
        or _UNDERLINE.fullmatch(content.rstrip(" \t\r\n"))
        or interrupts_table(content)
        or not (paragraph.has(line) and paragraph.has(delimiter))
    ):
        return None
    cells = split_row(content)
    return cells if len(cells) == len(split_row(delimiter.lstrip(" \t>"))) else None


def read_table(body: Sequence[str], extent: Extent, first_line: int, path: str) -> CurrentTable:
    """Read the cells of a table in the lines of a region, the first of which has the number `first_line`."""
    top, bottom, header, _ = extent
    prefix = prefix_of(body[top + 1])
    rows: list[Row] = []
    errors, warnings = Collector(), Collector()
    if extent.paragraph.first_line < first_line + top and not is_attribute_line(body[top - 1]):
        message = "text directly above the table: some renderers show no table here"
        at, fix = _separated(body, top, first_line, path)
        warnings.add(Diagnostic("text-above-table", message, at=at, fixes=(fix,)))
    if is_sparse := _is_sparse(body, extent):
        message = f"a table of {len(header)} columns and {bottom - top - 2} rows, most of whose cells are missing"
        at = Location(path, first_line + top)
        errors.add(Diagnostic("table-size", message, at=at, hint="split the table, or fill in its cells"))
    for index in range(top + 2, top + 2 if is_sparse else bottom):
        content = body[index].lstrip(" \t>")
        cells: Row = split_row(content)
        at = Location(path, first_line + index)
        if len(cells) != len(header):
            cells, problem = _fit(cells, header, at)
            if problem:
                (errors if problem.is_error else warnings).add(problem)
        rows.append(cells)
        if not (cells[0] or "").strip(":-") and is_delimiter_row(content):
            message = "a delimiter row among the rows, kept as a row of dashes"
            hint = "delete it, or begin a new table above it"
            warnings.add(Diagnostic("delimiter-in-body", message, at=at, hint=hint))
    if below := text_below(body, extent):
        message = "text directly below the table: GitHub shows it as a row, other renderers as a paragraph"
        at, fix = _separated(body, below, first_line, path)
        warnings.add(Diagnostic("text-below-table", message, at=at, fixes=(fix,)))
    align = [_ALIGNMENTS[cell.startswith(":"), cell.endswith(":")] for cell in split_row(body[top + 1].lstrip(" \t>"))]
    lines = range(first_line + top + 2, first_line + top + 2 + len(rows))
    problems = sorted([*errors.diagnostics, *warnings.diagnostics], key=lambda found: found.at.line)
    return CurrentTable(top, bottom, prefix, Table(header, rows, align, lines), problems)


_MOST_MISSING = 500_000  # cells


def _separated(body: Sequence[str], index: int, first_line: int, path: str) -> tuple[Location, Fix]:
    """Return the place of a line, and the fix that puts a blank line above it."""
    at, line = Location(path, first_line + index), body[index]
    blank = prefix_of(line).rstrip(" \t") + (line[len(line.rstrip("\r\n")) :] or "\n")
    start = at._replace(column=1, end_line=at.line, end_column=1)
    return at, Fix("put a blank line between them", edits=((start, blank),))


def _is_sparse(body: Sequence[str], extent: Extent) -> bool:
    """Return True for a table with far more cells than characters, to which short rows would be filled up."""
    cells = len(extent.header) * (extent.bottom - extent.top - 2)
    return cells > _MOST_MISSING and cells > sum(map(len, body[extent.top : extent.bottom]))


def indentation(prefix: str) -> int:
    """Return the columns of indentation after the last `>` and the blank that belongs to it."""
    width = len(prefix.expandtabs(4))
    if ">" not in prefix:
        return width
    return max(width - len(prefix[: prefix.rfind(">") + 1].expandtabs(4)) - 1, 0)


def _is_row(line: str, quotes: int, lowest: int) -> bool:
    prefix = prefix_of(line)
    content = line[len(prefix) :]
    return (
        "|" in content
        and prefix.count(">") == quotes
        and lowest <= indentation(prefix) < lowest + 4
        and not interrupts_table(content)
        and not is_attribute_line(content)
    )


def text_below(body: Sequence[str], table: Extent) -> int:
    """Return the index of a line directly below a table that only some renderers take for a row; 0 if there is none.

    Attribute lines may be in between: only kramdown knows them.
    """
    below = table.bottom
    while below < len(body) and is_attribute_line(body[below]):
        below += 1
    if below == len(body):
        return 0
    same_quote = prefix_of(body[below]).count(">") == table.paragraph.quotes
    return below if same_quote and not _ends_paragraph(body[below]) else 0


def _fit(cells: Row, header: Sequence[str], at: Location) -> tuple[Row, Diagnostic | None]:
    """Add empty cells to a short row, drop empty extra cells of a long one; cells with text are never dropped."""
    missing = len(header) - len(cells)
    if missing > 0:
        problem = None
        if len(cells) == 1:
            message = f"a row with 1 cell, but the header has {len(header)}"
            problem = Diagnostic("short-row", message, at=at, hint="is this a row broken over two lines?")
        return [*cells, *[""] * missing], problem
    if not any(cells[len(header) :]):
        return list(cells[: len(header)]), None
    message = f"a row with {len(cells)} cells, but the header has {len(header)}"
    hint = "write a pipe that belongs to the text as \\|; if there is none, remove the extra cells or add a column"
    return list(cells), Diagnostic("long-row", message, at=at, hint=hint)
