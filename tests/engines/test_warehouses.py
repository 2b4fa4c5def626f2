"""Warehouses that are too large to run in every test run.

Spark: `pip install 'pyspark[connect]'` with Java 17, `$SPARK_HOME/sbin/start-connect-server.sh`, then set MDTABLES_SPARK to
sc://localhost:15002. Snowflake's driver: `pip install fakesnow 'snowflake-connector-python<4'`, which needs no server.
"""

from __future__ import annotations

import os

import pytest

from mdtables.engines import Request, fetch

SPARK = os.environ.get("MDTABLES_SPARK", "")


@pytest.mark.skipif(not SPARK, reason="MDTABLES_SPARK names no server")
def test_a_billion_rows_are_summed_where_they_are() -> None:
    sql = "SELECT id % 10 AS bucket, sum(id) AS total FROM range(1000000000) GROUP BY id % 10 ORDER BY bucket"
    found = fetch(Request(sql, "pyspark", {"url": SPARK}), lambda _: None)
    assert found.rows == [[str(bucket), str(49999999500000000 + bucket * 100000000)] for bucket in range(10)]


@pytest.mark.skipif(not SPARK, reason="MDTABLES_SPARK names no server")
def test_spark_gives_values_exactly() -> None:
    sql = "SELECT CAST(1.10 AS DECIMAL(10, 2)) AS a, DATE '2026-01-31' AS b, 'x' AS c, NULL AS d, true AS e, '' AS f"
    found = fetch(Request(sql, "pyspark", {"url": SPARK}), lambda _: None)
    assert found.rows == [["1.10", "2026-01-31", "x", None, "true", ""]]


def test_snowflake_gives_values_exactly() -> None:
    fakesnow = pytest.importorskip("fakesnow")
    with fakesnow.patch():
        import snowflake.connector

        database = {"database": "shop", "schema": "main"}
        connection = snowflake.connector.connect(**database)
        connection.cursor().execute("CREATE TABLE t (region VARCHAR, amount NUMBER(12, 2), day DATE, paid BOOLEAN)")
        connection.cursor().execute(
            "INSERT INTO t VALUES ('north', 1.10, '2026-01-31', true), (NULL, 2.20, NULL, false)"
        )
        found = fetch(Request("SELECT * FROM t ORDER BY amount;", "snowflake.connector", database), lambda _: None)
    assert found.rows == [["north", "1.10", "2026-01-31", "true"], [None, "2.20", None, "false"]]
