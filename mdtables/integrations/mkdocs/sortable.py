"""Marks the tables of sourced regions in a page, which a script in the browser makes sortable."""

from __future__ import annotations

import os
import re

from mdtables.document import marker

ASSETS = os.path.dirname(__file__)
SCRIPT, STYLE = "assets/mdtables-sortable.js", "assets/mdtables-sortable.css"
ATTRIBUTE = "data-mdtables-sortable"
_PLACES = re.compile(
    rf"<!--\s*{marker.START}(?P<text>(?:(?!-->).)*)-->|(?P<end><!--\s*{marker.END})|(?P<table><table\b)|(?P<closing></table>)",
    re.DOTALL,
)


def make_sortable(html: str) -> str:
    """Return a page's HTML with an attribute on each table between a start marker with a source and its end marker.

    One within another table does not get it, nor does one that has attributes: another plugin, or raw HTML, made it.
    """
    pieces, at, depth, is_sourced = [], 0, 0, False
    for found in _PLACES.finditer(html):
        if found["text"] is not None:
            is_sourced, depth = marker.has_source(found["text"]), 0
        elif found["end"]:
            is_sourced = False
        elif found["table"]:
            if is_sourced and not depth:
                pieces += [html[at : found.end()], f" {ATTRIBUTE}"]
                at = found.end()
            depth += 1
        else:
            depth = max(depth - 1, 0)
    return "".join([*pieces, html[at:]])
