"""Where data is that is in no file which `fix` reads -> rows of text. Only `refresh` imports this room.

An engine is a module with `fetch`. What reaches a database is its own driver, which is imported when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from mdtables.records import NamedTuple

Row = Sequence[str | None]
Tick = Callable[[int], None]
"""Called with the number of rows so far, from time to time."""

MOST_BYTES = 50_000_000
"""Of a snapshot: more is not what a person reviews."""

_OF_DRIVERS = {"psycopg": "postgres", "pyspark": "spark"}


class Request(NamedTuple):
    """What is asked of an engine: SQL, or a part of a spreadsheet, and how the engine is reached.

    `driver` is the name of a PEP 249 module, `arguments` are those of its `connect`, which may be secret. `file` and
    `folder` are absolute paths: of a data file, and of the project, in which an engine over files may read.
    """

    sql: str = ""
    driver: str = ""
    arguments: Mapping[str, Any] = {}
    engine: str = ""
    file: str = ""
    folder: str = ""
    sheet: str = ""
    range: str = ""
    header_row: int = 1
    most_rows: int = 10_000


class Fetched(NamedTuple):
    """The names of columns, and rows of as many texts; None for what is missing."""

    header: Sequence[str]
    rows: Sequence[Row]


class EngineError(Exception):
    """What was asked for cannot be had: why, and what to do about it. Its text has no secret."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return what an engine gives for a request. Raise EngineError, also for more rows than are allowed."""
    name = request.engine or _OF_DRIVERS.get(request.driver.partition(".")[0], "pep249")
    found: Fetched = import_module(f"{__name__}.{name}").fetch(request, tick)
    names = list(found.header)
    if repeated := next((each for each in names if names.count(each) > 1), None):
        raise EngineError(f'there are two columns named "{repeated}"', "give one another name with AS")
    if not names or "" in names:
        raise EngineError("there is a column without a name", "give it one with AS, or in the header")
    return found
