"""Changes to the table in a CSV, spliced in at its fields: every other record stays byte for byte.

Knows where records and fields are in the text, and relies on the reader for what is wrong with a CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes
from mdtables.sources.three_way import Block, Record
from mdtables.text.edits import Edit, splice


def edit(data: bytes, path: str, delimiter: str, options: Options, changes: Changes) -> bytes:
    """Return the file with these changes, and every other record byte for byte. Raise MdtablesError if it cannot be.

    A field keeps its quotes; a new one is quoted where it has to be, or where its whole column is.
    """
    text = data.decode(options.encoding)
    if text.encode(options.encoding) != data:
        message = f"encoding this {options.encoding} text again does not give the same bytes"
        raise failure("cannot-pull", message, at=Location(path), hint="save it as UTF-8")
    rows, columns = _data_rows(text, delimiter, options)
    endings = [text[row.end : row.next] for row in _spans(text, delimiter)]
    ending = next((eol for eol in reversed(endings) if eol), "\n")
    edits: list[Edit] = []
    for (number, column), value in changes.cells.items():
        start, end = rows[number].fields[column]
        old = text[start:end]
        edits.append((start, end, _field(value or "", delimiter, old, only=columns == 1)))
    edits += [(rows[number].start, rows[number].next, "") for number in changes.removed]
    quoted = [bool(rows) and all(text.startswith('"', row.fields[c][0]) for row in rows) for c in range(columns)]
    added: dict[int, list[str]] = {}
    for number, values in changes.added:
        fields = (
            _field(value or "", delimiter, '"' if has else "", only=columns == 1)
            for value, has in zip(values, quoted, strict=True)
        )
        added.setdefault(number, []).append(delimiter.join(fields))
    first = rows[0].start if rows else len(text)
    for number, lines in added.items():
        at = rows[number].next if number >= 0 else first
        if at == len(text) and text and text[-1] not in "\r\n":
            above = "" if len(rows) - 1 in changes.removed else ending  # the row above a removed last one has an ending
            edits.append((at, at, above + ending.join(lines)))
        else:  # before the edit of an empty field that begins there
            edits.insert(0, (at, at, "".join(line + ending for line in lines)))
    try:
        return splice(text, edits).encode(options.encoding)
    except UnicodeEncodeError as error:
        message = f"{error.object[error.start]} cannot be encoded as {options.encoding}"
        hint = "save the file as UTF-8, and remove encoding=… from the marker"
        raise failure("cannot-pull", message, at=Location(path), hint=hint) from None


_DECLARATION = re.compile(r'(?:sep=[^\r\n"]|"sep=[^\r\n"]")(?:\r\n|\n|\r)', re.IGNORECASE)


def declaration(text: str) -> int:
    """Return the length of a first line like `sep=;`, with which spreadsheets declare the delimiter; 0 if none does."""
    found = _DECLARATION.match(text)
    return found.end() if found else 0


def blocks(text: str, delimiter: str, header: Sequence[str], key: str) -> list[Block]:
    """Return the rows of a CSV as one table to be merged, if the column `key`, or else the first, identifies them.

    Raise ValueError if it is not well formed.
    """
    rows = [row for row in _spans(text, delimiter) if not row.blank]
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


def _data_rows(text: str, delimiter: str, options: Options) -> tuple[list[_Span], int]:
    """Return the records that the reader takes for rows, and the number of columns."""
    rows = list(_spans(text, delimiter))
    columns = len(options.header)
    if not options.header:
        header = next(i for i, row in enumerate(rows) if not row.blank)
        columns = len(rows[header].fields)
        del rows[: header + 1]
    return [row for row in rows if columns == 1 or not row.blank], columns


class _Span(NamedTuple):
    """A record: the offsets of its fields, of its end, and of the next record."""

    start: int
    fields: Sequence[tuple[int, int]]
    end: int
    next: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


def _spans(text: str, delimiter: str) -> Iterator[_Span]:
    field = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(delimiter)}\r\n]*')
    ending = re.compile(r"\r\n|\n|\r|\Z")
    at = 1 if text.startswith("\ufeff") else 0
    at += declaration(text[at : at + 20])
    while at < len(text):
        start, fields = at, []
        while True:
            found = field.match(text, at)
            assert found is not None
            fields.append(found.span())
            at = found.end()
            if text[at : at + 1] != delimiter:
                break
            at += 1
        eol = ending.match(text, at)
        if eol is None:
            return  # csv.reader would have refused it
        yield _Span(start, fields, at, eol.end())
        at = eol.end()


def _field(value: str, delimiter: str, old: str, *, only: bool) -> str:
    """Write a field, in quotes if the old one had them, or where it needs them.

    Blanks at its ends need them, unless the old one had such blanks without quotes. An empty field that is the `only`
    one of its row needs them too: most readers skip blank lines.
    """
    has_blanks = value != value.strip(" \t") and old == old.strip(" \t")
    special = any(c in value for c in (delimiter, '"', "\r", "\n"))
    if old.startswith('"') or special or has_blanks or (only and not value):
        return '"' + value.replace('"', '""') + '"'
    return value
