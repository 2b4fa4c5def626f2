"""The tables that stand in a region's lines, read by GitHub's rules.

Knows no markers and no encodings: a cell is the text between two pipes, blanks at its ends dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.table import Alignment, Row, Table

_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_UNDERLINE = re.compile(r"(?:=+|(?:-[ \t]*)+|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_CELL_END = re.compile(r"(?<!\\)\|")
_ATTRIBUTE_LINE = re.compile(r"\{:(?:\\.|[^}|\\])*\}")
_BLOCK_START = re.compile(r"#{1,6}(?:[ \t]|$)|>|(?:[-+*]|\d{1,9}[.)])[ \t]|`{3}|~{3}|<[A-Za-z/!?]")
_BATCH = 2048
_MOST_DELIMITERS = 20  # among the rows of one table that are told one by one
_ALIGNMENTS: dict[tuple[bool, bool], Alignment] = {
    (False, False): "none",
    (True, False): "left",
    (False, True): "right",
    (True, True): "center",
}


class Standing(NamedTuple):
    """A table as it stands: from line `top` of the region's body up to, not including, `bottom`.

    `prefix` is what stands before its delimiter row. The rows of `table` are as long as its header, except where a row
    has more cells with text in them; each of `problems` says so, or names something else to look at.
    """

    top: int
    bottom: int
    prefix: str
    table: Table
    problems: Sequence[Diagnostic]


def prefix_of(line: str) -> str:
    """The indentation and `>` before a line's content."""
    return line[: len(line) - len(line.lstrip(" \t>"))]


def is_blank(line: str) -> bool:
    return not line.strip(" \t>\r\n")


def is_attribute_line(line: str) -> bool:
    """Whether a line is kramdown's `{: .class}`, which belongs to the table above it."""
    return bool(_ATTRIBUTE_LINE.fullmatch(line.strip(" \t>\r\n")))


def is_delimiter_row(content: str) -> bool:
    """Whether a line, its prefix taken off, could be a delimiter row. A lone dash in front makes it a list item."""
    content = content.rstrip(" \t\r\n")
    return "|" in content and content[:2] not in ("- ", "-\t") and bool(_DELIMITER_ROW.fullmatch(content))


def split_row(line: str) -> list[str]:
    """The cells of a row, its prefix taken off. A backslash before a pipe always keeps it in the cell."""
    content = line.strip(" \t\r\n").removeprefix("|")
    if content.endswith("|") and not content.endswith("\\|"):
        content = content[:-1]
    if "\\" in content:
        return [cell.strip(" \t") for cell in _CELL_END.split(content)]
    return [cell.strip(" \t") for cell in content.split("|")]


def find_tables(
    body: Sequence[str], first_line: int, live: frozenset[int], path: str, list_indent: int | None
) -> Iterator[Standing]:
    """Every table in the lines of a region.

    `live` are the line numbers at which a delimiter row can count, `list_indent` the marker's indentation in a list.
    """
    for top, bottom, header in extents(body, first_line, live, list_indent):
        yield _read(body, top, bottom, header, first_line, path)


def extents(
    body: Sequence[str], first_line: int, live: frozenset[int], list_indent: int | None
) -> Iterator[tuple[int, int, list[str]]]:
    """Where each table in the lines of a region begins and ends, and its header; its rows are not looked into."""
    index = 0
    while index + 1 < len(body):
        if first_line + index + 1 in live and (header := _header(body[index], body[index + 1])):
            bottom = _bottom(body, index, list_indent)
            yield index, bottom, header
            index = _after(body, bottom)
        else:
            index += 1


def _bottom(body: Sequence[str], top: int, list_indent: int | None) -> int:
    prefix = prefix_of(body[top + 1])  # the header may be the last line of a paragraph, indented as it likes
    lowest = 0 if list_indent is None else min(list_indent, indentation(prefix))
    bottom = top + 2
    opening = prefix + "|" if lowest <= indentation(prefix) < lowest + 4 else "\0"  # a row at first sight
    while bottom < len(body) and (body[bottom].startswith(opening) or _is_row(body[bottom], prefix.count(">"), lowest)):
        bottom += 1
    return bottom


def _after(body: Sequence[str], bottom: int) -> int:
    """Where to look for another table: what touches this one is a row to GitHub, whatever it looks like."""
    while bottom < len(body) and not is_blank(body[bottom]) and not _BLOCK_START.match(body[bottom].lstrip(" \t>")):
        bottom += 1
    return bottom


def why_none(body: Sequence[str], first_line: int, live: frozenset[int]) -> str:
    """Why a region without a table has none, if it holds something like one."""
    for index, line in enumerate(body):
        content = line.lstrip(" \t>")
        if is_delimiter_row(content):
            number = first_line + index
            if number not in live:
                return f"the table at line {number} lies in code or in raw HTML, which ends at a blank line"
            cells = len(split_row(content))
            above = len(split_row(body[index - 1].lstrip(" \t>"))) if index else 0
            if above == cells:
                return f"the line above the delimiter row on line {number} is no header"
            return f"the delimiter row on line {number} has {cells} cells, the line above it {above}"
    return ""


