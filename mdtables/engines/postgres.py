"""A query over PostgreSQL by psycopg: COPY gives each value as the server writes it, and tells NULL from nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from secrets import token_hex
from typing import Any

from mdtables.engines import EngineError, Fetched, Request, Tick
from mdtables.engines.pep249 import driver_of, reason_of
from mdtables.engines.values import texts

_EXACT = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = ISO",
    "SET LOCAL IntervalStyle = iso_8601",
    "SET LOCAL extra_float_digits = 1",
)
_CATEGORIES = "BDEINS"  # of pg_type: boolean, date and time, enum, network address, number, string
_OTHERS = {"uuid"}
_WITH_INFINITY = {"float4", "float8", "numeric", "date", "timestamp", "timestamptz"}
_UNWRITTEN = {"bytea": "encode(…, 'hex')", "money": "…::numeric", "interval": "extract(epoch FROM …)"}
_LARGEST = 50_000_000  # characters of a field


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return what a query selects, in a transaction that only reads and is rolled back. Raise EngineError."""
    driver = driver_of(request.driver)
    try:
        with driver.connect(**request.arguments) as connection:
            with connection.cursor() as cursor:
                for statement in _EXACT:
                    cursor.execute(statement)
                found = _copied(cursor, request, tick)
            connection.rollback()
            return found
    except EngineError:
        raise
    except Exception as error:  # those of the driver
        raise EngineError(*reason_of(error, request.arguments)) from None


def _copied(cursor: Any, request: Request, tick: Tick) -> Fetched:
    sql = request.sql.rstrip().rstrip(";")
    # the types, and that it is one query; it is the user's own
    cursor.execute(f"SELECT * FROM (\n{sql}\n) AS q LIMIT 0")  # noqa: S608
    header = [column.name for column in cursor.description]
    kinds = _kinds(cursor, [(column.name, column.type_code) for column in cursor.description])
    return Fetched(header, list(texts(header, _rows(cursor, sql, kinds), request.most_rows, tick)))


def _kinds(cursor: Any, columns: Sequence[tuple[str, int]]) -> list[str]:
    """Return the types of columns, which are names and numbers of types. Raise EngineError for one without a text."""
    cursor.execute("SELECT oid, typname, typcategory FROM pg_type WHERE oid = ANY(%s)", [[oid for _, oid in columns]])
    types = {oid: (name, category) for oid, name, category in cursor.fetchall()}
    for name, oid in columns:
        kind, category = types[oid]
        if kind == "money" or (category not in _CATEGORIES and kind not in _OTHERS):
            what = f"array of {kind[1:]}" if category == "A" else kind
            hint = f"cast it in the query: {_UNWRITTEN.get(kind, '…::text')}"
            raise EngineError(f'"{name}" is of type {what}, which has no single text', hint)
    return [types[oid][0] for _, oid in columns]


def _rows(cursor: Any, sql: str, kinds: Sequence[str]) -> Iterator[list[str | None]]:
    null = token_hex(16)  # what no text in the data can be
    before = csv.field_size_limit(_LARGEST)
    options = f"FORMAT csv, NULL '{null}', FORCE_QUOTE *, ENCODING 'UTF8'"
    try:
        # the part in parentheses keeps the order of its ORDER BY
        with cursor.copy(f"COPY (\n{sql}\n) TO STDOUT ({options})") as copy:
            for record in csv.reader(_lines(copy), strict=True):
                yield [None if value == null else _text(value, kind) for value, kind in zip(record, kinds, strict=True)]
    finally:
        csv.field_size_limit(before)


def _text(value: str, kind: str) -> str:
    if kind == "bool":
        return {"t": "true", "f": "false"}[value]
    if kind in ("timestamptz", "timetz") and re.search(r"[+-]\d\d$", value):
        return f"{value}:00"
    if kind in _WITH_INFINITY and value.lower().lstrip("-") in ("nan", "infinity"):
        raise EngineError(f"{value}, which is no number and no date", "cast it to text, or leave it out")
    return value


def _lines(copy: Any) -> Iterator[str]:
    for block in copy:
        yield from io.StringIO(bytes(block).decode(), newline="")
