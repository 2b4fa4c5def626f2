"""The rows of a CSV as a table that the merge driver can merge."""

from __future__ import annotations

from collections.abc import Sequence

from mdtables.sources.csv_spans import spans
from mdtables.sources.three_way import Block, Record


def blocks(text: str, delimiter: str, header: Sequence[str], key: str) -> list[Block]:
    """Return the rows of a CSV as one table to be merged, if the column `key`, or else the first, identifies them.

    Raise ValueError if it is not well formed.
    """
    rows = [row for row in spans(text, delimiter) if not row.blank]
    if not rows or rows[-1].next != len(text):
        raise ValueError("not well formed")
    names = list(header) or [text[slice(*span)].strip() for span in rows.pop(0).fields]
    if len(set(names)) < len(names) or any(len(row.fields) != len(names) for row in rows):
        raise ValueError("a repeated column, or a row of another length")
    column = names.index(key) if key in names else 0
    records = []
    for row in rows:
        fields = {
            name: (start - row.start, end - row.start) for name, (start, end) in zip(names, row.fields, strict=True)
        }
        records.append(Record(_unquoted(text[slice(*row.fields[column])]), row.start, row.end, fields))
    unique = len({record.key for record in records}) == len(records)
    return [Block(tuple(names), records)] if unique else []


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field
