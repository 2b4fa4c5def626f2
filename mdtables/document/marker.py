"""How markers are spelled: finding, splitting and writing them. The only module that spells them.

Knows nothing of where in a document a marker counts, nor what options mean. Every run asks `may_be_in`, so this module
imports little.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterator

    Attribute = tuple[str, str | None, int, int]

PREFIX = "TABLE_GENERATE_"
START, END = "TABLE_GENERATE_START", "TABLE_GENERATE_END"

# Patterns are text here, which `re` compiles at its first use: most documents have no marker.
NAME = r"<!--[ \t]*(?:[\r\n]+[ \t>]*)?(TABLE_GENERATE_(?:START|END))(?=\s|-->|$)"
MDX_NAME = r"(?:<!--|\{/\*)[ \t]*(?:[\r\n]+[ \t>]*)?(TABLE_GENERATE_(?:START|END))(?=\s|-->|\*/\}|$)"
_LIKE_A_NAME = r"tables?[ _-]?generat(?:e[dr]?|ion|ing|or)[ _-]?(?:(starts?|begin|open)|ends?|stop|close)"
_THEN = r"(?=[:;,]?\s*(?:-->|\*/|[a-z][\w-]*\s*=|$))"  # an option or the end, which no sentence has there
LOOKALIKE = rf"(?i)(?:<!--|\{{/\*)[ \t]*({_LIKE_A_NAME}){_THEN}"
_PREFIX = PREFIX.encode()
_CHECKSUM = r"""(?<=\s)checksum\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)"""
_ATTRIBUTE = (
    r"""(?P<name>[A-Za-z][\w-]*)(?P<equals>\s*=\s*)?(?(equals)(?:"(?P<d>[^"]*)"|'(?P<s>[^']*)'|(?P<bare>[^\s"']+)))"""
)


class MarkerSyntaxError(ValueError):
    """The text of a marker is not a list of options. `offset` counts from the beginning of that text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def may_be_in(data: bytes) -> bool:
    """Return False if a document's bytes cannot contain a marker or anything like one, which is so for most.

    In UTF-16, which is not an encoding for documents, a marker counts too, so that the encoding is reported.
    """
    if b"<" in data and b"<!--" in data:  # finding one byte is twenty times as fast as finding several
        return _PREFIX in data or bool(re.search(LOOKALIKE.encode(), data))
    if b"{" in data and b"{/*" in data:
        return _PREFIX in data or bool(re.search(LOOKALIKE.encode(), data))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return PREFIX.encode("utf-16-le") in data or PREFIX.encode("utf-16-be") in data
    return False


def attributes(text: str, prefix: str = "") -> Iterator[Attribute]:
    """Yield the (name, value, start, end) of each `name="value"` in a marker's text; for a bare name, value is None.

    `prefix` is what its line begins with: in a block quote, each line of the marker has as many `>`.
    Raise MarkerSyntaxError at the first thing that is not one.
    """
    at, match = 0, re.compile(_ATTRIBUTE).match
    while at < len(text):
        if text[at] in " \t\r\n>":  # a > belongs to the prefix of a block quote
            at += 1
            continue
        found = match(text, at)
        if found is None or text[found.end() : found.end() + 1].strip(" \t\r\n"):
            raise MarkerSyntaxError(_syntax_problem(text, at, found), at)
        if found["bare"] and found["bare"][0] in TYPOGRAPHIC_QUOTES:
            reason = (
                f'typographic quotes {found["bare"][0]} around a value: write {found["name"]}="…" with straight ones'
            )
            raise MarkerSyntaxError(reason, at)
        value = next((v for v in (found["d"], found["s"], found["bare"]) if v is not None), None)
        if value is not None and ("\n" in value or "\r" in value):
            value = joined_lines(value, prefix)[0]
        yield found["name"], value, at, found.end()
        at = found.end()


def joined_lines(raw: str, prefix: str) -> tuple[str, list[int]]:
    """Return a value of several lines, which is one line, and the offset in what is written of each character in it.

    The last offset is that of the end. `prefix` is that of the marker's line: no more `>` than it has are no text.
    """
    line_break = rf"[\r\n]+[ \t]*(?:>[ \t]*){{0,{prefix.count('>')}}}"
    parts, offsets, at = list[str](), list[int](), 0
    for found in re.finditer(line_break, raw):
        parts.append(raw[at : found.start()].rstrip(" \t"))
        offsets += range(at, at + len(parts[-1]) + 1)
        at = found.end()
    return " ".join([*parts, raw[at:].rstrip(" \t") if parts else raw]), [*offsets, *range(at, len(raw) + 1)]


def is_mdx(path: str) -> bool:
    """Return True for a document in which markers can be comments of MDX's: `{/* … */}`."""
    return path.lower().endswith(".mdx")


def closing(opening: str) -> str:
    """Return what ends a comment that begins so; both ends are three characters long."""
    return "*/}" if opening.startswith("{") else "-->"


OPEN_QUOTE = "a quote is not closed before the end of the comment"
TYPOGRAPHIC_QUOTES = "“”„‟‘’‚‛«»"


def has_open_quote(text: str) -> bool:
    """Return True if a marker's text ends inside a quoted value."""
    quote = ""
    for character in text:
        if character in "\"'" and quote in ("", character):
            quote = "" if quote else character
    return bool(quote)


def _syntax_problem(text: str, at: int, found: re.Match[str] | None) -> str:
    """Return what is wrong with the text at an offset, where this option was found, or none."""
    rest = text[at:]
    if has_open_quote(rest):
        return OPEN_QUOTE
    if "<!--" in rest:
        return "another comment begins before --> closes this one"
    if found and found[0][-1] in "\"'" and re.match(r"[\w\"']", text[found.end() :]):
        if re.match(r"[A-Za-z][\w-]*\s*=", text[found.end() :]):
            return f"a space is missing after {found[0]}"
        other = "'" if found[0][-1] == '"' else '"'
        return f"the value of {found['name']} ends at its second {found[0][-1]}: write quotes within it as {other}"
    word = (rest.split(None, 1) or [rest])[0][:40]
    return f'cannot parse "{word}": options are written as name="value", separated by spaces'


def checksum_of(text: str) -> str:
    """Return the checksum in an end marker's text, or "". Raise MarkerSyntaxError for any other option."""
    checksum = ""
    for name, value, at, _ in attributes(text):
        if name != "checksum" or value is None:
            raise MarkerSyntaxError(f'option "{name}" is not allowed on an end marker, only on the start marker', at)
        if checksum:
            raise MarkerSyntaxError("the checksum is given twice; delete both", at)
        checksum = value
    return checksum


def comment(name: str, options: str = "", *, mdx: bool = False) -> str:
    """Return a new marker. `name` is START or END; `options` is the text after it."""
    text = f"{name} {options}" if options else name
    return f"{{/* {text} */}}" if mdx else f"<!-- {text} -->"


def with_checksum(current: str, checksum: str) -> str:
    """Return an end marker's comment with its checksum replaced, or removed if the new one is empty."""
    if old := re.search(_CHECKSUM, current[: -len("-->")]):
        current = current[: old.start()].rstrip() + current[old.end() :]
    if not checksum:
        return current
    at = current.index(END) + len(END)
    return f'{current[:at]} checksum="{checksum}"{current[at:]}'


def option_names(text: str) -> set[str]:
    """Return the names of the options in a start marker's text; none if it cannot be read."""
    try:
        return {name for name, *_ in attributes(text)}
    except MarkerSyntaxError:
        return set()
