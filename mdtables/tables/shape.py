"""Table -> Table: sort, limit, columns, alignments. Knows no encodings and no places: what is wrong is a ShapeError."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mdtables.model.options import AlignRule, Column, Options, SortKey, did_you_mean
from mdtables.model.table import Alignment, Row, Table
from mdtables.tables.packed import cells_of, packed, pieces_of

if TYPE_CHECKING:
    from decimal import Decimal

_MOST_COLUMNS = 10_000  # that a region shows: nobody reads more, and renderers take minutes for them
# Possessive, since a number has one reading only: a column of them goes through at six times the speed.
_DIGITS = r"[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?+\d++)?+"
_NUMBER = re.compile(_DIGITS, re.ASCII)
_NUMBERS = re.compile(rf"(?:(?:{_DIGITS})?+\n)*+", re.ASCII)


class ShapeError(ValueError):
    """An option asks for something that the table does not have. `code` is a diagnostic's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def shape(table: Table, options: Options) -> Table:
    """The table that a region shows: sorted, then cut to `limit` rows, then its columns chosen and aligned."""
    if options.key:
        _index(options.key, _indexes(table.header), "key")
    shown = _cut(table, options)
    picked = _picked(table.header, options.columns)
    if len(picked) > _MOST_COLUMNS:
        message = f"{len(picked)} columns, and a table takes {_MOST_COLUMNS}: choose some of them with columns=…"
        raise ShapeError("source-shape", message)
    if [index for index, _ in picked] != list(range(len(table.header))):
        rows = packed(len(picked), ([row[index] for index, _ in picked] for row in shown.rows))
        shown = shown._replace(rows=rows)
    shown = shown._replace(header=[name for _, name in picked])
    return shown._replace(align=alignments(shown, options.align))


def _cut(table: Table, options: Options) -> Table:
    """The table with the rows that a region shows, in its order."""
    if not options.sort:
        rows = table.rows if options.limit is None else table.rows[: options.limit]
        return table._replace(rows=rows, lines=table.lines[: options.limit])
    order, every = _sorted(table, options.sort)[: options.limit], list(table.rows)
    lines = [table.lines[index] for index in order] if table.lines else ()
    return table._replace(rows=packed(len(table.header), (every[index] for index in order)), lines=lines)


def rows_shown(options: Options) -> int | None:
    """How many of the source's rows, from the first on, a region shows; None where that takes a look at all."""
    return None if options.sort else options.limit


def origin(table: Table, options: Options) -> tuple[list[int], list[int]]:
    """The indexes in the source's table of the rows and of the columns that a region shows."""
    rows = _sorted(table, options.sort)[: options.limit]
    return rows, [index for index, _ in _picked(table.header, options.columns)]


def shown_as(name: str, columns: Sequence[Column]) -> str:
    """The header under which these columns show the source's column of this name."""
    return next((column.header for column in columns if column.name == name and not column.rest), name)


def alignments(table: Table, rules: Sequence[AlignRule]) -> list[Alignment]:
    """An alignment for each column, by the rules; without one, `auto`."""
    found: list[str] = ["auto"] * len(table.header)
    if len(rules) == 1 and rules[0].header is None:
        found = [rules[0].alignment] * len(table.header)
    elif rules and rules[0].header is None:
        if len(rules) != len(table.header):
            count = f"{len(rules)} alignments for {len(table.header)} columns"
            raise ShapeError("option-value", f"{count}: align takes one for all, or one for each")
        found = [rule.alignment for rule in rules]
    else:
        indexes = _indexes(table.header)
        for rule in rules:
            found[_index(str(rule.header), indexes, "align", "header")] = rule.alignment
    numbers = _of_numbers(table.rows, len(found), (i for i, word in enumerate(found) if word == "auto"))
    auto: dict[int, Alignment] = dict.fromkeys(numbers, "right")
    return [auto.get(i, "none") if word == "auto" else word for i, word in enumerate(found)]  # type: ignore[misc]


def _of_numbers(rows: Sequence[Row], width: int, columns: Iterable[int]) -> set[int]:
    """Those of these columns that hold numbers, whatever else is missing or empty in them."""
    left, found = set(columns), set[int]()
    for piece in pieces_of(rows):
        if not left:
            break
        cells = cells_of(piece)
        for column in list(left):
            values = cells[column::width]
            joined = "".join(values)
            if joined:
                found.add(column)
            # most are whole numbers: a look at all digits takes a quarter of the time
            if not (joined.isascii() and joined.isdigit()) and not _are_numbers(values):
                left.discard(column)
    return left & found


def _are_numbers(values: Sequence[str]) -> bool:
    text = "\n".join([*values, ""])
    return text.count("\n") == len(values) and bool(_NUMBERS.fullmatch(text))


def _indexes(names: Sequence[str]) -> dict[str, int]:
    """The index of each name; of one that is there twice, the first."""
    indexes: dict[str, int] = {}
    for index, name in enumerate(names):
        indexes.setdefault(name, index)
    return indexes


def _index(name: str, indexes: Mapping[str, int], option: str, kind: str = "column") -> int:
    if name not in indexes:
        raise ShapeError("unknown-column", f'{option}: no {kind} "{name}"{did_you_mean(name, indexes)}')
    return indexes[name]


def _picked(header: Sequence[str], columns: Sequence[Column]) -> list[tuple[int, str]]:
    """The index and the shown header of each column; `*` stands for those that are not named."""
    if not columns:
        return list(enumerate(header))
    indexes = _indexes(header)
    named = [None if column.rest else _index(column.name, indexes, "columns") for column in columns]
    chosen = set(named)
    picked: list[tuple[int, str]] = []
    for column, index in zip(columns, named, strict=True):
        if index is None:
            picked += [(i, name) for i, name in enumerate(header) if i not in chosen]
        else:
            picked.append((index, column.header))
    name, times = Counter(name for _, name in picked).most_common(1)[0]
    if times > 1:
        raise ShapeError("repeated-column", f'columns: two columns are headed "{name}"; rename one: … as …')
    return picked


def _sorted(table: Table, keys: Iterable[SortKey]) -> list[int]:
    """The rows' indexes in order: numbers, then text by code point, then what is empty or missing, also descending."""
    order, indexes = list(range(len(table.rows))), _indexes(table.header)
    by_name: dict[str, SortKey] = {}
    for key in keys:
        by_name.setdefault(key.name, key)  # a column named again has nothing left to decide
    for key in reversed(by_name.values()):
        column = _index(key.name, indexes, "sort")
        values = [row[column] for row in table.rows]
        present = [i for i in order if values[i]]
        present.sort(key=lambda i, values=values: _sort_key(values[i] or ""), reverse=key.descending)  # type: ignore[misc]
        order = present + [i for i in order if not values[i]]
    return order


def _sort_key(value: str) -> tuple[int, Decimal, str]:
    """Numbers before text. Decimal, since a float takes numbers of 17 digits for equal."""
    from decimal import Decimal, InvalidOperation  # most tables are not sorted

    if _NUMBER.fullmatch(value):
        try:
            return 0, Decimal(value), ""
        except InvalidOperation:  # an exponent of twenty digits: text, then
            pass
    return 1, Decimal(0), value
