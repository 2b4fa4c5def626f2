"""A value -> a cell, so that every renderer shows the same.

Knows what both modes have in common, and which characters each has to look at; `encode_text` and `encode_markdown` know
what becomes of these. Of several spellings that are right in all sixteen renderers, the most readable one is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal, Protocol

from mdtables.cells.characters import LITERAL, reference
from mdtables.cells.dollars import kept_apart
from mdtables.cells.encode_markdown import encode_markdown
from mdtables.cells.encode_text import encode_text
from mdtables.model.options import Templates
from mdtables.model.table import Table
from mdtables.tables.packed import Rows

Mode = Literal["markdown", "text"]

# A value of one line without any of these characters and pairs is its own cell. `mdx` is for Markdown in MDX.
_MARKS = {"markdown": "\\`<[$|{", "mdx": "\\`<[$|{", "text": "\\|`*<[^${_&:(/%~@"}
_WWW = ("ww", "wW", "Ww", "WW")
_PAIRS = {"markdown": (), "mdx": ("://", *_WWW), "text": (">>", "--", "...", "==", "++", *_WWW)}
_REFERENCE = r"&(?:#|[A-Za-z][^\s<&#;]{0,31};)"  # or what a renderer may take for one
_LOOSE_BLANKS = ("  ", " \n", "\n ")
# Words separated by a blank, a comma, a full stop or a dash are their own cell in both modes.
_PLAIN = re.compile(r"[+-]?[^\W_]+(?:(?:, |[ .,-])[^\W_]+)*")
LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_EDGE = "\t\n\x0b\x0c\r \x1c\x1d\x1e\x1f\x85"  # blanks that no renderer shows at the end of a cell
_ONLY_STRUCTURE = re.compile(r"[-=:+ ]+")  # kramdown takes a row of such cells for a separator line
_A_CELL_OF_STRUCTURE = re.compile(rf"\n{_ONLY_STRUCTURE.pattern}(?=\n)")


def _kinds(marks: str) -> bytes:
    """Return a translation of ASCII: `!` for marks and control characters, `-` for structure, `x` for all others."""
    kinds = {**dict.fromkeys("-=:+", "-"), **dict.fromkeys(marks, "!"), " ": " ", "\n": "\n"}
    ascii_kinds = "".join(kinds.get(c, "x" if c.isprintable() else "!") for c in map(chr, range(128)))
    return ascii_kinds.encode().ljust(256)  # the length that `translate` requires


_HARMFUL_KINDS = (b"!", *(blanks.encode() for blanks in _LOOSE_BLANKS))
_KINDS = {kind: _kinds(marks) for kind, marks in _MARKS.items()}


def encode(value: str, mode: Mode, templates: Templates = "escape", *, dollars: bool = True) -> str:
    """Return the cell for a value: with its Markdown live, or showing exactly its characters.

    With dollars=False, dollar signs outside of formulas become references even where none of the value's own would pair
    with them. Raise ValueError for a pipe inside a template that must stay live: no table can contain it.
    """
    if _PLAIN.fullmatch(value) and "www." not in value:
        return value
    if _are_cells(value, 1, kind=_kind(mode, templates)):  # takes a tenth of the time of what follows
        return value
    bare = value.strip(_EDGE)
    return finished(bare if _ONLY_STRUCTURE.fullmatch(bare) else encode_part(value, mode, templates, dollars=dollars))


def encode_part(
    value: str, mode: Mode, templates: Templates = "escape", *, dollars: bool = True, links: bool = True
) -> str:
    """Return a part of a cell. For its arguments and errors, see `encode`.

    As text, with links=False, no address in it becomes a link, which would swallow what follows.
    """
    blanks = "" if mode == "markdown" and "<pre" in value else " \t"  # in there, indentation shows
    value = "\n".join(line.strip(blanks) if blanks else line for line in LINE_BREAK.split(value.strip(_EDGE)))
    if mode == "text":
        part = encode_text(value, in_mdx=templates.startswith("mdx"), links=links)
    else:
        part = encode_markdown(value, templates, dollars=dollars)
    return re.sub("(?<=<br/>)  (?=<br/>)", " ", part) if "\n\n" in value else part  # as formatters write it


def finished(cell: str) -> str:
    """Return a cell that is not taken for a part of the table's structure, and keeps its blanks."""
    if _ONLY_STRUCTURE.fullmatch(cell):
        return "".join(LITERAL.get(c, c) for c in cell)
    return keep_edges(cell)


def are_cells(values: Sequence[str], mode: Mode, templates: Templates) -> bool:
    """Return True if one look at all values together shows that each is its own cell."""
    return _are_cells("\n".join(values), len(values), kind=_kind(mode, templates))


class Composed(Protocol):
    """A column whose cells are made of several values by a template."""

    def chunks(self) -> Iterator[Sequence[str]]:
        """Yield the cells of each chunk of rows."""

    def cell(self, row: int) -> str:
        """Return one cell with the dollar signs outside of formulas as references."""


