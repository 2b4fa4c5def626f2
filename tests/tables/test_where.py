"""`where` against SQLite: the same questions about the same tables have the same answers."""

from __future__ import annotations

import random
import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from typing import NamedTuple

import pytest

from mdtables.model.conditions import condition_of
from mdtables.model.diagnostics import Location
from mdtables.model.errors import OptionError
from mdtables.model.options import SPECS, Options
from mdtables.model.table import LIST_SEPARATOR, Table
from mdtables.tables.shape import shape
from mdtables.tables.where import rows_where

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
VALUES = ["", "a", "b", "ab", "B", "é", "n/a", "it's", "0", "1", "2", "10", "007", "1.10", "1.1", "-3", "1e2", "1e-3"]
VALUES += ["100", "2021", "999", ".5", "5.", "+4", "1 000", "a b", "%", "_", "日本", "2021-05-20", "½", "٣"]
OPERATORS = ["=", "!=", "<>", "<", "<=", ">", ">="]


def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
    return Location("a.md", 1)


def number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text) else None


def compared(one: str, other: str) -> int:
    """Compare two texts as `sort` does: numbers by value, before text by code point."""
    keys = [(0, value, "") if (value := number(text)) is not None else (1, Decimal(0), text) for text in (one, other)]
    return (keys[0] > keys[1]) - (keys[0] < keys[1])


class Question(NamedTuple):
    """A condition, and the same in SQLite's SQL, written from the documentation: both bind `not`, `and`, `or` alike."""

    text: str
    sql: str


def question_of(chance: random.Random, depth: int = 0) -> Question:
    """Return a random condition."""
    kind = chance.randrange(12) if depth < 4 else 4
    if kind >= 4:
        return _test(chance)
    one, two, three = (question_of(chance, depth + 1) for _ in range(3))
    shapes = ["not {}", "({} and {})", "({} OR {} or {})", "{} and {} or {}", "{} or {} AND not {}", "not ({})"]
    shape_of = chance.choice(shapes)
    return Question(shape_of.format(one.text, two.text, three.text), shape_of.format(one.sql, two.sql, three.sql))


def _test(chance: random.Random) -> Question:
    name = chance.choice(["x", "y", "z w"])
    ours = f"`{name}`" if " " in name else name
    negated, no = chance.choice([("", ""), ("not ", "NOT ")])
    kind = chance.randrange(6)
    if kind == 0:
        values = [_value(chance) for _ in range(chance.randint(1, 4))]
        test = " OR ".join(_compared(name, "=", value) for value in values)
        return Question(f"{ours} {negated}in ({', '.join(values)})", f"({no}({test}))")
    if kind == 1:
        low, high = _value(chance), _value(chance)
        test = f"{_compared(name, '>=', low)} AND {_compared(name, '<=', high)}"
        return Question(f"{ours} {negated}between {low} and {high}", f"({no}({test}))")
    if kind == 2:
        value = _literal(chance)
        return Question(f"{ours} {negated}contains {value}", f'({no}(instr("{name}", {value}) > 0))')
    if kind == 3:
        value = _literal(chance)
        test = f'substr("{name}", 1, length({value})) = {value} COLLATE BINARY'
        return Question(f"{ours} {negated}Starts With {value}", f"({no}({test}))")
    if kind == 4:
        return Question(f"{ours} is {negated}empty", f"({no}(\"{name}\" = ''))")
    operator, value = chance.choice(OPERATORS), _value(chance)
    return Question(f"{ours} {operator} {value}", _compared(name, operator, value))


def _value(chance: random.Random) -> str:
    numbers = [value for value in VALUES if number(value) is not None]
    return chance.choice(numbers) if chance.random() < 0.6 else _literal(chance)


def _literal(chance: random.Random) -> str:
    return "'{}'".format(chance.choice(VALUES).replace("'", "''"))


def _compared(name: str, operator: str, value: str) -> str:
    """Return a comparison in SQL: with a number only numbers are, and all others are not equal to it."""
    if value.startswith("'"):
        return f'("{name}" {operator} {value} COLLATE BINARY)'
    if operator in ("!=", "<>"):
        return f"(NOT {_compared(name, '=', value)})"
    return f'(is_number("{name}") AND "{name}" {operator} \'{value}\' COLLATE numbers)'


