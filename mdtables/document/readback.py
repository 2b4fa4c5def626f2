"""A second reading of table rows before they are written: our own splitter reads all, mistune those that could fool it.

Knows what each row should read as; not where it came from, and not what to say when it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from mdtables.document.table import is_delimiter_row, split_row

_BATCH = 512


def first_misread(lines: Sequence[str], cells: Sequence[Sequence[str]]) -> int | None:
    """The index in `cells` (0 is the header) of the first row that does not read back as it should; None if all do.

    `lines` are a table without its prefix: header, delimiter row, rows. Unicode blanks at a cell's ends do not count.
    """
    rows = [lines[0], *lines[2:]]
    if len(rows) != len(cells):
        return 0
    for at in range(0, len(rows), _BATCH):
        written, expected = rows[at : at + _BATCH], cells[at : at + _BATCH]
        if not _read_as(written, expected):
            for index, (line, row) in enumerate(zip(written, expected, strict=True), at):
                if "\n" in line or "\r" in line or split_row(line) != [cell.strip(" \t") for cell in row]:
                    return index
    if not is_delimiter_row(lines[1]) or len(split_row(lines[1])) != len(cells[0]):
        return 0
    # to mistune too, rows are split at pipes, and nothing but a backslash before one changes that
    if "\\" in lines[0] and not _mistune_agrees(lines[:2], [cells[0]]):
        return 0
    doubtful = [index for index in range(1, len(rows)) if "\\" in rows[index]]
    for at in range(0, len(doubtful), _BATCH):
        batch = doubtful[at : at + _BATCH]
        if not _mistune_agrees([*lines[:2], *(rows[i] for i in batch)], [cells[0], *(cells[i] for i in batch)]):
            return next(
                (i for i in batch if not _mistune_agrees([*lines[:2], rows[i]], [cells[0], cells[i]])), batch[0]
            )
    return None


def _read_as(lines: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Whether so many lines read as these cells, as far as splitting them all at their pipes tells.

    Three times as fast as line by line. Lines with a backslash have to be looked at one by one.
    """
    text = "\n".join(lines)
    if "\\" in text or "\r" in text or text.count("\n") != len(lines) - 1:
        return False
    columns = len(cells[0])
    pieces = text.split("|")
    ends = pieces[columns + 1 :: columns + 1]  # what stands between the last pipe of a row and the first of the next
    if pieces[0] or ends != ["\n"] * (len(lines) - 1) + [""]:
        return False
    del pieces[:: columns + 1]
    return list(map(str.strip, pieces)) == list(chain.from_iterable(cells))


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
