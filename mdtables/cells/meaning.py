"""What a cell says to its reader, to tell an edit from another spelling. Knows the inline Markdown of one cell."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from mdtables.model.table import Table
from mdtables.tables.packed import Piece, Rows, cells_of, piece_of, pieces_of, rows_of

_MARKS = "\\&<*`[~"
_LOOSE_UNDERSCORE = r"_(?:(?![^\W_])|(?<![^\W_]_))"  # between letters or digits it is only itself
_MEANINGFUL = re.compile(rf"[{re.escape(_MARKS)}]|{_LOOSE_UNDERSCORE}")
_UNDERSCORE = re.compile(_LOOSE_UNDERSCORE)
_LINE_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)


def meanings(table: Table) -> Table:
    """What a table's cells say, each as `meaning` has it.

    Rows without a mark are looked at together, which takes a tenth of the time.
    """
    rows = Rows(len(table.header), [_meant(piece, len(table.header)) for piece in pieces_of(table.rows)])
    return table._replace(header=[meaning(name) for name in table.header], rows=rows)


def _meant(piece: Piece, columns: int) -> Piece:
    if not isinstance(piece, str):
        piece = piece_of([[cell or "" for cell in row] for row in piece], columns)
    if isinstance(piece, str):
        if not any(mark in piece for mark in _MARKS + '>"') and not _UNDERSCORE.search(piece):
            return piece
        piece = list(rows_of(cells_of(piece), columns))
    return piece_of([[meaning(cell or "") for cell in row] for row in piece], columns)


def meaning(cell: str) -> str:
    r"""The cell as HTML: `\*` and `&#42;` are the same, `*a*` and `_a_` too, and code is as it is written.

    A line break is `<br>`. What only some dialects know (`==a==`, `$a$`, `{{ a }}`, `@a`) counts as its characters.
    """
    pieces = _LINE_BREAK.split(cell)
    if not any(map(_MEANINGFUL.search, pieces)):
        return "<br>".join(_escaped(piece) for piece in pieces)
    markdown, state = _markdown()
    tokens = markdown.inline(cell, {"ref_links": {}})
    return _LINE_BREAK.sub("<br>", str(markdown.renderer.render_tokens(tokens, state())))


def _escaped(text: str) -> str:
    """As mistune writes a text in which nothing has a meaning."""
    return text.replace(">", "&gt;").replace('"', "&quot;")


@cache
def _markdown() -> tuple[Any, Any]:
    import mistune  # a quarter of the start-up of a run whose cells hold no Markdown

    return mistune.create_markdown(escape=False, plugins=["strikethrough"]), mistune.BlockState
