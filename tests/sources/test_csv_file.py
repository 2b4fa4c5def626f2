"""CSV files: line numbers, limits, and process-wide settings that must be restored."""

from __future__ import annotations

import csv
import gc
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mdtables.tables.packed
from mdtables.model.diagnostics import Diagnostic
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Row, Table
from mdtables.sources.csv_file import read


def table(data: bytes, **options: object) -> Table:
    return read(data, "d.csv", Options(**options))  # type: ignore[arg-type]


def test_rows_have_the_number_of_their_first_line() -> None:
    assert table(b'a,b\n1,"x\ny\nz"\n\n2,3\n').lines == [2, 6]


def test_field_may_exceed_the_csv_module_limit() -> None:
    before = csv.field_size_limit()
    assert table(b"a\n" + b"x" * 200_000 + b"\n").rows == [["x" * 200_000]]
    assert csv.field_size_limit() == before
    assert gc.isenabled()


def test_field_limit_is_restored_after_an_error() -> None:
    before = csv.field_size_limit()
    with pytest.raises(MdtablesError) as raised:
        table(b'a,b\n"1",2,3\n')
    assert csv.field_size_limit() == before
    assert raised.value.diagnostics  # keeps the exception, and with it the reader's frames, alive until here


def test_bad_rows_beyond_twenty_are_only_counted() -> None:
    with pytest.raises(MdtablesError) as raised:
        table(b"a,b\n" + b"1\n" * 100)
    messages = [found.message for found in raised.value.diagnostics]
    assert messages[:2] == ["1 field, but the header has 2"] * 2
    assert messages[20:] == ["80 more problems like this"]


def test_empty_field_is_missing_only_with_null_option() -> None:
    assert table(b"a,b\n1,\n").rows == [["1", ""]]
    assert table(b"a,b\n1,\n", null="-").rows == [["1", None]]


def test_decoding_error_names_the_byte() -> None:
    with pytest.raises(MdtablesError, match="not utf-16 text: truncated data at byte 4"):
        table(b"\xff\xfea\x00b", encoding="utf-16")


TEXTS = st.text("ab,;\n\r ", max_size=40)


def rows_or_problems(data: bytes, options: Options, most: int | None) -> list[tuple[int, Row]] | tuple[Diagnostic, ...]:
    try:
        found = read(data, "d.csv", options, most)
    except MdtablesError as error:
        return error.diagnostics
    return list(zip(found.lines, found.rows, strict=True))


@given(TEXTS, st.integers(1, 4), st.sampled_from(["", "-"]), st.booleans())
def test_limited_read_gives_the_first_rows(text: str, most: int, null: str, quoted: bool) -> None:
    """Read in chunks of two rows, with and without a quote in the text."""
    data = f'{text}\n"1"\n'.encode() if quoted else text.encode()
    options = Options(null=null)
    with patch.object(mdtables.tables.packed, "CHUNK_ROWS", 2):
        every, some = rows_or_problems(data, options, None), rows_or_problems(data, options, most)
    if isinstance(every, list):
        assert some == every[:most]
    else:  # what is wrong may be in the first rows, or after them
        assert len(some) <= most if isinstance(some, list) else set(some) <= set(every)


@pytest.mark.parametrize("data", [b"a,b\n\n1,x\n2,y\n3,z\n", b'a,b\n\n1,x\n2,"y"\n3,z\n'])
@pytest.mark.parametrize("after", [b"", b"4,a,b\n", b'"not closed', b'"a"b\n'])
def test_what_is_after_the_first_rows_is_not_looked_at(data: bytes, after: bytes) -> None:
    kept = read(data + after, "d.csv", Options(), 2)
    assert (kept.rows, list(kept.lines)) == ([["1", "x"], ["2", "y"]], [3, 4])
    with pytest.raises(MdtablesError, match=r"d\.csv:3: 3 fields, but the header has 2"):
        read(b"a,b\n1,2\n3,4,5\n" + data, "d.csv", Options(), 2)
