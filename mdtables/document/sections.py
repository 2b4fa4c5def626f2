"""The runs of hand-written tables with the same columns, each below a heading of its own, which can become one source.

Knows where tables and headings are; not what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mdtables.document.candidates import Lines
from mdtables.document.content import HEADING
from mdtables.document.hand_written import HandWritten
from mdtables.document.headings import heading_above, headings_in, level_of
from mdtables.document.table import CurrentTable, is_blank


def with_sections(tables: Sequence[HandWritten]) -> list[HandWritten]:
    """Return hand-written tables of one document, with those of a run of sections as one table.

    `headings` of such a table has the line above each row, and `heading` is the one above the whole run.
    """
    if len(tables) < 2:
        return list(tables)
    lines = Lines(tables[0].document.text, tables[0].document.path)
    headings = headings_in(lines)
    runs = _runs(tables, lines, dict(headings))
    return [_as_one(run, lines, headings) if len(run) > 1 else run[0] for run in runs]


def is_section(table: HandWritten) -> bool:
    """Return True for several tables under headings."""
    return bool(table.current.table.headings)


def _runs(tables: Sequence[HandWritten], lines: Lines, headings: dict[int, str]) -> Iterator[list[HandWritten]]:
    """Yield tables that belong together, in order; most are alone."""
    run: list[HandWritten] = []
    used: set[str] = set()  # the lines of headings in it
    for table in sorted(tables, key=lambda table: table.first):
        heading = _heading_line(table, lines, headings)
        if run and (lines[heading].strip() in used or not _continues(run[-1], table, lines, headings)):
            yield run
            run, used = [], set()
        run.append(table)
        used.add(lines[heading].strip())
    if run:
        yield run


def _continues(before: HandWritten, table: HandWritten, lines: Lines, headings: dict[int, str]) -> bool:
    """Return True if a table has the columns of the one before it, and nothing but its heading is in between."""
    above, own = (_heading_line(each, lines, headings) for each in (before, table))
    if not (above and own) or not _is_alone(before) or not _is_alone(table) or before.region != table.region:
        return False
    one, other = before.current.table, table.current.table
    same = list(one.header) == list(other.header) and list(one.align) == list(other.align)
    between = (number for number in range(before.last + 1, own) if not is_blank(lines[number]))
    return same and level_of(lines[above]) == level_of(lines[own]) and next(between, None) is None


def _is_alone(table: HandWritten) -> bool:
    """Return True for a table without a prefix, and without lines of its own or text next to it."""
    current = table.current
    is_whole = table.last - table.first + 1 == current.bottom - current.top
    return is_whole and not (current.prefix or current.problems or table.text_below) and bool(current.table.rows)


def _heading_line(table: HandWritten, lines: Lines, headings: dict[int, str]) -> int:
    """Return the line of the heading directly above a table, 0 if there is something else."""
    number = table.first - 1
    while number > 0 and is_blank(lines[number]):
        number -= 1
    return number if number in headings and HEADING.match(lines[number]) else 0


def _as_one(run: Sequence[HandWritten], lines: Lines, headings: Sequence[tuple[int, str]]) -> HandWritten:
    first, by_line = run[0], dict(headings)
    own = [_heading_line(table, lines, by_line) for table in run]
    rows = [row for table in run for row in table.current.table.rows]
    numbers = [number for table in run for number in table.current.table.lines]
    above = [lines[line].strip() for line, table in zip(own, run, strict=True) for _ in table.current.table.rows]
    level = level_of(lines[own[0]])
    higher = [(line, text) for line, text in headings if not lines[line].startswith("#" * level)]
    whole = first.current.table._replace(rows=rows, lines=numbers, headings=above)
    current = CurrentTable(first.current.top, run[-1].current.bottom, "", whole, ())
    return first._replace(first=own[0], last=run[-1].last, current=current, heading=heading_above(higher, own[0]))
