"""Rows -> groups under headings, and the counts in headings, captions and notes. Knows no Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mdtables.model.captions import Count, Text
from mdtables.model.conditions import Condition
from mdtables.model.diagnostics import Diagnostic, Locate
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.table import Group, Table, TextMap
from mdtables.model.templates import Placeholder, Template
from mdtables.records import NamedTuple
from mdtables.tables.formats import formatted
from mdtables.tables.texts import instead


class Counts(NamedTuple):
    """The number of rows in the source; functions that count rows that meet a condition, and values of a column."""

    all: int
    where: Callable[[Condition, Sequence[int]], int]
    distinct: Callable[[str, Sequence[int]], int]


def grouped(rows: Sequence[int], values: Sequence[str]) -> dict[str, list[int]]:
    """Return the rows of each value, in the order in which values first appear. `values` are those of all rows."""
    groups: dict[str, list[int]] = {}
    for row in rows:
        groups.setdefault(values[row], []).append(row)
    return groups


def check_values(table: Table, rows: Sequence[int], column: int, values: Sequence[str], locate: Locate) -> None:
    """Raise MdtablesError at the first of the rows without a value, which has no heading."""
    row = next((row for row in rows if not values[row]), None)
    if row is not None:
        message = f'no value in "{table.header[column]}", so these rows have no heading'
        hint = f'name them with null="…", or leave them out: where="{table.header[column]} is not empty"'
        at = table.place_of(row, locate("group"))
        raise MdtablesError(Diagnostic("source-shape", message, at=at, hint=hint).used_at(locate("group")))


def heading_template(heading: Text | None, group: str, locate: Locate) -> Template:
    """Return the template of headings, in which a count is a placeholder too. Raise MdtablesError."""
    if heading is None:
        return Template(group, (Placeholder((group,)),))
    other = next((name for part in heading.parts if isinstance(part, Placeholder)
                  for name in part.names if " ".join(name.split()) != " ".join(group.split())), None)  # fmt: skip
    if other is not None:
        message = f'heading: "{other}" is not the column of group={group}'
        hint = "a heading has the value of that column, and counts: {rows}, {rows where …}, {distinct …}"
        raise failure("unknown-column", message, at=locate("heading", other), hint=hint)
    parts = (part if isinstance(part, str | Placeholder) else Placeholder(("#",)) for part in heading.parts)
    return Template(heading.text, tuple(parts))


def group_of(
    first: int,
    value: str,
    rows: Sequence[int],
    heading: Text | None,
    texts: TextMap | None,
    null: str,
    counts: Counts,
) -> Group:
    """Return a group of rows with what its heading shows."""
    shown = (instead(value, texts) if texts else value) or value or null
    parts = heading.parts if heading else (Placeholder(("",)),)
    values = [
        count(part, rows, counts) if isinstance(part, Count) else _in_format(shown, part)
        for part in parts
        if not isinstance(part, str)
    ]
    return Group(first, value, values)


def _in_format(text: str, placeholder: Placeholder) -> str:
    """Return a value as a heading shows it; one that its format is not for stays."""
    made = formatted(text, placeholder.format) if placeholder.format else text
    return text if made is None else made


def sentence(text: Text | None, rows: Sequence[int], counts: Counts) -> str:
    """Return the text of a caption or a note, with blanks between words as one."""
    if text is None:
        return ""
    parts = (count(part, rows, counts) if isinstance(part, Count) else part for part in text.parts)
    return " ".join("".join(map(str, parts)).split())


def count(part: Count, rows: Sequence[int], counts: Counts) -> str:
    """Return a number of rows, or of different values."""
    if part.distinct:
        return str(counts.distinct(part.distinct, rows))
    if part.of_source:
        return str(counts.all)
    return str(counts.where(part.where, rows) if part.where else len(rows))
