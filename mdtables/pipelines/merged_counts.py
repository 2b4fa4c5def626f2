"""Counts in three versions of a heading, a caption or a note -> the counts of the merged table.

Knows the texts and the number of rows; not the data, which git has not merged yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mdtables.model.captions import Count, Text
from mdtables.model.options import Options
from mdtables.records import NamedTuple

_COUNT = "\0"
_MOST_VALUES = 3  # in a heading: a search for more takes too long where it fails


class Counted(NamedTuple):
    """A text with a mark for each of its counts, and these."""

    text: str
    counts: tuple[int, ...] = ()


def counted(text: str, option: Text | None) -> Counted:
    """Return a text that an option made with its counts apart; one that looks different has none."""
    if option is None or sum(not isinstance(part, str | Count) for part in option.parts) > _MOST_VALUES:
        return Counted(text)
    found = re.fullmatch(rf"\s*{''.join(map(_pattern, option.parts))}\s*", f" {text} ")
    if found is None:
        return Counted(text)
    marked = text
    for number in range(len(found.groups()), 0, -1):  # the text has a blank more in front there
        marked = marked[: found.start(number) - 1] + _COUNT + marked[found.end(number) - 1 :]
    return Counted(marked, tuple(map(int, found.groups())))


def _pattern(part: object) -> str:
    if isinstance(part, Count):
        return r"(\d{1,9})"
    return r"\s*".join(map(re.escape, part.split())).join([r"\s*"] * 2) if isinstance(part, str) else ".*"


def with_counts(text: str, counts: Sequence[int]) -> str:
    """Return a marked text with counts in it."""
    left = iter(counts)
    return re.sub(_COUNT, lambda _: str(next(left)), text)


def merged_counts(
    option: Text, options: Options, three: Sequence[Sequence[int] | None], rows: int, rows_in_all: int
) -> Iterator[int]:
    """Yield the counts of a text for which there are so many rows, of all rows in the table.

    `three` are those in the base, in ours and in theirs, None where there is no such text. What the table does not show
    is counted from both changes together. This is wrong if both sides made the same change; the next fix corrects it.
    """
    base, ours, theirs = three
    shows_all = options.where is None and options.limit is None and options.pivot is None
    for number, part in enumerate(part for part in option.parts if isinstance(part, Count)):
        if part == Count():
            yield rows
        elif part.of_source and shows_all:
            yield rows_in_all
        elif ours is None or theirs is None:
            yield (ours or theirs or ())[number]
        else:
            yield max(ours[number] + theirs[number] - (base[number] if base else ours[number]), 0)
