"""What surrounds a place in a document: code, raw HTML or text, where that begins, and how far it is indented.

Knows blocks, code spans, and the comments and tags inside them; no markers and no tables.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from mdtables.document.blocks import LITERAL_TAGS, Kind, blocks
from mdtables.records import NamedTuple
from mdtables.text.code_spans import code_spans
from mdtables.text.edits import splice

_ROW = r"(?m)^[ \t>]*(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t][ \t>]*)*\|.*"
_HIDING = rf"(?i)<!--|-->|</?(?:{LITERAL_TAGS})\b"


class Surroundings(NamedTuple):
    """What surrounds a place: `code` (which includes comments and `<pre>`), raw `html`, or `text`.

    `start` is the offset of the first line of that block. `quotes` is the number of quotes that it is in, `indent` the
    column at which the content of its container begins.
    """

    kind: Kind
    start: int = 0
    quotes: int = 0
    indent: int = 0


def classify(text: str, places: Sequence[int], front_matter: int = 0) -> list[Surroundings]:
    """Return what surrounds each of these offsets. The first `front_matter` characters count as code.

    What is in no block counts as code too, so that nothing is written there.
    """
    around = [Surroundings("code")] * len(places)
    order = sorted((place, index) for index, place in enumerate(places) if place >= front_matter)
    at = 0
    for block in blocks(text, front_matter or text.startswith("\ufeff"), [place for place, _ in order]):
        first = at
        while at < len(order) and order[at][0] < block.end:
            at += 1
        inside = [pair for pair in order[first:at] if pair[0] >= block.start]
        if inside and block.kind != "code":
            hidden = _hidden(text[block.start : block.end], [place - block.start for place, _ in inside], block.kind)
            for (_, index), is_hidden in zip(inside, hidden, strict=True):
                kind: Kind = "code" if is_hidden else block.kind
                around[index] = Surroundings(kind, block.start, block.quotes, block.indent)
        if at == len(order):
            break
    return around


def _hidden(raw: str, places: Sequence[int], kind: Kind) -> Iterable[bool]:
    """Return for each place in a block whether it is inside a code span, an outer comment or a tag like `<pre>`."""
    first = raw.find("<")
    is_first = raw.startswith("<!--", first) and first + len("<!--") == places[0] == places[-1]
    if ("`" not in raw or kind == "html") and (first < 0 or is_first):
        return [False] * len(places)  # nothing can hide anything, or nothing is above the only place
    return _each_hidden(raw, places, kind)


def _each_hidden(raw: str, places: Sequence[int], kind: Kind) -> Iterator[bool]:
    """Yield for each place whether it is hidden.

    In a row that begins with a pipe, neither a comment nor a tag reaches beyond the row.
    """
    rows = [row.span() for row in re.finditer(_ROW, raw)] if kind == "text" else []
    spans = code_spans(raw) if kind == "text" and "`" in raw else []
    comment, tag = -1, ""  # the offset at which the open comment's text begins; the open tag
    tokens = re.finditer(_HIDING, _without(raw, spans))
    token = next(tokens, None)
    for place in places:
        while token and token.start() < place:
            word = token[0].lower()
            if tag:
                tag = "" if word == f"</{tag}" else tag
            elif word == "<!--":
                comment = token.end() if comment < 0 and not _is_in(rows, token.start()) else comment
            elif word == "-->":
                comment = -1
            elif comment < 0 and not word.startswith("</") and not _is_in(rows, token.start()):
                tag = word[1:]
            token = next(tokens, None)
        yield _is_in(spans, place) or bool(tag) or comment not in (-1, place)


def _is_in(spans: Sequence[tuple[int, int]], place: int) -> bool:
    """Return True if a place is in one of these spans, which are in order and do not overlap."""
    index = bisect_right(spans, place, key=itemgetter(0)) - 1
    return index >= 0 and place < spans[index][1]


def _without(raw: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the text with its code spans blanked, so that all offsets stay."""
    return splice(raw, [(start, end, " " * (end - start)) for start, end in spans])
