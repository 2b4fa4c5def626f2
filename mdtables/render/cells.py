"""A value -> a cell as Markdown writes it, so that every renderer shows the same.

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

__all__ = ["TemplatePipeError", "encode", "encode_row"]

# Words with a blank, a comma, a full stop or a dash between them mean themselves everywhere: the fast way for most.
_WORDS = r"[+-]?[^\W_]+(?:(?:, |[ .,-])[^\W_]+)*"
_PLAIN = re.compile(_WORDS)
_PLAIN_ROW = re.compile(rf"(?:{_WORDS})?(?:\x1f(?:{_WORDS})?)*")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_EDGE = "\t\n\x0b\x0c\r \x1c\x1d\x1e\x1f\x85"  # blanks that nothing shows at the end of a cell
_ONLY_STRUCTURE = re.compile(r"[-=:+ ]+")  # kramdown takes a row of these for a separator line


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


def _keep_edges(cell: str) -> str:
    """Unicode blanks at the ends as references: four renderers trim them."""
    if cell[:1].isspace() or cell[:1] == "\ufeff":
        cell = reference(cell[0]) + cell[1:]
    if cell[-1:].isspace() or cell[-1:] == "\ufeff":
        cell = cell[:-1] + reference(cell[-1])
    return cell
