"""A template -> its text with a mark for each value, and the place in Markdown where each value stands.

Knows no values, and not how they are spelled in a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from mdtables.cells.encode_markdown import MARKDOWN
from mdtables.cells.formulas import formula
from mdtables.cells.html import VOID, is_read_by_kramdown
from mdtables.model.templates import Placeholder, Template
from mdtables.records import NamedTuple

Kind = Literal[
    "text",
    "label",
    "address",
    "part",
    "query",
    "title",
    "attribute",
    "attribute address",
    "attribute part",
    "raw",
    "code",
    "formula",
]
"""Where a value stands: in text, in the label of a link, at the start of an address, further on in one, after its
question mark, in a title, in an attribute of a tag, in a tag in which no Markdown is read, in code, in a formula.
"""

FIRST_MARK = 0xE000
MARK = "[\ue000-\uf8ff]"
_MOST_PLACEHOLDERS = 50
_ATTRIBUTE = r"""(?s)(?<=\s)([A-Za-z_:][\w.:-]*)\s?=\s?("[^"]*"|'[^']*')"""
_ADDRESSES = frozenset({"href", "src", "action", "cite", "poster"})
_TAG = r"""(?s)<(?P<name>/?[A-Za-z][A-Za-z0-9-]*)(?:\s(?:"[^"]*"|'[^']*'|[^'">])*)?>"""


class PlaceError(ValueError):
    """A placeholder is where no value can stand."""


class Unit(NamedTuple):
    """What one mark stands for: a value in a place, or code or a formula with values in it.

    `parts` are the indexes of placeholders, and in code and in formulas the literal text between them.
    """

    kind: Kind
    parts: tuple[str | int, ...]
    in_label: bool = False


class Link(NamedTuple):
    """A link: the offsets of its start, its label and its end, and the placeholders in its address.

    One whose address `ends_in_value` leads nowhere without its values; one with text after them may do.
    """

    start: int
    label: int
    label_end: int
    end: int
    address: tuple[int, ...]
    ends_in_value: bool


class Places(NamedTuple):
    """A template's text with a mark for each unit, numbered from FIRST_MARK on, and its links."""

    text: str
    units: list[Unit]
    links: list[Link]

    def without(self, empty: frozenset[int]) -> str:
        """Return the text with some links, by their index, replaced by their labels."""
        cuts = [cut for number in empty for cut in _around(self.links[number])]
        text = self.text
        for start, end in sorted(cuts, reverse=True):
            text = text[:start] + text[end:]
        return text


def _around(link: Link) -> tuple[tuple[int, int], tuple[int, int]]:
    return (link.start, link.label), (link.label_end, link.end)


def places_of(template: Template) -> Places:
    """Return where the values of a template stand. Raise PlaceError."""
    if any(isinstance(part, str) and re.search(MARK, part) for part in template.parts):
        raise PlaceError("characters for private use cannot stand in a template")
    if len(template.placeholders) > _MOST_PLACEHOLDERS:
        raise PlaceError(f"more than {_MOST_PLACEHOLDERS} placeholders")
    marks = iter(range(FIRST_MARK, FIRST_MARK + len(template.placeholders)))
    raw = "".join(chr(next(marks)) if isinstance(part, Placeholder) else part for part in template.parts)
    text, units = _with_units(raw)
    return _Reader(text, units).read()


def _with_units(raw: str) -> tuple[str, list[Unit]]:
    """Return the text with one mark for each value, or for the code or the formula that values are in."""
    units: list[Unit] = []
    pieces: list[str] = []

    def put(kind: Kind, parts: tuple[str | int, ...]) -> None:
        pieces.append(chr(FIRST_MARK + len(units)))
        units.append(Unit(kind, parts))

    at = 0
    for start, end, kind, content in [*_wholes(raw), (len(raw), len(raw), None, "")]:
        for found in re.finditer(f"{MARK}|[^\ue000-\uf8ff]+", raw[at:start]):
            if re.match(MARK, found[0]):
                put("text", (ord(found[0]) - FIRST_MARK,))
            else:
                pieces.append(found[0])
        if kind:
            put(kind, tuple(_parts(content)))
        at = end
    return "".join(pieces), units


def _parts(text: str) -> Iterator[str | int]:
    for found in re.finditer(f"{MARK}|[^\ue000-\uf8ff]+", text):
        yield ord(found[0]) - FIRST_MARK if re.match(MARK, found[0]) else found[0]


def _wholes(raw: str) -> Iterator[tuple[int, int, Literal["code", "formula"], str]]:
    """Yield the start, the end, the kind and the content of code and of formulas with values in them."""
    at, search = 0, re.compile(MARKDOWN).search
    while found := search(raw, at):
        at = found.end()
        if found.lastgroup == "ticks":
            closing = re.compile(rf"(?<!`){found[0]}(?!`)").search(raw, at)
            if closing and re.search(MARK, raw[at : closing.start()]):
                yield found.start(), closing.end(), "code", raw[at : closing.start()]
            at = closing.end() if closing else at
        elif found.lastgroup == "dollar":
            math = formula(raw, found.start())
            if math and re.search(MARK, math[0]):
                yield found.start(), math.end(), "formula", math[0]
            at = math.end() if math else at
        elif found.lastgroup in ("tag", "target", "autolink", "comment", "template"):
            at = found.start() + 1  # code in them is looked at as well


