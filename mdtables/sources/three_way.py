"""Three versions of a data file -> the same three, with the rows of their tables merged by key and cell by cell.

Knows rows as spans of text; a format tells where they are. All text around rows is left to a merge of texts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from mdtables.records import NamedTuple
from mdtables.tables.merge_order import merged_order
from mdtables.text.edits import Edit, splice


class Record(NamedTuple):
    """A row in the text: its key, its span, and the spans of its values by name, relative to its start."""

    key: str
    start: int
    end: int
    fields: Mapping[str, tuple[int, int]]


class Block(NamedTuple):
    """The rows of one table in a file, and the keys that lead to it in the file.

    Rows are lines of their own, or with `between` they are in brackets, separated by that text.
    """

    path: tuple[str, ...]
    records: Sequence[Record]
    between: str = ""


Blocks = Callable[[str], Sequence[Block]]
"""The text of a file -> its tables whose rows have unique keys. Raises ValueError if it cannot be read."""


class _Version(NamedTuple):
    """The rows of one table in one version: their texts by key, in order, and the spans of their values."""

    text: str
    block: Block
    rows: Mapping[str, str]
    fields: Mapping[str, Mapping[str, tuple[int, int]]]


class Merged(NamedTuple):
    """Three versions that have the same rows, except those in conflict; `rows` are the merged ones of each table.

    `rows` is None if there are conflicts.
    """

    texts: tuple[str, str, str]
    rows: Mapping[tuple[str, ...], Sequence[str]] | None


def merge_rows(texts: tuple[str, str, str], blocks: Blocks) -> Merged:
    """Merge the rows of the tables that base, ours and theirs have; raise ValueError if one cannot be read.

    A table whose changes are ambiguous stays unchanged, and so does all text that is not a row.
    """
    found = [{block.path: block for block in blocks(text)} for text in texts]
    edits: list[list[Edit]] = [[], [], []]
    rows: dict[tuple[str, ...], Sequence[str]] = {}
    in_conflict = False
    for path in found[1]:
        if all(path in each for each in found):
            versions = [_version(text, each[path]) for text, each in zip(texts, found, strict=True)]
            merged = _merged(versions)
            if merged is None:
                continue
            in_conflict |= any(row[0] != row[1] or row[1] != row[2] for row in merged.values())
            rows[path] = [row[1] or "" for row in merged.values()]
            for index, version in enumerate(versions):
                edits[index] += _edits(version, {key: row[index] for key, row in merged.items()})
    base, ours, theirs = (splice(text, each) for text, each in zip(texts, edits, strict=True))
    return Merged((base, ours, theirs), None if in_conflict else rows)


def rows_in(text: str, blocks: Blocks) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Return the rows of each table in a file. Raise ValueError if it cannot be read."""
    return {block.path: [text[row.start : row.end] for row in block.records] for block in blocks(text)}


def _version(text: str, block: Block) -> _Version:
    rows = {record.key: text[record.start : record.end] for record in block.records}
    return _Version(text, block, rows, {record.key: record.fields for record in block.records})


_Three = tuple[str | None, str | None, str | None]


def _merged(versions: Sequence[_Version]) -> dict[str, _Three] | None:
    """Return each row of the merged table as base, ours and theirs will have it, in order: the same, or a conflict.

    None where a version does not have the row: it was removed there and changed elsewhere. Return None if the changes
    are ambiguous.
    """
    base, ours, theirs = (version.rows for version in versions)
    if not base or not ours or not theirs:
        return None
    cells = _cells_of(versions)
    order = merged_order(
        cells[0], cells[1], cells[2], lambda key: base[key] == (theirs if key in theirs else ours)[key]
    )
    if order is None:
        return None
    rows = ((key, _row(key, versions)) for key in order)
    return {key: row for key, row in rows if row is not None}


def _cells_of(versions: Sequence[_Version]) -> list[dict[str, list[str]]]:
    """Return, for each version, the values of each row other than its key; made once for rows that are the same."""
    base = {key: _other_cells(key, row, versions[0].fields[key]) for key, row in versions[0].rows.items()}
    known, fields = versions[0].rows, versions[0].fields
    return [base] + [
        {
            key: base[key]
            if known.get(key) == row and fields[key] == version.fields[key]
            else _other_cells(key, row, version.fields[key])
            for key, row in version.rows.items()
        }
        for version in versions[1:]
    ]


