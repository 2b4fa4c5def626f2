"""The tables of regions with a source in a page's HTML: what screen readers need, and marks to make them sortable.

Knows the HTML that Python-Markdown makes of a region; not what the theme does with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mdtables.document import marker
from mdtables.records import NamedTuple

ATTRIBUTE = "data-mdtables-sortable"
_PLACES = re.compile(
    rf"<!--\s*{marker.START}(?P<text>(?:(?!-->|<!--).)*)-->|(?P<end><!--\s*{marker.END})|(?P<table><table\b)|(?P<closing></table>)",
    re.DOTALL,
)
_CAPTION = re.compile(r"\s*<p>(?P<text>(?:(?!</?p\b).)*)</p>\s*", re.DOTALL)
_HEAD = re.compile(r"<table>(?P<head>\s*<thead>(?:(?!</thead>|<table\b).)*)(?=</thead>)", re.DOTALL)
_IN_A_TAG = r"""(?:[^"'>]|"[^"]*"|'[^']*')*"""
_TAG = re.compile(rf"<!--.*?-->|<th(?P<attributes>(?:\s{_IN_A_TAG})?)>|</?[a-z]{_IN_A_TAG}>", re.DOTALL | re.IGNORECASE)


class _Table(NamedTuple):
    """A table of a region with a source: where it starts, and the start marker if nothing but text stands between."""

    start: int
    marker: re.Match[str] | None


def with_accessible_tables(html: str, *, sortable: bool) -> str:
    """Return a page's HTML, changed between each start marker with a source and its end marker.

    Headers get a scope, and a paragraph that the option `caption` made of one table becomes its <caption>. With
    `sortable`, tables get an attribute. A table within another one stays, and so does one that has attributes: another
    plugin, or raw HTML, made it.
    """
    pieces, at = list[str](), 0
    for table in _tables(html):
        head = _HEAD.match(html, table.start)
        if head is None:
            continue
        caption = _caption(html, table)
        pieces += [
            html[at : caption.start() if caption else table.start],
            f"<table {ATTRIBUTE}>" if sortable else "<table>",
        ]
        pieces += [f"\n<caption>{caption['text']}</caption>"] if caption else []
        pieces.append(_TAG.sub(_with_scope, head["head"]))
        at = head.end()
    return "".join([*pieces, html[at:]])


def _with_scope(tag: re.Match[str]) -> str:
    """Return a tag, with a scope if it begins a header that has none."""
    attributes = tag["attributes"]
    if attributes is None or re.search(r"\bscope\s*=", attributes):
        return tag[0]
    return f'<th scope="col"{attributes}>'


def _tables(html: str) -> Iterator[_Table]:
    """Yield the outermost tables of regions with a source."""
    depth, start_marker, is_first = 0, None, False
    for found in _PLACES.finditer(html):
        if found["text"] is not None:
            depth, start_marker, is_first = 0, found if "source" in marker.option_names(found["text"]) else None, True
        elif found["end"]:
            start_marker = None
        elif found["table"]:
            if start_marker and not depth:
                yield _Table(found.start(), start_marker if is_first else None)
                is_first = False
            depth += 1
        else:
            depth = max(depth - 1, 0)


def _caption(html: str, table: _Table) -> re.Match[str] | None:
    """Return the paragraph between a start marker with a caption and its table, if there is nothing else."""
    if table.marker is None or "caption" not in marker.option_names(table.marker["text"]):
        return None
    return _CAPTION.fullmatch(html, table.marker.end(), table.start)
