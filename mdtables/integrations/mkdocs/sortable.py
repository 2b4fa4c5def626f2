"""Which tables of a page can be sorted: those behind a marker with a source. The browser does the sorting."""

from __future__ import annotations

import os
import re

from mdtables.document import marker

ASSETS = os.path.dirname(__file__)
SCRIPT, STYLE = "assets/mdtables-sortable.js", "assets/mdtables-sortable.css"
ATTRIBUTE = "data-mdtables-sortable"
_TABLE = re.compile(rf"<!--\s*{marker.START}(?P<text>(?:(?!-->).)*)-->\s*<table\b", re.DOTALL)


def make_sortable(html: str) -> str:
    """A page's HTML in which each table directly behind a start marker with a source is marked for the script.

    A table that another plugin has put into something of its own is not.
    """

    def marked(found: re.Match[str]) -> str:
        return f"{found[0]} {ATTRIBUTE}" if marker.has_source(found["text"]) else found[0]

    return _TABLE.sub(marked, html)
