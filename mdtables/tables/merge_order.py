"""The order of rows, by their keys, after both sides of a three-way merge changed them. Knows keys and no cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain


def merged_order(
    base: Mapping[str, object],
    ours: Mapping[str, object],
    theirs: Mapping[str, object],
    same: Callable[[str], bool],
) -> list[str] | None:
    """Return the keys of our rows, each followed by what theirs added below it; or the other way round if they moved.

    What both added in one place is in the order ours, theirs. A row that ours removed counts as added by theirs unless
    it is the `same` there as in the base. Return None if it cannot be told what was meant: both sides put rows in
    another order, or a row that both removed may have been renamed on one of them.
    """
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
    for key in chain(keys):
        if key in wanted:
            yield above
        elif key in there:
            above = key
