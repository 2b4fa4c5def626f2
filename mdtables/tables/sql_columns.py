"""A column of texts -> what SQL compares and orders: numbers, where its cells are numbers, and else texts.

Knows how a number was spelled, which a database forgets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from mdtables.model.queries import tokens
from mdtables.model.table import NUMBER
from mdtables.tables.numbers import strict_number

Value = str | int | float | None
Spellings = dict[int | float, str]
"""Numbers that are not spelled as they would be written by default; of two spellings, the longer one."""

_PADDED = r"(?am)^[+-]?0\d[\d.]*(?:[eE][+-]?\d+)?$"  # a code, like 007
_IN_BLANKS = rf"(?am)^(?:[^\S\n]+{NUMBER}[^\S\n]*|{NUMBER}[^\S\n]+)$"  # SQLite would take it for a number
_LONG = r"(?am)^[+-]?(?:(?=(?:\.?\d){16})[\d.]+|[\d.]+[eE][+-]?\d+)$"
_STRICT = re.compile(NUMBER, re.ASCII)
_LARGEST = 2**63
_DIGITS = 15


def are_numbers_exact(chunks: Iterable[Sequence[str | None]]) -> bool:
    """Return True if each number in a column can be held as one, and none of them is a code with leading zeros."""
    for values in chunks:
        joined = "\n".join(filter(None, values))
        if re.search(_PADDED, joined) or (_has_blanks(joined) and re.search(_IN_BLANKS, joined)):
            return False
        may_be_long = "e" in joined.lower() or any(len(value) > _DIGITS for value in values if value)
        if may_be_long and not all(_is_exact(found[0]) for found in re.finditer(_LONG, joined)):
            return False
    return True


def _has_blanks(joined: str) -> bool:
    return not joined.isascii() or any(blank in joined for blank in " \t\v\f\r")


def _is_exact(text: str) -> bool:
    found = strict_number(text)
    if found is None:
        return True
    if found.adjusted() > _DIGITS and not (text.lstrip("+-").isdigit() and abs(found) < _LARGEST):
        return False
    return text.lstrip("+-").isdigit() or Decimal(format(float(found), f".{_DIGITS}g")) == found


def as_numbers(values: Iterable[str | None], spellings: Spellings) -> Iterator[Value]:
    """Yield the cells of a column as numbers, where they are, and add how these are spelled."""
    for value in values:
        if not value:
            yield None
        elif value.isascii() and value.isdigit():
            yield int(value)
        elif not _STRICT.fullmatch(value):
            yield value
        else:
            number = int(value) if value.lstrip("+-").isdigit() else float(value)
            if str(number) != value and as_text(number) != value and len(value) > len(spellings.get(number, "")):
                spellings[number] = value
            yield number


def as_text(value: float) -> str:
    """Return a number as it is written by default: without an exponent, with at most 15 digits if it has decimals."""
    if isinstance(value, int):
        return str(value)
    short = repr(value)
    if len(short) <= _DIGITS and "e" not in short:  # a fifth of the time
        return short.removesuffix(".0")
    text = format(Decimal(format(value, f".{_DIGITS}g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def aliases(sql: str) -> dict[str, set[str]]:
    """Return the columns that have other names, by these: `t.eur AS price`. What is calculated has none."""
    found = list(tokens(sql))
    names: dict[str, set[str]] = {}
    for index in range(2, len(found) - 1):
        if found[index].spelled.upper() != "AS":
            continue
        own = names.setdefault(found[index + 1].value.lower(), set())
        before = found[index - 4] if found[index - 2].spelled == "." and index >= 4 else found[index - 2]
        is_column = found[index - 1].kind in ("word", "name")
        if is_column and before.spelled.upper() in ("SELECT", "DISTINCT", "ALL", ","):
            own.add(found[index - 1].value.lower())
    return names


def meant_by(name: str, renamed: dict[str, set[str]]) -> set[str]:
    """Return the names in the sources that a selected column may have, in lower case."""
    found, seen, waiting = set[str](), set[str](), [name.lower()]
    while waiting:
        each = waiting.pop()
        if each not in renamed or each in renamed[each]:
            found.add(each)
        waiting += renamed.get(each, set()) - seen
        seen.add(each)
    return found
