"""A query over an SQLite file of the project, opened to read only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import quote

from mdtables.engines import EngineError, Fetched, Request, Tick
from mdtables.engines.pep249 import reason_of, selected

_STEPS = 100_000
_FORBIDDEN = (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return what a query selects. Raise EngineError."""
    try:
        with closing(sqlite3.connect(f"file:{quote(request.file)}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(_authorize)
            connection.set_progress_handler(lambda: 0, _STEPS)  # so that Python notices an interrupt meanwhile
            return selected(connection, request, tick)
    except sqlite3.Error as error:
        if str(error) == "interrupted":
            raise KeyboardInterrupt from None
        raise EngineError(*reason_of(error, {})) from None


def _authorize(action: int, _first: str | None, second: str | None, *_: object) -> int:
    is_loading = action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
    return sqlite3.SQLITE_DENY if action in _FORBIDDEN or is_loading else sqlite3.SQLITE_OK
