"""The lines of a table -> whether they read back as the cells they were made of.

Our own splitter reads every row; mistune, an independent reader, reads those that contain a backslash.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from mdtables.document.table import is_delimiter_row, split_row
from mdtables.model.table import Row
from mdtables.tables.packed import Rows, rows_of

_AT_ONCE = 256  # rows in one table for mistune


def first_misread(texts: Sequence[str], header: Sequence[str], rows: Sequence[Row]) -> int | None:
    """Return the first row (0 is the header) that does not read back as its cells; None if all do.

    `texts` are those of `lay_out`: header, delimiter row, and a text for each chunk of rows. Blanks at the ends of
    cells do not count.
    """
    if not (_row_reads_as(texts[0], header) and is_delimiter_row(texts[1]) and len(split_row(texts[1])) == len(header)):
        return 0
    # mistune also splits rows at pipes, and only a backslash before a pipe changes that
    if "\\" in texts[0] and not _mistune_agrees(texts[:2], [header]):
        return 0
    doubtful: list[tuple[int, str, Sequence[str]]] = []
    index = 1
    for text, cells in zip_longest(texts[2:], Rows.view(len(header), rows).chunks()):
        if text is None or cells is None:
            return index
        if not _chunk_reads_as(text, cells, len(header)):
            for number, (line, row) in enumerate(zip_longest(text.split("\n"), rows_of(cells, len(header))), index):
                if line is None or row is None or not _row_reads_as(line, row):
                    return number
                doubtful += [(number, line, row)] if "\\" in line else []
        index += text.count("\n") + 1
    for at in range(0, len(doubtful), _AT_ONCE):
        some = doubtful[at : at + _AT_ONCE]
        if not _mistune_agrees([*texts[:2], *(line for _, line, _ in some)], [header, *(row for _, _, row in some)]):
            alone = (n for n, line, row in some if not _mistune_agrees([*texts[:2], line], [header, row]))
            return next(alone, some[0][0])
    return None


def _row_reads_as(line: str, row: Sequence[str]) -> bool:
    return "\n" not in line and "\r" not in line and split_row(line) == [cell.strip(" \t") for cell in row]


def _chunk_reads_as(text: str, expected: Sequence[str], columns: int) -> bool:
    """Return True if cutting the lines of a text at all pipes gives these cells: a third of the time of line by line.

    False where there is a backslash: such lines have to be read one by one.
    """
    if "\\" in text or "\r" in text:
        return False
    cells = text.split("|")
    ends = cells[columns + 1 :: columns + 1]  # what is between the last pipe of a row and the first of the next
    if cells[0] or ends != ["\n"] * text.count("\n") + [""]:
        return False
    del cells[:: columns + 1]
    return list(map(str.strip, cells)) == expected


def _mistune_agrees(lines: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    block, new_state = _mistune()
    state = new_state()
    state.process("\n".join(lines) + "\n")
    block.parse(state)
    if [token["type"] for token in state.tokens] != ["table"]:
        return False
    head, body = state.tokens[0]["children"]
    read = [head["children"], *(row["children"] for row in body["children"])]
    texts = [[cell["text"].strip() for cell in row] for row in read]
    return texts == [[cell.strip() for cell in row] for row in cells]


@cache
def _mistune() -> tuple[Any, Any]:
    """Return mistune's block parser, and what makes a state for it."""
    import mistune  # 25 ms, and only for tables that contain a backslash

    return mistune.create_markdown(renderer=None, plugins=["table"]).block, mistune.BlockState
