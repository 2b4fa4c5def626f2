"""What SQL does with our values: the order of texts, and functions on decimals. Knows no database."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any

from mdtables.tables.numbers import strict_number
from mdtables.tables.order import plain

_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow])
_MOST_KNOWN = 50_000
_LARGEST = 2**63
_DIGITS = 15

Value = str | int | float | None


class NotANumberError(ValueError):
    """A function of numbers got something else, or its result cannot be written exactly."""


def number(value: Value, function: str) -> Decimal | None:
    """Return the number that a value is; None for a missing one. Raise NotANumberError."""
    if value is None or value == "":
        return None
    found = strict_number(value) if isinstance(value, str) else Decimal(repr(value))
    if found is None or not found.is_finite():
        raise NotANumberError(f'{function}: "{value}" is not a number')
    return found


def as_value(found: Decimal, function: str, *, exactly: bool = True) -> int | float:
    """Return a decimal as SQL's numbers are. Raise NotANumberError if it would lose digits."""
    if found == found.to_integral_value() and abs(found) < _LARGEST:
        return int(found)
    result = float(found)
    if exactly and Decimal(format(result, f".{_DIGITS}g")) != found:
        raise NotANumberError(f"{function}: {found:f} has more than {_DIGITS} digits, which a query cannot hold")
    return result


class Sum:
    """The exact sum of decimals; missing values do not count, and without any other the sum is missing."""

    name = "sum"

    def __init__(self) -> None:
        self.total, self.count = Decimal(0), 0

    def step(self, value: Value) -> None:
        self._add(value, 1)

    def inverse(self, value: Value) -> None:
        self._add(value, -1)

    def _add(self, value: Value, sign: int) -> None:
        found = number(value, self.name)
        if found is not None:
            try:
                self.total = _EXACT.add(self.total, found.copy_negate() if sign < 0 else found)
            except (Inexact, Overflow):
                raise NotANumberError(f'{self.name}: "{value}" is too large, or too small') from None
            self.count += sign

    def value(self) -> Value:
        return as_value(self.total, self.name) if self.count else None

    def finalize(self) -> Value:
        return self.value()


class Average(Sum):
    """The mean of decimals, rounded to the digits that SQL's numbers have."""

    name = "avg"

    def value(self) -> Value:
        return as_value(self.total / self.count, self.name, exactly=False) if self.count else None


def rounded(value: Value, places: Value = 0) -> Value:
    """Return a number rounded half away from zero, as people do and SQLite does not."""
    found = number(value, "round")
    if found is None or places is None:
        return None
    unit = Decimal(1).scaleb(-max(min(int(places), 30), 0))
    return as_value(found.quantize(unit, ROUND_HALF_UP, _ROUNDING), "round", exactly=False)


_ROUNDING = Context(prec=400)


def lower(value: Value) -> str | None:
    return None if value is None else str(value).lower()


def upper(value: Value) -> str | None:
    return None if value is None else str(value).upper()


def comparison() -> Callable[[str, str], int]:
    """Return what compares two texts as `sort` does: numbers as such, before text; equal ones by their spelling."""
    known: dict[str, tuple[int, Any, str]] = {}

    def key(value: str) -> tuple[int, Any, str]:
        found = known.get(value)
        if found is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            found = known[value] = plain(value)
        return found

    def compare(one: str, other: str) -> int:
        if one == other:
            return 0
        first, second = key(one), key(other)
        if first == second:
            return -1 if one < other else 1
        return -1 if first < second else 1

    return compare
