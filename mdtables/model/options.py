"""The one definition of a region's options: types, defaults, parsers and summaries.

Markers, configuration files, the command line, hosts and the docs all read it; it knows none of them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from mdtables.model.option_values import (
    AlignRule,
    Column,
    MapRule,
    NamedSource,
    Pivot,
    SortKey,
    Source,
    align_of,
    columns_of,
    group_of,
    header_of,
    map_of,
    pivot_of,
    sort_of,
    source_of,
    stem_of,
)
from mdtables.records import NamedTuple

if TYPE_CHECKING:
    from mdtables.model.captions import Text
    from mdtables.model.conditions import Condition
    from mdtables.model.queries import Query

BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
"""What a line break in a value is in a cell, and what may be the separator of a list."""


class Spec(NamedTuple):
    """One option, as markers, configuration, command line and docs need it.

    `parse` turns the option's text into its value, and raises ValueError with a reason, an OptionError where it knows
    the span. `words` are all that it takes, if these are few. `bare` options are allowed on a bare region too;
    `configurable` ones can be given a default in a configuration file, and those that are a number be written as one
    there. `also_called` is what other tools and SQL call it.
    """

    name: str
    parse: Callable[[str], Any]
    summary: str
    default: str
    bare: bool = False
    configurable: bool = False
    is_number: bool = False
    words: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The field of Options with its value."""
        return self.name.replace("-", "_")


def _where(text: str) -> Condition:
    from mdtables.model.conditions import condition_of

    return condition_of(text)


def _query(text: str) -> Query:
    from mdtables.model.queries import query_of

    return query_of(text)


def _caption(text: str) -> Text:
    from mdtables.model.captions import caption_of

    return caption_of(text)


def _heading(text: str) -> Text:
    from mdtables.model.captions import heading_of

    return heading_of(text)


def _max_width(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise ValueError("expected a number of columns, 1 or more")
    return int(text)


def _limit(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise ValueError("expected a whole number, 1 or more")
    return int(text)


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
    query: Query | None = None
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


def sources_for_query(options: Options) -> Sequence[NamedSource]:
    """Return the sources of a region with a query, and their names in it."""
    assert options.source is not None
    return options.source.named or [NamedSource(stem_of(options.source.path), options.source)]


def sources_read(options: Options) -> Sequence[Source]:
    """Return the files and patterns that a region reads; with a query, that in a file included."""
    if options.source is None:
        return ()
    if options.query is None:
        return (options.source,)
    own = [named.source for named in sources_for_query(options)]
    return [*own, Source(options.query.path)] if options.query.path else own


_SPECS = (
    Spec(
        "source",
        source_of,
        "path to the data, or a pattern like `adr/*.md`; `file.json#a.b` selects a part of a file",
        "no source: a bare region",
        also_called=("file", "src", "path", "data", "csv", "from"),
    ),
    Spec(
        "query",
        _query,
        "a query in SQL over the sources, or the path of a `.sql` file: `SELECT kind, count(*) AS n FROM tools GROUP BY"
        " kind ORDER BY n`; several sources are separated by commas, `data/tools.csv as t` names one",
        "none: the source as it is",
    ),
    Spec(
        "where",
        _where,
        "which rows to show, as in SQL: `status = 'stable' and stars >= 1000`; also `in`, `between`, `contains`,"
        " `starts with`, `is empty`, `not`, `or`",
        "all",
        also_called=("filter", "rows", "condition"),
    ),
    Spec("pivot", pivot_of, "`engine: support` makes columns of the values of one column, cells of another's", "none"),
    Spec(
        "sort",
        sort_of,
        "columns to sort by, separated by commas; `-name` sorts descending, `name:i` ignores case, `name:natural` knows"
        " numbers in text, `name(a, b, *)` is an order of your own",
        "the source's order",
        also_called=("order", "orderby", "order-by", "sort-by"),
    ),
    Spec(
        "limit",
        _limit,
        "only the first N rows",
        "all",
        also_called=(
            "max",
            "top",
            "head",
        ),
    ),
    Spec(
        "columns",
        columns_of,
        "columns to show, in this order, separated by commas; `name as Header` renames one; `[{name}]({url}) as Tool`"
        " makes cells of several; `a.b` reaches into nested values; `*` is all the others",
        "all, in the source's order",
        also_called=("fields", "select"),
    ),
    Spec(
        "map",
        map_of,
        "texts to show instead of values: `yes=✅ yes, no=❌ no`; in one column `Status: open=🟢 open, *=⚪ other`;"
        " several columns are separated by `;`",
        "none",
        configurable=True,
    ),
    Spec(
        "group", group_of, "the column for each of whose values there is a heading and a table of its own", "one table"
    ),
    Spec(
        "heading",
        _heading,
        "the headings of groups: `### {category} ({rows})`",
        "the value, one level below the heading above the region",
    ),
    Spec(
        "caption",
        _caption,
        "a paragraph above the table with counts: `{rows} of {all}`, `{rows where …}`, `{distinct …}`",
        "none",
        also_called=("title", "legend"),
    ),
    Spec("note", _caption, "a paragraph below the table, like `caption`", "none"),
    Spec(
        "align",
        align_of,
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
        words=("markdown", "text"),
    ),
    Spec(
        "style",
        _one_of("aligned", "compact"),
        "`aligned`, or `compact`: one space of padding and no more",
        "`aligned`",
        bare=True,
        configurable=True,
        words=("aligned", "compact"),
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
        words=("escape", "keep"),
    ),
    Spec(
        "links",
        _one_of("keep", "rebase"),
        "`keep`: links stay as they are; `rebase`: relative links in the data count from the folder of the data",
        "`keep`",
        configurable=True,
        words=("keep", "rebase"),
    ),
    Spec(
        "delimiter",
        _delimiter,
        "the character between the fields of a CSV, or `tab`",
        "comma; tab for `.tsv`",
        configurable=True,
    ),
    Spec("encoding", _encoding, "the encoding of a CSV; a byte order mark is dropped", "`utf-8`", configurable=True),
    Spec("header", header_of, "the column names of a CSV without a header line, separated by commas", "the first line"),
)
SPECS: Mapping[str, Spec] = {spec.name: spec for spec in _SPECS}


def option_meant(name: str) -> str:
    """Return the option that other tools call so, or the name itself."""
    return next((spec.name for spec in SPECS.values() if name.lower() in spec.also_called), name)


def as_default(name: str, value: Any) -> Any:
    """Return the value of an option for tables that it may not fit: of a map, for those with its columns."""
    return tuple(rule._replace(optional=True) for rule in value) if name == "map" else value


def with_values(base: Options, values: Mapping[str, Any]) -> Options:
    """Return options with the values of some of them, by their names, replaced."""
    return base._replace(**{SPECS[name].field: value for name, value in values.items()})
