"""A sheet of an .xlsx or .ods file -> rows of text. What a sheet shows is not what it holds: 007 is 7 in the file.

Texts are taken as they are, dates as ISO. A number is written as its format shows it, if the format is one of a closed
list and hides no digit; else the cell is an error, with its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from mdtables.engines import EngineError, Fetched, Request, Row, Tick, ods, xlsx
from mdtables.engines.sheets import Cell, Formula
from mdtables.engines.values import as_text, texts

_RANGE = r"([A-Za-z]{1,3})([1-9]\d{0,6}):([A-Za-z]{1,3})([1-9]\d{0,6})"
_MOST_COLUMNS = 10_000
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_DIGITS = 15  # that a spreadsheet keeps


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return the rows of a sheet, or of a range of it, below its header. Raise EngineError."""
    cells = ods.cells if request.file.lower().endswith(".ods") else xlsx.cells
    box = _box(request)
    rows = _within(cells(request.file, request.sheet), box)
    header = _header(next(rows, []))
    if not header:
        raise EngineError(f"row {box[1]} has no header", "say in which row it is: header-row = …, or range = …")
    return Fetched(header, list(texts(header, _texts(rows, len(header)), request.most_rows, tick)))


def _box(request: Request) -> tuple[int, int, int, int]:
    """Return the first column and row, and the last ones, counted from 1."""
    if not request.range:
        return 1, request.header_row, _MOST_COLUMNS, 1 << 30
    found = re.fullmatch(_RANGE, request.range)
    if not found or request.header_row != 1:
        raise EngineError(f'range = "{request.range}" is no range', 'write one like "B3:F20", and no header-row')
    return _number(found[1]), int(found[2]), _number(found[3]), int(found[4])


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _within(rows: Iterator[Sequence[Cell]], box: tuple[int, int, int, int]) -> Iterator[Sequence[Cell]]:
    left, top, right, bottom = box
    for number, row in enumerate(rows, 1):
        if number > bottom:
            return
        if number >= top:
            yield row[left - 1 : right]


def _header(row: Sequence[Cell]) -> list[str]:
    names = [(_text(cell) or "").strip() for cell in row]
    while names and not names[-1]:
        names.pop()
    return names


def _texts(rows: Iterator[Sequence[Cell]], width: int) -> Iterator[Row]:
    """Yield rows as text, without the empty ones at the end."""
    waiting = 0
    for row in rows:
        found = [_text(cell) for cell in row]
        if beyond := next((cell for cell, text in zip(row[width:], found[width:], strict=True) if text), None):
            raise EngineError(f"{beyond[0]}: a value in a column without a header")
        if not any(found):
            waiting += 1
            continue
        yield from ([None] * width for _ in range(waiting))
        waiting = 0
        yield [*found[:width], *([None] * (width - len(found)))]


def _text(cell: Cell) -> str | None:
    """Return the text of a cell; None for an empty one. Raise EngineError."""
    address, value, shown = cell
    if isinstance(value, Formula):
        message = f"{address}: the formula {value.text} has no value in the file"
        raise EngineError(message, "open the file in a spreadsheet program and save it")
    try:
        return _as_shown(value, shown)
    except ValueError as reason:
        raise EngineError(f"{address}: {reason}") from None


def _as_shown(value: object, shown: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, (str, bool)):
        if value in _ERRORS:
            raise ValueError(f"the error {value}")
        return value if isinstance(value, str) else str(value).lower()
    if isinstance(value, datetime) and value.time() == time() and "h" not in shown.lower():
        return value.date().isoformat()
    if isinstance(value, (date, time)):
        return as_text(value)
    if isinstance(value, (int, float)):  # bool is one too, above
        return _number_as_shown(value, shown)
    raise ValueError(f"a value of type {type(value).__name__}, which has no single text")


def _number_as_shown(value: float, shown: str) -> str:
    exact = Decimal(value) if float(value).is_integer() else Decimal(format(value, f".{_DIGITS}g"))
    if len(exact.as_tuple().digits) > _DIGITS or abs(exact) >= 10**_DIGITS:
        raise ValueError("a number of more than 15 digits, of which a spreadsheet keeps 15: make it text")
    if shown in ("General", "@", ""):
        return format(exact.normalize(), "f") if exact else "0"
    found = re.fullmatch(r"(?:#,##)?(0+)(?:\.(0+))?(%?)", shown)
    if not found:
        raise ValueError(f"a number in the format {shown}, which has no single text: make it text, or a plain number")
    places = len(found[2] or "")
    number = exact * 100 if found[3] else exact
    rounded = number.quantize(Decimal(1).scaleb(-places))
    if rounded != number:
        raise ValueError(f"{number.normalize():f} in the format {shown}, which hides digits: show them, or round it")
    text = format(abs(rounded), "f").rjust(len(found[1]) + (places + 1 if places else 0), "0")
    return ("-" if rounded < 0 else "") + text + found[3]
