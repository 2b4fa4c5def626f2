"""Queries: what they select, what they may not do, and how much of it."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal

import pytest

from mdtables.model.conditions import condition_of
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.option_values import source_of
from mdtables.model.options import DEFAULTS
from mdtables.model.queries import check_query, is_ordered, query_of, tokens
from mdtables.model.query_terms import outside_of_groups
from mdtables.model.table import Table
from mdtables.tables.query import FUNCTIONS, QueryError, TooMuchEffortError, run
from mdtables.tables.shape import shape
from tests import query_trials

TOOLS = Table(
    ("name", "category", "stars", "price"),
    [
        ["ruff", "lint", "31000", "0"],
        ["black", "format", "38000.5", "1.10"],
        ["prettier", "format", "48000", "2.20"],
        ["eslint", "lint", "24000", ""],
        ["mystery", None, "999", "0.70"],
    ],
)
PRICES = Table(("name", "eur"), [["ruff", "10.50"], ["black", "3"]])
TABLES = {"tools": TOOLS, "p": PRICES}


def nothing(_table: str, _column: int) -> None:
    pass


def selected(sql: str, **tables: Table) -> list[list[str | None]]:
    return [list(row) for row in run(sql, tables or TABLES, nothing).table.rows]


def error_of(sql: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        run(sql, TABLES, nothing)
    return caught.value


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT name FROM tools WHERE stars >= 31000 ORDER BY stars", [["ruff"], ["black"], ["prettier"]]),
        ("SELECT count(*), count(category), count(DISTINCT category) FROM tools", [["5", "4", "2"]]),
        ("SELECT sum(price), min(price), max(stars) FROM tools", [["4", "0", "48000"]]),
        ("SELECT sum(price) + 0.1 FROM tools", [["4.1"]]),
        ("SELECT 7 / 2, '7' / '2', 1 / 3, 1 / 0", [["3.5", "3.5", "0.333333333333333", None]]),
        ("SELECT 3 * 0.1, sum(price * 3) FROM tools", [["0.3", "12"]]),
        ("SELECT 0.1 + 0.2, 1e20, 1.50", [["0.3", "100000000000000000000", "1.5"]]),
        ("SELECT round(2.5), round('-2.5'), round(1.005, 2), round('x' || 1, 1) IS NULL", None),
        ("SELECT round(2.5), round('-2.5'), round('1.005', 2), round(NULL)", [["3", "-3", "1.01", None]]),
        ("SELECT avg(price) FROM tools", [["1"]]),
        ("SELECT sum(price) FROM tools WHERE price IS NULL", [[None]]),
        ("SELECT name FROM tools WHERE price > 1 AND price < 10 ORDER BY 1", [["black"], ["prettier"]]),
        ("SELECT category FROM tools GROUP BY category HAVING sum(stars) > 60000", [["format"]]),
        ("SELECT tools.name, eur FROM tools JOIN p USING (name) ORDER BY eur", [["black", "3"], ["ruff", "10.50"]]),
        ("SELECT DISTINCT 1 FROM tools NATURAL JOIN p", [["1"]]),
        ("SELECT name, eur FROM tools NATURAL JOIN p ORDER BY name DESC", [["ruff", "10.50"], ["black", "3"]]),
        ("WITH a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a WHERE n < 4) SELECT sum(n) FROM a", [["10"]]),
        ("WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a WHERE n < 3) SELECT n FROM a", [["1"], ["2"], ["3"]]),
        ("SELECT sum(price) OVER (ORDER BY price ROWS 1 PRECEDING) FROM tools WHERE price > 0", [["0.7"], ["1.8"], ["3.3"]]),
        ("SELECT trim('  a '), ltrim('xxa', 'x'), rtrim('ab', 'ba'), instr('abc', 'c'), instr('abc', 'x')", [["a", "a", "", "3", "0"]]),
        ("SELECT replace('a.b.c', '.', '-'), replace('abc', '', 'x'), replace(12.5, '.', ','), trim(NULL)", [["a-b-c", "abc", "12,5", None]]),
        ("SELECT upper('straße'), lower('ÄÖ'), length('é'), substr('abc', 2, 1)", [["STRASSE", "äö", "1", "b"]]),
        ("SELECT group_concat(name, '; ') FROM (SELECT name FROM p ORDER BY name)", [["black; ruff"]]),
        ("SELECT name FROM tools EXCEPT SELECT name FROM p ORDER BY name", [["eslint"], ["mystery"], ["prettier"]]),
        ("VALUES (1, 'a'), (2, NULL)", [["1", "a"], ["2", None]]),
        ("SELECT iif(category IS NULL, 'none', category) AS c FROM tools ORDER BY c LIMIT 1", [["format"]]),
        ('SELECT "name" FROM "tools" WHERE "stars" = 999', [["mystery"]]),
        ("SELECT 'it''s -- no comment' /* one */ -- two", [["it's -- no comment"]]),
        ("SELECT 9007199254740993 + 0, '9007199254740993' + 0", [["9007199254740993", "9007199254740993"]]),
    ],
)  # fmt: skip
def test_query_selects(sql: str, rows: list[list[str | None]] | None) -> None:
    if rows is None:
        assert "not a number" in error_of(sql).message
    else:
        assert selected(sql) == rows


def test_sums_are_exact() -> None:
    cents = [[f"{number / 100:.2f}"] for number in range(1, 30_000, 7)]
    total = sum((Decimal(row[0]) for row in cents), Decimal(0))
    assert selected("SELECT sum(a) FROM t", t=Table(("a",), cents)) == [[f"{total.normalize():f}"]]


def test_text_stays_as_it_is_spelled() -> None:
    codes = Table(("code",), [["007"], ["7"], ["1.10"], ["1.1"], ["1e3"], ["1000"]])
    assert selected("SELECT code FROM t ORDER BY code", t=codes) == [
        ["1.1"],
        ["1.10"],
        ["007"],
        ["7"],
        ["1000"],
        ["1e3"],
    ]
    assert selected("SELECT count(DISTINCT code) FROM t", t=codes) == [["6"]]
    assert selected("SELECT code FROM t WHERE code = '007'", t=codes) == [["007"]]


def test_number_that_lost_digits_is_an_error() -> None:
    assert "more than 15 digits" in error_of("SELECT 9007199254740993 / 1").message
    assert selected("SELECT 9007199254740993 * 1, 1e20, 1000000000000000.0") == [
        ["9007199254740993", "100000000000000000000", "1000000000000000"]
    ]


def test_name_of_a_file_that_is_no_word_is_explained() -> None:
    with pytest.raises(QueryError) as caught:
        run("SELECT a FROM my-tools", {"my-tools": PRICES}, nothing)
    assert '"my-tools"' in caught.value.hint
    assert selected('SELECT count(*) FROM "my-tools"', **{"my-tools": PRICES}) == [["2"]]


@pytest.mark.parametrize("seed", range(4))
def test_random_query_does_not_depend_on_what_is_loaded(seed: int) -> None:
    query_trials.main(150, 1000 + seed)


CODES = Table(("c", "k"), [["010", "a"], ["10", "b"], ["007", "c"], ["7", "d"], ["n/a", "e"]])
FLAGS = Table(("k", "b"), [["1", "true"], ["2", "false"], ["3", "true"]])
DATES = Table(("d", "n"), [["2023-05-01", "1"], ["2024-05-01", "2"]])
VERSIONS = Table(("v", "k"), [["3.1", "a"], ["3.9", "b"], ["3.10", "c"], ["3.2", "d"]])
SPELLED = {"p": Table(("id", "v"), [["1", "10.00"]]), "r": Table(("id", "v"), [["2", "10"]])}


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT v FROM v ORDER BY k", [["3.1"], ["3.9"], ["3.10"], ["3.2"]]),
        ("SELECT v, count(*) FROM v GROUP BY v ORDER BY v", [["3.1", "1"], ["3.10", "1"], ["3.2", "1"], ["3.9", "1"]]),
        ("SELECT k FROM v WHERE v = '3.10'", [["c"]]),
        ("SELECT k FROM v WHERE v LIKE '3.10'", [["c"]]),
        ("SELECT k FROM v WHERE v > 3.1 ORDER BY k", [["b"], ["d"]]),
        ("SELECT p.v AS a1, r.v AS b1 FROM p JOIN r ON p.v + 0 = r.v + 0", [["10.00", "10"]]),
        ("SELECT id, v FROM p UNION ALL SELECT id, v FROM r ORDER BY id", [["1", "10.00"], ["2", "10"]]),
        ("SELECT k FROM f WHERE b = true ORDER BY k", [["1"], ["3"]]),
        ("SELECT k FROM f WHERE b IS NOT TRUE", [["2"]]),
        ("SELECT k FROM f WHERE b <> false AND k > 1", [["3"]]),
        ("SELECT k FROM c WHERE c >= 10 ORDER BY k", [["a"], ["b"], ["e"]]),
        ("SELECT k FROM c WHERE c < 8 ORDER BY k", [["c"], ["d"]]),
        ("SELECT k FROM c WHERE 8 > c ORDER BY k", [["c"], ["d"]]),
        ("SELECT k FROM c WHERE c BETWEEN 7 AND 10 ORDER BY k", [["a"], ["b"], ["c"], ["d"]]),
        ("SELECT k FROM c WHERE c NOT IN (7, -3) ORDER BY k", [["a"], ["b"], ["e"]]),
        ("SELECT k FROM c WHERE c.c = 7 ORDER BY k", [["c"], ["d"]]),
        ("SELECT k FROM c WHERE coalesce(c, 0) < 8 ORDER BY k", [["c"], ["d"]]),
        ("SELECT k FROM c WHERE (CASE WHEN 1 THEN c END) < 8 ORDER BY k", [["c"], ["d"]]),
        ("SELECT max(c) FROM c WHERE c < 100 HAVING max(c) > 100", []),
        ("SELECT c >= 10, \"k\" FROM c WHERE k = 'b'", [["1", "b"]]),
        ("SELECT d FROM d WHERE substr(d, 1, 4) >= 2024", [["2024-05-01"]]),
        ("SELECT d FROM d WHERE substr(d, 1, 4) IN (2024)", [["2024-05-01"]]),
        ("SELECT CASE WHEN substr(d, 1, 4) >= 2024 THEN 'new' ELSE 'old' END FROM d ORDER BY d", [["old"], ["new"]]),
        ("SELECT id AS n, n AS m FROM m ORDER BY id", [["1", "1.10"], ["2", "2.50"]]),
        ("SELECT n AS id, id AS n FROM m ORDER BY m.id", [["1.10", "1"], ["2.50", "2"]]),
        ("SELECT round(1234.5678, -2), round(1250, -2)", [["1200", "1300"]]),
    ],
)
def test_number_is_compared_as_one_and_shown_as_it_is_spelled(sql: str, rows: list[list[str | None]]) -> None:
    tables = {"v": VERSIONS, "c": CODES, "f": FLAGS, "d": DATES, **SPELLED}
    tables["m"] = Table(("id", "n"), [["1", "1.10"], ["2", "2.50"]])
    assert selected(sql, **tables) == rows


def test_column_without_a_name_of_its_own_is_named_by_its_expression() -> None:
    found = run("SELECT c >= 10, 7 / k FROM c", {"c": CODES._replace(rows=[["010", "2"]])}, nothing).table
    assert list(found.header) == ["c >= 10", "7 / k"]


def test_codes_are_the_same_in_columns_that_are_joined() -> None:
    tables = {"a": Table(("code", "name"), [["7", "x"], ["007", "y"]]), "b": Table(("code", "p"), [["7", "1"]])}
    for join in ("USING (code)", "ON a.code = b.code"):
        assert selected(f"SELECT name FROM a JOIN b {join}", **tables) == [["x"]]
    assert selected("SELECT code FROM b EXCEPT SELECT code FROM a", **tables) == []
    assert selected("SELECT name FROM a WHERE code NOT IN (SELECT code FROM b)", **tables) == [["y"]]
    assert selected("SELECT code FROM a UNION SELECT code FROM b ORDER BY 1", **tables) == [["007"], ["7"]]
    sql = "SELECT code, count(*) FROM (SELECT code FROM a UNION ALL SELECT code FROM b) GROUP BY code ORDER BY code"
    assert selected(sql, **tables) == [["007", "1"], ["7", "2"]]


@pytest.mark.parametrize(
    "condition", ["b", "NOT b", "k = 1 AND b", "(b)", "f.b OR k = 1", "k BETWEEN 1 AND 2 AND b", "iif(b, 1, 0) = 1"]
)
def test_text_as_a_condition_is_an_error(condition: str) -> None:
    with pytest.raises(QueryError, match="a text alone is never true") as caught:
        run(f"SELECT k FROM f WHERE {condition}", {"f": FLAGS}, nothing)
    assert caught.value.hint == "compare it: b = 'true'"


def test_number_as_a_condition_is_none() -> None:
    assert selected("SELECT k FROM f WHERE k AND k BETWEEN 1 AND k", f=FLAGS) == [["1"], ["2"], ["3"]]


def test_calculated_number_that_is_too_large_for_its_digits_is_an_error() -> None:
    table = Table(("z",), [["333333333333333333"], ["9007199254740992"], ["999999999999999999"]])
    for sql in ("SELECT z * 30 FROM t", "SELECT avg(z) FROM t", "SELECT round(z / 1, 0) FROM t"):
        with pytest.raises(QueryError, match="digits"):
            run(sql, {"t": table}, nothing)


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SELECT c, k, count(*) FROM t GROUP BY c", "k"),
        ("SELECT c AS k, t.k, count(*) FROM t GROUP BY c", "k"),
        ("SELECT c FROM (SELECT c, k FROM t GROUP BY k)", "c"),
        ("SELECT c, k, max(n) FROM t GROUP BY c", ""),
        ("SELECT c, max(k), sum(n) FROM t GROUP BY c", ""),
        ("SELECT k AS c, count(*) FROM t GROUP BY c", ""),
        ("SELECT c, count(*) FROM t GROUP BY 1", ""),
        ("SELECT c, k FROM t WHERE k IN (SELECT k FROM t GROUP BY k)", ""),
        ("SELECT DISTINCT c FROM t ORDER BY k", ""),
    ],
)
def test_column_outside_of_a_group_is_found(sql: str, name: str) -> None:
    found = outside_of_groups(sql)
    assert (found.value if found else "") == name


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (SELECT 1) DELETE FROM t RETURNING a",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT 1",
        "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        'WITH x AS MATERIALIZED (update "t" SET a = 1 RETURNING *) SELECT * FROM x',
        "WITH x AS (SELECT 1) MERGE INTO t USING x ON 1 = 1",
        "SELECT * INTO copy FROM t",
        "SELECT 1 INTO OUTFILE 'x'",
    ],
)
def test_statement_that_writes_below_with_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match="only selects"):
        check_query(sql)


@pytest.mark.parametrize(
    "sql", ["SELECT (replace(a, 'b', 'c')) FROM t", "SELECT (delete) FROM t", "SELECT 'a', (update), \"INTO\" FROM t"]
)
def test_words_that_write_elsewhere_can_be_names_and_functions(sql: str) -> None:
    check_query(sql)


STARS = Table(
    ("cat", "stars", "price", "old"),
    [
        ["lint", "31000", "10.50", "10"],
        ["lint", "9000", "", "9"],
        ["fmt", "5000", "1.10", "1"],
        ["fmt", "800", "2.00", "2"],
    ],
)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT cat, max(stars) AS m FROM t GROUP BY cat HAVING max(stars) > 10000", [["lint", "31000"]]),
        ("SELECT cat, max(stars) AS m FROM t GROUP BY cat ORDER BY m DESC", [["lint", "31000"], ["fmt", "5000"]]),
        ("SELECT stars FROM t WHERE coalesce(stars, 0) > 10000", [["31000"]]),
        ("SELECT stars FROM t ORDER BY coalesce(stars, 0)", [["800"], ["5000"], ["9000"], ["31000"]]),
        (
            "SELECT max(CASE WHEN cat = 'lint' THEN stars END), min(iif(cat = 'lint', stars, NULL)) FROM t",
            [["31000", "9000"]],
        ),
        (
            "SELECT n FROM (SELECT lag(stars) OVER (ORDER BY stars) AS n FROM t) WHERE n > 1000 ORDER BY n",
            [["5000"], ["9000"]],
        ),
        ("SELECT max(stars, 10000) AS m FROM t ORDER BY m", [["10000"], ["10000"], ["10000"], ["31000"]]),
        ("SELECT (SELECT max(stars) FROM t) > 100000", [["0"]]),
        ("SELECT count(*) FROM t WHERE coalesce(stars, 0) = 9000", [["1"]]),
        ("SELECT stars FROM t UNION SELECT 900 ORDER BY stars", [["800"], ["900"], ["5000"], ["9000"], ["31000"]]),
        ("SELECT old FROM t INTERSECT SELECT 1", [["1"]]),
        ("SELECT cat AS v FROM t UNION SELECT old FROM t ORDER BY v", [["1"], ["2"], ["9"], ["10"], ["fmt"], ["lint"]]),
        (
            "SELECT price, old FROM t WHERE price IS NOT NULL ORDER BY price",
            [["1.10", "1"], ["2.00", "2"], ["10.50", "10"]],
        ),
        ("SELECT t.price AS eur FROM t ORDER BY eur LIMIT 2", [[None], ["1.10"]]),
        ("SELECT * FROM (SELECT price AS p FROM t WHERE p > 1.5 ORDER BY p)", [["2.00"], ["10.50"]]),
        ("SELECT price, max(price) AS m FROM t", [["10.50", "10.5"]]),
        ("SELECT sum(stars / 3) FROM t WHERE cat = 'fmt'", [["1933.33333333333"]]),
        ("WITH c AS (SELECT cat AS n FROM t) SELECT count(*) FROM c NATURAL JOIN u", [["2"]]),
        ("SELECT count(*) FROM t x JOIN t y USING (cat)", [["8"]]),
        (
            "WITH c AS (SELECT cat AS n, count(*) AS k FROM t GROUP BY 1) SELECT u.x, k FROM u LEFT JOIN c USING (n)",
            [["good", "2"]],
        ),
    ],
)
def test_expression_is_compared_and_ordered_as_its_column_is(sql: str, rows: list[list[str | None]]) -> None:
    assert selected(sql, t=STARS, u=Table(("n", "x"), [["lint", "good"]])) == rows


@pytest.mark.parametrize("value", ["'1e999999'", "'1e400'", "1, 'abc'", "1.234, '2.5'", "'n/a'"])
def test_round_of_what_it_cannot_round_is_an_error(value: str) -> None:
    assert error_of(f"SELECT round({value})").message.startswith("round: ")


def test_column_with_a_code_or_with_too_many_digits_stays_text() -> None:
    for values in (
        ["007", "8"],
        ["12345678901234567890", "8"],
        ["0.12345678901234567", "8"],
        [" 8", "8"],
        ["1e400", "8"],
    ):
        table = Table(("a",), [[value] for value in values])
        assert sorted(row[0] or "" for row in selected("SELECT a FROM t", t=table)) == sorted(values)
        assert selected("SELECT count(DISTINCT a) FROM t", t=table) == [["2"]]


def test_only_columns_that_are_read_are_checked() -> None:
    read: list[tuple[str, int]] = []
    run("SELECT count(*), max(stars) FROM tools WHERE category = 'lint'", TABLES, lambda *column: read.append(column))
    assert sorted(read) == [("tools", 1), ("tools", 2)]


@pytest.mark.parametrize(
    ("sql", "message", "wrong", "near"),
    [
        ("SELECT nam FROM tools", "no column", "nam", "name"),
        ("SELECT t.pric FROM tools t", "no column", "pric", "price"),
        ("SELECT name FROM tool", "no table", "tool", "tools"),
        ('SELECT "nam" FROM tools', "no column", '"nam"', "name"),
        ('SELECT name FROM tools WHERE category = "lint"', "no column", '"lint"', ""),
        ("SELECT cuont(name) FROM tools", "no function", "cuont", "count"),
        ("SELECT name FROM tools WHRE stars > 1", "does not go on", "stars", ""),
        ("SELECT name, FROM tools", "does not go on", "FROM", ""),
        ("SELECT name FROM tools JOIN p ON true WHERE name = 'a'", "ambiguous", "name", ""),
        ("SELECT a FROM tools GROUP BY", "too early", "Y", ""),
        ("SELECT random() FROM tools", "may not call random()", "random", ""),
        ("SELECT name FROM sqlite_master", "may not read sqlite_master", "sqlite_master", ""),
        ("SELECT count(1, 2) FROM tools", "wrong number", "count", ""),
    ],
)
def test_error_is_at_its_place(sql: str, message: str, wrong: str, near: str) -> None:
    error = error_of(sql)
    assert message in error.message
    assert sql[error.start : error.end] == wrong
    assert not near or near in error.known


@pytest.mark.parametrize(
    ("sql", "is_so"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("SELECT * FROM (SELECT a FROM t ORDER BY a)", False),
        ("SELECT a, row_number() OVER (ORDER BY a) FROM t", False),
        ("SELECT 'ORDER BY' FROM t -- ORDER BY", False),
        ("select a from t order\n by a", True),
    ],
)
def test_order_of_the_outermost_select_counts(sql: str, is_so: bool) -> None:
    assert is_ordered(sql) is is_so


def test_tokens_leave_nothing_out_but_blanks_and_comments() -> None:
    sql = """SELECT "a b", `c`, [d], 'e''f', 1.5e3, x->>'$.y' /* g */ FROM t -- h"""
    assert [token.value for token in tokens(sql) if token.kind in ("name", "text")] == ["a b", "c", "d", "e'f", "$.y"]
    assert "".join(token.spelled for token in tokens(sql)) == sql.replace(" /* g */", "").replace(" -- h", "").replace("a b", "a_b").replace(" ", "").replace("a_b", "a b")  # fmt: skip


# --- what is not possible -------------------------------------------------------------------------------------------

ATTACKS = """
SELECT load_extension('x') | SELECT readfile('/etc/passwd') | SELECT writefile('x', 'y') | SELECT edit('x')
SELECT name FROM sqlite_master | SELECT * FROM sqlite_schema | SELECT * FROM main.sqlite_master
SELECT * FROM sqlite_temp_master | SELECT * FROM sqlite_temp_schema | SELECT * FROM pragma_table_info('tools')
SELECT * FROM pragma_database_list | SELECT * FROM pragma_compile_options | SELECT * FROM pragma_function_list
SELECT * FROM json_each('[1]') | SELECT * FROM json_tree('[1]') | SELECT * FROM generate_series(1, 3)
SELECT * FROM dbstat | SELECT * FROM sqlite_dbpage | SELECT * FROM bytecode('SELECT 1') | SELECT * FROM fts5vocab
SELECT date('now') | SELECT time('now') | SELECT datetime('now') | SELECT julianday('now') | SELECT unixepoch()
SELECT strftime('%s', 'now') | SELECT current_timestamp | SELECT current_date | SELECT current_time
SELECT random() | SELECT randomblob(9) | SELECT sqlite_version() | SELECT sqlite_source_id()
SELECT sqlite_compileoption_get(0) | SELECT sqlite_compileoption_used('x') | SELECT changes() | SELECT total_changes()
SELECT last_insert_rowid() | SELECT zeroblob(1000000000) | SELECT printf('%.*c', 1000000000, 'x')
SELECT format('%.*c', 1000000000, 'x') | SELECT hex(randomblob(100)) | SELECT quote('x') | SELECT char(1)
SELECT unicode('x') | SELECT soundex('x') | SELECT json('[1]') | SELECT json_extract('[1]', '$[0]')
SELECT total(stars) FROM tools | SELECT likelihood(1, 0.5) | SELECT fts3_tokenizer('x') | SELECT matchinfo(name) FROM tools
SELECT name REGEXP 'x' FROM tools | SELECT name MATCH 'x' FROM tools | SELECT '{}' -> 'a' | SELECT '{}' ->> 'a'
WITH x AS (SELECT 1) DELETE FROM tools | WITH x AS (SELECT 1) INSERT INTO tools SELECT 1 | WITH x AS (SELECT 1) UPDATE tools SET name = 1
SELECT * FROM aux.tools | SELECT * FROM temp.sqlite_master | SELECT 1 INTO OUTFILE 'x' | SELECT name FROM tools; SELECT 1
SELECT 1; ATTACH 'x' AS y | SELECT name COLLATE nothing FROM tools | WITH sqlite_master(a) AS (SELECT 1) SELECT * FROM main.sqlite_master
"""


@pytest.mark.parametrize("sql", [each.strip() for each in ATTACKS.replace("\n", " | ").split(" | ") if each.strip()])
def test_query_reads_nothing_but_its_sources(sql: str) -> None:
    with pytest.raises(QueryError):
        run(sql, TABLES, nothing)


def functions_of_sqlite() -> dict[str, list[int]]:
    """Return the numbers of arguments of each function of this SQLite; -1 for any."""
    with closing(sqlite3.connect(":memory:")) as connection:
        found: dict[str, list[int]] = {}
        for name, count in connection.execute("SELECT DISTINCT name, narg FROM pragma_function_list"):
            found.setdefault(name, []).append(count)
        return found


def test_no_function_of_sqlite_can_be_called_but_those_of_the_list() -> None:
    known = functions_of_sqlite()
    assert len(known) > 100
    for name in known.keys() - FUNCTIONS - {"->", "->>", "substring"}:
        for count in known[name]:
            arguments = ", ".join(["name"] * (2 if count < 0 else count))
            for call in (f'"{name}"({arguments})', f'"{name.upper()}"({arguments}) OVER ()'):
                with pytest.raises(QueryError):
                    run(f"SELECT {call} FROM tools", TABLES, nothing)


def test_no_table_of_sqlite_can_be_read_but_the_sources() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        modules = {row[0] for row in connection.execute("SELECT name FROM pragma_module_list")}
        pragmas = {f"pragma_{row[0]}" for row in connection.execute("SELECT name FROM pragma_pragma_list")}
    assert len(modules | pragmas) > 50
    for name in modules | pragmas:
        for table in (name, f"main.{name}", f"temp.{name}", f"{name}('tools')"):
            with pytest.raises(QueryError):
                run(f"SELECT * FROM {table}", TABLES, nothing)


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA journal_mode", "ATTACH 'x' AS y", "DELETE FROM tools", "INSERT INTO tools SELECT 1", "DROP TABLE tools",
        "CREATE TABLE x (y)", "UPDATE tools SET name = 1", "EXPLAIN SELECT 1", "VACUUM INTO 'x'", "BEGIN", "DETACH x",
        "REINDEX", "ANALYZE", "SAVEPOINT x", "-- nothing", "", "SELECT 1; SELECT 2", "ALTER TABLE tools ADD x",
        "SELECT 1 -- a comment on a marker hides the rest", "REPLACE INTO tools SELECT 1",
    ],
)  # fmt: skip
def test_option_takes_one_statement_that_selects(sql: str) -> None:
    with pytest.raises(ValueError, match=r"SELECT|one statement|comment"):
        query_of(sql)


HEAVY = [
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
    ("WITH RECURSIVE c(n, x) AS (SELECT 1, replace('aaaaaaaaaa', 'a', 'bbbbbbbbbb') UNION ALL SELECT n + 1, replace(x, 'b', 'cccccccccc') FROM c)"
    " SELECT sum(length(x)) FROM c"),
    ("WITH RECURSIVE c(n, x) AS (SELECT 1, substr(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'),"
    " 'a', 'aaaaaaaaa'), 1, 90000) UNION SELECT n + 1, n || x FROM c WHERE n < 900000) SELECT count(*) FROM c"),
    "SELECT count(*) FROM big a, big b, big c",
    "SELECT a.v FROM big a JOIN big b ON a.v <> b.v ORDER BY a.v",
    "SELECT group_concat(a.v) FROM big a, big b",
    "SELECT sum(a.v) OVER (ORDER BY b.v ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM big a, big b",
    "SELECT lower(a.v || b.v) FROM big a, big b, big c",
    "SELECT instr(replace(a.v, '1', b.v), c.v) FROM big a, big b, big c",
    "SELECT count(DISTINCT a.v || b.v) FROM big a, big b",
    "SELECT a.v LIKE '%1%2%3%4%5%6%7%8%9%' FROM big a, big b, big c",
    "SELECT trim(group_concat(a.v), group_concat(b.v)) FROM big a, big b, big c GROUP BY a.v",
    ("WITH l(x) AS (SELECT replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aa'))"
    " SELECT count(*) FROM big a, big b, l WHERE length(l.x || a.v) > 5 AND instr(l.x, substr(l.x, 1, 9000) || 'b') = 0"),
    "SELECT (SELECT count(*) FROM big b WHERE b.v > a.v) FROM big a, big c",
]  # fmt: skip


@pytest.mark.parametrize("sql", HEAVY)
def test_effort_is_bounded(sql: str) -> None:
    import resource

    big = Table(("v",), [[str(number)] for number in range(10_000)])
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(TooMuchEffortError):
        run(sql, {"big": big}, nothing, peak)
    assert time.process_time() - start < 20  # a limit for a machine four times as slow as the slowest known
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000


def peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_list_of_functions_has_none_that_sqlite_lacks() -> None:
    assert functions_of_sqlite().keys() | {"substring"} >= FUNCTIONS


def test_half_of_a_surrogate_pair_is_no_value() -> None:
    with pytest.raises(QueryError, match="half of a surrogate pair") as caught:
        run("SELECT a FROM t", {"t": Table(("a",), [["\ud800"]])}, nothing)
    assert not isinstance(caught.value, TooMuchEffortError)


# --- compared with others -------------------------------------------------------------------------------------------


def cells(choose: random.Random) -> list[list[str | None]]:
    values = ["999", "1000", "9.5", "007", "7", "-3", "1e3", "", "abc", "n/a", "2020", "0.10", "12.50", "x y", "10"]
    return [[choose.choice(values), str(row), choose.choice("pqr")] for row in range(choose.randint(1, 12))]


@pytest.mark.parametrize("seed", range(40))
def test_comparison_with_a_number_gives_the_rows_that_where_gives(seed: int) -> None:
    """As far as all cells are numbers, or missing: text has an order in SQL, and is never met by `where`."""
    choose = random.Random(seed)
    for _ in range(25):
        rows = [row for row in cells(choose) if row[0] not in ("abc", "n/a", "x y", "007")]
        table = Table(("a", "n", "k"), rows)
        operator, number = (
            choose.choice(["<", "<=", ">", ">=", "=", "<>"]),
            choose.choice(["7", "9.5", "999", "1000", "-3"]),
        )
        options = DEFAULTS._replace(where=condition_of(f"a {operator} {number}"))
        known = list(shape(table, options, located_at(Location("x"))).table.rows)
        wanted = [row[1] for row in known if not (operator == "<>" and not row[0])]  # NULL is not unequal to anything
        found = selected(f"SELECT n FROM t WHERE a {operator} {number} ORDER BY n", t=table) if rows else []
        assert [row[0] for row in found] == sorted(wanted, key=lambda text: int(text or 0))


PAIRS = [  # ours, and the same for DuckDB, where a column of text has to be cast
    ("SELECT k, count(*) AS n FROM t GROUP BY k ORDER BY k", "SELECT k, count(*) AS n FROM t GROUP BY k ORDER BY k"),
    ("SELECT k, sum(d) AS s FROM t GROUP BY k ORDER BY k", "SELECT k, sum({d}) AS s FROM t GROUP BY k ORDER BY k"),
    ("SELECT max(d), min(d), count(d) FROM t", "SELECT max({d}), min({d}), count({d}) FROM t"),
    ("SELECT n FROM t WHERE d > 5 ORDER BY n", "SELECT n FROM t WHERE {d} > 5 ORDER BY {n}"),
    ("SELECT n FROM t WHERE d BETWEEN 1 AND 10 AND k <> 'p' ORDER BY n", "SELECT n FROM t WHERE {d} BETWEEN 1 AND 10 AND k <> 'p' ORDER BY {n}"),
    ("SELECT n, row_number() OVER (PARTITION BY k ORDER BY n DESC) AS r FROM t ORDER BY n",
     "SELECT n, row_number() OVER (PARTITION BY k ORDER BY {n} DESC) AS r FROM t ORDER BY {n}"),
    ("SELECT n, sum(d) OVER (PARTITION BY k ORDER BY n) AS r FROM t ORDER BY n",
     "SELECT n, sum({d}) OVER (PARTITION BY k ORDER BY {n}) AS r FROM t ORDER BY {n}"),
    ("SELECT a.n, b.n AS m FROM t a JOIN t b ON a.k = b.k AND a.n < b.n ORDER BY a.n, b.n",
     "SELECT a.n, b.n AS m FROM t a JOIN t b ON a.k = b.k AND CAST(a.n AS INT) < CAST(b.n AS INT) ORDER BY CAST(a.n AS INT), CAST(b.n AS INT)"),
    ("SELECT k, round(avg(d), 2) AS s FROM t GROUP BY k HAVING count(*) > 1 ORDER BY k",
     "SELECT k, round(CAST(sum({d}) / count({d}) AS DECIMAL(30, 12)), 2) AS s FROM t GROUP BY k HAVING count(*) > 1 ORDER BY k"),
    ("SELECT upper(k) || '-' || n AS x FROM t ORDER BY n", "SELECT upper(k) || '-' || n AS x FROM t ORDER BY {n}"),
    ("SELECT k FROM t WHERE d IS NULL UNION SELECT 'z' ORDER BY 1", "SELECT k FROM t WHERE d IS NULL UNION SELECT 'z' ORDER BY 1"),
    ("SELECT n, d * 2 + 1 AS x FROM t WHERE d IS NOT NULL ORDER BY n", "SELECT n, {d} * 2 + 1 AS x FROM t WHERE d IS NOT NULL ORDER BY {n}"),
    ("SELECT count(DISTINCT k) AS n, count(*) FILTER (WHERE d > 3) AS m FROM t", "SELECT count(DISTINCT k) AS n, count(*) FILTER (WHERE {d} > 3) AS m FROM t"),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_query_selects_what_duckdb_selects(ours: str, theirs: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    for seed in range(15):
        choose = random.Random(seed)
        values = ["0.10", "12.50", "3", "-4.25", "1000.01", "", "7"]
        rows = [[choose.choice("pqr"), str(number), choose.choice(values)] for number in range(choose.randint(1, 9))]
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t (k VARCHAR, n VARCHAR, d VARCHAR)")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [[cell or None for cell in row] for row in rows])
            sql = theirs.replace("{d}", "CAST(d AS DECIMAL(18, 4))").replace("{n}", "CAST(n AS INT)")
            known = [[_plain(cell) for cell in row] for row in connection.execute(sql).fetchall()]
        assert selected(ours, t=Table(("k", "n", "d"), rows)) == known, seed


def _plain(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, (Decimal, float)):
        text = f"{Decimal(str(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


# --- the sources of a query -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("data/tools.csv", []),
        ("data/tools.csv as t", ["t"]),
        ("data/tools.csv as t, data/prices.csv as p", ["t", "p"]),
        ("data/tools.csv, data.json#a.b as x", ["tools", "x"]),
        ("Sales as May.csv", []),
        ("Sales, May.csv", []),
        ("'a, b.csv' as x", ["x"]),
        ("d.yaml#,.a", []),
    ],
)
def test_list_of_sources_is_read_where_it_can_be_one(text: str, names: Sequence[str]) -> None:
    source = source_of(text)
    assert [named.name for named in source.named] == names
    assert str(source) == text
