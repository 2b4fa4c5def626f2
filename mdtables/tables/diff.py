"""Two tables -> what differs, row by row, and a description of it. Knows cells as texts, not how they are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice, pairwise, zip_longest

from mdtables.model.table import Alignment, Row, Table
from mdtables.records import NamedTuple


class ChangedRow(NamedTuple):
    """A row that both tables have: its index in each, and the indexes of the columns in which it differs."""

    old: int
    new: int
    columns: Sequence[int]


class Difference(NamedTuple):
    """What turns one table into another: changed rows, removed ones by their index in the old, added ones in the new.

    `pairs` are the rows that both tables have, by their index in each. `columns` is true if the headers differ; then no
    rows are compared. `by_key` is true if rows were matched by their key column, false if by their content and order.
    `moved` is true if rows that both tables have are in another order. `regrouped` are those of `pairs` with another
    heading. `texts` are the caption and the note if they differ: what it is, the old and the new text.
    """

    old: Table
    new: Table
    key: int
    pairs: Sequence[tuple[int, int]] = ()
    changed: Sequence[ChangedRow] = ()
    removed: Sequence[int] = ()
    added: Sequence[int] = ()
    columns: bool = False
    by_key: bool = True
    moved: bool = False
    regrouped: Sequence[tuple[int, int]] = ()
    texts: Sequence[tuple[str, str, str]] = ()

    @property
    def is_empty(self) -> bool:
        """True if the tables do not differ, neither in their cells nor in their alignments."""
        return self.has_same_cells and not self.moved and not self.realigned

    @property
    def has_same_cells(self) -> bool:
        """True if both tables have the same rows, in whatever order, under the same headers, headings and texts."""
        return not (self.changed or self.removed or self.added or self.columns or self.regrouped or self.texts)

    @property
    def realigned(self) -> Sequence[tuple[str, Alignment, Alignment]]:
        """The header, the old and the new alignment of each column whose alignment differs."""
        if self.columns:
            return ()
        pairs = zip(self.new.header, self.old.align, self.new.align, strict=True)
        return [(name, old, new) for name, old, new in pairs if old != new]

    def name(self, row: int, *, new: bool) -> str:
        """Return the key of a row, by which messages name it."""
        return ((self.new if new else self.old).rows[row][max(self.key, 0)]) or ""


_Rows = Sequence[Row]
_MOST_COMPARED = 20_000  # pairs of cells, to find the rows that have most in common
_MOST_TRIED = 20  # rows, to find the one that was renamed
_MOST_LINED_UP = 2000  # rows without a unique key: lining them up takes time quadratic in their number


def difference(
    old: Table, new: Table, old_canonical: Table, new_canonical: Table, key: int = 0, numbered: Collection[int] = ()
) -> Difference:
    """Compare two tables by the canonical text of their cells.

    Rows are matched by the column with the index `key`, -1 for none, if its cells are unique in both tables; a row
    between the same neighbors that shares another cell with the one it replaced was renamed. Otherwise rows are lined
    up as `diff` lines up lines. In columns that are `numbered`, by their indexes, numbers do not tell rows apart.
    """
    texts = _texts(old, new, old_canonical, new_canonical)
    if list(old_canonical.header) != list(new_canonical.header) or bool(old.headings) != bool(new.headings):
        return Difference(old, new, 0, columns=True, texts=texts)
    old_rows, new_rows = list(map(tuple, old_canonical.rows)), list(map(tuple, new_canonical.rows))
    old_headings = old_canonical.headings or [""] * len(old_rows)
    new_headings = new_canonical.headings or [""] * len(new_rows)
    if new.headings:
        spelled = dict(zip(old_headings, old.headings, strict=False))
        same = zip(new_headings, new.headings, strict=True)
        new = new._replace(headings=[spelled.get(heading, raw) for heading, raw in same])
    old_alike, new_alike = ([_unnumbered(row, numbered) for row in rows] if numbered else rows
                            for rows in (old_rows, new_rows))  # fmt: skip
    pairs, by_key = _matched(old_alike, new_alike, old_headings, new_headings, key)
    reordered = not by_key and old_alike != new_alike and Counter(old_alike) == Counter(new_alike)
    kept_old, kept_new = {before for before, _ in pairs}, {after for _, after in pairs}
    regrouped = [pair for pair in pairs if old_headings[pair[0]] != new_headings[pair[1]]]
    stay = set(pairs).difference(regrouped) if regrouped else pairs
    order = [before for before, _ in sorted(stay, key=lambda pair: pair[1])]
    return Difference(
        old,
        new,
        key,
        pairs,
        list(_changed(pairs, old_rows, new_rows)),
        removed=[row for row in range(len(old_rows)) if row not in kept_old],
        added=[row for row in range(len(new_rows)) if row not in kept_new],
        by_key=by_key,
        moved=reordered or order != sorted(order),
        regrouped=regrouped,
        texts=texts,
    )


def _unnumbered(row: tuple[str | None, ...], columns: Collection[int]) -> tuple[str | None, ...]:
    return tuple(re.sub(r"\d+", "", cell or "") if index in columns else cell for index, cell in enumerate(row))


def _matched(
    old: _Rows, new: _Rows, old_headings: Sequence[str], new_headings: Sequence[str], key: int
) -> tuple[list[tuple[int, int]], bool]:
    """Return the rows that both tables have, and true if their keys tell which these are."""
    if key < 0:
        return _match_by_content(old, new), False
    old_keys: list[object] = [row[key] for row in old]
    new_keys: list[object] = [row[key] for row in new]
    by_key = _are_unique(old_keys) and _are_unique(new_keys)
    if not by_key and any(old_headings):  # a row may be in several groups
        old_keys = list(zip(old_headings, old_keys, strict=True))
        new_keys = list(zip(new_headings, new_keys, strict=True))
        by_key = _are_unique(old_keys) and _are_unique(new_keys)
    if not by_key:
        return _match_by_content(old, new), False
    pairs = _match_by_key(old_keys, new_keys)
    return pairs + _match_renamed(pairs, old, new, key), True


def _changed(pairs: Sequence[tuple[int, int]], old: _Rows, new: _Rows) -> Iterator[ChangedRow]:
    for before, after in pairs:
        cells = zip_longest(old[before], new[after])  # a hand-edited row may have a cell too many
        columns = [index for index, (old_cell, new_cell) in enumerate(cells) if old_cell != new_cell]
        if columns:
            yield ChangedRow(before, after, columns)


def _texts(old: Table, new: Table, old_canonical: Table, new_canonical: Table) -> list[tuple[str, str, str]]:
    pairs = [("caption", old.caption, new.caption, old_canonical.caption != new_canonical.caption)]
    pairs += [("note", old.note, new.note, old_canonical.note != new_canonical.note)]
    return [(name, before, after) for name, before, after, differ in pairs if differ]


def _are_unique(keys: Sequence[object]) -> bool:
    return len(set(keys)) == len(keys)


def _match_by_key(old: Sequence[object], new: Sequence[object]) -> list[tuple[int, int]]:
    place = {key: index for index, key in enumerate(old)}
    return [(place[key], index) for index, key in enumerate(new) if key in place]


def _match_renamed(pairs: Sequence[tuple[int, int]], old: _Rows, new: _Rows, key: int) -> list[tuple[int, int]]:
    """Match rows between the same neighbors, in order, that have another cell with text in common.

    If none of them have, and there are as many as before, each was edited.
    """
    ends = list(pairwise(sorted([(-1, -1), *pairs, (len(old), len(new))])))
    if any(new_end < new_start for (_, new_start), (_, new_end) in ends):
        return []  # rows were reordered, so their neighbors are not theirs any more
    found: list[tuple[int, int]] = []
    for (old_start, new_start), (old_end, new_end) in ends:
        before, after = range(old_start + 1, old_end), range(new_start + 1, new_end)
        alike = _most_alike(old, new, before, after, key)
        found += alike or (zip(before, after, strict=True) if len(before) == len(after) else [])
    return found


def _most_alike(old: _Rows, new: _Rows, before: range, after: range, key: int) -> list[tuple[int, int]]:
    """Match rows of two ranges, in order, so that they have as many other cells in common as possible.

    Of long ranges, each row is compared with the next few only.
    """
    if len(before) * len(after) * len(next(iter(old), ())) > _MOST_COMPARED:
        return _next_alike(old, new, before, after, key)
    best: list[list[tuple[int, tuple[tuple[int, int], ...]]]] = [[(0, ())] * (len(after) + 1)]
    for one in before:
        row: list[tuple[int, tuple[tuple[int, int], ...]]] = [(0, ())]
        for index, other in enumerate(after):
            shared = _shared_cells(old[one], new[other], key)
            score, pairs = best[-1][index]
            both = (score + shared, (*pairs, (one, other))) if shared else (0, ())
            row.append(max(best[-1][index + 1], row[-1], both, key=lambda each: each[0]))
        best.append(row)
    return list(best[-1][-1][1])


def _next_alike(old: _Rows, new: _Rows, before: range, after: range, key: int) -> list[tuple[int, int]]:
    """Match each row with the first of the next few rows that has another cell in common with it."""
    found, start = [], before.start
    for other in after:
        nearby = range(start, min(start + _MOST_TRIED, before.stop))
        one = next((row for row in nearby if _shared_cells(old[row], new[other], key)), None)
        if one is not None:
            found.append((one, other))
            start = one + 1
    return found


def _shared_cells(one: Row, other: Row, key: int) -> int:
    """Return the number of columns other than the key in which two rows have the same text."""
    cells = enumerate(zip(one, other, strict=False))
    return sum(bool(cell) and cell == same and column != key for column, (cell, same) in cells)


def _match_by_content(old: _Rows, new: _Rows) -> list[tuple[int, int]]:
    """Match rows in order, equal ones first.

    Each row is matched with the one in its place, if that makes no row one that the other table has elsewhere: among
    equal rows, an edit of one is an edit of just that one.
    """
    if len(old) == len(new):
        differ = [index for index in range(len(old)) if old[index] != new[index]]
        if {old[index] for index in differ}.isdisjoint({new[index] for index in differ}):
            same = [(index, index) for index in range(len(old)) if old[index] == new[index]]
            edited = _match_replaced(old, new, [(index, index) for index in differ])
            return sorted(same + edited)
    most = min(len(old), len(new))
    top = next((index for index in range(most) if old[index] != new[index]), most)
    most -= top
    bottom = next((index for index in range(most) if old[-1 - index] != new[-1 - index]), most)
    left_old, left_new = old[top : len(old) - bottom], new[top : len(new) - bottom]
    pairs = [(index, index) for index in range(top)]
    if 0 < max(len(left_old), len(left_new)) <= _MOST_LINED_UP:
        from difflib import SequenceMatcher  # 4 ms, and only where rows were added or removed

        matcher = SequenceMatcher(None, left_old, left_new, autojunk=False)
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
            places = zip(range(top + old_start, top + old_end), range(top + new_start, top + new_end), strict=False)
            pairs += places if tag == "equal" else _match_replaced(old, new, list(places))
    return pairs + [(len(old) - 1 - index, len(new) - 1 - index) for index in reversed(range(bottom))]


def _match_replaced(old: _Rows, new: _Rows, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those of these pairs of different rows that are one row, edited: alone in their place, or alike."""
    beside = {place + step for _, place in places for step in (1, -1)}
    return [(one, other) for one, other in places if other not in beside or _shared_cells(old[one], new[other], -1)]


