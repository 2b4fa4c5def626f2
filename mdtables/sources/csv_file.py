"""CSV and TSV -> table, with every field as written. Guesses neither the delimiter, nor the encoding, nor types."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import accumulate, chain, islice, pairwise
from typing import TYPE_CHECKING

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector, failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Row, Table
from mdtables.sources import csv_edit
from mdtables.sources.csv_spans import declaration
from mdtables.sources.decode import decode
from mdtables.tables.packed import CHUNK_ROWS, Rows
from mdtables.text.edits import END_OF_LINE

if TYPE_CHECKING:
    from mdtables.sources.three_way import Block, Blocks

_Chunk = tuple[Sequence[int], list[list[str]]]  # the lines on which records begin, and their fields; none where blank


def read(data: bytes, path: str, options: Options, most: int | None = None, *, is_record: bool = False) -> Table:  # noqa: ARG001  # every row is one anyway
    """Return the table in a CSV, or its first `most` rows, with the lines on which its records begin.

    Raise MdtablesError if it is not text in that encoding or not well formed, if it has no header, or one with another
    delimiter, and for rows that are not as long as the header. What is after the first `most` is not looked at.
    """
    hint = "save it as UTF-8, or set its encoding on the marker, like encoding=cp1252"
    text = decode(data, path, options.encoding, hint)
    declared = declaration(text)
    delimiter = delimiter_of(options, path, text)
    # csv reads from bytes that are in memory already: a third less than from the text
    utf8 = data.removeprefix(codecs.BOM_UTF8) if options.encoding == "utf-8" else text.encode()
    utf8 = utf8[len(text[:declared].encode()) :]
    del text
    with closing(_records_in(utf8, delimiter, path, first_line=2 if declared else 1)) as chunks:
        return _table(chunks, delimiter, path, options, most, is_set=bool(options.delimiter or declared))


def edit(data: bytes, path: str, options: Options, changes: Changes, *, is_record: bool = False) -> bytes:  # noqa: ARG001
    """Return the file with these changes, and every other record byte for byte. Raise MdtablesError if it cannot be."""
    text = data.decode(options.encoding).removeprefix("\ufeff")
    return csv_edit.edit(data, path, delimiter_of(options, path, text), options, changes)


def span(
    data: bytes,
    path: str,
    options: Options,
    row: int,
    column: int,
    *,
    is_record: bool = False,  # noqa: ARG001
) -> tuple[int, int]:
    """Return the offsets of a field in the text of the file."""
    text = data.decode(options.encoding)
    return csv_edit.span(text, delimiter_of(options, path, text.removeprefix("\ufeff")), options, row, column)


def merger(path: str, uses: Sequence[Options]) -> Blocks:
    """Return what finds the rows of a version of a file; of rows that it found in another one, it knows the fields."""
    from mdtables.sources import csv_blocks  # the merge driver alone needs it

    known: csv_blocks.Known = {}

    def blocks(text: str) -> list[Block]:
        delimiter = delimiter_of(uses[0], path, text.removeprefix("\ufeff"))
        return csv_blocks.blocks(text, delimiter, uses[0].header, uses[0].key, known)

    return blocks


def write(table: Table) -> bytes:
    """Return a new CSV: UTF-8, commas, line feeds, quotes where they are needed."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([table.header, *table.rows])
    return file.getvalue().encode()


def delimiter_of(options: Options, path: str, text: str) -> str:
    """Return the delimiter that is set, or declared in the first line of the text, or that of the suffix."""
    declared = text[: declaration(text)].rstrip("\r\n").removesuffix('"')[-1:]
    return options.delimiter or declared or ("\t" if path.lower().endswith(".tsv") else ",")


def _table(
    chunks: Iterator[_Chunk], delimiter: str, path: str, options: Options, most: int | None, *, is_set: bool
) -> Table:
    header, at = options.header, Location(path)
    if not header:
        line, names, chunks = _header(chunks, path)
        header, at = tuple(name.strip() for name in names), Location(path, line)
        if not is_set:
            _check_delimiter(header, delimiter, at)
    rows, numbers = _rows(chunks, len(header), path, most)
    if options.null:
        rows = [[field or None for field in row] for row in rows]
    return Table(header, rows, lines=numbers, unusable=dict(_repeated(header, at)))


def _header(chunks: Iterator[_Chunk], path: str) -> tuple[int, Sequence[str], Iterator[_Chunk]]:
    """Return the first record that is not blank, its line, and what follows. Raise MdtablesError if there is none."""
    for lines, records in chunks:
        for index, record in enumerate(records):
            if record:
                return lines[index], record, chain([(lines[index + 1 :], records[index + 1 :])], chunks)
    hint = 'it needs at least a header; for data without a header line set header="…" on the marker'
    raise failure("source-shape", "the file is empty", at=Location(path), hint=hint)


