"""Two sequences of lines -> what differs, in bounded time. Knows no files and no format of diffs."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

_MOST_COMPARED = 40_000  # pairs of lines between two matches; of more, all count as replaced

Opcode = tuple[str, int, int, int, int]
"""As difflib has them: `equal`, `replace`, `insert` or `delete`, and the spans of lines in both sequences."""


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """Return what turns one sequence into the other: lines that occur once in both are matched first."""
    found: list[Opcode] = []
    for tag, *span in _opcodes(old, new):
        a, b, c, d = span
        if found and found[-1][0] == tag == "equal":
            _, a, _, c, _ = found.pop()
        found.append((tag, a, b, c, d))
    return found


def hunks(codes: Sequence[Opcode], context: int = 3) -> Iterator[list[Opcode]]:
    """Yield the opcodes that are near each other, with this many equal lines around them."""
    group: list[Opcode] = []
    for tag, a, b, c, d in codes:
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        if group and b - a > 2 * context:
            yield [*group, (tag, a, a + context, c, c + context)]
            group = []
        skipped = 0 if group else max(0, b - a - context)
        group.append((tag, a + skipped, b, c + skipped, d))
    if any(tag != "equal" for tag, *_ in group):
        tag, a, b, c, d = group[-1]
        if tag == "equal":
            group[-1] = tag, a, min(b, a + context), c, min(d, c + context)
        yield group


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    start, (most_old, most_new) = 0, (len(old), len(new))
    while start < min(most_old, most_new) and old[start] == new[start]:
        start += 1
    while most_old > start and most_new > start and old[most_old - 1] == new[most_new - 1]:
        most_old, most_new = most_old - 1, most_new - 1
    if start:
        yield "equal", 0, start, 0, start
    at_old = at_new = start
    for one, other in [*_unique_matches(old, new, (start, most_old), (start, most_new)), (most_old, most_new)]:
        yield from _between(old, new, (at_old, one), (at_new, other))
        if one < most_old:
            yield "equal", one, one + 1, other, other + 1
        at_old, at_new = one + 1, other + 1
    if most_old < len(old):
        yield "equal", most_old, len(old), most_new, len(new)


def _unique_matches(
    old: Sequence[str], new: Sequence[str], in_old: tuple[int, int], in_new: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return as many pairs of equal lines as possible that are in order, of those that are unique in both."""
    times_old, times_new = Counter(old[slice(*in_old)]), Counter(new[slice(*in_new)])
    places = {new[index]: index for index in range(*in_new) if times_new[new[index]] == 1}
    pairs = [(i, places[old[i]]) for i in range(*in_old) if times_old[old[i]] == 1 and old[i] in places]
    ends: list[int] = []  # for each length of a chain, the least last place in the new sequence
    chains: list[int] = []  # the length of the longest chain that ends with each pair
    for _, place in pairs:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        chains.append(length)
    found: list[tuple[int, int]] = []
    longest = len(ends) - 1
    for pair, length in zip(reversed(pairs), reversed(chains), strict=True):
        if length == longest and (not found or pair[1] < found[-1][1]):
            found.append(pair)
            longest -= 1
    return found[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], in_old: tuple[int, int], in_new: tuple[int, int]
) -> Iterator[Opcode]:
    before, after = old[slice(*in_old)], new[slice(*in_new)]
    if len(before) * len(after) > _MOST_COMPARED:
        yield "replace", *in_old, *in_new
    elif before or after:
        from difflib import SequenceMatcher  # 4 ms, and only where something differs

        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            yield tag, in_old[0] + a, in_old[0] + b, in_new[0] + c, in_new[0] + d
