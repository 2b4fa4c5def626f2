"""Bytes -> text, or the reason why not. Knows encodings, and no format."""

from __future__ import annotations

import re

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.text.conflicts import conflicts
from mdtables.text.edits import line_at

_SURROGATE = re.compile("[\ud800-\udfff]")
MOST_PROBLEMS = 20
"""How many rows of one source are named; those beyond are counted."""


def decode(data: bytes, path: str, encoding: str, hint: str) -> str:
    """The text of a source, its byte order mark dropped. Raises MdtablesError with the byte offset or the line."""
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        offset = getattr(error, "start", 0)
        place = Location(path, line_at(data[:offset].decode(encoding, "ignore")))
        message = f"not {encoding} text: {getattr(error, 'reason', error)} at byte {offset}"
        raise MdtablesError(Diagnostic("source-encoding", message, place, hint)) from None
    lone = None if text.isascii() else _SURROGATE.search(text)
    if lone:  # utf-7 and its like can make half characters, which no file can hold
        place = Location(path, line_at(text[: lone.start()]))
        raise MdtablesError(Diagnostic("source-encoding", f"half a character, {lone[0]!r}", place, hint))
    if "\0" in text:
        place = Location(path, line_at(text[: text.index("\0")]))
        raise MdtablesError(Diagnostic("nul", "a NUL character, which no renderer shows", place, "take it out"))
    unresolved = next((found for found in conflicts(text) if found.closing > found.start), None)
    if unresolved:
        place = Location(path, line_at(text[: unresolved.start]))
        hint = "resolve the conflict here first; what is generated from it follows by mdtables fix"
        raise MdtablesError(Diagnostic("conflict", "git's conflict lines in a source", place, hint))
    return text