def encode_table(
    table: Table,
    mode: Mode,
    templates: Templates = "escape",
    null: str = "",
    composed: Mapping[int, Composed] | None = None,
) -> Table:
    """Return the table with every value encoded; a missing value becomes `null`. Raise ValueError.

    The cells of `composed` columns, by their indexes, come from these.

    In the header a pipe is a reference: three renderers split header cells even at an escaped pipe. A header
    without any text gets a no-break space: Pandoc drops an empty one.
    """
    header = [_header_cell(name, mode, templates) for name in table.header]
    if not any(header):
        header[0] = "&nbsp;"
    dollars = 0

    def encoded(value: str) -> str:
        nonlocal dollars
        cell = encode(value, mode, templates)
        dollars += "$" in cell
        return cell

    def counted(chunks: Iterator[Sequence[str]]) -> Iterator[Sequence[str]]:
        nonlocal dollars
        for cells in chunks:
            dollars += "$" in "".join(cells)
            yield cells

    composed = composed or {}
    instead = {index: counted(column.chunks()) for index, column in composed.items()}
    unchanged = partial(_are_cells, kind=_kind(mode, templates))
    rows = Rows.view(len(header), table.rows).map_cells(encoded, unchanged=unchanged, null=null, instead=instead)
    if dollars or (mode == "markdown" and "$" in "".join(header)):
        return _with_dollars_apart(table._replace(header=header, rows=rows), table, templates, null, composed)
    return table._replace(header=header, rows=rows)


def _header_cell(name: str, mode: Mode, templates: Templates, *, dollars: bool = True) -> str:
    return encode(name, mode, templates, dollars=dollars).replace("\\|", "&#124;")


def _with_dollars_apart(
    cells: Table, values: Table, templates: Templates, null: str, composed: Mapping[int, Composed]
) -> Table:
    """Escape the dollar signs that Pandoc would pair with one in another cell: it reads both cells as a formula."""
    places = list(_cells_with_dollars(cells))

    def escaped(index: int) -> str:
        row, column, _ = places[index]
        if row < 0:
            return _header_cell(values.header[column], "markdown", templates, dollars=False)
        if column in composed:
            return composed[column].cell(row)
        value = values.rows[row][column]
        return encode(null if value is None else value, "markdown", templates, dollars=False)

    apart = kept_apart([cell for _, _, cell in places], escaped)
    if not apart:
        return cells
    by_row: dict[int, dict[int, str]] = {}
    for index, cell in apart.items():
        row, column, _ = places[index]
        by_row.setdefault(row, {})[column] = cell

    def replaced(number: int, row: Sequence[str | None]) -> Sequence[str | None]:
        own = by_row.get(number)
        return [own.get(column, cell) for column, cell in enumerate(row)] if own else row

    rows = (replaced(number, row) for number, row in enumerate(cells.rows))
    header = [by_row.get(-1, {}).get(column, name) for column, name in enumerate(cells.header)]
    return cells._replace(header=header, rows=Rows.pack(len(header), rows))


def _cells_with_dollars(cells: Table) -> Iterator[tuple[int, int, str]]:
    """Yield the row, -1 for the header, the column, and the text of each cell with a dollar sign."""
    yield from ((-1, column, name) for column, name in enumerate(cells.header) if "$" in name)
    yield from Rows.view(len(cells.header), cells.rows).cells_with("$")


def _kind(mode: Mode, templates: Templates) -> str:
    """Return the key of the characters and pairs that are looked for."""
    return "mdx" if mode == "markdown" and templates.startswith("mdx") else mode


def _are_cells(joined: str, count: int, *, kind: str) -> bool:
    """Return True if one look at some values, joined by line feeds, shows that each is its own cell."""
    if any(pair in joined for pair in _PAIRS[kind]):
        return False
    if joined.count("\n") != count - 1:
        return False
    if "&" in joined and re.search(_REFERENCE, joined):
        return False
    joined = f"\n{joined}\n"
    if joined.isascii():  # looking at kinds of characters takes half the time of looking for each mark
        kinds = joined.encode().translate(_KINDS[kind])
        harmless = not any(harm in kinds for harm in _HARMFUL_KINDS)
        return harmless and not (b"\n-" in kinds and _A_CELL_OF_STRUCTURE.search(joined))
    return (
        joined.replace("\n", "").isprintable()
        and not any(mark in joined for mark in _MARKS[kind])
        and not any(blanks in joined for blanks in _LOOSE_BLANKS)
        and not _A_CELL_OF_STRUCTURE.search(joined)
    )


def keep_edges(cell: str) -> str:
    """Write Unicode blanks at the ends of a cell as references: four renderers trim them."""
    if cell[:1].isspace() or cell[:1] == "\ufeff":
        cell = reference(cell[0]) + cell[1:]
    if cell[-1:].isspace() or cell[-1:] == "\ufeff":
        cell = cell[:-1] + reference(cell[-1])
    return cell
