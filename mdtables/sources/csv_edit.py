"""Changes to the table in a CSV, spliced in at its fields: every other record stays byte for byte.

Knows where records and fields are in the text, and relies on the reader for what is wrong with a CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes
from mdtables.sources.csv_spans import Span, fields, spans
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
    additions = list(_additions(text, delimiter, rows, columns, changes)) if changes.added else []
    # before the edit of an empty field that begins in the same place, and after that of one that ends the file
    edits = [addition for addition in additions if addition[0] < len(text)]
    for (number, column), value in changes.cells.items():
        record = rows[number].in_text(text)
        start, end = fields(record, delimiter)[column]
        new = _field(value or "", delimiter, record[start:end], only=columns == 1)
        edits.append((rows[number].start + start, rows[number].start + end, new))
    edits += [(rows[number].start, rows[number].next, "") for number in changes.removed]
    edits += [addition for addition in additions if addition[0] == len(text)]
    try:
        return splice(text, edits).encode(options.encoding)
    except UnicodeEncodeError as error:
        message = f"{error.object[error.start]} cannot be encoded as {options.encoding}"
        hint = "save the file as UTF-8, and remove encoding=… from the marker"
        raise failure("cannot-pull", message, at=Location(path), hint=hint) from None


def span(text: str, delimiter: str, options: Options, row: int, column: int) -> tuple[int, int]:
    """Return the offsets of a field, with its quotes."""
    record = _data_rows(text, delimiter, options)[0][row]
    start, end = fields(record.in_text(text), delimiter)[column]
    return record.start + start, record.start + end


def _additions(text: str, delimiter: str, rows: Sequence[Span], columns: int, changes: Changes) -> Iterator[Edit]:
    """Yield the edits that insert new rows, written like the others."""
    endings = [text[row.end : row.next] for row in spans(text, delimiter)]
    ending = next((eol for eol in reversed(endings) if eol), "\n")
    quoted = _quoted_columns(text, delimiter, rows, columns)
    added: dict[int, list[str]] = {}
    for number, values in changes.added:
        like = zip(values, quoted, strict=True)
        written = (_field(value or "", delimiter, '"' if has else "", only=columns == 1) for value, has in like)
        added.setdefault(number, []).append(delimiter.join(written))
    first = rows[0].start if rows else len(text)
    for number, lines in added.items():
        at = rows[number].next if number >= 0 else first
        if at == len(text) and text and text[-1] not in "\r\n":
            above = "" if len(rows) - 1 in changes.removed else ending  # the row above a removed last one has an ending
            yield at, at, above + ending.join(lines)
        else:
            yield at, at, "".join(line + ending for line in lines)


def _quoted_columns(text: str, delimiter: str, rows: Sequence[Span], columns: int) -> list[bool]:
    """Return, for each column, True if every field in it is in quotes."""
    quoted = [bool(rows)] * columns
    for row in rows:
        if not any(quoted):
            break
        record = row.in_text(text)
        starts = (start for start, _ in fields(record, delimiter))
        quoted = [was and record.startswith('"', start) for was, start in zip(quoted, starts, strict=False)]
    return quoted


def _data_rows(text: str, delimiter: str, options: Options) -> tuple[list[Span], int]:
    """Return the records that the reader takes for rows, and the number of columns."""
    rows = list(spans(text, delimiter))
    columns = len(options.header)
    if not options.header:
        header = next(i for i, row in enumerate(rows) if not row.blank)
        columns = len(fields(rows[header].in_text(text), delimiter))
        del rows[: header + 1]
    return [row for row in rows if columns == 1 or not row.blank], columns


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
