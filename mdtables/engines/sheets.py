"""What a sheet is, for each kind of spreadsheet: cells with addresses, and sheets with names."""

from __future__ import annotations

from typing import Any

from mdtables.engines import EngineError
from mdtables.records import NamedTuple

Cell = tuple[str, object, str]
"""The address of a cell, its value, and its number format; of an .ods, the text that it shows."""


class Formula(NamedTuple):
    """A formula whose value is not in the file; an error only where the cell is wanted."""

    text: str


def letters(number: int) -> str:
    """Return the letters of a column, counted from 1."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def chosen(sheets: dict[str, Any], name: str) -> Any:
    """Return the sheet of this name, or the only one. Raise EngineError."""
    if name in sheets:
        return sheets[name]
    if not sheets:
        raise EngineError("there is no sheet with cells in it")
    known = ", ".join(f'"{each}"' for each in sheets)
    if name or len(sheets) != 1:
        message = f'there is no sheet "{name}"' if name else "there are several sheets"
        raise EngineError(message, f"name one: sheet = … (there are {known})")
    return next(iter(sheets.values()))
