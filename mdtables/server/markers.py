"""A start marker that is being written -> the option, and the part of its value, at a place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mdtables.document import marker
from mdtables.model.options import SPECS, Options, with_values
from mdtables.records import NamedTuple

_BLANKS = " \t\r\n>"
_NAME = re.compile(r"[A-Za-z-]*\Z")
_PAIR = re.compile(r"""([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


class Written(NamedTuple):
    """What is written at a place in a marker, which may not be complete.

    `option` is the option whose value the place is in, "" between options; `start` is the offset at which the word
    begins that is being written, `word` that word up to the place, `value` the value up to the place. `given` are the
    options of the whole marker, by their names, as texts; `quote` is that of the value, "" for none.
    """

    option: str
    start: int
    word: str
    value: str
    given: dict[str, str]
    quote: str = ""


def written_at(text: str, offset: int) -> Written | None:
    """Return what is written at an offset of a document; None outside of start markers."""
    found = None
    for match in re.finditer(marker.NAME + "|" + marker.MDX_NAME, text[:offset]):
        found = match
    if found is None or marker.START not in found[0]:
        return None
    closing = text.find(marker.closing(found[0]), found.end())
    if 0 <= closing < offset:
        return None
    end = closing if closing >= 0 else _end_of_line(text, offset)
    given = {name: value for name, value, *_ in pairs(text[found.end() : end])}
    option, at, quote = _open_value(text, found.end(), offset)
    if not option:
        word = _NAME.search(text, found.end(), offset)
        start = word.start() if word else offset
        return Written("", start, text[start:offset], "", given)
    value = text[at:offset]
    start = at + _last_item(value)
    return Written(option, start, text[start:offset], value, given, quote)


def pairs(text: str) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield name and value of each option in a marker's text, where it begins, and where its value begins and ends.

    What is not well formed is left out.
    """
    for found in _PAIR.finditer(text):
        group = next(number for number in (2, 3, 4) if found[number] is not None)
        yield found[1], found[group], found.start(), found.start(group), found.end(group)


def options_of(given: dict[str, str]) -> Options:
    """Return the options that can be read."""
    values = {}
    for name, value in given.items():
        if name in SPECS:
            try:
                values[name] = SPECS[name].parse(value)
            except ValueError:
                continue
    return with_values(Options(), values)


def _end_of_line(text: str, offset: int) -> int:
    return next((at for at in range(offset, len(text)) if text[at] in "\r\n"), len(text))


def _open_value(text: str, start: int, offset: int) -> tuple[str, int, str]:
    """Return the option whose value an offset is in, the offset at which that begins, and its quote; "" for none."""
    at = start
    while at < offset:
        if text[at] in _BLANKS:
            at += 1
            continue
        name = re.compile(r"[A-Za-z-]*").match(text, at)
        assert name
        at = name.end()
        if text[at : at + 1] != "=" or at >= offset:
            if at < offset and at == name.start():
                at += 1
            continue
        at += 1
        quote = text[at : at + 1] if at < offset and text[at] in "\"'" else ""
        begin = at + len(quote)
        end = _end_of_value(text, begin, quote)
        if offset <= end:
            return name[0], begin, quote
        at = end + len(quote)
    return "", offset, ""


def _end_of_value(text: str, begin: int, quote: str) -> int:
    if quote:
        end = text.find(quote, begin)
        return end if end >= 0 else len(text)
    found = re.compile(r"[^\s\"']*").match(text, begin)
    return found.end() if found else begin


def _last_item(value: str) -> int:
    """Return where the word begins at the end of a value: after what separates items, names and operators."""
    found = list(re.finditer(r"(?:^|[,;:({]|\bas\b|\band\b|\bor\b|\bnot\b|[=<>]|\n[ \t>]*)\s*-?", value))
    return found[-1].end() if found else 0
