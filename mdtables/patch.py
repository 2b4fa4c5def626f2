"""Text with pieces of it replaced. Knows offsets, and nothing of what stands there."""

from __future__ import annotations

from collections.abc import Iterable

Edit = tuple[int, int, str]
"""From this offset to that one: this text instead."""


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with each edit made; they must not overlap; of two at one place the first named comes first."""
    pieces, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])
