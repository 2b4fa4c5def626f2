"""The rows of a CSV as a table that the merge driver can merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mdtables.sources.csv_spans import fields, spans
from mdtables.sources.three_way import Block, Record

Known = dict[str, tuple[str, Mapping[str, tuple[int, int]]]]
"""Rows by their texts: the key, and the spans of the values by name."""


def blocks(text: str, delimiter: str, header: Sequence[str], key: str, known: Known) -> list[Block]:
    """Return the rows of a CSV as one table to be merged, if the column `key`, or else the first, identifies them.

    `known` are rows of other versions with the same header, to which those of this one are added: most are the same.
    Raise ValueError if it is not well formed.
    """
    rows = [row for row in spans(text, delimiter) if not row.blank]
    if not rows or rows[-1].next != len(text):
        raise ValueError("not well formed")
    first = "" if header else rows.pop(0).in_text(text)
    names = list(header) or [first[slice(*span)].strip() for span in fields(first, delimiter)]
    if len(set(names)) < len(names):
        raise ValueError("a repeated column")
    column = names.index(key) if key in names else 0
    records = []
    for start, end, _ in rows:
        row = text[start:end]
        found = known.get(row)
        if found is None:
            own = fields(row, delimiter)
            if len(own) != len(names):
                raise ValueError("a row of another length")
            found = known[row] = _unquoted(row[slice(*own[column])]), dict(zip(names, own, strict=True))
        records.append(Record(found[0], start, end, found[1]))
    unique = len({record.key for record in records}) == len(records)
    return [Block(tuple(names), records)] if unique else []


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field
