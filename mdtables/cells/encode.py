"""A value -> a cell as Markdown writes it, so that every renderer shows the same.

Knows what goes for both modes and what is a mark in each; what marks become, `literal` and `live` know. Where several
spellings are right in all of the sixteen renderers that were measured, the one that a person reads most easily is
written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from mdtables.cells.characters import LITERAL, reference
from mdtables.model.table import Row
from mdtables.tables.packed import SEPARATOR, Piece, Rows, cells_of, piece_of, pieces_of

# What may have to be written otherwise: a value of one line without any of these is left as it is. They stand here and
# not beside the expressions of `literal` and `live`, which need not be compiled to know that there is no mark.
_MARKS = {"markdown": "\\`<[$|{", "text": "\\|`*<[^${_&:(/%~@"}
_PAIRS = {"markdown": (), "text": (">>", "--", "...", "==", "++", "ww", "wW", "Ww", "WW")}
_LOOSE_BLANKS = ("  ", f" {SEPARATOR}", f"{SEPARATOR} ")
# Words with a blank, a comma, a full stop or a dash between them mean themselves everywhere.
_PLAIN = re.compile(r"[+-]?[^\W_]+(?:(?:, |[ .,-])[^\W_]+)*")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_EDGE = "\t\n\x0b\x0c\r \x1c\x1d\x1e\x1f\x85"  # blanks that nothing shows at the end of a cell
_ONLY_STRUCTURE = re.compile(r"[-=:+ ]+")  # kramdown takes a row of these for a separator line
_A_CELL_OF_STRUCTURE = re.compile(rf"{SEPARATOR}{_ONLY_STRUCTURE.pattern}(?={SEPARATOR})")


def _kinds(marks: str) -> bytes:
    """What each character of ASCII is at first sight: ! for marks and what cannot be printed, - for structure."""
    kinds = {**dict.fromkeys("-=:+", "-"), **dict.fromkeys(marks, "!"), " ": " ", SEPARATOR: SEPARATOR}
    ascii_kinds = "".join(kinds.get(c, "x" if c.isprintable() else "!") for c in map(chr, range(128)))
    return ascii_kinds.encode().ljust(256)  # as long as `translate` wants it


_HARM = (b"!", *(blanks.encode() for blanks in _LOOSE_BLANKS))
_KINDS = {cells: _kinds(marks) for cells, marks in _MARKS.items()}


def encode(value: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"] = "escape") -> str:
    """The cell for a value: its Markdown live, or its characters as they are. Raises TemplatePipeError."""
    if _PLAIN.fullmatch(value) and "www." not in value:
        return value
    if SEPARATOR not in value and _mean_themselves(value, cells):  # a tenth of the time of what follows
        return value
    return _written(value, cells, templates)


def _written(value: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]) -> str:
    value = "\n".join(line.strip(" \t") for line in _LINE_BREAK.split(value.strip(_EDGE)))
    if _ONLY_STRUCTURE.fullmatch(value):
        return "".join(LITERAL.get(c, c) for c in value)
    return _keep_edges(_encode_marks(value, cells, templates))


def _encode_marks(value: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]) -> str:
    """Each mode where it is needed: their expressions take 6 ms to compile, and most tables need neither."""
    if cells == "text":
        from mdtables.cells.encode_text import encode_literal

        return encode_literal(value)
    from mdtables.cells.encode_markdown import encode_live

    return encode_live(value, templates)


def encode_rows(
    rows: Sequence[Row],
    cells: Literal["markdown", "text"],
    templates: Literal["escape", "keep"] = "escape",
    null: str = "",
) -> Rows:
    """`encode` for every value of some rows of one length, `null` in the place of those that are missing.

    Many values are looked at together, first of all columns, then of each, and one by one only if any of them has a
    mark in it: that takes a tenth of the time.
    """
    columns = len(rows[0]) if rows else 0
    return Rows(columns, [_encode_piece(piece, columns, cells, templates, null) for piece in pieces_of(rows)])


def _encode_piece(
    piece: Piece, columns: int, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"], null: str
) -> Piece:
    if not isinstance(piece, str):
        piece = piece_of([[null if value is None else value for value in row] for row in piece], columns)
    if isinstance(piece, str) and _mean_themselves(piece, cells):
        return piece
    values = cells_of(piece)
    encoded = (_encode_column(values[column::columns], cells, templates) for column in range(columns))
    return piece_of(list(map(list, zip(*encoded, strict=True))), columns)


def _encode_column(
    values: Sequence[str], cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]
) -> Sequence[str]:
    joined = SEPARATOR.join(values)
    if joined.count(SEPARATOR) == len(values) - 1 and _mean_themselves(joined, cells):
        return values
    return [encode(value, cells, templates) for value in values]


def _mean_themselves(joined: str, cells: Literal["markdown", "text"]) -> bool:
    """Whether values that are joined by the separator are their own cells, as far as one look at all of them tells."""
    if any(pair in joined for pair in _PAIRS[cells]):
        return False
    joined = f"{SEPARATOR}{joined}{SEPARATOR}"
    if joined.isascii():  # a look at each kind of character, not at each mark: half of the time
        kinds = joined.encode().translate(_KINDS[cells])
        harmless = not any(harm in kinds for harm in _HARM)
        return harmless and not (b"\x1f-" in kinds and _A_CELL_OF_STRUCTURE.search(joined))
    return (
        joined.replace(SEPARATOR, "").isprintable()
        and not any(mark in joined for mark in _MARKS[cells])
        and not any(blanks in joined for blanks in _LOOSE_BLANKS)
        and not _A_CELL_OF_STRUCTURE.search(joined)
    )


def _keep_edges(cell: str) -> str:
    """Unicode blanks at the ends as references: four renderers trim them."""
    if cell[:1].isspace() or cell[:1] == "\ufeff":
        cell = reference(cell[0]) + cell[1:]
    if cell[-1:].isspace() or cell[-1:] == "\ufeff":
        cell = cell[:-1] + reference(cell[-1])
    return cell
