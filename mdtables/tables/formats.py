"""A number or a date in a format, and back. English names only; no locale, no clock, no digit lost.

What is not a number, or not a date, has no form: None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mdtables.model.templates import DateFormat, Format, NumberFormat
from mdtables.tables.numbers import strict_number

if TYPE_CHECKING:
    from decimal import Decimal

_MOST_DIGITS = 200  # before or after the point: 1e999999999 would fill the memory
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?", re.ASCII
)
_DIRECTIVE = re.compile(r"%-?.")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PATTERNS = {
    "%Y": r"(?P<Y>\d{4})", "%m": r"(?P<m>\d\d)", "%-m": r"(?P<m>\d\d?)", "%B": rf"(?P<B>{'|'.join(_MONTHS)})",
    "%b": rf"(?P<b>{'|'.join(name[:3] for name in _MONTHS)})", "%d": r"(?P<d>\d\d)", "%-d": r"(?P<d>\d\d?)",
    "%e": r"(?P<d> ?\d\d?)", "%A": rf"(?:{'|'.join(_DAYS)})", "%a": rf"(?:{'|'.join(name[:3] for name in _DAYS)})",
    "%%": "%",
}  # fmt: skip


def formatted(text: str, form: Format) -> str | None:
    """Return a value in a format; an empty one stays empty."""
    if not text:
        return ""
    return _date(text, form.text) if isinstance(form, DateFormat) else _number(text, form)


def unformatted(text: str, form: Format) -> str | None:
    """Return the value that is written so in a format; None if there is no single one."""
    value = _undated(text, form.text) if isinstance(form, DateFormat) else _unnumbered(text, form)
    return value if value is not None and formatted(value, form) == text else None


def respelled(text: str, form: Format) -> str | None:
    """Return a hand-written number or date as its format spells it; None if it is neither."""
    value = _unnumbered(text, form) if isinstance(form, NumberFormat) and form.percent else text
    return formatted(value or text, form)


def shows_all(form: Format | None) -> bool:
    """Return True for a format that leaves out no part of a value."""
    if isinstance(form, DateFormat):
        return "%Y" in form.text and bool(re.search("%-?[mBb]", form.text)) and bool(re.search("%(?:-?d|e)", form.text))
    return form is None or form.decimals is None


def formatter(form: Format) -> Callable[[str], str | None]:
    """Return what formats many values."""

    def form_of(text: str) -> str | None:
        return formatted(text, form)

    if form != NumberFormat(sign=False, thousands=True, decimals=None, percent=False):
        return form_of
    # a whole number takes a tenth of the time as an int
    return lambda text: f"{int(text):,}" if text.isascii() and text.isdigit() and len(text) < 18 else form_of(text)


def _number(text: str, form: NumberFormat) -> str | None:
    number = strict_number(text)
    if number is None or not _is_moderate(number):
        return None
    spec = f"{'+' * form.sign}{',' * form.thousands}"
    spec += f".{form.decimals}" if form.decimals is not None else ""
    return format(number, f"{spec}{'%' if form.percent else 'f'}")


def _is_moderate(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent > -_MOST_DIGITS and number.adjusted() < _MOST_DIGITS


def _unnumbered(text: str, form: NumberFormat) -> str | None:
    digits = text.removesuffix("%") if form.percent else text
    number = strict_number(digits.replace(",", "") if form.thousands else digits)
    if number is None or not _is_moderate(number):
        return None
    if form.percent:
        number = number.scaleb(-2)
        return format(number, "f")
    return digits.replace(",", "").removeprefix("+") if form.sign or form.thousands else digits


def _date(text: str, form: str) -> str | None:
    from datetime import date  # few tables have dates in a format

    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = found.groups()
    try:
        weekday = date(int(year), int(month), int(day)).weekday()
    except ValueError:
        return None
    parts = {
        "%Y": year, "%y": year[2:], "%m": month, "%-m": str(int(month)), "%d": day, "%-d": str(int(day)),
        "%e": str(int(day)), "%B": _MONTHS[int(month) - 1], "%b": _MONTHS[int(month) - 1][:3], "%A": _DAYS[weekday],
        "%a": _DAYS[weekday][:3], "%H": hour, "%M": minute, "%S": second or (minute and "00"), "%%": "%",
    }  # fmt: skip
    if any(parts[each] is None for each in _DIRECTIVE.findall(form)):
        return None
    return _DIRECTIVE.sub(lambda each: parts[each[0]] or "", form)


def _undated(text: str, form: str) -> str | None:
    pieces, at = [], 0
    for found in _DIRECTIVE.finditer(form):
        if found[0] not in _PATTERNS:
            return None
        pieces += [re.escape(form[at : found.start()]), _PATTERNS[found[0]]]
        at = found.end()
    try:
        match = re.fullmatch("".join([*pieces, re.escape(form[at:])]), text, re.ASCII)
    except re.error:  # a part that is there twice
        return None
    parts = match.groupdict() if match else {}
    month = parts.get("m") or _month(parts.get("B") or parts.get("b") or "")
    if not ("Y" in parts and month and "d" in parts):
        return None
    return f"{parts['Y']}-{int(month):02}-{int(parts['d']):02}"


def _month(name: str) -> str:
    return next((str(number) for number, month in enumerate(_MONTHS, 1) if name and month.startswith(name)), "")