def _rows(chunks: Iterable[_Chunk], columns: int, path: str, most: int | None) -> tuple[Sequence[Row], Sequence[int]]:
    """Return the rows, or the first of them, and their lines. Raise MdtablesError for rows of another length."""
    numbers: list[Sequence[int]] = []
    wrong = Collector()
    left = sys.maxsize if most is None else most

    def kept() -> Iterator[Sequence[Row]]:
        nonlocal left
        for chunk in chunks:
            is_regular = set(map(len, chunk[1])) <= {columns}
            lines, rows = chunk if is_regular else _fitting(*chunk, columns, left, path, wrong)
            numbers.append(lines[:left])
            yield rows[:left]
            left -= len(rows)
            if left <= 0:
                break

    rows = Rows.pack(columns, chain.from_iterable(kept()))
    wrong.raise_any()
    return rows, _joined(numbers)


def _fitting(
    lines: Sequence[int], records: Sequence[list[str]], columns: int, most: int, path: str, wrong: Collector
) -> tuple[list[int], list[Row]]:
    """Return the first rows of some records, and their lines; collect what is wrong with those of another length."""
    numbers: list[int] = []
    rows: list[Row] = []
    for line, fields in zip(lines, records, strict=True):
        if len(rows) == most:
            break
        if len(fields) == columns or (not fields and columns == 1):  # where there is one column, a blank line is a row
            numbers.append(line)
            rows.append(fields or [""])
        elif fields:
            wrong.add(_wrong_length(fields, columns, Location(path, line)))
    return numbers, rows


def _joined(numbers: Sequence[Sequence[int]]) -> Sequence[int]:
    """Return all numbers; as a range, which takes no memory, if they follow one another."""
    some = [each for each in numbers if each]
    if some and all(isinstance(each, range) for each in some) and all(a[-1] + 1 == b[0] for a, b in pairwise(some)):
        return range(some[0][0], some[-1][-1] + 1)
    return list(chain.from_iterable(some))


def _records_in(utf8: bytes, delimiter: str, path: str, first_line: int) -> Generator[_Chunk, None, None]:
    """Yield records in chunks: work on a chunk takes a third of the time of work on one record after the other."""
    file = io.TextIOWrapper(io.BytesIO(utf8), "utf-8", newline="")  # a quarter of the memory of StringIO
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    line, wrong = first_line, ""
    with _unlimited_fields():
        while not wrong:
            records: list[list[str]] = []
            try:
                records.extend(islice(reader, CHUNK_ROWS))
            except csv.Error as error:
                wrong = str(error)
            if not (records or wrong):
                return
            following = reader.line_num + first_line
            if wrong or following - line != len(records):
                breaks = (1 + sum(len(END_OF_LINE.findall(field)) for field in record) for record in records)
                lines: Sequence[int] = list(accumulate(breaks, initial=line))
                following = lines[-1]
            else:
                lines = range(line, following + 1)
            yield lines[:-1], records
            line = following
    raise MdtablesError(_syntax_problem(wrong, Location(path, line)))


@contextmanager
def _unlimited_fields() -> Iterator[None]:
    before = csv.field_size_limit(2**31 - 1)  # a C long, which has 32 bits on Windows
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _syntax_problem(error: str, at: Location) -> Diagnostic:
    if error == "unexpected end of data":
        message, hint = "a quoted field is not closed", 'a quote inside a field is written ""'
    elif "expected after" in error:
        message = f"text after the closing quote of a field ({error})"
        hint = 'enclose the whole field in quotes, and double each quote inside it: "5"" disk"'
    else:
        message, hint = error, ""
    return Diagnostic("source-syntax", message, at=at, hint=hint)


def _repeated(header: Sequence[str], at: Location) -> Iterator[tuple[int, list[Diagnostic]]]:
    """Yield the columns whose name another one has too, apart from blanks: no option can tell them apart."""
    names = [" ".join(name.split()) for name in header]
    times = Counter(names)
    for index, name in enumerate(names):
        if times[name] > 1:
            hint = "rename one of them, or name the columns to show, without these: columns=…"
            yield index, [Diagnostic("repeated-column", f'the header repeats "{name}"', at=at, hint=hint)]


def _wrong_length(fields: Sequence[str], columns: int, at: Location) -> Diagnostic:
    count = len(fields)
    message = f"{count} field{'s' * (count != 1)}, but the header has {columns}"
    hint = "quote a field that contains the delimiter"
    if count < columns:
        hint = "write an empty field for a missing value"
    elif not any(fields[columns:]):
        hint = "quote a field that contains the delimiter, or remove the one at the end of the line"
    return Diagnostic("row-length", message, at=at, hint=hint)


def _check_delimiter(header: Sequence[str], delimiter: str, at: Location) -> None:
    """Raise MdtablesError for a single column whose name contains what often is a delimiter."""
    others = {";": '";"', "\t": "tab", "|": '"|"', ",": '","'}
    found = re.search(r"[;\t|,]", header[0]) if len(header) == 1 else None
    if found and found[0] != delimiter:
        own = others.get(delimiter, delimiter)
        message = f"only one column, and its name contains {others[found[0]]}"
        hint = f"set delimiter={others[found[0]]} on the marker; if it is one column, delimiter={own}"
        raise failure("one-column", message, at=at, hint=hint)
