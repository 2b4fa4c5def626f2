"""A column of texts -> what SQL compares and orders: numbers, where its cells are numbers, and else texts.

Knows how a number was spelled, which a database forgets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_UNUSUAL = r"(?m)^[+-]?(?:[\d.]*\.\d*0|[\d.]+[eE].*|\.\d+|\d+\.|0+)$|^\+"  # spelled otherwise than by default
_LARGEST = 2**63
_DIGITS = 15


def are_numbers_exact(chunks: Callable[[], Iterable[Sequence[str | None]]]) -> bool:
    """Return True if each number in a column, or in several, can be held as one.

    So none of them is a code with leading zeros, and each is spelled in one way, unlike 3.1 and 3.10.
    """
    is_usual = True
    for values in chunks():
        joined = "\n".join(filter(None, values))
        if re.search(_PADDED, joined) or (_has_blanks(joined) and re.search(_IN_BLANKS, joined)):
            return False
        may_be_long = "e" in joined.lower() or any(len(value) > _DIGITS for value in values if value)
        if may_be_long and not all(_is_exact(found[0]) for found in re.finditer(_LONG, joined)):
            return False
        is_usual = is_usual and not re.search(_UNUSUAL, joined)
    spelled: dict[Decimal, str] = {}
    return is_usual or all(_is_spelled_in_one_way(values, spelled) for values in chunks())


def _is_spelled_in_one_way(values: Sequence[str | None], spelled: dict[Decimal, str]) -> bool:
    for value in values:
        if value and _STRICT.fullmatch(value) and spelled.setdefault(Decimal(value), value) != value:
            return False
    return True


def has_texts(chunks: Iterable[Sequence[str | None]]) -> bool:
    """Return True if a column has a value that is no number."""
    return any(value and not _STRICT.fullmatch(value) for values in chunks for value in values)


def has_numbers(chunks: Iterable[Sequence[str | None]]) -> bool:
    """Return True if a column has a number."""
    return any(value and strict_number(value) is not None for values in chunks for value in values)


def groups(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return names in groups, of which those in a pair are in one."""
    group: dict[str, list[str]] = {name: [name] for name in names}
    for one, other in pairs:
        if one in group and other in group and group[one] is not group[other]:
            group[one].extend(group[other])
            group.update(dict.fromkeys(group[other], group[one]))
    return list({id(each): each for each in group.values()}.values())


def as_number(value: Value) -> Value:
    """Return a text that is a number as one, and any other value as it is."""
    found = strict_number(value) if isinstance(value, str) else None
    if found is None:
        return value
    return int(found) if found == found.to_integral_value() and abs(found) < _LARGEST else float(found)


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


def meant_by(name: str, renamed: dict[str, set[str]]) -> list[str]:
    """Return the names in the sources that a selected column may have, in lower case, the likeliest first.

    A name that is given to a column or to what is calculated may also be that of another column.
    """
    first = name.lower()
    found, waiting = list[str](), sorted(renamed[first]) if first in renamed else [first]
    while waiting:
        each = waiting.pop(0)
        if each not in found:
            found.append(each)
            waiting += sorted(renamed.get(each, set()))
    return found
