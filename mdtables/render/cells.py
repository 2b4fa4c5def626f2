"""A value -> a cell as Markdown writes it, so that every renderer shows the same.

Knows what goes for both modes; `literal` and `live` know their own. Where several spellings are right in all of the
sixteen renderers that were measured, the one that a person reads most easily is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from mdtables.render.characters import LITERAL, reference

_BATCH = 2048
# What may have to be written otherwise: a value of one line without any of these is left as it is.
_MARKS = {
    "markdown": ("\\", "`", "<", "[", "$", "|", "{"),
    "text": (*"\\|`*<[^${_&:(/%~@", ">>", "--", "...", "==", "++", "ww", "wW", "Ww", "WW"),
}
_SEPARATOR = "\x1f"
_LOOSE_BLANKS = ("  ", f" {_SEPARATOR}", f"{_SEPARATOR} ")
# Words with a blank, a comma, a full stop or a dash between them mean themselves everywhere.
_PLAIN = re.compile(r"[+-]?[^\W_]+(?:(?:, |[ .,-])[^\W_]+)*")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_EDGE = "\t\n\x0b\x0c\r \x1c\x1d\x1e\x1f\x85"  # blanks that nothing shows at the end of a cell
_ONLY_STRUCTURE = re.compile(r"[-=:+ ]+")  # kramdown takes a row of these for a separator line
_A_CELL_OF_STRUCTURE = re.compile(rf"{_SEPARATOR}{_ONLY_STRUCTURE.pattern}(?={_SEPARATOR})")


def encode(value: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"] = "escape") -> str:
    """The cell for a value: its Markdown live, or its characters as they are. Raises TemplatePipeError."""
    if _PLAIN.fullmatch(value) and "www." not in value:
        return value
    value = "\n".join(line.strip(" \t") for line in _LINE_BREAK.split(value.strip(_EDGE)))
    if _ONLY_STRUCTURE.fullmatch(value):
        return "".join(LITERAL.get(c, c) for c in value)
    return _keep_edges(_encode_marks(value, cells, templates))


def _encode_marks(value: str, cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]) -> str:
    """Each mode where it is needed: their expressions take 6 ms to compile, and most tables need neither."""
    if cells == "text":
        from mdtables.render.literal import encode_literal

        return encode_literal(value)
    from mdtables.render.live import encode_live

    return encode_live(value, templates)


def encode_rows(
    rows: Sequence[Sequence[str | None]],
    cells: Literal["markdown", "text"],
    templates: Literal["escape", "keep"] = "escape",
    null: str = "",
) -> list[Sequence[str]]:
    """`encode` for every value of some rows of one length, `null` in the place of those that are missing.

    Many values are looked at together, first of all columns, then of each, and one by one only if any of them has a
    mark in it: that takes a tenth of the time.
    """
    encoded: list[Sequence[str]] = []
    for at in range(0, len(rows), _BATCH):
        batch = _filled(rows[at : at + _BATCH], null)
        if _mean_themselves(map(_SEPARATOR.join, batch), len(batch) * len(batch[0]), _MARKS[cells]):
            encoded += batch
        else:
            columns = zip(*batch, strict=True)
            encoded += zip(*(_encode_column(column, cells, templates) for column in columns), strict=True)
    return encoded


def _filled(rows: Sequence[Sequence[str | None]], null: str) -> Sequence[Sequence[str]]:
    if any(None in row for row in rows):
        return [[null if value is None else value for value in row] for row in rows]
    return rows  # type: ignore[return-value]  # no value is missing


def _encode_column(
    values: Sequence[str], cells: Literal["markdown", "text"], templates: Literal["escape", "keep"]
) -> Sequence[str]:
    if _mean_themselves(values, len(values), _MARKS[cells]):
        return values
    return [encode(value, cells, templates) for value in values]


def _mean_themselves(values: Iterable[str], count: int, marks: Sequence[str]) -> bool:
    """Whether so many values, or rows of them joined, are their own cells, as far as one look at all of them tells."""
    joined = _SEPARATOR.join(["", *values, ""])
    return (
        joined.count(_SEPARATOR) == count + 1
        and joined.replace(_SEPARATOR, "").isprintable()
        and not any(mark in joined for mark in marks)
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
