"""Where records and fields are in the text of a CSV. Relies on the reader for what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from mdtables.records import NamedTuple

_DECLARATION = re.compile(r'(?:sep=[^\r\n"]|"sep=[^\r\n"]")(?:\r\n|\n|\r)', re.IGNORECASE)
_ENDING = re.compile(r"\r\n?|\n|\Z")


def declaration(text: str) -> int:
    """Return the length of a first line like `sep=;`, with which spreadsheets declare the delimiter; 0 if none does."""
    found = _DECLARATION.match(text)
    return found.end() if found else 0


class Span(NamedTuple):
    """A record: the offsets of its start, of its end, and of the next record."""

    start: int
    end: int
    next: int

    def in_text(self, text: str) -> str:
        return text[self.start : self.end]

    @property
    def blank(self) -> bool:
        return self.start == self.end


def spans(text: str, delimiter: str) -> Iterator[Span]:
    """Yield the records of a CSV; from one on that is not well formed, none, so that the last is not at the end."""
    at = 1 if text.startswith("\ufeff") else 0
    at += declaration(text[at : at + 20])
    while at < len(text):
        ending = _ENDING.search(text, at)
        assert ending is not None
        if text.find('"', at, ending.start()) >= 0:
            ending = _ENDING.match(text, _quoted_fields(text, at, delimiter)[-1][1])
            if ending is None:
                return  # csv.reader would have refused it
        yield Span(at, *ending.span())
        at = ending.end()


def fields(record: str, delimiter: str) -> list[tuple[int, int]]:
    """Return the offsets of the fields in the text of a record."""
    if '"' in record:
        return _quoted_fields(record, 0, delimiter)
    ends = accumulate(len(field) + 1 for field in record.split(delimiter))  # a tenth of the time
    return [(start, end - 1) for start, end in pairwise((0, *ends))]


def _quoted_fields(text: str, start: int, delimiter: str) -> list[tuple[int, int]]:
    """Return the offsets of the fields of the record that starts here."""
    field = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(delimiter)}\r\n]*')
    found: list[tuple[int, int]] = []
    at = start
    while not found or text[at : at + 1] == delimiter:
        match = field.match(text, at + 1 if found else at)
        assert match is not None
        found.append(match.span())
        at = match.end()
    return found
