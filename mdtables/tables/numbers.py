"""What a number is, in two ways: strictly, for `sort` and `where`; and as people write one, with separators and units.

The second is the same for `align`, for the natural order and for the script that sorts tables on a page.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mdtables.model.table import NUMBER

if TYPE_CHECKING:
    from decimal import Decimal

_BLANK = "[ \xa0\u202f]?"
_SIGN = "[+\\-\u2212]?"
# A sign, a currency, digits with or without separators of thousands, an exponent, a unit or per cent.
_WRITTEN = (
    rf"({_SIGN}){_BLANK}[$\u20ac\xa3\xa5\u20b9]?{_BLANK}({_SIGN})"
    r"(?!0[xX])(\d{1,3}(?:[,'\u2019\xa0\u202f]\d{3})+(?:\.\d*)?|\d+(?:[.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?"
    rf"{_BLANK}(?:[%\u2030\u20ac]|[a-zA-Z\xb5\xb0]{{1,4}}(?:/[a-zA-Z]+)?)?"
)
_IN_THOUSANDS = r"(?a)\d{1,3}([,'\u2019\xa0\u202f]\d{3})+(?:\.|$)"
_MISSING = "[-\u2010-\u2015\u2212]*"  # nothing, or a dash of some kind
_STRICT = re.compile(NUMBER, re.ASCII)
_VERSION = r"(?a)[vV]?\d+(?:\.\d+){2,}.*"
_OF_DECIMALS = dict.fromkeys(map(ord, "0123456789.+-"))
_NO_NUMBER = rf"(?am)^(?!(?:{_WRITTEN}|{_MISSING})$)"


def strict_number(text: str) -> Decimal | None:
    """Return a number without separators or units; Decimal, since a float has no more than 17 digits."""
    if not _STRICT.fullmatch(text):
        return None
    from decimal import Decimal, InvalidOperation  # most tables are not sorted

    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits counts as text
        return None


def written_number(text: str) -> Decimal | None:
    """Return the number that a text shows, whatever its unit; None if it is not one."""
    found = re.compile(_WRITTEN, re.ASCII).fullmatch(text)
    if not found:
        return None
    digits = found[3]
    digits = re.sub(r"[^\d.]", "", digits) if re.match(_IN_THOUSANDS, digits) else digits.replace(",", ".")
    value = strict_number(digits + (found[4] or ""))
    if value is None:
        return None
    return value.copy_negate() if set("-\u2212").intersection(found[1] + found[2]) else value


def is_missing(text: str) -> bool:
    """Return True for an empty text, and for a dash instead of a value."""
    return bool(re.fullmatch(_MISSING, text))


def are_numbers(values: Sequence[str]) -> bool:
    """Return True if each of these values shows a number, or is missing."""
    if values and not "".join(values).translate(_OF_DECIMALS):
        with suppress(ValueError):  # reading plain decimals takes a quarter of the time of looking for what is not one
            deque(map(float, values), maxlen=0)
            return True
    text = "\n".join(values)
    return text.count("\n") == len(values) - 1 and not re.search(_NO_NUMBER, text)


def have_versions(values: Sequence[str]) -> bool:
    """Return True if one of these values is a version like 1.10.2: then 1.10 is a version too, and no decimal."""
    return any(re.fullmatch(_VERSION, value) for value in values)
