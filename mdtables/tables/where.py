"""The rows that meet a condition, column by column. Total and bounded: no calls, no patterns, no errors.

A missing value is an empty text. A number is compared with numbers, by the rule of `sort`: a cell that is not one never
meets `<`, nor `=`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from mdtables.model.conditions import Comparison, Condition, Every, Not, Some, Value, tests_in
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.table import Row, Table
from mdtables.records import NamedTuple
from mdtables.tables.numbers import strict_number
from mdtables.tables.packed import Rows
from mdtables.tables.texts import elements_of, joined_list

_Check = Callable[[str], bool]
_COMPARE = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_MOST_KNOWN = 1000  # different values of a column that are looked up instead of compared


def rows_where(table: Table, condition: Condition, columns: Mapping[str, int], joined: str) -> list[int]:
    """Return the indexes of the rows that meet a condition. `columns` are those of its names.

    `joined` is what separates the elements of a list where one is compared as a whole.
    """
    width, start, found = len(table.header), 0, list[int]()
    check = _Checks(table, columns, joined)
    for cells in Rows.view(width, table.rows).chunks():
        rows = len(cells) // width
        found += [start + row for row in check.met(condition, cells, width, range(rows))]
        start += rows
    return found


def names_of(condition: Condition) -> list[str]:
    """Return the names of the columns in a condition, each once."""
    return list(dict.fromkeys(test.name for test in tests_in(condition)))


def misfits(
    table: Table, condition: Condition, columns: Mapping[str, int], option: str, at: Location
) -> Iterator[Diagnostic]:
    """Yield a warning for each column that is compared with numbers and has other values, at the first of these.

    And for one of numbers whose order is that of a text, as in `stars > '1000'`.
    """
    is_order = {test: test.operator in ("<", "<=", ">", ">=") for test in tests_in(condition)}
    numbers = {test.name: test for test in is_order if test.value.is_number}
    texts = {
        test.name: test for test, order in is_order.items() if order and strict_number(test.value.text) is not None
    }
    for name in dict.fromkeys([*numbers, *texts]):
        test = numbers.get(name) or texts[name]
        found = first_misfit(table, columns[name], is_number=not test.value.is_number)
        if found is None:
            continue
        row, value, count = found
        more = f" ({count - 1} more like it)" if count > 1 else ""
        wanted = test.value.text
        if test.value.is_number:
            message = f'{option}: "{value}" in "{name}" is not a number, so it is not compared with {wanted}{more}'
            hint = f"to compare text, put it in single quotes: '{wanted}'"
        else:
            message = f'{option}: \'{wanted}\' is text, so "{value}" in "{name}" is compared with it as text{more}'
            hint = f"to compare numbers, leave out the quotes: {wanted}"
        found_at = Diagnostic("value-type", message, at=table.place_of(row, at), hint=hint)
        yield found_at.used_at(at) if table.lines else found_at


def first_misfit(table: Table, column: int, *, is_number: bool) -> tuple[int, str, int] | None:
    """Return the row and the text of the first cell that is a number, or is not, and how many are; None without one."""
    first, count, at = None, 0, 0
    width = len(table.header)
    for cells in Rows.view(width, table.rows).chunks():
        values = cells[column::width]
        if is_number or not _are_whole(values):
            odd = {value for value in set(values) if value and (strict_number(value) is not None) == is_number}
            rows = [row for row, value in enumerate(values) if value in odd] if odd else []
            first = first or ((at + rows[0], values[rows[0]]) if rows else None)
            count += len(rows)
        at += len(values)
    return (*first, count) if first else None


def _are_whole(values: Sequence[str]) -> bool:
    joined = "".join(values)
    return joined.isascii() and joined.isdigit()


def meets(row: Row, condition: Condition, columns: Mapping[str, int], table: Table, joined: str) -> bool:
    """Return True if one row, with the columns of this table, meets a condition."""
    cells = [cell or "" for cell in row]
    return bool(_Checks(table, columns, joined).met(condition, cells, len(cells), (0,)))


class _Checks:
    """Evaluates conditions on chunks of cells; what was found for a value is kept."""

    def __init__(self, table: Table, columns: Mapping[str, int], joined: str) -> None:
        self.columns, self.lists, self.joined = columns, set(table.lists), joined
        self.known: dict[Comparison, _Known] = {}
        self.equal: dict[int, _Equal] = {}  # by the identity of a condition, which may be long

    def met(self, condition: Condition, cells: Sequence[str], width: int, rows: Sequence[int]) -> Sequence[int]:
        """Return those rows of a chunk that meet a condition, of some that are in order."""
        if isinstance(condition, Comparison):
            return self.test(condition, cells[self.columns[condition.name] :: width], rows)
        if isinstance(condition, Every):
            for each in condition.conditions:
                rows = self.met(each, cells, width, rows)
            return rows
        if isinstance(condition, Not):
            without = set(self.met(condition.condition, cells, width, rows))
            return [row for row in rows if row not in without]
        equal = self._equal(condition)
        some = {row for each in equal.others for row in self.met(each, cells, width, rows)}
        for column, known in equal.known.items():
            values = cells[self.columns[column] :: width]
            some.update(row for row in rows if known[values[row]])
        return [row for row in rows if row in some]

    def _equal(self, condition: Some) -> _Equal:
        """Return what looks up, instead of comparing one by one, the values that a column may be equal to."""
        if id(condition) not in self.equal:
            others: list[Condition] = []
            values: dict[str, list[Value]] = {}
            for each in condition.conditions:
                if isinstance(each, Comparison) and each.operator == "=" and self.columns[each.name] not in self.lists:
                    values.setdefault(each.name, []).append(each.value)
                else:
                    others.append(each)
            known = {name: _Known(_is_one_of(some)) for name, some in values.items()}
            self.equal[id(condition)] = _Equal(known, others)
        return self.equal[id(condition)]

    def test(self, test: Comparison, values: Sequence[str], rows: Sequence[int]) -> list[int]:
        is_list = self.columns[test.name] in self.lists
        if is_list and test.operator != "contains":
            values = [joined_list(value, self.joined) or "" for value in values]
        text = test.value.text
        if not test.value.is_number and not is_list and test.operator == "=":
            return [row for row in rows if values[row] == text]
        known = self.known.get(test)
        if known is None:
            known = self.known[test] = _Known(_check(test, is_list=is_list))
        if len(known) > _MOST_KNOWN:
            if test.value.is_number and text.isdigit() and _are_whole(values) and "" not in values:
                compare, number = _COMPARE[test.operator], int(text)  # takes a fifth of the time
                return [row for row in rows if compare(int(values[row]), number)]
            if len(known) > 10 * _MOST_KNOWN:
                known.clear()
        return [row for row in rows if known[values[row]]]


class _Equal(NamedTuple):
    """Of conditions of which one must hold: for columns what their values may equal, and all other conditions."""

    known: Mapping[str, _Known]
    others: Sequence[Condition]


def _is_one_of(values: Sequence[Value]) -> _Check:
    texts = {value.text for value in values if not value.is_number}
    numbers = {strict_number(value.text) for value in values if value.is_number} - {None}
    return lambda value: value in texts or strict_number(value) in numbers


class _Known(dict[str, bool]):
    """Values, and whether they meet a test."""

    def __init__(self, check: _Check) -> None:
        super().__init__()
        self.check = check

    def __missing__(self, value: str) -> bool:
        found = self[value] = self.check(value)
        return found


def _check(test: Comparison, *, is_list: bool) -> _Check:
    """Return what tells whether a value meets a test."""
    text = test.value.text
    if test.operator == "contains":
        return (lambda value: text in elements_of(value)) if is_list else (lambda value: text in value)
    if test.operator == "starts with":
        return lambda value: value.startswith(text)
    if test.value.is_number:
        number = strict_number(text)
        return _compared(test.operator, number, strict_number) if number is not None else lambda _: False
    return _compared(test.operator, text, str)


def _compared(operator: str, other: Any, read: Callable[[str], Any]) -> _Check:
    """Return what compares a value with another one, where it can be read as one of the same kind."""
    compare = _COMPARE[operator]

    def check(value: str) -> bool:
        one = read(value)
        return operator == "!=" if one is None else bool(compare(one, other))

    return check
