"""Offsets in a text: the lines on which they lie, and pieces replaced there. Knows nothing of what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable

END_OF_LINE = re.compile(r"\r\n|\n|\r")

Edit = tuple[int, int, str]
"""From this offset to that one: this text instead."""


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with each edit made; they must not overlap; of two at one place the first named comes first."""
    pieces, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def line_at(before: str) -> int:
    """The number of the line on which this beginning of a text ends; LF, CRLF and CR end lines."""
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1
