"""A query over any database whose driver follows PEP 249, like sqlite3, snowflake.connector or trino.dbapi."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from importlib import import_module
from typing import Any

from mdtables.engines import EngineError, Fetched, Request, Tick
from mdtables.engines.values import texts

_AT_ONCE = 1000  # rows


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return what a query selects. Nothing is committed. Raise EngineError."""
    driver = driver_of(request.driver)
    try:
        with closing(driver.connect(**request.arguments)) as connection:
            _only_reading(connection)
            return selected(connection, request, tick)
    except EngineError:
        raise
    except Exception as error:  # each driver has exceptions of its own
        raise EngineError(*reason_of(error, request.arguments)) from None


def driver_of(name: str) -> Any:
    """Return the module of a driver. Raise EngineError if it is not installed, or none."""
    before = sys.path[:]
    here = ("", os.getcwd())  # where `python -m` looks first, and where the repository may have a file of this name
    sys.path[:] = [folder for folder in before if folder not in here]
    try:
        driver = import_module(name)
    except (ImportError, TypeError, ValueError) as error:
        message = f"the driver {name} cannot be imported: {error}"
        raise EngineError(
            message, f"install it where mdtables is installed: pip install {name.partition('.')[0]}"
        ) from None
    finally:
        sys.path[:] = before
    if not callable(getattr(driver, "connect", None)):
        raise EngineError(f"{name} is no driver: it has no function connect (PEP 249)")
    return driver


def selected(connection: Any, request: Request, tick: Tick) -> Fetched:
    """Return what the query of a request selects over an open connection."""
    cursor = connection.cursor()
    cursor.execute(request.sql.rstrip().rstrip(";"))
    if cursor.description is None:
        raise EngineError("the query selects nothing")
    header = [str(column[0]) for column in cursor.description]
    return Fetched(header, list(texts(header, _rows(cursor), request.most_rows, tick)))


def _rows(cursor: Any) -> Iterator[Sequence[object]]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


def _only_reading(connection: Any) -> None:
    """Ask for a session that only reads, where a driver has an attribute for it; the rights of the user decide."""
    if hasattr(connection, "read_only"):
        with suppress(Exception):
            connection.read_only = True
    if type(connection).__module__ == "sqlite3":  # it commits at once what does not begin with INSERT or the like
        connection.execute("PRAGMA query_only = ON")


_PLAIN_WORDS = {"dbname", "host", "hostaddr", "localhost", "password", "port", "service", "sslmode", "user"}


def reason_of(error: Exception, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a driver says, in one line and without what it was given, or a part of that, which may be secret."""
    message = " ".join(str(error).split()) or type(error).__name__
    given = [str(value) for value in arguments.values() if not isinstance(value, bool)]
    parts = {part for value in given for part in (value, *re.split(r"\s+", value), *re.split(r"[\W_]+", value))}
    for part in sorted(parts - _PLAIN_WORDS, key=len, reverse=True):
        if len(part) > 2:
            message = message.replace(part, "***")
    return f"{type(error).__name__}: {message}", ""