_MOST_LINES = 20


def describe(found: Difference, path: str) -> list[str]:
    """Return a line for each row and column that differs, at most twenty.

    An old row is described with its line in the file `path`, or in its own if rows come from several.
    """
    lines = [f"{name}: {before or 'nothing'} -> {after or 'nothing'}" for name, before, after in found.texts]
    if found.columns and bool(found.old.headings) != bool(found.new.headings):
        return [*lines, "headings" + (" removed" if found.old.headings else " added")]
    if found.columns:
        return [*lines, f"columns: {', '.join(found.old.header)} -> {', '.join(found.new.header)}"]

    def old_row(row: int) -> str:
        file = found.old.paths[row] if found.old.paths else path
        place = f" ({file}:{found.old.lines[row]})" if found.old.lines else ""
        return f'row "{found.name(row, new=False)}"{place}'

    lines += [f'column "{name}": alignment {old} -> {new}' for name, old, new in found.realigned]
    lines += _regrouped(found, old_row)
    lines += [f"{old_row(changed.old)}: {', '.join(_cells(found, changed))}" for changed in found.changed]
    lines += [f'row "{found.name(row, new=True)}" added' for row in found.added]
    lines += [f"{old_row(row)} removed" for row in found.removed]
    lines += ["rows in another order"] if found.moved else []
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [f"and {len(lines) - _MOST_LINES + 1} more"]
    return lines


