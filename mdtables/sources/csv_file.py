"""CSV and TSV -> Table: every field as written. Guesses nothing: not the delimiter, not the encoding, not a type."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Row, Table
from mdtables.sources.text import MOST_PROBLEMS, decode
from mdtables.tables.packed import PIECE, SEPARATOR, Piece, Rows, piece_of

_CHUNK = 1 << 14  # characters that are cut into lines at once
_Fields = str | list[str]  # of a record: its whole line where there are no quotes, which is cut into fields later
_Record = tuple[int, int, _Fields]  # the line on which it begins, how many fields it has (0: a blank line), the fields


def read(data: bytes, path: str, options: Options, most: int | None = None) -> tuple[Table, list[Diagnostic]]:
    """The table in a CSV, or its first rows, `most` of them. Its `lines` are the lines on which its records begin.

    Raises MdtablesError: not text in that encoding, not well-formed, no header, a repeated column, rows of another
    length than the header's (of all rows, whether they are kept or not; up to twenty).
    """
    hint = "save it as UTF-8, or name its encoding on the marker: encoding=cp1252"
    text = decode(data, path, options.encoding, hint)
    delimiter = delimiter_of(options, path)
    with closing(_records(text, delimiter, path)) as records:
        return _table(records, delimiter, path, options, most)


def _table(
    records: Iterator[_Record], delimiter: str, path: str, options: Options, most: int | None
) -> tuple[Table, list[Diagnostic]]:
    header, at = options.header, Location(path)
    if not header:
        first = next((found for found in records if found[1]), None)
        if first is None:
            hint = 'a header without rows is a table; for data without a header line write header="…" on the marker'
            raise MdtablesError(Diagnostic("source-shape", "the file is empty", Location(path), hint))
        line, _, record = first
        cells = record.split(delimiter) if isinstance(record, str) else record
        header, at = tuple(name.strip() for name in cells), Location(path, line)
    _check_header(header, at)
    rows, lines = _rows(records, len(header), delimiter, path, most)
    if options.null:
        rows = [[field or None for field in row] for row in rows]
    return Table(header, rows, lines=lines), list(_other_delimiter(header, delimiter, at))


def _rows(
    records: Iterator[_Record], columns: int, delimiter: str, path: str, most: int | None
) -> tuple[Sequence[Row], list[int]]:
    """The rows, or the first of them, and their lines. Raises MdtablesError for those of another length."""
    pieces: list[Piece] = []
    some: list[_Fields] = []
    lines: list[int] = []
    wrong: list[tuple[int, int]] = []
    for line, length, record in records:
        if length != columns and (length or columns > 1):
            wrong += [(length, line)] if length else []  # a blank line is no row, but of one column
        elif most is None or len(lines) < most:
            lines.append(line)
            some.append(record)
            if len(some) == PIECE:
                pieces.append(_piece(some, columns, delimiter))
                some = []
    if wrong:
        raise MdtablesError(*_wrong_lengths(wrong, columns, path))
    return Rows(columns, [*pieces, _piece(some, columns, delimiter)] if some else pieces), lines


def _piece(records: list[_Fields], columns: int, delimiter: str) -> Piece:
    if isinstance(records[0], str):
        return SEPARATOR.join(records).replace(delimiter, SEPARATOR)  # type: ignore[arg-type]  # then all are lines
    return piece_of([record or [""] for record in records if isinstance(record, list)], columns)


def delimiter_of(options: Options, path: str) -> str:
    return options.delimiter or ("\t" if path.lower().endswith(".tsv") else ",")


def write(table: Table) -> bytes:
    """A new CSV: UTF-8, commas, line feeds, quotes where they are needed."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([table.header, *table.rows])
    return file.getvalue().encode()


def _records(text: str, delimiter: str, path: str) -> Generator[_Record, None, None]:
    """Each record. Where there are no quotes that is a line, which takes a quarter of the time."""
    if '"' in text or SEPARATOR in text:
        yield from _quoted_records(text, delimiter, path)
    else:
        for number, line in enumerate(_lines(text), 1):
            yield number, line.count(delimiter) + 1 if line else 0, line


def _quoted_records(text: str, delimiter: str, path: str) -> Iterator[_Record]:
    file = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")  # a quarter of a StringIO's memory
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    line = 1
    try:
        with _any_field_size():
            for record in reader:
                yield line, len(record), record
                line = reader.line_num + 1
    except csv.Error as error:
        raise MdtablesError(_syntax_problem(str(error), Location(path, line))) from None


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, not all of them in memory at once."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    at = 0
    while at < len(text):
        end = text.find("\n", at + _CHUNK)
        end = len(text) if end < 0 else end
        lines = text[at:end].split("\n")
        if end == len(text) and not lines[-1]:
            lines.pop()  # what ends the last line begins no other
        yield from lines
        at = end + 1


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


def _wrong_lengths(wrong: Sequence[tuple[int, int]], columns: int, path: str) -> Iterator[Diagnostic]:
    """What is said of rows of a wrong length, each with its line."""
    for count, line in wrong[:MOST_PROBLEMS]:
        message = f"{count} field{'s' if count != 1 else ''}, the header has {columns}"
        hint = "quote a field that holds the delimiter" if count > columns else "a field may be empty, but not left out"
        yield Diagnostic("row-length", message, Location(path, line), hint)
    if len(wrong) > MOST_PROBLEMS:
        message = f"{len(wrong) - MOST_PROBLEMS} more rows are not as long as the header"
        yield Diagnostic("row-length", message, Location(path, wrong[MOST_PROBLEMS][1]))


def _other_delimiter(header: tuple[str, ...], delimiter: str, place: Location) -> Iterator[Diagnostic]:
    others = {";": '";"', "\t": "tab", "|": '"|"', ",": '","'}
    if len(header) == 1 and (found := re.search(r"[;\t|,]", header[0])) and found[0] != delimiter:
        message = f"only one column, and its name holds {others[found[0]]}"
        yield Diagnostic("one-column", message, place, f"write delimiter={others[found[0]]} on the marker")