def only_table(body: Sequence[str], tables: Sequence[Standing]) -> tuple[Standing | None, int | None]:
    """The one table of a region that holds nothing else, attribute lines below it apart; None if it is empty.

    The second value is the index of the first line that is something else.
    """
    table = tables[0] if tables else None
    for index, line in enumerate(body):
        if is_blank(line) or (table and table.top <= index < table.bottom):
            continue
        if not (table and index >= table.bottom and is_attribute_line(line)):
            return table, index
    return table, None


def _header(line: str, delimiter: str) -> list[str] | None:
    prefix = prefix_of(line)
    content = line[len(prefix) :]
    if (
        is_blank(line)
        or _UNDERLINE.fullmatch(content.rstrip(" \t\r\n"))
        or _BLOCK_START.match(content)
        or prefix.count(">") != prefix_of(delimiter).count(">")
    ):
        return None
    cells = split_row(content)
    return cells if len(cells) == len(split_row(delimiter.lstrip(" \t>"))) else None


def _read(body: Sequence[str], top: int, bottom: int, header: list[str], first_line: int, path: str) -> Standing:
    prefix = prefix_of(body[top + 1])
    rows: list[Row] = []
    problems = []
    delimiters = 0
    for index, split in enumerate(_split(body[top + 2 : bottom], len(header)), top + 2):
        cells: Row = split
        if len(split) != len(header):
            cells, problem = _fit(split, header, Location(path, first_line + index))
            problems += [problem] if problem else []
        rows.append(cells)
        if not split[0].strip(":-") and is_delimiter_row(body[index].lstrip(" \t>")):
            delimiters += 1
            if delimiters <= _MOST_DELIMITERS:
                message = "a delimiter row among the rows, kept as a row of dashes"
                hint = "delete it, or begin a new table above it"
                problems.append(Diagnostic("delimiter-in-body", message, Location(path, first_line + index), hint))
    if delimiters > _MOST_DELIMITERS:
        message = f"{delimiters - _MOST_DELIMITERS} more delimiter rows among the rows"
        problems.append(Diagnostic("delimiter-in-body", message, Location(path, first_line + top)))
    if bottom < len(body) and _is_text_below(body[bottom], prefix.count(">")):
        message = "text directly below the table: GitHub shows it as a row, other renderers as a paragraph"
        place = Location(path, first_line + bottom)
        problems.append(Diagnostic("text-below-table", message, place, "put a blank line between them"))
    align = [_ALIGNMENTS[cell.startswith(":"), cell.endswith(":")] for cell in split_row(body[top + 1].lstrip(" \t>"))]
    lines = range(first_line + top + 2, first_line + bottom)
    return Standing(top, bottom, prefix, Table(header, rows, align, lines), problems)


def _split(rows: Sequence[str], columns: int) -> Iterator[list[str]]:
    """`split_row` of each; where all have outer pipes and no backslash, together, which takes half the time."""
    step = columns + 1
    for at in range(0, len(rows), _BATCH):
        batch = rows[at : at + _BATCH]
        text = "".join(batch)
        pieces = [piece.strip(" \t") for piece in text.split("|")]
        ends = pieces[step::step]
        whole = "\\" not in text and len(pieces) == len(batch) * step + 1 and not pieces[0]
        if whole and all(end in ("\n", "\r\n", "\r") for end in ends):
            yield from (pieces[first : first + columns] for first in range(1, len(pieces) - 1, step))
        else:
            yield from (split_row(row.lstrip(" \t>")) for row in batch)


def indentation(prefix: str) -> int:
    """The display columns of indentation behind the last `>` (and the blank that belongs to it)."""
    quoted, _, blanks = prefix.rpartition(">")
    return len(blanks.removeprefix(" ").expandtabs(4)) if ">" in prefix else len((quoted + blanks).expandtabs(4))


def _is_row(line: str, quotes: int, lowest: int) -> bool:
    prefix = prefix_of(line)
    content = line[len(prefix) :]
    return (
        "|" in content
        and prefix.count(">") == quotes
        and lowest <= indentation(prefix) < lowest + 4
        and not _BLOCK_START.match(content)
        and not is_attribute_line(content)
    )


def _is_text_below(line: str, quotes: int) -> bool:
    same_quote = prefix_of(line).count(">") == quotes
    return same_quote and not (is_blank(line) or is_attribute_line(line) or _BLOCK_START.match(line.lstrip(" \t>")))


def _fit(cells: list[str], header: Sequence[str], place: Location) -> tuple[Row, Diagnostic | None]:
    """A row of another length than the header's brought to it: empty cells added or dropped, never one with text."""
    missing = len(header) - len(cells)
    if missing > 0:
        problem = None
        if len(cells) == 1:
            message = f"a row with 1 cell, the header has {len(header)}"
            problem = Diagnostic("short-row", message, place, "is it a row broken over two lines?")
        return [*cells, *[""] * missing], problem
    if not any(cells[len(header) :]):
        return list(cells[: len(header)]), None
    message = f"a row with {len(cells)} cells, the header has {len(header)}"
    hint = "give the header another cell, or write a pipe that belongs to the text as \\|"
    return list(cells), Diagnostic("long-row", message, place, hint)
