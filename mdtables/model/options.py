"""The one definition of a region's options: types, defaults, parsers and summaries.

Markers, configuration files, the command line, hosts and the docs all read it; it knows none of them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from mdtables.model.table import Alignment

_QUOTED_OR_SEPARATOR = re.compile(r"""(?<![^\s,.:-])(?:"[^"]*"|'[^']*')|[,.]""")
_SOURCE_PART = re.compile(r"(.*?\.[A-Za-z]+)#(.*)", re.DOTALL)
_STAR = re.compile(r"[*?\[]")
_NEEDS_QUOTES = re.compile(r"""\.|^\s|\s$|^$|(?<![^\s,:-])["']""")
_PLAIN_NAME = re.compile(r"\w(?:[\w ./()+-]*[\w)])?")
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
        keys = ".".join(_quoted(key) if _NEEDS_QUOTES.search(key) else key for key in self.part)
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
    """A column to show: its name in the source and the header it gets. With `rest`, all columns not named elsewhere."""

    name: str
    header: str
    rest: bool = False


class SortKey(NamedTuple):
    """A column to sort by."""

    name: str
    descending: bool = False


class AlignRule(NamedTuple):
    """An alignment for the column with this header; without a header, for the column at this position or for all."""

    header: str | None
    alignment: Alignment | Literal["auto"]


class Spec(NamedTuple):
    """One option, as markers, configuration, command line and docs need it.

    `parse` turns the option's text into its value, and raises ValueError with a reason. `bare` options are allowed on a
    bare region too; `configurable` ones can be given a default in a configuration file.
    """

    name: str
    parse: Callable[[str], Any]
    summary: str
    default: str
    bare: bool = False
    configurable: bool = False


def split_outside_quotes(text: str, separator: Literal[",", "."] = ",") -> list[str]:
    """Split a text at separators outside quotes, and strip the parts."""
    parts, start = [], 0
    for found in _QUOTED_OR_SEPARATOR.finditer(text):
        if found[0] == separator:
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [*parts, text[start:].strip()]


def unquote(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" and name[0] not in name[1:-1]
    return name[1:-1] if quoted else name


def _quoted(name: str) -> str:
    """Return the name in quotes that `unquote` removes.

    Single ones by preference, as values are mostly in double quotes.
    """
    return f'"{name}"' if "'" in name else f"'{name}'"


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


def keys_of(name: str) -> tuple[str, ...]:
    """Return the keys in a dotted name; a key with a dot in it is in quotes."""
    return tuple(unquote(key) for key in split_outside_quotes(name, "."))


def _columns(text: str) -> tuple[Column, ...]:
    columns = []
    for item in split_outside_quotes(text):
        if not item:
            raise ValueError("a column name is missing between two commas")
        if item == "*":
            columns.append(Column("*", "*", rest=True))
            continue
        end = item.find(item[0], 1) + 1 if item[0] in "\"'" else 0  # an " as " inside quotes is part of the name
        name, renamed, header = item[end:].partition(" as ")
        name = unquote((item[:end] + name).strip())
        columns.append(Column(name, unquote(header.strip()) if renamed else name))
    if sum(column.rest for column in columns) > 1:
        raise ValueError("* means all other columns, so it can be used only once")
    return tuple(columns)


def columns_word(columns: Sequence[Column]) -> str | None:
    """Return `columns="…"` as it is written on a marker; None if no quotes are left for one of the names."""
    for outer, inner in (('"', "'"), ("'", '"')):
        items = []
        for column in columns:
            names = [_in_quotes(name, inner) for name in dict.fromkeys((column.name, column.header))]
            items.append(" as ".join(name or "" for name in names) if all(names) and column.name else "")
        value = ", ".join(items)
        if all(items) and outer not in value and "-->" not in value:
            return f"columns={outer}{value}{outer}"
    return None


def _in_quotes(name: str, quote: str) -> str | None:
    """Return a name as it is written in a list of names, in quotes where it has to be; None if it cannot be."""
    if _PLAIN_NAME.fullmatch(name) and " as " not in name:
        return name
    return None if quote in name or "\n" in name else f"{quote}{name}{quote}"


def _sort(text: str) -> tuple[SortKey, ...]:
    keys = []
    for item in split_outside_quotes(text):
        name = unquote(item.removeprefix("-").strip())
        if not name:
            raise ValueError("a column name is missing")
        keys.append(SortKey(name, item.startswith("-")))
    return tuple(keys)


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
    columns: tuple[Column, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    align: tuple[AlignRule, ...] = ()
    null: str = ""
    cells: Literal["markdown", "text"] = "markdown"
    style: Literal["aligned", "compact"] = "aligned"
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
    yield from (column.name for column in options.columns if not column.rest)
    yield from (key.name for key in options.sort)
    if options.key:
        yield options.key


_SPECS = (
    Spec(
        "source",
        _source,
        "path to the data, or a pattern like `adr/*.md`; `file.json#a.b` selects a part of a file",
        "no source: a bare region",
    ),
    Spec(
        "columns",
        _columns,
        "columns to show, in this order, separated by commas; `name as Header` renames one; `a.b` reaches into nested"
        " values; `*` is all the others",
        "all, in the source's order",
    ),
    Spec(
        "sort",
        _sort,
        "columns to sort by, separated by commas; `-` before a name sorts descending; numbers compare as numbers",
        "the source's order",
    ),
    Spec("limit", _limit, "only the first N rows", "all"),
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
