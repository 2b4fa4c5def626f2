"""The grammar of templates, text -> literal text and placeholders: `[{name}]({url|repo})`, `{stars:,}`, `{#}`.

Knows names and formats; not what Markdown means, nor tables. Formats are a closed set: no widths, attributes, indexes
or nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mdtables.model.errors import OptionError
from mdtables.model.names import unquote
from mdtables.records import NamedTuple

ROW_NUMBER = "#"
_MOST_DECIMALS = 30
_LONGEST = 2000  # characters of a template
_TOKEN = re.compile(r"\{\{|\}\}|[{}]")
_NUMBER = re.compile(r"(?a)(\+?)(,?)(?:\.(\d{1,4}))?([f%]?)")
_DATE = re.compile(r"%(?:[YymdeBbAaHMS%]|-[dm])")
_DIRECTIVES = "%Y %y %m %-m %B %b %d %-d %e %A %a %H %M %S"
_QUOTED = re.compile(r"""(?<![^\s|{])(?:"[^"]*"|'[^']*')""")


class NumberFormat(NamedTuple):
    """How a number is written: with a plus sign, with commas between thousands, with so many decimals, as per cent."""

    sign: bool
    thousands: bool
    decimals: int | None
    percent: bool


class DateFormat(NamedTuple):
    """How a date is written, in the directives of strftime; names are English."""

    text: str


Format = NumberFormat | DateFormat


class Placeholder(NamedTuple):
    """Where values go: the first of these columns that is not empty, or the number of the row, in a format."""

    names: tuple[str, ...]
    format: Format | None = None

    @property
    def is_row_number(self) -> bool:
        return self.names == (ROW_NUMBER,)


class Template(NamedTuple):
    """Literal text and placeholders, in order; `text` is the template as it is written."""

    text: str
    parts: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> Sequence[Placeholder]:
        return [part for part in self.parts if isinstance(part, Placeholder)]

    @property
    def names(self) -> Iterator[str]:
        """The names of all columns in it."""
        return (name for each in self.placeholders if not each.is_row_number for name in each.names)


def template_of(text: str, at: int = 0) -> Template:
    """Return the template that a text means, which is at this offset of an option. Raise OptionError."""
    if len(text) > _LONGEST:
        raise OptionError(f"a template of more than {_LONGEST} characters", at, at + len(text))
    parts: list[str | Placeholder] = []
    for literal, inside, start in pieces_of(text, at):
        if inside is None:
            parts.append(literal)
        else:
            parts.append(_placeholder(inside, at + start))
    return Template(text, tuple(parts))


def pieces_of(text: str, at: int = 0) -> Iterator[tuple[str, str | None, int]]:
    """Yield literal texts, and what is inside each pair of braces, with its offset. Raise OptionError."""
    position, literal = 0, ""
    while found := _TOKEN.search(text, position):
        literal += text[position : found.start()]
        if len(found[0]) == 2:
            literal, position = literal + found[0][0], found.end()
            continue
        if found[0] == "}":
            raise OptionError("a } without its {: as text it is written }}", at + found.start(), at + found.end())
        end = _closing(text, found.end())
        if end < 0:
            raise OptionError("a { that nothing closes: as text it is written {{", at + found.start(), at + len(text))
        if literal:
            yield literal, None, 0
        yield "", text[found.end() : end], found.end()
        literal, position = "", end + 1
    literal += text[position:]
    if literal:
        yield literal, None, 0


def _closing(text: str, start: int) -> int:
    """Return the offset of the brace that closes one, quotes not counted; -1 if there is none."""
    at = start
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
        elif text[at] == "{":
            return -1
        elif text[at] == "}":
            return at
        else:
            at += 1
    return -1


def _placeholder(text: str, at: int) -> Placeholder:
    name, format_ = _split_format(text)
    names = tuple(unquote(each.strip()) for each in _alternatives(name))
    span = at, at + len(text)
    if not all(names):
        raise OptionError("the name of a column is missing between { and }", max(at - 1, 0), span[1] + 1)
    if "!" in name and re.search(r"!\w*$", name):
        raise OptionError(f'"{text}" is not a placeholder: conversions like !r are not supported', *span)
    if ROW_NUMBER in names and (len(names) > 1 or format_):
        raise OptionError("{#} is the number of the row, and takes nothing else", *span)
    return Placeholder(names, _format(format_, at + len(text) - len(format_)) if format_ else None)


def _split_format(text: str) -> tuple[str, str]:
    at = 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
        elif text[at] == ":":
            return text[:at], text[at + 1 :]
        else:
            at += 1
    return text, ""


def _alternatives(text: str) -> Iterator[str]:
    start = at = 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            continue
        if text[at] == "|":
            yield text[start:at]
            start = at + 1
        at += 1
    yield text[start:]


def _format(text: str, at: int) -> Format:
    span = at, at + len(text)
    if "%" in text and not _NUMBER.fullmatch(text):
        odd = re.search(r"%-?.?", _DATE.sub("", text))
        if odd:
            raise OptionError(f'"{odd[0]}" is not a part of a date: {_DIRECTIVES}', *span)
        return DateFormat(text)
    found = _NUMBER.fullmatch(text)
    if not found:
        hint = "a number as , or .2f or .1% or +,.0f, a date as %d %B %Y"
        raise OptionError(f'":{text}" is not a format: {hint}', *span)
    sign, thousands, decimals, kind = found.groups()
    if decimals and int(decimals) > _MOST_DECIMALS:
        raise OptionError(f"more than {_MOST_DECIMALS} decimals", *span)
    return NumberFormat(bool(sign), bool(thousands), int(decimals) if decimals else None, kind == "%")
