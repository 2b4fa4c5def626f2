"""Random queries: what is selected does not depend on which columns were loaded, and nothing but QueryError comes out.

python -m tests.query_trials COUNT SEED
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from contextlib import closing

from mdtables.model.table import Table
from mdtables.tables.query import QueryError, _Engine, run

TABLES = {
    "t": Table(
        ("a", "b", "c"), [["1", "x", ""], ["2", "y", "7"], ["10", "x", "0.5"], [None, "z", "-3"], ["2", "", "7"]]
    ),
    "u": Table(("a", "d", "B"), [["1", "p", "x"], ["3", "q", "y"], ["10", "p", "w"]]),
    "v": Table(("c", "e"), [["7", "k"], ["0.5", "l"]]),
}
SOUP = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "HAVING",
    "ORDER",
    "LIMIT",
    "t",
    "u",
    "v",
    "a",
    "b",
    "c",
    "d",
    "e",
    "t.a",
    "u.a",
    "*",
    "(",
    ")",
    ",",
    "+",
    "-",
    "/",
    "||",
    "=",
    "<",
    ">",
    "'x'",
    "1",
    "0",
    "NULL",
    "AS",
    "JOIN",
    "ON",
    "USING",
    "NATURAL",
    "LEFT",
    "UNION",
    "ALL",
    "EXCEPT",
    "WITH",
    "x",
    "count",
    "sum",
    "max",
    "min",
    "avg",
    "lower",
    "round",
    "over",
    "partition",
    "rows",
    "case",
    "when",
    "then",
    "end",
    "in",
    "exists",
    "not",
    "and",
    "or",
    "like",
    "between",
    "distinct",
    "rowid",
    ";",
    "--",
    "/*",
    '"',
    "`",
    "[",
    "]",
    "recursive",
    "values",
    "cast",
    "collate",
]


class Whole(_Engine):
    """An engine that loads every column."""

    def _prepare(self) -> None:
        super()._prepare()
        self.read = {name: list(range(len(table.header))) for name, table in self._tables.items()}


class Chance:
    """Random parts of SQL that mostly fit together."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def of(self, *choices: str) -> str:
        return self.random.choice(choices)

    def value(self, depth: int = 0) -> str:
        name = self.of("a", "b", "c", "d", "e", "t.a", "t.b", "u.a", "x.n", "1", "'x'", "NULL")
        if depth > 2 or self.random.random() < 0.5:
            return name
        inner, other = self.value(depth + 1), self.value(depth + 1)
        return self.of(
            f"({inner} + {other})", f"({inner} / {other})", f"({inner} || {other})", f"lower({inner})", f"coalesce({inner}, {other})",
            f"CASE WHEN {inner} > {other} THEN {inner} ELSE {other} END", f"({inner} IN (SELECT {self.of('a', 'd', 'B')} FROM u))",
            f"(SELECT max({self.of('c', 'e')}) FROM v WHERE v.c = {inner})", f"({inner} BETWEEN 0 AND {other})", f"round({inner}, 1)",
        )  # fmt: skip

    def aggregate(self) -> str:
        inner = self.value(1)
        return self.of(
            f"count({inner})", "count(*)", f"max({inner})", f"min({inner})", f"group_concat({inner})", "sum(a)", "avg(c)",
            f"row_number() OVER (PARTITION BY {inner} ORDER BY {self.value(2)})", f"lag({inner}) OVER (ORDER BY {self.value(2)}, b)",
            f"sum(a) OVER (ORDER BY {self.value(2)}, b)",
        )  # fmt: skip

    def tables(self) -> str:
        return self.of(
            "t", "u", "v", "t JOIN u USING (a)", "t NATURAL JOIN u", "t NATURAL JOIN v", "t LEFT JOIN u ON t.a = u.a", "t, v",
            "t JOIN u USING (a, b)", "t JOIN v USING (c)", "(SELECT * FROM t) AS t", "(SELECT a, b AS n FROM t) AS x", "t AS x JOIN u ON x.a = u.a",
            "t JOIN u USING (a) JOIN v USING (c)", "(SELECT * FROM t NATURAL JOIN u) AS x", "t JOIN (SELECT a, count(*) AS n FROM u GROUP BY a) AS x USING (a)",
        )  # fmt: skip

    def select(self, depth: int = 0) -> str:
        columns = ", ".join(
            self.of(self.value(), self.value(), self.aggregate(), "*") + f" AS {self.of('n', 'm', 'a', 'b')}{number}"
            for number in range(self.random.randint(1, 3))
        ).replace("* AS", "1 AS")
        sql = f"SELECT {self.of('', '', 'DISTINCT ')}{self.of(columns, columns, '*')} FROM {self.tables()}"
        sql += self.of("", f" WHERE {self.value()}", f" WHERE {self.value()} > {self.value()}")
        sql += self.of("", "", f" GROUP BY {self.value()}{self.of('', f' HAVING {self.aggregate()} > 0')}")
        if depth == 0 and self.random.random() < 0.2:
            sql = f"WITH x(n) AS (SELECT {self.value()} FROM {self.tables()}) {sql}"
        if self.random.random() < 0.15:
            sql += f" {self.of('UNION', 'UNION ALL', 'EXCEPT')} {self.select(depth + 1)}"
        return sql + self.of("", " ORDER BY 1", f" ORDER BY {self.value()}, 1") if depth == 0 else sql


def selected(sql: str, *, whole: bool) -> tuple[str, object]:
    try:
        if not whole:
            table = run(sql, TABLES, lambda _, __: None).table
        else:
            with closing(sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)) as connection:
                table = Whole(connection, sql, TABLES, lambda: 0).result()
    except QueryError as error:
        return "error", error.message
    return "rows", (list(table.header), [list(row) for row in table.rows])


def main(count: int, seed: int) -> None:
    """Try so many queries, and print how many selected rows. Raise AssertionError for the first that is wrong."""
    rows = 0
    for number in range(count):
        chance = Chance(seed * 1_000_000 + number)
        is_soup = chance.random.random() < 0.3
        words = chance.random.choices(SOUP, k=chance.random.randint(3, 20))
        sql = "SELECT " + " ".join(words) if is_soup else chance.select()
        start = time.process_time()
        one = selected(sql, whole=False)
        assert time.process_time() - start < 20, sql
        assert one == selected(sql, whole=True), sql
        rows += one[0] == "rows"
    print(f"{count} queries, {rows} of them selected rows")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
