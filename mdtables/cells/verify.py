"""A second reading of table rows before they are written: our own splitter reads all, mistune those that could fool it.

Knows what each row should read as; not where it came from, and not what to say when it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from mdtables.document.table import is_delimiter_row, split_row
from mdtables.model.table import Row
from mdtables.tables.packed import SEPARATOR, Piece, cells_of, pieces_of, rows_of

_AT_ONCE = 256  # rows that mistune is asked to read


def first_misread(texts: Sequence[str], header: Sequence[str], rows: Sequence[Row]) -> int | None:
    """The row (0 is the header) that is the first not to read back as it should; None if all do.

    `texts` are a table without its prefix: header, delimiter row, and a text for each piece of its rows. Unicode blanks
    at a cell's ends do not count.
    """
    if not (_row_reads_as(texts[0], header) and is_delimiter_row(texts[1]) and len(split_row(texts[1])) == len(header)):
        return 0
    # to mistune too, rows are split at pipes, and nothing but a backslash before one changes that
    if "\\" in texts[0] and not _mistune_agrees(texts[:2], [header]):
        return 0
    doubtful: list[tuple[int, str, Sequence[str]]] = []
    index = 1
    for text, piece in zip_longest(texts[2:], pieces_of(rows)):
        if text is None or piece is None:
            return index
        rows_here = text.count("\n") + 1
        if not _piece_reads_as(text, piece, len(header), rows_here):
            expected = rows_of(cells_of(piece), len(header))
            for number, (line, row) in enumerate(zip_longest(text.split("\n"), expected), index):
                if line is None or row is None or not _row_reads_as(line, row):
                    return number
                doubtful += [(number, line, row)] if "\\" in line else []
        index += rows_here
    for at in range(0, len(doubtful), _AT_ONCE):
        some = doubtful[at : at + _AT_ONCE]
        if not _mistune_agrees([*texts[:2], *(line for _, line, _ in some)], [header, *(row for _, _, row in some)]):
            alone = (n for n, line, row in some if not _mistune_agrees([*texts[:2], line], [header, row]))
            return next(alone, some[0][0])
    return None


def _row_reads_as(line: str, row: Sequence[str]) -> bool:
    return "\n" not in line and "\r" not in line and split_row(line) == [cell.strip(" \t") for cell in row]


def _piece_reads_as(text: str, piece: Piece, columns: int, rows: int) -> bool:
    """Whether the lines of a text read as the cells of a piece, as far as cutting it at its pipes tells.

    Three times as fast as line by line. Lines with a backslash have to be looked at one by one.
    """
    if "\\" in text or "\r" in text or not isinstance(piece, str):
        return False
    cells = text.split("|")
    ends = cells[columns + 1 :: columns + 1]  # what stands between the last pipe of a row and the first of the next
    if cells[0] or ends != ["\n"] * (rows - 1) + [""]:
        return False
    del cells[:: columns + 1]
    return SEPARATOR.join(map(str.strip, cells)) == piece


def _mistune_agrees(lines: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    block, new_state = _parser()
    state = new_state()
    state.process("\n".join(lines) + "\n")
    block.parse(state)
    if [token["type"] for token in state.tokens] != ["table"]:
        return False
    head, body = state.tokens[0]["children"]
    read = [head["children"], *(row["children"] for row in body["children"])]
    return _texts(read) == [[cell.strip() for cell in row] for row in cells]


def _texts(rows: Sequence[Sequence[dict[str, Any]]]) -> list[list[str]]:
    return [[cell["text"].strip() for cell in row] for row in rows]


@cache
def _parser() -> tuple[Any, Any]:
    """The block parser of mistune, and what makes a state for it."""
    import mistune  # a quarter of the start-up of a run whose tables hold no backslash

    return mistune.create_markdown(renderer=None, plugins=["table"]).block, mistune.BlockState
