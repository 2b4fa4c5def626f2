"""A region's query -> the table that it selects from the region's sources, and the place of what is wrong in it.

How a source is loaded, and a file with a query is read, are arguments.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from mdtables.model.diagnostics import Diagnostic, Locate, Location, unknown_word
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.option_values import Column, NamedSource, stem_of
from mdtables.model.options import DEFAULTS, Options, sources_for_query
from mdtables.model.queries import check_query, is_ordered, tokens
from mdtables.model.query_terms import compared_with_numbers, names_in_expressions, outside_of_groups
from mdtables.model.table import Table
from mdtables.records import NamedTuple
from mdtables.sources.decode import decode
from mdtables.tables.query import QueryError, TooMuchEffortError, run
from mdtables.tables.texts import with_joined_lists
from mdtables.tables.where import first_misfit


class _Statement(NamedTuple):
    """The SQL of a region's query, and the name of the file that it is in, "" if it is on the marker."""

    sql: str
    file: str
    locate: Locate

    def at(self, start: int, end: int) -> Location:
        """Return the place of a span of the SQL; of an empty one, that of the query."""
        if not self.file:
            return self.locate("query", span=(start, end)) if end > start else self.locate("query")
        if end <= start:
            return Location(self.file)
        return Location(self.file, *_position(self.sql, start), *_position(self.sql, end))


def queried(
    options: Options,
    locate: Locate,
    load: Callable[[Options], Table],
    read: Callable[[str], tuple[str, bytes]],
) -> tuple[Table, Sequence[Diagnostic]]:
    """Return what the query of a region selects, and warnings. Raise MdtablesError.

    `load` returns all rows of a source; `read` the name in diagnostics and the bytes of a file with a query.
    """
    statement = _statement(options, locate, read)
    sources = _by_name(options, locate)
    loaded = ((name, load(_for_source(options, source, statement.sql))) for name, source in sources.items())
    tables = {name: with_joined_lists(table, options.list) for name, table in loaded}

    def check(name: str, column: int) -> None:
        if problems := tables[name].unusable.get(column):
            hint = 'name the columns in the query instead of *, and nested values as "stats.mean"'
            raise MdtablesError(*(found._replace(hint=hint).used_at(locate()) for found in problems))

    try:
        table, numbers_as_text = run(statement.sql, tables, check, _peak)
    except QueryError as error:
        raise MdtablesError(_problem(error, statement)) from None
    warnings = [
        *_texts_among_numbers(statement, tables),
        *_as_texts(statement, numbers_as_text),
        *_ungrouped(statement),
    ]
    is_certain = options.sort or len(table.rows) < 2 or is_ordered(statement.sql)
    return table, warnings if is_certain else [_unordered(statement), *warnings]


def _texts_among_numbers(statement: _Statement, tables: Mapping[str, Table]) -> Iterator[Diagnostic]:
    """Yield a warning for each column that is compared with a number and has texts, which come after all numbers."""
    names = {each.name for each in compared_with_numbers(statement.sql) if each.by_order}
    for table in tables.values():
        for column, name in enumerate(table.header):
            if name.lower() in names and (found := first_misfit(table, column, is_number=False)):
                row, value, count = found
                more = f" ({count - 1} more like it)" if count > 1 else ""
                message = f'query: "{value}" in "{name}" is not a number, and counts as more than any number{more}'
                at = table.place_of(row, statement.at(0, 0))
                found_at = Diagnostic("value-type", message, at=at, hint=f"leave it out: {name} <> '{value}'")
                yield found_at.used_at(statement.locate("query"))


def _as_texts(statement: _Statement, names: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield a warning for each column whose numbers are texts in an expression, and so more than any number."""
    for name in sorted(names & names_in_expressions(statement.sql)):
        message = f'query: "{name}" has numbers like 007, or spelled in two ways, so they are texts in this expression'
        hint = f"write CAST({name} AS REAL) for the numbers"
        yield Diagnostic("value-type", message, at=statement.at(0, 0), hint=hint).used_at(statement.locate("query"))


def _ungrouped(statement: _Statement) -> Iterator[Diagnostic]:
    """Yield a warning for a column of which a group has several values, of which any one is shown."""
    if token := outside_of_groups(statement.sql):
        message = (
            f"{token.value} is neither in GROUP BY nor in a function like max: which row's is shown is not determined"
        )
        hint = f"write max({token.value}), or add it to GROUP BY"
        at = statement.at(token.at, token.end)
        yield Diagnostic("query-order", message, at=at, hint=hint).used_at(statement.locate("query"))


def _statement(options: Options, locate: Locate, read: Callable[[str], tuple[str, bytes]]) -> _Statement:
    assert options.query is not None
    if not options.query.path:
        return _Statement(options.query.sql, "", locate)
    shown, data = read(options.query.path)
    sql = decode(data, shown, "utf-8", "save it as UTF-8")
    try:
        check_query(sql)
    except ValueError as reason:
        raise MdtablesError(Diagnostic("query", str(reason), at=Location(shown)).used_at(locate())) from None
    return _Statement(sql, shown, locate)


def _by_name(options: Options, locate: Locate) -> dict[str, NamedSource]:
    found: dict[str, NamedSource] = {}
    for each in sources_for_query(options):
        hint = f"name it: {each.source.path} as tools"
        if not each.name or (each.source.is_pattern and each.name == stem_of(each.source.path)):
            raise failure("query", f"{each.source.path} has no name for a query", at=locate("source"), hint=hint)
        if each.name.lower() in map(str.lower, found):
            message = f'two sources have the name "{each.name}"'
            raise failure("query", message, at=locate("source"), hint="name one of them: data/tools.csv as t")
        found[each.name] = each
    return found


def _for_source(options: Options, named: NamedSource, sql: str) -> Options:
    """Return the options by which one source of a query is read; names with a dot reach into nested values there."""
    names = dict.fromkeys(each.value for each in tokens(sql) if each.kind == "name")
    nested = [Column(name, name) for name in names if "." in name or name.startswith("@")]
    return DEFAULTS._replace(
        source=named.source,
        columns=(Column("*", "*", rest=True), *nested) if nested else (),
        list=options.list,
        delimiter=options.delimiter,
        encoding=options.encoding,
        header=options.header,
    )


def _problem(error: QueryError, statement: _Statement) -> Diagnostic:
    at = statement.at(error.start, error.end)
    is_effort = isinstance(error, TooMuchEffortError)
    found = Diagnostic("query-limit" if is_effort else "query", error.message, at=at, hint=error.hint)
    if error.known:
        is_word = error.end > error.start and at.end_column - at.column == error.end - error.start
        found = unknown_word("query", error.message, error.word, error.known, at=at, is_word=is_word)
    return found.used_at(statement.locate()) if statement.file else found


def _unordered(statement: _Statement) -> Diagnostic:
    message = "the query has no ORDER BY, so another version of SQLite may give its rows in another order"
    hint = "add ORDER BY to it, or sort=… to the marker"
    found = Diagnostic("query-order", message, at=statement.at(0, 0), hint=hint)
    return found.used_at(statement.locate()) if statement.file else found


def _position(text: str, offset: int) -> tuple[int, int]:
    above = text[:offset]
    return above.count("\n") + 1, offset - (above.rfind("\n") + 1) + 1


def _peak() -> int:
    """Return the most memory that this process had, in bytes; 0 on Windows, which has no such call."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
