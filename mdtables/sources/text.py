"""Bytes -> text, or the reason why not. Knows encodings, and no format."""

from __future__ import annotations

from mdtables.model import Diagnostic, Location, MdtablesError


def decode(data: bytes, path: str, encoding: str, hint: str) -> str:
    """The text of a source, its byte order mark dropped. Raises MdtablesError with the byte offset or the line."""
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        offset = getattr(error, "start", 0)
        place = Location(path, data.count(b"\n", 0, offset) + 1)
        message = f"not {encoding} text: {getattr(error, 'reason', error)} at byte {offset}"
        raise MdtablesError(Diagnostic("source-encoding", message, place, hint)) from None
    if "\0" in text:
        place = Location(path, text.count("\n", 0, text.index("\0")) + 1)
        raise MdtablesError(Diagnostic("nul", "a NUL character, which no renderer shows", place, "take it out"))
    return text
