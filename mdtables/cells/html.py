"""The names of HTML tags, by what renderers do with them in a cell. Knows no Markdown."""

from __future__ import annotations

import re

VOID = frozenset(["br", "hr", "img", "input", "wbr", "area", "base", "col", "embed", "link", "meta", "source"])

# What ends a table in a browser, or takes everything below it for its own text.
ENDS_THE_TABLE = frozenset(
    [
        *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "col", "colgroup", "html", "head", "body"),
        *("frameset", "script", "style", "textarea", "title", "xmp", "plaintext", "noembed", "noframes", "template"),
    ]
)

# Names in one text, which is looked at where there is a tag: sets of them would take time at every start.
_BLOCKS_OF_PANDOC = """
address article aside blockquote canvas center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3
h4 h5 h6 header hgroup hr isindex li main menu meta nav ol output p pre section summary ul
"""
_READ_BY_KRAMDOWN = """
a abbr acronym address applet article aside b bdo big blockquote body button caption cite col colgroup dd del details
dfn div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins label
legend li main map menu nav noscript object ol optgroup p pre q rb rbc rp rt rtc ruby section select small span strong
sub summary sup table tbody td tfoot th thead tr tt ul
"""
_OTHERS = (
    "audio bdi code data dialog font kbd mark math meter output picture progress s samp strike svg time u var video"
)


def is_block_of_pandoc(name: str) -> bool:
    """Return True for a tag that ends a cell in Pandoc: the rest of it is lost."""
    return _contains(_BLOCKS_OF_PANDOC, name)


def is_read_by_kramdown(name: str) -> bool:
    """Return True for a tag in which kramdown reads Markdown; in all others, a backslash shows."""
    return name in VOID or _contains(_READ_BY_KRAMDOWN, name)


def is_html(name: str) -> bool:
    """Return True for the lower-case name of an element of HTML; MDX takes other names in capitals for components."""
    lists = (_READ_BY_KRAMDOWN, _BLOCKS_OF_PANDOC, _OTHERS)
    return name in VOID or name in ENDS_THE_TABLE or any(_contains(names, name) for names in lists)


def _contains(names: str, name: str) -> bool:
    return re.search(rf"(?<!\S){re.escape(name)}(?!\S)", names) is not None
