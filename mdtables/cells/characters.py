"""Single characters as Markdown writes them so that every renderer shows them. Knows nothing of their neighbours."""

from __future__ import annotations

BREAK = " <br/> "
"""A line break in a cell. Hugo drops the tag as it comes, so the blanks keep the words apart."""

_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "\xa0": "&nbsp;"}
_BACKSLASH_HOLDS = "\\*_[-.+|"  # in all sixteen renderers; the others of CommonMark's do not
_NEEDS_A_REFERENCE = "`<>&^${~/(@%=:"


def reference(character: str) -> str:
    """A character reference: by name where everybody knows the name, else by number."""
    return _NAMED.get(character) or f"&#{ord(character)};"


LITERAL = {c: "\\" + c for c in _BACKSLASH_HOLDS} | {c: reference(c) for c in _NEEDS_A_REFERENCE}
"""How a character that has a meaning is written so that it has none: the more readable way that holds everywhere."""
