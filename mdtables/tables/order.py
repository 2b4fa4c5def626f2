"""The order of rows: as `sort` has it, without case, natural, or one's own. Missing values come last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mdtables.model.option_values import SortKey
from mdtables.tables.numbers import have_versions, is_missing, strict_number, written_number

_DIGITS = re.compile(r"(\d+)", re.ASCII)
_Key = Callable[[str], Any]


def ordered(rows: Iterable[int], keys: Sequence[tuple[SortKey, Sequence[str]]]) -> list[int]:
    """Return the indexes of rows in order: by the first key, then by the next. Each has the values of all rows."""
    order = list(rows)
    for key, values in reversed(keys):
        missing = is_missing if key.by == "natural" else _is_empty
        present = [row for row in order if not missing(values[row])]
        of_value = _key_of(key, [values[row] for row in present])
        present.sort(key=lambda row, values=values, of=of_value: of(values[row]), reverse=key.descending)  # type: ignore[misc]
        order = present + [row for row in order if missing(values[row])]
    return order


def _is_empty(value: str) -> bool:
    return not value


def _key_of(key: SortKey, values: Sequence[str]) -> _Key:
    """Return what values are compared by."""
    if key.order:
        places = {value: (place, ()) for place, value in enumerate(key.order)}
        rest = places.get("*", (len(places), ()))[0]
        return lambda value: places[value] if value in places and value != "*" else (rest, plain(value))
    if key.by == "i":
        return lambda value: (plain(value)[:2], folded(value), value)
    if key.by == "natural":
        return _natural(values)
    return plain


def plain(value: str) -> tuple[int, Any, str]:
    """Return a key that puts numbers before text."""
    number = strict_number(value)
    return (1, 0, value) if number is None else (0, number, "")


def _natural(values: Sequence[str]) -> _Key:
    """Return a key that knows numbers as people write them, and those inside of text, like versions."""
    have_decimals = not have_versions(values)

    def key(value: str) -> tuple[int, Any, Any, str]:
        number = written_number(value) if have_decimals else None
        if number is not None:
            return 0, number, (), value
        pieces = enumerate(_DIGITS.split(folded(value)))
        return 1, 0, [_number_of(piece) if place % 2 else (-1, piece) for place, piece in pieces], value

    return key


def _number_of(digits: str) -> tuple[int, str]:
    """Return a key for a run of digits, however long it is."""
    digits = digits.lstrip("0")
    return len(digits), digits


def folded(text: str) -> str:
    """Return a text without case and accents."""
    if text.isascii():
        return text.lower()
    from unicodedata import combining, normalize  # most text is ASCII

    return "".join(each for each in normalize("NFKD", text) if not combining(each)).casefold()
