"""The one definition of a region's options: their types and defaults, then how each is read and what it means.

Knows no marker, no configuration file and no command line: they read this.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from mdtables.model.table import Alignment

_QUOTED_OR_SEPARATOR = re.compile(r"""(?<![^\s,.:-])(?:"[^"]*"|'[^']*')|[,.]""")
_SOURCE_PART = re.compile(r"(.*?\.[A-Za-z]+)#(.*)", re.DOTALL)
_NEEDS_QUOTES = re.compile(r"""\.|^\s|\s$|^$|(?<![^\s,:-])["']""")
_WORDS: tuple[Alignment | Literal["auto"], ...] = ("left", "right", "center", "none", "auto")
_ALIGNMENTS = {word: word for word in _WORDS} | {word[0]: word for word in _WORDS[:4]}
_SHOWN = 15  # of the words that an option could have meant: more of them help nobody


class Source(NamedTuple):
    """Where a region's data is: the path as written, and the keys that lead to a part of it.

    As text it is what the option would say.
    """

    path: str
    part: tuple[str, ...] = ()

    def __str__(self) -> str:
        keys = ".".join(_quoted(key) if _NEEDS_QUOTES.search(key) else key for key in self.part)
        return f"{self.path}#{keys}" if keys else self.path


class Column(NamedTuple):
    """A column to show: its name in the source and the header it gets. `rest` stands for all the others."""

    name: str
    header: str
    rest: bool = False


class SortKey(NamedTuple):
    name: str
    descending: bool = False


class AlignRule(NamedTuple):
    """An alignment for one header, or (header None) for the column in this position, or for all."""

    header: str | None
    alignment: Alignment | Literal["auto"]


class Spec(NamedTuple):
    """One option as marker, configuration, command line and docs see it.

    `parse` raises ValueError with a reason. `bare`: a bare region takes it too. `configurable`: a project may set it.
    """

    name: str
    parse: Callable[[str], Any]
    summary: str
    default: str
    bare: bool = False
    configurable: bool = False


def split_outside_quotes(text: str, separator: Literal[",", "."] = ",") -> list[str]:
    """Split at the separators that no quoted name encloses; blanks round the parts are dropped."""
    parts, start = [], 0
    for found in _QUOTED_OR_SEPARATOR.finditer(text):
        if found[0] == separator:
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [*parts, text[start:].strip()]


