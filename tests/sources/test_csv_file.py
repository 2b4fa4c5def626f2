"""CSV beyond the cases: lines, limits, and what must not leak into the process."""

from __future__ import annotations

import csv
import gc

import pytest

from mdtables.model import MdtablesError, Table
from mdtables.options import Options
from mdtables.sources.csv_file import read


def table(data: bytes, **options: object) -> Table:
    return read(data, "d.csv", Options(**options))[0]  # type: ignore[arg-type]


def test_rows_know_the_line_on_which_they_begin() -> None:
    assert table(b'a,b\n1,"x\ny\nz"\n\n2,3\n').lines == [2, 6]


def test_a_field_may_be_larger_than_the_modules_limit() -> None:
    before = csv.field_size_limit()
    assert table(b"a\n" + b"x" * 200_000 + b"\n").rows == [["x" * 200_000]]
    assert csv.field_size_limit() == before
    assert gc.isenabled()


def test_at_most_twenty_rows_are_named_and_the_others_counted() -> None:
    with pytest.raises(MdtablesError) as raised:
        table(b"a,b\n" + b"1\n" * 100)
    messages = [found.message for found in raised.value.diagnostics]
    assert messages[:2] == ["1 field, the header has 2"] * 2
    assert messages[20:] == ["80 more rows are not as long as the header"]


def test_an_empty_field_is_empty_text_and_missing_only_where_null_is_set() -> None:
    assert table(b"a,b\n1,\n").rows == [["1", ""]]
    assert table(b"a,b\n1,\n", null="-").rows == [["1", None]]


def test_another_encoding_names_the_byte_that_is_wrong() -> None:
    with pytest.raises(MdtablesError, match="not utf-16 text: truncated data at byte 4"):
        table(b"\xff\xfea\x00b", encoding="utf-16")
