"""A value -> a cell as Markdown writes it, and back, so that every renderer shows the same.

Knows what goes for both modes; `literal` and `live` know their own. Where several spellings are right in all of the
sixteen renderers that were measured, the one that a person reads most easily is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from mdtables.render.characters import LITERAL, reference
from mdtables.render.literal import encode_literal
from mdtables.render.live import TemplatePipeError, encode_live

__all__ = ["TemplatePipeError", "decode", "encode", "encode_row"]

# Words with a blank, a comma, a full stop or a dash between them mean themselves everywhere: the fast way for most.
_WORDS = r"[+-]?[^\W_]+(?:(?:, |[ .,-])[^\W_]+)*"
_PLAIN = re.compile(_WORDS)
_PLAIN_ROW = re.compile(rf"(?:{_WORDS})?(?:\x1f(?:{_WORDS})?)*")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_EDGE = "\t\n\x0b\x0c\r \x1c\x1d\x1e\x1f\x85"  # blanks that nothing shows at the end of a cell
_ONLY_STRUCTURE = re.compile(r"[-=:+ ]+")  # kramdown takes a row of these for a separator line
_ENCODED = re.compile(r"\\(?P<escaped>[!-/:-@\[-`{-~])|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);|<br[ \t]?/?>")


def encode(value: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"] = "escape") -> str:
    """The cell for a value: its Markdown live, or its characters as they are. Raises TemplatePipeError."""
    if _PLAIN.fullmatch(value) and "www." not in value:
        return value
    value = "\n".join(line.strip(" \t") for line in _LINE_BREAK.split(value.strip(_EDGE)))
    if _ONLY_STRUCTURE.fullmatch(value):
        return "".join(LITERAL.get(c, c) for c in value)
    return _keep_edges(encode_literal(value) if cells == "text" else encode_live(value, templates))


def encode_row(
    values: Sequence[str], cells: Literal["markdown", "text"], templates: Literal["escape", "keep"] = "escape"
) -> list[str]:
    """`encode` for every value of a row; a row of plain words is looked at once, which is a third faster."""
    row = "\x1f".join(values)
    if _PLAIN_ROW.fullmatch(row) and "www." not in row:
        return list(values)
    return [encode(value, cells, templates) for value in values]


def decode(cell: str) -> str:
    """What a cell says, Markdown aside: escapes and character references resolved, `<br/>` a new line."""
    if "\\" in cell or "&" in cell or "<" in cell:
        return _ENCODED.sub(_decoded, cell)
    return cell


def _decoded(found: re.Match[str]) -> str:
    if found["escaped"]:
        return found["escaped"]
    if found[0].startswith("&"):
        from html import unescape  # its table of 2,231 names is only for cells that hold a reference

        return unescape(found[0])
    return "\n"


def _keep_edges(cell: str) -> str:
    """Unicode blanks at the ends as references: four renderers trim them."""
    if cell[:1].isspace() or cell[:1] == "\ufeff":
        cell = reference(cell[0]) + cell[1:]
    if cell[-1:].isspace() or cell[-1:] == "\ufeff":
        cell = cell[:-1] + reference(cell[-1])
    return cell
