"""Tables and a query in SQL -> the table that it selects, by SQLite in memory. Knows no disk and no document.

Nothing but the tables can be read: there is a list of functions, and none is a clock, a random number or a file. Effort
is counted in steps, which are the same on every machine; memory is looked at. A missing or empty cell is NULL.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from functools import partial
from itertools import repeat, takewhile
from math import isfinite
from typing import Any

from mdtables.model.queries import DIVISION, Token, edits_for_sqlite, names_within, tokens
from mdtables.model.query_terms import bare_conditions, compared_with_numbers, compared_with_truth, equal_names
from mdtables.model.table import Row, Table
from mdtables.records import NamedTuple
from mdtables.tables import sql_columns, sql_functions
from mdtables.tables.packed import Rows
from mdtables.text.edits import splice

_COLLATION = "mdtables"
# fmt: off
FUNCTIONS = frozenset({
    "abs", "avg", "coalesce", "count", "cume_dist", "dense_rank", "first_value", "glob", "group_concat", "ifnull",
    "iif", "instr", "lag", "last_value", "lead", "length", "like", "lower", "ltrim", "max", "min", "nth_value", "ntile",
    "nullif", "percent_rank", "rank", "replace", "round", "row_number", "rtrim", "substr", "substring", "sum", "trim",
    "upper",
})
# fmt: on
_NUMBER, _CLOSING = "mdtables_number(", "/**/)"  # around what is compared with a number
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 30_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 400_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
}
_AT_ONCE = 500  # steps between two looks
_MOST_STEPS = 15_000_000
_COST_OF_CALL, _COST_OF_COMPARISON, _COST_OF_ROW = 20, 3, 20  # steps
_CHARACTERS_PER_STEP = 50  # of what a function gets
_MOST_MEMORY = 250_000_000  # bytes more than at the start
_MOST_CHARACTERS = 50_000_000  # of a result
_LARGEST_FLOAT = 1e15
_BIG = "a value of more than 30,000 bytes"


class QueryError(Exception):
    """A query that cannot be run: why, its span in the SQL, and what was meant where a name is not known."""

    def __init__(
        self, message: str, start: int = 0, end: int = 0, *, word: str = "", known: Sequence[str] = (), hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.word, self.known, self.hint = message, start, end, word, known, hint


class TooMuchEffortError(QueryError):
    """A query that takes more steps, memory or room than one may."""


class Selected(NamedTuple):
    """What a query selects, and the names of columns with numbers that stayed texts there, in lower case."""

    table: Table
    numbers_as_text: frozenset[str]


def run(
    sql: str, tables: Mapping[str, Table], check: Callable[[str, int], None], memory: Callable[[], int] = lambda: 0
) -> Selected:
    """Run a query over these tables, by their names. Raise QueryError, and what `check` raises.

    Only columns that it reads are loaded. `check` is called before, with the table and the index of each of them.
    `memory` returns the most bytes that this process took so far, 0 where that is not known.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)) as connection:
        engine = _Engine(connection, sql, tables, memory)
        for name, columns in engine.read.items():
            for column in columns:
                check(name, column)
        table = engine.result()
        return Selected(table, frozenset(engine.numbers_as_text))


