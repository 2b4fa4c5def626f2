"""What SQL does with our values: the order of texts, and functions on decimals. Knows no database."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext
from typing import Any

from mdtables.tables.numbers import strict_number
from mdtables.tables.order import plain

_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow])
_MOST_KNOWN = 200_000
_PLAIN = r"(?a)(?:-?\d{1,30}(?:\.\d{1,30})?(?:\n|\Z))*"
_LARGEST = 2**63
_DIGITS, _DECIMALS = 15, 8
_LARGEST_FLOAT = 1e15  # a float from here on has lost decimals
_AT_ONCE = 10_000  # values that wait to be added

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
    """Return a decimal as SQL's numbers are. Raise NotANumberError if it would lose digits that data have.

    With more decimals it is a sum of quotients, of which no digit is the last.
    """
    if not math.isfinite(float(found)):
        raise NotANumberError(f"{function}: the result is too large")
    if found == found.to_integral_value() and abs(found) < _LARGEST:
        return int(found)
    result = float(found)
    is_of_data = exactly and isinstance(exponent := found.as_tuple().exponent, int) and exponent >= -_DECIMALS
    if is_of_data and Decimal(format(result, f".{_DIGITS}g")) != found:
        raise NotANumberError(f"{function}: {found:f} has more than {_DIGITS} digits, which a query cannot hold")
    return result


class Sum:
    """The exact sum of decimals; missing values do not count, and without any other the sum is missing.

    Values are only collected at each step, and added when the sum is asked for: one by one takes three times as long.
    """

    name = "sum"

    def __init__(self) -> None:
        self.total, self.count = Decimal(0), 0
        self._added: list[Value] = []
        self._removed: list[Value] = []

    def step(self, value: Value) -> None:
        self._added.append(value)
        if len(self._added) >= _AT_ONCE:
            self._add_waiting()

    def inverse(self, value: Value) -> None:
        self._removed.append(value)

    def value(self) -> Value:
        self._add_waiting()
        return self.result() if self.count else None

    def _add_waiting(self) -> None:
        self._add(self._added, 1)
        self._add(self._removed, -1)
        self._added, self._removed = [], []

    def finalize(self) -> Value:
        return self.value()

    def result(self) -> Value:
        return as_value(self.total, self.name)

    def _add(self, values: list[Value], sign: int) -> None:
        found = _numbers([value for value in values if value not in (None, "")], self.name)
        try:
            with localcontext(_EXACT):
                self.total += sign * sum(found, Decimal(0))
        except (Inexact, Overflow):
            raise NotANumberError(f"{self.name}: a number is too large, or too small") from None
        self.count += sign * len(found)


class Average(Sum):
    """The mean of decimals, rounded to the digits that SQL's numbers have."""

    name = "avg"

    def result(self) -> Value:
        return as_value(self.total / self.count, self.name, exactly=False)


def _numbers(values: list[Value], function: str) -> list[Decimal]:
    """Return the numbers that values are. Raise NotANumberError."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) == len(values) and re.fullmatch(_PLAIN, "\n".join(texts)):
        return list(map(Decimal, texts))
    return [found for value in values if (found := number(value, function)) is not None]


def rounded(value: Value, places: Value = 0) -> Value:
    """Return a number rounded half away from zero, as people do and SQLite does not."""
    found = number(value, "round")
    if found is None or places is None:
        return None
    digits = number(places, "round")
    if digits is None or digits != digits.to_integral_value():
        raise NotANumberError(f'round: "{places}" is not a number of decimals')
    if isinstance(value, float) and abs(value) >= _LARGEST_FLOAT:
        raise NotANumberError(f"round: {found:.16g} has more than {_DIGITS} digits, which were lost before")
    unit = Decimal(1).scaleb(-max(min(int(digits), 30), -30))
    try:
        return as_value(found.quantize(unit, ROUND_HALF_UP, _ROUNDING), "round", exactly=False)
    except InvalidOperation:
        raise NotANumberError(f'round: "{value}" is too large') from None


_ROUNDING = Context(prec=400)


def lower(value: Value) -> str | None:
    return None if value is None else text(value).lower()


def upper(value: Value) -> str | None:
    return None if value is None else text(value).upper()


def instr(value: Value, part: Value) -> int | None:
    return None if value is None or part is None else text(value).find(text(part)) + 1


def replace(value: Value, old: Value, new: Value) -> str | None:
    """Return a text with every occurrence of another replaced, but not of an empty one."""
    if value is None or old is None or new is None:
        return None
    return text(value).replace(text(old), text(new)) if text(old) else text(value)


def trim(value: Value, characters: Value = " ") -> str | None:
    return None if value is None or characters is None else text(value).strip(_few(characters))


def ltrim(value: Value, characters: Value = " ") -> str | None:
    return None if value is None or characters is None else text(value).lstrip(_few(characters))


def rtrim(value: Value, characters: Value = " ") -> str | None:
    return None if value is None or characters is None else text(value).rstrip(_few(characters))


def _few(characters: Value) -> str:
    """Return the characters to strip, each once, as the time for a long list of them is a product."""
    return "".join(dict.fromkeys(text(characters)))


def text(value: Value) -> str:
    """Return a value as SQL writes it in a text."""
    return format(value, ".15g") if isinstance(value, float) else str(value)


def comparison() -> Callable[[str, str], int]:
    """Return what compares two texts as `sort` does: numbers as such, before text; equal ones by their spelling."""
    known: dict[str, tuple[tuple[int, Any, str], str]] = {}

    def key(value: str) -> tuple[tuple[int, Any, str], str]:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        is_digits = value.isascii() and value.isdigit()  # a quarter of the time of reading a decimal
        known[value] = found = (0, int(value), "") if is_digits and len(value) < _DIGITS else plain(value), value
        return found

    def compare(one: str, other: str) -> int:
        if one == other:
            return 0
        return -1 if (known.get(one) or key(one)) < (known.get(other) or key(other)) else 1

    return compare