class _Reader:
    """Finds the place of each mark in a text."""

    def __init__(self, text: str, units: list[Unit]) -> None:
        self.text, self.units = text, units
        self.links: list[Link] = []
        self.brackets: list[int] = []
        self.raw_tag = ""

    def read(self) -> Places:
        at, search = 0, re.compile(MARKDOWN).search
        tag = re.compile(_TAG)
        while found := search(self.text, at):
            self._put_raw(at, found.start())
            whole = tag.match(self.text, found.start()) if found[0].startswith("<") else None
            if whole:
                self._tag(whole)
                at = whole.end()
            else:
                at = self._token(found)
        self._put_raw(at, len(self.text))
        return Places(self.text, self.units, self.links)

    def _token(self, found: re.Match[str]) -> int:
        """Find the places in a token, and return where it ends."""
        start, end = found.span()
        if found.lastgroup == "open":
            self.brackets.append(start)
        elif found.lastgroup == "close":
            self.brackets[-1:] = []
        elif found.lastgroup == "target" and self.brackets:
            self._link(self.brackets.pop(), found)
        elif found.lastgroup == "target":
            return start + 1
        elif found.lastgroup == "url":
            self._address(start, end)
        elif found.lastgroup == "autolink" or re.compile(f"<{MARK}[^\\s<>]*>").match(self.text, start):
            self._refuse(start, self.text.find(">", start), "in angle brackets: write [text]({address}) for a link")
        elif found.lastgroup == "comment":
            close = self.text.find("-->", end)
            self._refuse(start, close if close >= 0 else end, "in a comment")
            return close + 3 if close >= 0 else end
        return end

    def _refuse(self, start: int, end: int, where: str) -> None:
        if re.search(MARK, self.text[start:end]):
            raise PlaceError(f"a value cannot stand {where}")

    def _put(self, start: int, end: int, kind: Kind) -> None:
        for mark in re.findall(MARK, self.text[start:end]):
            number = ord(mark) - FIRST_MARK
            unit = self.units[number]
            if unit.kind not in ("code", "formula"):
                self.units[number] = unit._replace(kind=kind)

    def _put_raw(self, start: int, end: int) -> None:
        if self.raw_tag:
            self._put(start, end, "raw")

    def _tag(self, found: re.Match[str]) -> None:
        inside = found[0]
        for attribute in re.finditer(_ATTRIBUTE, inside):
            begin, end = found.start() + attribute.start(2), found.start() + attribute.end(2)
            is_address = attribute[1].lower() in _ADDRESSES
            if is_address:
                self._address(begin + 1, end - 1, in_attribute=True)
            else:
                self._put(begin, end, "attribute")
        self._refuse_in(re.sub(_ATTRIBUTE, "", inside))
        name = found["name"].lower()
        if name.startswith("/"):
            self.raw_tag = "" if name[1:] == self.raw_tag else self.raw_tag
        elif not (self.raw_tag or inside.endswith("/>") or name in VOID or is_read_by_kramdown(name)):
            self.raw_tag = name

    def _refuse_in(self, tag: str) -> None:
        if re.search(MARK, tag):
            raise PlaceError("in a tag, a value can stand between the quotes of an attribute only")

    def _address(self, start: int, end: int, *, in_attribute: bool = False) -> None:
        """Give the values in an address their places: at its start, further on, or after its question mark."""
        for found in re.finditer(MARK, self.text[start:end]):
            before = self.text[start : start + found.start()].lstrip("<")
            kind: Kind = "address" if not before else "query" if "?" in before else "part"
            if in_attribute:
                kind = "attribute address" if not before else "attribute part"
            self._put(start + found.start(), start + found.end(), kind)

    def _link(self, start: int, found: re.Match[str]) -> None:
        label = start + 1
        is_image = self.text[max(start - 1, 0) : start] == "!"
        for mark in re.findall(MARK, self.text[label : found.start()]):
            number = ord(mark) - FIRST_MARK
            unit = self.units[number]
            self.units[number] = unit._replace(kind="label" if unit.kind == "text" else unit.kind, in_label=True)
        self._address(*found.span("destination"))
        if any(other.start > start and self.text[other.start] == "!" for other in self.links):
            for mark in re.findall(MARK, found["destination"]):
                number = ord(mark) - FIRST_MARK
                self.units[number] = self.units[number]._replace(in_label=True)
        self._put(found.end("destination"), found.end(), "title")
        address = _parts(self.text[slice(*found.span("destination"))])
        numbers = (part for unit in address if isinstance(unit, int) for part in self.units[unit].parts)
        inside = tuple(number for number in numbers if isinstance(number, int))
        ends_in_value = bool(re.search(f"{MARK}>?$", found["destination"]))
        self.links.append(Link(start - is_image, label, found.start(), found.end(), inside, ends_in_value))
