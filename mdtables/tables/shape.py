"""Source table -> the table that a region shows: sort, limit, columns, alignments. Knows no encodings and no disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mdtables.model.diagnostics import Locate, unknown_word
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import AlignRule, Column, Options, SortKey
from mdtables.model.table import Alignment, Row, Shaped, Table
from mdtables.tables.packed import Rows

if TYPE_CHECKING:
    from decimal import Decimal

_MOST_COLUMNS = 10_000  # in a region: renderers take minutes for more
_DIGITS = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER = re.compile(_DIGITS, re.ASCII)
_OTHER_LINE = re.compile(rf"^(?!(?:{_DIGITS})?$)", re.ASCII | re.MULTILINE)  # neither a number nor empty


def shape(table: Table, options: Options, locate: Locate) -> Shaped:
    """Sort the table, cut it to `limit` rows, choose its columns and align them. Raise MdtablesError."""
    indexes = _indexes(table.header)
    own = len(table.header) - table.named_only
    chosen = _chosen(table.header, own, options.columns, locate)
    columns = [index for index, _ in chosen]
    key = _index(options.key, indexes, "key", locate) if options.key else columns[0]
    if table.unusable:
        _check_usable(
            table, [*columns, key, *(_index(by.name, indexes, "sort", locate) for by in options.sort)], locate
        )
    rows, order = _rows(table, options, locate)
    lines, paths = table.lines[: len(rows)], table.paths[: len(rows)]
    if options.sort:
        lines = [table.lines[row] for row in order] if lines else ()
        paths = [table.paths[row] for row in order] if paths else ()
    if len(chosen) > _MOST_COLUMNS:
        message = f"{len(chosen)} columns, more than the {_MOST_COLUMNS} that a table can have"
        raise failure("source-shape", message, at=locate("source"), hint="choose some of them with columns=…")
    if columns != list(range(len(table.header))):
        rows = Rows.pack(len(columns), ([row[index] for index in columns] for row in rows))
    header = [name for _, name in chosen]
    shown = Table(
        header, Rows.view(len(columns), rows), lines=lines, folders=table.folders, path=table.path, paths=paths
    )
    shown = shown._replace(align=alignments(shown, options.align, locate))
    hides_columns = not set(columns).issuperset(range(own))
    return Shaped(shown, order, columns, hides_columns, columns.index(key) if key in columns else 0)


def _check_usable(table: Table, columns: Iterable[int], locate: Locate) -> None:
    """Raise MdtablesError with what is wrong with the columns that are used."""
    problems = [found for column in dict.fromkeys(columns) for found in table.unusable.get(column, ())]
    if problems:
        in_order = sorted(dict.fromkeys(problems), key=lambda found: found.at.line)
        raise MdtablesError(*(found.used_at(locate()) for found in in_order))


def _rows(table: Table, options: Options, locate: Locate) -> tuple[Sequence[Row], Sequence[int]]:
    """Return the rows that a region shows, in its order, and their indexes in the source."""
    if not options.sort:
        rows = table.rows if options.limit is None else table.rows[: options.limit]
        return rows, range(len(rows))
    order, every = _sorted(table, options.sort, locate)[: options.limit], list(table.rows)
    return Rows.pack(len(table.header), (every[index] for index in order)), order


def rows_needed(options: Options) -> int | None:
    """Return how many of the source's first rows a region needs, or None if it needs all of them."""
    return None if options.sort else options.limit


def shown_as(name: str, columns: Sequence[Column]) -> str:
    """Return the header under which `columns` shows the source's column of this name."""
    return next((column.header for column in columns if column.name == name and not column.rest), name)


def alignments(table: Table, rules: Sequence[AlignRule], locate: Locate) -> list[Alignment]:
    """Return an alignment for each column, by the rules, else `auto`. Raise MdtablesError if the rules do not fit."""
    found: list[str] = ["auto"] * len(table.header)
    if len(rules) == 1 and rules[0].header is None:
        found = [rules[0].alignment] * len(table.header)
    elif rules and rules[0].header is None:
        if len(rules) != len(table.header):
            message = f"{len(rules)} alignments for {len(table.header)} columns"
            hint = "align takes one alignment for all columns, or one for each"
            raise failure("option-value", message, at=locate("align"), hint=hint)
        found = [rule.alignment for rule in rules]
    else:
        indexes = _indexes(table.header)
        for rule in rules:
            found[_index(str(rule.header), indexes, "align", locate)] = rule.alignment
    automatic = (index for index, word in enumerate(found) if word == "auto")
    auto: dict[int, Alignment] = dict.fromkeys(_numeric(table.rows, len(found), automatic), "right")
    return [auto.get(i, "none") if word == "auto" else word for i, word in enumerate(found)]  # type: ignore[misc]


