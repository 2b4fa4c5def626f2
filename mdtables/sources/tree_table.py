"""Values of YAML, JSON or TOML -> table: which shapes are tables, and what dotted names lead to. Knows no syntax."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NoReturn

from mdtables.model.diagnostics import Code, Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector, failure
from mdtables.model.names import keys_of
from mdtables.model.option_values import Source
from mdtables.model.options import Options, names_used
from mdtables.model.suggestions import did_you_mean
from mdtables.model.table import LIST_SEPARATOR, NO_ELEMENT, Table
from mdtables.sources.values import Tagged, Tree, Value, kind_of, line_of, lines_of

_MOST_CELLS = 1_000_000  # in a table made from far fewer values, by aliases or by keys that few rows have
_SCALARS = frozenset({str, type(None)})
_WITH_WORDS = _SCALARS | {bool}
_WORDS: Mapping[Any, str] = {True: "true", False: "false"}
_SHAPES = (
    "expected a list of mappings, a list of lists with the header first, a mapping of mappings, or a list or a mapping"
    " of single values"
)
_Place = tuple[int, Sequence[int], int]  # a column, the lines of all rows, and the index of one of them
_MISSING = object()  # what a dotted name leads to where there is no such key


def table_of(tree: Tree, keys: Sequence[str], path: str, options: Options, *, is_record: bool = False) -> Table:
    """Return the table in the part of a file that keys lead to, with the lines of its rows.

    The table has a column for each dotted name that the options use. Nested values and tags make their column unusable.
    With `is_record`, a mapping is a single row, and a part that is missing one without columns. Raise MdtablesError if
    there is no such part, or if it has no shape of a table.
    """
    try:
        part = part_of(tree, keys, path)
    except MdtablesError:
        if is_record:
            return Table((), [[]], lines=[tree.line])
        raise
    return _Reader(part, path, options).table(is_record=is_record)


def part_of(tree: Tree, keys: Sequence[str], path: str) -> Tree:
    """Return the part that the keys, or indexes of lists, lead to. Raise MdtablesError if there is none."""
    value, line = tree.value, tree.line
    for depth, key in enumerate(keys):
        within = f' in "{".".join(keys[:depth])}"' if depth else ""
        if isinstance(value, list) and is_index(key):
            if int(key) >= len(value):
                message = f'there is no part "{key}"{within}, a list of {len(value)}'
                _fail("source-missing", message, Location(path, line))
            line = lines_of(value, (), line)[int(key)]
            value = value[int(key)]
            continue
        if not isinstance(value, dict):
            _fail("source-missing", f'there is no part "{key}"{within}, which is not a mapping', Location(path, line))
        items = tree.flat(value)
        if key not in items:
            message = f'there is no part "{key}"{within}'
            spelled = (_dotted((name,)) for name in items)  # in quotes where a key has a dot
            _fail("source-missing", message, Location(path, line), did_you_mean(key, spelled, what="parts"))
        line = lines_of(value, [key], line)[0]
        value = items[key]
    return tree._replace(value=value, line=line, lines=tree.lines if not keys else ())


def is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 10


def _fail(code: Code, message: str, at: Location, hint: str = "") -> NoReturn:
    raise failure(code, message, at=at, hint=hint)


class _UnreachableError(Exception):
    """A dotted name leads into a single value, which is where these keys lead."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys


