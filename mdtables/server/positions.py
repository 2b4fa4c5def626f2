"""Offsets in a text <-> lines and characters as an editor counts them, in the encoding that it asked for."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Literal

from mdtables.model.diagnostics import Location
from mdtables.text.edits import END_OF_LINE, Edit
from mdtables.text.line_diff import opcodes

Encoding = Literal["utf-8", "utf-16", "utf-32"]
Position = dict[str, int]
Range = dict[str, Position]


class Positions:
    """The lines of a text. A position beyond the end of its line means that end, as the protocol has it."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self.text, self._encoding = text, encoding
        self._starts = [0, *(found.end() for found in END_OF_LINE.finditer(text))]

    def offset(self, position: Any) -> int:
        """Return the offset of a position. Raise TypeError, KeyError or ValueError for what is none."""
        line, character = position["line"], position["character"]
        if not (isinstance(line, int) and isinstance(character, int)) or min(line, character) < 0:
            raise ValueError(f"not a position: {position!r}")
        if line >= len(self._starts):
            return len(self.text)
        start, content = self._starts[line], self.line(line)
        if content.isascii() or self._encoding == "utf-32":
            return start + min(character, len(content))
        unit = 2 if self._encoding == "utf-16" else 1
        encoded = content.encode(self._codec, "surrogatepass")[: character * unit]
        return start + len(encoded.decode(self._codec, "ignore"))

    def position(self, offset: int) -> Position:
        """Return the position of an offset."""
        line = bisect_right(self._starts, offset) - 1
        before = self.text[self._starts[line] : offset]
        return {"line": line, "character": self._width(before)}

    def range(self, start: int, end: int) -> Range:
        """Return the range between two offsets."""
        return {"start": self.position(start), "end": self.position(end)}

    def line(self, number: int) -> str:
        """Return a line, counted from 0, without its ending."""
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : end].rstrip("\r\n")

    def of(self, at: Location) -> Range:
        """Return the range of a location: the first line for a whole file, its text for a whole line."""
        start = self._of(at.line, at.column or 1)
        if at.end_line:
            return self.range(start, max(self._of(at.end_line, at.end_column), start))
        if at.column:
            return self.range(start, start)
        line = min(max(at.line, 1), len(self._starts)) - 1
        content = self.line(line)
        first = start + len(content) - len(content.lstrip())
        return self.range(min(first, start + len(content)), start + len(content.rstrip()) if content.strip() else start)

    def _of(self, line: int, column: int) -> int:
        index = min(max(line, 1), len(self._starts)) - 1
        mark = index == 0 and self.text.startswith("\ufeff")  # which is not counted as a column
        return min(self._starts[index] + max(column - 1, 0) + mark, len(self.text))

    @property
    def _codec(self) -> str:
        return "utf-16-le" if self._encoding == "utf-16" else self._encoding

    def _width(self, text: str) -> int:
        if text.isascii() or self._encoding == "utf-32":
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // (2 if self._encoding == "utf-16" else 1)


def edits_between(old: str, new: str) -> list[Edit]:
    """Return edits that turn a text into another, line by line; of one line, only what differs within it."""
    if old == new:
        return []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    edits: list[Edit] = []
    for tag, a, b, c, d in opcodes(before, after):
        if tag == "equal":
            continue
        if b - a == d - c:
            pairs = zip(range(a, b), range(c, d), strict=True)
            edits += [_within(starts[one], before[one], after[other]) for one, other in pairs]
        else:
            edits.append((starts[a], starts[b], "".join(after[c:d])))
    return [edit for edit in edits if edit[0] < edit[1] or edit[2]]


def _within(start: int, old: str, new: str) -> Edit:
    """Return the edit of one line: what differs, without the equal beginning and the equal end."""
    most = min(len(old), len(new))
    first = next((index for index in range(most) if old[index] != new[index]), most)
    first -= first > 0 and old[first - 1 : first + 1] == "\r\n"  # no position is between these two
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    last -= last > 0 and old[len(old) - last - 1 : len(old) - last + 1] == "\r\n"
    return start + first, start + len(old) - last, new[first : len(new) - last]
