"""A hand-edited cell of a template -> the values it may be made of, for each placeholder.

Knows how the cell was spelled before; the caller decides which values are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import chain, combinations

from mdtables.cells.decode import edited_values, values_of
from mdtables.cells.template_places import Unit
from mdtables.cells.templates import Composer
from mdtables.cells.values import Before, nearest
from mdtables.records import NamedTuple

_MOST_LINKS = 4  # whose addresses may be empty or not: each doubles the number of readings
_ESCAPED_BRACKET = re.compile(r"\\([\[\]])")


class Part(NamedTuple):
    """A part of a cell: what it is in the template, its text, and the marks that the template has next to it."""

    unit: Unit
    text: str
    marks: Sequence[str]

    @property
    def may_be_broken(self) -> bool:
        """True if a text has marks in it that the template has next to it: `[name](address` is not only a name."""
        return self.unit.kind in ("text", "label") and any(mark in re.sub(r"\\.", "", self.text) for mark in self.marks)


Reading = Sequence[Part]
"""What a cell may be: a part for each unit of a template."""


def readings_of(cell: str, composer: Composer) -> list[Reading]:
    """Return the ways in which a template can have made a cell, with or without its links; at most one for each way.

    A cell that could be divided among the placeholders in two ways has none.
    """
    found: list[Reading] = []
    links = [number for number, link in enumerate(composer.places.links) if link.ends_in_value][:_MOST_LINKS]
    for empty in chain.from_iterable(combinations(links, size) for size in range(len(links) + 1)):
        literals, units = composer.shape(frozenset(empty))
        marks = [*_marks(literals), *(["]("] * len(units) if empty else [])]
        for divisions in _divisions(cell, literals):
            readings = [[Part(*each, marks) for each in zip(units, texts, strict=True)] for texts in divisions]
            if len(readings) == 1:
                found += readings
            elif any(not any(part.may_be_broken for part in reading) for reading in readings):
                return []
    return found


def _marks(literals: Sequence[str]) -> list[str]:
    """Return the runs of marks in the literal text of a template, next to its values."""
    before = (re.search(r"[^\w\s]+$", literal) for literal in literals[:-1])
    after = (re.match(r"[^\w\s]+", literal) for literal in literals[1:])
    return list(dict.fromkeys(found[0] for found in (*before, *after) if found))


def _divisions(cell: str, literals: Sequence[str]) -> Iterator[list[list[str]]]:
    """Yield the texts that a cell has between others: the only ones, or two of several divisions.

    First as the cell is; then with each blank next to a value at an end of the template that is empty, and so shows no
    blank there.
    """
    yield _divided(cell, literals)
    at_start = len(literals) > 1 and not literals[0] and literals[1].startswith(" ")
    at_end = len(literals) > 1 and not literals[-1] and literals[-2].endswith(" ")
    if at_start:
        yield [["", *texts] for texts in _divided(f" {cell}", literals[1:])]
    if at_end:
        yield [[*texts, ""] for texts in _divided(f"{cell} ", literals[:-1])]
    if at_start and at_end and len(literals) > 2:
        yield [["", *texts, ""] for texts in _divided(f" {cell} ", literals[1:-1])]


def _divided(cell: str, literals: Sequence[str]) -> list[list[str]]:
    shortest = _shortest(cell, literals)
    longest = None if shortest is None else _longest(cell, literals)
    return [texts for texts in (shortest, *([longest] if longest != shortest else [])) if texts is not None]


def _shortest(cell: str, literals: Sequence[str]) -> list[str] | None:
    """Return what is between some texts, each found as early as possible; None if they are not all there."""
    first, last = literals[0], literals[-1]
    if len(literals) == 1:
        return [] if cell == first else None
    end = len(cell) - len(last)
    if not (cell.startswith(first) and cell.endswith(last)) or end < len(first):
        return None
    found, at = [], len(first)
    for literal in literals[1:-1]:
        place = cell.find(literal, at, end)
        if place < 0:
            return None
        found.append(cell[at:place])
        at = place + len(literal)
    return [*found, cell[at:end]]


def _longest(cell: str, literals: Sequence[str]) -> list[str] | None:
    """Return what is between some texts, each found as late as possible."""
    found = _shortest(cell[::-1], [literal[::-1] for literal in reversed(literals)])
    return None if found is None else [text[::-1] for text in reversed(found)]


def values_in(text: str, unit: Unit, before: Before | None) -> list[str]:
    """Return what the one value in a unit may be if it is written as this text.

    The values that differ least from the one before come first.
    """
    found = dict.fromkeys(_values_in(text, unit))
    if before is None:
        return list(found)
    edited = [*edited_values(*before, text)]
    if "%" in text:
        edited += edited_values(before.value, _address_in(before.cell), _address_in(text))
    return list(dict.fromkeys([*nearest(before.value, edited), *found]))


def _values_in(text: str, unit: Unit) -> Iterator[str]:
    if unit.kind in ("text", "label"):
        plain = _ESCAPED_BRACKET.sub(r"\1", text) if unit.kind == "label" else text
        yield from (*values_of(plain), *values_of(text))
    elif unit.kind == "code":
        yield from _values_in_code(text, unit)
    elif unit.kind != "formula":
        yield from (unescape(text), _address_in(text))


def _values_in_code(text: str, unit: Unit) -> Iterator[str]:
    """Yield the values of the one placeholder in code, in backticks or as HTML."""
    place = next(index for index, part in enumerate(unit.parts) if isinstance(part, int))
    before, after = ("".join(map(str, each)) for each in (unit.parts[:place], unit.parts[place + 1 :]))
    inside = []
    if found := re.fullmatch(r"(`+)(.*?)\1", text, re.DOTALL):
        inside.append(found[2].replace("\\|", "|"))
    if found := re.fullmatch(r"<code>(.*)</code>", text, re.DOTALL):
        inside.append(unescape(found[1]))
    for code in inside:
        if code.startswith(before) and code.endswith(after) and len(code) >= len(before) + len(after):
            yield code[len(before) : len(code) - len(after)]


def _address_in(text: str) -> str:
    """Return an address with the characters that references and percent signs stand for, if these are UTF-8."""
    address = unescape(text)
    try:
        return re.sub(r"(?:%[0-9A-Fa-f]{2})+", lambda found: bytes.fromhex(found[0].replace("%", "")).decode(), address)
    except UnicodeDecodeError:
        return address