class _Reader:
    """Makes a table of a tree, and collects every problem in its rows."""

    def __init__(self, tree: Tree, path: str, options: Options) -> None:
        self.tree, self.path, self.options = tree, path, options
        self.source = options.source or Source(path)
        self.most_cells = max(_MOST_CELLS, 10 * tree.size)
        self.elements = 0  # of all lists that were joined
        self.lists: set[int] = set()  # the columns in which there are any
        self.problems = Collector()
        self.unusable: dict[int, tuple[Diagnostic, int]] = {}

    def table(self, *, is_record: bool) -> Table:
        value, line = self.tree.value, self.tree.line
        found = None
        if is_record and isinstance(value, dict):
            found = self._record(value, [line]) if value else Table((), [[]], lines=[line])
        elif isinstance(value, list) and value:
            found = self._of_list(value, line)
        elif isinstance(value, dict) and value:
            found = self._of_mapping(value, line)
        elif isinstance(value, list):
            hint = "a table without rows has the columns that the marker names: columns=…"
            problem = Diagnostic("source-shape", "the list is empty", at=Location(self.path, line), hint=hint)
            found = Table((), (), unusable={0: [problem]})
        return found or self._refuse(value, line)

    def _of_list(self, value: list[Any], line: int) -> Table | None:
        lines = self.tree.lines or lines_of(value, (), line)
        if all(isinstance(row, dict) for row in value):
            return self._mappings(value, lines, "")
        if all(isinstance(row, list) for row in value):
            return self._lists(value, lines)
        return self._values(["value"], [""] * len(value), value, lines) if all(map(_is_single, value)) else None

    def _of_mapping(self, value: dict[str, Any], line: int) -> Table | None:
        named, key = self.tree.flat(value), self.options.key or "key"
        names, values = list(named), list(named.values())
        lines = self.tree.lines or lines_of(value, named, line)
        if not named:  # nothing but an empty mapping is merged into it
            return None
        if all(isinstance(row, dict) for row in values):
            return self._mappings(values, lines, key, names)
        return self._values([key, "value"], names, values, lines) if all(map(_is_flat, values)) else None

    def _refuse(self, value: Value, line: int) -> NoReturn:
        place = Location(self.path, line)
        if isinstance(value, Tagged):
            _fail("source-shape", f"the tag {value.tag} is not supported on a table", place, _SHAPES)
        items = self.tree.flat(value) if isinstance(value, dict) else value
        if value is None or (isinstance(value, list | dict) and not items):
            _fail("source-shape", "the file, or this part of it, is empty", place, _SHAPES)
        if isinstance(value, list):
            index, wanted = _odd_row(value)
            message = f"{kind_of(value[index])} instead of a row, which must be {wanted}"
            _fail(
                "source-shape",
                message,
                Location(self.path, (self.tree.lines or lines_of(value, (), line))[index]),
                _SHAPES,
            )
        if not isinstance(value, dict):
            _fail("source-shape", "a single value is not a table", place, _SHAPES)
        named = self.tree.flat(value)
        parts = sorted(
            (name for name in named if _may_be_table(named[name])), key=lambda name: _unlikeness(named[name])
        )
        if parts:
            source = self.source._replace(part=(*self.source.part, parts[0]))
            hint = f'name the part on the marker: source="{source}"'
            _fail("source-shape", "this mapping is not a table, but a part of it is one", place, hint)
        index, name = next((i, name) for i, name in enumerate(named) if not _is_flat(named[name]))
        message = f'{kind_of(named[name])} under "{name}" instead of a single value'
        _fail(
            "source-shape",
            message,
            Location(self.path, (self.tree.lines or lines_of(value, named, line))[index]),
            _SHAPES,
        )

    def _record(self, value: dict[str, Any], lines: Sequence[int]) -> Table:
        """Return the table of a single mapping, in half the time of `_mappings`: there may be a thousand of them."""
        flat = self.tree.flat(value)
        header = [name.strip() for name in flat]
        self._check_names(header, "two columns have the name", lines)
        cells = [
            each if type(each) is str else self._cell(each, name, (number, lines, 0))
            for number, (name, each) in enumerate(flat.items())
        ]
        reached = list(self._reached_names(header, [flat], suggests=False))
        for number, (name, path) in enumerate(reached, len(header)):
            cells.append(self._reached_cell(flat, path, name, (number, lines, 0)))
        return self._finish([*header, *(name for name, _ in reached)], [cells], lines, len(reached))

    def _mappings(self, rows: Sequence[Any], lines: Sequence[int], key: str, keys: Sequence[str] = ()) -> Table:
        """Return the table of mappings, with `key` for the name of a column made of their keys.

        It is made column by column, which takes a third of the time of row by row.
        """
        flat = list(map(self.tree.flat, rows))
        names = list(dict.fromkeys(chain.from_iterable(flat)))
        first = 1 if key else 0
        self._check_columns(names, len(flat), lines)
        if key and key in names:
            message = f'the keys of the mapping become a column "{key}", but there already is one'
            at = Location(self.path, lines[0])
            _fail("repeated-column", message, at, "choose another name: key=… on the marker")
        columns: list[Sequence[str | None]] = [keys] if key else []
        for number, name in enumerate(names, first):
            columns.append(self._column([row.get(name) for row in flat], lines, name, number))
        header = [name.strip() for name in [*([key] if key else []), *names]]
        self._check_names(header, "two columns have the name", lines)
        reached = list(self._reached_names(header, flat, suggests=True))
        for number, (name, path) in enumerate(reached, len(header)):
            columns.append([self._reached_cell(row, path, name, (number, lines, i)) for i, row in enumerate(flat)])
        header += [name for name, _ in reached]
        return self._finish(header, list(map(list, zip(*columns, strict=True))), lines, len(reached))

    def _column(self, values: list[Any], lines: Sequence[int], name: str, number: int) -> Sequence[str | None]:
        """Return the cells of a column. Most contain only single values, which is checked for all at once."""
        kinds = set(map(type, values))
        if kinds <= _SCALARS:
            return values
        if kinds <= _WITH_WORDS:
            return [_WORDS.get(value, value) for value in values]
        return [self._cell(value, name, (number, lines, index)) for index, value in enumerate(values)]

    def _reached_names(
        self, header: Sequence[str], rows: Sequence[Mapping[str, Any]], *, suggests: bool
    ) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield the dotted names that the options use and some row has, with their keys.

        Of one that leads nowhere, yield those that it may have meant, if that `suggests` them.
        """
        known = set(header)
        for name in dict.fromkeys(name for name in names_used(self.options) if "." in name):
            keys = keys_of(name)
            if " ".join(name.split()) in known or len(keys) < 2:
                continue
            if any(self._try(row, keys) is not _MISSING for row in rows):
                known.add(name)
                yield name, keys
            elif suggests:
                below = (row[keys[0]] for row in rows if isinstance(row.get(keys[0]), dict))
                near = dict.fromkeys(other for value in below for other in self.tree.flat(value))
                yield from ((_dotted((keys[0], other)), (keys[0], other)) for other in list(near)[:100])

    def _try(self, value: Any, keys: Sequence[str]) -> Any:
        try:
            return self._reached(value, keys)
        except _UnreachableError:
            return None

    def _reached(self, value: Any, keys: Sequence[str]) -> Any:
        """Return what keys lead to, of a list of mappings the list of all that they lead to there."""
        for depth, key in enumerate(keys):
            if value is None:
                return None
            if isinstance(value, dict):
                value = self.tree.flat(value).get(key, _MISSING)
                if value is _MISSING:
                    return _MISSING
            elif isinstance(value, list) and is_index(key):
                if int(key) >= len(value):
                    return _MISSING
                value = value[int(key)]
            elif isinstance(value, list):
                self._count(len(value))
                found = (self._reached(each, keys[depth:]) for each in value)
                elements = (NO_ELEMENT if each is _MISSING else each for each in found)
                return list(chain.from_iterable(each if isinstance(each, list) else [each] for each in elements))
            else:
                raise _UnreachableError(keys[:depth])
        return value

    def _reached_cell(self, row: Mapping[str, Any], keys: Sequence[str], name: str, place: _Place) -> str | None:
        try:
            value = self._reached(row, keys)
        except _UnreachableError as error:
            column, lines, index = place
            message = f'"{name}" leads into a single value'
            hint = f'"{_dotted(error.keys)}" is one here: show that, or write a mapping or null'
            self._note(column, Diagnostic("source-shape", message, at=Location(self.path, lines[index]), hint=hint))
            return None
        return None if value is _MISSING else self._cell(value, name, place, keys)

    def _check_columns(self, columns: Sequence[str], rows: int, lines: Sequence[int]) -> None:
        if not columns:
            at = Location(self.path, lines[0])
            _fail("source-shape", "every mapping is empty, so the table has no columns", at, _SHAPES)
        if len(columns) * rows > self.most_cells:
            message = f"a table of {len(columns)} columns and {rows} rows, made from far fewer values"
            _fail("source-shape", message, Location(self.path, lines[0]), "is this meant to be one table?")

    def _check_names(self, header: Sequence[str], what: str, lines: Sequence[int]) -> None:
        """Note the columns whose name another one has too, apart from blanks."""
        names = [" ".join(name.split()) for name in header]
        if len(set(names)) == len(names):
            return
        times = Counter(names)
        hint = "rename one of them, or name the columns to show, without these: columns=…"
        for index, name in enumerate(names):
            if times[name] > 1:
                at = Location(self.path, lines[0])
                self._note(index, Diagnostic("repeated-column", f'{what} "{name}"', at=at, hint=hint))

    def _note(self, column: int, problem: Diagnostic) -> None:
        """Keep the first problem of a column, and count the others: they are all of one kind."""
        first, times = self.unusable.get(column, (problem, 0))
        self.unusable[column] = first, times + 1

    def _lists(self, rows: Sequence[Any], lines: Sequence[int]) -> Table:
        names = [self._name(item, at) for item, at in zip(rows[0], lines_of(rows[0], (), lines[0]), strict=True)]
        header = [name.strip() for name in names]
        if not header:
            _fail("source-shape", "the header is empty", Location(self.path, lines[0]))
        self._check_names(header, "the header repeats", lines)
        cells = [self._row(row, lines[index], header) for index, row in enumerate(rows[1:], 1)]
        for index, row in enumerate(cells, 1):
            if len(row) != len(header):
                message = f"{len(row)} value{'s' * (len(row) != 1)}, but the header has {len(header)}"
                hint = "write null for a missing value" if len(row) < len(header) else ""
                at = Location(self.path, lines[index])
                self.problems.add(Diagnostic("row-length", message, at=at, hint=hint))
        return self._finish(header, cells, lines[1:])

    def _row(self, values: list[Any], line: int, names: Sequence[str]) -> list[str | None]:
        if _SCALARS.issuperset(map(type, values)):
            return list(values)
        lines = lines_of(values, (), line)
        named = enumerate(zip(values, chain(names, repeat("")), strict=False))
        return [self._cell(value, name, (column, lines, column)) for column, (value, name) in named]

    def _values(self, header: list[str], names: Sequence[str], values: Sequence[Any], lines: Sequence[int]) -> Table:
        """Return the table of single values: they are in one column, the keys of a mapping in another."""
        column = len(header) - 1
        cells = self._column(list(values), lines, "", column)
        rows = [[cell] for cell in cells] if column == 0 else list(map(list, zip(names, cells, strict=True)))
        self._check_names(header, "two columns have the name", lines)
        return self._finish(header, rows, lines)

    def _name(self, value: Value, line: int) -> str:
        if value is not None and not isinstance(value, str):
            at = Location(self.path, line_of(value, line))
            self.problems.add(Diagnostic("source-shape", f"{kind_of(value)} in the header", at=at))
            return ""
        return value or ""

    def _cell(self, value: Value, name: str, place: _Place, keys: Sequence[str] = ()) -> str | None:
        """Return the cell for a value: a list of single values is joined, what else is nested is noted."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return _WORDS[value]
        if isinstance(value, list) and all(map(_is_single, value)):
            self.lists.add(place[0])
            return self._joined(value)
        where = f' under "{name}"' if name else ""
        column, lines, index = place
        if isinstance(value, Tagged):
            message, hint = f"{kind_of(value)}{where} is not supported", "remove the tag: values are shown as written"
        else:
            what = kind_of(value)
            if isinstance(value, list):
                what = f"a list with {kind_of(next(each for each in value if not _is_single(each)))} in it"
            message = f"{what}{where} instead of a single value"
            hint = _hint_at_part(value, keys or [name])
        at = Location(self.path, line_of(value, lines[index]))
        self._note(column, Diagnostic("source-shape", message, at=at, hint=hint))
        return None

    def _count(self, elements: int) -> None:
        """Count elements of lists. Raise MdtablesError for too many, which aliases can make of few."""
        self.elements += elements
        if self.elements > self.most_cells:
            message = f"lists of more than {self.most_cells} values, made from far fewer"
            _fail("source-shape", message, Location(self.path, self.tree.line), "is this meant to be one table?")

    def _joined(self, values: Sequence[Any]) -> str:
        self._count(len(values))
        return LIST_SEPARATOR.join(text_of(each) or "" for each in values)

    def _finish(
        self, header: Sequence[str], rows: list[list[str | None]], lines: Sequence[int], named_only: int = 0
    ) -> Table:
        self.problems.raise_any()
        unusable = {column: [_counted(*found)] for column, found in self.unusable.items()}
        return Table(header, rows, lines=lines, unusable=unusable, named_only=named_only, lists=frozenset(self.lists))


