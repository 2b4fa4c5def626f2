"""Display columns of a string, as terminals, editors and prettier count them. Knows no tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache


def is_plain(text: str) -> bool:
    """Whether every character is one column wide for sure: printable ASCII."""
    return text.isascii() and text.isprintable()


def width(text: str, ambiguous: int = 1) -> int:
    """The number of display columns: CJK and emoji sequences two, combining marks and control characters none.

    `ambiguous` is what a character counts that is wide in East Asian fonts only, like … or °.
    """
    if is_plain(text):
        return len(text)
    columns = _wcswidth()(text, ambiguous_width=ambiguous)
    if columns >= 0:
        return columns
    return max(0, _wcswidth()(_CONTROL.sub("", text), ambiguous_width=ambiguous))


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@cache
def _wcswidth() -> Callable[..., int]:
    from wcwidth import wcswidth  # only tables that are not plain ASCII pay for it

    return wcswidth
