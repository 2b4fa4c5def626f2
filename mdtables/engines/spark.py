"""A query over Spark Connect, which has no PEP 249 driver: `url` is that of the server, like sc://localhost:15002."""

from __future__ import annotations

from typing import Any

from mdtables.engines import EngineError, Fetched, Request, Tick
from mdtables.engines.pep249 import reason_of
from mdtables.engines.values import texts


def fetch(request: Request, tick: Tick) -> Fetched:
    """Return what a query selects: the rows that are asked for come here, and no others. Raise EngineError."""
    url = request.arguments.get("url")
    if not isinstance(url, str) or set(request.arguments) != {"url"}:
        raise EngineError('a connection with driver = "pyspark" has one more key: url = "sc://host:15002"')
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(f"pyspark cannot be imported: {error}", "pip install 'pyspark[connect]'") from None
    try:
        session: Any = SparkSession.builder.remote(url).getOrCreate()
        try:
            frame = session.sql(request.sql.rstrip().rstrip(";"))
            header = list(frame.columns)
            rows = frame.limit(request.most_rows + 1).collect()
            return Fetched(header, list(texts(header, rows, request.most_rows, tick)))
        finally:
            session.stop()
    except EngineError:
        raise
    except Exception as error:  # those of Spark and gRPC
        message, hint = reason_of(error, request.arguments)
        raise EngineError(message.partition(" JVM stacktrace:")[0], hint) from None
