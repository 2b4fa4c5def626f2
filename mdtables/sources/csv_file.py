"""CSV and TSV -> Table: every field as written. Guesses nothing: not the delimiter, not the encoding, not a type."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress, islice
from typing import NamedTuple

from mdtables.model import Changes, Diagnostic, Location, MdtablesError, Row, Table
from mdtables.offsets import Edit, splice
from mdtables.options import Options
from mdtables.rows import PIECE, SEPARATOR, Rows, packed
from mdtables.sources.text import MOST_PROBLEMS, decode

_CHUNK = 1 << 16  # characters that are cut into lines at once
_Raw = str | list[str]  # a line of a text without quotes, or the fields of a record


def read(data: bytes, path: str, options: Options, most: int | None = None) -> tuple[Table, list[Diagnostic]]:
    """The table in a CSV, or its first rows, `most` of them. Its `lines` are the lines on which its records begin.

    Raises MdtablesError: not text in that encoding, not well-formed, no header, a repeated column, rows of another
    length than the header's (of all rows, whether they are kept or not; up to twenty).
    """
    hint = "save it as UTF-8, or name its encoding on the marker: encoding=cp1252"
    text = decode(data, path, options.encoding, hint)
    delimiter = _delimiter(options, path)
    records, lengths, lines = _records(text, delimiter, path, -1 if most is None else most + 1)
    if options.header:
        header, at = options.header, Location(path)
    else:
        first = next((index for index, length in enumerate(lengths) if length), None)
        if first is None:
            hint = 'a header without rows is a table; for data without a header line write header="…" on the marker'
            raise MdtablesError(Diagnostic("source-shape", "the file is empty", Location(path), hint))
        named = records[first]
        cells = named.split(delimiter) if isinstance(named, str) else named
        header, at = tuple(name.strip() for name in cells), Location(path, lines[first])
        records, lengths, lines = records[first + 1 :], lengths[first + 1 :], lines[first + 1 :]
    _check_header(header, at)
    if len(header) == 1:
        lengths = [length or 1 for length in lengths]
    elif 0 in lengths:
        records, lines = list(filter(None, records)), list(compress(lines, lengths))
        lengths = list(filter(None, lengths))
    _check_lengths(lengths, lines, len(header), path)
    rows: Sequence[Row] = _rows(records[:most], len(header), delimiter)
    if options.null:
        rows = [[field or None for field in row] for row in rows]
    return Table(header, rows, lines=lines[: len(rows)]), list(_other_delimiter(header, delimiter, at))


def _delimiter(options: Options, path: str) -> str:
    return options.delimiter or ("\t" if path.lower().endswith(".tsv") else ",")


def write(table: Table) -> bytes:
    """A new CSV: UTF-8, commas, line feeds, quotes where they are needed."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([table.header, *table.rows])
    return file.getvalue().encode()


def edit(data: bytes, path: str, options: Options, changes: Changes) -> bytes:
    """The file with these changes, every other record byte for byte. Raises MdtablesError where that cannot be done.

    A field keeps its quotes; a new one gets them where it needs them, or where all of its column have them.
    """
    text = data.decode(options.encoding)
    if text.encode(options.encoding) != data:
        message = f"{options.encoding} text that does not come out byte for byte when it is written again"
        raise MdtablesError(Diagnostic("not-invertible", message, Location(path), "save it as UTF-8"))
    delimiter = _delimiter(options, path)
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


def _data_rows(text: str, delimiter: str, options: Options) -> tuple[list[_Record], int]:
    """The records below the header that the reader takes for rows, and how many columns they have."""
    rows = list(_spans(text, delimiter))
    columns = len(options.header)
    if not options.header:
        header = next(i for i, row in enumerate(rows) if not row.blank)
        columns = len(rows[header].fields)
        del rows[: header + 1]
    return [row for row in rows if columns == 1 or not row.blank], columns


class _Record(NamedTuple):
    """A record in the text: where its fields are, where it ends, and where the next begins."""

    start: int
    fields: Sequence[tuple[int, int]]
    end: int
    next: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


def _spans(text: str, delimiter: str) -> Iterator[_Record]:
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
        yield _Record(start, fields, at, eol.end())
        at = eol.end()


def _field(value: str, delimiter: str, *, quoted: bool) -> str:
    if quoted or any(c in value for c in (delimiter, '"', "\r", "\n")) or value != value.strip(" \t"):
        return '"' + value.replace('"', '""') + '"'
    return value


def _records(text: str, delimiter: str, path: str, most: int) -> tuple[list[_Raw], list[int], Sequence[int]]:
    """The first records, up to `most` that are not blank (below zero: all); how long all are, and where they begin."""
    if '"' not in text and SEPARATOR not in text:
        return _plain_records(text, delimiter, most)
    return _quoted_records(text, delimiter, path, most)


