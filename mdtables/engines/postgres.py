"""A query over PostgreSQL by psycopg: COPY gives each value as the server writes it, and tells NULL from nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from mdtables.engines import EngineError, Fetched, Request, Tick
from mdtables.engines.pep249 import driver_of, reason_of
from mdtables.engines.values import texts

_NULL = "\x01"  # what no text of a table that people read begins with
_EXACT = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = ISO",
    "SET LOCAL IntervalStyle = iso_8601",
    "SET LOCAL extra_float_digits = 1",
)
_UNWRITTEN = {"bytea": "encode(…, 'hex')", "json": "…::text", "jsonb": "…::text"}


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
    kinds = [_type_of(cursor, column.type_code) for column in cursor.description]
    for name, kind in zip(header, kinds, strict=True):
        if kind in _UNWRITTEN or kind.startswith("_"):
            hint = f"cast it in the query: {_UNWRITTEN.get(kind, 'array_to_string(…)')}"
            raise EngineError(
                f'"{name}" is of type {kind.replace("_", "array of ", 1)}, which has no single text', hint
            )
    return Fetched(header, list(texts(header, _rows(cursor, sql, kinds), request.most_rows, tick)))


def _rows(cursor: Any, sql: str, kinds: list[str]) -> Iterator[list[str | None]]:
    # the part in parentheses keeps the order of its ORDER BY
    with cursor.copy(
        f"COPY (\n{sql}\n) TO STDOUT (FORMAT csv, NULL '{_NULL}', FORCE_QUOTE *, ENCODING 'UTF8')"
    ) as copy:
        for record in csv.reader(_lines(copy), strict=True):
            yield [_text(value, kind) for value, kind in zip(record, kinds, strict=True)]


def _text(value: str, kind: str) -> str | None:
    if value == _NULL:
        return None
    if kind == "bool":
        return {"t": "true", "f": "false"}[value]
    if kind in ("timestamptz", "timetz") and re.search(r"[+-]\d\d$", value):
        return f"{value}:00"
    if kind in ("float4", "float8", "numeric") and value in ("NaN", "Infinity", "-Infinity"):
        raise EngineError(f"{value} is no number", "cast it to text, or leave it out")
    return value


def _lines(copy: Any) -> Iterator[str]:
    for block in copy:
        yield from io.StringIO(bytes(block).decode(), newline="")


def _type_of(cursor: Any, oid: int) -> str:
    found = cursor.connection.adapters.types.get(oid)
    if found is None:
        return ""
    return str(found.name) if found.oid == oid else f"_{found.name}"
