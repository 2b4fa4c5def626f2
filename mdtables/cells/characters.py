"""Single characters as Markdown spells them so that every renderer shows them. Knows nothing of their neighbours."""

from __future__ import annotations

BREAK = " <br/> "
"""A line break in a cell. Hugo by default drops the tag, so the blanks keep the words apart."""

_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "\xa0": "&nbsp;"}
_BACKSLASH_WORKS = "\\*_[-.+|"  # in all sixteen renderers; for the other characters of CommonMark it does not
_NEEDS_A_REFERENCE = "`<>&^${~/(@%=:"


def reference(character: str) -> str:
    """Return a character reference: by name if every renderer knows the name, else by number."""
    return _NAMED.get(character) or f"&#{ord(character)};"


LITERAL = {c: "\\" + c for c in _BACKSLASH_WORKS} | {c: reference(c) for c in _NEEDS_A_REFERENCE}
"""How a character with a meaning is spelled without it: the most readable spelling that works in every renderer."""
