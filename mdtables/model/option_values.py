"""What is written as the value of an option -> what it means: sources, columns, sort keys, maps, pivots, alignments.

Knows the syntax of each; not which options there are, nor what is done with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from mdtables.model.errors import OptionError
from mdtables.model.names import in_quotes, items_of, keys_of, quoted, split_outside_quotes, unquote
from mdtables.records import NamedTuple

if TYPE_CHECKING:
    from mdtables.model.table import Alignment
    from mdtables.model.templates import Template

_SOURCE_PART = re.compile(r"(.*?\.[A-Za-z]+)#(.*)", re.DOTALL)
_STAR = re.compile(r"[*?\[]")
_NEEDS_QUOTES = r"""\.|^\s|\s$|^$|(?<![^\s,:-])["']"""
_CREDENTIALS = r"(?s)^([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/@\s]*@)?([^?#]*)(\?.*)?$"
_WORDS: tuple[Alignment | Literal["auto"], ...] = ("left", "right", "center", "none", "auto")
_ALIGNMENTS = {word: word for word in _WORDS} | {word[0]: word for word in _WORDS[:4]}


class Source(NamedTuple):
    """Where a region's data is: the path as written, and the keys that lead to a part of the file.

    `named` are the sources that the same text means for a query, where it can mean several or gives one a name. `str`
    gives it back in the syntax of the option.
    """

    path: str
    part: tuple[str, ...] = ()
    named: tuple[NamedSource, ...] = ()

    @property
    def is_pattern(self) -> bool:
        """True if the path is a pattern like `adr/*.md`, unless there is a file of this very name."""
        return bool(_STAR.search(self.path)) and not re.match(_CREDENTIALS, self.path)

    def __str__(self) -> str:
        """Return the option's value; a user name and a password in a URL are left out, as this is shown to people."""
        keys = ".".join(quoted(key) if re.search(_NEEDS_QUOTES, key) else key for key in self.part)
        path = without_credentials(self.path)
        return f"{path}#{keys}" if keys else path


def without_credentials(path: str) -> str:
    """Return a path; of a URL, with the user name, the password and the query masked, which may be secrets."""
    found = re.match(_CREDENTIALS, path)
    if found is None:
        return path
    user = "***@" if "@" in path[: len(path) - len(found[2]) - len(found[3] or "")] else ""
    return f"{found[1]}{user}{found[2]}{'?***' if found[3] else ''}"


class NamedSource(NamedTuple):
    """A source and its name in a query."""

    name: str
    source: Source


class Column(NamedTuple):
    """A column to show: its name in the source and the header it gets. With `rest`, all columns not named elsewhere.

    With a `template` its cells are made of the columns named in that, and `name` is the text of the template.
    """

    name: str
    header: str
    rest: bool = False
    template: Template | None = None

    @property
    def names(self) -> Sequence[str]:
        """The names of the source's columns that it shows."""
        if self.rest:
            return ()
        return list(self.template.names) if self.template else (self.name,)


class SortKey(NamedTuple):
    """A column to sort by, and how: as `sort` does, `i` for case-blind, `natural`, or in an `order` of one's own.

    In an order `*` is where the values go that it does not name: without it, after all others.
    """

    name: str
    descending: bool = False
    by: Literal["", "i", "natural"] = ""
    order: tuple[str, ...] = ()


class MapRule(NamedTuple):
    """Texts to show instead of values: in one column, or in all; `rest` is the text for all other values there.

    An `optional` one is for tables that have such a column, as a configuration has it.
    """

    column: str | None
    texts: tuple[tuple[str, str], ...]
    rest: str | None = None
    optional: bool = False


class Pivot(NamedTuple):
    """The column whose values become columns, and the one whose values become their cells."""

    names: str
    values: str


class AlignRule(NamedTuple):
    """An alignment for the column with this header; without a header, for the column at this position or for all."""

    header: str | None
    alignment: Alignment | Literal["auto"]


_LONGEST_PATH = 4096


def source_of(text: str) -> Source:
    """Return the source that a text names. Raise ValueError."""
    named = _named_sources(text)
    path, part = text, ""
    if found := _SOURCE_PART.fullmatch(text):
        path, part = found.groups()
    if not path:
        raise ValueError("the path is empty")
    if len(path) > _LONGEST_PATH:
        raise ValueError(f"the path is longer than {_LONGEST_PATH} characters")
    return Source(path, keys_of(part) if part else (), named)


_NAMED = r"(.*?\S)\s+[aA][sS]\s+([^\W\d]\w*)"


def _named_sources(text: str) -> tuple[NamedSource, ...]:
    """Return the sources of a list, or of one with a name; none if the text can only be the path of a file."""
    found: list[NamedSource] = []
    has_name = False
    for item in split_outside_quotes(text):
        match = re.fullmatch(_NAMED, item, re.DOTALL)
        path = unquote(match[1] if match else item)
        if not re.search(r"\.\w+(?:#.|$)", path) or not stem_of(path):
            return ()
        part = _SOURCE_PART.fullmatch(path)
        source = Source(part[1], keys_of(part[2])) if part and part[2] else Source(path)
        found.append(NamedSource(match[2] if match else stem_of(source.path), source))
        has_name |= match is not None
    return tuple(found) if len(found) > 1 or has_name else ()


def stem_of(path: str) -> str:
    """Return the name of a file without its folders and its suffix."""
    return path.replace("\\", "/").rpartition("/")[2].partition(".")[0]


def columns_of(text: str) -> tuple[Column, ...]:
    """Return the columns that a text names. Raise ValueError."""
    columns = []
    for item, at in items_of(text, brackets="{}"):
        if not item:
            raise OptionError("a column name is missing between two commas", at, at)
        columns.append(Column("*", "*", rest=True) if item == "*" else _column(item, at))
    if sum(column.rest for column in columns) > 1:
        raise ValueError("* means all other columns, so it can be used only once")
    return tuple(columns)


def _column(item: str, at: int) -> Column:
    end = item.find(item[0], 1) + 1 if item[0] in "\"'" else 0  # an " as " inside quotes is part of the name
    if "{" in item or "}" in item:
        return _computed(item, at, end)
    name, renamed, header = item[end:].partition(" as ")
    name = unquote((item[:end] + name).strip())
    return Column(name, unquote(header.strip()) if renamed else name)


def _computed(item: str, at: int, end: int) -> Column:
    """Return the column for an item with braces; one placeholder alone is the column that it names."""
    from mdtables.model.templates import template_of

    written, renamed, header = item[end:].rpartition(" as ")
    if not renamed or "}" in header:
        written, renamed, header = item[end:], "", ""
    written = (item[:end] + written).strip()
    is_quoted = unquote(written) != written
    template = template_of(unquote(written), at + is_quoted)
    first = next(iter(template.placeholders), None)
    if first is None:
        raise OptionError(
            f"the template {item} names no column: write {{name}} for the value of one", at, at + len(item)
        )
    if len(template.parts) == 1 and not first.is_row_number and len(first.names) == 1:
        name = first.names[0]
        shown = unquote(header.strip()) if renamed else name
        return Column(template.text, shown, template=template) if first.format else Column(name, shown)
    if not renamed:
        own = f"{{{quoted(item)}}}"
        reason = f"the template {item} needs a header: {item} as Header (a column of this name is written as {own})"
        raise OptionError(reason, at, at + len(item))
    return Column(template.text, unquote(header.strip()), template=template)


def columns_word(columns: Sequence[Column]) -> str | None:
    """Return `columns="…"` as it is written on a marker; None if no quotes are left for one of the names."""
    for outer, inner in (('"', "'"), ("'", '"')):
        items = []
        for column in columns:
            names = [in_quotes(name, inner) for name in dict.fromkeys((column.name, column.header))]
            items.append(" as ".join(name or "" for name in names) if all(names) and column.name else "")
        value = ", ".join(items)
        if all(items) and outer not in value and "-->" not in value:
            return f"columns={outer}{value}{outer}"
    return None


_MODE = r"(.*):\s*(\w+)"
_ORDER = r"(.*[^\s(])\((.*)\)"


def sort_of(text: str) -> tuple[SortKey, ...]:
    """Return the keys that a text names. Raise ValueError."""
    return tuple(
        _sort_key(item.removeprefix("-").strip(), item.startswith("-"), at)
        for item, at in items_of(text, brackets="()")
    )


def _sort_key(item: str, descending: bool, at: int) -> SortKey:
    is_quoted = unquote(item) != item
    if len(item) > _LONGEST_PATH:
        raise ValueError(f"an item of more than {_LONGEST_PATH} characters")
    if not is_quoted and re.search(r"[^\s(]\([^)]*$", item):
        raise OptionError(
            "a ( that nothing closes: an order is written as name(a, b, *)", at, at + len(item) + descending
        )
    if not is_quoted and (found := re.fullmatch(_ORDER, item, re.DOTALL)):
        order = tuple(unquote(each) for each, _ in items_of(found[2]))
        if not all(order):
            raise OptionError("a value is missing in the order", at, at + len(item) + descending)
        if len(set(order)) < len(order):
            raise OptionError("a value is named twice in the order", at, at + len(item) + descending)
        return SortKey(unquote(found[1].strip()), descending, order=order)
    if not is_quoted and (found := re.fullmatch(_MODE, item, re.DOTALL)):
        if found[2] not in ("i", "natural"):
            reason = f'"{found[2]}" is not a way to sort: name:i ignores case, name:natural knows numbers in text'
            raise OptionError(reason, at, at + len(item) + descending)
        return SortKey(unquote(found[1].strip()), descending, by=found[2])  # type: ignore[arg-type]
    if not unquote(item):
        raise OptionError("a column name is missing", at, at)
    return SortKey(unquote(item), descending)


def map_of(text: str) -> tuple[MapRule, ...]:
    """Return the rules of a map. Raise ValueError."""
    rules: list[MapRule] = []
    for rule, at in items_of(text, ";"):
        column, pairs = _named(rule)
        texts: dict[str, str] = {}
        rest: str | None = None
        for pair, offset in items_of(pairs):
            span = at + len(rule) - len(pairs) + offset, at + len(rule) - len(pairs) + offset + len(pair)
            found = re.fullmatch(_PAIR, pair, re.DOTALL)
            if not found:
                raise OptionError(f'expected value=text instead of "{pair}"', *span)
            value, shown = (unquote(each.strip()) for each in found.groups())
            if value == "*" and column is None:
                raise OptionError(
                    '"*" needs the column whose other values it means: map="Status: open=🟢, *=⚪"', *span
                )
            if value in texts or (value == "*" and rest is not None):
                raise OptionError(f'the value "{value}" is there twice', *span)
            if value == "*":
                rest = shown
            else:
                texts[value] = shown
        if column in [rule.column for rule in rules]:
            where = f'the column "{column}" is' if column else "texts for all columns are"
            raise OptionError(f"{where} there twice", at, at + len(rule))
        rules.append(MapRule(column, tuple(texts.items()), rest))
    return tuple(rules)


_PAIR = r"""\s*("[^"]*"|'[^']*'|[^=]*)\s*=(.*)"""
_OF_COLUMN = r"""\s*("[^"]*"|'[^']*'|[^=:]*):(?!\w*:)\s*(.*=.*)"""


def _named(rule: str) -> tuple[str | None, str]:
    """Return the column that a rule of a map names, and its pairs."""
    found = re.fullmatch(_OF_COLUMN, rule, re.DOTALL)
    return (unquote(found[1].strip()), found[2]) if found else (None, rule)


_TWO_NAMES = r"""(\s*"[^"]*"\s*|\s*'[^']*'\s*|[^:]*):(.*)"""


def pivot_of(text: str) -> Pivot:
    """Return the two columns of a pivot. Raise ValueError."""
    found = re.fullmatch(_TWO_NAMES, text, re.DOTALL)
    parts = [unquote(part.strip()) for part in found.groups()] if found else []
    if len(parts) != 2 or not all(parts):
        raise ValueError(
            "expected two columns: the one whose values become columns, and that of the cells: engine: support"
        )
    if parts[0] == parts[1]:
        raise ValueError("expected two different columns")
    return Pivot(*parts)


def group_of(text: str) -> str:
    """Return the name of the column of a group. Raise ValueError."""
    name = unquote(text.strip())
    if not name:
        raise ValueError("expected the name of a column")
    if "," in text and name == text.strip():
        raise ValueError("expected the name of one column")
    return name


def align_of(text: str) -> tuple[AlignRule, ...]:
    """Return the alignments that a text names. Raise ValueError."""
    rules = []
    for item in split_outside_quotes(text):
        header, named, word = item.rpartition(":")
        alignment = _ALIGNMENTS.get(word.strip().lower())
        if alignment is None:
            raise ValueError(f'expected left, right, center, none or auto, not "{word.strip()}"')
        rules.append(AlignRule(unquote(header.strip()) if named else None, alignment))
    named_headers = [rule.header for rule in rules if rule.header is not None]
    if len(named_headers) > len(set(named_headers)):
        raise ValueError("a header is named twice")
    if len({rule.header is None for rule in rules}) > 1:
        raise ValueError("alignments are given by position or by header, not both")
    return tuple(rules)


def header_of(text: str) -> tuple[str, ...]:
    """Return the names of columns. Raise ValueError."""
    if not text.strip():
        raise ValueError("expected the names of the columns")
    return tuple(unquote(name) for name in split_outside_quotes(text))
