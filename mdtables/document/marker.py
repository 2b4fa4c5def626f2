"""How a marker is spelled and what its text says. The only file that spells the markers.

Knows nothing of where markers count. Imports little when it is loaded: every run asks `may_be_in`, few ask more.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # as typing has it, without its 8 ms
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from mdtables.model.diagnostics import Diagnostic, Location
    from mdtables.model.options import Options

PREFIX = "TABLE_GENERATE_"
START, END = "TABLE_GENERATE_START", "TABLE_GENERATE_END"

# Patterns are text here, which `re` compiles at its first use: most documents hold no marker.
NAME = r"<!--[ \t]*(?:[\r\n]+[ \t>]*)?(TABLE_GENERATE_(?:START|END))(?=\s|-->|$)"
LOOKALIKE = r"(?i)<!--[ \t]*table[ _-]generate[ _-](?:start|end)\b"
_PREFIX = PREFIX.encode()
_CHECKSUM = r"""(?<=\s)checksum\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)"""
_ATTRIBUTE = (
    r"""(?P<name>[A-Za-z][\w-]*)(?P<equals>\s*=\s*)?(?(equals)(?:"(?P<d>[^"]*)"|'(?P<s>[^']*)'|(?P<bare>[^\s"']+)))"""
)


class MarkerSyntaxError(ValueError):
    """The text of a marker is not a list of options. `offset` counts from its start."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def may_be_in(data: bytes) -> bool:
    """Whether a document's bytes may hold a marker, or what somebody took for one. Most hold none, and are not decoded.

    In UTF-16, which is no encoding for a document, they count too, so that it is said and not passed over.
    """
    if b"<" in data and b"<!--" in data:  # a byte is found, or not, twenty times as fast as four
        return _PREFIX in data or bool(re.search(LOOKALIKE.encode(), data))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return PREFIX.encode("utf-16-le") in data or PREFIX.encode("utf-16-be") in data
    return False


def attributes(text: str) -> Iterator[tuple[str, str | None, int]]:
    """The (name, value, offset) of each `name="value"` in a marker's text; value None for a bare name."""
    at = 0
    while at < len(text):
        if text[at] in " \t\r\n>":  # a > here is the prefix of a block quote
            at += 1
            continue
        found = re.compile(_ATTRIBUTE).match(text, at)
        if found is None or text[found.end() : found.end() + 1].strip(" \t\r\n"):
            raise MarkerSyntaxError(_why_not(text, at), at)
        value = next((v for v in (found["d"], found["s"], found["bare"]) if v is not None), None)
        if value is not None and ("\n" in value or "\r" in value):
            value = " ".join(part.rstrip(" \t") for part in re.split(r"[\r\n]+[ \t>]*", value))
        yield found["name"], value, at
        at = found.end()


_MOST_PROBLEMS = 20  # of one marker: whoever has that many has another problem
OPEN_QUOTE = "a quote is not closed; --> cannot stand in a value, since it ends the comment"


def has_open_quote(text: str) -> bool:
    """Whether a marker's text ends inside a value."""
    quote = ""
    for character in text:
        if character in "\"'" and quote in ("", character):
            quote = "" if quote else character
    return bool(quote)


def _why_not(text: str, at: int) -> str:
    rest = text[at:]
    if has_open_quote(rest):
        return OPEN_QUOTE
    if "<!--" in rest:
        return "another comment begins before this one is closed by -->"
    word = (rest.split(None, 1) or [rest])[0][:40]
    return f'cannot read "{word}": options are written name="value", with a blank between them'


def checksum_of(text: str) -> str:
    """The checksum on an end marker's text, or nothing. Raises MarkerSyntaxError for any other option."""
    checksum = ""
    for name, value, at in attributes(text):
        if name != "checksum" or value is None:
            raise MarkerSyntaxError(f'an end marker takes no option "{name}"; options go on the start marker', at)
        if checksum:
            raise MarkerSyntaxError("the checksum is given twice; delete both, or keep the one that mdtables wrote", at)
        checksum = value
    return checksum


def comment(name: str, options: str = "") -> str:
    """A new marker: START or END, with this text."""
    return f"<!-- {name} {options} -->" if options else f"<!-- {name} -->"


def with_checksum(standing: str, checksum: str) -> str:
    """An end marker's comment with its checksum replaced, or taken out where the new one is empty."""
    if old := re.search(_CHECKSUM, standing.removesuffix("-->")):
        standing = standing[: old.start()].rstrip() + standing[old.end() :]
    if not checksum:
        return standing
    at = standing.index(END) + len(END)
    return f'{standing[:at]} checksum="{checksum}"{standing[at:]}'


def has_source(text: str) -> bool:
    """Whether a start marker's text makes its region a sourced one."""
    try:
        return any(name == "source" for name, _, _ in attributes(text))
    except MarkerSyntaxError:
        return False


def read_options(text: str, place: Callable[[int], Location], base: Options) -> tuple[Options, list[Diagnostic]]:
    """The options in a start marker's text, over those of `base`, and every problem in it.

    `place` turns an offset in the text into its location. What cannot be read keeps its default.
    """
    from mdtables.model.diagnostics import Diagnostic
    from mdtables.model.options import SPECS, Options

    seen: dict[str, int] = {}
    values: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    try:
        for name, value, at in attributes(text):
            if name in seen:
                problems.append(Diagnostic("repeated-option", f'option "{name}" is given twice', place(at), "keep one"))
            elif problem := _read_option(name, value, values):
                problems.append(Diagnostic(*problem, place(at)))
            seen.setdefault(name, at)
            if len(problems) == _MOST_PROBLEMS:
                break
    except MarkerSyntaxError as wrong:
        problems.append(Diagnostic("marker", str(wrong), place(wrong.offset)))
    if "source" in seen:
        return base._replace(**values), problems
    hint = 'without source="…" a region is only aligned; it takes ' + " and ".join(n for n in SPECS if SPECS[n].bare)
    for name in [n for n in values if not SPECS[n].bare]:
        problems.append(Diagnostic("option-place", f'option "{name}" needs a source', place(seen[name]), hint))
        del values[name]
    return Options(style=base.style)._replace(**values), problems  # a hand-written table keeps its own alignments


def _read_option(name: str, text: str | None, values: dict[str, Any]) -> tuple[str, str] | None:
    from mdtables.model.options import SPECS, did_you_mean

    if name not in SPECS:
        return "unknown-option", f'unknown option "{name}"{did_you_mean(name, SPECS)}'
    if text is None:
        return "option-value", f'option "{name}" needs a value: {name}="…"'
    try:
        values[name] = SPECS[name].parse(text)
    except ValueError as reason:
        return "option-value", f'cannot read {name}="{text}": {reason}'
    return None
