"""The display width of a string, as terminals, editors and prettier count it. Knows no tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache


def is_plain(text: str) -> bool:
    """Return True if every character is printable ASCII, and so one column wide."""
    return text.isascii() and text.isprintable()


def width(text: str, ambiguous: int = 1) -> int:
    """Return the number of display columns: two for CJK and emoji sequences, none for combining and control characters.

    `ambiguous` is the width of characters that are wide in East Asian fonts only, like … or °.
    """
    if is_plain(text):
        return len(text)
    return sum(_width(piece, ambiguous) for piece in _LONG.findall(text))


def _width(text: str, ambiguous: int) -> int:
    columns = _wcswidth()(text, ambiguous_width=ambiguous)
    if columns >= 0:
        return columns
    return max(0, _wcswidth()(_CONTROL.sub("", text), ambiguous_width=ambiguous))


# What is measured together, if possible up to an ASCII character: in a long run of flags, wcwidth takes quadratic time.
_LONG = re.compile(r".{1,1000}(?=[ -~]|\Z)|.{1,1000}", re.DOTALL)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@cache
def _wcswidth() -> Callable[..., int]:
    from wcwidth import wcswidth  # 10 ms, and only for text other than ASCII

    return wcswidth
