"""Where records and fields are in the text of a CSV. Relies on the reader for what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_DECLARATION = re.compile(r'(?:sep=[^\r\n"]|"sep=[^\r\n"]")(?:\r\n|\n|\r)', re.IGNORECASE)


def declaration(text: str) -> int:
    """Return the length of a first line like `sep=;`, with which spreadsheets declare the delimiter; 0 if none does."""
    found = _DECLARATION.match(text)
    return found.end() if found else 0


class Span(NamedTuple):
    """A record: the offsets of its fields, of its end, and of the next record."""

    start: int
    fields: Sequence[tuple[int, int]]
    end: int
    next: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


def spans(text: str, delimiter: str) -> Iterator[Span]:
    field = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(delimiter)}\r\n]*')
    ending = re.compile(r"\r\n|\n|\r|\Z")
    at = 1 if text.startswith("\ufeff") else 0
    at += declaration(text[at : at + 20])
    while at < len(text):
        start, fields = at, []
        while True:
            found = field.match(text, at)
            assert found is not None
            fields.append(found.span())
            at = found.end()
            if text[at : at + 1] != delimiter:
                break
            at += 1
        eol = ending.match(text, at)
        if eol is None:
            return  # csv.reader would have refused it
        yield Span(start, fields, at, eol.end())
        at = eol.end()
