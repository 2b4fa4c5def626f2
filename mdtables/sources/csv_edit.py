"""Changes to the table in a CSV, spliced in where its fields stand: every other record stays byte for byte.

Knows where records and fields lie in the text; what is wrong with a CSV, its reader knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Changes
from mdtables.sources.csv_file import delimiter_of
from mdtables.text.edits import Edit, splice


def edit(data: bytes, path: str, options: Options, changes: Changes) -> bytes:
    """The file with these changes, every other record byte for byte. Raises MdtablesError where that cannot be done.

    A field keeps its quotes; a new one gets them where it needs them, or where all of its column have them.
    """
    text = data.decode(options.encoding)
    if text.encode(options.encoding) != data:
        message = f"{options.encoding} text that does not come out byte for byte when it is written again"
        raise MdtablesError(Diagnostic("not-invertible", message, Location(path), "save it as UTF-8"))
    delimiter = delimiter_of(options, path)
    rows, columns = _data_rows(text, delimiter, options)
    endings = [text[row.end : row.next] for row in _spans(text, delimiter)]
    ending = next((eol for eol in reversed(endings) if eol), "\n")
    edits: list[Edit] = []
    for (number, column), value in changes.cells.items():
        start, end = rows[number].fields[column]
        edits.append((start, end, _field(value, delimiter, quoted=text[start : start + 1] == '"')))
    edits += [(rows[number].start, rows[number].next, "") for number in changes.removed]
    quoted = [bool(rows) and all(text.startswith('"', row.fields[c][0]) for row in rows) for c in range(columns)]
    added: dict[int, list[str]] = {}
    for number, values in changes.added:
        fields = (_field(value, delimiter, quoted=has) for value, has in zip(values, quoted, strict=True))
        added.setdefault(number, []).append(delimiter.join(fields))
    first = rows[0].start if rows else len(text)
    for number, lines in added.items():
        at = rows[number].next if number >= 0 else first
        if at == len(text) and text and text[-1] not in "\r\n":
            above = "" if len(rows) - 1 in changes.removed else ending  # the row before a removed one has its own
            edits.append((at, at, above + ending.join(lines)))
        else:  # before the edit of an empty field that begins there
            edits.insert(0, (at, at, "".join(line + ending for line in lines)))
    try:
        return splice(text, edits).encode(options.encoding)
    except UnicodeEncodeError as error:
        message = f"{error.object[error.start]} cannot be written in {options.encoding}"
        hint = "save the file as UTF-8, and take encoding=… off the marker"
        raise MdtablesError(Diagnostic("not-invertible", message, Location(path), hint)) from None


def _data_rows(text: str, delimiter: str, options: Options) -> tuple[list[_Span], int]:
    """The records below the header that the reader takes for rows, and how many columns they have."""
    rows = list(_spans(text, delimiter))
    columns = len(options.header)
    if not options.header:
        header = next(i for i, row in enumerate(rows) if not row.blank)
        columns = len(rows[header].fields)
        del rows[: header + 1]
    return [row for row in rows if columns == 1 or not row.blank], columns


class _Span(NamedTuple):
    """A record in the text: where its fields are, where it ends, and where the next begins."""

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
            return  # no CSV that csv.reader would have taken
        yield _Span(start, fields, at, eol.end())
        at = eol.end()


def _field(value: str, delimiter: str, *, quoted: bool) -> str:
    if quoted or any(c in value for c in (delimiter, '"', "\r", "\n")) or value != value.strip(" \t"):
        return '"' + value.replace('"', '""') + '"'
    return value