class _Engine:
    """One query in a database of its own. `read` are the indexes of the columns that it reads, by the table.

    `numbers_as_text` are the names of columns with numbers that are held as texts, in lower case.
    """

    def __init__(
        self, connection: sqlite3.Connection, sql: str, tables: Mapping[str, Table], memory: Callable[[], int]
    ) -> None:
        self._connection, self._sql, self._tables = connection, sql, tables
        self._named = {name.lower(): name for name in tables}
        self._columns = {
            name: {column.lower(): index for index, column in enumerate(table.header)} for name, table in tables.items()
        }
        self._within = names_within(sql)
        self._numeric: set[tuple[str, int]] = set()
        self.numbers_as_text: set[str] = set()
        self._spellings: dict[str, sql_columns.Spellings] = {}  # by the name of the column
        self._refused = ""
        self._wrong: Exception | None = None
        self._budget = _Budget(connection, memory)
        self.read: dict[str, list[int]] = {}
        self._loads_all = False
        self._create()
        self._prepare()

    def _create(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA temp_store = MEMORY")
        compare, spend = sql_functions.comparison(), self._budget.spend

        def compared(one: str, other: str) -> int:
            spend(_COST_OF_COMPARISON)
            return compare(one, other)

        connection.create_collation(_COLLATION, compared)
        connection.create_window_function("sum", 1, self._aggregate(sql_functions.Sum))
        connection.create_window_function("avg", 1, self._aggregate(sql_functions.Average))
        for name, function, counts in (
            ("round", sql_functions.rounded, (1, 2)),
            ("lower", sql_functions.lower, (1,)),
            ("upper", sql_functions.upper, (1,)),
            ("instr", sql_functions.instr, (2,)),
            ("replace", sql_functions.replace, (3,)),
            ("trim", sql_functions.trim, (1, 2)),
            ("ltrim", sql_functions.ltrim, (1, 2)),
            ("rtrim", sql_functions.rtrim, (1, 2)),
            (_NUMBER[:-1], sql_columns.as_number, (1,)),
        ):
            for count in counts:
                connection.create_function(name, count, partial(self._called, function), deterministic=True)
        for name, table in self._tables.items():
            self._check_names(name, table)
            self._create_table(name, [_quoted(column) for column in table.header])

    def _create_table(self, name: str, columns: Sequence[str]) -> None:
        try:
            self._connection.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(columns) or 'nothing'})")
        except sqlite3.Error as error:
            raise QueryError(f'the table "{name}" cannot be used in a query: {error}') from None

    def _column(self, name: str, index: int) -> str:
        """Return the definition of a column: SQLite compares numbers itself, and by our rule what has to stay text."""
        header = _quoted(self._tables[name].header[index])
        return f"{header} NUMERIC" if (name, index) in self._numeric else f"{header} TEXT COLLATE {_COLLATION}"

    def _find_numeric(self) -> None:
        """Find the columns whose numbers can be held as such: columns that mean the same, all of them or none."""
        columns: dict[str, list[tuple[str, int]]] = {}
        for name, read in self.read.items():
            table = self._tables[name]
            for at in range(len(table.header)) if self._loads_all else read:
                columns.setdefault(table.header[at].lower(), []).append((name, at))
        for group in sql_columns.groups(columns, equal_names(self._sql)):
            own = [each for header in group for each in columns[header]]
            if sql_columns.are_numbers_exact(partial(self._cells_of, own)):
                self._numeric.update(own)
            elif any(sql_columns.has_numbers(self._cells(*each)) for each in own):
                self.numbers_as_text.update(group)

    def _check_conditions(self) -> None:
        """Raise QueryError for a text that is a condition by itself, which SQLite takes for false."""
        for token in bare_conditions(self._sql):
            for name in self.read:
                if self._has_texts(name, token.value.lower()):
                    message = f'"{token.value}" has texts, and a text alone is never true'
                    raise QueryError(message, token.at, token.end, hint=f"compare it: {token.value} = 'true'")

    def _cells(self, name: str, index: int) -> Iterator[Sequence[str | None]]:
        table = self._tables[name]
        width = len(table.header)
        return (cells[index::width] for cells in Rows.view(width, table.rows).chunks())

    def _cells_of(self, columns: Sequence[tuple[str, int]]) -> Iterator[Sequence[str | None]]:
        return (cells for name, at in columns for cells in self._cells(name, at))

    def _check_names(self, name: str, table: Table) -> None:
        seen: dict[str, str] = {}
        for column in table.header:
            other = seen.setdefault(column.lower(), column)
            if other != column:
                message = f'"{other}" and "{column}" in {name} are the same name in SQL, which ignores case'
                raise QueryError(message, hint="rename one of them in the data")

    def _aggregate(self, kind: type[sql_functions.Sum]) -> Any:
        """Return an aggregate that notes what is wrong."""
        note = self._note

        class Noted(kind):  # type: ignore[valid-type, misc]
            def _add_waiting(self) -> None:
                note(super()._add_waiting)

            def value(self) -> sql_functions.Value:
                return note(super().value)  # type: ignore[no-any-return]

        return Noted

    def _note(self, function: Callable[..., Any], *values: Any) -> Any:
        """Call a function of ours; SQLite says of an exception only that there was one."""
        try:
            return function(*values)
        except Exception as error:
            self._wrong = self._wrong or error
            raise

    def _called(self, function: Callable[..., Any], *values: Any) -> Any:
        size = sum(len(value) for value in values if isinstance(value, str))
        self._budget.spend(_COST_OF_CALL + size // _CHARACTERS_PER_STEP)
        return self._note(function, *values)

    # --- what may be read -------------------------------------------------------------------------------------------

    def _authorize(self, action: int, first: str | None, second: str | None, *_: object) -> int:
        if action in _ALLOWED:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in (*FUNCTIONS, _NUMBER[:-1]):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and self._may_read((first or "").lower(), (second or "").lower()):
            return sqlite3.SQLITE_OK
        self._refused = self._refused or ((second if action == sqlite3.SQLITE_FUNCTION else first) or "")
        return sqlite3.SQLITE_DENY

    def _may_read(self, table: str, column: str) -> bool:
        """Return True for what a query may read, and note the column of a source."""
        if table in self._named:
            name = self._named[table]
            index = self._columns[name].get(column)
            self._note_read(name, [] if index is None else [index])
            return True
        return table in self._within and not table.startswith(("sqlite_", "pragma_"))

    def _note_read(self, name: str, columns: Iterable[int]) -> None:
        read = self.read.setdefault(name, [])
        read += [column for column in columns if column not in read]

    def _note_joined(self) -> None:
        """Note the tables that are named, and the columns of USING: SQLite does not tell all of these."""
        found = list(tokens(self._sql))
        words = {each.value.lower() for each in found}
        joined = _in_using(found)
        for name in (name for name in self._tables if name.lower() in words):
            self._note_read(name, (at for column, at in self._columns[name].items() if column in joined))
        self._loads_all = not words.isdisjoint(("natural", "using"))

    def _prepare(self) -> None:
        """Find out what a query reads, without running it."""
        for limit, most in _LIMITS.items():
            self._connection.setlimit(limit, most)
        self._connection.set_authorizer(self._authorize)
        try:
            self._connection.execute(f"EXPLAIN {self._translated()}").close()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._failure(error) from None
        self._note_joined()

    def _translated(self, *, is_loaded: bool = False) -> str:
        """Return the SQL for SQLite; of a loaded database, with what compares numbers as such."""
        edits = edits_for_sqlite(self._sql) + (self._comparisons() if is_loaded else [])
        return splice(self._sql, edits).rstrip().rstrip(";")

    def _comparisons(self) -> list[tuple[int, int, str]]:
        """Return the edits that make numbers of what is compared with one, and texts of TRUE and FALSE beside texts."""
        exact = {self._tables[name].header[at].lower() for name, at in self._numeric}
        edits: list[tuple[int, int, str]] = []
        for operand in compared_with_numbers(self._sql):
            if operand.name not in exact:
                edits += [(operand.start, operand.start, _NUMBER), (operand.end, operand.end, _CLOSING)]
        for name, token in compared_with_truth(self._sql):
            if any(self._has_texts(table, name) for table in self.read):
                edits.append((token.at, token.end, f"'{token.spelled.lower()}'"))
        return edits

    def _has_texts(self, table: str, column: str) -> bool:
        at = self._columns[table].get(column)
        return at is not None and at in self.read[table] and sql_columns.has_texts(self._cells(table, at))

    # --- running ----------------------------------------------------------------------------------------------------

    def result(self) -> Table:
        """Load what is read, and return what is selected."""
        self._connection.set_authorizer(None)
        self._check_conditions()
        self._find_numeric()
        for name, read in self.read.items():
            table = self._tables[name]
            columns = range(len(table.header)) if self._loads_all else read
            definitions = [
                self._column(name, at) if at in columns else _quoted(table.header[at])
                for at in range(len(table.header))
            ]
            self._connection.execute(f"DROP TABLE {_quoted(name)}")  # it was there for what the query reads
            self._create_table(name, definitions)
            self._load(name, table, columns)
        self._connection.set_authorizer(self._authorize)
        self._connection.set_progress_handler(self._budget.look, _AT_ONCE)
        try:
            cursor = self._connection.execute(self._translated(is_loaded=True))
            header = [_without_edits(each[0]) for each in cursor.description]
            renamed = sql_columns.aliases(self._sql)
            spelled = (each.spelled for each in tokens(self._sql) if each.kind == "number")
            literals = {float(each) for each in spelled if Decimal(float(each)) == Decimal(each)}
            rows = self._rows(cursor, [self._spelled(name, renamed) for name in header], literals)
        except (sqlite3.Error, sqlite3.Warning, MemoryError) as error:
            raise self._failure(error) from None
        if repeated := next((name for index, name in enumerate(header) if name in header[:index]), None):
            raise QueryError(f'the query selects two columns named "{repeated}"', hint="give one another name with AS")
        return Table(header, rows)

    def _load(self, name: str, table: Table, columns: Sequence[int]) -> None:
        width = len(table.header)
        names = ", ".join(_quoted(table.header[column]) for column in columns)
        self._connection.execute("BEGIN")
        try:
            if columns:
                marks = ", ".join("?" * len(columns))
                insert = f"INSERT INTO {_quoted(name)} ({names}) VALUES ({marks})"  # noqa: S608  # names in quotes
                for cells in Rows.view(width, table.rows).chunks():
                    values = (self._values(name, column, cells[column::width]) for column in columns)
                    self._connection.executemany(insert, zip(*values, strict=True))
            else:
                insert = f"INSERT INTO {_quoted(name)} DEFAULT VALUES"
                self._connection.executemany(insert, repeat((), len(table.rows)))
        except UnicodeEncodeError:
            message = f"a value in {name} is no text: it has half of a surrogate pair in it"
            raise QueryError(message, hint="leave out its column, or mend the data") from None
        except sqlite3.Error as error:
            message = f"{_BIG} in {name}" if "big" in str(error) else f"{name} cannot be used in a query: {error}"
            raise TooMuchEffortError(message) from None
        self._connection.execute("COMMIT")

    def _values(self, name: str, column: int, cells: Sequence[str | None]) -> list[sql_columns.Value]:
        if (name, column) not in self._numeric:
            return [cell or None for cell in cells]
        spellings = self._spellings.setdefault(self._tables[name].header[column].lower(), {})
        return list(sql_columns.as_numbers(cells, spellings))

    def _spelled(self, name: str, renamed: dict[str, set[str]]) -> sql_columns.Spellings:
        """Return how numbers are spelled in the columns of the sources that a selected one may be."""
        found: sql_columns.Spellings = {}
        for each in reversed(sql_columns.meant_by(name, renamed)):
            found.update(self._spellings.get(each, {}))
        return found

    def _rows(
        self, cursor: sqlite3.Cursor, spelled: Sequence[sql_columns.Spellings], literals: set[float]
    ) -> list[Row]:
        rows: list[Row] = []
        size = 0
        for values in cursor:
            row = [_text(value, own, literals) for value, own in zip(values, spelled, strict=True)]
            size += sum(len(cell or "") + 1 for cell in row)
            if size > _MOST_CHARACTERS:
                raise TooMuchEffortError(f"the query selects more than {_MOST_CHARACTERS} characters")
            self._budget.spend(_COST_OF_ROW)
            rows.append(row)
        return rows

    # --- what is wrong ----------------------------------------------------------------------------------------------

    def _failure(self, error: Exception) -> QueryError:
        """Return what is wrong in a query, and where, for what SQLite says of it."""
        message = str(error)
        if self._budget.reason:
            return TooMuchEffortError(self._budget.reason, hint="filter or group earlier, or select less")
        if self._wrong is not None:
            return QueryError(str(self._wrong), hint="leave such values out: WHERE …, or CASE WHEN … END")
        if "too big" in message or isinstance(error, MemoryError):
            return TooMuchEffortError(f"the query makes {_BIG}")
        if "not authorized" in message or "prohibited" in message:
            return self._not_allowed()
        if "number of bindings" in message:
            return QueryError("a query has no parameters, like ? or :name")
        return self._misspelled(message)

    def _misspelled(self, message: str) -> QueryError:
        for pattern, known in _NAMES:
            if found := re.fullmatch(pattern, message):
                return self._unknown(found, message, known)
        if found := re.fullmatch(r'near "(.*)": syntax error', message, re.DOTALL):
            at = self._near(found[1], message)
            odd = next((name for name in self._tables if not name.isidentifier()), "")
            hint = f'{odd} is written as "{odd}" in SQL, or named on the marker: … as t' if odd else ""
            return QueryError(f'SQL does not go on with "{found[1]}" here', *at, hint=hint)
        if message == "incomplete input":
            return QueryError("the query ends too early", max(len(self._sql) - 1, 0), len(self._sql))
        return QueryError(message)

    def _not_allowed(self) -> QueryError:
        what = self._refused
        start, end = self._find(what)
        called = start < end and self._sql[end:].lstrip().startswith("(")
        if called:
            message = f"a query may not call {what}()"
            hint = "a query gives the same everywhere: nothing in it is random, tells the time or reads a file"
            return QueryError(message, start, end, hint=hint)
        return QueryError(f"a query may not read {what}" if what else "a query may only select", start, end)

    def _unknown(self, found: re.Match[str], message: str, known: str) -> QueryError:
        word = found[1].rpartition(".")[2] if known == "columns" else found[1]
        start, end = self._find(word)
        names: list[str] = list(self._tables)
        what = f'there is no table "{word}" in this query'
        if known == "columns":
            names = list(dict.fromkeys(name for table in self._tables.values() for name in table.header))
            what = f'there is no column "{word}" in the sources of this query'
        elif known == "functions":
            names, what = sorted(FUNCTIONS), f"there is no function {word}()"
        elif not known:
            return QueryError(message, start, end)
        return QueryError(what, start, end, word=word, known=names)

    def _find(self, word: str) -> tuple[int, int]:
        """Return the span of the first token with this value; of nothing, that of the query."""
        found = next((each for each in tokens(self._sql) if _is(each, word)), None) if word else None
        return (found.at, found.end) if found else (0, 0)

    def _near(self, word: str, message: str) -> tuple[int, int]:
        """Return the span of the token that SQLite stumbled over: with what is above it alone, it says the same."""
        places = [each for each in tokens(self._sql) if word in (each.spelled, each.value)]
        for token in places:
            beginning = splice(self._sql[: token.end], edits_for_sqlite(self._sql[: token.end]))
            try:
                self._connection.execute(f"EXPLAIN {beginning}").close()
            except (sqlite3.Error, sqlite3.Warning) as error:
                if str(error) == message:
                    return token.at, token.end
        return (places[0].at, places[0].end) if places else (0, 0)


_NAMES = (
    (r"no such table: (?:main\.)?(.*)", "tables"),
    (r"no such column: (.*)", "columns"),
    (r"no such function: (.*)", "functions"),
    (r"ambiguous column name: (.*)", ""),
    (r"wrong number of arguments to function (.*)\(\)", ""),
    (r"misuse of (?:aggregate|window function)(?: function)?:? (.*)\(\)", ""),
)


def _in_using(found: Sequence[Token]) -> set[str]:
    """Return the names in the parentheses after each USING, in lower case."""
    names: set[str] = set()
    for index, token in enumerate(found):
        if token.spelled.upper() == "USING":
            rest = takewhile(lambda each: each.spelled != ")", found[index + 1 :])
            names.update(each.value.lower() for each in rest)
    return names


class _Budget:
    """The steps that a query may take. `reason` is why it was stopped, "" if it was not."""

    def __init__(self, connection: sqlite3.Connection, memory: Callable[[], int]) -> None:
        self._connection, self._memory = connection, memory
        self._steps, self._before = 0, memory()
        self.reason = ""

    def look(self) -> int:
        """Return 1 to stop the query."""
        self._steps += _AT_ONCE
        if self._steps > _MOST_STEPS:
            self.reason = self.reason or f"the query takes more than {_MOST_STEPS} steps"
        elif self._memory() - self._before > _MOST_MEMORY:
            self.reason = self.reason or "the query takes more than 250 MB of memory"
        return 1 if self.reason else 0

    def spend(self, steps: int = _COST_OF_CALL) -> None:
        """Count a call of a function or a comparison, many of which may be one step of SQLite."""
        self._steps += steps
        if self._steps > _MOST_STEPS:
            self.reason = self.reason or f"the query takes more than {_MOST_STEPS} steps"
            self._connection.interrupt()


def _without_edits(header: str) -> str:
    """Return the name of a column that has none of its own, as the query spells it."""
    return header.replace(DIVISION, "/").replace(_NUMBER, "").replace(_CLOSING, "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is(token: Token, word: str) -> bool:
    return token.kind in ("word", "name") and token.value.lower() == word.lower()


def _text(value: object, spellings: sql_columns.Spellings, literals: set[float]) -> str | None:
    """Return a value as a cell: a number as it is spelled in its column, else with as many digits as SQL's have.

    A large number that is one of the query's `literals` was not calculated, so that it lost no digits.
    """
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, (int, float)):
        raise QueryError("the query selects bytes", hint="CAST(… AS TEXT)")
    if not isfinite(value):
        raise QueryError("the query makes a number that is too large")
    if value in spellings:
        return spellings[value]
    text = sql_columns.as_text(value)
    if isinstance(value, float) and abs(value) >= _LARGEST_FLOAT and value not in literals:
        hint = "calculate with smaller numbers; sums of whole numbers are exact"
        raise QueryError(f"a number of more than 15 digits was calculated, about {text}", hint=hint)
    return text
