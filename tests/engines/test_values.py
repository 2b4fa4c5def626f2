"""One table of rules for values, through each engine."""

from __future__ import annotations

import datetime
import sqlite3
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mdtables.engines import EngineError, Request, fetch
from mdtables.engines.values import as_text
from tests.engines.conftest import needed

UTC = datetime.UTC


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (" 007 ", " 007 "),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (2**80, "1208925819614629174706176"),
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000000001"), "0.000000001"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (datetime.date(2026, 1, 31), "2026-01-31"),
        (datetime.datetime(2026, 1, 31, 12, 30), "2026-01-31 12:30:00"),
        (datetime.datetime(2026, 1, 31, 12, 30, tzinfo=UTC), "2026-01-31 12:30:00+00:00"),
        (datetime.datetime(2026, 1, 31, 12, 30, 0, 250000), "2026-01-31 12:30:00.25"),
        (datetime.time(7, 32), "07:32:00"),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    ],
)
def test_value_is_written_exactly(value: object, text: str | None) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        b"x",
        [1],
        {"a": 1},
        (1,),
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        datetime.timedelta(1),
        object(),
        "a\0b",
        1j,
    ],
)
def test_value_without_a_single_text_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"cast it|NUL"):
        as_text(value)


RULES = [  # the SQL of a value, as each engine spells it, and its text
    ("NULL", None),
    ("''", ""),
    ("'a, \"b\"'", 'a, "b"'),
    ("'two' || CHR(10) || 'lines'", "two\nlines"),
    ("'007'", "007"),
    ("CAST(1.10 AS DECIMAL(10, 2))", "1.10"),
    ("CAST(12345678901234567890.123 AS DECIMAL(30, 3))", "12345678901234567890.123"),
    ("CAST(0.1 AS DOUBLE PRECISION)", "0.1"),
    ("CAST(42 AS BIGINT)", "42"),
    ("1 = 1", "true"),
    ("DATE '2026-01-31'", "2026-01-31"),
    ("TIMESTAMP '2026-01-31 12:30:00'", "2026-01-31 12:30:00"),
    ("TIMESTAMP '2026-01-31 12:30:00.25'", "2026-01-31 12:30:00.25"),
    ("CAST('00000000-0000-0000-0000-000000000005' AS UUID)", "00000000-0000-0000-0000-000000000005"),
    ("'漢字 🎉'", "漢字 🎉"),
]


def value_of(request: Request) -> str | None:
    return fetch(request, lambda _: None).rows[0][0]


@pytest.mark.parametrize(("sql", "text"), RULES)
def test_postgres_gives_the_text(sql: str, text: str | None, postgres: dict[str, Any]) -> None:
    assert value_of(Request(f"SELECT {sql} AS x", "psycopg", postgres)) == text


@pytest.mark.parametrize(("sql", "text"), RULES)
def test_duckdb_gives_the_text(sql: str, text: str | None, tmp_path: Path) -> None:
    needed("duckdb")
    assert value_of(Request(f"SELECT {sql} AS x", engine="duckdb", folder=str(tmp_path))) == text


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        (sql, text)
        for sql, text in RULES
        if not sql.startswith(("CAST", "DATE", "TIMESTAMP", "1 =")) and "CHR" not in sql
    ]
    + [("'two' || char(10) || 'lines'", "two\nlines"), ("0.1", "0.1"), ("9007199254740993", "9007199254740993")],
)
def test_sqlite_gives_the_text(sql: str, text: str | None, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.db").close()
    assert value_of(Request(f"SELECT {sql} AS x", engine="sqlite", file=str(tmp_path / "a.db"))) == text
    arguments = {"database": str(tmp_path / "a.db")}
    assert value_of(Request(f"SELECT {sql} AS x", "sqlite3", arguments)) == text


@pytest.mark.parametrize(
    "sql",
    [
        "ARRAY[1, 2]", "'\\x00'::bytea", "'{}'::json", "'NaN'::float8", "'infinity'::float8", "'infinity'::date",
        "'-infinity'::timestamp", "interval '1 day'", "ROW(1, 2)", "12.5::money", "int4range(1, 2)", "point(1, 2)", "'<a/>'::xml",
    ],
)  # fmt: skip
def test_postgres_refuses_what_has_no_single_text(sql: str, postgres: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match=r"no single text|no number"):
        value_of(Request(f"SELECT {sql} AS x", "psycopg", postgres))


@pytest.mark.parametrize(
    "sql",
    [
        "[1, 2]",
        "{'a': 1}",
        "'x'::BLOB",
        "'nan'::DOUBLE",
        "INTERVAL 1 DAY",
        "MAP {1: 2}",
        "'infinity'::DATE",
        "'nan'::FLOAT",
        "'-infinity'::TIMESTAMP",
        "[DATE '2026-01-01']",
    ],
)
def test_duckdb_refuses_what_has_no_single_text(sql: str, tmp_path: Path) -> None:
    needed("duckdb")
    with pytest.raises(EngineError, match=r'row 1, "x": .*cast it to text'):
        value_of(Request(f"SELECT {sql} AS x", engine="duckdb", folder=str(tmp_path)))


def test_long_text_and_one_that_looks_like_a_mark_come_through(postgres: dict[str, Any]) -> None:
    found = fetch(
        Request("SELECT repeat('x', 200000) AS a, E'\\x01' AS b, NULL AS c", "psycopg", postgres), lambda _: None
    )
    assert found.rows == [["x" * 200_000, "\x01", None]]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("0.1::FLOAT", "0.1"),
        ("TIMESTAMP_NS '2026-01-31 12:30:00.123456789'", "2026-01-31 12:30:00.123456789"),
        ("DATE '9999-12-31'", "9999-12-31"),
        ("TIME '07:32:00.5'", "07:32:00.5"),
    ],
)
def test_duckdb_writes_what_python_cannot_hold(sql: str, text: str, tmp_path: Path) -> None:
    needed("duckdb")
    asked = Request(f"SELECT {sql} AS x, i FROM range(3) t(i) ORDER BY i DESC", engine="duckdb", folder=str(tmp_path))
    assert fetch(asked, lambda _: None).rows == [[text, str(number)] for number in (2, 1, 0)]


def test_times_with_a_zone_are_those_of_utc(postgres: dict[str, Any], tmp_path: Path) -> None:
    sql = "SELECT TIMESTAMPTZ '2026-01-31 12:30:00+02' AS x"
    assert value_of(Request(sql, "psycopg", postgres)) == "2026-01-31 10:30:00+00:00"
    needed("duckdb")
    assert value_of(Request(sql, engine="duckdb", folder=str(tmp_path))) == "2026-01-31 10:30:00+00:00"
