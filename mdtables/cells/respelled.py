"""Decide which cells that another program spelled differently may stay. Knows cells, not where they are."""

from __future__ import annotations

import re

from mdtables.cells.encode import Mode, encode
from mdtables.model.options import Templates
from mdtables.model.table import Table

_ANGLES = r"(?a)(?<![\\\w])<((?:https?://|ftp://|www\.)[^\s<>]*|[\w.+-]+@[\w.-]+)>"


# Outside of links' targets, these may have a meaning in some renderer: math, footnotes, emoji, mentions, smart quotes.
_LIVE = r"""[\[\]$:@#{}^=+."(!%-]"""
_NOT_LIVE = r"""(?xa) \\. | &(?:\#[0-9]+ | \#[xX][0-9a-fA-F]+ | [A-Za-z][A-Za-z0-9]*);
    | \]\((?:\\.|[^()\\]|\((?:\\.|[^()\\])*\))*\)"""


def _live(cell: str) -> list[str]:
    """Return the characters of a cell that may have a meaning in some renderer, without those that are escaped."""
    return re.findall(_LIVE, re.sub(_NOT_LIVE, "", cell))


def may_stay(current: Table, generated: Table, mode: Mode, templates: Templates) -> bool:
    """Return True if the cells of one table are as harmless in every renderer as those of another one.

    Both have the same canonical text, so that GitHub shows them in the same way. A formatter that resolved a reference,
    for example, made a template live that only Jekyll knows.
    """
    pairs = zip([current.header, *current.rows], [generated.header, *generated.rows], strict=True)
    return all(
        cell == other or _is_harmless(cell or "", other or "", mode, templates)
        for row, others in pairs
        for cell, other in zip(row, others, strict=True)
    )


def _is_harmless(cell: str, other: str, mode: Mode, templates: Templates) -> bool:
    """Return True if a cell is what mdtables could have written for the same value.

    As Markdown, it needs nothing spelled differently, and has the same live characters. As text, only an address may
    differ, which linters put in angle brackets; in MDX these are a tag.
    """
    if mode == "text":
        return not templates.startswith("mdx") and re.sub(_ANGLES, r"\1", cell) == other
    if _live(cell) != _live(other):
        return False
    try:
        return cell != "" and encode(cell, "markdown", templates) == cell
    except ValueError:  # a pipe in a template that must stay live
        return False
