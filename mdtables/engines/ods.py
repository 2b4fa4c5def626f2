"""The cells of an OpenDocument spreadsheet, which has the text that each shows next to its value."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from mdtables.engines import EngineError
from mdtables.engines.sheets import Cell, chosen, letters

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{{{_NAMES}{name}:1.0}}" for name in ("office", "table", "text"))
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_MOST_BYTES = 500_000_000  # of the XML
_MOST_EMPTY = 10_000  # rows or columns in a row that are empty: beyond these, there is nothing


def cells(path: str, sheet: str) -> Iterator[Sequence[Cell]]:
    """Yield the rows of a sheet. Raise EngineError."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("content.xml").file_size > _MOST_BYTES:
                raise EngineError(f"more than {_MOST_BYTES} bytes of XML")
            root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314  # expat limits entities
    except (zipfile.BadZipFile, KeyError, OSError, ElementTree.ParseError, RuntimeError) as error:
        raise EngineError(f"cannot be read as .ods: {error}") from None
    tables = {table.get(f"{_TABLE}name", ""): table for table in root.iter(f"{_TABLE}table")}
    number = 0
    for row in chosen(tables, sheet).iter(f"{_TABLE}table-row"):
        try:
            found = list(_cells_of(row))
            times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        except (ValueError, OverflowError) as reason:
            raise EngineError(f"row {number + 1}: {reason}") from None
        if not any(value is not None for value, _ in found) and times > _MOST_EMPTY:
            return
        for _ in range(times):
            number += 1
            yield [(f"{letters(index)}{number}", value, shown) for index, (value, shown) in enumerate(found, 1)]


def _cells_of(row: ElementTree.Element) -> Iterator[tuple[object, str]]:
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        value, shown = _value(cell)
        if value is None and times > _MOST_EMPTY:
            return
        for _ in range(times):
            yield value, shown


def _value(cell: ElementTree.Element) -> tuple[object, str]:
    """Return the value of a cell, and the format of a number, as far as its text shows it."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    if cell.get(f"{_CALC}value-type") == "error":
        raise ValueError(f"the error {''.join(cell.itertext())}")
    text = "\n".join(_paragraph(each) for each in cell.findall(f"{_TEXT}p"))
    if kind in ("float", "percentage", "currency"):
        value = float(cell.get(f"{_OFFICE}value", "nan"))
        return value, _format(text, value)
    if kind == "date":
        written = cell.get(f"{_OFFICE}date-value", "")
        return datetime.fromisoformat(written), "h" if "T" in written else ""
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", ""
    return text or None, ""


def _format(text: str, value: float) -> str:
    """Return the number format that makes this text of a value: 007 is of the format 000.

    Where the text is not this number, as with a decimal comma, the number is taken as it is.
    """
    plain = text.replace(",", "")
    try:
        shown = Decimal(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except InvalidOperation:
        return text if "%" in text else "General"
    if shown != Decimal(format(value, ".15g")):
        return "General"
    digits = "".join("0" if each.isdigit() else each for each in text.lstrip("-").replace(",", ""))
    if digits.startswith("0") and not text.lstrip("-").startswith("0"):
        digits = "0" + digits.lstrip("0")
    return digits or "General"


def _paragraph(element: ElementTree.Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * int(child.get(f"{_TEXT}c", "1")))
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            parts.append("\t" if child.tag.endswith("tab") else "\n")
        elif child.tag != f"{_TEXT}note":
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)