def _regrouped(found: Difference, old_row: Callable[[int], str]) -> Iterator[str]:
    """Yield a line for each heading that was edited, and for each row that was moved below another one."""
    edited = {(found.old.headings[old], found.new.headings[new]) for old, new in found.regrouped}
    known = set(found.old.headings)
    yield from (f'heading "{before}" -> "{after}"' for before, after in sorted(edited) if after not in known)
    for old, new in found.regrouped:
        if found.new.headings[new] in known:
            yield f'{old_row(old)}: moved from "{found.old.headings[old]}" to "{found.new.headings[new]}"'


def summarize(found: Difference) -> str:
    """Return one line that counts rows and cells, and shows the first few cells."""
    if found.columns:
        return describe(found, "")[-1]
    count = sum(len(changed.columns) for changed in found.changed)
    cells = list(islice((cell for changed in found.changed for cell in _cells(found, changed)), 3))
    shown = f" ({', '.join(cells)}{', …' if count > 3 else ''})" if cells else ""
    added, removed = len(found.added), len(found.removed)
    parts = [f"+{added} row{'s' * (added != 1)}, -{removed} row{'s' * (removed != 1)}"] if added or removed else []
    parts += [f"{count} cell{'s' * (count != 1)} changed{shown}"] if count else []
    parts += [f'column "{name}" aligned {new}' for name, _, new in found.realigned]
    known = set(found.old.headings)
    moved = sum(found.new.headings[new] in known for _, new in found.regrouped)
    headings = {found.old.headings[old] for old, new in found.regrouped if found.new.headings[new] not in known}
    parts += [f"{moved} row{'s' * (moved != 1)} moved to another heading"] if moved else []
    parts += [f"{len(headings)} heading{'s' * (len(headings) != 1)} changed"] if headings else []
    parts += ["rows in another order"] if found.moved else []
    parts += [name for name, _, _ in found.texts]
    return ", ".join(parts)


def _cells(found: Difference, changed: ChangedRow) -> list[str]:
    old, new, header = found.old.rows[changed.old], found.new.rows[changed.new], found.new.header

    def shown(row: Row, column: int) -> str:
        return (row[column] if column < len(row) else "nothing") or "empty"

    def name(column: int) -> str:
        return header[column] if column < len(header) else f"cell {column + 1}"

    return [f"{name(column)}: {shown(old, column)} -> {shown(new, column)}" for column in changed.columns]
