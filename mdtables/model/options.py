"""The one definition of a region's options: types, defaults, parsers and summaries.

Markers, configuration files, the command line, hosts and the docs all read it; it knows none of them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from mdtables.model.errors import OptionError
from mdtables.model.names import in_quotes, items_of, keys_of, quoted, split_outside_quotes, unquote
from mdtables.model.table import Alignment

if TYPE_CHECKING:
    from mdtables.model.captions import Text
    from mdtables.model.conditions import Condition
    from mdtables.model.templates import Template

_SOURCE_PART = re.compile(r"(.*?\.[A-Za-z]+)#(.*)", re.DOTALL)
_STAR = re.compile(r"[*?\[]")
_NEEDS_QUOTES = re.compile(r"""\.|^\s|\s$|^$|(?<![^\s,:-])["']""")
_CREDENTIALS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/@\s]*@)?([^?#]*)(\?.*)?$", re.DOTALL)
_WORDS: tuple[Alignment | Literal["auto"], ...] = ("left", "right", "center", "none", "auto")
_ALIGNMENTS = {word: word for word in _WORDS} | {word[0]: word for word in _WORDS[:4]}


BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
"""What a line break in a value is in a cell, and what may be the separator of a list."""


class Source(NamedTuple):
    """Where a region's data is: the path as written, and the keys that lead to a part of the file.

    `str` gives it back in the syntax of the option.
    """

    path: str
    part: tuple[str, ...] = ()

    @property
    def is_pattern(self) -> bool:
        """True if the path is a pattern like `adr/*.md`, unless there is a file of this very name."""
        return bool(_STAR.search(self.path)) and not _CREDENTIALS.match(self.path)

    def __str__(self) -> str:
        """Return the option's value; a user name and a password in a URL are left out, as this is shown to people."""
        keys = ".".join(quoted(key) if _NEEDS_QUOTES.search(key) else key for key in self.part)
        path = without_credentials(self.path)
        return f"{path}#{keys}" if keys else path


def without_credentials(path: str) -> str:
    """Return a path; of a URL, with the user name, the password and the query masked, which may be secrets."""
    found = _CREDENTIALS.match(path)
    if found is None:
        return path
    user = "***@" if "@" in path[: len(path) - len(found[2]) - len(found[3] or "")] else ""
    return f"{found[1]}{user}{found[2]}{'?***' if found[3] else ''}"


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


class Spec(NamedTuple):
    """One option, as markers, configuration, command line and docs need it.

    `parse` turns the option's text into its value, and raises ValueError with a reason, an OptionError where it knows
    the span. `bare` options are allowed on a bare region too; `configurable` ones can be given a default in a
    configuration file, and those that are a number be written as one there.
    """

    name: str
    parse: Callable[[str], Any]
    summary: str
    default: str
    bare: bool = False
    configurable: bool = False
    is_number: bool = False

    @property
    def field(self) -> str:
        """The field of Options with its value."""
        return self.name.replace("-", "_")


_LONGEST_PATH = 4096


def _source(text: str) -> Source:
    path, part = text, ""
    if found := _SOURCE_PART.fullmatch(text):
        path, part = found.groups()
    if not path:
        raise ValueError("the path is empty")
    if len(path) > _LONGEST_PATH:
        raise ValueError(f"the path is longer than {_LONGEST_PATH} characters")
    return Source(path, keys_of(part) if part else ())


def _columns(text: str) -> tuple[Column, ...]:
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


def _sort(text: str) -> tuple[SortKey, ...]:
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


def _map(text: str) -> tuple[MapRule, ...]:
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


def _where(text: str) -> Condition:
    from mdtables.model.conditions import condition_of

    return condition_of(text)


def _caption(text: str) -> Text:
    from mdtables.model.captions import caption_of

    return caption_of(text)


def _heading(text: str) -> Text:
    from mdtables.model.captions import heading_of

    return heading_of(text)


_TWO_NAMES = r"""(\s*"[^"]*"\s*|\s*'[^']*'\s*|[^:]*):(.*)"""


def _pivot(text: str) -> Pivot:
    found = re.fullmatch(_TWO_NAMES, text, re.DOTALL)
    parts = [unquote(part.strip()) for part in found.groups()] if found else []
    if len(parts) != 2 or not all(parts):
        raise ValueError(
            "expected two columns: the one whose values become columns, and that of the cells: engine: support"
        )
    if parts[0] == parts[1]:
        raise ValueError("expected two different columns")
    return Pivot(*parts)


def _group(text: str) -> str:
    name = unquote(text.strip())
    if not name:
        raise ValueError("expected the name of a column")
    if "," in text and name == text.strip():
        raise ValueError("expected the name of one column")
    return name


def _max_width(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise ValueError("expected a number of columns, 1 or more")
    return int(text)


def _limit(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise ValueError("expected a whole number, 1 or more")
    return int(text)


def _align(text: str) -> tuple[AlignRule, ...]:
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


def _header(text: str) -> tuple[str, ...]:
    if not text.strip():
        raise ValueError("expected the names of the columns")
    return tuple(unquote(name) for name in split_outside_quotes(text))


def _delimiter(text: str) -> str:
    if text in ("tab", r"\t"):
        return "\t"
    if len(text) != 1 or text in '"\r\n\0':
        raise ValueError("expected one character, or tab")
    return text


# Codecs of Python that decode bytes to text but are not encodings of files; two of them take quadratic time.
_NO_ENCODINGS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def _encoding(text: str) -> str:
    try:
        codec = codecs.lookup(text)
    except (LookupError, ValueError):
        raise ValueError("unknown encoding; common ones are utf-8, utf-16, cp1252, latin-1, shift_jis") from None
    if codec.name in _NO_ENCODINGS:
        raise ValueError("not an encoding of files; common ones are utf-8, utf-16, cp1252, latin-1")
    if not codec._is_text_encoding:
        raise ValueError("not a text encoding; common ones are utf-8, utf-16, cp1252, latin-1")
    return codec.name


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected {' or '.join(words)}")
        return text

    return parse


Templates = Literal["escape", "keep", "mdx-escape", "mdx-keep"]
"""How templates in values are written: as text, or live. The last two are for MDX, where braces begin expressions."""


def in_mdx(templates: Templates) -> Templates:
    """Return what the option means in an MDX document."""
    return "mdx-keep" if templates in ("keep", "mdx-keep") else "mdx-escape"


class Options(NamedTuple):
    """The options of one region: a field for each entry of SPECS, in the same order."""

    source: Source | None = None
    where: Condition | None = None
    pivot: Pivot | None = None
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    columns: tuple[Column, ...] = ()
    map: tuple[MapRule, ...] = ()
    group: str = ""
    heading: Text | None = None
    caption: Text | None = None
    note: Text | None = None
    align: tuple[AlignRule, ...] = ()
    null: str = ""
    cells: Literal["markdown", "text"] = "markdown"
    style: Literal["aligned", "compact"] = "aligned"
    max_width: int | None = None
    key: str = ""
    list: str = ", "
    templates: Templates = "escape"
    links: Literal["keep", "rebase"] = "keep"
    delimiter: str = ""
    encoding: str = "utf-8"
    header: tuple[str, ...] = ()


DEFAULTS = Options()


def names_used(options: Options) -> Iterator[str]:
    """Yield the names of the source's columns that options use, as they are written there."""
    for column in options.columns:
        yield from column.names
    yield from (key.name for key in options.sort)
    yield from (name for name in (options.key, options.group) if name)
    if options.where:
        from mdtables.model.conditions import tests_in

        yield from (test.name for test in tests_in(options.where))
    yield from options.pivot or ()
    for text in (options.heading, options.caption, options.note):
        yield from text.names if text else ()


_SPECS = (
    Spec(
        "source",
        _source,
        "path to the data, or a pattern like `adr/*.md`; `file.json#a.b` selects a part of a file",
        "no source: a bare region",
    ),
    Spec(
        "where",
        _where,
        "which rows to show, as in SQL: `status = 'stable' and stars >= 1000`; also `in`, `between`, `contains`,"
        " `starts with`, `is empty`, `not`, `or`",
        "all",
    ),
    Spec("pivot", _pivot, "`engine: support` makes columns of the values of one column, cells of another's", "none"),
    Spec(
        "sort",
        _sort,
        "columns to sort by, separated by commas; `-name` sorts descending, `name:i` ignores case, `name:natural` knows"
        " numbers in text, `name(a, b, *)` is an order of your own",
        "the source's order",
    ),
    Spec("limit", _limit, "only the first N rows", "all"),
    Spec(
        "columns",
        _columns,
        "columns to show, in this order, separated by commas; `name as Header` renames one; `[{name}]({url}) as Tool`"
        " makes cells of several; `a.b` reaches into nested values; `*` is all the others",
        "all, in the source's order",
    ),
    Spec(
        "map",
        _map,
        "texts to show instead of values: `yes=✅, no=❌`; in one column `Status: open=🟢, *=⚪`; several columns are"
        " separated by `;`",
        "none",
        configurable=True,
    ),
    Spec("group", _group, "the column for each of whose values there is a heading and a table of its own", "one table"),
    Spec(
        "heading",
        _heading,
        "the headings of groups: `### {category} ({rows})`",
        "the value, one level below the heading above the region",
    ),
    Spec("caption", _caption, "a paragraph above the table: `{rows} of {all} tools`; also `{rows where …}`", "none"),
    Spec("note", _caption, "a paragraph below the table, like `caption`", "none"),
    Spec(
        "align",
        _align,
        "`left`, `right`, `center`, `none` or `auto`: one word for all columns, one for each, or `Header: right` pairs",
        "`auto`: right for a column of numbers, else none",
        bare=True,
        configurable=True,
    ),
    Spec("null", str, "text for a missing value", "empty", configurable=True),
    Spec(
        "cells",
        _one_of("markdown", "text"),
        "`markdown`: Markdown in a value is rendered; `text`: the reader sees exactly the characters of the value",
        "`markdown`",
        configurable=True,
    ),
    Spec(
        "style",
        _one_of("aligned", "compact"),
        "`aligned`, or `compact`: one space of padding and no more",
        "`aligned`",
        bare=True,
        configurable=True,
    ),
    Spec(
        "max-width",
        _max_width,
        "a table with longer lines than this is written as `compact`",
        "no limit",
        bare=True,
        configurable=True,
        is_number=True,
    ),
    Spec(
        "key",
        str,
        "the column that identifies a row; for a mapping, the name of the column made from its keys",
        "the first column; for a mapping, the name `key`",
    ),
    Spec("list", str, "the separator of the elements of a list in a cell", "`, `", configurable=True),
    Spec(
        "templates",
        _one_of("escape", "keep"),
        "`escape`: `{{`, `{%` and `{#` show as text; `keep`: Liquid and Jinja process them",
        "`escape`",
        configurable=True,
    ),
    Spec(
        "links",
        _one_of("keep", "rebase"),
        "`keep`: links stay as they are; `rebase`: relative links in the data count from the folder of the data",
        "`keep`",
        configurable=True,
    ),
    Spec(
        "delimiter",
        _delimiter,
        "the character between the fields of a CSV, or `tab`",
        "comma; tab for `.tsv`",
        configurable=True,
    ),
    Spec("encoding", _encoding, "the encoding of a CSV; a byte order mark is dropped", "`utf-8`", configurable=True),
    Spec("header", _header, "the column names of a CSV without a header line, separated by commas", "the first line"),
)
SPECS: Mapping[str, Spec] = {spec.name: spec for spec in _SPECS}


def as_default(name: str, value: Any) -> Any:
    """Return the value of an option for tables that it may not fit: of a map, for those with its columns."""
    return tuple(rule._replace(optional=True) for rule in value) if name == "map" else value


def with_values(base: Options, values: Mapping[str, Any]) -> Options:
    """Return options with the values of some of them, by their names, replaced."""
    return base._replace(**{SPECS[name].field: value for name, value in values.items()})