def unquote(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "\"'"
    return name[1:-1] if quoted else name


def _quoted(name: str) -> str:
    """In the quotes that `unquote` takes off: single ones if they will do, since values mostly stand in double ones."""
    return f'"{name}"' if "'" in name else f"'{name}'"


_MOST_COMPARED, _LONGEST_COMPARED = 1000, 100  # comparing takes time quadratic in a name's length


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` for the nearest known word, else the list of them all."""
    from difflib import get_close_matches  # only when something went wrong

    names = {name.lower(): name for name in known}
    few = len(names) <= _MOST_COMPARED and len(word) <= _LONGEST_COMPARED
    nearest = get_close_matches(word.lower(), names, n=1) if few else []
    if nearest:
        return f'; did you mean "{names[nearest[0]]}"?'
    shown = list(names.values())[:_SHOWN]
    return f"; there are {', '.join(shown)}{' …' if len(names) > _SHOWN else ''}" if names else ""


_LONGEST_PATH = 4096


def _source(text: str) -> Source:
    path, part = text, ""
    if found := _SOURCE_PART.fullmatch(text):
        path, part = found.groups()
    if not path:
        raise ValueError("the path is empty")
    if len(path) > _LONGEST_PATH:
        raise ValueError(f"a path of more than {_LONGEST_PATH} characters")
    return Source(path, tuple(unquote(key) for key in split_outside_quotes(part, ".")) if part else ())


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
        raise ValueError("* stands for all the other columns, so it can stand there once")
    return tuple(columns)


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
        raise ValueError("it takes a whole number from 1 on")
    return int(text)


def _align(text: str) -> tuple[AlignRule, ...]:
    rules = []
    for item in split_outside_quotes(text):
        header, named, word = item.rpartition(":")
        alignment = _ALIGNMENTS.get(word.strip().lower())
        if alignment is None:
            raise ValueError(f'"{word.strip()}" is no alignment; it takes left, right, center, none or auto')
        rules.append(AlignRule(unquote(header.strip()) if named else None, alignment))
    named_headers = [rule.header for rule in rules if rule.header is not None]
    if len(named_headers) > len(set(named_headers)):
        raise ValueError("a header is named twice")
    if len({rule.header is None for rule in rules}) > 1:
        raise ValueError("it takes alignments by position or by header, not both")
    return tuple(rules)


def _header(text: str) -> tuple[str, ...]:
    if not text.strip():
        raise ValueError("it takes the names of the columns")
    return tuple(unquote(name) for name in split_outside_quotes(text))


def _delimiter(text: str) -> str:
    if text in ("tab", r"\t"):
        return "\t"
    if len(text) != 1 or text in '"\r\n\0':
        raise ValueError("it takes one character, or tab")
    return text


# Python's codecs that make text out of bytes, and are no encodings of files: two take quadratic time.
_NO_ENCODINGS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def _encoding(text: str) -> str:
    try:
        codec = codecs.lookup(text)
    except (LookupError, ValueError):
        raise ValueError("no such encoding; common ones are utf-8, utf-16, cp1252, latin-1, shift_jis") from None
    if codec.name in _NO_ENCODINGS:
        raise ValueError("no file is written in it; common ones are utf-8, utf-16, cp1252, latin-1")
    if not codec._is_text_encoding:
        raise ValueError("it turns no bytes into text; common ones are utf-8, utf-16, cp1252, latin-1")
    return codec.name


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"it takes {' or '.join(words)}")
        return text

    return parse


class Options(NamedTuple):
    """What a region asks for, each by the name of its option, in the order of SPECS."""

    source: Source | None = None
    columns: tuple[Column, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    align: tuple[AlignRule, ...] = ()
    null: str = ""
    cells: Literal["markdown", "text"] = "markdown"
    style: Literal["aligned", "compact"] = "aligned"
    key: str = ""
    templates: Literal["escape", "keep"] = "escape"
    delimiter: str = ""
    encoding: str = "utf-8"
    header: tuple[str, ...] = ()


DEFAULTS = Options()

_SPECS = (
    Spec("source", _source, "path to the data; `file.yaml#a.b` names a part of a YAML file", "none: a bare region"),
    Spec(
        "columns",
        _columns,
        "which columns, in this order: `name` or `name as Header`, comma separated; `*` for all the others",
        "all, in the source's order",
    ),
    Spec(
        "sort",
        _sort,
        "columns to sort by, `-` in front for descending; numbers compare as numbers",
        "the source's order",
    ),
    Spec("limit", _limit, "only the first N rows", "all"),
    Spec(
        "align",
        _align,
        "`left`, `right`, `center`, `none` or `auto`: one for all, one per column, or `Header: right`",
        "`auto`: right for a column of numbers, else none",
        bare=True,
        configurable=True,
    ),
    Spec("null", str, "text for a missing value", "empty", configurable=True),
    Spec(
        "cells",
        _one_of("markdown", "text"),
        "`markdown`: Markdown in a value is live; `text`: the reader sees exactly the characters of the value",
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
        "the column that tells rows apart; for a YAML mapping of mappings, the column that its keys become",
        "the first column; for a mapping of mappings `key`",
    ),
    Spec(
        "templates",
        _one_of("escape", "keep"),
        "`escape`: `{{` and `{%` show as text; `keep`: Liquid and Jinja stay live",
        "`escape`",
        configurable=True,
    ),
    Spec(
        "delimiter",
        _delimiter,
        "what separates the fields of a CSV: one character, or `tab`",
        "`,` (`.tsv`: tab)",
        configurable=True,
    ),
    Spec("encoding", _encoding, "the encoding of a CSV; a byte order mark is dropped", "`utf-8`", configurable=True),
    Spec("header", _header, "the column names of a CSV without a header line, comma separated", "the first line"),
)
SPECS: Mapping[str, Spec] = {spec.name: spec for spec in _SPECS}
