"""Offsets in a text: line numbers, and edits applied to it. Knows nothing of what the text contains."""

from __future__ import annotations

import re
from collections.abc import Iterable

END_OF_LINE = re.compile(r"\r\n|\n|\r")

Edit = tuple[int, int, str]
"""Start and end offset of what is replaced, and the new text."""


def splice(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits applied.

    Edits must not overlap; two at one offset are applied in the order given.
    """
    pieces, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def line_at(before: str) -> int:
    """Return the number of the line on which this beginning of a text ends; LF, CRLF and CR end lines."""
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1
