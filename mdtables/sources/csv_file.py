"""CSV and TSV -> Table: every field as written. Guesses nothing: not the delimiter, not the encoding, not a type."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import NamedTuple

from mdtables.model import Changes, Diagnostic, Location, MdtablesError, Row, Table
from mdtables.offsets import END_OF_LINE, Edit, splice
from mdtables.options import Options
from mdtables.sources.text import MOST_PROBLEMS, decode


def read(data: bytes, path: str, options: Options) -> tuple[Table, list[Diagnostic]]:
    """The table in a CSV. Its `lines` are the lines on which its records begin.

    Raises MdtablesError: not text in that encoding, not well-formed, no header, a repeated column, rows of another
    length than the header's (all of them, up to twenty).
    """
    hint = "save it as UTF-8, or name its encoding on the marker: encoding=cp1252"
    text = decode(data, path, options.encoding, hint)
    delimiter = _delimiter(options, path)
    records, lines = _records(text, delimiter, path, from_the_top=bool(options.header))
    if options.header:
        header, at = options.header, Location(path)
    elif records:
        header, at = tuple(name.strip() for name in records.pop(0)), Location(path, lines[0])
        lines = lines[1:]
    else:
        hint = 'a header without rows is a table; for data without a header line write header="…" on the marker'
        raise MdtablesError(Diagnostic("source-shape", "the file is empty", Location(path), hint))
    _check_header(header, at)
    if len(header) == 1:
        records = [record or [""] for record in records]
    elif not all(records):
        lines = [line for line, record in zip(lines, records, strict=True) if record]
        records = [record for record in records if record]
    _check_lengths(records, lines, len(header), path)
    rows: list[Row] = records  # type: ignore[assignment]  # a list of text is a row in which nothing is missing
    if options.null:
        rows = [[field or None for field in record] for record in records]
    return Table(header, rows, lines=lines), list(_other_delimiter(header, delimiter, at))


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


def _records(text: str, delimiter: str, path: str, *, from_the_top: bool) -> tuple[list[list[str]], Sequence[int]]:
    """Every record and the line on which it begins; blank lines before the first are dropped unless `from_the_top`."""
    records: list[list[str]] = []
    file = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")  # a quarter of a StringIO's memory
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        with _any_field_size():
            records.extend(reader)
    except csv.Error as error:
        raise MdtablesError(_syntax_problem(str(error), Location(path, _line_starts(records)[-1]))) from None
    lines = range(1, len(records) + 1) if reader.line_num == len(records) else _line_starts(records)[:-1]
    first = 0 if from_the_top else next((i for i, record in enumerate(records) if record), len(records))
    return records[first:], lines[first:]


def _line_starts(records: Sequence[Sequence[str]]) -> list[int]:
    """The line on which each of these records begins, and the one after the last of them."""
    return list(accumulate((1 + sum(map(_line_ends, record)) for record in records), initial=1))


def _line_ends(field: str) -> int:
    return len(END_OF_LINE.findall(field)) if "\n" in field or "\r" in field else 0


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


def _check_lengths(records: list[list[str]], lines: Sequence[int], length: int, path: str) -> None:
    if set(map(len, records)) <= {length}:
        return
    wrong = [(len(record), line) for record, line in zip(records, lines, strict=True) if len(record) != length]
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
