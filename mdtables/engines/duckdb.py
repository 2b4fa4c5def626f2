"""A query by DuckDB over files of the project: Parquet, CSV, JSON, of any size.

It runs in a process of its own, which has limits, can be ended at any moment, and reads below one folder only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from mdtables.engines import EngineError, Fetched, Request, Tick
from mdtables.engines.values import texts

_CHILD = "mdtables.engines.duckdb_child"


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return what a query selects. Raise EngineError."""
    with tempfile.TemporaryDirectory(prefix="mdtables-") as spill:
        asked = {"sql": request.sql, "folder": request.folder, "spill": spill, "most": request.most_rows + 1}
        with subprocess.Popen(
            [sys.executable, "-P", "-m", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as child:
            try:
                assert child.stdin is not None
                assert child.stdout is not None
                child.stdin.write(json.dumps(asked))
                child.stdin.close()
                return _read(child.stdout, request, tick)
            finally:
                child.kill()


def _read(lines: Iterator[str], request: Request, tick: Tick) -> Fetched:
    first = next(lines, "")
    if not first:
        raise EngineError("DuckDB ended without an answer", "it may have taken too much memory or time: select less")
    answer: dict[str, Any] = json.loads(first)
    if "error" in answer:
        raise EngineError(answer["error"], answer.get("hint", ""))
    header: list[str] = answer["header"]
    return Fetched(header, list(texts(header, _rows(lines), request.most_rows, tick)))


def _rows(lines: Iterator[str]) -> Iterator[list[str | None]]:
    for line in lines:
        answer = json.loads(line)
        if isinstance(answer, dict):
            if "error" in answer:
                raise EngineError(answer["error"])
            return
        yield answer
    raise EngineError("DuckDB ended before its last row", "it may have taken too much memory or time: select less")