def _other_cells(key: str, row: str, fields: Mapping[str, tuple[int, int]]) -> list[str]:
    return [text for start, end in fields.values() if (text := row[start:end]).strip("\"'") != key]


def _row(key: str, versions: Sequence[_Version]) -> _Three | None:
    """Return a row as each version will have it; None if it was removed."""
    base, ours, theirs = (version.rows.get(key) for version in versions)
    if theirs in (ours, base):
        return None if ours is None else (ours, ours, ours)
    if ours == base:
        return None if theirs is None else (theirs, theirs, theirs)
    if base is None or ours is None or theirs is None:
        return base, ours, theirs
    return _cells([base, ours, theirs], [version.fields[key] for version in versions])


def _cells(rows: Sequence[str], fields: Sequence[Mapping[str, tuple[int, int]]]) -> _Three:
    """Merge a row that both sides changed cell by cell; a cell in conflict stays as each version has it."""
    frames = [splice(row, [(*span, "\0") for span in own.values()]) for row, own in zip(rows, fields, strict=True)]
    if not (list(fields[0]) == list(fields[1]) == list(fields[2])):
        return rows[0], rows[1], rows[2]
    if frames[2] == frames[0] or frames[1] == frames[2]:
        carrier = 1
    elif frames[1] == frames[0]:
        carrier = 2
    else:
        return rows[0], rows[1], rows[2]
    merged = []
    for side in range(3):
        edits = []
        for name, span in fields[carrier].items():
            base, ours, theirs = (row[slice(*own[name])] for row, own in zip(rows, fields, strict=True))
            values = (base, ours, theirs)
            one = ours if theirs in (ours, base) else theirs if ours == base else values[side]
            edits.append((*span, one))
        merged.append(splice(rows[carrier], edits))
    return merged[0], merged[1], merged[2]


def _in_order(keys: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """Return a longest part of the keys that are wanted, and are in the wanted order."""
    index = {key: number for number, key in enumerate(wanted)}
    longest: list[tuple[int, str, int]] = []  # for each length, the least last index, its key and where it follows
    ends: list[int] = []
    chain: list[tuple[str, int]] = []
    for key in keys:
        if key in index:
            at = bisect_left(ends, index[key])
            chain.append((key, longest[at - 1][2] if at else -1))
            longest[at : at + 1] = [(index[key], key, len(chain) - 1)]
            ends[at : at + 1] = [index[key]]
    found, at = set(), longest[-1][2] if longest else -1
    while at >= 0:
        found.add(chain[at][0])
        at = chain[at][1]
    return found


def _edits(version: _Version, merged: Mapping[str, str | None]) -> list[Edit]:
    """Return what turns the rows of a version into the merged ones, in their order."""
    text, block = version.text, version.block
    wanted = {key: row for key, row in merged.items() if row is not None}
    if block.between:
        start, end = block.records[0].start, block.records[-1].end
        unchanged = list(wanted.items()) == list(version.rows.items())
        return [] if unchanged else [(start, end, block.between.join(wanted.values()))]
    ending = _ending(text)
    edits: list[Edit] = []
    in_place = _in_order([record.key for record in block.records], list(wanted))
    for record in block.records:
        if record.key not in in_place:
            following = text[record.end : record.end + 2]
            length = 2 if following == "\r\n" else len(following[:1])
            edits.append((record.start, record.end + length, ""))
        elif wanted[record.key] != version.rows[record.key]:
            edits.append((record.start, record.end, wanted[record.key]))
    places = {record.key: record for record in block.records if record.key in in_place}
    above: Record | None = None
    added: dict[int, list[str]] = {}
    for key, row in wanted.items():
        if key in places:
            above = places[key]
        elif above is None:
            added.setdefault(block.records[0].start, []).append(row + ending)
        else:
            added.setdefault(above.end, []).append(ending + row)
    return [*edits, *((at, at, "".join(new)) for at, new in added.items())]


@lru_cache(maxsize=8)
def _ending(text: str) -> str:
    """Return the line ending of a text; kept, since it is asked for each of many tables."""
    return "\r\n" if "\r\n" in text else "\r" if "\n" not in text and "\r" in text else "\n"
