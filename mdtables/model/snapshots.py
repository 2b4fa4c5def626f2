"""What a snapshot is made of, as the project's configuration says it. Knows no database, and no way to reach one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mdtables.model.queries import Query, path_or_sql
from mdtables.model.suggestions import did_you_mean
from mdtables.records import NamedTuple

DEFAULT_ROWS = 10_000
MOST_ROWS = 1_000_000
ENGINES = ("duckdb", "sqlite", "spreadsheet")
TEXTS = ("connection", "engine", "file", "query", "sheet", "range", "null-text")


class Snapshot(NamedTuple):
    """One file that is made by `refresh`: by a query over a connection, or by an engine over files of the project.

    `path` and `file` are as they are written, relative to the configuration. `key` are the columns that it is sorted
    by. More rows than `most_rows` are an error.
    """

    path: str
    connection: str = ""
    engine: str = ""
    query: Query | None = None
    file: str = ""
    sheet: str = ""
    range: str = ""
    header_row: int = 1
    key: tuple[str, ...] = ()
    most_rows: int = DEFAULT_ROWS
    null_text: str = ""


_FIELDS = {field.replace("_", "-"): field for field in Snapshot._fields if field != "path"}


def snapshot_of(path: str, values: object) -> Snapshot:
    """Return the snapshot that a table of the configuration describes. Raise ValueError."""
    if not isinstance(values, dict):
        raise ValueError('expected a table: [refresh."data/orders.csv"]')
    if not path.lower().endswith(".csv"):
        raise ValueError("a snapshot is a CSV: its name has to end in .csv")
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _FIELDS:
            raise ValueError(f'unknown key "{key}": {did_you_mean(key, list(_FIELDS), what="keys")}')
        found[_FIELDS[key]] = _value(key, value)
    _check(found)
    return Snapshot(path, **found)


def _value(key: str, value: object) -> object:
    if key in TEXTS:
        if not isinstance(value, str) or not value or "\0" in value:
            raise ValueError(f"{key} must be text, not {value!r}")
        return path_or_sql(value) if key == "query" else value
    if key == "key":
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
            raise ValueError(f"key must be the name of a column, or a list of names, not {value!r}")
        return tuple(names)
    most = MOST_ROWS if key == "most-rows" else 1_000_000
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ValueError(f"{key} must be a number from 1 to {most}, not {value!r}")
    return value


def _check(found: Mapping[str, Any]) -> None:
    """Raise ValueError for keys that do not go together."""
    ways = [key for key in ("connection", "engine") if key in found]
    if len(ways) != 1:
        raise ValueError('expected either connection = "…" or engine = "…"')
    engine = found.get("engine", "")
    if engine and engine not in ENGINES:
        raise ValueError(f'unknown engine "{engine}": {did_you_mean(engine, ENGINES, what="engines")}')
    if engine == "spreadsheet":
        wrong = [key for key in ("query",) if key in found]
    else:
        wrong = [key for key in ("sheet", "range", "header_row") if key in found]
        if "query" not in found:
            raise ValueError('expected query = "SELECT …", or the path of a .sql file')
    if wrong:
        raise ValueError(f"{wrong[0].replace('_', '-')} does not apply here")
    needs_file = engine in ("sqlite", "spreadsheet")
    if needs_file != ("file" in found):
        raise ValueError(f'expected file = "…", the {engine} file' if needs_file else "file does not apply here")