def _quoted_records(text: str, delimiter: str, path: str, most: int) -> tuple[list[_Raw], list[int], Sequence[int]]:
    file = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")  # a quarter of a StringIO's memory
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    records: list[_Raw] = []
    lengths, lines, line = [], [], 1
    try:
        with _any_field_size():
            for record in reader:
                lengths.append(len(record))
                lines.append(line)
                line = reader.line_num + 1
                if most:
                    records.append(record)
                    most -= bool(record)
    except csv.Error as error:
        raise MdtablesError(_syntax_problem(str(error), Location(path, line))) from None
    return records, lengths, lines


def _plain_records(text: str, delimiter: str, most: int) -> tuple[list[_Raw], list[int], Sequence[int]]:
    """The same of a text without quotes, whose records are its lines, in a quarter of the time."""
    records: list[_Raw] = []
    lengths: list[int] = []
    for lines in _lines(text):
        lengths += [line.count(delimiter) + 1 if line else 0 for line in lines]
        if most < 0:
            records += lines
        elif missing := most - sum(map(bool, records)):
            ends = (index for index, line in enumerate(lines, 1) if line)
            records += lines[: next(islice(ends, missing - 1, None), len(lines))]
    return records, lengths, range(1, len(lengths) + 1)


def _lines(text: str) -> Iterator[list[str]]:
    """The lines of a text, some hundred at once: all of them would take as much memory as the rows."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    at = 0
    while at < len(text):
        end = text.find("\n", at + _CHUNK)
        end = len(text) if end < 0 else end
        lines = text[at:end].split("\n")
        if end == len(text) and not lines[-1]:
            lines.pop()  # what ends the last line begins no other
        yield lines
        at = end + 1


def _rows(records: Sequence[_Raw], columns: int, delimiter: str) -> Rows:
    """The rows that these records are, each as long as the header."""
    if not all(isinstance(record, str) for record in records[:1]):
        return packed(columns, (record or [""] for record in records if isinstance(record, list)))
    texts = (SEPARATOR.join(records[at : at + PIECE]) for at in range(0, len(records), PIECE))  # type: ignore[arg-type]
    return Rows(columns, [text.replace(delimiter, SEPARATOR) for text in texts])


@contextmanager
def _any_field_size() -> Iterator[None]:
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _syntax_problem(error: str, place: Location) -> Diagnostic:
    if error == "unexpected end of data":
        return Diagnostic("source-syntax", "a quoted field is not closed", place, 'a quote in a field is written ""')
    if "expected after" in error:
        hint = 'a field that holds a quote is quoted as a whole, and the quote doubled: "5"" disk"'
        return Diagnostic("source-syntax", f"text after the closing quote of a field ({error})", place, hint)
    return Diagnostic("source-syntax", error, place)


def _check_header(header: tuple[str, ...], place: Location) -> None:
    repeated = sorted(name for name, times in Counter(header).items() if times > 1)[:5]
    if repeated:
        names = ", ".join(f'"{name}"' for name in repeated)
        raise MdtablesError(Diagnostic("repeated-column", f"the header repeats {names}", place, "rename one of them"))


def _check_lengths(lengths: Sequence[int], lines: Sequence[int], length: int, path: str) -> None:
    if set(lengths) <= {length}:
        return
    wrong = [(count, line) for count, line in zip(lengths, lines, strict=True) if count != length]
    problems = []
    for count, line in wrong[:MOST_PROBLEMS]:
        message = f"{count} field{'s' if count != 1 else ''}, the header has {length}"
        hint = "quote a field that holds the delimiter" if count > length else "a field may be empty, but not left out"
        problems.append(Diagnostic("row-length", message, Location(path, line), hint))
    if len(wrong) > MOST_PROBLEMS:
        message = f"{len(wrong) - MOST_PROBLEMS} more rows are not as long as the header"
        problems.append(Diagnostic("row-length", message, Location(path, wrong[MOST_PROBLEMS][1])))
    if problems:
        raise MdtablesError(*problems)


def _other_delimiter(header: tuple[str, ...], delimiter: str, place: Location) -> Iterator[Diagnostic]:
    others = {";": '";"', "\t": "tab", "|": '"|"', ",": '","'}
    if len(header) == 1 and (found := re.search(r"[;\t|,]", header[0])) and found[0] != delimiter:
        message = f"only one column, and its name holds {others[found[0]]}"
        yield Diagnostic("one-column", message, place, f"write delimiter={others[found[0]]} on the marker")
