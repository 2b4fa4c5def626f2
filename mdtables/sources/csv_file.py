"""CSV and TSV -> Table: every field as written. Guesses nothing: not the delimiter, not the encoding, not a type."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from mdtables.model import Diagnostic, Location, MdtablesError, Row, Table
from mdtables.options import Options
from mdtables.sources.text import MOST_PROBLEMS, decode


def read(data: bytes, path: str, options: Options) -> tuple[Table, list[Diagnostic]]:
    """The table in a CSV. Its `lines` are the lines on which its records begin.

    Raises MdtablesError: not text in that encoding, not well-formed, no header, a repeated column, rows of another
    length than the header's (all of them, up to twenty).
    """
    hint = "save it as UTF-8, or name its encoding on the marker: encoding=cp1252"
    text = decode(data, path, options.encoding, hint)
    delimiter = options.delimiter or ("\t" if path.lower().endswith(".tsv") else ",")
    records, lines = _records(text, delimiter, path, from_the_top=bool(options.header))
    if options.header:
        header, at = options.header, Location(path)
    elif records:
        header, at = tuple(name.strip() for name in records.pop(0)), Location(path, lines.pop(0))
    else:
        hint = 'a header without rows is a table; for data without a header line write header="…" on the marker'
        raise MdtablesError(Diagnostic("source-shape", "the file is empty", Location(path), hint))
    _check_header(header, at)
    if len(header) == 1:
        records = [record or [""] for record in records]
    else:
        lines = [line for line, record in zip(lines, records, strict=True) if record]
        records = [record for record in records if record]
    _check_lengths(records, lines, len(header), path)
    rows: list[Row] = records  # type: ignore[assignment]  # a list of text is a row in which nothing is missing
    if options.null:
        rows = [[field or None for field in record] for record in records]
    return Table(header, rows, lines=lines), list(_other_delimiter(header, delimiter, at))


def write(table: Table) -> bytes:
    """A new CSV: UTF-8, commas, line feeds, quotes where they are needed."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([table.header, *table.rows])
    return file.getvalue().encode()


def _records(text: str, delimiter: str, path: str, *, from_the_top: bool) -> tuple[list[list[str]], list[int]]:
    """Every record and the line on which it begins; blank lines before the first are dropped unless `from_the_top`."""
    records: list[list[str]] = []
    lines: list[int] = []
    file = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")  # a quarter of a StringIO's memory
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    line = 1
    try:
        with _any_field_size():
            for record in reader:
                if record or records or from_the_top:
                    records.append(record)
                    lines.append(line)
                line = reader.line_num + 1
    except csv.Error as error:
        raise MdtablesError(_syntax_problem(str(error), Location(path, line))) from None
    return records, lines


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


def _check_lengths(records: list[list[str]], lines: list[int], length: int, path: str) -> None:
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
