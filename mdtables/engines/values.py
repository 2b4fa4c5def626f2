"""Values as Python's drivers give them -> the text in a snapshot: one table of rules for all engines.

What has no single exact text is refused, so that the query says how it is to be written.
"""

from __future__ import annotations

import datetime
import math
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from mdtables.engines import MOST_BYTES, EngineError, Row, Tick


def as_text(value: object) -> str | None:
    """Return the text of a value; None for NULL. Raise ValueError, with what the query has to do."""
    text: str | None = None
    if value is None:
        return None
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = str(int(value))
    elif isinstance(value, (Decimal, float)):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number: cast it to text, or leave it out")
        text = format(value, "f") if isinstance(value, Decimal) else repr(float(value))
    elif isinstance(value, datetime.datetime):
        text = _without_zeros(value.isoformat(" "))
    elif isinstance(value, (datetime.date, datetime.time)):
        text = _without_zeros(value.isoformat())
    elif isinstance(value, (str, uuid.UUID)):
        text = _checked(str(value))
    if text is None:
        what = type(value).__name__
        raise ValueError(f"a value of type {what}, which has no single text: cast it to text in the query")
    return text


def _without_zeros(text: str) -> str:
    """Return a time with as many digits of its seconds as it has, which Python writes as six."""
    return re.sub(r"(\.\d*?)0+(?=\D|$)", r"\1", text)


def _checked(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text with a NUL character, which no renderer shows")
    return text


def texts(header: Sequence[str], rows: Iterable[Sequence[object]], most_rows: int, tick: Tick) -> Iterator[Row]:
    """Yield rows as text. Raise EngineError for a value without a text, and for more rows or bytes than are allowed."""
    size = 0
    for number, row in enumerate(rows, 1):
        if number > most_rows:
            message = f"there are more than {most_rows} rows"
            raise EngineError(message, "select fewer, or allow more: most-rows = …")
        found: list[str | None] = []
        for name, value in zip(header, row, strict=True):
            try:
                found.append(as_text(value))
            except ValueError as reason:
                raise EngineError(f'row {number}, "{name}": {reason}') from None
        size += sum(len(text or "") + 1 for text in found)
        if size > MOST_BYTES:
            raise EngineError(f"there are more than {MOST_BYTES} bytes", "select less")
        tick(number)
        yield found
