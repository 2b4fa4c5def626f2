"""Marks the tables of sourced regions in a page, which a script in the browser makes sortable."""

from __future__ import annotations

import os
import re

from mdtables.document import marker

ASSETS = os.path.dirname(__file__)
SCRIPT, STYLE = "assets/mdtables-sortable.js", "assets/mdtables-sortable.css"
ATTRIBUTE = "data-mdtables-sortable"
_TABLE = re.compile(rf"<!--\s*{marker.START}(?P<text>(?:(?!-->).)*)-->\s*<table\b", re.DOTALL)


def make_sortable(html: str) -> str:
    """Return a page's HTML with an attribute on each table that directly follows a start marker with a source.

    A table that another plugin wrapped in something does not.
    """

    def marked(found: re.Match[str]) -> str:
        return f"{found[0]} {ATTRIBUTE}" if marker.has_source(found["text"]) else found[0]

    return _TABLE.sub(marked, html)
