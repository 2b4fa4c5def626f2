"""Spreadsheets: what is written exactly, and what is an error at its address."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mdtables.engines import EngineError, Fetched, Request, fetch
from tests.engines.conftest import needed


def workbook(path: Path, rows: list[list[object]], formats: dict[str, str] | None = None, **sheets: object) -> str:
    openpyxl: Any = needed("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for address, number_format in (formats or {}).items():
        sheet[address].number_format = number_format
    for name in sheets:
        book.create_sheet(name)
    book.save(path)
    return str(path)


def read(path: str, **options: Any) -> Fetched:
    return fetch(Request(engine="spreadsheet", file=path, **options), lambda _: None)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("007", "General", "007"),
        (7, "000", "007"),
        (-7, "000", "-007"),
        (7, "General", "7"),
        (1.5, "General", "1.5"),
        (0.1 + 0.2, "General", "0.3"),
        (1.1, "0.00", "1.10"),
        (1234.5, "#,##0.00", "1234.50"),
        (1234, "#,##0", "1234"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0%", "50%"),
        (True, "General", "true"),
        (datetime.date(2026, 1, 31), "dd.mm.yyyy", "2026-01-31"),
        (datetime.datetime(2026, 1, 31, 12, 30), "yyyy-mm-dd hh:mm", "2026-01-31 12:30:00"),
        (datetime.time(7, 32), "hh:mm", "07:32:00"),
        (123456789012345, "General", "123456789012345"),
        ('a, "b"\nc', "General", 'a, "b"\nc'),
        (None, "General", None),
    ],
)  # fmt: skip
def test_cell_is_written_exactly(value: object, number_format: str, text: str | None, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["x", "y"], [value, "there"]], {"A2": number_format})
    assert read(path) == Fetched(["x", "y"], [[text, "there"]])


@pytest.mark.parametrize(
    ("value", "number_format", "message"),
    [
        (1.005, "0.00", "hides digits"),
        (7.6, "0", "hides digits"),
        (0.333, "0%", "hides digits"),
        (1234567890123456789, "General", "15 digits"),
        (12.5, '0.00 "EUR"', "format"),
        (3, "# ?/?", "format"),
        (datetime.timedelta(hours=30), "[h]:mm", "no single text"),
        ("=B2*2", "General", "formula =B2*2 has no value"),
        ("#DIV/0!", "General", "the error #DIV/0!"),
    ],
)
def test_cell_that_cannot_be_written_exactly_is_an_error(
    value: object, number_format: str, message: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", [["x", "y"], ["fine", 1], [value, 2]], {"A3": number_format})
    with pytest.raises(EngineError, match="A3: ") as caught:
        read(path)
    assert message in caught.value.message


def test_sheet_header_row_and_range_are_options(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Title"],
        [],
        [None, "Name", "Year"],
        [None, "Ruff", 2022],
        [None, "Black", 2018],
        [],
        [None, "total", 2],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, Other=True)
    with pytest.raises(EngineError, match="several sheets"):
        read(path)
    with pytest.raises(EngineError, match='no sheet "Shet"'):
        read(path, sheet="Shet")
    found = read(path, sheet="Sheet", range="B3:C5")
    assert found == Fetched(["Name", "Year"], [["Ruff", "2022"], ["Black", "2018"]])
    with pytest.raises(EngineError, match="without a name"):
        read(path, sheet="Sheet", header_row=3)
    with pytest.raises(EngineError, match="no range"):
        read(path, sheet="Sheet", range="B3")
    with pytest.raises(EngineError, match="has no header"):
        read(path, sheet="Other")


def test_value_beyond_the_header_is_an_error_and_empty_rows_are_kept_between(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["x"], ["1"], [None], ["2"], [None]])
    assert read(path).rows == [["1"], [None], ["2"]]
    with pytest.raises(EngineError, match="B2: a value in a column without a header"):
        read(workbook(tmp_path / "b.xlsx", [["x"], ["1", "lost"]]))


def test_size_that_a_file_states_does_not_matter(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["x", "y"], ["1", "2"], ["3", "4"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'ref="A1:B3"', b'ref="A1"')
    assert b'ref="A1"' in parts[sheet]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read(path).rows == [["1", "2"], ["3", "4"]]


def test_workbook_of_charts_alone_has_no_cells(tmp_path: Path) -> None:
    openpyxl: Any = needed("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.create_chartsheet("Chart").add_chart(openpyxl.chart.BarChart())
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(EngineError, match="no sheet with cells"):
        read(str(tmp_path / "a.xlsx"))


def test_text_with_a_number_sign_is_no_error(tmp_path: Path) -> None:
    assert read(workbook(tmp_path / "a.xlsx", [["x"], ["#FF0000"], ["#TODO"]])).rows == [["#FF0000"], ["#TODO"]]


def test_opendocument_with_odd_values_is_an_error(tmp_path: Path) -> None:
    cells = [
        '<table:table-cell office:value-type="date" office:date-value="1899-12-30T25"/>',
        '<table:table-cell office:value-type="float" office:value="abc"/>',
        '<table:table-cell table:number-columns-repeated="x"/>',
        '<table:table-cell calcext:value-type="error" office:value-type="string"><text:p>Err:502</text:p></table:table-cell>',
    ]
    names = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{name}="{names}:{name}:1.0"' for name in ("office", "table", "text"))
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    for cell in cells:
        row = f'<table:table table:name="a"><table:table-row>{cell}</table:table-row></table:table>'
        with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
            archive.writestr("content.xml", f"<office:document-content{spaces}>{row}</office:document-content>")
        with pytest.raises(EngineError, match="row 1"):
            read(str(tmp_path / "a.ods"))


def test_file_that_is_no_spreadsheet_is_an_error(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.ods"):
        (tmp_path / name).write_text("no")
        needed("openpyxl")
        with pytest.raises(EngineError, match="cannot be read"):
            read(str(tmp_path / name))


def opendocument(path: Path, rows: list[list[tuple[str, object, str]]]) -> str:
    """Write cells as (type, value, text) with a writer that is not ours."""
    needed("odf")
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="Data")
    for row in rows:
        line = TableRow()
        for kind, value, text in row:
            attribute = {"date": "datevalue", "boolean": "booleanvalue", "string": "stringvalue"}.get(kind, "value")
            cell = TableCell(valuetype=kind, **{attribute: value}) if kind else TableCell()
            if text:
                cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return str(path)


def test_opendocument_has_the_texts_that_it_shows(tmp_path: Path) -> None:
    names = ["code", "price", "share", "day", "open", "local", "none"]
    path = opendocument(
        tmp_path / "a.ods",
        [
            [("string", name, name) for name in names],
            [
                ("float", 7, "007"), ("float", 1234.5, "1,234.50"), ("percentage", 0.125, "12.5%"),
                ("date", "2026-01-31", "31/01/26"), ("boolean", "true", "TRUE"), ("float", 1234.5, "1.234,50"), ("", None, ""),
            ],
        ],
    )  # fmt: skip
    assert read(path) == Fetched(names, [["007", "1234.50", "12.5%", "2026-01-31", "true", "1234.5", None]])


def test_opendocument_number_whose_text_hides_digits_is_written_whole(tmp_path: Path) -> None:
    path = opendocument(tmp_path / "a.ods", [[("string", "x", "x")], [("float", 1.005, "1.01")]])
    assert read(path).rows == [["1.005"]]