def _numeric(rows: Sequence[Row], width: int, columns: Iterable[int]) -> set[int]:
    """Return those of these columns that contain a number, and otherwise only numbers and empty cells."""
    left, found = set(columns), set[int]()
    for cells in Rows.view(width, rows).chunks():
        if not left:
            break
        for column in list(left):
            values = cells[column::width]
            joined = "".join(values)
            if joined:
                found.add(column)
            # most numbers are whole: checking their digits together takes a quarter of the time
            if not (joined.isascii() and joined.isdigit()) and not _are_numbers(values):
                left.discard(column)
    return left & found


def _are_numbers(values: Sequence[str]) -> bool:
    text = "\n".join(values)
    return text.count("\n") == len(values) - 1 and not _OTHER_LINE.search(text)


def _indexes(names: Sequence[str]) -> dict[str, int]:
    """Return the index of each name, with runs of blanks as one; of a repeated one, the first."""
    indexes: dict[str, int] = {}
    for index, name in enumerate(names):
        indexes.setdefault(" ".join(name.split()), index)
    return indexes


def _index(name: str, indexes: Mapping[str, int], option: str, locate: Locate) -> int:
    name = " ".join(name.split())
    if name not in indexes:
        message = f'{option}: there is no column "{name}"'
        at = locate(option, name)
        is_word = at != locate(option)
        found = unknown_word("unknown-column", message, name, indexes, at=at, is_word=is_word, what="columns")
        raise MdtablesError(found)
    return indexes[name]


def _chosen(header: Sequence[str], own: int, columns: Sequence[Column], locate: Locate) -> list[tuple[int, str]]:
    """Return the index in the source and the shown header of each column; `*` is replaced by those not named.

    Without `columns` they are the first `own` ones.
    """
    if not columns:
        return list(enumerate(header[:own]))
    indexes = _indexes(header)
    named = [None if column.rest else _index(column.name, indexes, "columns", locate) for column in columns]
    chosen = set(named)
    found: list[tuple[int, str]] = []
    for column, index in zip(columns, named, strict=True):
        if index is None:
            found += [(i, name) for i, name in enumerate(header[:own]) if i not in chosen]
        else:
            found.append((index, column.header))
    numbered = {column.header for column in columns if _is_numbered(column)}
    repeated = Counter(name for _, name in found if name not in numbered)
    name, times = repeated.most_common(1)[0] if repeated else ("", 0)
    if times > 1:
        message = f'columns: two columns have the header "{name}"'
        raise failure("repeated-column", message, at=locate("columns", name), hint="rename one: column as Header")
    return found


def _is_numbered(column: Column) -> bool:
    """Return True for a column like `name 2 as name`: a header is repeated on purpose, as data cannot."""
    name, _, number = column.name.rpartition(" ")
    return number.isdigit() and (name == column.header or not column.header)


def _sorted(table: Table, keys: Iterable[SortKey], locate: Locate) -> list[int]:
    """Return the rows' indexes in order: numbers, text by code point, then empty and missing, also when descending."""
    order, indexes = list(range(len(table.rows))), _indexes(table.header)
    by_name: dict[str, SortKey] = {}
    for key in keys:
        by_name.setdefault(key.name, key)  # a column named again changes nothing
    places = [_index(key.name, indexes, "sort", locate) for key in by_name.values()]
    columns = Rows.view(len(table.header), table.rows).columns_at(places)
    for key, values in reversed(list(zip(by_name.values(), columns, strict=True))):
        present = [i for i in order if values[i]]
        present.sort(key=lambda i, values=values: _sort_key(values[i]), reverse=key.descending)  # type: ignore[misc]
        order = present + [i for i in order if not values[i]]
    return order


def _sort_key(value: str) -> tuple[int, Decimal, str]:
    """Return a key that puts numbers before text. Decimal, since a float has no more than 17 digits."""
    from decimal import Decimal, InvalidOperation  # most tables are not sorted

    if _NUMBER.fullmatch(value):
        try:
            return 0, Decimal(value), ""
        except InvalidOperation:  # an exponent of twenty digits counts as text
            pass
    return 1, Decimal(0), value
