"""The bytes of a source -> its text, or the reason why not. Knows encodings, and no format."""

from __future__ import annotations

import codecs
import re

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.text.conflicts import conflicts
from mdtables.text.edits import line_at

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_SURROGATE = "[\ud800-\udfff]"


def decode(data: bytes, path: str, encoding: str, hint: str, *, may_conflict: bool = False) -> str:
    """Return the text of a source without its byte order mark. Raise MdtablesError with the line.

    Markers of a conflict are an error, unless it `may_conflict`.
    """
    _check_mark(data, path, encoding)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        offset = getattr(error, "start", 0)
        at = Location(path, line_at(data[:offset].decode(encoding, "ignore")))
        message = f"not {encoding} text: {getattr(error, 'reason', error)} at byte {offset}"
        raise failure("source-encoding", message, at=at, hint=hint) from None
    lone = None if text.isascii() else re.search(_SURROGATE, text)
    if lone:  # utf-7 and similar encodings can produce one, but no file can contain it
        at = _at(path, text, lone.start())
        raise failure("source-encoding", f"unpaired surrogate U+{ord(lone[0]):04X}", at=at, hint=hint)
    if "\0" in text:
        at = _at(path, text, text.index("\0"))
        raise failure("nul", "a NUL character, which no renderer shows", at=at, hint="remove it")
    if not may_conflict:
        check_conflicts(text, path)
    return text


def check_conflicts(text: str, path: str, above: int = 0) -> None:
    """Raise MdtablesError if git left a conflict in a text, which begins below that many lines of a file."""
    unresolved = next((found for found in conflicts(text) if found.closing > found.start), None)
    if unresolved:
        at = Location(path, line_at(text[: unresolved.start]) + above)
        hint = "resolve the conflict in the source first, then fix the documents that use it"
        raise failure("conflict", "git conflict markers in a source", at=at, hint=hint)


def _check_mark(data: bytes, path: str, encoding: str) -> None:
    """Raise MdtablesError if a file begins with the byte order mark of another encoding."""
    named = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if named and not encoding.replace("_", "-").startswith(named):
        message = f"the file begins with the byte order mark of {named}, but is read as {encoding}"
        hint = f"set encoding={named} on the marker" if path.lower().endswith((".csv", ".tsv")) else "save it as UTF-8"
        raise failure("source-encoding", message, at=Location(path), hint=hint)


def _at(path: str, text: str, offset: int) -> Location:
    return Location(path, line_at(text[:offset]))
