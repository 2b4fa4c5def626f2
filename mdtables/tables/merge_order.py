"""Which rows of three versions are the same one, and in which order they are after a merge. Knows keys and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_LONGEST_NUMBER = 18


def merged_order(
    base: Mapping[str, Sequence[str]],
    ours: Mapping[str, Sequence[str]],
    theirs: Mapping[str, Sequence[str]],
    same: Callable[[str], bool],
) -> list[str] | None:
    """Return the keys of our rows, each followed by what theirs added below it; or the other way round if they moved.

    Each key has the other cells of its row. What both added in one place is in the order ours, theirs. A row that ours
    removed counts as added by theirs unless it is the `same` there as in the base. Return None if the changes are
    ambiguous: both sides put rows in another order, one renumbered them, or a row that both removed may have been
    renamed on one of them.
    """
    if are_renumbered(base, ours) or are_renumbered(base, theirs):
        return None
    moved = [[key for key in side if key in base] != [key for key in base if key in side] for side in (ours, theirs)]
    if all(moved) or _may_be_renamed(list(base), list(ours), list(theirs)):
        return None
    first, second = (theirs, ours) if moved[1] else (ours, theirs)
    below: dict[str | None, list[str]] = {}
    above: str | None = None
    for key in second:
        if key in first:
            above = key
        elif key not in base or not same(key):
            below.setdefault(above, []).append(key)
    order: list[str] = []
    waiting = below.get(None, [])
    for key in first:
        if key in base or key in second:
            order += waiting
            waiting = below.get(key, [])
        order.append(key)
    return order + waiting


def _may_be_renamed(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return True if a side has a new row in the place of one that both removed."""
    removed = set(base).difference(ours, theirs)
    return bool(removed) and any(
        not set(_gaps(base, side, removed)).isdisjoint(_gaps(side, side, set(side).difference(base), set(base)))
        for side in (ours, theirs)
    )


def _gaps(
    keys: Sequence[str], side: Sequence[str], wanted: set[str], known: set[str] | None = None
) -> Iterator[str | None]:
    """Yield, for each wanted key, the nearest one above it that is in the side (and in `known`)."""
    there = set(side) if known is None else set(side) & known
    above: str | None = None
    for key in keys:
        if key in wanted:
            yield above
        elif key in there:
            above = key


def are_renumbered(base: Mapping[str, Sequence[str]], later: Mapping[str, Sequence[str]]) -> bool:
    """Return True if keys are running numbers that rows no longer have: then they identify no row.

    Each key has the other cells of its row. A row was renumbered if another key had its cells before.
    """
    if not (_are_running_numbers(base) and _are_running_numbers(later)):
        return False
    before = {tuple(cells): key for key, cells in base.items() if any(cells)}
    return any(before.get(tuple(cells), key) != key for key, cells in later.items() if base.get(key, cells) != cells)


def _are_running_numbers(keys: Iterable[str]) -> bool:
    numbers = [int(key) if key.isascii() and key.isdigit() and len(key) < _LONGEST_NUMBER else None for key in keys]
    return (
        bool(numbers)
        and None not in numbers
        and numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + len(numbers)))
    )
