"""The process that DuckDB runs in: a question as JSON on standard input, the answer as lines of JSON."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from typing import Any

from mdtables.engines.values import as_text

_MEMORY = "1GB"  # of DuckDB's own; it writes to the disk what does not fit
_MOST_MEMORY = 3 << 30  # bytes of addresses of the process, since DuckDB's limit does not hold for functions
_MOST_SECONDS = 300  # of processors
_AT_ONCE = 1000  # rows


def answer(asked: dict[str, Any]) -> None:
    """Print what a query selects, or what is wrong."""
    try:
        import duckdb
    except ImportError:
        _print({"error": "the package duckdb is not installed", "hint": "pip install 'mdtables-cli[duckdb]'"})
        return
    try:
        os.chdir(asked["folder"])
        connection = duckdb.connect(":memory:")
        for statement in (
            "SET enable_progress_bar = false",  # it would be printed among the rows
            f"SET memory_limit = '{_MEMORY}'",
            "SET preserve_insertion_order = true",
            "SET python_enable_replacements = false",
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET TimeZone = 'UTC'",
        ):
            connection.execute(statement)
        connection.execute("SET temp_directory = ?", [asked["spill"]])
        connection.execute("SET allowed_directories = ?", [[asked["folder"], asked["spill"]]])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        statements = connection.extract_statements(asked["sql"])
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            _print({"error": "expected one SELECT"})
            return
        sql, written = _with_texts(connection, asked["sql"].strip().rstrip(";"))
        result = connection.execute(sql)
        header = [column[0] for column in result.description or ()]
        _print({"header": header})
        _print_rows(result, header, written, asked["most"])
    except Exception as error:  # DuckDB's, and what is not a text
        _print({"error": " ".join(str(error).split())})


_AS_TEXT = ("DATE", "TIME", "FLOAT")  # the types that begin so: Python has no infinite date, no nanoseconds, no FLOAT
_INFINITE = ("infinity", "-infinity", "inf", "-inf", "nan")


def _with_texts(connection: Any, sql: str) -> tuple[str, set[str]]:
    """Return a query whose dates, times and small floating point numbers are texts, as DuckDB writes them.

    And the names of these columns.
    """
    columns = [row[:2] for row in connection.execute(f"DESCRIBE {sql}").fetchall()]
    changed = {name for name, kind in columns if kind.startswith(_AS_TEXT) and not kind.endswith("]")}
    if not changed or len({name.lower() for name, _ in columns}) < len(columns):
        return sql, set()
    quoted = ['"' + name.replace('"', '""') + '"' for name in sorted(changed)]
    replaced = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in quoted)
    return f"SELECT * REPLACE ({replaced}) FROM (\n{sql}\n) AS q", changed  # noqa: S608  # it is the user's own


def _text(value: object, *, is_written: bool) -> str | None:
    """Return the text of a value, which may be one that DuckDB has written. Raise ValueError."""
    if is_written and value in _INFINITE:
        raise ValueError(f"{value}: cast it to text in the query, or leave it out")
    if is_written and isinstance(value, str) and re.search(r":.*[+-]\d\d$", value):
        return f"{value}:00"  # a time zone, as Python and PostgreSQL are made to write it
    return as_text(value)


def _print_rows(result: Any, header: list[str], written: set[str], most: int) -> None:
    count = 0
    while rows := result.fetchmany(_AT_ONCE):
        for row in rows:
            found = []
            for name, value in zip(header, row, strict=True):
                try:
                    found.append(_text(value, is_written=name in written))
                except ValueError as reason:
                    raise ValueError(f'row {count + 1}, "{name}": {reason}') from None
            _print(found)
            count += 1
            if count == most:
                _print({})
                return
    _print({})


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    answer(json.load(sys.stdin))
