"""Code spans in a text, paired as CommonMark pairs backticks. Knows no other Markdown."""

from __future__ import annotations

import re
from bisect import bisect_right

_BACKTICKS = re.compile(r"`+")


def code_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each code span: a run of backticks opens one, the next run of that length closes it.

    A backslash escapes the first backtick of a run outside a span. Linear in the length of the text.
    """
    runs = [(found.start(), found.end()) for found in _BACKTICKS.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for index, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(index)
    spans, index = [], 0
    while index < len(runs):
        start, end = runs[index]
        before = text[max(0, start - 64) : start]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            start += 1
        same = by_length.get(end - start, [])
        later = bisect_right(same, index)
        if end > start and later < len(same):
            index = same[later]
            spans.append((start, runs[index][1]))
        index += 1
    return spans