def text_of(value: Value) -> str | None:
    """Return the text of a single value."""
    return _WORDS[value] if isinstance(value, bool) else value  # type: ignore[return-value]


def _is_single(value: Value) -> bool:
    return value is None or isinstance(value, str | bool)


def _is_flat(value: Value) -> bool:
    return _is_single(value) or (isinstance(value, list) and all(map(_is_single, value)))


def _unlikeness(value: Value) -> int:
    """Return how unlike a table something is that may be one: a list of mappings is the most likely."""
    items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if not isinstance(items[0], list | dict):
        return 2
    return 0 if isinstance(value, list) else 1


def _may_be_table(value: Value) -> bool:
    if not isinstance(value, list | dict) or not value:
        return False
    items = value if isinstance(value, list) else list(value.values())
    return isinstance(items[0], list | dict) or all(map(_is_single, items))


def _odd_row(rows: Sequence[Value]) -> tuple[int, str]:
    """Return the index of the first row of another kind than the first one, and what it must be."""
    kind = next((kind for kind in (list, dict) if isinstance(rows[0], kind)), None)
    odd = next((i for i, row in enumerate(rows) if not (isinstance(row, kind) if kind else _is_single(row))), 0)
    return odd, "of the same kind as the first one" if odd else "a mapping or a list"


def _counted(problem: Diagnostic, times: int) -> Diagnostic:
    if times == 1:
        return problem
    return problem._replace(message=f"{problem.message}, and so in {times - 1} more row{'s' * (times > 2)}")


def _dotted(keys: Sequence[str]) -> str:
    return str(Source("", tuple(keys)))[1:]


def _hint_at_part(value: Any, keys: Sequence[str]) -> str:
    """Return the hint at a dotted name for what is nested under a column, if there is one that reaches in."""
    inside = next((each for each in value if isinstance(each, dict)), None) if isinstance(value, list) else value
    first = next(iter(inside), None) if isinstance(inside, dict) else None
    if keys[-1] and isinstance(first, str):
        return f'name what to show of it: columns="{_dotted([*keys, first])}"'
    return "a cell contains one value; name the columns to show, without this one: columns=…"
