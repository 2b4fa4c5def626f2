"""The bytes of a source -> its text, or the reason why not. Knows encodings, and no format."""

from __future__ import annotations

import re

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.text.conflicts import conflicts
from mdtables.text.edits import line_at

_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes, path: str, encoding: str, hint: str) -> str:
    """Return the text of a source without its byte order mark. Raise MdtablesError with the line."""
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        offset = getattr(error, "start", 0)
        at = Location(path, line_at(data[:offset].decode(encoding, "ignore")))
        message = f"not {encoding} text: {getattr(error, 'reason', error)} at byte {offset}"
        raise failure("source-encoding", message, at=at, hint=hint) from None
    lone = None if text.isascii() else _SURROGATE.search(text)
    if lone:  # utf-7 and similar encodings can produce one, but no file can contain it
        at = _at(path, text, lone.start())
        raise failure("source-encoding", f"unpaired surrogate U+{ord(lone[0]):04X}", at=at, hint=hint)
    if "\0" in text:
        at = _at(path, text, text.index("\0"))
        raise failure("nul", "a NUL character, which no renderer shows", at=at, hint="remove it")
    unresolved = next((found for found in conflicts(text) if found.closing > found.start), None)
    if unresolved:
        at = _at(path, text, unresolved.start)
        hint = "resolve the conflict in the source first, then fix the documents that use it"
        raise failure("conflict", "git conflict markers in a source", at=at, hint=hint)
    return text


def _at(path: str, text: str, offset: int) -> Location:
    return Location(path, line_at(text[:offset]))