def ask(questions: int, seed: int) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.create_collation("numbers", compared)
        database.create_function("is_number", 1, lambda text: number(text) is not None)
        chance = random.Random(seed)
        for _ in range(questions // 50):
            ask_about(random_rows(chance), database, chance)


def random_rows(chance: random.Random) -> list[list[str]]:
    return [[chance.choice(VALUES) for _ in range(3)] for _ in range(chance.randrange(40))]


def ask_about(rows: list[list[str]], database: sqlite3.Connection, chance: random.Random) -> None:
    """Ask both fifty questions about one table."""
    database.execute("DROP TABLE IF EXISTS t")
    database.execute('CREATE TABLE t (id INTEGER, x TEXT, y TEXT, "z w" TEXT)')
    database.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows)])
    table = Table(["x", "y", "z w"], [[value or None for value in row] for row in rows])
    for _ in range(50):
        text, sql = question_of(chance)
        expected = [row[0] for row in database.execute(f"SELECT id FROM t WHERE {sql} ORDER BY id")]
        found = rows_where(table, condition_of(text), {"x": 0, "y": 1, "z w": 2}, ", ")
        assert found == expected, (text, rows)


def test_some_questions_have_the_same_answers_in_sqlite() -> None:
    ask(3000, seed=1)


@pytest.mark.slow
def test_fifty_thousand_questions_have_the_same_answers_in_sqlite() -> None:
    ask(50_000, seed=2)


def shown(table: Table, where: str, **others: str) -> list[list[str]]:
    options = Options(
        where=SPECS["where"].parse(where), **{name: SPECS[name].parse(text) for name, text in others.items()}
    )
    return [[cell or "" for cell in row] for row in shape(table, options, locate).table.rows]


def test_contains_means_an_element_of_a_list_and_a_part_of_a_text() -> None:
    tags = [f"cli{LIST_SEPARATOR}web", "client", f"a, cli{LIST_SEPARATOR}b"]
    table = Table(["name", "tags"], [["a cli", tags[0]], ["b", tags[1]], ["c", tags[2]]], lists={1})
    assert shown(table, "tags contains 'cli'") == [["a cli", "cli, web"]]
    assert shown(table, "name contains 'cli'") == [["a cli", "cli, web"]]
    assert shown(table, "tags = 'cli, web'") == [["a cli", "cli, web"]]


def test_rows_keep_their_lines_and_their_files() -> None:
    table = Table(["n"], [["1"], ["2"], ["3"]], lines=[2, 3, 5], paths=["a", "b", "c"])
    shaped = shape(table, Options(where=SPECS["where"].parse("n >= 2")), locate)
    assert (list(shaped.table.lines), list(shaped.table.paths), list(shaped.rows)) == ([3, 5], ["b", "c"], [1, 2])


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("n >= 2", 'where: "n/a" in "n" is not a number, so it is not compared with 2 (1 more like it)'),
        ("n > '2'", 'where: \'2\' is text, so "10" in "n" is compared with it as text (1 more like it)'),
    ],
)
def test_numbers_against_text_are_a_warning_at_the_line_of_the_data(where: str, message: str) -> None:
    table = Table(["n"], [["10"], ["n/a"], ["3"], ["?"], [""]], lines=range(2, 7), path="d.csv")
    (found,) = shape(table, Options(where=SPECS["where"].parse(where)), locate).warnings
    assert (found.message, found.at.path, found.at.line) == (message, "d.csv", 3 if ">=" in where else 2)


@pytest.mark.parametrize("text", ["n = 1e9999999", "(" * 51 + "n = 1" + ")" * 51, "n = 1 or " * 600 + "n = 1"])
def test_conditions_are_bounded(text: str) -> None:
    with pytest.raises(OptionError):
        condition_of(text)


def test_fifty_parentheses_are_read() -> None:
    assert condition_of("(" * 49 + "n = 1" + ")" * 49) == condition_of("n = 1")


WRONG = {
    "stars > ": ("instead of the end", 8, 8),
    "": ("a condition is missing", 0, 0),
    "a == 1": ('instead of "==": write =', 2, 4),
    'a = "b"': ("text is in single quotes", 4, 5),
    "a = b": ("text is in single quotes, 'b'", 4, 5),
    "a like 'x'": ("write contains '…' or starts with '…'", 2, 6),
    "a is null": ("write is empty", 5, 9),
    "a && b": ("write and", 2, 4),
    "a = 'b": ("this text is not closed", 4, 6),
    "a in 1": ('expected "(" and values', 5, 6),
    "a between 1 or 2": ('expected "and"', 12, 14),
    "a = 1 b = 2": ('expected "and" or "or"', 6, 7),
    "(a = 1": ('expected "and", "or" or ")"', 6, 6),
    "and = 1": ("expected the name of a column", 0, 3),
    "a starts 'x'": ('expected "with"', 9, 12),
    "a => 1": ("write >=", 2, 4),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_condition_has_its_span_and_what_to_write(text: str) -> None:
    reason, start, end = WRONG[text]
    with pytest.raises(OptionError) as error:
        condition_of(text)
    assert reason in str(error.value)
    assert (error.value.start, error.value.end) == (start, end)
