"""The cells of an .xlsx file, by openpyxl, which knows the format of each number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mdtables.engines import EngineError
from mdtables.engines.sheets import Cell, Formula, chosen, letters


def cells(path: str, sheet: str) -> Iterator[Sequence[Cell]]:
    """Yield the rows of a sheet. Raise EngineError."""
    try:
        import openpyxl
    except ImportError:
        raise EngineError("the package openpyxl is not installed", "pip install 'mdtables-cli[xlsx]'") from None
    try:
        books = [openpyxl.load_workbook(path, read_only=True, data_only=values) for values in (True, False)]
    except Exception as error:  # of zipfile, of XML, of openpyxl
        raise EngineError(f"cannot be read as .xlsx: {type(error).__name__}: {error}") from None
    try:
        values, formulas = (chosen({each.title: each for each in book.worksheets}, sheet) for book in books)
        for each in (values, formulas):
            each.reset_dimensions()  # what a file says of its size may be wrong
        for row, sources in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
            yield [_cell(cell, source, index) for index, (cell, source) in enumerate(zip(row, sources, strict=True), 1)]
    finally:
        for book in books:
            book.close()


def _cell(cell: Any, source: Any, index: int) -> Cell:
    address = f"{letters(index)}{cell.row}" if hasattr(cell, "row") and cell.row else letters(index)
    value = cell.value
    if value is None and source.value is not None:
        return address, Formula(" ".join(str(getattr(source.value, "text", source.value)).split())), ""
    return address, value, str(cell.number_format or "General") if value is not None else ""
